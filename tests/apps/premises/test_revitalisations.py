"""Space brought back to use: counted once, with evidence, corrected and voided."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_department, make_site, make_unit, make_user, make_zone, passing_moment
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.core.models import Attachment, StoredFile
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import CountedAlready, EvidenceNeeded, PlaceMismatch
from zhuchao.apps.premises.models import Revitalisation
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

MAY = date(2026, 5, 12)
JUNE = date(2026, 6, 12)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def unit(zone):
    return make_unit(make_site(zone))


@pytest.fixture
def record(zone, steward):
    def run(**values):
        given = {"on": MAY, "area_m2": Decimal(300), "evidence_note": "租赁合同 1 号"} | values
        return services.record_revitalisation(actor=steward, zone=zone, **given)

    return run


def total(zone, start=date(2026, 1, 1), end=date(2026, 12, 31), as_of=None):
    entries = selectors.revitalisations_between([zone.pk], start, end, as_of or zones.now(zone))
    return sum(entry.area_m2 for entry in entries)


def attachment(sha):
    stored, _ = StoredFile.objects.get_or_create(
        sha256=sha, defaults={"size_bytes": 1, "media_type": "application/pdf"}
    )
    return Attachment.objects.create(scope=0, file=stored, name="合同.pdf")


def test_without_evidence_nothing_counts(record, unit):
    with pytest.raises(EvidenceNeeded):
        record(unit=unit, evidence_note=" ")
    assert not Revitalisation.objects.exists()
    assert record(unit=unit, evidence_note="", evidence=attachment("a" * 64)).place == str(unit)


def test_the_same_unit_counts_again_only_after_it_stood_vacant(record, unit, steward):
    record(unit=unit)
    with pytest.raises(CountedAlready) as refused:
        record(unit=unit, on=JUNE, evidence_note="租赁合同 2 号")
    assert refused.value.data["on"] == "2026-05-12"
    services.change_unit_state(actor=steward, unit=unit, state="vacant", on=date(2026, 6, 1))
    record(unit=unit, on=JUNE, evidence_note="租赁合同 2 号")
    assert Revitalisation.objects.count() == 2


@pytest.mark.parametrize(
    ("again", "counts"),
    [
        ({}, False),
        ({"on": JUNE}, False),
        ({"on": JUNE, "evidence_note": "租赁合同 2 号"}, True),
        ({"on": JUNE, "area_m2": Decimal(200)}, True),
        ({"place": "2号楼", "on": MAY}, True),
        ({"place": " 1 号楼", "evidence_note": "别的合同"}, False),
    ],
)
def test_the_same_place_counts_again_only_on_another_day_with_other_evidence(record, zone, again, counts):
    given = {"site": make_site(zone), "place": "1号楼"}
    record(**given)
    if counts:
        record(**(given | again))
    else:
        with pytest.raises(CountedAlready):
            record(**(given | again))


def test_the_same_file_is_the_same_event_however_it_is_named(record, zone):
    given = {"site": make_site(zone), "place": "1号楼"}
    record(**given, evidence=attachment("a" * 64))
    with pytest.raises(CountedAlready):
        record(**given, on=JUNE, area_m2=Decimal(200), evidence_note="", evidence=attachment("a" * 64))
    record(**given, on=JUNE, area_m2=Decimal(200), evidence_note="", evidence=attachment("b" * 64))


def test_a_correction_and_a_void_change_the_sum_from_now_on_and_not_before(record, zone, steward, unit):
    entry = record(unit=unit)
    first = passing_moment(zone)
    second_entry = services.correct_revitalisation(
        actor=steward, entry=entry, reason="面积有误", area_m2=Decimal(280)
    )
    second = passing_moment(zone)
    services.void_revitalisation(actor=steward, entry=second_entry, reason="重复登记")
    assert (total(zone), total(zone, as_of=second), total(zone, as_of=first)) == (
        0,
        Decimal(280),
        Decimal(300),
    )


def test_a_correction_is_held_to_the_same_rules(record, zone, steward, unit):
    entry = record(unit=unit)
    with pytest.raises(EvidenceNeeded):
        services.correct_revitalisation(actor=steward, entry=entry, reason="误", evidence_note="")
    with pytest.raises(WrongInput):
        services.correct_revitalisation(actor=steward, entry=entry, reason="误", area_m2=Decimal(9999))
    site = unit.site
    record(site=site, place="门房")
    with pytest.raises(CountedAlready):
        services.correct_revitalisation(actor=steward, entry=entry, reason="误", place="门房", unit=None)
    assert total(zone) == Decimal(600)


@pytest.mark.parametrize("wrong", [{"area_m2": Decimal(0)}, {"on": date.max}, {"place": " "}])
def test_what_cannot_be_is_refused(record, wrong):
    with pytest.raises(WrongInput):
        record(**({"place": "某处"} | wrong))


def test_a_place_of_another_site_or_zone_is_refused(record, zone, unit):
    with pytest.raises(PlaceMismatch):
        record(unit=unit, site=make_site(zone))
    with pytest.raises(PlaceMismatch):
        record(site=make_site(make_zone()), place="1号楼")


def test_an_operator_enters_for_its_own_sites_and_voids_nothing(zone, steward, unit):
    developer = make_department(zone, kind="developer")
    operator = make_user(Role.OPERATOR, zone=zone, department=developer)
    own = make_unit(make_site(zone, operator=developer))
    given = {"actor": operator, "zone": zone, "on": MAY, "area_m2": Decimal(100), "evidence_note": "照片"}
    entry = services.record_revitalisation(unit=own, **given)
    for place in ({"unit": unit}, {"place": "某处"}):
        with pytest.raises(NotFound):
            services.record_revitalisation(**place, **given)
    with pytest.raises(NotAllowed):
        services.void_revitalisation(actor=operator, entry=entry, reason="误")
    services.record_revitalisation(
        actor=steward, zone=zone, on=MAY, unit=unit, area_m2=Decimal(50), evidence_note="照片"
    )
    assert list(selectors.visible_revitalisations(operator)) == [entry]


def test_the_period_has_both_its_days(record, zone, unit):
    record(unit=unit)
    assert total(zone, MAY, MAY) == Decimal(300)
    assert total(zone, date(2026, 5, 13), JUNE) == 0
