"""What people fill in for a cluster target. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Sector
from zhuchao.web.forms import ZForm

from ..models import Site
from . import day, offer, text


class ClusterForm(ZForm):
    """Which firms, where, how many, by when."""

    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        label=_("载体"), queryset=None, required=False, empty_label=_("全辖区")
    )
    sector: "forms.ModelChoiceField[Sector]" = forms.ModelChoiceField(
        label=_("产业"), queryset=None, required=False
    )
    tag = text(_("标签"), 30, help_text=_("产业和标签至少填一项"))
    goal = forms.IntegerField(label=_("目标家数"), min_value=1, max_value=2_000_000_000)
    deadline = day(_("截止日期"))
    evidence_note = text(_("依据"), 200)

    def __init__(self, *args: Any, sites: QuerySet[Site], sectors: QuerySet[Sector], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", sites)
        offer(self, "sector", sectors)


class ClusterCorrectForm(ZForm):
    """Another number or another day for a target, with the reason."""

    goal = forms.IntegerField(label=_("目标家数"), min_value=1, max_value=2_000_000_000)
    deadline = day(_("截止日期"))
    reason = text(_("更正原因"), 200, required=True)
