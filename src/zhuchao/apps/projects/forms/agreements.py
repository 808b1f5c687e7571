"""What people fill in about agreements and covenants. Shape only; the rules are in the services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, Zone
from zhuchao.web.forms import AreaField, EvidenceField, MoneyField, ZForm

from ..models import ZONE_SIDE, Agreement, AgreementReview, Covenant, CovenantFinding, CovenantKind, Side

PEOPLE = forms.TextInput(attrs={"inputmode": "numeric", "data-unit": _("人")})


def line(
    label: Any, most: int, *, required: bool = False, help_text: Any = "", rows: int = 1
) -> forms.CharField:
    """Return a field for a text."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput()
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, widget=widget
    )


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date", "data-day": ""}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def people(label: Any) -> forms.IntegerField:
    """Return a field for a number of persons."""
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=99_999_999, widget=PEOPLE, localize=False
    )


class AgreementForm(ZForm):
    """The facts of an agreement."""

    kind = forms.ChoiceField(label=_("协议类别"), choices=Agreement.Kind.choices)
    number = line(_("协议编号"), 40, required=True, help_text=_("同一辖区不能重复"))
    parties = line(_("签约各方"), 300, help_text=_("如 开发区管委会、示例氢能科技有限公司"))
    area_m2 = AreaField(
        label=_("用地面积"), required=False, help_text=_("约定了亩均税收或亩均产值时必填，可写 100亩")
    )
    note = line(_("备注"), 300, rows=2)

    @staticmethod
    def of(agreement: Agreement) -> dict[str, Any]:
        """Return what the agreement says, for filling in."""
        return {name: getattr(agreement, name) for name in ("kind", "number", "parties", "area_m2", "note")}


class CovenantForm(ZForm):
    """One promise of an agreement."""

    kind = forms.ChoiceField(label=_("约定事项"))
    due_on = day(_("期限"), help_text=_("最晚在这一天做到"))
    year = forms.IntegerField(
        label=_("考核年度"),
        required=False,
        min_value=1990,
        max_value=2099,
        localize=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("产值、营业收入、税收和亩均指标必填"),
    )
    amount = MoneyField(
        label=_("约定金额"), required=False, help_text=_("产值、税收、投资、资金、奖励；亩均指标填每亩的金额")
    )
    people = people(_("约定人数"))
    clause = line(_("条款"), 40, help_text=_("如 第五条第二款"))
    said = line(_("约定内容"), 300, rows=2, help_text=_("土地、道路等写明交付标准；其他承诺必填"))
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("责任单位"), required=False, help_text=_("辖区承诺由哪个部门办")
    )
    source = forms.ChoiceField(
        label=_("认定方式"),
        choices=Covenant.Source.choices,
        help_text=_("台账里没有的事项只能凭佐证认定"),
    )
    rewards = forms.ModelChoiceField(
        Covenant.objects.none(),
        label=_("兑现条件"),
        required=False,
        help_text=_("奖励在这条约定做到之后兑现"),
    )
    grant_number = line(_("申报编号"), 30, help_text=_("由哪件政策申报兑付，已付金额由此计算"))

    groups: Any = (
        (pgettext_lazy("页签", "约定"), ("kind", "due_on", "year", "amount", "people", "clause", "said")),
        (_("认定"), ("source", "department")),
        (_("奖励扶持"), ("rewards", "grant_number")),
    )

    def __init__(self, *args: Any, zone: Zone, others: QuerySet[Covenant], **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        self.fields["kind"].choices = _kinds()  # type: ignore[attr-defined]
        self.fields["department"].queryset = zone.departments.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["rewards"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return one number to be reached: persons for jobs, yuan for the rest."""
        values = super().clean() or {}
        jobs = values.get("kind") == CovenantKind.JOBS
        wrong, other = ("amount", "people") if jobs else ("people", "amount")
        if values.get(wrong) is not None:
            self.add_error(wrong, gettext("就业岗位填人数，其他事项填金额。"))
        number = values.get(other)
        values["target"] = None if number is None else Decimal(number)
        values.pop("amount", None)
        values.pop("people", None)
        return values

    @staticmethod
    def of(covenant: Covenant) -> dict[str, Any]:
        """Return what the covenant says, for filling in."""
        names = (
            "kind",
            "due_on",
            "year",
            "clause",
            "said",
            "department",
            "source",
            "rewards",
            "grant_number",
        )
        number = "people" if covenant.kind == CovenantKind.JOBS else "amount"
        target = covenant.target
        if target is not None and number == "people":
            target = target.quantize(Decimal(1))
        return {name: getattr(covenant, name) for name in names} | {number: target}


class AgreementReviewForm(ZForm):
    """A fair-competition review of an agreement."""

    conclusion = forms.ChoiceField(label=_("审查结论"), choices=AgreementReview.Conclusion.choices)
    body = line(_("审查单位"), 80, required=True, help_text=_("如 市场监督管理局"))
    on = day(_("审查日期"))
    document_no = line(_("文号"), 80, help_text=_("文号和审查文件至少有一项"))
    evidence = EvidenceField(label=_("审查文件"))
    evidence_note = line(_("说明"), 200)


class SignForm(ZForm):
    """The day an agreement was signed, and its text."""

    on = day(_("签订日期"))
    evidence = EvidenceField(label=_("协议文本"), help_text=_("签字盖章后的扫描件"))


class AmendForm(ZForm):
    """The number of an amendment."""

    number = line(
        _("补充协议编号"), 40, required=True, help_text=_("原协议的约定会全部带入草稿，修改后重新签订")
    )


class EndForm(ZForm):
    """The day an agreement ended, and why."""

    on = day(_("终止日期"))
    reason = line(_("终止原因"), 200, required=True)


class DiscardForm(ZForm):
    """Why a draft is taken away."""

    reason = line(_("删除原因"), 200, required=True)


class FindingForm(ZForm):
    """What was found of a covenant on a document."""

    result = forms.ChoiceField(label=_("认定结果"), choices=())
    on = day(_("日期"), help_text=_("做到的日期；尚未兑现的，填核实的日期"))
    amount = MoneyField(label=_("达到金额"), required=False)
    people = people(_("达到人数"))
    document_no = line(_("佐证文号"), 80, help_text=_("文号和佐证材料至少有一项"))
    evidence = EvidenceField()
    evidence_note = line(_("佐证说明"), 200, help_text=_("免除须写明理由"))

    def __init__(self, *args: Any, covenant: Covenant, may_waive: bool, **kwargs: Any) -> None:
        super().__init__(*args, zone=covenant.zone, **kwargs)
        result = CovenantFinding.Result
        choices = [result.DONE, result.NOT_DONE]
        if covenant.target is not None:
            choices.insert(1, result.VALUE)
        if may_waive:
            choices.append(result.WAIVED)
        self.fields["result"].choices = [(one.value, one.label) for one in choices]  # type: ignore[attr-defined]
        jobs = covenant.kind == CovenantKind.JOBS
        for name, is_used in (("people", jobs), ("amount", not jobs)):
            if not is_used or covenant.target is None:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Return one number that was reached."""
        values = super().clean() or {}
        number = next((values[name] for name in ("amount", "people") if values.get(name) is not None), None)
        values["value"] = None if number is None else Decimal(number)
        values.pop("amount", None)
        values.pop("people", None)
        return values


def _kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds of covenant in two groups, those of the firm first."""
    firm = [(kind.value, str(kind.label)) for kind in CovenantKind if kind not in ZONE_SIDE]
    zone = [(kind.value, str(kind.label)) for kind in CovenantKind if kind in ZONE_SIDE]
    return [(str(Side.FIRM.label), firm), (str(Side.ZONE.label), zone)]
