"""首招: entered once, disputed with arguments, decided by a leader; the credit makes exactly 100 per cent."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_department, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services import verify_changes
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.errors import (
    CreditNotWhole,
    DisputeDecided,
    DisputeOpen,
    FirstContactExists,
    FirstContactMissing,
    PartyDecides,
)
from zhuchao.apps.promotion.models import Argument, CreditSplit, Dispute, FirstContact
from zhuchao.apps.promotion.selectors import Share
from zhuchao.apps.zones.models import Role

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="李专员")


@pytest.fixture
def rival(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="王专员")


@pytest.fixture
def leader(zone):
    return make_user(Role.LEADER, zone=zone)


@pytest.fixture
def lead(zone, officer):
    return services.add_lead(actor=officer, zone=zone, name="聚申元项目", found_on=MAY, owner=officer)


@pytest.fixture
def first(lead, officer):
    return services.add_first_contact(
        actor=officer, lead=lead, person=officer, on=MAY, evidence_note="微信约谈记录"
    )


@pytest.mark.document("1-13")
def test_first_contact_stays_through_handover_and_dispute_until_a_leader_decides(
    zone, lead, first, officer, rival, leader
):
    """首招人和时间改不了；移交后首招人不变；争议有陈述、有裁定、有链；功劳合计 100%。"""
    for change in (
        lambda: FirstContact.objects.filter(pk=first.pk).update(person=rival),
        lambda: FirstContact.objects.filter(pk=first.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    shares = [Share(zone, Decimal(60), person=officer), Share(zone, Decimal(40), person=rival)]
    services.transfer_lead(actor=officer, lead=lead, owner=rival, parts=shares, reason="调岗")
    lead.refresh_from_db()
    assert (lead.owner, selectors.first_contact_of(lead).person) == (rival, officer)
    assert sum(part.percent for part in selectors.credit_of(lead)) == 100

    dispute = services.raise_dispute(actor=rival, lead=lead, claimed_on=APRIL, argument="四月在展会上已见过")
    services.add_argument(actor=officer, dispute=dispute, text="展会上只交换了名片")
    services.decide_dispute(actor=leader, dispute=dispute, outcome="upheld", reason="展会记录属实")
    now = selectors.first_contact_of(lead)
    assert (now.person, now.happened_on, now.replaces) == (rival, APRIL, first)
    assert [one.text for one in Argument.objects.order_by("pk")] == [
        "四月在展会上已见过",
        "展会上只交换了名片",
    ]
    verbs = list(Change.objects.filter(scope=zone.pk).order_by("seq").values_list("verb", flat=True))
    assert [
        verb for verb in verbs if verb in {"first_contact", "split_credit", "dispute", "argue", "decide"}
    ] == [
        "first_contact",
        "split_credit",
        "dispute",
        "argue",
        "argue",
        "decide",
    ]
    assert all(isinstance(found, int) for found in verify_changes(zone.pk))


def test_first_contact_is_entered_once_with_evidence_by_somebody_of_the_zone(lead, officer):
    for wrong in (
        {"evidence_note": " "},
        {"person": make_user(Role.LEADER, zone=make_zone())},
        {"on": date.max},
    ):
        said = {"person": officer, "on": MAY, "evidence_note": "记录"} | wrong
        with pytest.raises(WrongInput):
            services.add_first_contact(actor=officer, lead=lead, **said)
    services.add_first_contact(actor=officer, lead=lead, person=officer, on=MAY, evidence_note="记录")
    with pytest.raises(FirstContactExists):
        services.add_first_contact(actor=officer, lead=lead, person=officer, on=MAY, evidence_note="记录")
    assert FirstContact.objects.count() == 1


def test_the_database_refuses_a_second_first_contact(lead, first, officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        FirstContact.objects.create(
            zone=lead.zone, lead=lead, person=officer, happened_on=MAY, recorded_at=first.recorded_at
        )


def test_a_rejected_dispute_leaves_the_first_contact_and_may_not_be_decided_again(lead, first, rival, leader):
    dispute = services.raise_dispute(actor=rival, lead=lead, claimed_on=APRIL, argument="先见过")
    with pytest.raises(ReasonNeeded):
        services.decide_dispute(actor=leader, dispute=dispute, outcome="rejected", reason=" ")
    services.decide_dispute(actor=leader, dispute=dispute, outcome="rejected", reason="无佐证")
    assert selectors.first_contact_of(lead) == first
    for again in (
        lambda: services.decide_dispute(actor=leader, dispute=dispute, outcome="upheld", reason="再议"),
        lambda: services.add_argument(actor=rival, dispute=dispute, text="不服"),
    ):
        with pytest.raises(DisputeDecided):
            again()


def test_who_may_dispute_and_who_may_decide(zone, lead, officer, rival, leader):
    with pytest.raises(FirstContactMissing):
        services.raise_dispute(actor=rival, lead=lead, claimed_on=APRIL, argument="先见过")
    services.add_first_contact(actor=officer, lead=lead, person=leader, on=MAY, evidence_note="记录")
    dispute = services.raise_dispute(actor=rival, lead=lead, claimed_on=APRIL, argument="先见过")
    with pytest.raises(DisputeOpen):
        services.raise_dispute(actor=officer, lead=lead, claimed_on=APRIL, argument="我也先见过")
    with pytest.raises(NotAllowed):
        services.decide_dispute(actor=rival, dispute=dispute, outcome="upheld", reason="我自己")
    with pytest.raises(PartyDecides):
        services.decide_dispute(actor=leader, dispute=dispute, outcome="rejected", reason="我就是首招人")
    other = make_user(Role.LEADER, zone=zone)
    assert services.decide_dispute(actor=other, dispute=dispute, outcome="rejected", reason="无佐证").outcome


def test_the_database_refuses_half_a_decision(lead, first, rival):
    dispute = services.raise_dispute(actor=rival, lead=lead, claimed_on=APRIL, argument="先见过")
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(outcome="upheld")


@pytest.mark.parametrize(
    ("shares", "difference"),
    [
        (["60", "39.99"], "0.01"),
        (["60", "40.01"], "0.01"),
        (["100", "0"], "0"),
        ([], "100"),
        (["120", "-20"], "0"),
    ],
)
def test_shares_that_do_not_make_a_hundred_are_refused_with_the_difference(
    zone, lead, officer, rival, shares, difference
):
    parts = [
        Share(zone, Decimal(share), person=person)
        for share, person in zip(shares, (officer, rival), strict=False)
    ]
    with pytest.raises(CreditNotWhole) as refused:
        services.split_credit(actor=officer, lead=lead, parts=parts, reason="约定")
    assert Decimal(refused.value.data["difference"]) == Decimal(difference)
    assert not CreditSplit.objects.exists()


def test_a_party_stands_in_a_split_once_and_a_later_split_keeps_the_earlier(zone, lead, officer, rival):
    whole = [Share(zone, Decimal(100), person=officer)]
    half = Share(zone, Decimal(50), person=officer)
    with pytest.raises(WrongInput):
        services.split_credit(actor=officer, lead=lead, parts=[half, half], reason="约定")
    services.split_credit(actor=officer, lead=lead, parts=whole, reason="约定")
    thirds = [
        Share(zone, Decimal("33.33"), person=officer),
        Share(zone, Decimal("33.33"), person=rival),
        Share(zone, Decimal("33.34"), make_department(zone)),
    ]
    services.split_credit(actor=officer, lead=lead, parts=thirds, reason="三方约定")
    assert [part.percent for part in selectors.credit_of(lead)] == [part.percent for part in thirds]
    assert CreditSplit.objects.count() == 2


@given(st.lists(st.decimals(0, 100, places=2), max_size=8))
def test_what_shares_lack_and_what_they_make_are_a_hundred(shares):
    assert selectors.missing_of_whole(shares) + sum(shares) == 100


def test_pages_take_a_first_contact_a_dispute_and_shares_by_name(client, zone, lead, officer, rival, leader):
    page = signed_in(client, officer)
    url = f"/leads/{lead.pk}/first-contact/"
    form = {"person": officer.pk, "on": "2026-05-01"}
    assert page.post(url, form).status_code == 422
    assert page.post(url, form | {"evidence_note": "微信记录"}).status_code == 302
    credit = f"/leads/{lead.pk}/credit/"
    assert "李专员 100" in page.get(credit).content.decode()
    words = page.post(credit, {"parts": "李专员 60\n王专员 30", "reason": "约定"}).content.decode()
    assert "相差 10" in words
    for wrong in ("李专员", "没有此人 100", "李专员 六十"):
        assert page.post(credit, {"parts": wrong, "reason": "约定"}).status_code == 422
    assert page.post(credit, {"parts": f"李专员 60\n{zone.name} 40", "reason": "约定"}).status_code == 302
    heir = make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="赵专员")
    said = {"owner": heir.pk, "parts": "李专员 70\n赵专员 30%", "reason": "调岗"}
    assert page.post(f"/leads/{lead.pk}/transfer/", said).status_code == 302
    words = page.get(f"/leads/{lead.pk}/").content.decode()
    assert "微信记录" in words
    assert "70%" in words

    page = signed_in(client, rival)
    answer = page.post(f"/leads/{lead.pk}/dispute/", {"claimed_on": "2026-04-01", "argument": "展会见过"})
    dispute = Dispute.objects.get()
    assert answer.url == f"/disputes/{dispute.pk}/"
    assert page.post(f"/disputes/{dispute.pk}/argue/", {"text": "有名片"}).status_code == 302
    assert (
        page.post(f"/disputes/{dispute.pk}/decide/", {"outcome": "upheld", "reason": "x"}).status_code == 403
    )
    page = signed_in(client, leader)
    assert f"dispute:{dispute.pk}" in {card.key for card in cards_for(leader, zone)[0]}
    form = {"outcome": "upheld", "reason": "展会记录属实"}
    assert page.post(f"/disputes/{dispute.pk}/decide/", form).status_code == 302
    words = page.get(f"/disputes/{dispute.pk}/").content.decode()
    assert "展会记录属实" in words
    assert "有名片" in words
    assert selectors.first_contact_of(lead).person == rival
