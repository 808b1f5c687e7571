"""What people fill in about industry chains and foreign capital. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import EvidenceField, RowsField, ZForm

from ..models import ChainNode, ChainPlace, ForeignCapital, Lead
from . import day, names_in, offer, text


class ChainForm(ZForm):
    """A chain."""

    name = text(_("产业链"), 60, required=True, help_text=_("如 新能源新材料"))
    note = text(_("说明"), 200)


class NodeForm(ZForm):
    """A node of a chain."""

    name = text(_("环节"), 60, required=True, help_text=_("如 正极材料"))
    tier = forms.ChoiceField(label=_("上中下游"), choices=ChainNode.Tier.choices)
    order = forms.IntegerField(label=_("次序"), required=False, min_value=0, max_value=999)


class PlaceForm(ZForm):
    """Who stands on a node."""

    firms = text(_("企业"), 4000, lines=3, help_text=_("一行一家，或用顿号隔开；已建档的企业会自动关联"))
    are_anchors = forms.BooleanField(label=_("链主企业"), required=False)
    leads = RowsField(
        label=_("线索"), queryset=None, required=False, widget=forms.SelectMultiple(attrs={"size": 8})
    )

    def __init__(self, *args: Any, leads: QuerySet[Lead], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "leads", leads)

    def clean_firms(self) -> list[str]:
        return names_in(self.cleaned_data["firms"])


class SupplyForm(ZForm):
    """Who supplies an anchor."""

    anchor: "forms.ModelChoiceField[ChainPlace]" = forms.ModelChoiceField(label=_("链主企业"), queryset=None)
    supplier: "forms.ModelChoiceField[ChainPlace]" = forms.ModelChoiceField(
        label=_("配套企业"), queryset=None
    )

    def __init__(self, *args: Any, places: QuerySet[ChainPlace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "anchor", places.filter(is_anchor=True))
        offer(self, "supplier", places)


class CapitalForm(ZForm):
    """Foreign capital in its own currency."""

    kind = forms.ChoiceField(label=_("类别"), choices=ForeignCapital.Kind.choices)
    on = day(_("日期"), help_text=_("注册或到账的日期"))
    country = text(_("国家或地区"), 40, required=True, help_text=_("如 日本、新加坡"))
    currency = text(_("币种"), 3, required=True, help_text=_("三位代码，如 USD、JPY、SGD"))
    amount = forms.DecimalField(
        label=_("金额（原币）"),
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("写全，如 5000000"),
    )
    rate = forms.DecimalField(
        label=_("汇率（元）"),
        max_digits=14,
        decimal_places=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("1 单位外币合多少元，如 7.1055"),
    )
    rate_on = day(_("汇率日期"))
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)


class CapitalCorrectForm(CapitalForm):
    """What an entry of foreign capital should have said, and why it did not."""

    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: ForeignCapital) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        said = {name: getattr(entry, name, None) for name in CapitalCorrectForm.base_fields}
        return said | {"on": entry.happened_on, "evidence": None, "reason": ""}
