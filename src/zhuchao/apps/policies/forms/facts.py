"""What people fill in about a firm's facts. Shape only; the rules are in the services."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import ZForm

from ..selectors.rules import vocabulary
from ..services.facts import KEPT_ELSEWHERE
from . import day, text


def fact_choices(first: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return the fields that may be stated, those named first on top, the others by their label."""
    labels = {field.name: field.label for field in vocabulary() if field.name not in KEPT_ELSEWHERE}
    top = [name for name in first if name in labels]
    rest = sorted(labels.keys() - set(top), key=lambda name: labels[name])
    return [(name, labels[name]) for name in (*top, *rest)]


class FactForm(ZForm):
    """A fact of a firm: which, what it is, from where, and as of when."""

    field = forms.ChoiceField(label=_("事实"), choices=fact_choices)
    value = text(
        _("数值"),
        400,
        required=True,
        help_text=_("写明单位，如 5000万元、5%、30人、2020-01-31、是；多个称号用顿号隔开"),
    )
    source = text(_("来源"), 120, required=True, help_text=_("如 企业申报、年度审计报告"))
    on = day(_("截至日期"), required=True)
    holds_until = day(_("适用至"), help_text=_("不填时，数值用到当年年底，其余长期适用"))
    evidence_note = text(_("佐证说明"), 200)

    groups: Any = (
        (_("事实"), ("field", "value")),
        (_("来源"), ("source", "on", "holds_until", "evidence_note")),
    )
