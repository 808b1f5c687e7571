"""Who invests in a project. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import MoneyField, ZForm

from ..models import Investor
from . import text


class InvestorForm(ZForm):
    """A party that invests in a project."""

    name = text(
        _("投资方"), 120, required=True, help_text=_("全称或统一社会信用代码，已建档的企业会自动关联")
    )
    amount_cny = MoneyField(label=_("投资额"), required=False)
    share_percent = forms.DecimalField(
        label=_("占比（%）"),
        required=False,
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-unit": "%"}),
    )
    evidence_note = text(_("依据"), 200, help_text=_("如 投资协议编号"))


class InvestorCorrectForm(InvestorForm):
    """What should have been said of an investor, and why it was not."""

    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: Investor) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        names = ("name", "amount_cny", "share_percent", "evidence_note")
        return {name: getattr(entry, name) for name in names}
