"""Applications: the window, documents not asked again, every step with who and when, and the second person."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.factories import make_enterprise, make_project, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.desk.selectors.search import search_everything
from zhuchao.apps.enterprises.errors import ConsentMissing
from zhuchao.apps.enterprises.services import add_document
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.errors import (
    AppliedAlready,
    DeciderPrepared,
    DocumentsMissing,
    NotOpen,
    ReviewMissing,
    TooLate,
    WrongApplicationState,
)
from zhuchao.apps.policies.models import Application, ApplicationStep
from zhuchao.apps.policies.selectors import applications
from zhuchao.apps.policies.services import application_steps as steps
from zhuchao.apps.policies.services.applications import change_application, draft_application
from zhuchao.apps.policies.services.terms import add_review, set_terms, void_review
from zhuchao.apps.zones.models import Role

from .conftest import TODAY

SUBMITTED = date(2023, 6, 1)


@pytest.fixture(autouse=True)
def _calendar(calendar):
    return calendar


@pytest.fixture
def firm(zone):
    return make_enterprise(zone, name="示例申报科技有限公司")


@pytest.fixture
def other(zone):
    return make_user(Role.LIAISON, zone=zone, display_name="文另一")


@pytest.fixture
def version(make_policy):
    return selectors.current_version(make_policy(), TODAY)


@pytest.fixture
def reviewed(version, second):
    add_review(actor=second, version=version, conclusion="passed", body="区市场监管局（示例）", on=SUBMITTED)
    return version


def submitted(version, firm, actor, **facts):
    made = draft_application(actor=actor, version=version, enterprise=firm, on=SUBMITTED, **facts)
    return steps.submit_application(actor=actor, application=made, on=SUBMITTED)


def accepted(version, firm, actor, **facts):
    made = submitted(version, firm, actor, **facts)
    return steps.accept_application(actor=actor, application=made, on=date(2023, 6, 2))


def test_an_application_goes_its_way_and_every_step_says_who_and_when(reviewed, firm, clerk, second):
    made = accepted(reviewed, firm, clerk, requested_cny=Decimal(200000))
    done = steps.approve_application(
        actor=second,
        application=made,
        amount_cny=Decimal(150000),
        reason="符合第一条",
        on=date(2023, 6, 5),
    )
    assert (done.state, done.granted_cny, done.decided_by, done.prepared_by) == (
        "approved",
        Decimal(150000),
        second,
        clerk,
    )
    told = [(step.kind, step.officer, step.happened_on) for step in applications.live_steps(done)]
    assert told == [
        ("draft", clerk, SUBMITTED),
        ("submit", clerk, SUBMITTED),
        ("accept", clerk, date(2023, 6, 2)),
        ("approve", second, date(2023, 6, 5)),
    ]
    assert done.due_on == date(2023, 6, 12)  # five working days to object
    assert Change.objects.filter(verb="step_application", data__step="approve").count() == 1


def test_who_prepared_an_application_does_not_decide_on_it(reviewed, firm, clerk, other):
    made = draft_application(actor=other, version=reviewed, enterprise=firm)
    made = steps.submit_application(actor=other, application=made)
    made = steps.accept_application(actor=clerk, application=made)
    for person in (clerk, other):
        with pytest.raises(DeciderPrepared):
            steps.approve_application(
                actor=person, application=made, amount_cny=Decimal(1), reason="自己办的"
            )
        with pytest.raises(DeciderPrepared):
            steps.reject_application(actor=person, application=made, reason="自己办的")
    made.refresh_from_db()
    assert made.state == "accepted"


def test_the_database_refuses_a_decision_by_who_prepared_it(version, firm, clerk):
    made = submitted(version, firm, clerk)
    with pytest.raises(IntegrityError, match=r"application_second_person|CHECK"), transaction.atomic():
        Application.objects.filter(pk=made.pk).update(decided_by=clerk)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"window_open": date(2023, 5, 1), "window_close": date(2023, 5, 31)}, "截止"),
        ({"window_open": date(2023, 7, 1), "window_close": date(2023, 7, 31)}, "才开始"),
        ({"effective_to": date(2023, 5, 31)}, "失效"),
        ({"effective_from": date(2023, 7, 1)}, "才生效"),
        ({"is_draft": True}, "没有发布"),
    ],
)
def test_outside_the_window_and_for_an_expired_version_nobody_applies(make_policy, firm, clerk, facts, said):
    policy = make_policy(**facts)
    version = selectors.versions_of(policy).first()
    with pytest.raises(NotOpen, match=said):
        draft_application(actor=clerk, version=version, enterprise=firm, on=SUBMITTED)
    assert not Application.objects.exists()


def test_a_draft_begun_in_time_is_refused_once_the_window_has_closed(make_policy, firm, clerk):
    version = selectors.current_version(
        make_policy(window_open=date(2023, 5, 1), window_close=date(2023, 6, 2)), TODAY
    )
    made = draft_application(actor=clerk, version=version, enterprise=firm, on=SUBMITTED)
    with pytest.raises(NotOpen, match="2023-06-02 截止"):
        steps.submit_application(actor=clerk, application=made)
    assert steps.submit_application(actor=clerk, application=made, on=date(2023, 6, 2)).state == "submitted"


def test_a_firm_applies_once_until_its_application_is_closed(version, firm, clerk):
    first = submitted(version, firm, clerk)
    with pytest.raises(AppliedAlready, match=first.number):
        draft_application(actor=clerk, version=version, enterprise=firm)
    project = make_project(firm.zone, enterprise=firm)
    draft_application(actor=clerk, version=version, enterprise=firm, project=project)
    steps.withdraw_application(actor=clerk, application=first, reason="企业自愿撤回")
    again = draft_application(actor=clerk, version=version, enterprise=firm)
    assert again.number != first.number
    with pytest.raises(WrongInput, match="不是这家企业"):
        draft_application(
            actor=clerk, version=version, enterprise=firm, project=make_project(firm.zone, name="他人项目")
        )


def test_what_the_vault_holds_is_not_asked_again_and_is_counted(version, firm, clerk, second, zone):
    set_terms(actor=second, of=version, documents=["licence", "audit"])
    licence = add_document(
        actor=clerk, enterprise=firm, kind="licence", number="91", received_on=date(2023, 5, 1), valid_to=None
    )
    made = draft_application(actor=clerk, version=version, enterprise=firm, on=SUBMITTED)
    with pytest.raises(DocumentsMissing, match="审计报告"):
        steps.submit_application(actor=clerk, application=made)
    add_document(actor=clerk, enterprise=firm, kind="audit", number="审1", received_on=date(2023, 6, 5))
    with pytest.raises(ConsentMissing):
        steps.submit_application(actor=clerk, application=made)
    made = steps.submit_application(actor=clerk, application=made, consent_by="法定代表人（示例）")
    uses = {use.kind: use.came_with for use in applications.uses_of(clerk, made)}
    assert uses == {"licence": False, "audit": True}
    assert applications.spared(Application.objects.filter(zone=zone)) == 1
    assert applications.uses_of(clerk, made).get(kind="licence").document_id == licence.pk


def test_a_document_that_has_expired_is_asked_for_again(version, firm, clerk, second):
    set_terms(actor=second, of=version, documents=["qualification"])
    add_document(
        actor=clerk,
        enterprise=firm,
        kind="qualification",
        number="高新1",
        received_on=date(2023, 1, 1),
        valid_to=date(2023, 6, 10),
    )
    made = draft_application(actor=clerk, version=version, enterprise=firm)
    with pytest.raises(DocumentsMissing, match="资质证书"):
        steps.submit_application(actor=clerk, application=made, consent_by="甲")


def test_a_returned_application_is_corrected_within_its_working_days(version, firm, clerk, second):
    set_terms(actor=second, of=version, correction_days=3)
    made = submitted(version, firm, clerk)
    with pytest.raises(ReasonNeeded):
        steps.return_application(actor=clerk, application=made, reason=" ")
    made = steps.return_application(actor=clerk, application=made, reason="缺盖章页", on=date(2023, 6, 8))
    assert made.due_on == date(2023, 6, 13)  # Thursday and three working days
    change_application(
        actor=clerk, application=made, version=None, requested_cny=Decimal(80000), note="已补盖章"
    )
    with pytest.raises(TooLate, match="2023-06-13"):
        steps.submit_application(actor=clerk, application=made)
    made = steps.submit_application(actor=clerk, application=made, on=date(2023, 6, 13))
    assert (made.state, made.submitted_on, made.requested_cny) == ("submitted", SUBMITTED, Decimal(80000))
    with pytest.raises(WrongApplicationState):
        change_application(actor=clerk, application=made, version=None, note="晚了")


def test_nothing_is_promised_without_a_review_of_fair_competition(version, firm, clerk, second):
    made = accepted(version, firm, clerk)
    grant = {"actor": second, "application": made, "amount_cny": Decimal(100), "reason": "符合"}
    with pytest.raises(ReviewMissing, match=r"783.*未核实"):
        steps.approve_application(**grant)
    review = add_review(actor=second, version=version, conclusion="failed", body="区局（示例）")
    with pytest.raises(ReviewMissing, match="不符合"):
        steps.approve_application(**grant)
    void_review(actor=second, review=review, reason="录错结论")
    add_review(actor=second, version=version, conclusion="exception", body="区局（示例）")
    assert steps.approve_application(**grant).state == "approved"


@pytest.mark.parametrize(
    ("terms", "requested", "most"),
    [
        ({"cap_cny": Decimal(1000)}, None, 1000),
        ({"amount_cny": Decimal(500), "cap_cny": Decimal(1000)}, None, 500),
        ({}, Decimal(300), 300),
    ],
)
def test_no_more_is_granted_than_asked_for_or_allowed(reviewed, firm, clerk, second, terms, requested, most):
    set_terms(actor=second, of=reviewed, **terms)
    made = accepted(reviewed, firm, clerk, requested_cny=requested)
    with pytest.raises(WrongInput, match=str(most)):
        steps.approve_application(
            actor=second, application=made, amount_cny=most + Decimal("0.01"), reason="超"
        )
    assert steps.approve_application(
        actor=second, application=made, amount_cny=Decimal(most), reason="足额"
    ).granted_cny == Decimal(most)


def test_an_objection_is_answered_by_a_third_person_within_its_working_days(
    reviewed, firm, clerk, second, other
):
    made = accepted(reviewed, firm, clerk)
    made = steps.reject_application(
        actor=second, application=made, reason="不符合第一条", on=date(2023, 6, 5)
    )
    with pytest.raises(TooLate, match="2023-06-12"):
        steps.object_to_decision(actor=clerk, application=made, reason="对口径有异议")
    made = steps.object_to_decision(
        actor=clerk, application=made, reason="对口径有异议", on=date(2023, 6, 12)
    )
    assert (made.state, made.due_on) == ("objected", date(2023, 7, 3))
    said = {"application": made, "answer": "approve", "reason": "补充核实属实"}
    for person in (clerk, second):
        with pytest.raises(DeciderPrepared):
            steps.answer_objection(actor=person, amount_cny=Decimal(100), **said)
    with pytest.raises(WrongInput, match="请填写"):
        steps.answer_objection(actor=other, **said)
    made = steps.answer_objection(actor=other, amount_cny=Decimal(100), **said)
    assert (made.state, made.granted_cny, made.decided_by) == ("approved", Decimal(100), other)
    with pytest.raises(TooLate):
        steps.object_to_decision(actor=clerk, application=made, reason="再次异议")


def test_a_decision_that_is_upheld_stands_with_its_amount(reviewed, firm, clerk, second, other):
    made = accepted(reviewed, firm, clerk)
    made = steps.approve_application(actor=second, application=made, amount_cny=Decimal(70), reason="核减")
    made = steps.object_to_decision(actor=clerk, application=made, reason="认为偏少")
    made = steps.answer_objection(actor=other, application=made, answer="uphold", reason="维持")
    assert (made.state, made.granted_cny) == ("approved", Decimal(70))


def test_a_step_taken_back_stays_readable_and_the_application_stands_as_before(
    reviewed, firm, clerk, second, zone
):
    made = accepted(reviewed, firm, clerk)
    made = steps.approve_application(actor=second, application=made, amount_cny=Decimal(70), reason="误点")
    admin = make_user(Role.ADMINISTRATOR, zone=zone)
    made = steps.take_back_step(actor=admin, application=made, reason="误操作")
    assert (made.state, made.granted_cny, made.decided_by, made.due_on) == ("accepted", None, None, None)
    assert ApplicationStep.objects.filter(application=made, kind="approve").count() == 2  # step and void
    with pytest.raises(NotAllowed):
        steps.take_back_step(actor=make_user(Role.ANALYST, zone=zone), application=made, reason="x")


def test_steps_out_of_turn_and_days_out_of_order_are_refused(version, firm, clerk):
    made = submitted(version, firm, clerk)
    with pytest.raises(WrongApplicationState, match="已提交"):
        steps.submit_application(actor=clerk, application=made)
    with pytest.raises(WrongInput, match="2023-06-01"):
        steps.accept_application(actor=clerk, application=made, on=date(2023, 5, 31))
    with pytest.raises(WrongInput, match="今天"):
        steps.accept_application(actor=clerk, application=made, on=date(2023, 6, 16))


def test_what_is_known_is_filled_in(version, firm, clerk, second, make_policy):
    first = draft_application(
        actor=clerk, version=version, enterprise=firm, account="示例银行 6222", contact="王示例"
    )
    later = selectors.current_version(make_policy("P-2"), TODAY)
    set_terms(actor=second, of=later, amount_cny=Decimal(200000))
    made = draft_application(actor=clerk, version=later, enterprise=firm)
    assert (made.account, made.requested_cny) == ("示例银行 6222", Decimal(200000))
    assert (first.number, made.number) == ("SB2023-0001", "SB2023-0002")


def test_who_may_not_is_refused_and_strangers_see_nothing(version, firm, clerk, zone):
    made = submitted(version, firm, clerk)
    with pytest.raises(NotAllowed):
        draft_application(actor=make_user(Role.STEWARD, zone=zone), version=version, enterprise=firm)
    with pytest.raises(NotFound):
        applications.get_application(make_user(Role.ADMINISTRATOR, zone=make_zone()), made.pk)


def test_today_shows_each_person_what_waits_for_them(reviewed, firm, clerk, second, zone):
    made = submitted(reviewed, firm, clerk)

    def titles(person):
        return [card.title for card in cards_for(person, zone)[0] if card.key.startswith("application:")]

    assert (titles(clerk), titles(second)) == ([f"{firm.name}的申报等待受理"], [])
    made = steps.accept_application(actor=clerk, application=made)
    assert (titles(clerk), titles(second)) == ([], [f"{firm.name}的申报等待决定"])
    made = steps.take_back_step(actor=clerk, application=made, reason="误点")
    steps.return_application(actor=clerk, application=made, reason="补正", on=date(2023, 6, 9))
    assert titles(clerk) == [f"{firm.name}的申报待补正"]


def test_an_application_is_made_and_decided_on_the_pages(page, client, reviewed, firm, second):
    added = page.post(
        f"/policies/versions/{reviewed.pk}/apply/",
        {"firm": firm.name, "on": "2023-06-15", "requested_cny": "20"},
    )
    made = Application.objects.get()
    assert (added["Location"], made.requested_cny) == (f"/policies/applications/{made.pk}/", Decimal(200000))
    for step, said in (("submit", {}), ("accept", {})):
        assert (
            page.post(f"/policies/applications/{made.pk}/{step}/", {"on": "2023-06-15"} | said).status_code
            == 302
        )
    decision = {"on": "2023-06-15", "decision": "approve", "amount_cny": "15", "reason": "符合第一条"}
    refused = page.post(f"/policies/applications/{made.pk}/decide/", decision)
    assert (refused.status_code, "须由另一人决定" in refused.content.decode()) == (422, True)
    signed_in(client, second)
    assert client.post(f"/policies/applications/{made.pk}/decide/", decision).status_code == 302
    shown = client.get(f"/policies/applications/{made.pk}/").content.decode()
    assert all(word in shown for word in ("通过", "15.00 万元", "沈复核", "核定通过", "第一条"))
    listed = client.get("/policies/applications/?state=approved&q=申报科技").content.decode()
    assert firm.name in listed
    assert [hit.url for hit in search_everything(second, made.number)] == [
        f"/policies/applications/{made.pk}/"
    ]


def test_terms_and_reviews_are_kept_on_the_pages(page, version):
    url = f"/policies/versions/{version.pk}/terms/"
    days = {"correction_days": 5, "objection_days": 5, "answer_days": 15}
    said = {"mode": "quick", "documents": ["licence"], "amount_cny": "10"} | days
    assert page.post(url, said).status_code == 302
    assert (
        page.post(url, {"mode": "exempt", "documents": ["licence"], "version": 1} | days).status_code == 422
    )
    review = {"conclusion": "passed", "body": "区局（示例）", "on": "2023-06-15"}
    assert page.post(f"/policies/versions/{version.pk}/review/", review).status_code == 302
    shown = page.get(f"/policies/{version.policy_id}/").content.decode()
    assert all(word in shown for word in ("快申快享", "营业执照", "区局（示例）", "代企业申报"))
