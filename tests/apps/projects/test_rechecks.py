"""复核验收 and 达效: every covenant re-checked, signed by its reviewers; full output only when it is reached."""

import io
from datetime import date
from decimal import Decimal

import pytest
from docx import Document

from tests.factories import make_enterprise, make_project, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, ReasonNeeded, WrongInput
from zhuchao.apps.enterprises.models import Filing
from zhuchao.apps.projects import services
from zhuchao.apps.projects.errors import StageNeedsEvidence, WrongRecheckState
from zhuchao.apps.projects.models import Recheck
from zhuchao.apps.projects.selectors.delivery import delivery_missing, delivery_of, recheck_missing
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

DAYS = [date(2022, month, 1) for month in range(1, 8)]
LAST, TODAY = date(2022, 12, 31), date(2023, 6, 15)
WAN = Decimal(10_000)


@pytest.fixture
def producing(zone, officer, project):
    """A project that produces, whose firm promised output and jobs for 2022."""
    project.enterprise = make_enterprise(zone)
    project.save()
    agreement = services.add_agreement(actor=officer, project=project, number="1")
    for kind, target, facts in (("output", 800 * WAN, {"year": 2022}), ("jobs", Decimal(100), {})):
        services.add_covenant(
            actor=officer, agreement=agreement, kind=kind, due_on=LAST, target=target, **facts
        )
    services.sign_agreement(actor=officer, agreement=agreement, on=DAYS[0])
    for stage, on in zip(
        ("signed", "ready", "started", "listed", "completed", "scaled", "producing"), DAYS, strict=True
    ):
        services.record_stage(actor=officer, project=project, stage=stage, on=on, override_reason="补登")
    return project


@pytest.fixture
def leader(zone):
    return make_user(Role.LEADER, zone=zone, display_name="王主任")


def file(project, measure, value):
    return Filing.objects.create(
        zone=project.zone,
        enterprise=project.enterprise,
        measure=measure,
        value=value,
        period="year",
        status="approved",
        happened_on=LAST,
        recorded_at=zones.now(project.zone),
    )


def opened(officer, project, *reviewers, kind="recheck", on=TODAY):
    return services.open_recheck(
        actor=officer, project=project, kind=kind, on=on, reviewers=reviewers or [officer]
    )


@pytest.mark.document("3-11")
def test_a_recheck_holds_every_covenant_and_passes_once_every_reviewer_signed(officer, leader, producing):
    file(producing, "output", 900 * WAN)
    assert [one.name for one in recheck_missing(producing, TODAY)] == ["签字通过的复核验收表"]
    with pytest.raises(StageNeedsEvidence, match="签字通过的复核验收表"):
        services.record_stage(actor=officer, project=producing, stage="reviewed", on=TODAY)
    recheck = opened(officer, producing, officer, leader)
    lines = {line.covenant.kind: line for line in recheck.lines.all()}
    assert (lines["output"].result, lines["jobs"].result) == ("kept", "unknown")
    assert "900.00 万元" in lines["output"].measured
    services.write_opinions(
        actor=officer, recheck=recheck, note="基本做到", opinions={lines["jobs"].pk: "补社保名单"}
    )
    services.sign_recheck(actor=officer, recheck=recheck, agrees=True)
    recheck.refresh_from_db()
    assert recheck.state == "open"
    services.sign_recheck(actor=leader, recheck=recheck, agrees=True)
    recheck.refresh_from_db()
    assert (recheck.state, recheck.passed) == ("concluded", True)
    assert recheck_missing(producing, TODAY) == []
    services.record_stage(actor=officer, project=producing, stage="reviewed", on=TODAY)
    with pytest.raises(WrongRecheckState):
        services.write_opinions(actor=officer, recheck=recheck, note="改", opinions={})


def test_a_changed_opinion_has_to_be_signed_again_and_one_no_fails_it(officer, leader, producing):
    recheck = opened(officer, producing, officer, leader)
    services.sign_recheck(actor=leader, recheck=recheck, agrees=True)
    services.write_opinions(actor=officer, recheck=recheck, note="另有问题", opinions={})
    assert not recheck.signers.exclude(signed_at=None).exists()
    services.sign_recheck(actor=leader, recheck=recheck, agrees=True)
    with pytest.raises(ReasonNeeded):
        services.sign_recheck(actor=officer, recheck=recheck, agrees=False)
    services.sign_recheck(actor=officer, recheck=recheck, agrees=False, remark="产值没有核定")
    recheck.refresh_from_db()
    assert (recheck.state, recheck.passed) == ("concluded", False)
    assert recheck_missing(producing, TODAY)


def test_a_recheck_needs_production_covenants_and_people_who_work_here(zone, officer, producing):
    bare = make_project(zone)
    with pytest.raises(WrongRecheckState, match="没有登记投产"):
        opened(officer, bare)
    with pytest.raises(WrongInput):
        services.open_recheck(actor=officer, project=producing, kind="recheck", on=TODAY, reviewers=[])
    with pytest.raises(WrongInput):
        opened(officer, producing, make_user(Role.LEADER, zone=make_zone()))
    opened(officer, producing)
    with pytest.raises(WrongRecheckState, match="已有一份待签字"):
        opened(officer, producing)
    with pytest.raises(NotAllowed):
        services.sign_recheck(
            actor=make_user(Role.LEADER, zone=zone), recheck=Recheck.objects.get(), agrees=True
        )


@pytest.mark.document("2-38")
def test_full_output_is_reached_only_with_the_output_that_was_promised(officer, producing):
    found = delivery_of(producing, on=TODAY)
    assert (found.reached, len(found.missing)) == (None, 1)
    low = file(producing, "output", 600 * WAN)
    found = delivery_of(producing, on=TODAY)
    assert found.reached is False
    assert "2022-12-31 前" in found.missing[0]
    assert "差 200.00 万元" in found.missing[0]
    assert [one.name for one in delivery_missing(producing, TODAY)] == list(found.missing)
    services.record_stage(
        actor=officer, project=producing, stage="reviewed", on=date(2023, 1, 9), override_reason="补登"
    )
    with pytest.raises(StageNeedsEvidence, match="差 200"):
        services.record_stage(actor=officer, project=producing, stage="delivered", on=TODAY)
    review = opened(officer, producing, kind="delivery")
    services.sign_recheck(actor=officer, recheck=review, agrees=True)
    review.refresh_from_db()
    assert not review.passed
    file(producing, "output", 850 * WAN)
    assert low.pk
    assert delivery_of(producing, on=TODAY).reached is True
    assert delivery_missing(producing, TODAY) == []
    services.record_stage(actor=officer, project=producing, stage="delivered", on=TODAY)
    again = opened(officer, producing, kind="delivery")
    services.sign_recheck(actor=officer, recheck=again, agrees=True)
    again.refresh_from_db()
    assert again.passed


def test_a_project_without_promises_is_not_held_up(zone):
    bare = make_project(zone)
    assert (recheck_missing(bare, TODAY), delivery_missing(bare, TODAY)) == ([], [])
    assert delivery_of(bare, on=TODAY).reached is None


def test_the_pages_of_a_recheck_open_fill_sign_and_print_it(client, zone, officer, leader, producing):
    page = signed_in(client, officer)
    data = {"kind": "recheck", "on": "2023-06-15", "reviewers": [officer.pk]}
    answer = page.post(f"/projects/{producing.pk}/rechecks/add/", data)
    recheck = Recheck.objects.get()
    assert answer.url == f"/rechecks/{recheck.pk}/"
    line = recheck.lines.first()
    page.post(f"{answer.url}opinions/", {"note": "同意验收", f"line-{line.pk}": "属实"})
    paper = Document(io.BytesIO(page.get(f"{answer.url}paper/").content))
    said = [cell.text for table in paper.tables for cell in table._cells]
    assert "属实" in said
    assert "李店小二" in said
    page.post(f"{answer.url}sign/", {"agrees": "1"})
    assert "已通过" in page.get(answer.url).content.decode()
    assert f"/rechecks/{recheck.pk}/" in page.get(f"/projects/{producing.pk}/?tab=covenants").content.decode()
    second = opened(officer, producing)
    page.post(f"/rechecks/{second.pk}/drop/", {"reason": "日期有误"})
    second.refresh_from_db()
    assert (second.state, second.drop_reason) == ("dropped", "日期有误")
