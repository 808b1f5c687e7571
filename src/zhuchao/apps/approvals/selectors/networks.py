"""Templates of procedures: read from the text of a version, with what they come to; and those that are shipped."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.engines.scheduling import CriticalPath, Mode, find_critical_path
from zhuchao.engines.scheduling.files import Template, TemplateTask, read_template

from ..wording import MODES

SHIPPED: Final = Path(__file__).resolve().parents[1] / "shipped"
CONFIRMED: Final = "confirmed"

# What is shipped, in the order in which it is offered: file, what it is, where it is from.
_OFFERED: Final = {
    "land-to-start": (
        gettext_lazy("从土地成交到施工许可，19 项任务、11 个部门；按法规和公开做法重建，时长为示意"),
        gettext_lazy("重建：公开报道只说 19 项任务、11 个责任部门，未列清单；依据见各任务"),
    )
}


@dataclass(frozen=True, slots=True)
class Shipped:
    """A procedure that comes with the product."""

    key: str
    text: str
    template: Template
    summary: str
    source: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a template comes to.

    Attributes:
        path: the critical path where everything is handled in the ordinary way and nobody is kept waiting.
        strangers: departments that the zone does not have (their tasks are nobody's until it has).
        unsure: how many tasks rest on what was not confirmed.
        notice_days: calendar days of all public notices; the path is without them, as they depend on the calendar.
    """

    tasks: int
    departments: int
    path: CriticalPath
    strangers: tuple[str, ...]
    unsure: int
    notice_days: int


@lru_cache(maxsize=64)
def template_of(text: str) -> Template:
    """Return the template that a text tells; raises EngineError with the line."""
    return read_template(text)


def report_of(template: Template, zone: Zone | None = None) -> Report:
    """Return what a template comes to; with a zone also which of its departments the zone does not have."""
    tasks, departments = template.network.counts
    path = find_critical_path(without_notices(template).network)
    known = zones.departments_by_name(zone) if zone is not None else None
    strangers = tuple(name for name in template.departments if known is not None and name not in known)
    noticed = sum(task.notice_calendar_days for task in template.tasks)
    unsure = sum(not is_confirmed(task) for task in template.tasks)
    return Report(tasks, departments, path, strangers, unsure, noticed)


def without_notices(template: Template) -> Template:
    """Return a template whose public notices take no time: what it comes to apart from the calendar."""
    tasks = tuple(replace(task, notice_calendar_days=0) for task in template.tasks)
    return replace(template, tasks=tasks)


def is_confirmed(task: TemplateTask) -> bool:
    """Return whether all that is said of a task was confirmed."""
    return task.status == CONFIRMED


def sureness(task: TemplateTask) -> tuple[str, str]:
    """Return how sure a task is as a page shows it: word and colour."""
    if is_confirmed(task):
        return _("已核实"), "green"
    return (_("部分核实"), "blue") if task.status.startswith(CONFIRMED) else (_("未核实"), "yellow")


def instruments_of(task: TemplateTask) -> list[str]:
    """Return which of 容缺受理, 告知承诺, 提前预审 a task declares."""
    return [_(MODES[mode]) for mode in task.task.modes if mode is not Mode.NORMAL]


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, str]:
    return {key: (SHIPPED / f"{key}.yaml").read_text("utf-8") for key in _OFFERED}


def shipped_procedures() -> dict[str, Shipped]:
    """Return the procedures that come with the product, by key."""
    return {
        key: Shipped(key, text, template_of(text), str(_OFFERED[key][0]), str(_OFFERED[key][1]))
        for key, text in _texts().items()
    }
