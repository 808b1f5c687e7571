"""How two versions of a procedure differ, task by task, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import listed
from zhuchao.engines.scheduling.files import Template, TemplateTask

from ..wording import show_minutes


@dataclass(frozen=True, slots=True)
class TemplateDifference:
    """One thing that two templates say differently; empty: not there."""

    what: str
    label: str
    old: str
    new: str


def compare_templates(old: Template, new: Template) -> list[TemplateDifference]:
    """Return what two templates say differently, in the order of the newer one; what is gone comes last."""
    found = [
        TemplateDifference("", label, was, now)
        for (label, was), (_label, now) in zip(_head(old), _head(new), strict=True)
        if was != now
    ]
    was_by_key, now_by_key = old.by_key, new.by_key
    for task in new.tasks:
        was = was_by_key.get(task.key)
        if was is None:
            found.append(TemplateDifference(f"{task.key} {task.name}", _("新增任务"), "", task.department))
            continue
        found += [
            TemplateDifference(f"{task.key} {task.name}", label, before, after)
            for (label, before), (_label, after) in zip(facts_of_task(was), facts_of_task(task), strict=True)
            if before != after
        ]
    for task in old.tasks:
        if task.key not in now_by_key:
            found.append(TemplateDifference(f"{task.key} {task.name}", _("删去任务"), task.department, ""))
    return found


def facts_of_task(task: TemplateTask) -> list[tuple[str, str]]:
    """Return all that a template says of a task, (label, words)."""
    return [
        (_("任务"), task.name),
        (_("阶段"), task.stage),
        (_("责任部门"), task.department),
        (_("类别"), task.kind),
        (_("审查用时"), show_minutes(task.review)),
        (_("出件用时"), show_minutes(task.issue)),
        (_("前置任务"), listed(task.after)),
        (_("所需材料"), listed(task.needs)),
        (_("可容缺材料"), listed(name for name in task.needs if name in task.late)),
        (_("产生文书"), listed(task.gives)),
        (_("可告知承诺"), _yes(task.pledge)),
        (_("可提前预审"), _yes(task.early)),
        (_("公示（自然日）"), str(task.notice_calendar_days or "")),
        (_("法定时限（工作日）"), _days(task.legal_days)),
        (_("承诺时限（工作日）"), _days(task.promise_days)),
        (_("设定依据"), task.legal_basis),
        (_("核实"), task.status),
        (_("核发证书"), _yes(task.certificate)),
        (_("并行线"), task.lane),
        (_("改革措施"), task.instruments),
    ]


def _head(template: Template) -> list[tuple[str, str]]:
    return [
        (_("流程名称"), template.name),
        (_("阶段"), listed(template.stages)),
        (_("审查员"), _reviewers(template.departments)),
        (_("企业已有的材料"), listed(template.held)),
        (_("原流程（工作日）"), _days(template.baseline_working_days)),
    ]


def _reviewers(departments: Mapping[str, int]) -> str:
    return listed(f"{name} {count}" for name, count in departments.items())


def _yes(value: Any) -> str:
    return _("是") if value else ""


def _days(days: Decimal | None) -> str:
    return "" if days is None else f"{days.normalize():f}"
