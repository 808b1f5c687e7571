"""Relocation: progress by count and by area, nothing that was voided counts, who is late is on the desk."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.apps.zones.isolation import row_in
from tests.factories import make_site, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.desk.selectors.search import search_everything
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.premises.errors import (
    PlaceMismatch,
    RelocationEvidence,
    RelocationExists,
    RelocationNumberTaken,
    RelocationOutOfOrder,
    RelocationOverpaid,
    RelocationStepTaken,
)
from zhuchao.apps.premises.models import RelocationEntry, RelocationParty, RelocationScheme
from zhuchao.apps.premises.selectors import relocations as reading
from zhuchao.apps.premises.services import relocations as services
from zhuchao.apps.premises.services.ledgers import RELOCATIONS
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

LISTED = date(2022, 3, 1)
DAY = date(2022, 9, 1)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def scheme(steward, zone):
    return services.add_scheme(actor=steward, zone=zone, name="拓园一期征迁", due_on=date(2022, 12, 31))


@pytest.fixture
def party(steward, scheme):
    def add(number, area=100, **facts):
        return services.add_party(
            actor=steward,
            scheme=scheme,
            number=number,
            name=facts.pop("name", f"示例户{number}"),
            area_m2=Decimal(area),
            on=LISTED,
            evidence_note="示例征收公告",
            **facts,
        )

    return add


@pytest.fixture
def step(steward):
    def record(party, kind, on=DAY, amount=None, **said):
        money = None if amount is None else Decimal(amount)
        return services.record_step(
            actor=steward,
            party=party,
            kind=kind,
            on=on,
            amount_cny=money,
            **({"evidence_note": "示例协议"} | said),
        )

    return record


def overall(scheme, on=DAY, as_of=None):
    return reading.progress_of(scheme, on, as_of or zones.now(scheme.zone)).overall


@pytest.mark.document("1-55")
def test_progress_is_shown_by_count_and_by_area_on_the_list_and_the_page(
    client, steward, scheme, party, step
):
    rows = [party(str(n), area=100) for n in range(1, 10)] + [party("10", area=1100, kind="firm")]
    for row in rows[:9]:
        step(row, "handed")
    step(rows[9], "agreed", amount="5000000")
    step(rows[9], "paid", amount="1000000")
    done = overall(scheme)
    assert (done.by_count, done.by_area) == (Fraction(9, 10), Fraction(900, 2000))
    signed_in(client, steward)
    page = client.get(reverse("relocation-detail", args=[scheme.pk])).content.decode()
    assert "按户数 90.0%，按面积 45.0%" in page
    assert "9 / 10 户" in page
    assert "900 ㎡ / 2,000 ㎡" in page
    assert "已付 100.00 万元，协议补偿 500.00 万元" in page
    listed = client.get(reverse("relocation-list")).content.decode()
    assert "90.0%" in listed
    assert "45.0%" in listed
    parties = client.get(reverse("relocation-party-list"), {"done": "0"}).content.decode()
    assert "1,100" in parties
    assert "示例户1<" not in parties
    row = reading.with_progress(reading.visible_schemes(steward)).get()
    assert (row.party_count, row.done_count, row.area_m2, row.done_m2) == (10, 9, 2000, 900)


@pytest.mark.document("1-55")
def test_a_voided_step_falls_out_and_an_earlier_moment_keeps_it(steward, scheme, party, step):
    one, two = party("1", area=300), party("2", area=100)
    wrong = step(one, "demolished")
    step(two, "handed")
    assert (overall(scheme).by_count, overall(scheme).by_area) == (1, 1)
    before = zones.now(scheme.zone)
    services.void_relocation_entry(actor=steward, entry=wrong, reason="误登")
    assert (overall(scheme).by_count, overall(scheme).by_area) == (Fraction(1, 2), Fraction(1, 4))
    assert overall(scheme, as_of=before).by_area == 1
    assert overall(scheme, on=date(2022, 8, 31)).by_count == 0
    assert overall(scheme, on=date(2022, 2, 1)).by_count is None
    listed = RelocationEntry.objects.live().get(party=one, kind="listed")
    services.void_relocation_entry(actor=steward, entry=listed, reason="不在范围")
    assert (overall(scheme).of_parties, overall(scheme).by_area) == (1, 1)


def test_a_later_step_stands_for_the_ones_before_it_and_the_scheme_says_which_counts(
    steward, scheme, party, step
):
    one, two = party("1"), party("2")
    step(one, "demolished")
    step(two, "agreed", amount="0")
    found = {
        done.step: done.parties for done in reading.progress_of(scheme, DAY, zones.now(scheme.zone)).steps
    }
    assert found == {"agreed": 2, "moved": 1, "handed": 1, "demolished": 1}
    changed = services.change_scheme(actor=steward, scheme=scheme, version=1, counted_step="agreed")
    assert overall(changed).by_count == 1
    assert reading.with_progress(reading.visible_schemes(steward)).get().done_count == 2
    with pytest.raises(Stale):
        services.change_scheme(actor=steward, scheme=scheme, version=1, counted_step="moved")


def test_steps_come_once_and_in_order_and_with_evidence(party, step):
    one = party("1")
    step(one, "moved")
    with pytest.raises(RelocationStepTaken):
        step(one, "moved")
    with pytest.raises(RelocationOutOfOrder):
        step(one, "agreed", on=date(2022, 9, 2), amount="1")
    with pytest.raises(RelocationOutOfOrder):
        step(one, "handed", on=date(2022, 8, 31))
    with pytest.raises(RelocationOutOfOrder):
        step(party("2"), "agreed", on=date(2022, 2, 1))
    with pytest.raises(RelocationEvidence):
        step(one, "handed", evidence_note=" ")
    with pytest.raises(WrongInput, match="不能晚于今天"):
        step(one, "handed", on=date(2999, 1, 1))
    with pytest.raises(WrongInput, match="只在"):
        step(one, "handed", area_m2=Decimal(1))
    with pytest.raises(WrongInput, match="只在"):
        step(one, "handed", amount="1")
    with pytest.raises(WrongInput, match="必须大于 0"):
        party("3", area=0)
    assert set(RelocationEntry.objects.filter(party=one).values_list("kind", flat=True)) == {
        "listed",
        "moved",
    }
    assert not RelocationParty.objects.filter(number="3").exists()


def test_no_more_is_paid_than_was_agreed_and_an_agreement_paid_on_stays(steward, party, step):
    one = party("1")
    with pytest.raises(RelocationOverpaid):
        step(one, "paid", amount="1")
    agreed = step(one, "agreed", amount="100.10")
    step(one, "paid", amount="100.00")
    with pytest.raises(RelocationOverpaid):
        step(one, "paid", amount="0.11")
    step(one, "paid", amount="0.10")
    with pytest.raises(RelocationOverpaid):
        services.void_relocation_entry(actor=steward, entry=agreed, reason="误登")
    with pytest.raises(RelocationOverpaid):
        services.correct_relocation_entry(
            actor=steward, entry=agreed, reason="误登", amount_cny=Decimal("100.09")
        )
    assert RelocationEntry.objects.live().filter(pk=agreed.pk).exists()


def test_the_database_itself_keeps_money_and_area_where_they_belong(zone):
    said = {"zone": zone, "happened_on": DAY, "recorded_at": zones.now(zone)}
    said["party"] = row_in(zone, RelocationParty)
    for wrong in ({"kind": "listed"}, {"kind": "moved", "amount_cny": 1}, {"kind": "paid"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RelocationEntry.objects.create(**said | wrong)


def test_who_is_late_stands_on_the_desk_until_done(client, steward, zone, scheme, party, step):
    late = party("1", due_on=date(2022, 6, 30))
    party("2", due_on=date(2999, 1, 1))
    party("3")
    cards = [card for card in cards_for(steward, zone)[0] if card.key.startswith("relocation:")]
    assert [card.title for card in cards] == ["拓园一期征迁有 2 户逾期"]
    assert "2022-06-30" in cards[0].why
    page = signed_in(client, steward).get(cards[0].url).content.decode()
    assert "逾期 2 户" in page
    step(late, "handed")
    assert [row[1] for row in reading.late_schemes(steward, zone, date(2026, 1, 1))] == [1]
    assert reading.late_schemes(steward, zone, date(2022, 12, 31)) == []
    assert reading.late_schemes(make_user(Role.STEWARD), zone, date(2026, 1, 1)) == []


def test_names_and_numbers_stand_once_and_places_are_of_the_zone(steward, zone, scheme, party):
    one = party("1")
    with pytest.raises(RelocationExists):
        services.add_scheme(actor=steward, zone=zone, name=" 拓园一期征迁 ")
    with pytest.raises(PlaceMismatch):
        services.add_scheme(actor=steward, zone=zone, name="别处", site=make_site())
    with pytest.raises(WrongInput, match="计划完成"):
        services.change_scheme(actor=steward, scheme=scheme, version=None, started_on=date(2023, 1, 1))
    with pytest.raises(RelocationNumberTaken):
        party("1")
    with pytest.raises(RelocationNumberTaken):
        services.change_party(actor=steward, party=party("2"), version=None, number="1")
    with pytest.raises(NotFound):
        reading.get_party(make_user(Role.STEWARD), one.pk)
    with pytest.raises(NotAllowed):
        services.change_scheme(actor=make_user(Role.LEADER, zone=zone), scheme=scheme, version=None, note="x")


def test_a_scheme_is_found_by_its_firms_and_not_by_its_households(steward, party):
    party("1", name="示例纺织厂", kind="firm")
    party("2", name="欧阳示例户主")
    assert [hit.title for hit in search_everything(steward, "示例纺织")] == ["拓园一期征迁"]
    assert search_everything(steward, "欧阳示例") == []


def test_the_forms_do_what_the_services_do(client, steward):
    signed_in(client, steward)
    facts = {"name": "二期", "counted_step": "moved", "due_on": "2022-12-31"}
    assert client.post(reverse("relocation-add"), facts).status_code == 302
    scheme = RelocationScheme.objects.get()
    edit = reverse("relocation-edit", args=[scheme.pk])
    assert client.post(edit, facts | {"note": "示例", "version": 1}).status_code == 302
    add = reverse("relocation-party-add", args=[scheme.pk])
    said = {"number": "1", "name": "户", "kind": "household", "area_m2": "120", "on": "2022-03-01"}
    assert client.post(add, said).status_code == 422
    assert client.post(add, said | {"evidence_note": "公告"}).status_code == 302
    party = RelocationParty.objects.get()
    edit = reverse("relocation-party-edit", args=[party.pk])
    who = {"number": "1", "name": "户主", "kind": "household", "version": party.version}
    assert client.post(edit, who).status_code == 302
    entry = reverse("relocation-entry-add", args=[party.pk])
    assert 'value="agreed" selected' in client.get(entry).content.decode()
    sent = {"kind": "agreed", "on": "2022-04-01", "amount_cny": "80万元", "evidence_note": "协议"}
    assert client.post(entry, sent).status_code == 302
    agreed = RelocationEntry.objects.get(kind="agreed")
    assert agreed.amount_cny == 800_000
    page = client.get(reverse("relocation-party-detail", args=[party.pk])).content.decode()
    assert "户主" in page
    assert "80.00 万元" in page
    correct = reverse("relocation-entry-correct", args=[agreed.pk])
    assert correct in page
    assert 'name="area_m2"' not in client.get(correct).content.decode()
    right = {"on": "2022-04-02", "amount_cny": "85万元", "evidence_note": "协议"}
    assert client.post(correct, right).status_code == 422  # no reason
    too_little = client.post(correct, right | {"amount_cny": "-1", "reason": "笔误"})
    assert "不能小于 0" in too_little.content.decode()
    assert client.post(correct, right | {"reason": "笔误"}).status_code == 302
    agreed = RelocationEntry.objects.live().get(kind="agreed")
    assert (agreed.amount_cny, agreed.happened_on) == (850_000, date(2022, 4, 2))
    client.post(reverse("relocation-entry-void", args=[agreed.pk]), {"reason": "误登"})
    assert not RelocationEntry.objects.live().filter(kind="agreed").exists()
    for day in ("x", "2022-02-30"):
        assert client.get(reverse("relocation-detail", args=[scheme.pk]), {"on": day}).status_code == 200


def test_the_api_shares_the_rules_and_reads_any_day(client, steward, zone):
    signed_in(client, steward)
    send = {"content_type": "application/json"}
    made = client.post(f"/api/v1/relocations?zone={zone.code}", {"name": "三期"}, **send).json()
    url = f"/api/v1/relocations/{made['id']}"
    said = {"number": "1", "name": "户", "area_m2": "50", "on": "2022-03-01", "evidence_note": "公告"}
    party = client.post(f"{url}/parties", said, **send).json()
    entries = f"/api/v1/relocations/parties/{party['id']}/entries"
    handed = {"kind": "handed", "on": "2022-09-01", "evidence_note": ""}
    assert client.post(entries, handed, **send).json()["code"] == "relocation_evidence"
    kept = client.post(entries, handed | {"evidence_note": "交付单"}, **send).json()
    assert client.get(f"{url}/progress").json()["overall"]["by_area"] == 1
    assert client.get(f"{url}/progress?on=2022-08-31").json()["overall"]["by_count"] == 0
    assert client.get(f"{url}/progress?as_of=2022-08-31T00:00:00").json()["overall"]["by_count"] is None
    correct = f"/api/v1/relocations/entries/{kept['id']}/correct"
    entry = client.post(correct, {"on": "2022-08-30", "reason": "笔误"}, **send).json()
    assert client.get(f"{url}/progress?on=2022-08-31").json()["overall"]["by_count"] == 1
    void = f"/api/v1/relocations/entries/{entry['id']}/void"
    assert client.post(void, {"reason": "误登"}, **send).json()["is_void"] is True
    assert len(client.get(f"{url}/parties").json()["items"]) == 1
    assert client.get(url).json()["name"] == "三期"
    assert len(client.get(f"/api/v1/relocations?zone={zone.code}").json()["items"]) == 1


def test_the_ledger_takes_a_file_once_corrects_and_brings_back_nothing(steward, zone):
    base = {
        "scheme": "拓园征迁",
        "counted_step": "handed",
        "number": "A-1",
        "name": "示例户",
        "kind": "household",
        "area_m2": Decimal(120),
        "listed_on": LISTED,
        "evidence_note": "公告",
    }
    agreed = base | {"agreed_on": date(2022, 5, 1), "agreed_cny": Decimal(800_000)}
    paid = agreed | {"paid_on": date(2022, 6, 1), "paid_cny": Decimal(300_000)}
    rows = [
        Row(2, paid),
        Row(3, paid | {"paid_on": date(2022, 7, 1)}),
        Row(4, base | {"number": "A-2", "paid_on": LISTED, "paid_cny": Decimal(1)}),
        Row(5, base | {"number": "A-3", "site": "没有的园"}),
    ]
    outcomes = list(RELOCATIONS.compare(scope=zone.pk, rows=rows))
    assert [outcome.state for outcome in outcomes] == ["new", "new", "refused", "refused"]
    assert not RelocationScheme.objects.exists()
    _apply(zone, outcomes[:2])
    scheme = RelocationScheme.objects.get()
    now = reading.progress_of(scheme, DAY, zones.now(zone))
    assert (now.agreed_cny, now.paid_cny, now.overall.of_area_m2) == (800_000, 600_000, 120)
    assert {one.state for one in RELOCATIONS.compare(scope=zone.pk, rows=rows[:2])} == {"same"}
    later = [Row(2, base | {"area_m2": Decimal(125), "name": "示例户主", "handed_on": date(2022, 8, 1)})]
    changed = list(RELOCATIONS.compare(scope=zone.pk, rows=later))
    assert (changed[0].state, changed[0].changes["name"]) == ("changed", ["示例户", "示例户主"])
    _apply(zone, changed)
    assert overall(scheme).by_area == 1
    assert overall(scheme).of_area_m2 == 125
    handed = RelocationEntry.objects.live().get(kind="handed")
    services.void_relocation_entry(actor=steward, entry=handed, reason="误登")
    assert next(iter(RELOCATIONS.compare(scope=zone.pk, rows=later))).state == "same"
    assert overall(scheme).by_area == 0


def _apply(zone, outcomes):
    RELOCATIONS.apply(
        scope=zone.pk,
        actor=None,
        batch=row_in(zone, ImportBatch),
        outcomes=outcomes,
        progress=Progress(),
    )
