"""Special bonds by batch and review stage; technical upgrades by month."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.projects import services as projects
from zhuchao.apps.projects.errors import BondExists
from zhuchao.apps.projects.selectors import bonds as selectors
from zhuchao.apps.projects.services import bonds, upgrades
from zhuchao.apps.zones.models import Role

WAN = Decimal(10_000)


@pytest.mark.document("4-28")
def test_a_second_batch_of_2900_wan_passes_the_national_review_with_its_dates(page, officer, zone, project):
    form = {"year": "2023", "batch_name": "第二批", "amount_cny": "2900"}
    made = page.post(f"/projects/{project.pk}/bonds/add/", form)
    bond = selectors.visible_bonds(officer).get()
    assert made.url == f"/bonds/{bond.pk}/"
    for stage, on in (("declared", "2023-03-01"), ("province", "2023-04-10"), ("national", "2023-06-01")):
        step = {"stage": stage, "on": on, "outcome": "passed", "reviewer": "发改、财政", "opinion": "通过"}
        assert page.post(f"/bonds/{bond.pk}/steps/add/", step).status_code == 302
    shown = page.get(f"/bonds/{bond.pk}/").content.decode()
    for said in ("国家审核 · 通过", "2023-06-01", "2023-04-10", "2,900.00 万元", "第二批"):
        assert said in shown
    sums = page.get("/bonds/sums/").content.decode()
    assert "2,900.00 万元" in sums
    assert project.name in page.get("/bonds/?year=2023&batch=第二批&stage=national").content.decode()
    assert f"/bonds/{bond.pk}/" not in page.get("/bonds/?stage=issued").content.decode()


def test_the_same_batch_once_stages_in_order_and_a_voided_stage_does_not_count(client, officer, project):
    said = {"year": 2023, "batch_name": "第一批", "amount_cny": 100 * WAN}
    bond = bonds.add_bond(actor=officer, project=project, **said)
    with pytest.raises(BondExists):
        bonds.add_bond(actor=officer, project=project, **said)
    step = bonds.add_bond_step(actor=officer, bond=bond, stage="city", on=date(2023, 5, 1), outcome="passed")
    with pytest.raises(WrongInput):
        bonds.add_bond_step(actor=officer, bond=bond, stage="national", on=date(2023, 4, 1), outcome="passed")
    bonds.void_bond_step(actor=officer, entry=step, reason="登记错")
    assert selectors.get_bond(officer, bond.pk).stage is None
    stranger = signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone()))
    assert stranger.get(f"/bonds/{bond.pk}/").status_code == 404


@pytest.fixture
def upgrade(officer, zone):
    return projects.add_project(
        actor=officer, zone=zone, name="机器换人一期", kind="upgrade", officer=officer
    )


@pytest.mark.document("3-04")
def test_upgrades_are_counted_and_summed_by_month_and_open_to_their_entries(page, officer, zone, upgrade):
    form = {"on": "2023-05-10", "equipment": "焊接机器人", "units": "6", "robots": "4", "amount_cny": "320"}
    add = f"/projects/{upgrade.pk}/upgrades/add/"
    assert page.post(add, form | {"voucher_no": "发票-1"}).status_code == 302
    assert (
        page.post(add, form | {"equipment": "数控机床", "robots": "0", "amount_cny": "80"}).status_code == 302
    )
    (month,) = selectors.upgrade_months(selectors.listed_upgrades(officer, zone), 2023)
    assert (len(month.projects), month.units, month.robots) == (1, 12, 4)
    assert (month.verified_cny, month.unverified_cny) == (320 * WAN, 80 * WAN)
    shown = page.get("/upgrades/months/?year=2023").content.decode()
    assert "320.00 万元" in shown
    assert "/upgrades/?day=2023-05-01..2023-05-31" in shown
    assert "焊接机器人" in page.get("/upgrades/?day=2023-05-01..2023-05-31").content.decode()
    entry = selectors.listed_upgrades(officer, zone).get(equipment="数控机床")
    assert page.post(f"/upgrades/{entry.pk}/void/", {"reason": "退货"}).status_code == 302
    assert selectors.listed_upgrades(officer, zone).count() == 1


@pytest.mark.parametrize(
    "wrong", [{"units": 0}, {"robots": 9}, {"amount_cny": Decimal(0)}, {"equipment": " "}]
)
def test_what_cannot_be_an_upgrade_is_refused(officer, upgrade, wrong):
    said = {"on": date(2023, 5, 1), "equipment": "机床", "units": 2, "amount_cny": WAN} | wrong
    with pytest.raises(WrongInput):
        upgrades.add_upgrade(actor=officer, project=upgrade, **said)


def test_equipment_is_for_upgrade_projects_and_the_same_stands_once(officer, project, upgrade):
    said = {"on": date(2023, 5, 1), "equipment": "机床", "units": 2, "amount_cny": WAN}
    with pytest.raises(WrongInput):
        upgrades.add_upgrade(actor=officer, project=project, **said)
    upgrades.add_upgrade(actor=officer, project=upgrade, **said)
    with pytest.raises(WrongInput):
        upgrades.add_upgrade(actor=officer, project=upgrade, **said)
