"""What people fill in on the pages of cases. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, Role, Zone
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.web.forms import EvidenceField, RecordChoice, ZForm

from ..models import Case, EventKind, ServiceAction, ServiceMode, StopCause, TaskMode

AGENTS = (
    Role.PROMOTION_OFFICER,
    Role.STEWARD,
    Role.LIAISON,
    Role.WINDOW_CLERK,
    Role.ADMINISTRATOR,
)
"""Who may help with a case."""
_MOMENT = "%Y-%m-%dT%H:%M"


def moment(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    """Return a field for a moment in the office's time zone."""
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=[_MOMENT, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
    )


def words(
    label: Any, most: int, *, required: bool = False, help_text: Any = "", lines: int = 1
) -> forms.CharField:
    """Return a field for a text."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, widget=widget
    )


class CaseForm(ZForm):
    """How a case is taken in: what for, by which way, and who helps."""

    title = words(_("办件名称"), 120, required=True, help_text=_("如 某公司新建厂房"))
    way: RecordChoice = RecordChoice(
        label=_("流程"), required=False, help_text=_("整条流程按模板拆成各部门的任务")
    )
    theme: RecordChoice = RecordChoice(label=_("一件事主题"), required=False)
    matter: RecordChoice = RecordChoice(label=_("单个事项"), required=False)
    enterprise: RecordChoice = RecordChoice(label=_("企业"), required=False)
    project: RecordChoice = RecordChoice(label=_("项目"), required=False)
    contact = words(_("联系人"), 40)
    starts_at = moment(_("起算时间"), help_text=_("如摘牌时间；不填为现在。此前完成的审查为预审"))
    deadline_at = moment(_("要求办结时间"))
    service = forms.ChoiceField(
        label=_("服务方式"),
        choices=ServiceMode.choices,
        help_text=_("导办：只作指引；帮办：可提醒、帮助填报；代办：凭企业委托代交、跟办"),
    )
    agent: RecordChoice = RecordChoice(label=_("代办员"), required=False)
    window = forms.ModelChoiceField(
        Department.objects.none(), label=_("受理窗口"), required=False, empty_label="—"
    )
    leave_out = words(_("不适用的任务"), 200, help_text=_("流程中不需要办的任务编号，用空格隔开，如 T12"))
    note = words(_("说明"), 500, lines=2)
    request_key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())

    groups: Any = (
        (_("办什么"), ("title", "way", "theme", "matter", "leave_out")),
        (_("谁来办"), ("enterprise", "project", "contact")),
        (_("时间"), ("starts_at", "deadline_at")),
        (_("服务"), ("service", "agent", "window", "note")),
    )

    def __init__(self, *args: Any, zone: Zone, rows: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        for name, queryset in rows.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        self.fields["agent"].queryset = officers_of(zone, roles=AGENTS)  # type: ignore[attr-defined]
        windows = Department.objects.filter(zone=zone, kind=Department.Kind.WINDOW, is_active=True)
        self.fields["window"].queryset = windows  # type: ignore[attr-defined]

    def clean_leave_out(self) -> list[str]:
        return [
            key for key in self.cleaned_data["leave_out"].replace("、", " ").replace("，", " ").split() if key
        ]


class CaseEditForm(ZForm):
    """What a case says."""

    title = words(_("办件名称"), 120, required=True)
    contact = words(_("联系人"), 40)
    starts_at = moment(_("起算时间"), required=True)
    deadline_at = moment(_("要求办结时间"))
    service = forms.ChoiceField(label=_("服务方式"), choices=ServiceMode.choices)
    agent: RecordChoice = RecordChoice(label=_("代办员"), required=False)
    elsewhere = words(_("通办地区"), 120, help_text=_("转给外地办理的地区和窗口"))
    note = words(_("说明"), 500, lines=2)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        self.fields["agent"].queryset = officers_of(zone, roles=AGENTS)  # type: ignore[attr-defined]

    @staticmethod
    def of(case: Case) -> dict[str, Any]:
        """Return what the case says, for filling in."""
        return {name: getattr(case, name) for name in CaseEditForm.base_fields}


class EventForm(ZForm):
    """What happened to a task: only what this kind of event needs is asked."""

    at = moment(_("发生时间"), help_text=_("不填为现在"))
    mode = forms.ChoiceField(label=_("办理方式"), choices=TaskMode.choices, required=False)
    cause = forms.ChoiceField(label=_("停钟事由"), choices=StopCause.choices, required=False)
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("会签部门"), required=False, empty_label="—"
    )
    number = words(_("证号或文号"), 60)
    note = words(_("说明"), 300, lines=2)

    def __init__(
        self, *args: Any, kind: EventKind, modes: list[str], departments: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = {
            "mode": kind in (EventKind.START, EventKind.MODE) and len(modes) > 1,
            "cause": kind == EventKind.STOP,
            "department": kind in (EventKind.COSIGN, EventKind.COSIGNED),
            "number": kind == EventKind.FINISH,
        }
        for name, is_asked in asked.items():
            if not is_asked:
                del self.fields[name]
        if "mode" in self.fields:
            labels = dict(TaskMode.choices)
            self.fields["mode"].choices = [(one, labels[one]) for one in modes]  # type: ignore[attr-defined]
        if "department" in self.fields:
            self.fields["department"].queryset = departments  # type: ignore[attr-defined]
            self.fields["department"].required = True
        if kind in (EventKind.RETURN, EventKind.REFUSE, EventKind.WITHDRAW, EventKind.END):
            self.fields["note"].required = True
            self.fields["note"].label = _("原因")


class CloseForm(ZForm):
    """Why a case is withdrawn or ended."""

    at = moment(_("发生时间"), help_text=_("不填为现在"))
    note = words(_("原因"), 300, required=True, lines=2)


class MoveForm(ZForm):
    """Why a case goes over to another version; ``number`` is that of the version that was shown."""

    reason = words(_("原因"), 300, required=True, lines=2)
    number = forms.IntegerField(widget=forms.HiddenInput())


class AssignForm(ZForm):
    """To whom a task is given."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("责任部门"), required=False, empty_label="—"
    )
    officer: RecordChoice = RecordChoice(label=_("经办人"), required=False)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        rows = Department.objects.filter(zone=zone, is_active=True).order_by("kind", "name")
        self.fields["department"].queryset = rows  # type: ignore[attr-defined]
        people = officers_of(zone, roles=(Role.APPROVER, Role.ADMINISTRATOR))
        self.fields["officer"].queryset = people  # type: ignore[attr-defined]


class EventCorrectionForm(ZForm):
    """What an event should have said."""

    happened_at = moment(_("发生时间"), required=True)
    number = words(_("证号或文号"), 60)
    note = words(_("说明"), 300, lines=2)
    reason = words(_("更正原因"), 200, required=True, help_text=_("原因会永久保留在台账中"))


class MandateForm(ZForm):
    """A firm's word that an agent may act for it."""

    agent: RecordChoice = RecordChoice(label=_("代办员"))
    given_by = words(_("委托人"), 60, required=True, help_text=_("企业经办人或法定代表人"))
    on = forms.DateField(label=_("委托日期"), widget=forms.DateInput(attrs={"data-day": ""}))
    until = forms.DateField(label=_("委托至"), widget=forms.DateInput(attrs={"data-day": ""}))
    evidence = EvidenceField(label=_("委托书"), help_text=_("委托书扫描件或照片"))
    evidence_note = words(_("依据"), 200, help_text=_("没有文件时写明委托书存放处"))

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        self.fields["agent"].queryset = officers_of(zone, roles=AGENTS)  # type: ignore[attr-defined]


class ServiceForm(ZForm):
    """What was done to help with a case."""

    action = forms.ChoiceField(label=_("服务内容"), choices=ServiceAction.choices)
    at = moment(_("发生时间"), help_text=_("不填为现在"))
    note = words(_("说明"), 300, required=True, lines=2, help_text=_("如 电话提醒补交总平图"))

    def __init__(self, *args: Any, actions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [(one.value, one.label) for one in actions]  # type: ignore[attr-defined]


class BenchmarkForm(ZForm):
    """A time that cases are measured by."""

    name = words(_("标杆名称"), 80, required=True)
    elapsed_minutes = forms.IntegerField(label=_("用时（分钟）"), min_value=1)
    before = words(_("原来用时"), 40, help_text=_("如 1 个月"))
    achieved_on = forms.DateField(
        label=_("日期"), required=False, widget=forms.DateInput(attrs={"data-day": ""})
    )
    procedure_key = words(_("流程编号"), 40, help_text=_("只用于某一流程的填写；不填用于全部流程"))
    source = words(_("来源"), 200, required=True)
