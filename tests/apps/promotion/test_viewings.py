"""Viewings: booked, on the calendar, and closed by an outcome before terms are agreed."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    make_lead,
    make_project,
    make_sector,
    make_site,
    make_unit,
    make_user,
    make_zone,
    signed_in,
)
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services import add_entry
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.desk.selectors.search import search_everything
from zhuchao.apps.projects.models import StageEntry
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.errors import EscortBusy, StageFactsMissing
from zhuchao.apps.promotion.models import Lead, Viewing
from zhuchao.apps.promotion.services.index import index_leads
from zhuchao.apps.promotion.services.stages import enter_stages, stage_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role


@pytest.fixture
def zone():
    return make_zone(demo_day=date(2026, 3, 20), demo_started_at=timezone.now())


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="陈示例")


@pytest.fixture
def lead(zone, officer):
    sector = make_sector(zone)
    return make_lead(zone, name="量子研发中心项目", sector=sector, owner=officer, planned_investment_cny=100)


@pytest.fixture
def unit(zone):
    return make_unit(make_site(zone, name="苏州健康园"), name="301")


@pytest.fixture
def book(officer, lead, unit):
    def run(on=date(2026, 3, 10), **values):
        given = {"escort": officer, "units": [unit]} | values
        return services.book_viewing(actor=officer, lead=lead, on=on, **given)

    return run


@pytest.mark.document("0-20")
def test_a_viewing_stands_in_the_calendar_and_its_outcome_is_asked_for_before_terms(
    client, officer, lead, book
):
    viewing = book(starts_at=time(14, 30))
    page = signed_in(client, officer)
    month = page.get("/activities/calendar/?month=2026-03").content.decode()
    assert "14:30 踏勘 量子研发中心项目" in month
    file = page.get("/viewings/mine.ics")
    assert file.headers["Content-Type"].startswith("text/calendar")
    lines = file.content.decode().replace("\r\n ", "").split("\r\n")
    assert "DTSTART:20260310T063000Z" in lines
    assert "SUMMARY:踏勘：量子研发中心项目" in lines
    assert any(line.startswith("LOCATION:苏州健康园") for line in lines)

    with pytest.raises(StageFactsMissing) as refused:
        services.set_lead_stage(actor=officer, lead=lead, stage="agreeing", on=date(2026, 3, 20))
    assert "viewing_outcome" in [fact["key"] for fact in refused.value.data["missing"]]
    services.set_viewing_outcome(
        actor=officer, viewing=viewing, version=1, outcome="liked", outcome_note="看中 301"
    )
    entry = services.set_lead_stage(actor=officer, lead=lead, stage="agreeing", on=date(2026, 3, 20))
    assert entry.stage == "agreeing"


@pytest.mark.document("0-20")
def test_a_viewing_that_is_past_and_has_no_outcome_is_overdue_on_today(zone, officer, book):
    viewing = book()
    coming = book(on=date(2026, 3, 25))
    cards, _ = cards_for(officer, zone)
    found = [card for card in cards if card.key.startswith("viewing:")]
    assert [(card.key, card.light) for card in found] == [(f"viewing:{viewing.pk}", "red")]
    assert coming.is_open
    services.set_viewing_outcome(actor=officer, viewing=viewing, version=1, outcome="unsuitable")
    assert not [card for card in cards_for(officer, zone)[0] if card.key.startswith("viewing:")]


def test_a_viewing_is_moved_and_says_what_changed(officer, book, zone):
    viewing = book()
    other = make_unit(make_site(zone), name="502")
    moved = services.change_viewing(
        actor=officer, viewing=viewing, version=1, on=date(2026, 3, 12), units=[other], note="带样机"
    )
    assert (moved.on, list(moved.units.all()), moved.note) == (date(2026, 3, 12), [other], "带样机")
    assert Change.objects.filter(verb="change").count() == 1
    with pytest.raises(Stale):
        services.change_viewing(actor=officer, viewing=viewing, version=1, on=date(2026, 3, 13))
    with pytest.raises(TypeError):
        services.change_viewing(actor=officer, viewing=viewing, version=2, outcome="liked")


def test_one_escort_is_not_in_two_places_at_one_time(officer, book, lead):
    first = book(starts_at=time(9))
    with pytest.raises(EscortBusy) as refused:
        book(starts_at=time(9))
    assert refused.value.data["lead"] == lead.name
    services.set_viewing_outcome(actor=officer, viewing=first, version=1, outcome="cancelled")
    assert book(starts_at=time(9)).is_open


def test_what_cannot_be_a_viewing_is_refused(book, officer, zone):
    with pytest.raises(WrongInput):
        book(on=date(2026, 3, 1))
    with pytest.raises(WrongInput):
        book(units=[])
    with pytest.raises(WrongInput):
        book(units=[make_unit()])
    with pytest.raises(WrongInput):
        book(escort=make_user(Role.PROMOTION_OFFICER))
    coming = book(on=date(2026, 3, 25))
    with pytest.raises(WrongInput):
        services.set_viewing_outcome(actor=officer, viewing=coming, version=1, outcome="liked")
    assert Viewing.objects.count() == 1


def test_only_the_zone_sees_and_changes_its_viewings(book, zone, lead):
    viewing = book()
    with pytest.raises(NotFound):
        selectors.get_viewing(make_user(Role.PROMOTION_OFFICER), viewing.pk)
    with pytest.raises(NotAllowed):
        services.set_viewing_outcome(
            actor=make_user(Role.AUDITOR, zone=zone), viewing=viewing, version=1, outcome="liked"
        )


def test_the_pages_book_move_and_close_a_viewing(client, officer, lead, unit):
    page = signed_in(client, officer)
    assert unit.name in page.get(f"/leads/{lead.pk}/viewings/add/").content.decode()
    form = {"on": "2026-03-10", "starts_at": "10:00", "escort": officer.pk, "units": [unit.pk]}
    assert page.post(f"/leads/{lead.pk}/viewings/add/", form).status_code == 302
    viewing = Viewing.objects.get()
    assert "没有填写结果" in page.get(f"/leads/{lead.pk}/").content.decode()
    assert page.get(f"/viewings/{viewing.pk}/edit/").status_code == 200
    moved = form | {"on": "2026-03-11", "version": "1"}
    assert page.post(f"/viewings/{viewing.pk}/edit/", moved).status_code == 302
    assert page.get(f"/viewings/{viewing.pk}/outcome/").status_code == 200
    said = {"outcome": "comparing", "outcome_note": "还要看二期", "version": "2"}
    assert page.post(f"/viewings/{viewing.pk}/outcome/", said).status_code == 302
    assert "还要看二期" in page.get("/viewings/?q=苏州健康园&outcome=comparing").content.decode()
    assert lead.name in page.get("/viewings/?mine=me").content.decode()


def test_a_viewing_of_a_whole_day_is_one_in_the_file_and_long_lines_are_folded(client, officer, book):
    book(note="备注" * 40)
    text = signed_in(client, officer).get("/viewings/mine.ics").content.decode()
    assert "DTSTART;VALUE=DATE:20260310\r\nDTEND;VALUE=DATE:20260311\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert f"DESCRIPTION:{'备注' * 40}" in text.replace("\r\n ", "")


@pytest.mark.document("1-07")
def test_a_month_without_a_signing_is_flagged_from_the_25th(client, zone, officer, lead):
    leader = make_user(Role.LEADER, zone=zone)

    def flagged(on):
        zone.demo_day = on
        zone.save(update_fields=["demo_day"])
        return [card.key for card in cards_for(leader, zone)[0] if card.key.startswith("signing:")]

    assert flagged(date(2026, 3, 24)) == []
    assert flagged(date(2026, 3, 25)) == [f"signing:{zone.pk}:202603"]
    page = signed_in(client, officer)
    assert "无签约" in page.get("/activities/calendar/").content.decode()
    entry = services.set_lead_stage(
        actor=None, lead=lead, stage="signed", on=date(2026, 3, 25), override_reason="补登协议"
    )
    assert flagged(date(2026, 3, 25)) == []
    month = page.get("/activities/calendar/?month=2026-03").content.decode()
    assert f"签约 {lead.name}" in month
    counts = selectors.months_of_signings([zone.pk], date(2026, 3, 25))
    assert [(one.first, one.signings, one.is_flagged) for one in counts[-2:]] == [
        (date(2026, 2, 1), 0, True),
        (entry.happened_on.replace(day=1), 1, False),
    ]


def test_the_calendar_shows_what_happened_each_day_and_refuses_what_is_no_month(client, zone, officer):
    services.add_activity(
        actor=officer,
        zone=zone,
        title="赴南京考察",
        direction="out",
        kind="trip",
        on=date(2026, 3, 5),
        ended_on=date(2026, 3, 7),
    )
    weeks = selectors.month_of(officer, [zone.pk], date(2026, 3, 1))
    days = [day.day for week in weeks for day in week if day.activities]
    assert days == [date(2026, 3, 5) + timedelta(days=n) for n in range(3)]
    page = signed_in(client, officer)
    assert page.get("/activities/calendar/?month=2026-13").status_code == 422
    assert zones.today(zone) == date(2026, 3, 20)


def test_the_picker_finds_units_by_place_address_and_number_among_what_may_be_shown(
    client, zone, officer, lead, unit
):
    other = make_unit(make_site(zone, name="湖西厂房", address="港田路6号"), name="B12")
    make_unit(unit.site, name="302", state="withdrawn")
    make_unit(make_site(make_zone(), name="苏州健康园"), name="303")
    page = signed_in(client, officer)
    url = f"/leads/{lead.pk}/viewings/units.json"

    def found(text):
        return [item["id"] for item in page.get(url, {"q": text}).json()["items"]]

    assert found("健康园") == [unit.pk]
    assert found("健康园 1F 30") == [unit.pk]
    assert found("健康园 2F") == []
    assert found("港田路") == found("B12") == [other.pk]
    assert found("") == []
    stranger = signed_in(client, make_user(Role.PROMOTION_OFFICER))
    assert stranger.get(url, {"q": "健康园"}).status_code == 404


def test_a_unit_beyond_the_first_options_is_booked_by_its_name_without_scripts(client, officer, lead, unit):
    form = {"on": "2026-03-20", "escort": officer.pk, "units-named": str(unit)}
    assert signed_in(client, officer).post(f"/leads/{lead.pk}/viewings/add/", form).status_code == 302
    assert [row.units.get() for row in Viewing.objects.all()] == [unit]


def test_viewings_and_chains_are_found_in_the_search_box(zone, officer, lead, book):
    viewing = book()
    chain = services.add_chain(actor=None, zone=zone, name="氢能装备链")
    services.add_node(actor=None, chain=chain, name="储氢瓶", tier="mid")
    assert [(hit.kind, hit.url) for hit in search_everything(officer, "储氢瓶")] == [
        ("产业链", f"/chains/{chain.pk}/")
    ]
    assert f"/viewings/{viewing.pk}/" in [hit.url for hit in search_everything(officer, "健康园 301")]
    services.change_lead(actor=officer, lead=lead, version=lead.version, name="光子研发中心项目")
    assert f"/viewings/{viewing.pk}/" in [hit.url for hit in search_everything(officer, "光子研发")]
    assert search_everything(make_user(Role.LEADER), "储氢瓶") == []


def test_a_viewing_has_a_page_that_leads_to_its_units_and_its_lead(client, officer, book, unit, lead):
    viewing = book()
    page = signed_in(client, officer).get(f"/viewings/{viewing.pk}/").content.decode()
    for part in (f"/units/{unit.pk}/", f"/leads/{lead.pk}/", "待填结果", "没有填写结果"):
        assert part in page


def test_the_minute_finds_any_open_lead_by_searching(client, zone, officer, lead):
    index_leads([lead.pk])
    page = signed_in(client, officer)
    assert [one["id"] for one in page.get("/leads/options.json?q=量子研发").json()["items"]] == [lead.pk]
    type(lead).objects.update(stage="lost")
    assert page.get("/leads/options.json?q=量子研发").json()["items"] == []


@pytest.mark.document("1-07")
def test_a_project_that_is_signed_without_a_lead_is_a_signing_of_the_month_and_none_is_counted_twice(
    client, zone, officer, lead
):
    def signed(name, on, **values):
        project = make_project(zone, name=name, **values)
        entry = StageEntry(zone=zone, project=project, stage="signed", happened_on=on)
        return project, add_entry(entry, actor=None, at=zones.now(zone))

    assert selectors.month_is_without_signing([zone.pk], date(2026, 3, 25))
    project, _entry = signed("聚申元项目", date(2026, 3, 12))
    assert not selectors.month_is_without_signing([zone.pk], date(2026, 3, 25))
    month = signed_in(client, officer).get("/activities/calendar/?month=2026-03").content.decode()
    assert f'href="/projects/{project.pk}/"' in month
    assert "聚申元项目" in month

    counts = selectors.months_of_signings([zone.pk], date(2026, 3, 25))
    assert (counts[-1].signings, counts[-1].is_flagged) == (1, False)
    enter_stages([stage_entry(lead, Lead.Stage.SIGNED, date(2026, 3, 15))], actor=None, at=zones.now(zone))
    signed("由这条线索来的项目", date(2026, 3, 20), lead=lead)
    assert selectors.months_of_signings([zone.pk], date(2026, 3, 25))[-1].signings == 2
    assert (
        selectors.other_signings(make_user(Role.LEADER), [zone.pk], date(2026, 3, 1), date(2026, 3, 31)) == []
    )
