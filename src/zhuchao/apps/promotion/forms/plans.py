"""What people fill in to place many leads at once, and to keep what a plan names. Shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.premises.selectors import visible_sites
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.apps.zones.selectors.sectors import sectors_on
from zhuchao.web.forms import RowsField, ZForm

from ..models import Lead, PlacingPlan
from . import day, offer


def _percent(stage: Lead.Stage) -> forms.IntegerField:
    attrs = {"data-unit": "%", "inputmode": "numeric"}
    return forms.IntegerField(label=stage.label, widget=forms.NumberInput(attrs=attrs))


class PlanForm(ZForm):
    """Which leads, which premises, what counts, and how long."""

    groups = (
        (_("哪些线索"), ("sector", "owner")),
        (_("哪些载体"), ("sites",)),
        (_("怎样算效益"), ("weighting",)),
        (_("各阶段的签约可能"), ("found", "talking", "agreeing")),
        (_("计算"), ("seconds",)),
    )
    sector: "forms.ModelChoiceField[Sector]" = forms.ModelChoiceField(
        label=_("产业领域"), queryset=None, required=False, empty_label=_("全部未结束的线索")
    )
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("责任人"), queryset=None, required=False, empty_label=_("不限")
    )
    sites = RowsField(
        label=_("载体"), queryset=None, required=False, help_text=_("不选就是全部载体；园中园一并算入")
    )
    weighting = forms.ChoiceField(label=_("效益按"), choices=PlacingPlan.Weighting.choices)
    found = _percent(Lead.Stage.FOUND)
    talking = _percent(Lead.Stage.TALKING)
    agreeing = _percent(Lead.Stage.AGREEING)
    seconds = forms.IntegerField(
        label=_("最长计算时间（秒）"),
        help_text=_("算得越久，越能证明没有更好的安排；随时可以停下，用到那时最好的方案"),
    )

    def __init__(self, *args: Any, zone: Zone, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        offer(self, "sector", sectors_on(zone, zones.today(zone)))
        offer(self, "owner", officers_of(zone))
        sites = visible_sites(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.SITE))
        field = self.fields["sites"]
        assert isinstance(field, RowsField)
        field.queryset = sites.order_by("name", "pk")


class PlanHoldForm(ZForm):
    """Until when the units of a plan are kept, and which rows; none ticked where all are meant."""

    until = day(_("预留至"))
    rows = forms.TypedMultipleChoiceField(required=False, coerce=int, widget=forms.MultipleHiddenInput)
    every = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row_ids: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rows"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(pk, str(pk)) for pk in row_ids]
