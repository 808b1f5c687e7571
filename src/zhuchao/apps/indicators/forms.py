"""What people fill in about indicators. Shape only; rules are in services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, Zone
from zhuchao.web.forms import ZForm

from .models import Indicator, Observation, Target


def _choose(form: forms.Form, name: str) -> forms.ModelChoiceField[Any]:
    """Return a field of a form that chooses one of some rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field


class TargetForm(ZForm):
    """Set a target."""

    indicator = forms.ModelChoiceField(Indicator.objects.none(), label=_("指标"), to_field_name="code")
    kind = forms.ChoiceField(label=_("目标类型"), choices=Target.Kind)
    period_from = forms.DateField(label=_("期间起"), help_text=_("例如 2023-01-01"))
    period_to = forms.DateField(label=_("期间止"), help_text=_("全年填 2023-12-31，累计到五月填 2023-05-31"))
    value = forms.DecimalField(label=_("目标值"), max_digits=18, decimal_places=4)
    unit = forms.CharField(label=_("单位"), max_length=10, help_text=_("例如 ㎡、万元、亿元、个"))
    department = forms.ModelChoiceField(Department.objects.none(), label=_("责任单位"), required=False)
    evidence_note = forms.CharField(label=_("下达文件"), max_length=200, required=False)

    def __init__(self, *args: Any, zone: Zone, indicators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "indicator").queryset = indicators
        _choose(self, "department").queryset = Department.objects.filter(zone=zone, is_active=True)


class TargetCorrectionForm(ZForm):
    """Change a target's value, saying why."""

    value = forms.DecimalField(label=_("新的目标值"), max_digits=18, decimal_places=4)
    unit = forms.CharField(label=_("单位"), max_length=10)
    reason = forms.CharField(label=_("调整原因"), max_length=200)


class ObservationForm(ZForm):
    """Enter what statistics say for January up to a month."""

    indicator = forms.ModelChoiceField(Indicator.objects.none(), label=_("指标"), to_field_name="code")
    month = forms.CharField(label=_("累计到"), max_length=7, help_text=_("例如 2023-05，表示 1—5 月累计"))
    value = forms.DecimalField(label=_("数值"), max_digits=18, decimal_places=4, required=False)
    unit = forms.CharField(label=_("单位"), max_length=10, help_text=_("例如 亿元"))
    growth_percent = forms.DecimalField(
        label=_("公布的同比（%）"),
        max_digits=9,
        decimal_places=4,
        required=False,
        help_text=_("没有公布就留空，系统按上年同期计算"),
    )
    base = forms.DecimalField(label=_("上年同期"), max_digits=18, decimal_places=4, required=False)
    status = forms.ChoiceField(label=_("数据状态"), choices=Observation.Status)
    source = forms.CharField(label=_("数据来源"), max_length=120, required=False)

    def __init__(self, *args: Any, indicators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "indicator").queryset = indicators


class ReportForm(ZForm):
    """Order a monthly report."""

    month = forms.CharField(label=_("月份"), max_length=7, help_text=_("例如 2023-05"))
    as_of = forms.DateTimeField(
        label=_("数据截至"),
        required=False,
        help_text=_("留空为现在；填过去的时刻可以重做当时的报表，例如 2023-06-10 18:00"),
    )
