"""What people fill in for holds, leases and planned arrivals. Shape only; the rules are in the services."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import EvidenceField, RowsField, ZForm

from ..models import Arrival, Building, Lease, LeasePayment, RentStep, Unit
from ..selectors.bills import Step
from . import amount, day, offer, text

STEP = re.compile(
    r"(?:(?P<year>\d{4})[-./年]?(?P<month>\d{1,2})[-./月]?(?P<day>\d{1,2})日?\s*[,，:：\s]\s*)?(?P<rate>\d+(?:\.\d{1,4})?)"
)


class UnitsField(RowsField):
    """One or several units, each named with its area and state."""

    widget = forms.SelectMultiple(attrs={"size": "6"})

    def label_from_instance(self, unit: Unit) -> str:
        return f"{unit} · {unit.gross_area_m2:,.2f} ㎡ · {unit.get_state_display()}"


def units() -> UnitsField:
    """Return a field for units; what there is to choose from is set by the form."""
    return UnitsField(queryset=Unit.objects.none(), label=_("房源"), help_text=_("可多选，须属于同一载体"))


class RentField(forms.CharField):
    """A rent as a list of steps, one a line: ``30`` from the first day, ``2027-01-01 33`` from a day on.

    Cleans to [(day or None, rate)].
    """

    widget = forms.Textarea(attrs={"rows": 3})
    default_error_messages = {
        "unreadable": _("第 %(line)s 行“%(text)s”应写成“日期 单价”，如 2027-01-01 33。")
    }

    def to_python(self, value: Any) -> Any:
        steps: list[tuple[date | None, Decimal]] = []
        for number, line in enumerate(str(value or "").splitlines(), 1):
            if not line.strip():
                continue
            match = STEP.fullmatch(line.strip())
            try:
                if match is None:
                    raise ValueError(line)
                on = None
                if match["year"]:
                    on = date(int(match["year"]), int(match["month"]), int(match["day"]))
                steps.append((on, Decimal(match["rate"])))
            except (ValueError, InvalidOperation) as error:
                raise ValidationError(
                    self.error_messages["unreadable"],
                    "unreadable",
                    {"line": number, "text": line.strip()[:40]},
                ) from error
        return steps

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], "required")

    def run_validators(self, value: Any) -> None:
        """Check nothing more: the steps are no text by now."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return "\n".join(f"{step.from_on.isoformat()} {step.rate_cny.normalize():f}" for step in value)
        return value


class RentFields(ZForm):
    """A rent: its steps, and by what they are counted."""

    rent = RentField(
        label=_("租金单价"),
        help_text=_("一行一档：第一行只写单价，递增的写“日期 单价”，如 2027-01-01 33"),
    )
    per = forms.ChoiceField(label=_("计租方式"), choices=RentStep.Per.choices)

    def steps_from(self, first: date) -> list[Step]:
        """Return the steps that were entered; one without a day begins on ``first``."""
        per: Literal["day", "month"] = "day" if self.cleaned_data.pop("per") == RentStep.Per.DAY else "month"
        return [Step(on or first, rate, per) for on, rate in self.cleaned_data.pop("rent")]


class HoldForm(ZForm):
    """Units kept for somebody until a day."""

    units = units()
    held_for = text(_("预留对象"), 120, required=True, help_text=_("企业或项目名称；签约方同名时自动转签约"))
    until = day(_("预留至"))
    why = text(_("预留事由"), 200, help_text=_("如 等待董事会决议"))

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "units", units)


class HoldExtendForm(ZForm):
    """Another last day of a hold, and why."""

    until = day(_("预留至"))
    reason = text(_("调整原因"), 200, required=True)


class WhyForm(ZForm):
    """Why something is done."""

    why = text(_("原因"), 200, required=True)


class HoldLimitForm(ZForm):
    """How long a hold may last from a day on."""

    days = forms.IntegerField(label=_("最长预留天数"), min_value=1, max_value=730)
    since = day(_("自"))
    reason = text(_("依据"), 200, help_text=_("如 会议纪要编号"))


class LeaseTerms(RentFields):
    """What a lease says that may change."""

    number = text(_("合同编号"), 60, required=True)
    tenant = text(
        _("承租方"), 120, required=True, help_text=_("填写全称或统一社会信用代码，已建档的企业会自动关联")
    )
    signed_on = day(_("签约日期"))
    starts_on = day(_("起租日期"))
    ends_on = day(_("到期日期"), help_text=_("租期的最后一天"))
    rent_free_from = day(_("免租起"), required=False)
    rent_free_to = day(_("免租止"), required=False, help_text=_("免租期的最后一天"))
    payment_months = forms.TypedChoiceField(
        label=_("付款周期"), choices=Lease.Period.choices, coerce=int, help_text=_("每期首日应付当期租金")
    )
    deposit_cny = amount(_("押金"), "元", digits=16)
    options = text(_("优先权与选择权"), 200, help_text=_("如 到期前 90 天可优先续租"))
    note = text(_("备注"), 200)
    groups: Any = (
        (_("合同"), ("number", "tenant", "signed_on")),
        (_("租期"), ("starts_on", "ends_on", "rent_free_from", "rent_free_to")),
        (_("租金"), ("rent", "per", "payment_months", "deposit_cny")),
        (_("其他"), ("options", "note")),
    )

    def said(self) -> dict[str, Any]:
        """Return what was entered, as the services take it."""
        steps = self.steps_from(self.cleaned_data["starts_on"])
        values = dict(self.cleaned_data)
        values["deposit_cny"] = values["deposit_cny"] or Decimal(0)
        return values | {"rent": steps}


class LeaseForm(LeaseTerms):
    """A new lease."""

    units = units()
    area_m2 = amount(_("租赁面积"), "㎡")
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)
    groups = (
        (_("合同"), ("number", "tenant", "signed_on")),
        (_("房源"), ("units", "area_m2")),
        (_("租期"), ("starts_on", "ends_on", "rent_free_from", "rent_free_to")),
        (_("租金"), ("rent", "per", "payment_months", "deposit_cny")),
        (_("其他"), ("options", "note", "evidence", "evidence_note")),
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "units", units)
        self.fields["area_m2"].help_text = _("只租一部分时填写，且只选一个房源；不填为全部建筑面积")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("area_m2") and len(found.get("units") or ()) > 1:
            self.add_error("area_m2", _("多个房源时请分别登记，或不填面积。"))
        return found


class LeaseChangeForm(LeaseTerms):
    """What a lease says from now on, and why."""

    reason = text(_("变更原因"), 200, required=True, help_text=_("原条款保留在时间线中"))
    groups = (*LeaseTerms.groups, (_("原因"), ("reason",)))

    @staticmethod
    def of(lease: Lease, steps: list[Step]) -> dict[str, Any]:
        """Return what the lease says, for filling in."""
        names = (
            "number",
            "signed_on",
            "starts_on",
            "ends_on",
            "rent_free_from",
            "rent_free_to",
            "payment_months",
            "deposit_cny",
            "options",
            "note",
        )
        said = {name: getattr(lease, name) for name in names}
        return said | {"tenant": lease.tenant_name, "rent": steps, "per": steps[-1].per if steps else "month"}


class LeaseRenewForm(RentFields):
    """A renewal: what is not entered stays as it was."""

    number = text(_("合同编号"), 60, required=True)
    signed_on = day(_("签约日期"))
    starts_on = day(_("起租日期"))
    ends_on = day(_("到期日期"))
    payment_months = forms.TypedChoiceField(label=_("付款周期"), choices=Lease.Period.choices, coerce=int)
    deposit_cny = amount(_("押金"), "元", digits=16)
    options = text(_("优先权与选择权"), 200)
    note = text(_("备注"), 200)
    groups = (
        (_("合同"), ("number", "signed_on")),
        (_("租期"), ("starts_on", "ends_on")),
        (_("租金"), ("rent", "per", "payment_months", "deposit_cny")),
        (_("其他"), ("options", "note")),
    )

    def said(self) -> dict[str, Any]:
        """Return what was entered, as the services take it."""
        steps = self.steps_from(self.cleaned_data["starts_on"])
        return dict(self.cleaned_data) | {"rent": steps}


class LeaseEndForm(ZForm):
    """The last day of a lease that ends before its time."""

    on = day(_("最后一天"), help_text=_("次日起房源空出；已产生的欠租保留"))
    reason = text(_("终止原因"), 200, required=True)
    evidence_note = text(_("佐证说明"), 200)


class LeaseSwapForm(RentFields):
    """Units of a running lease for others, from a day; another rent when that changes as well."""

    on = day(_("调换日期"), help_text=_("从这天起换；当天起按新面积计租"))
    out = UnitsField(queryset=Unit.objects.none(), label=_("调出房源"), help_text=_("可多选，当天起空出"))
    units = units()
    reason = text(_("调换原因"), 200, required=True, help_text=_("如 承租方扩产，换到二层"))
    groups = (
        (_("调换"), ("on", "out", "units", "reason")),
        (_("租金"), ("rent", "per")),
    )

    def __init__(self, *args: Any, leased: QuerySet[Unit], units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "out", leased)
        offer(self, "units", units)
        self.fields["units"].label = _("调入房源")
        self.fields["rent"].required = False
        self.fields["rent"].help_text = _("单价不变则不填；变的一行一档，第一行只写单价")

    def said(self) -> dict[str, Any]:
        """Return what was entered, as the services take it."""
        steps = self.steps_from(self.cleaned_data["on"])
        return dict(self.cleaned_data) | {"rent": steps or None}


class PaymentForm(ZForm):
    """Money that came or went back."""

    on = day(_("日期"))
    kind = forms.ChoiceField(label=_("款项"), choices=LeasePayment.Kind.choices)
    amount_cny = amount(_("金额"), "元", required=True, digits=16)
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200, help_text=_("如 银行回单号"))


class PaymentCorrectForm(ZForm):
    """What a payment should have said, and why it did not."""

    on = day(_("日期"))
    kind = forms.ChoiceField(label=_("款项"), choices=LeasePayment.Kind.choices)
    amount_cny = amount(_("金额"), "元", required=True, digits=16)
    evidence_note = text(_("佐证说明"), 200)
    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: LeasePayment) -> dict[str, Any]:
        """Return what the payment says, for filling in."""
        return {
            "on": entry.happened_on,
            "kind": entry.kind,
            "amount_cny": entry.amount_cny,
            "evidence_note": entry.evidence_note,
        }


class BuildingField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A building, named with its site."""

    def label_from_instance(self, building: Building) -> str:
        return f"{building.site} {building}"


class ArrivalFields(ZForm):
    """Who is to arrive where and when."""

    building = BuildingField(label=_("楼栋"), queryset=Building.objects.none())
    who = text(_("引进对象"), 120, required=True, help_text=_("品牌、企业或项目名称"))
    month = forms.DateField(
        label=_("计划月份"),
        input_formats=["%Y-%m", "%Y-%m-%d"],
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-06"}),
    )
    note = text(_("备注"), 200)

    def __init__(self, *args: Any, buildings: QuerySet[Building], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "building", buildings)


class ArrivalForm(ArrivalFields):
    """A new plan."""


class ArrivalChangeForm(ArrivalFields):
    """What a plan says from now on; another month needs a reason."""

    reason = text(_("调整原因"), 200, help_text=_("调整月份时必填"))

    @staticmethod
    def of(arrival: Arrival) -> dict[str, Any]:
        """Return what the plan says, for filling in."""
        return {
            "building": arrival.building_id,
            "who": arrival.who,
            "month": f"{arrival.expected_month:%Y-%m}",
            "note": arrival.note,
        }


class ArrivalDoneForm(ZForm):
    """The day on which somebody arrived."""

    on = day(_("到位日期"))
