"""Templates of procedures: what a file says, what is refused with its line, and that it is written as it was read."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.scheduling.making import NETWORKS
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import (
    Mode,
    Network,
    Task,
    Template,
    TemplateTask,
    read_template,
    write_template,
)

GOOD = """\
name: 拿地即开工
baseline_working_days: 43.5
stages: [用地, 施工]
departments: {资规局: 2, 税务局: 1, 住建局: 1}
held: [营业执照]
tasks:
- key: 方案
  name: 设计方案审查
  stage: 用地
  department: 资规局
  kind: 技术审查
  needs: [营业执照]
  gives: [方案意见]
  early: true
  review_hours: 7
  issue_hours: 0.5
  notice_calendar_days: 10
  legal_days: 20
  legal_basis: 城乡规划法第四十条
  promise_days: 0.5
  status: memory
  lane: 规划
  instruments: 会商单
- {key: 契税, name: 契税申报, stage: 用地, department: 税务局, review_hours: "0", issue_hours: 0:15, gives: [完税证明],
  legal_days: null}
- key: 登记
  name: 不动产登记
  stage: 用地
  department: 资规局
  review_hours: 1:30
  issue_hours: 1
  after: [方案]
  needs: [方案意见, 完税证明]
  late: [完税证明]
  gives: [不动产权证书]
  pledge: true
  credit: 2
  certificate: true
- {key: 许可, name: 施工许可, stage: 施工, department: 住建局, review_hours: 7, issue_hours: 0.25, after: [登记],
  needs: [不动产权证书]}
"""


def test_a_file_says_its_procedure() -> None:
    template = read_template(GOOD)
    assert (template.name, template.baseline_working_days) == ("拿地即开工", Decimal("43.5"))
    assert (template.stages, template.held) == (("用地", "施工"), ("营业执照",))
    assert template.departments == {"资规局": 2, "税务局": 1, "住建局": 1}
    assert template.by_key["方案"] == TemplateTask(
        "方案",
        "设计方案审查",
        "用地",
        "资规局",
        420,
        30,
        "技术审查",
        needs=("营业执照",),
        gives=("方案意见",),
        early=True,
        notice_calendar_days=10,
        legal_days=Decimal(20),
        legal_basis="城乡规划法第四十条",
        promise_days=Decimal("0.5"),
        status="memory",
        lane="规划",
        instruments="会商单",
    )
    assert [(task.review, task.issue) for task in template.tasks] == [(420, 30), (0, 15), (90, 60), (420, 15)]
    assert template.by_key["契税"].legal_days is None
    assert template.certificates == ("登记",)
    assert template.lanes == ("规划",)


def test_a_template_is_planned_as_its_network() -> None:
    template = read_template(GOOD)
    task = Task(
        *("登记", "资规局", 90, 60),
        after=("方案",),
        needs=("方案意见", "完税证明"),
        late=frozenset({"完税证明"}),
        gives=("不动产权证书",),
        pledge=True,
        credit=2,
    )
    assert template.by_key["登记"].task == task
    assert task.modes == (Mode.NORMAL, Mode.LATE, Mode.PLEDGE)
    tasks = tuple(task.task for task in template.tasks)
    assert template.network == Network(tasks, template.departments, frozenset({"营业执照"}))


def refused(text: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        read_template(text)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "code", "later"),
    [
        ("baseline_working_days:", "baseline_days:", "key_unknown", 0),
        ("stages: [用地, 施工]\n", "", "key_missing", -2),
        ("stages: [用地, 施工]", "stages: [用地, 施工, 用地]", "name_twice", 0),
        ("baseline_working_days: 43.5", "baseline_working_days: about 40", "days_malformed", 0),
        ("baseline_working_days: 43.5", "baseline_working_days: -1", "days_malformed", 0),
        ("departments: {资规局: 2,", "departments: {资规局: 0,", "capacity_missing", 0),
        ("departments: {资规局: 2,", "departments: {资规局: two,", "type_wrong", 0),
        ("departments: {资规局: 2, 税务局: 1, 住建局: 1}", "departments: [资规局]", "type_wrong", 0),
        ("department: 税务局", "department: 税务", "department_unknown", 0),
        ("stage: 施工", "stage: 施工图", "stage_unknown", 0),
        ("key: 契税", "key: 方案", "task_twice", 0),
        ("name: 不动产登记", "nam: 不动产登记", "key_unknown", 0),
        ("  name: 不动产登记\n", "", "key_missing", -1),
        ("review_hours: 7\n  issue", "review_hours: 1 day\n  issue", "hours_malformed", 0),
        ("review_hours: 7\n  issue", "review_hours: -7\n  issue", "hours_malformed", 0),
        ("review_hours: 7\n  issue", "review_hours: [7]\n  issue", "hours_malformed", 0),
        ("issue_hours: 0.5", "issue_hours: 0.51", "minutes_broken", 0),
        ("legal_days: 20", "legal_days: 二十", "days_malformed", 0),
        ("name: 不动产登记", "name: 0.5", "type_wrong", 0),
        ("early: true", "early: 1", "type_wrong", 0),
        ("notice_calendar_days: 10", "notice_calendar_days: 1.5", "type_wrong", 0),
        ("notice_calendar_days: 10", "notice_calendar_days: -1", "task_malformed", -10),
        ("  pledge: true\n", "", "task_malformed", -10),
        ("late: [完税证明]", "late: [完税凭证]", "task_malformed", 0),
        ("after: [方案]", "after: [方按]", "predecessor_unknown", 0),
        ("needs: [方案意见, 完税证明]", "needs:\n  - 方案意件\n  - 完税证明", "document_nobody_gives", 1),
        ("gives: [不动产权证书]", "gives: [方案意见]", "document_twice", 0),
        ("needs: [营业执照]", "needs: [营业执照, 不动产权证书]", "network_cycle", 20),
        ("gives: [方案意见]", "gives: [方案意见]\n  after: [许可]", "network_cycle", 20),
        ("needs: [营业执照]", "needs: [营业执照, 营业执照]", "name_twice", 0),
        ("key: 契税", "key: &a 契税", "alias_refused", 0),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(old: str, new: str, code: str, later: int) -> None:
    assert GOOD.count(old) == 1
    error = refused(GOOD.replace(old, new))
    line = GOOD[: GOOD.index(old)].count("\n") + 1 + later
    assert (error.code, error.data["line"]) == (code, line)
    assert str(error).startswith(f"line {line}: ")


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        ("department: 税务局", "department: 税务", "税务局"),
        ("stage: 施工", "stage: 施工图", "施工"),
        ("after: [方案]", "after: [方案审]", "方案"),
        ("needs: [不动产权证书]", "needs: [不动产证书]", "不动产权证书"),
        ("needs: [营业执照]", "needs: [营业执]", "营业执照"),
        ("late: [完税证明]", "late: [完税凭证]", "完税证明"),
        ("baseline_working_days:", "baseline_days:", "baseline_working_days"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_the_nearest(old: str, new: str, near: str) -> None:
    found = refused(GOOD.replace(old, new)).data["near"]
    assert isinstance(found, tuple)
    assert found[0] == near


def test_a_cycle_is_named_link_by_link_at_the_task_that_closes_it() -> None:
    text = GOOD.replace("needs: [营业执照]", "needs: [营业执照, 不动产权证书]")
    links = refused(text).data["links"]
    assert isinstance(links, tuple)
    assert {str(link) for link in links} >= {"登记 -不动产权证书-> 方案"}


def test_a_procedure_without_tasks_or_with_too_many_is_refused() -> None:
    head = GOOD[: GOOD.index("tasks:")]
    assert (refused(f"{head}tasks: []").code, refused(f"{head}tasks: []").data["line"]) == (
        "network_empty",
        6,
    )
    many = "".join(
        f"- {{key: t{number}, name: 事, stage: 用地, department: 税务局, review_hours: 1, issue_hours: 1}}\n"
        for number in range(501)
    )
    assert refused(f"{head}tasks:\n{many}").code == "tasks_too_many"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"baseline_working_days": Decimal(-1)}, "baseline_malformed"),
        ({"stages": ("用地", "用地")}, "stage_twice"),
        ({"stages": ()}, "stage_unknown"),
    ],
)
def test_a_template_made_of_rows_is_refused_too(wrong: dict[str, object], code: str) -> None:
    task = TemplateTask("a", "甲", "用地", "资规局", 60, 30)
    with pytest.raises(EngineError) as caught:
        Template(
            **{"name": "程序", "tasks": (task,), "departments": {"资规局": 1}, "stages": ("用地",), **wrong}
        )  # type: ignore[arg-type]
    assert caught.value.code == code


WORDS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
DAYS = st.none() | st.integers(0, 9_999).map(lambda quarter: Decimal(quarter) / 4)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    network = draw(NETWORKS)
    stages = tuple(draw(st.lists(WORDS, min_size=1, max_size=3, unique=True)))
    tasks = tuple(
        TemplateTask(
            *(task.key, draw(WORDS), draw(st.sampled_from(stages)), task.department, task.review, task.issue),
            kind=draw(st.just("") | WORDS),
            after=task.after,
            needs=task.needs,
            late=task.late,
            gives=task.gives,
            pledge=task.pledge,
            credit=draw(st.integers(0, 3)) if task.pledge else 1,
            early=task.early,
            notice_calendar_days=draw(st.integers(0, 30)),
            legal_days=draw(DAYS),
            legal_basis=draw(st.just("") | WORDS),
            promise_days=draw(DAYS),
            status=draw(st.just("") | WORDS),
            certificate=draw(st.booleans()),
            lane=draw(st.just("") | WORDS),
            instruments=draw(st.just("") | WORDS),
        )
        for task in network.tasks
    )
    held = tuple(draw(st.lists(WORDS, max_size=3, unique=True)))
    return Template(draw(WORDS), tasks, network.departments, stages, held, draw(DAYS))


@settings(max_examples=60, deadline=None)
@given(templates())
def test_a_template_is_read_as_it_was_written(template: Template) -> None:
    assert read_template(write_template(template)) == template


def test_the_written_file_stays_as_it_is_when_it_is_read() -> None:
    written = write_template(read_template(GOOD))
    assert write_template(read_template(written)) == written
    assert ("issue_hours: 0:15" in written, "review_hours: '1:30'" in written) == (True, True)
