"""What people fill in for a procedure, its versions and one of its tasks. Shape only."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.engines.scheduling.files import Template, TemplateTask
from zhuchao.web.forms import ZForm

from ..models import Procedure, ProcedureVersion

LONGEST_TEXT = 100_000
_WORDS = re.compile(r"[、，,;；\n\r]+")
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])")


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=forms.DateInput())


def _text(label: Any, most: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text)


class ProcedureForm(ZForm):
    """What a procedure is filed under."""

    key = _text(_("流程编号"), 40, required=True, help_text=_("如 land-to-start，命令行和接口用它"))
    name = _text(_("流程名称"), 80, required=True)
    summary = _text(_("说明"), 300)
    is_open = forms.BooleanField(label=_("可使用"), required=False, initial=True)

    @staticmethod
    def of(procedure: Procedure) -> dict[str, Any]:
        """Return what a procedure says, for filling in."""
        return {name: getattr(procedure, name) for name in ("key", "name", "summary", "is_open")}


class ProcedureVersionForm(ZForm):
    """From when a version counts and what it rests on."""

    effective_from = _day(_("生效日期"), required=True)
    effective_to = _day(_("失效日期"), help_text=_("长期有效的不填"))
    source = _text(_("来源"), 200, help_text=_("文号、会议纪要或办事指南；没有来源不能发布"))
    source_status = forms.ChoiceField(label=_("来源核实"), choices=ProcedureVersion.SourceStatus.choices)
    verified_on = _day(_("核实日期"))

    @staticmethod
    def of(version: ProcedureVersion) -> dict[str, Any]:
        """Return what a version says, for filling in."""
        names = ("effective_from", "effective_to", "source", "source_status", "verified_on")
        return {name: getattr(version, name) for name in names}


class ProcedureTextForm(ProcedureVersionForm):
    """A version with its text."""

    text = forms.CharField(
        label=_("流程内容"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false", "wrap": "off", "class": "a-text"}),
    )


class PublishProcedureForm(ZForm):
    """The word of the second person."""

    checked = forms.BooleanField(label=_("我已核对任务、部门、材料和设定依据"))


class HoursField(forms.Field):
    """Working hours typed as 7, 1.5 or 1:30; cleans to whole minutes."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> int:
        written = str(value or "").strip() or "0"
        if clock := _CLOCK.fullmatch(written):
            return int(clock[1]) * 60 + int(clock[2])
        try:
            minutes = Decimal(written) * 60
        except ArithmeticError:
            minutes = Decimal(-1)
        if not (minutes.is_finite() and 0 <= minutes < 600_000 and minutes == minutes.to_integral_value()):
            raise ValidationError(
                gettext("“%(text)s”不是整分钟的时长，应写成 7、1.5 或 1:30。"),
                "hours",
                {"text": written[:20]},
            )
        return int(minutes)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            hours, rest = divmod(value, 60)
            return f"{hours}:{rest:02}" if rest else str(hours)
        return value


class WordsField(forms.CharField):
    """Names divided by 、 or a line; cleans to a tuple, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2000, **kwargs)

    def to_python(self, value: Any) -> Any:
        words = [" ".join(word.split()) for word in _WORDS.split(str(value or ""))]
        return tuple(dict.fromkeys(word for word in words if word))

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, (tuple, list, frozenset)) else value

    def run_validators(self, value: Any) -> None:
        super().run_validators("、".join(value))


class TaskForm(ZForm):
    """One task of a procedure."""

    key = _text(_("任务编号"), 20, required=True)
    name = _text(_("任务"), 80, required=True)
    stage = forms.ChoiceField(label=_("阶段"))
    department = forms.ChoiceField(label=_("责任部门"))
    kind = _text(_("类别"), 20, help_text=_("如 许可、备案、登记"))
    review = HoursField(label=_("审查（工作小时）"), required=False)
    issue = HoursField(label=_("出件（工作小时）"), required=False)
    after = WordsField(label=_("前置任务"), help_text=_("任务编号，用顿号隔开"))
    needs = WordsField(label=_("所需材料"), help_text=_("别的任务产生的，或企业已有的"))
    late = WordsField(label=_("可容缺材料"), help_text=_("所需材料中可以审查以后补的"))
    gives = WordsField(label=_("产生文书"))
    early = forms.BooleanField(label=_("可提前预审"), required=False)
    pledge = forms.BooleanField(label=_("可告知承诺"), required=False)
    certificate = forms.BooleanField(label=_("核发证书"), required=False)
    notice_calendar_days = forms.IntegerField(
        label=_("公示（自然日）"), required=False, min_value=0, max_value=365
    )
    legal_days = forms.DecimalField(
        label=_("法定时限（工作日）"), required=False, min_value=0, max_value=999, decimal_places=1
    )
    promise_days = forms.DecimalField(
        label=_("承诺时限（工作日）"), required=False, min_value=0, max_value=999, decimal_places=1
    )
    legal_basis = _text(_("设定依据"), 300)
    instruments = _text(_("改革措施"), 200, help_text=_("如 并联审批、区域评估"))
    lane = _text(_("并行线"), 30, help_text=_("兵分几路办，各线同时推进"))
    status = _text(_("核实"), 60, help_text=_("confirmed 有出处，memory 凭记忆整理"))

    def __init__(self, *args: Any, template: Template, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [(name, name) for name in template.stages]  # type: ignore[attr-defined]
        self.fields["department"].choices = [(name, name) for name in template.departments]  # type: ignore[attr-defined]

    @staticmethod
    def of(task: TemplateTask) -> dict[str, Any]:
        """Return what a task says, for filling in."""
        values = {name: getattr(task, name) for name in TaskForm.base_fields}
        return values | {
            "late": tuple(name for name in task.needs if name in task.late),
            "notice_calendar_days": task.notice_calendar_days or None,
        }

    def task(self, was: TemplateTask | None) -> TemplateTask:
        """Return the task as it was filled in; raises EngineError for what does not fit together."""
        said = dict(self.cleaned_data)
        said |= {
            "late": frozenset(said["late"]),
            "notice_calendar_days": said["notice_calendar_days"] or 0,
        }
        if not said["pledge"]:
            said["credit"] = 1
        return replace(was, **said) if was is not None else TemplateTask(**said)


class DepartmentsForm(ZForm):
    """The departments of a procedure with their reviewers, one a line, and what a firm has from the beginning."""

    departments = forms.CharField(
        label=_("责任部门与审查员人数"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("每行一个部门，名称后写人数，如 税务局 1"),
    )
    held = WordsField(label=_("企业已有的材料"), widget=forms.Textarea(attrs={"rows": 3}))
    stages = WordsField(label=_("阶段"), help_text=_("按先后，用顿号隔开"))

    @staticmethod
    def of(template: Template) -> dict[str, Any]:
        """Return what a template says, for filling in."""
        lines = (f"{name} {count}" for name, count in template.departments.items())
        return {"departments": "\n".join(lines), "held": template.held, "stages": template.stages}

    def clean_departments(self) -> dict[str, int]:
        """Return reviewers by department."""
        found: dict[str, int] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["departments"].splitlines())):
            name, _space, count = line.rpartition(" ")
            if not name.strip() or not count.isdecimal() or len(count) > 4 or name.strip() in found:
                raise ValidationError(
                    gettext("“%(line)s”应写成 部门 人数，每个部门一行。"), "line", {"line": line[:40]}
                )
            found[name.strip()] = int(count)
        return found
