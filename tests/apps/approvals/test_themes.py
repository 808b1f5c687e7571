"""一件事: one form opens tasks in parallel over departments; any window takes any matter; other regions help."""

from datetime import UTC, datetime

import pytest

from tests.factories import make_department, make_user, signed_in
from zhuchao.apps.approvals import errors
from zhuchao.apps.approvals.errors import DocumentsMissing
from zhuchao.apps.approvals.models import Case, CaseTask, EventKind, Matter, TaskState, Theme
from zhuchao.apps.approvals.selectors.matter_versions import draft_of
from zhuchao.apps.approvals.selectors.packs import shipped_matters
from zhuchao.apps.approvals.services.events import record_event
from zhuchao.apps.approvals.services.intake import hand_back, hand_over, take_in
from zhuchao.apps.approvals.services.matter_versions import publish_matter_version
from zhuchao.apps.approvals.services.papers import hand_in
from zhuchao.apps.approvals.services.themes import (
    ThemeRow,
    add_theme,
    adopt_theme,
    change_theme,
    said_rows,
)
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.zones.models import Department, Role


@pytest.fixture
def adopted(zone, second):
    """A shipped theme with its matters published."""

    def run(code):
        theme = adopt_theme(actor=second, zone=zone, pack=shipped_matters(), code=code)
        for row in theme.matters.all():
            publish_matter_version(actor=None, draft=draft_of(row.matter))
        return theme

    return run


@pytest.mark.document("1-45")
def test_one_submission_opens_house_water_power_and_gas_in_parallel_on_one_clock(
    adopted, client, window, firm, zone, calendar
):
    theme = adopted("YJS-GH")
    signed_in(client, window)
    url = f"/approvals/intake/themes/{theme.pk}/"
    shown = client.get(url).content.decode()
    assert "分开办要 10 份，一起办要 7 份" in shown
    said = {"title": "示例路 1 号过户", "enterprise": firm.pk, "request_key": "k1"}
    said |= {"answer-address": "示例路 1 号", "answer-seller": "甲", "answer-buyer": "乙"}
    assert client.post(url, said | {"answer-address": ""}).status_code == 422
    assert not Case.objects.exists()
    assert client.post(url, said).status_code == 302
    assert client.post(url, said).status_code == 302
    case = Case.objects.get()
    tasks = list(case.tasks.order_by("position"))
    assert [one.name for one in tasks] == ["不动产转移登记", "用水过户", "用电过户", "燃气过户"]
    assert {one.state for one in tasks} == {TaskState.READY}
    assert len({one.department_id for one in tasks}) == 4
    assert len({one.ready_at for one in tasks}) == 1
    contract = case.documents.filter(name="房屋买卖合同")
    assert contract.count() == 4
    page = client.get(f"/approvals/cases/{case.pk}/documents/").content.decode()
    assert page.count('<th scope="row">房屋买卖合同') == 1


@pytest.mark.document("1-46")
def test_any_window_takes_any_matter_and_a_rule_sends_it_to_its_department(
    client, make_matter, zone, window, firm, calendar
):
    other = make_department(zone, name="示例水务局", kind=Department.Kind.APPROVER)
    make_matter("A", name="甲许可")
    water = make_matter("B", name="乙许可", department=other)
    signed_in(client, window)
    everything = client.get("/approvals/intake/").content.decode()
    assert "甲许可" in everything
    assert "乙许可" in everything
    url = f"/approvals/intake/matters/{water.pk}/"
    assert "示例水务局" in client.get(url).content.decode()
    assert client.post(url, {"title": "乙", "enterprise": firm.pk, "request_key": "k"}).status_code == 302
    case = Case.objects.get()
    assert (case.window.name, case.opened_by) == ("综合窗口", window)
    assert case.tasks.get().department == other
    with pytest.raises(DocumentsMissing, match="营业执照"):
        record_event(actor=window, task=case.tasks.get(), kind=EventKind.START)
    for document in case.tasks.get().documents.filter(is_result=False):
        hand_in(actor=window, document=document, seen_on_paper=True)
    record_event(actor=window, task=case.tasks.get(), kind=EventKind.START)
    stranger = make_user(Role.APPROVER, zone=zone, department=make_department(zone))
    with pytest.raises(NotFound):
        record_event(actor=stranger, task=case.tasks.get(), kind=EventKind.REVIEWED)


def test_opening_a_firm_follows_the_answers(adopted, zone, window, calendar):
    theme = adopted("YJS-KB")
    answers = {"name": "示例", "address": "示例路", "staff": "3", "invoice": "暂不需要"}
    case = take_in(actor=window, zone=zone, title="开办", theme=theme, answers=answers)
    names = list(case.tasks.order_by("position").values_list("name", flat=True))
    assert names == ["企业设立登记", "公章刻制备案", "社会保险登记"]
    more = take_in(
        actor=window, zone=zone, title="开办二", theme=theme,
        answers=answers | {"housing": "yes", "invoice": "增值税普通发票"},
    )  # fmt: skip
    states = dict(more.tasks.values_list("name", "state"))
    assert len(states) == 5
    assert [name for name, state in states.items() if state == TaskState.READY] == ["企业设立登记"]


@pytest.mark.document("1-43")
def test_a_case_handed_to_another_province_keeps_one_clock(make_case, make_matter, clerk, zone):
    task = make_case(matter=make_matter(hands_over=True, documents=())).tasks.get()
    record_event(actor=clerk, task=task, kind=EventKind.START)
    task.refresh_from_db()
    due = (task.started_at, task.due_at, task.legal_due_at)
    assert None not in due
    hand_over(actor=clerk, task=task, region="示例省示例市政务大厅 3 号窗口")
    task.refresh_from_db()
    assert (task.started_at, task.due_at, task.legal_due_at) == due
    assert Case.objects.get().elsewhere.startswith("示例省")
    zone.demo_day, zone.demo_started_at = datetime(2026, 9, 29, tzinfo=UTC).date(), datetime.now(UTC)
    zone.save()
    task = CaseTask.objects.select_related("case__zone", "matter_version", "zone").get()
    hand_back(actor=clerk, task=task, note="对方已办结，结果寄回")
    task.refresh_from_db()
    assert (task.started_at, task.due_at, task.legal_due_at) == due
    kinds = list(task.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == [EventKind.START, EventKind.HAND_OVER, EventKind.HAND_BACK]


def test_what_is_not_handled_across_regions_stays(make_case, make_matter, clerk):
    task = make_case(matter=make_matter(documents=())).tasks.get()
    with pytest.raises(errors.HandedOver):
        hand_over(actor=clerk, task=task, region="示例省")
    with pytest.raises(WrongInput):
        hand_over(actor=clerk, task=task, region=" ")
    assert not task.events.exists()


def test_adopting_a_theme_again_makes_nothing_new(zone, second):
    first = adopt_theme(actor=second, zone=zone, pack=shipped_matters(), code="YJS-GH")
    assert adopt_theme(actor=second, zone=zone, pack=shipped_matters(), code="YJS-GH") == first
    assert Matter.objects.count() == 4


@pytest.mark.parametrize("wrong", ["none", "twice", "after", "when", "choice", "stranger"])
def test_a_theme_that_contradicts_itself_is_refused(zone, make_matter, wrong):
    one, two = make_matter("A"), make_matter("B")
    from_elsewhere = Matter(pk=0, name="别处", zone_id=0)
    rows = {
        "none": [],
        "twice": [ThemeRow(one), ThemeRow(one)],
        "after": [ThemeRow(one, after=two), ThemeRow(two)],
        "when": [ThemeRow(one, when={"key": "nothing", "is": ["1"]})],
        "stranger": [ThemeRow(from_elsewhere)],
    }.get(wrong, [ThemeRow(one)])
    questions = [{"label": "选哪个", "kind": "choice", "choices": ["甲"]}] if wrong == "choice" else []
    with pytest.raises(WrongInput):
        add_theme(actor=None, zone=zone, code="ZT", name="示例", matters=rows, questions=questions)
    assert not Theme.objects.exists()


def test_a_theme_is_changed_against_the_version_that_was_seen(zone, make_matter, window):
    one, two = make_matter("A"), make_matter("B")
    theme = add_theme(actor=None, zone=zone, code="ZT", name="示例", matters=[ThemeRow(one)])
    changed = change_theme(
        actor=None, theme=theme, version=theme.version, matters=[ThemeRow(two), ThemeRow(one, after=two)]
    )
    assert [row.matter for row in said_rows(changed)] == [two, one]
    with pytest.raises(Stale):
        change_theme(actor=None, theme=theme, version=theme.version, name="改名")
    with pytest.raises(NotAllowed):
        change_theme(actor=window, theme=theme, version=None, name="改名")


def test_a_theme_is_entered_and_edited_on_the_page(page, zone, make_matter):
    one, two = make_matter("A"), make_matter("B")
    said = {
        "code": "ZT", "name": "示例一件事", "is_open": "on",
        "questions-count": "2", "questions-0-label": "要不要发票", "questions-0-kind": "yes",
        "matters-count": "3",
        "matters-0-matter": one.pk,
        "matters-1-matter": two.pk, "matters-1-after": one.pk, "matters-1-question": "要不要发票", "matters-1-answers": "是",
    }  # fmt: skip
    assert (
        'name="matters-4-matter"'
        in page.post("/approvals/themes/add/", said | {"more": "matters"}).content.decode()
    )
    assert page.post("/approvals/themes/add/", said | {"matters-1-question": "没有"}).status_code == 422
    goal = page.post("/approvals/themes/add/", said)["Location"]
    theme = Theme.objects.get()
    key = theme.questions[0]["key"]
    assert said_rows(theme)[1] == ThemeRow(two, one, {"key": key, "is": ["yes"]})
    assert "“要不要发票”答“是”时" in page.get(goal).content.decode()
    assert (
        page.post(f"{goal}edit/", said | {"version": theme.version, "name": "改名一件事"}).status_code == 302
    )
    theme.refresh_from_db()
    assert (theme.name, theme.questions[0]["key"]) == ("改名一件事", key)
