"""What people fill in about service bundles and tasks. Shape only; the rules are in the services."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones.models import Department, Role, User, Zone
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.web.forms import EvidenceField, ZForm

from ..models import BundleTask, ProjectTask, Stage, TaskBundle
from ..selectors.bundles import OFFICER, OFFICER_WORD, role_word
from ..services.bundles import TaskLine
from . import day
from . import text as line
from .lights import count

_APART = re.compile(r"\s*[,，\t|]\s*")


def tasks_said(text: str, zone: Zone) -> list[TaskLine]:
    """Return the tasks that lines say: task, department or role, working days, remark; raises ValidationError by line.

    >>> _APART.split("上门对接，金牌店小二，1")
    ['上门对接', '金牌店小二', '1']
    """
    departments = {one.name: one for one in Department.objects.filter(zone=zone, is_active=True)}
    roles = {str(label): value for value, label in Role.choices} | {str(OFFICER_WORD): OFFICER}
    found, wrong = [], []
    for number, said in enumerate(text.splitlines(), 1):
        if not said.strip():
            continue
        parts = [*_APART.split(said.strip(), 3), "", "", ""][:4]
        name, who, days, note = parts
        if not days.isascii() or not days.isdigit() or len(days) > 3:
            wrong.append(_("第 %(row)d 行：第三项应为工作日数，如 5。") % {"row": number})
        elif who and who not in departments and who not in roles:
            said_who = {"row": number, "who": who}
            wrong.append(_("第 %(row)d 行：“%(who)s”不是本辖区的部门，也不是角色。") % said_who)
        else:
            department = departments.get(who)
            role = "" if department else roles.get(who, OFFICER)
            found.append(TaskLine(name, int(days), department, role, note))
    if wrong:
        raise forms.ValidationError(wrong)
    return found


def said_of_task(task: BundleTask) -> str:
    """Return a task as the line that says it."""
    who = task.department.name if task.department else role_word(task.role)
    return "，".join(part for part in (task.name, who, str(task.working_days), task.note) if part)


class BundleForm(ZForm):
    """A service bundle with its tasks, one a line."""

    name = line(gettext_lazy("服务包"), 60, required=True, help_text=gettext_lazy("如 开工大吉服务包"))
    stage = forms.ChoiceField(label=gettext_lazy("适用阶段"), choices=Stage.choices, initial=Stage.READY)
    tasks = forms.CharField(
        label=gettext_lazy("任务"),
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "一行一项：任务，负责的部门或角色，起算后几个工作日，说明。如：上门对接，金牌店小二，1"
        ),
    )

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = zone

    def clean_tasks(self) -> list[TaskLine]:
        return tasks_said(self.cleaned_data["tasks"], self._zone)


class BundleEditForm(BundleForm):
    """A service bundle edited; other tasks make a new version."""

    is_active = forms.BooleanField(label=gettext_lazy("在用"), required=False)
    note = line(gettext_lazy("修改说明"), 200)


class ApplyForm(ZForm):
    """Which bundle a project gets, and from which day its tasks are counted."""

    bundle: forms.ModelChoiceField[TaskBundle] = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("服务包")
    )
    start = day(gettext_lazy("起算日期"))

    def __init__(self, *args: Any, bundles: QuerySet[TaskBundle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bundle"].queryset = bundles  # type: ignore[attr-defined]


class TaskForm(ZForm):
    """One task of a project."""

    name = line(gettext_lazy("任务"), 80, required=True)
    owner: forms.ModelChoiceField[User] = forms.ModelChoiceField(queryset=None, label=gettext_lazy("责任人"))
    start = day(gettext_lazy("起算日期"))
    working_days = count(gettext_lazy("期限"), 500, gettext_lazy("工作日"))
    note = line(gettext_lazy("说明"), 200)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = officers_of(zone)  # type: ignore[attr-defined]


class ReassignForm(ZForm):
    """Who does a task from now on, and by when."""

    owner: forms.ModelChoiceField[User] = forms.ModelChoiceField(queryset=None, label=gettext_lazy("责任人"))
    due_on = day(gettext_lazy("截止日期"))
    reason = line(gettext_lazy("原因"), 200, required=True)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = officers_of(zone)  # type: ignore[attr-defined]

    @staticmethod
    def of(task: ProjectTask) -> dict[str, Any]:
        """Return what the task says, for filling in."""
        return {"owner": task.owner_id, "due_on": task.due_on}


class FinishForm(ZForm):
    """A task that was done."""

    on = day(gettext_lazy("完成日期"))
    note = line(gettext_lazy("完成情况"), 300, lines=2)
    evidence = EvidenceField()


class ReopenForm(ZForm):
    """Why a task was not done after all."""

    reason = line(gettext_lazy("原因"), 200, required=True)
