"""Enclaves: seen by both parks and nobody else, counted once in the region and by shares in the parks."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.apps.zones.isolation import row_in
from tests.factories import make_enterprise, make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.premises.errors import EnclaveEvidence, EnclaveExists, EnclaveShareTaken, PlaceMismatch
from zhuchao.apps.premises.models import Enclave, EnclaveShare, UnitState
from zhuchao.apps.premises.selectors import enclaves as reading
from zhuchao.apps.premises.services import enclaves as services
from zhuchao.apps.premises.services.ledgers import ENCLAVES
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Alliance, Role

DAY = date(2022, 1, 1)
NOW = date(2022, 6, 1)


@pytest.fixture
def region():
    return make_zone(name="共建园区联合体")


@pytest.fixture
def keeper(region):
    return make_zone("keeper", name="苏宿园区", short_name="苏宿", parent=region)


@pytest.fixture
def partner(region):
    return make_zone("partner", name="吴江泗阳", short_name="吴泗", parent=region)


@pytest.fixture
def admin(keeper):
    return make_user(Role.ADMINISTRATOR, zone=keeper)


@pytest.fixture
def enclave(admin, keeper, partner):
    site = make_site(keeper, name="科创飞地")
    return services.add_enclave(actor=admin, site=site, partner=partner)


@pytest.fixture
def share(admin, enclave):
    return services.agree_share(
        actor=admin, enclave=enclave, partner_percent=Decimal(40), on=DAY, evidence_note="示例协议"
    )


@pytest.fixture
def moves_in():
    def move(site, name, area="100.00", on=DAY, firm=None):
        unit = make_unit(site, gross_area_m2=Decimal(area))
        return UnitState.objects.create(
            zone=site.zone,
            unit=unit,
            state="let",
            area_m2=unit.gross_area_m2,
            enterprise=firm,
            occupant_name=name,
            happened_on=on,
            recorded_at=zones.now(site.zone),
        )

    return move


def account(actor, zone, on=NOW):
    return reading.account_of_region(actor, zone, on, zones.now(zone))


def row(found, zone):
    return next(park for park in found.parks if park.park == zone)


@pytest.mark.document("1-28")
def test_an_enclave_tenant_is_one_in_the_region_and_a_share_in_each_park(
    client, region, keeper, partner, enclave, share, moves_in
):
    moves_in(enclave.site, "飞地甲公司", "333.33")
    moves_in(make_site(enclave.zone, parent=enclave.site), "飞地乙公司")
    moves_in(make_site(keeper), "本地丙公司")
    moves_in(make_site(partner), "本地丁公司")
    leader = make_user(Role.LEADER, zone=region)
    found = account(leader, region)
    assert (found.firms, found.area_m2) == (4, Decimal("633.33"))
    assert (found.credit, found.attributed_m2) == (4, Decimal("633.33"))
    ours, theirs = row(found, keeper), row(found, partner)
    assert (ours.own_firms, ours.enclave_firms, ours.credit) == (1, 2, Fraction(22, 10))
    assert (theirs.own_firms, theirs.enclave_firms, theirs.credit) == (1, 2, Fraction(18, 10))
    assert theirs.area_m2 == Decimal("100.00") + Decimal("133.33") + Decimal("40.00")
    page = signed_in(client, leader).get(reverse("enclave-account"), {"park": "partner"}).content.decode()
    assert "共建园区联合体合计 4 家，633 ㎡" in page
    assert "1.8" in page
    opened = page[page.index("的数由这些组成") :]
    for word in ("飞地甲公司", "飞地乙公司", "本地丁公司", "40%"):
        assert word in opened
    assert "本地丙公司" not in opened


@pytest.mark.document("1-28")
def test_both_parks_see_the_enclave_and_its_tenants_and_the_partner_only_reads(
    client, admin, keeper, partner, enclave, share, moves_in
):
    moves_in(enclave.site, "飞地甲公司")
    moves_in(make_site(keeper), "本地丙公司")
    url = reverse("enclave-detail", args=[enclave.pk])
    theirs = make_user(Role.ADMINISTRATOR, zone=partner)
    for person in (admin, theirs):
        page = signed_in(client, person).get(url).content.decode()
        assert "飞地甲公司" in page
        assert "苏宿 60% · 吴泗 40%" in page
        assert "科创飞地" in client.get(reverse("enclave-list")).content.decode()
    assert "只读" in page
    assert client.get(f"/api/v1/enclaves/{enclave.pk}/tenants").json()[0]["name"] == "飞地甲公司"
    found = client.get("/api/v1/enclaves/account?zone=partner").json()
    assert (found["firms"], found["parks"][0]["enclave_firms"]) == (1, 1)
    assert "本地丙公司" not in client.get(reverse("enclave-account"), {"park": "partner"}).content.decode()
    assert client.get(reverse("site-detail", args=[enclave.site_id])).status_code == 404
    for name, pk in (("enclave-edit", enclave.pk), ("enclave-share-add", enclave.pk)):
        assert client.get(reverse(name, args=[pk])).status_code == 404
    with pytest.raises(NotFound):
        services.void_share(actor=theirs, share=share, reason="x")
    with pytest.raises(NotFound):
        services.change_enclave(actor=theirs, enclave=enclave, version=None, note="x")


def test_nobody_else_sees_it(client, region, enclave, share):
    other = make_user(Role.ADMINISTRATOR, zone=make_zone(parent=region))
    for call in (reading.get_enclave, reading.get_share):
        with pytest.raises(NotFound):
            call(other, enclave.pk if call is reading.get_enclave else share.pk)
    signed_in(client, other)
    assert client.get(reverse("enclave-detail", args=[enclave.pk])).status_code == 404
    assert "科创飞地" not in client.get(reverse("enclave-list")).content.decode()
    assert "科创飞地" not in client.get(reverse("enclave-account")).content.decode()
    with pytest.raises(NotFound):
        reading.get_enclave(make_user(Role.WINDOW_CLERK, zone=enclave.zone), enclave.pk)


def test_a_firm_with_space_of_its_own_in_a_park_is_that_parks_whoever_asks(
    region, admin, keeper, partner, enclave, share, moves_in
):
    code = {"credit_code": "91990000000000211L"}
    moves_in(enclave.site, "甲", firm=make_enterprise(keeper, name="甲一", **code))
    moves_in(make_site(partner), "甲", firm=make_enterprise(partner, name="甲二", **code))
    whole = account(None, region)
    assert (whole.firms, whole.credit, row(whole, keeper).credit) == (1, 1, 0)
    seen = account(admin, keeper)
    assert (seen.firms, row(seen, keeper).credit, row(seen, keeper).area_m2) == (1, 0, 60)


def test_shares_hold_from_their_day_and_voided_ones_fall_out(
    admin, keeper, partner, enclave, share, moves_in
):
    moves_in(enclave.site, "甲", "100.01", on=date(2021, 1, 1))
    before = zones.now(keeper)
    assert row(account(admin, keeper, DAY - timedelta(days=1)), keeper).credit == 1
    later = services.agree_share(
        actor=admin, enclave=enclave, partner_percent=Decimal("33.33"), on=NOW, evidence_note="补充协议"
    )
    found = account(None, partner)
    assert (row(found, partner).credit, row(found, partner).area_m2) == (
        Fraction(3333, 10000),
        Decimal("33.33"),
    )
    assert (found.firms, found.area_m2) == (1, Decimal("100.01"))
    services.void_share(actor=admin, share=later, reason="误登")
    assert row(account(None, partner), partner).credit == Fraction(4, 10)
    services.void_share(actor=admin, share=share, reason="误登")
    assert row(account(None, partner), partner).credit == 0
    assert row(reading.account_of_region(None, partner, NOW, before), partner).credit == Fraction(4, 10)


def test_what_cannot_be_is_refused(region, admin, keeper, partner, enclave, share):
    with pytest.raises(EnclaveExists):
        services.add_enclave(actor=admin, site=enclave.site, partner=partner)
    with pytest.raises(PlaceMismatch):
        services.add_enclave(actor=admin, site=make_site(keeper, parent=enclave.site), partner=partner)
    with pytest.raises(WrongInput, match="合作园区"):
        services.add_enclave(actor=admin, site=make_site(keeper), partner=make_zone())
    said = {"actor": admin, "enclave": enclave, "partner_percent": Decimal(1), "evidence_note": "协议"}
    with pytest.raises(EnclaveShareTaken):
        services.agree_share(**said, on=DAY)
    with pytest.raises(EnclaveEvidence):
        services.agree_share(**said | {"evidence_note": " "}, on=NOW)
    for wrong in (Decimal("100.01"), Decimal("-0.01")):
        with pytest.raises(WrongInput, match="合计 100%"):
            services.agree_share(**said | {"partner_percent": wrong}, on=NOW)
    with pytest.raises(NotAllowed):
        services.agree_share(**said | {"actor": make_user(Role.LEADER, zone=keeper)}, on=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Enclave.objects.create(zone=keeper, site=make_site(keeper), partner=keeper)
    services.change_enclave(actor=admin, enclave=enclave, version=1, note="示例")
    with pytest.raises(Stale):
        services.change_enclave(actor=admin, enclave=enclave, version=1, note="别的")


def test_fellows_of_an_alliance_may_be_partners(keeper):
    fellow = make_zone()
    alliance = Alliance.objects.create(code="ally", name="联动", lead_zone=keeper)
    alliance.members.add(keeper, fellow)
    assert list(reading.partners_of(keeper)) == [fellow]


def test_the_forms_and_the_api_do_what_the_services_do(client, admin, keeper, partner):
    signed_in(client, admin)
    site = make_site(keeper)
    assert client.post(reverse("enclave-add"), {"site": site.pk, "partner": partner.pk}).status_code == 302
    enclave = Enclave.objects.get()
    edit = reverse("enclave-edit", args=[enclave.pk])
    assert client.post(edit, {"note": "示例", "version": 1}).status_code == 302
    add = reverse("enclave-share-add", args=[enclave.pk])
    said = {"partner_percent": "40", "on": "2022-01-01"}
    assert client.post(add, said).status_code == 422
    assert client.post(add, said | {"evidence_note": "协议"}).status_code == 302
    share = EnclaveShare.objects.get()
    assert (share.partner_percent, share.keeper_percent) == (40, 60)
    client.post(reverse("enclave-share-void", args=[share.pk]), {"reason": "误登"})
    assert not EnclaveShare.objects.live().exists()
    assert "全部计入管理园区" in client.get(reverse("enclave-detail", args=[enclave.pk])).content.decode()
    send = {"content_type": "application/json"}
    body = {"site_id": make_site(keeper).pk, "partner": partner.code}
    made = client.post("/api/v1/enclaves", body, **send).json()
    assert made["partner"] == "partner"
    assert client.post("/api/v1/enclaves", body | {"partner": "x"}, **send).status_code == 404
    url = f"/api/v1/enclaves/{made['id']}"
    kept = client.post(
        f"{url}/shares", {"partner_percent": "25", "on": "2022-01-01", "evidence_note": "协议"}, **send
    ).json()
    assert Decimal(kept["keeper_percent"]) == 75
    assert client.get(url).json()["zone"] == "keeper"
    assert len(client.get("/api/v1/enclaves?zone=keeper").json()["items"]) == 2
    void = f"/api/v1/enclaves/shares/{kept['id']}/void"
    assert client.post(void, {"reason": "误登"}, **send).json()["is_void"] is True


def test_the_ledger_wants_shares_that_make_100_and_takes_a_file_once(admin, keeper, partner):
    make_site(keeper, name="科创飞地")
    base = {
        "site": "科创飞地",
        "partner": "吴泗",
        "keeper_percent": Decimal("0.6"),
        "partner_percent": Decimal("0.4"),
        "on": DAY,
        "evidence_note": "协议",
    }
    rows = [
        Row(2, base),
        Row(3, base | {"partner_percent": Decimal("0.5")}),
        Row(4, base | {"partner": "没有的园区"}),
        Row(5, base | {"site": "没有的园"}),
    ]
    outcomes = list(ENCLAVES.compare(scope=keeper.pk, rows=rows))
    assert [outcome.state for outcome in outcomes] == ["new", "refused", "refused", "refused"]
    ENCLAVES.apply(
        scope=keeper.pk,
        actor=None,
        batch=row_in(keeper, ImportBatch),
        outcomes=outcomes[:1],
        progress=Progress(),
    )
    share = EnclaveShare.objects.get()
    assert (share.partner_percent, share.batch_row) == (40, 2)
    services.void_share(actor=admin, share=share, reason="误登")
    assert next(iter(ENCLAVES.compare(scope=keeper.pk, rows=rows[:1]))).state == "same"
