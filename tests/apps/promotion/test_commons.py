"""Leads that lie still: whom they are brought before, when they fall into the public pool, and who takes them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tests.factories import make_department, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import DomainError, NotAllowed, ReasonNeeded
from zhuchao.apps.core.models import Change
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.errors import ClaimLimitReached, CoolingOff, LeadNotInPool, LeadNotOwned
from zhuchao.apps.promotion.models import Lead, PoolMove
from zhuchao.apps.promotion.selectors import PATIENCE, POOL, Patience
from zhuchao.apps.promotion.selectors.patience import PatienceRules
from zhuchao.apps.zones.models import Assignment, Role, User

MONDAY = date(2026, 3, 2)
S = Lead.Stage
FOUND = PATIENCE[-1].by_stage[S.FOUND]


@pytest.fixture
def zone():
    """A zone whose clock stands years after its leads were entered."""
    return make_zone(demo_day=date(2026, 3, 2), demo_started_at=timezone.now())


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def add(zone, officer):
    def run(name="印势新材料项目", **values):
        return services.add_lead(
            actor=officer, zone=zone, **({"name": name, "found_on": MONDAY, "owner": officer} | values)
        )

    return run


def later(working_days):
    """Return the day that many weekdays after the Monday; March 2026 has no holiday but weekends."""
    day, left = MONDAY, working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def level_on(lead, on):
    found = selectors.dormant_leads(Lead.objects.filter(pk=lead.pk), on)
    return found[0].level if found else ""


def test_a_lead_is_brought_before_its_owner_then_the_head_then_everybody(add):
    lead = add()
    assert [level_on(lead, later(n)) for n in (0, 4, 5, 9, 10, 19, 20)] == [
        "",
        "",
        "owner",
        "owner",
        "head",
        "head",
        "pool",
    ]


def test_weekends_do_not_count(add):
    lead = add()
    friday, sunday = later(4), later(4) + timedelta(days=2)
    assert friday.weekday() == 4
    assert level_on(lead, sunday) == ""
    assert level_on(lead, sunday + timedelta(days=1)) == "owner"


def test_each_stage_has_its_own_patience_and_some_none(add, officer):
    on = later(30)
    levels = {stage: level_on(add(stage, stage=stage), on) for stage in S}
    assert levels == {
        S.FOUND: "pool",
        S.TALKING: "pool",
        S.AGREEING: "head",  # never falls into the pool
        S.SIGNED: "",
        S.LOST: "",
        S.PAUSED: "",
        S.MOVED: "",
    }


def test_a_meeting_begins_the_count_anew_and_a_voided_one_does_not(zone, add, officer):
    lead = add(found_on=date(2026, 2, 16))
    met = services.add_activity(
        actor=officer, zone=zone, title="拜访", direction="out", kind="visit", on=MONDAY, leads=[lead]
    )
    assert level_on(lead, later(4)) == ""
    services.void_activity(actor=officer, activity=met, reason="未成行")
    assert level_on(lead, later(4)) == "head"


def test_the_patience_of_a_day_is_that_of_its_time():
    old, new = PATIENCE[0], PatienceRules(date(2026, 6, 1), {S.FOUND: Patience(1, 2, 3)})
    rules = (old, new)
    assert selectors.in_force(rules, date(2026, 5, 31)) is old
    assert selectors.in_force(rules, date(2026, 6, 1)) is new
    assert selectors.in_force(rules, date(1999, 1, 1)) is old


def test_owner_sees_their_own_and_a_head_their_department_s_on_today(zone, officer, add):
    hall, other_hall = make_department(zone), make_department(zone)
    head = make_user(Role.LEADER, zone=zone, department=hall)
    leader = make_user(Role.LEADER, zone=zone)
    ours = add("甲项目", department=hall)
    theirs = add("乙项目", department=other_hall, owner=make_user(Role.PROMOTION_OFFICER, zone=zone))
    rows = selectors.dormant_leads(selectors.leads_in(zone), later(12))

    def seen_by(person):
        return {one.lead for one in selectors.dormant_before(person, zone, rows)}

    assert seen_by(officer) == {ours}
    assert seen_by(head) == {ours}
    assert seen_by(leader) == {ours, theirs}
    early = selectors.dormant_leads(selectors.leads_in(zone), later(6))
    assert selectors.dormant_before(leader, zone, early) == []


def test_today_tells_of_leads_that_lie_still_with_the_way_to_them(client, zone, officer, add):
    add("甲项目", found_on=date(2025, 12, 1))
    card = next(card for card in cards_for(officer, zone)[0] if card.key.startswith("dormant:"))
    assert (card.urgency, card.light) == ("overdue", "red")
    assert "甲项目" in card.why
    words = signed_in(client, officer).get(card.url).content.decode()
    assert "甲项目" in words
    assert cards_for(make_user(Role.LIAISON, zone=zone), zone)[0] == []


def test_what_lies_still_too_long_falls_into_the_pool_once(zone, officer, add):
    lead, fresh = add(), add("新项目", found_on=MONDAY)
    on = later(20)
    assert services.release_dormant_leads(zone, on=later(19)) == []
    assert services.release_dormant_leads(zone, on=on) == [lead, fresh]
    lead.refresh_from_db()
    assert lead.owner is None
    move = PoolMove.objects.get(lead=lead)
    assert (move.kind, move.person, move.happened_on) == (PoolMove.Kind.LAPSED, officer, on)
    assert not Assignment.objects.filter(row_id=lead.pk, thing="promotion.lead", until=None).exists()
    assert lead in selectors.commons_of(officer, zone)
    before = Change.objects.count()
    assert services.release_dormant_leads(zone, on=on) == []
    assert Change.objects.count() == before


def test_a_ledger_of_old_leads_does_not_lapse_on_the_day_it_is_imported(zone, add):
    lead = add(found_on=date(2024, 1, 8))
    assert level_on(lead, MONDAY) == "pool"
    grace = POOL[-1].grace_working_days
    assert services.release_dormant_leads(zone, on=later(grace - 1)) == []
    assert services.release_dormant_leads(zone, on=later(grace)) == [lead]


def test_what_is_due_puts_the_lapsed_leads_of_every_zone_into_its_pool(zone, officer, add, capsys):
    lead, elsewhere = add(), make_zone(demo_day=MONDAY, demo_started_at=timezone.now())
    person = make_user(Role.PROMOTION_OFFICER, zone=elsewhere)
    other = services.add_lead(actor=person, zone=elsewhere, name="邻区项目", found_on=MONDAY, owner=person)
    call_command("due")
    assert "dormant-leads\t久未跟进的线索退回公海\t0\n" in capsys.readouterr().out
    for place in (zone, elsewhere):
        place.demo_day = later(20)
        place.save()
    add("有人跟进的项目", found_on=later(19))
    call_command("due")
    assert "dormant-leads\t久未跟进的线索退回公海\t2\n" in capsys.readouterr().out
    assert {move.lead for move in PoolMove.objects.all()} == {lead, other}
    call_command("due")
    assert "dormant-leads\t久未跟进的线索退回公海\t0\n" in capsys.readouterr().out
    assert PoolMove.objects.count() == 2


def test_a_lead_is_given_back_with_a_reason_and_taken_by_another(zone, officer, add):
    lead = add()
    with pytest.raises(ReasonNeeded):
        services.return_lead(actor=officer, lead=lead, reason=" ")
    with pytest.raises(NotAllowed):
        services.return_lead(actor=make_user(Role.STEWARD, zone=zone), lead=lead, reason="不跟了")
    lead = services.return_lead(actor=officer, lead=lead, reason="专业不对口")
    with pytest.raises(LeadNotOwned):
        services.return_lead(actor=officer, lead=lead, reason="再退一次")
    other = make_user(Role.PROMOTION_OFFICER, zone=zone)
    taken = services.claim_lead(actor=other, lead=lead)
    assert taken.owner == other
    assert Assignment.objects.get(row_id=lead.pk, until=None).officer == other
    assert [change.verb for change in Change.objects.filter(thing="promotion.lead").order_by("seq")] == [
        "add",
        "pool_returned",
        "pool_claimed",
    ]
    with pytest.raises(LeadNotInPool):
        services.claim_lead(actor=officer, lead=taken)


def test_who_gave_a_lead_up_waits_before_they_take_it_again(zone, officer, add):
    lead = services.return_lead(actor=officer, lead=add(), reason="没时间")
    with pytest.raises(CoolingOff) as refused:
        services.claim_lead(actor=officer, lead=lead)
    free = date.fromisoformat(refused.value.data["free"])
    assert free == later(POOL[-1].cooling_working_days)
    zone.demo_day = free
    zone.save()
    lead.refresh_from_db()
    assert services.claim_lead(actor=officer, lead=Lead.objects.get(pk=lead.pk)).owner == officer


def test_nobody_holds_more_from_the_pool_than_the_limit(zone, officer, add):
    most = POOL[-1].most_held
    leads = [add(f"项目{n}", owner=None) for n in range(most + 1)]
    for lead in leads[:most]:
        services.claim_lead(actor=officer, lead=lead)
    with pytest.raises(ClaimLimitReached):
        services.claim_lead(actor=officer, lead=leads[most])
    services.set_lead_stage(actor=officer, lead=leads[0], stage="lost", on=MONDAY, note="外地")
    assert services.claim_lead(actor=officer, lead=leads[most]).owner == officer


def test_pages_of_the_pool_offer_the_claim_and_say_the_rules(client, zone, officer, add):
    lead = add(owner=None)
    page = signed_in(client, officer)
    assert lead.name in page.get("/leads/commons/").content.decode()
    words = page.get(f"/leads/{lead.pk}/claim/").content.decode()
    assert "上限 10 条" in words
    assert page.post(f"/leads/{lead.pk}/claim/").status_code == 302
    assert lead.name not in page.get("/leads/commons/").content.decode()
    assert page.post(f"/leads/{lead.pk}/claim/").status_code == 422
    assert page.post(f"/leads/{lead.pk}/return/", {"reason": "联系不上"}).status_code == 302
    words = page.get(f"/leads/{lead.pk}/").content.decode()
    assert "联系不上" in words
    assert "公海" in words


@pytest.mark.django_db(transaction=True)
def test_eight_people_who_reach_for_one_lead_leave_it_with_one_owner():
    zone = make_zone()
    people = [make_user(Role.PROMOTION_OFFICER, zone=zone) for _ in range(8)]
    lead = services.add_lead(actor=people[0], zone=zone, name="抢手项目", found_on=MONDAY)
    barrier = Barrier(8)

    def claim(person):
        try:
            barrier.wait()
            return services.claim_lead(actor=User.objects.get(pk=person.pk), lead=lead)
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(claim, people))
    assert sum(isinstance(outcome, Lead) for outcome in outcomes) == 1
    assert PoolMove.objects.filter(lead=lead).count() == 1
    assert Assignment.objects.filter(row_id=lead.pk, until=None).count() == 1


def test_the_count_costs_the_same_for_one_lead_and_for_many(zone, add, django_assert_max_num_queries):
    add()
    with django_assert_max_num_queries(5) as few:
        selectors.dormant_leads(selectors.leads_in(zone), later(5))
    for n in range(10):
        add(f"项目{n}")
    with django_assert_max_num_queries(len(few)):
        assert len(selectors.dormant_leads(selectors.leads_in(zone), later(5))) == 11
