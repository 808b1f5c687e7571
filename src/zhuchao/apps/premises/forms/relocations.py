"""What people fill in for relocation. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import AreaField, EvidenceField, MoneyField, ZForm

from ..models import RelocationEntry, RelocationParty, RelocationStep, Site
from . import day, offer, text


class RelocationSchemeForm(ZForm):
    """The facts of a scheme."""

    name = text(_("征迁项目"), 80, required=True)
    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        label=_("载体"), queryset=None, required=False
    )
    counted_step = forms.ChoiceField(
        label=_("整体进度按"),
        choices=RelocationStep.choices,
        initial=RelocationStep.HANDED,
        help_text=_("到这一步或更后一步的，计入整体进度"),
    )
    started_on = day(_("启动日期"), required=False)
    due_on = day(_("计划完成"), required=False)
    note = text(_("备注"), 200)

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", sites)


class RelocationPartyForm(ZForm):
    """Who a household or firm is, and until when it agreed to go."""

    number = text(_("户号"), 30, required=True)
    name = text(_("户名"), 120, required=True)
    kind = forms.ChoiceField(label=_("类别"), choices=RelocationParty.Kind.choices)
    address = text(_("地址"), 200)
    due_on = day(_("约定期限"), required=False, help_text=_("不填按项目的计划完成日期"))


class RelocationPartyAddForm(RelocationPartyForm):
    """A new household or firm with its area."""

    groups = (
        (_("征迁户"), ("number", "name", "kind", "address", "due_on")),
        (_("纳入征迁"), ("area_m2", "on", "evidence", "evidence_note")),
    )
    area_m2 = AreaField(label=_("建筑面积"))
    on = day(_("纳入日期"))
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)


class RelocationEntryForm(ZForm):
    """A step of a household or firm, or a payment to it."""

    kind = forms.ChoiceField(label=_("事项"), choices=RelocationEntry.Kind.choices)
    on = day(_("日期"))
    amount_cny = MoneyField(
        label=_("金额"), required=False, help_text=_("签协议填补偿总额，支付补偿填本次付款")
    )
    area_m2 = AreaField(label=_("建筑面积"), required=False, help_text=_("只在重新纳入征迁时填写"))
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)


class RelocationEntryCorrectForm(ZForm):
    """What an entry should have said, and why it did not; its kind and its file of evidence stay."""

    on = day(_("日期"))
    amount_cny = MoneyField(label=_("金额"), required=False)
    area_m2 = AreaField(label=_("建筑面积"), required=False)
    evidence_note = text(_("佐证说明"), 200)
    reason = text(_("更正原因"), 200, required=True)

    def __init__(self, *args: Any, entry: RelocationEntry, **kwargs: Any) -> None:
        said = {name: getattr(entry, name) for name in ("amount_cny", "area_m2", "evidence_note")}
        super().__init__(*args, initial=said | {"on": entry.happened_on}, zone=entry.zone, **kwargs)
        kind = RelocationEntry.Kind(entry.kind)
        if kind != RelocationEntry.Kind.LISTED:
            del self.fields["area_m2"]
        if kind not in (RelocationEntry.Kind.AGREED, RelocationEntry.Kind.PAID):
            del self.fields["amount_cny"]
