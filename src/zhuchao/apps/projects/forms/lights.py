"""What people fill in about lights and the progress of works. Shape only; the rules are in the services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import EvidenceField, ZForm

from ..models import LightOverride, ProgressEntry
from . import day
from . import text as line


def share(label: Any, *, help_text: Any = "") -> forms.DecimalField:
    """Return a field for a share of the works, percent."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-unit": "%"})
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=2,
        help_text=help_text,
        widget=widget,
    )


def count(label: Any, most: int, unit: Any, *, help_text: Any = "") -> forms.IntegerField:
    """Return a field for a whole number with its unit."""
    widget = forms.TextInput(attrs={"inputmode": "numeric", "data-unit": unit})
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, localize=False, help_text=help_text, widget=widget
    )


class LightRuleForm(ZForm):
    """The limits by which a zone's projects are lit from a day on."""

    since = day(_("起始日期"), help_text=_("从这一天起按新规则评灯，以前的日期仍按原规则"))
    late_days = count(_("黄灯：迟延不超过"), 250, _("工作日"), help_text=_("逾期更久为红灯"))
    near_days = count(
        _("黄灯：临期"), 250, _("工作日"), help_text=_("这么多工作日内到期而未就绪的节点亮黄灯")
    )
    ready_percent = count(_("竣工就绪"), 100, "%", help_text=_("形象进度达到这一比例，竣工节点临期不亮黄灯"))
    evidence_note = line(_("依据"), 200, help_text=_("如 项目推进办法文号"))


class LightOverrideForm(ZForm):
    """Another light than the computed one, with the reason and the day it ends."""

    colour = forms.ChoiceField(label=_("灯色"), choices=LightOverride.Colour.choices)
    until = day(_("有效至"), help_text=_("过了这一天，或该节点完成后，自动恢复按规则评灯"))
    why = line(_("人工定灯理由"), 200, required=True, help_text=_("会与按规则的灯色一起显示，并永久保留"))
    evidence = EvidenceField()


class LightOverrideCorrectForm(ZForm):
    """What a light set by hand should have said, and why it did not."""

    colour = forms.ChoiceField(label=_("灯色"), choices=LightOverride.Colour.choices)
    until = day(_("有效至"))
    why = line(_("人工定灯理由"), 200, required=True)
    reason = line(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: LightOverride) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        return {name: getattr(entry, name) for name in ("colour", "until", "why")}


class ProgressForm(ZForm):
    """How far the works have come on a day."""

    on = day(_("日期"))
    percent = share(_("形象进度"), help_text=_("完成的比例，0 到 100"))
    text = line(_("形象进度说明"), 500, lines=2, help_text=_("如 主体封顶，二次结构施工"))
    problem = line(_("存在问题"), 300, lines=2)
    next_step = line(_("下一步措施"), 300, lines=2)
    expected_on = day(_("预计竣工"), required=False, help_text=_("现场预计的日期，与系统推算、实际日期对照"))
    evidence = EvidenceField()
    evidence_note = line(_("佐证说明"), 200, help_text=_("如 现场照片拍摄位置"))
    fall_reason = line(_("进度下降原因"), 200, help_text=_("形象进度低于以前时必填，会永久保留"))


class ProgressCorrectForm(ZForm):
    """What an entry of progress should have said, and why it did not."""

    happened_on = day(_("日期"))
    percent = share(_("形象进度"))
    text = line(_("形象进度说明"), 500, lines=2)
    problem = line(_("存在问题"), 300, lines=2)
    next_step = line(_("下一步措施"), 300, lines=2)
    expected_on = day(_("预计竣工"), required=False)
    evidence = EvidenceField()
    evidence_note = line(_("佐证说明"), 200)
    reason = line(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: ProgressEntry) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        names = ("happened_on", "percent", "text", "problem", "next_step", "expected_on", "evidence_note")
        return {name: getattr(entry, name) for name in names}
