"""Who answers for what: given, shared, handed over; history is kept."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.factories import make_department, make_lead, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.zones import selectors, services
from zhuchao.apps.zones.errors import HandedOverAlready, NotWorkingHere, SharesNotWhole
from zhuchao.apps.zones.models import Assignment, Role

LEAD = "promotion.lead"


def give(zone, officer, row_id=1, actor=None, **values):
    return services.assign(
        actor=actor, zone=zone, thing=LEAD, row_id=row_id, label=f"线索{row_id}", officer=officer, **values
    )


@pytest.fixture
def team(zone):
    squad = make_department(zone, name="一分局")
    return [
        make_user(Role.PROMOTION_OFFICER, zone=zone, department=squad, display_name=name, skills=skills)
        for name, skills in (("赵一", ["日语", "集成电路"]), ("钱二", ["股权投资"]), ("孙三", []))
    ]


@pytest.mark.document("0-32")
def test_the_load_of_every_officer_is_seen_and_a_reassignment_keeps_history(page, zone, team):
    one, two, three = team
    leads = [make_lead(zone) for _n in range(3)]
    for lead in leads:
        give(zone, one, lead.pk)
    give(zone, two, 99)

    loads = {load.officer: load for load in selectors.duty.load_of(zone)}
    assert {officer: loads[officer].count for officer in team} == {one: 3, two: 1, three: 0}
    assert loads[one].skills == ["日语", "集成电路"]
    assert [department.name for department in loads[one].departments] == ["一分局"]
    text = page.get("/people/load/").content.decode()
    assert all(officer.display_name in text for officer in team)
    assert "日语、集成电路" in text

    held = Assignment.objects.get(row_id=leads[0].pk)
    answer = page.post(f"/assignments/{held.pk}/hand-over/", {"officer": three.pk, "reason": "专人对接日企"})
    assert answer.status_code == 302
    history = list(selectors.duty.assignments_of(None, LEAD, leads[0].pk))
    assert [(row.officer, row.is_open) for row in history] == [(three, True), (one, False)]
    assert history[1].until == history[0].since
    assert history[0].reason == "专人对接日企"
    loads = {load.officer: load.count for load in selectors.duty.load_of(zone)}
    assert [loads[officer] for officer in team] == [2, 1, 1]
    timeline = page.get(f"/people/{one.pk}/").content.decode().split("z-timeline")[1:]
    assert any(f"线索{leads[0].pk}" in part for part in timeline)
    assert "专人对接日企" in page.get(f"/people/{three.pk}/").content.decode()


def test_one_officer_answers_alone_and_giving_it_again_changes_nothing(zone, team):
    first = give(zone, team[0])
    assert give(zone, team[0]) == first
    assert Assignment.objects.count() == 1
    assert Change.objects.filter(verb="assign").count() == 1


def test_giving_it_to_another_ends_the_first_part_and_opens_one(zone, team):
    first = give(zone, team[0])
    second = give(zone, team[1], reason="轮岗")
    first.refresh_from_db()
    assert (first.until, second.until) == (second.since, None)
    assert selectors.duty.shares_of(LEAD, [1]) == {1: [(None, Decimal(100))]}


@pytest.mark.parametrize("shares", [("60", "30"), ("60", "50"), ("100", "0"), ("150", "-50"), ()])
def test_shares_that_do_not_make_a_whole_are_refused(zone, team, shares):
    parts = [services.Part(officer, None, Decimal(s)) for officer, s in zip(team, shares, strict=False)]
    with pytest.raises(SharesNotWhole):
        services.assign_jointly(actor=None, zone=zone, thing=LEAD, row_id=1, label="线索", parts=parts)
    assert not Assignment.objects.exists()


def test_shares_change_together_and_what_is_unchanged_stays_open(zone, team):
    def share(*values):
        parts = [services.Part(officer, None, Decimal(v)) for officer, v in zip(team, values, strict=False)]
        return services.assign_jointly(actor=None, zone=zone, thing=LEAD, row_id=1, label="线索", parts=parts)

    kept, _half = share(50, 50)
    rows = share(50, 30, 20)
    assert kept in rows
    assert sum(row.share for row in Assignment.objects.filter(until=None)) == 100


def test_a_part_is_handed_over_with_its_share_and_its_unit(zone, team):
    unit, other = make_department(zone), make_department(zone)
    parts = [services.Part(team[0], unit, Decimal(60)), services.Part(team[1], other, Decimal(40))]
    held, _rest = services.assign_jointly(
        actor=None, zone=zone, thing=LEAD, row_id=1, label="线索", parts=parts
    )
    taken = services.hand_over(actor=None, assignment=held, officer=team[2], reason="休假")
    assert (taken.share, taken.department) == (60, unit)
    merged = services.hand_over(actor=None, assignment=taken, officer=team[1], reason="合并")
    assert (merged.share, merged.department) == (100, other)
    assert Assignment.objects.filter(until=None).get() == merged
    assert Assignment.objects.count() == 4


def test_a_part_is_handed_over_once_and_only_with_a_reason(zone, team):
    held = give(zone, team[0])
    with pytest.raises(WrongInput):
        services.hand_over(actor=None, assignment=held, officer=team[1], reason=" ")
    with pytest.raises(WrongInput):
        services.hand_over(actor=None, assignment=held, officer=team[0], reason="给自己")
    services.hand_over(actor=None, assignment=held, officer=team[1], reason="休假")
    with pytest.raises(HandedOverAlready):
        services.hand_over(actor=None, assignment=held, officer=team[2], reason="休假")


def test_work_goes_only_to_somebody_who_works_there(zone, team):
    for stranger in (make_user(Role.PROMOTION_OFFICER), make_user(Role.STEWARD, zone=zone, is_active=False)):
        with pytest.raises(NotWorkingHere):
            give(zone, stranger)
        with pytest.raises(NotWorkingHere):
            services.hand_over(actor=None, assignment=give(zone, team[0]), officer=stranger, reason="x")


def test_who_adds_a_thing_may_name_its_first_officer_and_no_later_one(zone, team):
    liaison = make_user(Role.LIAISON, zone=zone)
    held = give(zone, team[0], actor=liaison)
    with pytest.raises(NotAllowed):
        give(zone, team[1], actor=liaison)
    with pytest.raises(NotAllowed):
        services.hand_over(actor=liaison, assignment=held, officer=team[1], reason="x")
    with pytest.raises(NotAllowed):
        give(zone, team[0], row_id=2, actor=make_user(Role.AUDITOR, zone=zone))
    with pytest.raises(NotFound):
        give(zone, team[0], row_id=2, actor=make_user(Role.PROMOTION_OFFICER))


def test_only_what_permissions_know_can_be_assigned(zone, team):
    with pytest.raises(WrongInput):
        services.assign(actor=None, zone=zone, thing="core.job", row_id=1, label="x", officer=team[0])


def test_the_database_keeps_one_open_part_an_officer(zone, team):
    held = give(zone, team[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(
            zone=zone, thing=LEAD, row_id=1, label="x", officer=team[0], since=held.since, share=10
        )


def test_many_are_given_in_few_statements_and_again_without_effect(zone, team, django_assert_num_queries):
    def items(officers):
        return [services.Given(n, f"线索{n}", officers[n % len(officers)].pk) for n in range(60)]

    for n in range(20):
        give(zone, team[0], n)
    with django_assert_num_queries(13):
        new = services.assign_many(actor=None, zone=zone, thing=LEAD, items=items(team))
    kept = 20 - sum(n % 3 != 0 for n in range(20))
    assert len(new) == 60 - kept
    assert services.assign_many(actor=None, zone=zone, thing=LEAD, items=items(team)) == []
    assert Assignment.objects.filter(until=None).count() == 60


def test_what_somebody_has_on_hand_is_named_only_to_those_who_may_see_it(zone, team, client):
    give(zone, team[0])
    clerk = make_user(Role.WINDOW_CLERK, zone=zone)  # sees people, but no leads
    assert not selectors.assignments.visible_assignments(clerk).exists()
    assert "线索1" not in signed_in(client, clerk).get(f"/people/{team[0].pk}/").content.decode()
    stranger = make_user(Role.ADMINISTRATOR, zone=make_zone())
    assert not selectors.duty.assignments_of(stranger, LEAD, 1).exists()


def test_work_of_somebody_who_left_is_still_listed(zone, team):
    give(zone, team[0])
    services.end_membership(actor=None, membership=team[0].memberships.get())
    assert team[0] in [load.officer for load in selectors.duty.load_of(zone)]


def test_a_squad_counts_a_joint_thing_once(zone, team):
    parts = [services.Part(team[0], None, Decimal(50)), services.Part(team[1], None, Decimal(50))]
    services.assign_jointly(actor=None, zone=zone, thing=LEAD, row_id=1, label="线索", parts=parts)
    squad = selectors.duty.squads_of(zone)[0]
    assert (squad.count, len(squad.officers)) == (1, 3)


def test_the_load_costs_the_same_for_many(zone, team, django_assert_num_queries):
    def cost():
        with django_assert_num_queries(5):
            selectors.duty.load_of(zone)

    cost()
    for n in range(30):
        give(zone, make_user(Role.STEWARD, zone=zone), n + 10)
    cost()
