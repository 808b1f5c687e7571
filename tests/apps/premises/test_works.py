"""Building works: plan, phases within the budget, units in works, slips, and when the first firm moves in."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_department, make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.desk.selectors import today
from zhuchao.apps.premises import selectors
from zhuchao.apps.premises import services as premises
from zhuchao.apps.premises.errors import (
    PhaseExists,
    PhasesAboveBudget,
    PlaceMismatch,
    UnitInUse,
    WorksExist,
    WorksNotThere,
)
from zhuchao.apps.premises.models import (
    Unit,
    UnitState,
    Works,
    WorksPhase,
    WorksProgress,
    months_after,
    next_month,
)
from zhuchao.apps.premises.selectors import works as reading
from zhuchao.apps.premises.services import works as services
from zhuchao.apps.premises.services.ledgers import WORKS
from zhuchao.apps.zones.models import Department, Role, Zone

START = date(2023, 6, 1)


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def site(zone):
    return make_site(zone, name="苏鲲科技产业园")


@pytest.fixture
def works(steward, site):
    return services.add_works(
        actor=steward,
        site=site,
        name="改造工程",
        planned_start_on=START,
        planned_months=7,
        gross_area_m2=Decimal(6500),
        budget_cny=Decimal(80_000_000),
    )


def on_day(zone: Zone, day: date) -> None:
    """Let a zone live on a day."""
    from django.utils import timezone

    Zone.objects.filter(pk=zone.pk).update(demo_day=day, demo_started_at=timezone.now())
    zone.refresh_from_db()


def unit_in(site, state=Unit.State.VACANT, **values):
    unit = make_unit(site, **values)
    premises.change_unit_state(
        actor=None,
        unit=unit,
        state=state,
        on=date(2022, 1, 1),
        occupant="示例公司" if state != "vacant" else "",
    )
    unit.refresh_from_db()
    return unit


@pytest.mark.document("0-05")
def test_a_first_phase_of_4000_of_8000_wan_is_half_and_the_end_is_seven_months_on(client, steward, works):
    phase = services.add_phase(actor=steward, works=works, number=1, budget_cny=Decimal(40_000_000))
    assert phase.share == Fraction(1, 2)
    assert works.planned_end_on == date(2024, 1, 1)
    page = signed_in(client, steward).get(reverse("works-detail", args=[works.pk])).content.decode()
    assert "首期占 50%" in page
    assert reverse("works-phase-edit", args=[phase.pk]) in page
    assert "8,000.00 万元" in page
    assert "2024-01-01" in page
    with pytest.raises(PhasesAboveBudget):
        services.add_phase(actor=steward, works=works, number=2, budget_cny=Decimal("40000000.01"))


def test_the_database_itself_keeps_the_phases_within_the_budget(steward, works):
    services.add_phase(actor=steward, works=works, number=1, budget_cny=Decimal(40_000_000))
    with pytest.raises(IntegrityError), transaction.atomic():
        Works.objects.filter(pk=works.pk).update(phased_cny=Decimal("80000000.01"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Works.objects.filter(pk=works.pk).update(budget_cny=Decimal(39_000_000))


def test_a_refused_phase_leaves_no_trace(steward, works):
    before = Change.objects.count()
    with pytest.raises(PhasesAboveBudget):
        services.add_phase(actor=steward, works=works, number=1, budget_cny=Decimal(90_000_000))
    assert not WorksPhase.objects.exists()
    assert Change.objects.count() == before


def test_a_budget_cannot_fall_below_its_phases(steward, works):
    phase = services.add_phase(actor=steward, works=works, number=1, budget_cny=Decimal(40_000_000))
    with pytest.raises(PhaseExists):
        services.add_phase(actor=steward, works=works, number=1, budget_cny=Decimal(1))
    with pytest.raises(PhasesAboveBudget):
        services.change_works(actor=steward, works=works, version=None, budget_cny=Decimal(30_000_000))
    with pytest.raises(PhasesAboveBudget):
        services.change_phase(actor=steward, phase=phase, version=1, budget_cny=Decimal(80_000_001))
    services.change_phase(actor=steward, phase=phase, version=1, budget_cny=Decimal(80_000_000))
    works.refresh_from_db()
    assert works.phased_cny == 80_000_000


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(min_value=0, max_value=240), st.integers(0, 240)
)
def test_months_follow_the_calendar_and_never_leave_the_month_they_lead_to(day, months, more):
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (next_month(later) - later).days == 1)
    assert months_after(day.replace(day=1), months + more) == months_after(
        months_after(day.replace(day=1), months), more
    )


@pytest.mark.document("4-02")
def test_units_come_into_works_when_they_begin_and_are_free_when_they_are_done(steward, zone, site):
    free, signed = unit_in(site), unit_in(site, Unit.State.SIGNED)
    works = services.add_works(
        actor=steward,
        site=site,
        name="装修",
        kind="fit_out",
        planned_start_on=START,
        planned_months=3,
        units=[free, signed],
    )
    services.record_progress(actor=steward, works=works, event="started", on=START)
    assert set(site.units.values_list("state", flat=True)) == {Unit.State.IN_WORKS}
    works.refresh_from_db()
    assert works.state_on(START) == Works.State.UNDER_WAY
    assert selectors.area_by_state([zone.pk], date(2023, 6, 2), _later(zone)).area_m2("in_works") == 1000
    done = date(2023, 8, 30)
    services.record_progress(actor=steward, works=works, event="finished", on=done)
    works.refresh_from_db()
    assert (works.state_on(done), works.percent) == (Works.State.FINISHED, 100)
    free.refresh_from_db()
    signed.refresh_from_db()
    assert (free.state, free.state_since) == (Unit.State.VACANT, done)
    assert signed.state == Unit.State.SIGNED
    assert selectors.user_of(signed) == "示例公司"


def _later(zone):
    from zhuchao.apps.zones import selectors as zones

    return zones.now(zone)


def test_a_demolition_takes_its_units_out_of_the_stock(steward, site):
    unit = unit_in(site)
    works = services.add_works(
        actor=steward,
        site=site,
        name="拆除",
        kind="demolition",
        planned_start_on=START,
        planned_months=1,
        units=[unit],
    )
    services.record_progress(actor=steward, works=works, event="started", on=START)
    services.record_progress(actor=steward, works=works, event="finished", on=date(2023, 7, 1))
    unit.refresh_from_db()
    assert unit.state == Unit.State.WITHDRAWN


def test_works_do_not_begin_in_a_unit_with_a_tenant_and_nothing_is_recorded(steward, site):
    unit, other = unit_in(site, Unit.State.LET), unit_in(site)
    works = services.add_works(
        actor=steward, site=site, name="改造", planned_start_on=START, planned_months=3, units=[other, unit]
    )
    with pytest.raises(UnitInUse):
        services.record_progress(actor=steward, works=works, event="started", on=START)
    assert not WorksProgress.objects.exists()
    other.refresh_from_db()
    assert other.state == Unit.State.VACANT


def test_a_correction_moves_the_states_it_brought_about_and_a_void_takes_them_back(steward, site):
    unit = unit_in(site)
    works = services.add_works(
        actor=steward, site=site, name="改造", planned_start_on=START, planned_months=3, units=[unit]
    )
    entry = services.record_progress(actor=steward, works=works, event="started", on=START)
    moved = services.correct_progress(
        actor=steward, entry=entry, reason="进场日期写错", happened_on=date(2023, 6, 5)
    )
    unit.refresh_from_db()
    works.refresh_from_db()
    assert (unit.state, unit.state_since, works.started_on) == (
        "in_works",
        date(2023, 6, 5),
        date(2023, 6, 5),
    )
    services.void_progress(actor=steward, entry=moved, reason="没有开工")
    unit.refresh_from_db()
    works.refresh_from_db()
    assert (unit.state, works.started_on) == ("vacant", None)
    assert UnitState.objects.live().filter(unit=unit).count() == 1


@pytest.mark.parametrize("event", ["progress", "finished"])
def test_nothing_happens_before_works_begin_or_after_they_end(steward, works, event):
    with pytest.raises(WorksNotThere):
        services.record_progress(actor=steward, works=works, event=event, on=START)
    begun = services.record_progress(actor=steward, works=works, event="started", on=START)
    with pytest.raises(WorksNotThere):
        services.record_progress(actor=steward, works=works, event="started", on=START)
    with pytest.raises(WorksNotThere):
        services.record_progress(actor=steward, works=works, event=event, on=date(2023, 5, 31))
    ended = services.record_progress(actor=steward, works=works, event="finished", on=date(2023, 7, 1))
    with pytest.raises(WorksNotThere):
        services.record_progress(actor=steward, works=works, event=event, on=date(2023, 7, 2))
    with pytest.raises(WorksNotThere):
        services.void_progress(actor=steward, entry=begun, reason="误登")
    with pytest.raises(WorksNotThere):
        services.correct_progress(actor=steward, entry=ended, reason="误登", happened_on=date(2023, 5, 1))


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"percent": Decimal(101)}, "形象进度"),
        ({"spent_cny": Decimal(-1)}, "累计完成投资"),
        ({"expected_on": date(2023, 5, 1)}, "预计竣工"),
        ({"on": date(2999, 1, 1)}, "日期"),
    ],
)
def test_progress_that_cannot_be_is_refused(steward, works, values, word):
    services.record_progress(actor=steward, works=works, event="started", on=START)
    with pytest.raises(WrongInput, match=word):
        services.record_progress(actor=steward, works=works, **({"event": "progress", "on": START} | values))


def test_plans_that_cannot_be_are_refused(steward, site, works):
    plan = {"actor": steward, "site": site, "planned_start_on": START, "planned_months": 1}
    with pytest.raises(WorksExist):
        services.add_works(name=" 改造工程 ", **plan)
    with pytest.raises(PlaceMismatch):
        services.add_works(name="别处", units=[make_unit()], **plan)
    with pytest.raises(WrongInput, match="建设周期"):
        services.add_works(name="太长", **(plan | {"planned_months": 0}))
    with pytest.raises(WrongInput, match="总投资预算"):
        services.add_works(name="没有钱", budget_cny=Decimal(0), **plan)
    with pytest.raises(WrongInput, match="不能为空"):
        services.add_works(name="  ", **plan)


@pytest.mark.document("3-22")
def test_works_planned_for_august_slip_from_the_first_of_september_and_land_in_mu_is_exact(
    client, steward, zone, site
):
    works = services.add_works(
        actor=steward,
        site=site,
        name="电子商务园",
        kind="new",
        land_area=Decimal(100),
        land_unit="亩",
        planned_start_on=date(2014, 8, 1),
        planned_months=12,
    )
    assert works.land_m2 == Fraction(200_000, 3)
    assert works.land_shown == "100.00 亩 = 66,666.67 ㎡"
    on_day(zone, date(2014, 8, 31))
    assert works.state_on(date(2014, 8, 31)) == Works.State.PLANNED
    assert not [card for card in today.cards_for(steward, zone)[0] if card.key.startswith("works:")]
    on_day(zone, date(2014, 9, 1))
    assert works.state_on(date(2014, 9, 1)) == Works.State.SLIPPED
    cards = [card for card in today.cards_for(steward, zone)[0] if card.key.startswith("works:")]
    assert [(card.title, card.light) for card in cards] == [("电子商务园已延期", "red")]
    assert "计划 2014-08 开工，至今未开工" in cards[0].why
    page = signed_in(client, steward).get(reverse("works-detail", args=[works.pk])).content.decode()
    assert "66,666.67 ㎡" in page
    services.record_progress(actor=steward, works=works, event="started", on=date(2014, 9, 1))
    assert not reading.slipped_works(steward, zone, date(2014, 9, 1)).exists()


@pytest.mark.document("2-15")
def test_premises_under_construction_say_when_the_first_firm_can_move_in(client, steward, zone, site):
    works = services.add_works(
        actor=steward,
        site=site,
        name="新建",
        kind="new",
        planned_start_on=START,
        planned_months=12,
        months_to_occupancy=2,
    )
    assert works.first_occupancy_on(START) == date(2024, 8, 1)
    services.record_progress(actor=steward, works=works, event="started", on=date(2023, 7, 1))
    works.refresh_from_db()
    assert works.first_occupancy_on(date(2023, 7, 1)) == date(2024, 9, 1)
    services.record_progress(
        actor=steward,
        works=works,
        event="progress",
        on=date(2024, 1, 1),
        percent=Decimal(40),
        expected_on=date(2024, 10, 15),
    )
    works.refresh_from_db()
    assert works.first_occupancy_on(date(2024, 1, 2)) == date(2024, 12, 15)
    assert [day for day, _works in reading.pipeline(reading.visible_works(steward), date(2024, 1, 2))] == [
        date(2024, 12, 15)
    ]
    on_day(zone, date(2024, 1, 2))
    page = signed_in(client, steward).get(reverse("site-detail", args=[site.pk])).content.decode()
    assert "2024-12-15" in page


def test_works_that_are_late_and_say_nothing_end_today_at_the_earliest(steward, works):
    assert works.forecast_end_on(date(2024, 3, 5)) == date(2024, 10, 5)
    services.record_progress(actor=steward, works=works, event="started", on=START)
    works.refresh_from_db()
    assert works.forecast_end_on(date(2024, 3, 5)) == date(2024, 3, 5)
    assert works.state_on(date(2024, 1, 1)) == Works.State.UNDER_WAY
    assert works.state_on(date(2024, 1, 2)) == Works.State.SLIPPED


@pytest.mark.document("2-04")
def test_a_theme_park_shows_its_theme_its_partner_and_its_plan(client, steward, zone):
    site = make_site(
        zone,
        name="新基建科技综合产业园",
        theme="新基建：高铁枢纽、地铁、桥隧",
        partner="示例建设集团（国企）",
        plan_source="示例规划批复〔2022〕1号",
        plan_on=date(2022, 3, 1),
    )
    services.add_works(actor=steward, site=site, name="一期工程", planned_start_on=START, planned_months=18)
    page = signed_in(client, steward).get(reverse("site-detail", args=[site.pk])).content.decode()
    for word in (
        "新基建：高铁枢纽、地铁、桥隧",
        "示例建设集团（国企）",
        "示例规划批复〔2022〕1号",
        "一期工程",
        "2024-12-01",
    ):
        assert word in page


@pytest.mark.parametrize(
    "day", [date(2023, 5, 1), START, date(2023, 7, 1), date(2024, 1, 2), date(2025, 1, 1)]
)
@pytest.mark.parametrize("events", [(), ("started",), ("started", "finished")])
def test_the_list_and_the_record_agree_on_the_state_of_works(steward, works, events, day):
    for number, event in enumerate(events):
        services.record_progress(actor=steward, works=works, event=event, on=date(2023, 6 + number, 10))
    works.refresh_from_db()
    row = reading.with_state(reading.visible_works(steward), day).get()
    wanted = works.state_on(day)
    # What happened after the day is known by now: the list stands on today, which is never before it.
    if not events or day >= date(2023, 6 + len(events) - 1, 10):
        assert row.state == wanted


def test_others_do_not_see_works_and_an_operator_sees_those_of_its_own_sites(zone, works):
    with pytest.raises(NotFound):
        reading.get_works(make_user(Role.STEWARD), works.pk)
    department = make_department(zone, kind=Department.Kind.DEVELOPER)
    operator = make_user(Role.OPERATOR, zone=zone, department=department)
    assert not reading.visible_works(operator).exists()
    works.site.operator = department
    works.site.save()
    assert list(reading.visible_works(operator)) == [works]
    leader = make_user(Role.LEADER, zone=zone)
    with pytest.raises(NotAllowed):
        services.record_progress(actor=leader, works=works, event="started", on=START)


def test_the_forms_do_what_the_services_do(client: Client, steward, site):
    signed_in(client, steward)
    sent = {
        "site": site.pk,
        "name": "新建厂房",
        "kind": "new",
        "planned_start_on": "2023-06-01",
        "planned_months": "7",
        "budget_cny": "8000",
        "land_area": "100",
        "land_unit": "亩",
    }
    assert client.post(reverse("works-add"), sent).status_code == 302
    works = Works.objects.get()
    assert (works.budget_cny, works.land_m2) == (80_000_000, Fraction(200_000, 3))
    answer = client.post(reverse("works-phase-add", args=[works.pk]), {"number": 1, "budget_cny": "9000"})
    assert answer.status_code == 422
    assert "超出总投资预算" in answer.content.decode()
    client.post(reverse("works-phase-add", args=[works.pk]), {"number": 1, "budget_cny": "4000"})
    phase = works.phases.get()
    client.post(
        reverse("works-phase-edit", args=[phase.pk]), {"name": "一期", "budget_cny": "3000", "version": 1}
    )
    phase.refresh_from_db()
    assert (phase.name, phase.budget_cny) == ("一期", 30_000_000)
    unit = unit_in(site)
    works.refresh_from_db()
    edit = sent | {"units": [unit.pk], "version": works.version, "planned_months": "8"}
    assert client.post(reverse("works-edit", args=[works.pk]), edit).status_code == 302
    client.post(reverse("works-progress-add", args=[works.pk]), {"event": "started", "on": "2023-06-02"})
    entry = works.entries.get()
    unit.refresh_from_db()
    assert unit.state == Unit.State.IN_WORKS
    correct = reverse("works-progress-correct", args=[entry.pk])
    assert client.post(correct, {"on": "2023-06-03", "reason": "写错"}).status_code == 302
    entry = WorksProgress.objects.live().get()
    client.post(reverse("works-progress-void", args=[entry.pk]), {"reason": "没有开工"})
    assert not WorksProgress.objects.live().exists()
    listed = client.get(reverse("works-list")).content.decode()
    assert "新建厂房" in listed


def test_the_api_shares_the_rules(client: Client, steward, zone, site):
    signed_in(client, steward)
    body = {
        "site_id": site.pk,
        "name": "改造",
        "planned_start_on": "2023-06-01",
        "planned_months": 7,
        "budget_cny": "80000000",
        "land_area": "100",
    }
    made = client.post("/api/v1/works", body, content_type="application/json").json()
    assert (made["planned_end_on"], made["land_m2"], made["state"]) == ("2024-01-01", 66666.67, "slipped")
    url = f"/api/v1/works/{made['id']}"
    phase = client.post(
        f"{url}/phases", {"number": 1, "budget_cny": "40000000"}, content_type="application/json"
    )
    assert phase.json()["share"] == 0.5
    over = client.post(
        f"{url}/phases", {"number": 2, "budget_cny": "40000001"}, content_type="application/json"
    )
    assert (over.status_code, over.json()["code"]) == (422, "phases_above_budget")
    client.patch(
        url,
        {"version": client.get(url).json()["version"], "planned_months": 8},
        content_type="application/json",
    )
    assert client.get(url).json()["planned_end_on"] == "2024-02-01"
    began = client.post(
        f"{url}/progress", {"event": "started", "on": "2023-06-01"}, content_type="application/json"
    )
    fixed = client.post(
        f"/api/v1/works/progress/{began.json()['id']}/correct",
        {"reason": "写错", "happened_on": "2023-06-02"},
        content_type="application/json",
    )
    assert fixed.json()["happened_on"] == "2023-06-02"
    void = f"/api/v1/works/progress/{fixed.json()['id']}/void"
    assert client.post(void, {"reason": "误登"}, content_type="application/json").status_code == 200
    assert len(client.get(f"{url}/progress").json()) == 3
    found = client.get(f"/api/v1/works?zone={zone.code}&site_id={site.pk}").json()["items"]
    assert [works["name"] for works in found] == ["改造"]


def test_the_ledger_takes_works_once_and_refuses_phases_above_the_budget(zone, site):
    unit_in(site, name="201")
    values = {
        "name": "改造工程",
        "site": "苏鲲科技产业园",
        "kind": "conversion",
        "land_m2": Decimal("66666.67"),
        "planned_start_on": START,
        "planned_months": 7,
        "budget_cny": Decimal(80_000_000),
        "phase_1_cny": Decimal(40_000_000),
        "started_on": START,
        "units": "201",
    }
    rows = [
        Row(2, values),
        Row(3, values | {"name": "超支", "phase_1_cny": Decimal(90_000_000)}),
        Row(4, values | {"name": "无此园", "site": "没有的园"}),
        Row(5, values | {"name": "无此房", "units": "999"}),
        Row(6, values | {"name": "半个月", "planned_months": Decimal("7.5")}),
    ]
    outcomes = list(WORKS.compare(scope=zone.pk, rows=rows))
    assert [outcome.state for outcome in outcomes] == ["new", *["refused"] * 4]
    assert not Works.objects.exists()
    _apply(zone, outcomes[:1])
    works = Works.objects.get()
    assert (works.land_m2, works.phased_cny, works.started_on) == (Fraction(200_000, 3), 40_000_000, START)
    assert site.units.get().state == Unit.State.IN_WORKS
    assert [one.state for one in WORKS.compare(scope=zone.pk, rows=rows[:1])] == ["same"]
    later = [
        Row(
            2,
            values
            | {"phase_1_cny": Decimal(50_000_000), "started_on": date(2023, 6, 5), "planned_months": 8},
        )
    ]
    changed = list(WORKS.compare(scope=zone.pk, rows=later))
    assert changed[0].state == "changed"
    assert set(changed[0].changes) == {"planned_months", "phase_1_cny", "started_on"}
    _apply(zone, changed)
    works.refresh_from_db()
    assert (works.phased_cny, works.started_on, works.planned_end_on) == (
        50_000_000,
        date(2023, 6, 5),
        date(2024, 2, 1),
    )


def _apply(zone, outcomes):
    from tests.apps.zones.isolation import row_in
    from zhuchao.apps.core.models import ImportBatch
    from zhuchao.apps.core.services.progress import Progress

    WORKS.apply(
        scope=zone.pk, actor=None, batch=row_in(zone, ImportBatch), outcomes=outcomes, progress=Progress()
    )
