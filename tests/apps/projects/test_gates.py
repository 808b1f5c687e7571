"""What gates ask for: rules by zone and day, evidence, refusals, overrides, and what a ledger leaves open."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from tests.append_only import put_back, take_away
from tests.factories import make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services import verify_changes
from zhuchao.apps.core.services.changes import ChainBroken
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import GateRuleExists, StageNeedsEvidence
from zhuchao.apps.projects.models import GateEvidence, GateRule, Project, Stage, StageEntry
from zhuchao.apps.projects.selectors import Lack, gates
from zhuchao.apps.projects.services import Given, ItemSaid
from zhuchao.apps.zones.models import Role
from zhuchao.apps.zones.services.setup import found_zone

FEB, MAR, APR, MAY, JUNE = (date(2023, month, 1) for month in (2, 3, 4, 5, 6))
PERMIT = ItemSaid("施工许可证", accepts="number", number_label="施工许可证号", basis="建筑法第八条")
PHOTO = ItemSaid("开工照片", accepts="file")


@pytest.fixture
def admin(zone):
    return make_user(Role.ADMINISTRATOR, zone=zone)


@pytest.fixture
def ask(zone, admin):
    def run(stage, *items, since=date(2023, 1, 1), zone=zone, **values):
        return services.set_gate_rule(
            actor=None, zone=zone, stage=stage, since=since, items=[*items], **values
        )

    return run


@pytest.fixture
def record(officer, project):
    def run(stage, on, **values):
        return services.record_stage(actor=officer, project=project, stage=stage, on=on, **values)

    return run


def a_file(zone):
    return keep_file(content=BytesIO(b"%PDF-1.7\n%%EOF\n"), name="许可证.pdf", scope=zone.pk, actor=None)


def test_a_gate_is_refused_naming_each_item_that_is_missing_and_what_to_do(ask, record):
    ask("signed", PERMIT, PHOTO, ItemSaid("新闻链接", is_required=False))
    with pytest.raises(StageNeedsEvidence) as refusal:
        record("signed", FEB)
    assert refusal.value.data["lacks"] == [
        {"name": "施工许可证", "what_to_do": "请填写施工许可证号"},
        {"name": "开工照片", "what_to_do": "请上传文件"},
    ]
    assert not StageEntry.objects.exists()


def test_a_gate_is_passed_with_what_was_given_before_and_with_it(zone, officer, project, ask, record):
    ask("signed", PERMIT, PHOTO)
    services.give_gate_evidence(
        actor=officer, project=project, stage="signed", given=[Given("开工照片", evidence=a_file(zone))]
    )
    with pytest.raises(StageNeedsEvidence):
        record("signed", FEB, items=[Given("施工许可证", note="已办")])  # a word is no number
    entry = record("signed", FEB, items=[Given("施工许可证", number="32050020230201")])
    assert (entry.lacking, entry.override_reason, entry.rule.stage) == ([], "", "signed")
    assert GateEvidence.objects.count() == 2  # what came with the refusal was not kept


def test_a_single_missing_item_is_met_by_the_evidence_of_the_entry(zone, ask, record):
    ask("signed", ItemSaid("投资协议"))
    ask("ready", PHOTO)
    record("signed", FEB, evidence_note="协议 2023-02")
    assert GateEvidence.objects.get().item == "投资协议"
    with pytest.raises(StageNeedsEvidence):
        record("ready", MAR, evidence_note="照片在柜子里")
    record("ready", MAR, evidence=a_file(zone))


def test_an_override_passes_and_is_kept_in_entry_and_log_and_listed(page, zone, project, ask, record):
    ask("started", PERMIT)
    record("signed", FEB)
    entry = record("started", MAY, override_reason="应急工程，许可证后补")
    assert (entry.skipped, entry.lacking, entry.override_reason) == (
        ["ready"],
        ["施工许可证"],
        "应急工程，许可证后补",
    )
    logged = Change.objects.filter(scope=zone.pk, verb="record_stage").latest("seq").data
    assert (logged["lacking"], logged["override_reason"]) == (["施工许可证"], "应急工程，许可证后补")
    fixed = services.correct_stage(actor=None, entry=entry, reason="日期看错", happened_on=MAR)
    assert (fixed.lacking, fixed.override_reason) == (["施工许可证"], "应急工程，许可证后补")
    assert list(selectors.overridden(StageEntry.objects.live())) == [fixed]


def test_evidence_that_comes_later_takes_an_entry_off_the_list_and_voiding_it_puts_it_back(
    officer, project, ask, record
):
    ask("signed", PERMIT)
    record("signed", FEB, override_reason="证照在办")
    lacking = StageEntry.objects.live().filter(selectors.lacks_evidence())
    assert lacking.count() == 1
    (given,) = services.give_gate_evidence(
        actor=officer, project=project, stage="signed", given=[Given("施工许可证", number="3205")]
    )
    assert lacking.count() == 0
    with pytest.raises(ReasonNeeded):
        services.correct_gate_evidence(actor=officer, entry=given, reason="", number="3206")
    better = services.correct_gate_evidence(actor=officer, entry=given, reason="抄错", number="3206")
    with pytest.raises(WrongInput):
        services.correct_gate_evidence(actor=officer, entry=better, reason="清空", number="")
    services.void_gate_evidence(actor=officer, entry=better, reason="不是本项目的")
    assert lacking.count() == 1


def test_the_version_of_the_day_of_the_gate_decides(ask, record):
    ask("signed", since=date(2023, 1, 1))
    ask("signed", PERMIT, since=MAR)
    assert record("signed", FEB).rule.happened_on == date(2023, 1, 1)


def test_the_nearest_zone_with_a_rule_decides_and_a_version_of_the_same_day_needs_a_reason(zone, ask):
    city = make_zone()
    zone.parent = city
    zone.save()
    above = ask("signed", PERMIT, zone=city)
    assert selectors.GateRules(zone).on("signed", FEB) == above
    own = ask("signed", since=MAR)
    assert [selectors.GateRules(zone).on("signed", day) for day in (FEB, MAR)] == [above, own]
    with pytest.raises(ReasonNeeded):
        ask("signed", PHOTO, since=MAR)
    ask("signed", PHOTO, since=MAR, reason="补上照片")
    services.void_gate_rule(actor=None, rule=GateRule.objects.live().get(zone=zone), reason="沿用上级")
    assert selectors.GateRules(zone).on("signed", JUNE) == above


def test_the_shipped_set_asks_for_something_at_every_gate_and_says_how_sure_it_is(zone):
    services.adopt_gate_rules(actor=None, zone=zone)
    rules = selectors.GateRules(zone)
    for stage in Stage:
        assert any(item.is_required for item in rules.on(stage, FEB).items.all()), stage
    assert rules.on("listed", FEB).guidance.endswith("（未核实）。")
    with pytest.raises(GateRuleExists):
        services.adopt_gate_rules(actor=None, zone=zone)


def test_the_top_of_a_tree_starts_with_the_shipped_set_and_a_zone_below_inherits_it(zone):
    city = make_zone()
    zone.parent = city
    zone.save()
    assert services.adopt_where_none() == [city]
    assert services.adopt_where_none() == []
    assert selectors.GateRules(zone).on("signed", FEB).zone == city
    new = make_zone()
    found_zone(new)
    assert selectors.GateRules(new).on("signed", FEB).zone == new


@pytest.mark.parametrize(
    "items",
    [
        [ItemSaid(" ")],
        [ItemSaid("甲"), ItemSaid("甲 ")],
        [ItemSaid("甲", accepts="fax")],
        [ItemSaid(f"{n}") for n in range(21)],
    ],
)
def test_a_rule_that_cannot_be_is_refused(ask, items):
    with pytest.raises(WrongInput):
        ask("signed", *items)
    with pytest.raises(WrongInput):
        ask("finished", PERMIT)
    assert not GateRule.objects.exists()


def test_rules_are_for_those_who_may_and_evidence_is_of_the_own_zone(zone, officer, project):
    with pytest.raises(NotAllowed):
        services.set_gate_rule(actor=officer, zone=zone, stage="signed", since=FEB, items=[])
    with pytest.raises(WrongInput):
        services.give_gate_evidence(
            actor=officer, project=project, stage="signed", given=[Given(" ", number="1")]
        )
    with pytest.raises(WrongInput):
        services.give_gate_evidence(
            actor=officer,
            project=project,
            stage="signed",
            given=[Given("甲", number="1")],
            on=date(2024, 1, 1),
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        GateEvidence.objects.create(
            zone=zone,
            project=project,
            stage="signed",
            item="甲",
            happened_on=FEB,
            recorded_at=project.created_at,
        )


def test_a_ledger_of_the_past_comes_in_and_stands_among_those_that_lack_evidence(take_in, zone, ask):
    ask("signed", PERMIT)
    row = {"项目名称": "高纯氢制备项目", "签约日期": "2023-02-18", "达开工条件日期": "2023-03-01"}
    assert take_in("projects", row).counts["new"] == 1
    entries = StageEntry.objects.live()
    assert {entry.stage for entry in entries.filter(selectors.lacks_evidence())} == {"signed"}
    assert entries.count() == 2
    assert selectors.gate_counts([zone.pk], date(2023, 1, 1), JUNE, entries[0].recorded_at)[0].projects == 1


def test_what_the_parent_has_its_parts_need_not_give_again(zone, officer, project, ask, record):
    ask("ready", PERMIT)
    part = services.add_project(actor=officer, zone=zone, name="高纯氢一期", parent=project, part="一期")
    record("signed", FEB)
    services.give_gate_evidence(
        actor=officer, project=project, stage="ready", given=[Given("施工许可证", number="3205")]
    )
    entry = services.record_stage(actor=officer, project=part, stage="ready", on=MAR)
    assert not StageEntry.objects.filter(selectors.lacks_evidence(), pk=entry.pk).exists()


def test_a_registered_check_is_asked_unless_the_rule_says_not_to(monkeypatch, ask, record):
    asked = []

    def check(project, on):
        asked.append((project.name, on))
        return [Lack("复核验收表", "请先填写复核验收表")]

    monkeypatch.setitem(gates._checks, Stage.SIGNED, [])
    selectors.register_gate_check(Stage.SIGNED, check)
    selectors.register_gate_check(Stage.SIGNED, check)
    with pytest.raises(StageNeedsEvidence) as refusal:
        record("signed", FEB)
    assert refusal.value.data["missing"] == "复核验收表（请先填写复核验收表）"
    assert asked[0] == ("高纯氢制备项目", FEB)
    ask("signed", uses_checks=False)
    assert record("signed", FEB).lacking == []


@pytest.mark.document("2-38")
def test_full_output_is_reached_only_with_evidence_that_the_promised_output_was(
    zone, officer, project, record
):
    services.adopt_gate_rules(actor=None, zone=zone)
    for gate in [gate for gate in Stage if gate != Stage.DELIVERED]:
        record(gate, MAY, override_reason="历史项目补登")
    with pytest.raises(StageNeedsEvidence) as refusal:
        record("delivered", JUNE)
    assert refusal.value.data["lacks"][0]["name"] == "达效评价（协议产出已达到）"
    assert Project.objects.get(pk=project.pk).stage == "reviewed"
    record(
        "delivered", JUNE, items=[Given("达效评价（协议产出已达到）", note="协议产值 8 亿元，实际 8.3 亿元")]
    )
    assert Project.objects.get(pk=project.pk).stage == "delivered"


@pytest.mark.document("1-16")
def test_no_stage_is_jumped_by_the_api_without_its_evidence(page, zone, project):
    services.adopt_gate_rules(actor=None, zone=zone)
    url = f"/api/v1/projects/{project.pk}/stages"

    def send(**body):
        return page.post(url, body, content_type="application/json")

    bare = send(stage="signed", on="2023-02-01")
    assert (bare.status_code, bare.json()["code"]) == (422, "stage_needs_evidence")
    jump = send(stage="started", on="2023-03-01", items=[{"item": "施工许可证或开工报告", "number": "3205"}])
    assert (jump.status_code, jump.json()["code"]) == (409, "stage_skips_gates")
    assert not StageEntry.objects.exists()
    done = send(stage="signed", on="2023-02-01", items=[{"item": "投资协议或签约文本", "number": "XY-1"}])
    assert (done.status_code, done.json()["lacking"]) == (201, [])
    assert page.get(f"/api/v1/projects/{project.pk}/gates").json()[3]["stage"] == "listed"


@pytest.mark.document("4-10")
def test_the_whole_life_of_a_project_cannot_be_tampered_with(zone, officer, project, ask, record):
    ask("signed", PERMIT)
    record("signed", FEB, items=[Given("施工许可证", number="3205")])
    for gate in [gate for gate in Stage if gate != Stage.SIGNED]:
        record(gate, MAR, override_reason="历史项目补登")
    entry = StageEntry.objects.live().get(stage="delivered")
    services.correct_stage(actor=officer, entry=entry, reason="日期看错", happened_on=APR)
    for row in (StageEntry.objects.first(), GateEvidence.objects.first(), GateRule.objects.first()):
        for write in (
            lambda row=row: type(row).objects.filter(pk=row.pk).update(happened_on=JUNE),
            lambda row=row: type(row).objects.filter(pk=row.pk).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                write()
    links = Change.objects.filter(scope=zone.pk)
    assert {"add", "record_stage", "give_gate_evidence", "correct_stage"} <= {link.verb for link in links}
    assert not [each for each in verify_changes(zone.pk) if isinstance(each, ChainBroken)]
    triggers = take_away(connection)
    try:
        links.filter(verb="correct_stage").update(data={"reason": "日期没有改过"})
    finally:
        put_back(connection, triggers)
    (broken,) = [each for each in verify_changes(zone.pk) if isinstance(each, ChainBroken)]
    assert broken.scope == zone.pk
