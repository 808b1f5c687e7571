"""Special bonds and technical upgrades. Shape only; the rules are in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import EvidenceField, MoneyField, ZForm

from ..models import BondStage, BondStep
from . import day, text, year


class BondForm(ZForm):
    """An application for a special bond."""

    year = year(_("年度"))
    batch_name = text(_("申报批次"), 40, required=True, help_text=_("如 第二批"))
    amount_cny = MoneyField(label=_("申请金额"))
    purpose = text(_("资金用途"), 200)


class BondStepForm(ZForm):
    """A stage that an application came to."""

    stage = forms.ChoiceField(label=_("审核环节"), choices=BondStage.choices)
    on = day(_("日期"))
    outcome = forms.ChoiceField(
        label=_("环节结果"), choices=BondStep.Outcome.choices, initial=BondStep.Outcome.PASSED
    )
    reviewer = text(_("审核单位"), 60, help_text=_("如 发改、财政"))
    opinion = text(_("审核意见"), 300, lines=2)
    amount_cny = MoneyField(label=_("金额"), required=False)
    evidence = EvidenceField()
    evidence_note = text(_("备注"), 200)


class UpgradeForm(ZForm):
    """Equipment that an upgrade project put in."""

    on = day(_("日期"))
    equipment = text(_("设备名称"), 120, required=True)
    units = forms.IntegerField(label=_("台（套）数"), min_value=1, max_value=1_000_000)
    robots = forms.IntegerField(label=_("其中机器人（台）"), min_value=0, max_value=1_000_000, initial=0)
    amount_cny = MoneyField(label=_("设备投资"))
    voucher_no = text(_("凭证号"), 60)
    evidence = EvidenceField()
    evidence_note = text(_("备注"), 200)
