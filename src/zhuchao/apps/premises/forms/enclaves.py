"""What people fill in for enclaves. Shape only; the rules are in the services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Zone
from zhuchao.web.forms import EvidenceField, ZForm

from ..models import Site
from . import day, offer, text


class EnclaveForm(ZForm):
    """Which site is shared with which park."""

    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(label=_("载体"), queryset=None)
    partner: "forms.ModelChoiceField[Zone]" = forms.ModelChoiceField(
        label=_("合作园区"), queryset=None, help_text=_("同一上级下的园区，或联动联盟的成员")
    )
    agreed_on = day(_("协议日期"), required=False)
    note = text(_("备注"), 200)

    def __init__(self, *args: Any, sites: QuerySet[Site], partners: QuerySet[Zone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", sites)
        offer(self, "partner", partners)


class EnclaveEditForm(ZForm):
    """The day of the agreement and a note."""

    agreed_on = day(_("协议日期"), required=False)
    note = text(_("备注"), 200)


class EnclaveShareForm(ZForm):
    """What part the partner has from a day on."""

    partner_percent = forms.DecimalField(
        label=_("合作园区比例（%）"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        help_text=_("其余归本园区，双方合计 100%"),
    )
    on = day(_("起始日期"))
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)
