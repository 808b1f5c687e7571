"""Leads from park to park, and the question that names nobody."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import make_lead, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.errors import LeadDuplicateFound, ReferralAnswered, ReferralOpen, TooManyChecks
from zhuchao.apps.promotion.models import Lead, Referral, TalksCheck
from zhuchao.apps.zones.models import Alliance, Role
from zhuchao.engines.identity import make_synthetic_code

MONDAY = date(2026, 3, 2)
CODE = make_synthetic_code(11)


def park(name):
    return make_zone(name=name, short_name=name, demo_day=MONDAY, demo_started_at=timezone.now())


@pytest.fixture
def giver():
    return park("苏州园区甲")


@pytest.fixture
def taker():
    return park("宿迁园区乙")


@pytest.fixture(autouse=True)
def alliance(giver, taker):
    alliance = Alliance.objects.create(code="one-five", name="1+5", lead_zone=giver)
    alliance.members.set([giver, taker])
    return alliance


@pytest.fixture
def officer(giver):
    return make_user(Role.PROMOTION_OFFICER, zone=giver, display_name="苏专员")


@pytest.fixture
def colleague(taker):
    return make_user(Role.PROMOTION_OFFICER, zone=taker, display_name="宿专员")


@pytest.fixture
def lead(giver, officer):
    lead = services.add_lead(
        actor=officer,
        zone=giver,
        name="精密模具转移项目",
        investor="苏州锐模精密科技有限公司",
        credit_code=CODE,
        found_on=MONDAY,
        owner=officer,
    )
    services.add_first_contact(actor=officer, lead=lead, person=officer, on=MONDAY, evidence_note="走访记录")
    return lead


@pytest.fixture
def offer(lead, officer, taker):
    def run(**values):
        said = {"to_zone": taker, "giving_share": Decimal(40)} | values
        return services.offer_referral(actor=officer, lead=lead, **said)

    return run


@pytest.mark.document("1-33")
def test_a_lead_offered_to_a_park_is_answered_within_five_working_days_with_its_credit(
    giver, taker, lead, offer, officer, colleague
):
    """转介 5 个工作日内接收或谢绝；接收后首招人随线索带入，功劳按约定 40/60；两边今日都看得到。"""
    referral = offer()
    assert referral.due_on == date(2026, 3, 9)  # Monday a week later: five weekdays
    mine = {card.key: card for card in cards_for(officer, giver)[0]}
    theirs = {card.key: card for card in cards_for(colleague, taker)[0]}
    assert mine[f"referral:{referral.pk}"].urgency == "waiting"
    assert theirs[f"referral:{referral.pk}"].urgency == "week"

    taken = services.accept_referral(actor=colleague, referral=referral)
    referral.refresh_from_db()
    assert (referral.state, referral.was_late, referral.new_lead) == ("accepted", False, taken)
    assert (taken.zone, taken.source, taken.source_note, taken.owner) == (
        taker,
        "zone",
        giver.name,
        colleague,
    )
    assert selectors.first_contact_of(taken).person == officer
    assert [(part.zone, part.percent) for part in selectors.credit_of(taken)] == [
        (giver, Decimal(40)),
        (taker, Decimal(60)),
    ]
    lead.refresh_from_db()
    assert (lead.stage, lead.is_open) == (Lead.Stage.MOVED, False)
    for scope in (giver.pk, taker.pk):
        assert Change.objects.filter(scope=scope, verb="accept_referral").count() == 1
    with pytest.raises(ReferralAnswered):
        services.decline_referral(actor=colleague, referral=referral, reason="改主意")


def test_a_declined_lead_stays_where_it_is_with_the_reason(lead, offer, officer, colleague):
    referral = offer()
    with pytest.raises(ReasonNeeded):
        services.decline_referral(actor=colleague, referral=referral, reason=" ")
    with pytest.raises(NotFound):
        services.decline_referral(actor=officer, referral=referral, reason="替对方谢绝")
    assert services.decline_referral(actor=colleague, referral=referral, reason="无用地").answer == "无用地"
    lead.refresh_from_db()
    assert (lead.stage, Lead.objects.count()) == (Lead.Stage.FOUND, 1)
    again = offer(giving_share=Decimal(50))
    assert services.withdraw_referral(actor=officer, referral=again, reason="自留").state == "withdrawn"


def test_an_answer_after_the_last_day_is_late_and_red_until_it_comes(giver, taker, offer, officer, colleague):
    referral = offer()
    for zone in (giver, taker):
        zone.demo_day = referral.due_on + timedelta(days=1)
        zone.save()
    for person, zone in ((officer, giver), (colleague, taker)):
        card = next(card for card in cards_for(person, zone)[0] if card.key == f"referral:{referral.pk}")
        assert (card.urgency, card.light) == ("overdue", "red")
    services.accept_referral(actor=colleague, referral=referral)
    referral.refresh_from_db()
    assert referral.was_late


def test_an_offer_goes_to_one_park_of_the_alliance_at_a_time(giver, lead, offer, officer):
    with pytest.raises(WrongInput):
        offer(to_zone=make_zone())
    with pytest.raises(WrongInput):
        offer(to_zone=giver)
    for share in (Decimal("-1"), Decimal("100.01"), Decimal("33.333")):
        with pytest.raises(WrongInput):
            offer(giving_share=share)
    offer()
    with pytest.raises(ReferralOpen):
        offer()
    services.set_lead_stage(actor=officer, lead=lead, stage="lost", on=MONDAY, note="外地")
    Referral.objects.update(state="withdrawn", answered_on=MONDAY)
    with pytest.raises(WrongInput):
        offer()


def test_a_duplicate_where_it_arrives_is_asked_about_and_nothing_is_taken(taker, offer, colleague):
    make_lead(taker, name="锐模项目", normal_name="锐模", credit_code=CODE)
    referral = offer()
    with pytest.raises(LeadDuplicateFound):
        services.accept_referral(actor=colleague, referral=referral)
    referral.refresh_from_db()
    assert referral.is_open
    assert services.accept_referral(actor=colleague, referral=referral, duplicate_reason="二期")


def test_the_database_refuses_an_acceptance_without_its_lead(offer):
    referral = offer()
    for wrong in (
        {"state": "accepted", "answered_on": MONDAY},
        {"giving_share": 101},
        {"answered_on": MONDAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(**wrong)


def test_pages_offer_show_and_answer_a_referral(client, taker, lead, officer, colleague):
    page = signed_in(client, officer)
    url = f"/leads/{lead.pk}/refer/"
    assert page.post(url, {"to_zone": taker.pk, "giving_share": "130"}).status_code == 422
    form = {"to_zone": taker.pk, "giving_share": "40", "note": "用地不足"}
    assert page.post(url, form).status_code == 302
    referral = Referral.objects.get()
    page = signed_in(client, colleague)
    assert lead.name in page.get("/referrals/").content.decode()
    words = page.get(f"/referrals/{referral.pk}/").content.decode()
    assert "用地不足" in words
    assert f"/leads/{lead.pk}/" not in words
    assert page.post(f"/referrals/{referral.pk}/withdraw/", {"reason": "x"}).status_code == 404
    answer = page.post(f"/referrals/{referral.pk}/accept/", {"owner": colleague.pk})
    assert answer.status_code == 302
    assert "苏专员" in page.get(answer.url).content.decode()
    stranger = signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone()))
    assert stranger.get(f"/referrals/{referral.pk}/").status_code == 404


def test_a_park_is_told_of_talks_elsewhere_and_of_nothing_else(
    client, giver, taker, officer, colleague, lead
):
    entry = lead.stages.get()
    services.correct_lead_stage(
        actor=None, entry=entry, reason="补录", sector=None, happened_on=date(2026, 2, 20)
    )
    assert not services.check_talks(actor=colleague, zone=taker, credit_code=CODE).is_in_talks
    services.set_lead_stage(actor=None, lead=lead, stage="talking", on=MONDAY, override_reason="已在谈")
    by_code = services.check_talks(actor=colleague, zone=taker, credit_code=CODE)
    by_name = services.check_talks(actor=colleague, zone=taker, name="苏州市锐模精密科技有限责任公司")
    assert by_code.since == by_name.since == date(2026, 3, 1)
    assert not services.check_talks(
        actor=officer, zone=giver, credit_code=CODE
    ).is_in_talks  # one's own is no news
    words = signed_in(client, colleague).post("/leads/talks/", {"credit_code": CODE}).content.decode()
    assert "从 2026-03 开始" in words
    for secret in (giver.name, officer.display_name, lead.name, lead.investor):
        assert secret not in words
    kept = TalksCheck.objects.filter(zone=taker).order_by("pk").last()
    assert (kept.credit_code, kept.since, kept.recorded_by) == (CODE, date(2026, 3, 1), colleague)
    logged = Change.objects.filter(scope=taker.pk, verb="check_talks").order_by("-seq").first()
    assert giver.name not in str(logged.data)


def test_a_park_outside_the_alliance_learns_nothing(lead):
    services.set_lead_stage(actor=None, lead=lead, stage="talking", on=MONDAY, override_reason="已在谈")
    outside = park("外园区")
    actor = make_user(Role.PROMOTION_OFFICER, zone=outside)
    assert not services.check_talks(actor=actor, zone=outside, credit_code=CODE).is_in_talks


def test_questions_are_limited_a_day_and_must_mean_one_firm(taker, colleague):
    for wrong in ({}, {"name": "  "}, {"name": "有限公司公司"[:1]}):
        with pytest.raises(WrongInput):
            services.check_talks(actor=colleague, zone=taker, **wrong)
    most = selectors.in_force(selectors.POOL, MONDAY).checks_a_day
    for n in range(most):
        services.check_talks(actor=colleague, zone=taker, name=f"某某{n}科技有限公司")
    with pytest.raises(TooManyChecks):
        services.check_talks(actor=colleague, zone=taker, credit_code=CODE)
    assert TalksCheck.objects.count() == most
