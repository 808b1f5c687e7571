"""What people fill in when a lead gets units. Shape only; the rules are in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import ZForm

from . import day, text


class PlacingForm(ZForm):
    """Which units, and why a park takes an industry that it does not admit."""

    units = forms.CharField(widget=forms.HiddenInput, max_length=60)
    scope_reason = text(_("准入理由"), 200, help_text=_("只在提示不在准入范围内、确需准入时填写"))


class HoldForm(PlacingForm):
    """Until when units are kept for a lead."""

    until = day(_("预留至"))
    field_order = ("until", "scope_reason", "units")


class SignForm(PlacingForm):
    """When a lead signed for units."""

    on = day(_("签约日期"))
    note = text(_("情况说明"), 200)
    override_reason = text(
        _("越过关口的理由"), 200, help_text=_("关口要求的内容没有齐、确需先办的，由领导填写")
    )
    awaits_lease = forms.BooleanField(
        label=_("还要登记租约"),
        required=False,
        help_text=_("签约方和房源照此带入租约，租期和租金随后补；没补之前在“今日”提醒"),
    )
    field_order = ("on", "awaits_lease", "note", "scope_reason", "override_reason", "units")
