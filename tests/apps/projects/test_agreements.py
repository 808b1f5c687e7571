"""Agreements: drafted, reviewed before a reward is signed, signed, amended, ended; and how many projects have one."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.factories import make_enterprise, make_project, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, Stale, WrongInput
from zhuchao.apps.core.models import Change, SearchDoc
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import AgreementFixed, AgreementNotSignable, AgreementNumberTaken
from zhuchao.apps.projects.models import Agreement, Covenant
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

FEB, MAY = date(2023, 2, 18), date(2023, 5, 10)
NEXT = date(2024, 12, 31)


@pytest.fixture
def agreement(officer, project):
    return services.add_agreement(actor=officer, project=project, number="产业协议-001")


@pytest.fixture
def promise(officer, agreement):
    def run(kind="jobs", due_on=NEXT, **facts):
        facts = ({"target": Decimal(200)} if kind in {"jobs", "reward"} else {}) | facts
        return services.add_covenant(
            actor=officer, agreement=facts.pop("agreement", agreement), kind=kind, due_on=due_on, **facts
        )

    return run


def review(officer, agreement, conclusion="passed", **values):
    said = {"body": "市场监管局", "document_no": "公审〔2023〕5号", "on": FEB} | values
    return services.review_agreement(actor=officer, agreement=agreement, conclusion=conclusion, **said)


def sign(officer, agreement, on=MAY):
    return services.sign_agreement(actor=officer, agreement=agreement, on=on)


def test_a_promise_of_reward_is_not_signed_without_a_fair_competition_review(officer, agreement, promise):
    promise("jobs")
    promise("reward", rewards=Covenant.objects.get(kind="jobs"))
    with pytest.raises(AgreementNotSignable) as caught:
        sign(officer, agreement)
    assert "没有登记公平竞争审查" in str(caught.value)
    assert "国务院令第783号" in caught.value.next_sentence

    review(officer, agreement, "failed")
    with pytest.raises(AgreementNotSignable, match="不符合"):
        sign(officer, agreement)
    review(officer, agreement)
    with pytest.raises(AgreementNotSignable, match="早于公平竞争审查日期"):
        sign(officer, agreement, on=date(2023, 1, 1))
    assert sign(officer, agreement).state == Agreement.State.SIGNED


def test_a_review_is_of_the_text_as_it_stood(officer, agreement, promise):
    promise("reward")
    review(officer, agreement)
    promise("land")
    with pytest.raises(AgreementNotSignable, match="须重新审查"):
        sign(officer, agreement)
    entry = review(officer, agreement)
    services.void_agreement_review(actor=officer, review=entry, reason="文号有误")
    with pytest.raises(AgreementNotSignable, match="须重新审查"):
        sign(officer, agreement)


def test_a_review_names_a_document_and_a_body(officer, agreement):
    for values in ({"document_no": ""}, {"body": " "}, {"conclusion": "maybe"}, {"on": date(2024, 1, 1)}):
        with pytest.raises(WrongInput):
            review(officer, agreement, **values)
    assert not selectors.agreement_reviews(agreement)


def test_an_agreement_without_reward_is_signed_without_review_but_not_without_a_covenant(
    officer, agreement, promise
):
    with pytest.raises(AgreementNotSignable, match="还没有一条约定"):
        sign(officer, agreement)
    promise("jobs")
    assert sign(officer, agreement).signed_on == MAY


def test_a_signed_text_stands_and_changes_only_by_an_amendment(officer, agreement, promise):
    jobs = promise("jobs")
    promise("start", due_on=MAY)
    sign(officer, agreement)
    agreement.refresh_from_db()
    jobs.refresh_from_db()
    for change in (
        lambda: promise("land"),
        lambda: services.change_covenant(actor=officer, covenant=jobs, version=None, target=Decimal(100)),
        lambda: services.remove_covenant(actor=officer, covenant=jobs, reason="重复"),
        lambda: services.change_agreement(actor=officer, agreement=agreement, version=None, note="改"),
        lambda: services.discard_agreement(actor=officer, agreement=agreement, reason="误登"),
        lambda: sign(officer, agreement),
        lambda: review(officer, agreement),
    ):
        with pytest.raises(AgreementFixed):
            change()

    draft = services.amend_agreement(actor=officer, agreement=agreement, number="产业协议-001补1")
    with pytest.raises(AgreementFixed, match="办理中"):
        services.amend_agreement(actor=officer, agreement=agreement, number="产业协议-001补2")
    taken = draft.covenants.get(kind="jobs")
    services.change_covenant(actor=officer, covenant=taken, version=None, target=Decimal(150))
    assert [one.target for one in selectors.covenants_of(officer, agreement.project) if one.target] == [200]
    sign(officer, draft, on=date(2023, 6, 1))
    agreement.refresh_from_db()
    assert (agreement.state, agreement.ended_on) == (Agreement.State.AMENDED, date(2023, 6, 1))
    assert agreement.covenants.get(kind="jobs").target == 200
    assert [one.target for one in selectors.covenants_of(officer, agreement.project) if one.target] == [150]


def test_an_agreement_ends_with_a_reason_and_what_was_due_by_then_is_followed(officer, agreement, promise):
    early, late = promise("start", due_on=FEB), promise("jobs")
    sign(officer, agreement, on=FEB)
    with pytest.raises(ReasonNeeded):
        services.end_agreement(actor=officer, agreement=agreement, on=MAY, reason=" ")
    with pytest.raises(WrongInput):
        services.end_agreement(actor=officer, agreement=agreement, on=date(2023, 1, 1), reason="退出")
    services.end_agreement(actor=officer, agreement=agreement, on=MAY, reason="项目退出")
    found = selectors.covenants_of(officer, agreement.project)
    assert (early in found, late in found) == (True, False)


def test_a_draft_is_taken_away_with_its_covenants_and_the_log_keeps_why(officer, agreement, promise):
    jobs = promise("jobs")
    promise("reward", rewards=jobs)
    with pytest.raises(WrongInput):
        services.remove_covenant(actor=officer, covenant=jobs, reason="重复")
    assert SearchDoc.objects.filter(thing="projects.agreement", code="产业协议-001").exists()
    services.discard_agreement(actor=officer, agreement=agreement, reason="重复")
    assert not Covenant.objects.exists()
    assert not SearchDoc.objects.filter(thing="projects.agreement").exists()
    assert Change.objects.order_by("-pk")[0].data["reason"] == "重复"


def test_numbers_are_once_a_zone_and_two_edits_are_told(officer, project, agreement):
    with pytest.raises(AgreementNumberTaken):
        services.add_agreement(actor=officer, project=project, number=" 产业协议-001 ")
    services.change_agreement(actor=officer, agreement=agreement, version=1, note="甲")
    with pytest.raises(Stale):
        services.change_agreement(actor=officer, agreement=agreement, version=1, note="乙")
    with pytest.raises(WrongInput):
        services.change_agreement(
            actor=officer, agreement=agreement, version=None, enterprise=make_enterprise()
        )


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        ("jobs", {"target": None}, "约定数值"),
        ("jobs", {"target": Decimal(-1)}, "约定数值"),
        ("start", {"target": Decimal(5)}, "约定数值"),
        ("tax", {"target": Decimal(5)}, "考核年度"),
        ("tax", {"target": Decimal(5), "year": 2025}, "期限"),
        ("land", {"year": 2024}, "考核年度"),
        ("tax_per_mu", {"target": Decimal(5), "year": 2024}, "约定事项"),
        ("zone_other", {}, "约定内容"),
        ("jobs", {"grant_number": "SB-1"}, "兑现条件"),
        ("dance", {}, "约定事项"),
    ],
)
def test_a_covenant_says_what_can_be_measured(promise, kind, facts, field):
    with pytest.raises(WrongInput) as caught:
        promise(kind, **facts)
    assert caught.value.data["field"] == field
    assert not Covenant.objects.exists()


def test_the_database_refuses_a_signed_agreement_without_a_day(project):
    with pytest.raises(IntegrityError, match="agreement_signed_on_a_day"), transaction.atomic():
        Agreement.objects.create(zone=project.zone, project=project, number="1", state="signed")


def test_agreements_are_their_zones_own_and_need_the_right_to_write(zone, project, agreement):
    stranger = make_user(Role.PROMOTION_OFFICER, zone=make_zone())
    reader = make_user(Role.STEWARD, zone=zone)
    clerk = make_user(Role.WINDOW_CLERK, zone=zone)
    assert selectors.get_agreement(reader, agreement.pk) == agreement
    for person in (stranger, clerk):
        with pytest.raises(NotFound):
            selectors.get_agreement(person, agreement.pk)
    with pytest.raises(NotAllowed):
        services.add_agreement(actor=reader, project=project, number="2")


@pytest.mark.document("0-13")
def test_coverage_says_which_signed_projects_have_no_agreement(zone, officer, project, agreement, promise):
    other = make_project(zone, name="无协议项目")
    make_project(zone, name="未签约项目")
    for one in (project, other):
        services.record_stage(actor=officer, project=one, stage="signed", on=FEB)
    promise("jobs")
    found = selectors.coverage([zone.pk], as_of=zones.now(zone))
    assert (found.signed, found.covered) == (2, 0)
    sign(officer, agreement)
    found = selectors.coverage([zone.pk], as_of=zones.now(zone))
    assert (found.covered, found.missing, found.rate.ratio) == (1, (other,), Decimal("0.5"))
    second = services.add_agreement(actor=officer, project=other, number="产业协议-002")
    promise("land", agreement=second)
    sign(officer, second)
    assert selectors.coverage([zone.pk], as_of=zones.now(zone)).rate.ratio == 1
    assert selectors.coverage([make_zone().pk], as_of=zones.now(zone)).rate.ratio is None
