"""What people fill in on the pages of projects. Shape only; the rules are in the services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, Sector, User, Zone
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.apps.zones.selectors.sectors import sectors_on
from zhuchao.web.forms import EvidenceField, RecordChoice, ZForm

from ..models import BatchPlace, Investment, Milestone, Project, Stage, StageEntry

WAN = Decimal(10_000)
CENT = Decimal("0.01")
DAY = forms.DateInput(attrs={"type": "date", "data-day": ""}, format="%Y-%m-%d")


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DAY)


def wan(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DecimalField:
    """Return a field for an amount in 万元."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-unit": "万元"})
    return forms.DecimalField(
        label=label, required=required, max_digits=18, decimal_places=6, help_text=help_text, widget=widget
    )


def text(
    label: Any, most: int, *, required: bool = False, help_text: Any = "", lines: int = 1
) -> forms.CharField:
    """Return a field for a text."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, widget=widget
    )


def year(label: Any) -> forms.IntegerField:
    """Return a field for a year."""
    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=1990, max_value=2099, localize=False, widget=widget)


def in_yuan(amount_wan: Decimal | None) -> Decimal | None:
    """Return an amount typed in 万元 in yuan, to the cent."""
    return None if amount_wan is None else (amount_wan * WAN).quantize(CENT)


def in_wan(amount_cny: Decimal | None) -> str | None:
    """Return an amount in yuan as it is typed in 万元."""
    return None if amount_cny is None else f"{(amount_cny / WAN).normalize():f}"


class ProjectForm(ZForm):
    """The facts of a project that are edited as one."""

    code = text(_("项目编号"), 40, help_text=_("没有可不填；同一辖区不能重复"))
    name = text(_("项目名称"), 120, required=True)
    company = text(_("项目单位"), 120, help_text=_("填写全称或统一社会信用代码，已建档的企业会自动关联"))
    kind = forms.ChoiceField(label=_("类别"), choices=Project.Kind.choices, initial=Project.Kind.NEW)
    sector = forms.ModelChoiceField(
        Sector.objects.none(), label=_("产业领域"), required=False, empty_label="—"
    )
    theme = text(_("专题"), 60, help_text=_("如 新基建产业园"))
    total_investment_cny = wan(_("总投资"))
    source_region = text(_("来源地"), 60, help_text=_("如 苏州"))
    district = text(_("片区"), 40)
    address = text(_("地址"), 200)
    note = text(_("形象进度"), 500, lines=2, help_text=_("如 一期主体即将竣工"))
    parent: RecordChoice = RecordChoice(
        label=_("上级项目"),
        required=False,
        help_text=_("本项目是某个项目的一期或子项目时选择；阶段、投资和红绿灯各记各的"),
    )
    part = text(_("分期或子项目"), 60, help_text=_("如 二期、机器人租售中心"))
    distinct_reason = text(
        _("确认不重复"), 200, help_text=_("为什么不是同一个项目，如“二期，另行备案”。理由会永久保留。")
    )

    groups: Any = (
        (_("项目"), ("code", "name", "company", "kind", "distinct_reason")),
        (_("产业与投资"), ("sector", "theme", "total_investment_cny", "source_region")),
        (_("位置与进度"), ("district", "address", "note")),
        (_("分期与子项目"), ("parent", "part")),
    )

    def __init__(
        self, *args: Any, zone: Zone, parents: Any, kept_sector: Sector | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = _sectors(zone, kept_sector)  # type: ignore[attr-defined]
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["parent"].url = reverse("project-parents")  # type: ignore[attr-defined]
        if not self["distinct_reason"].value():
            self.fields["distinct_reason"].widget = forms.HiddenInput()

    def ask_why_distinct(self) -> None:
        """Show the field for the reason: there is something to give a reason for."""
        self.fields["distinct_reason"].widget = forms.TextInput()

    def clean_total_investment_cny(self) -> Decimal | None:
        return in_yuan(self.cleaned_data["total_investment_cny"])

    @staticmethod
    def of(project: Project) -> dict[str, Any]:
        """Return what the project says, for filling in."""
        names = (
            "code",
            "name",
            "company",
            "kind",
            "sector",
            "theme",
            "source_region",
            "district",
            "address",
            "note",
            "parent",
            "part",
        )
        return {name: getattr(project, name) for name in names} | {
            "total_investment_cny": in_wan(project.total_investment_cny)
        }


class ProjectAddForm(ProjectForm):
    """A new project, with the one who answers for it."""

    officer: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None, label=_("金牌店小二"), required=False, help_text=_("一个项目一名责任人")
    )
    department: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        queryset=None, label=_("责任单位"), required=False
    )
    lead: forms.ModelChoiceField[Lead] = forms.ModelChoiceField(
        queryset=None, required=False, widget=forms.HiddenInput
    )

    groups: Any = (*ProjectForm.groups, (_("责任"), ("officer", "department")))

    def __init__(self, *args: Any, zone: Zone, leads: Any, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        _offer_officers(self, zone)
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]

    @staticmethod
    def of_parent(parent: Project) -> dict[str, Any]:
        """Return what a new part has from its parent, for filling in."""
        names = ("company", "kind", "sector", "theme", "source_region", "district", "address", "officer")
        return {name: getattr(parent, name) for name in (*names, "department")} | {"parent": parent}

    @staticmethod
    def of_lead(lead: Lead) -> dict[str, Any]:
        """Return what a lead says, for filling in."""
        return {
            "lead": lead.pk,
            "name": lead.name,
            "company": lead.investor,
            "sector": lead.sector_id,
            "source_region": lead.source_region,
            "total_investment_cny": in_wan(lead.planned_investment_cny),
            "officer": lead.owner_id,
            "department": lead.department_id,
        }


class OfficerForm(ZForm):
    """Who answers for a project from now on."""

    officer: forms.ModelChoiceField[User] = forms.ModelChoiceField(queryset=None, label=_("金牌店小二"))
    department: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        queryset=None, label=_("责任单位"), required=False
    )
    reason = text(_("交接原因"), 200, help_text=_("换人时必填，会永久保留"))

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_officers(self, zone)


class StageCorrectForm(ZForm):
    """What a stage entry should have said, and why it did not."""

    happened_on = day(_("日期"))
    total_investment_cny = wan(_("当时的总投资"))
    sector = forms.ModelChoiceField(
        Sector.objects.none(), label=_("当时的产业领域"), required=False, empty_label="—"
    )
    source_region = text(_("来源地"), 60)
    is_new = forms.BooleanField(label=_("新引进"), required=False)
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)
    reason = text(_("更正原因"), 200, required=True)

    def __init__(self, *args: Any, zone: Zone, kept_sector: Sector | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = _sectors(zone, kept_sector)  # type: ignore[attr-defined]

    def clean_total_investment_cny(self) -> Decimal | None:
        return in_yuan(self.cleaned_data["total_investment_cny"])

    @staticmethod
    def of(entry: StageEntry) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        names = ("happened_on", "sector", "source_region", "is_new", "evidence_note")
        return {name: getattr(entry, name) for name in names} | {
            "total_investment_cny": in_wan(entry.total_investment_cny)
        }


class MilestoneForm(ZForm):
    """A step and the day it is planned for."""

    stage = forms.ChoiceField(
        label=_("对应阶段"),
        choices=[("", _("其他节点")), *Stage.choices],
        required=False,
        help_text=_("登记该阶段时自动完成"),
    )
    name = text(_("节点"), 60, help_text=_("对应阶段的可不填"))
    planned_on = day(_("计划日期"))


class MilestoneEditForm(ZForm):
    """A step moved to another day or given another name."""

    name = text(_("节点"), 60, required=True)
    planned_on = day(_("计划日期"))
    reason = text(_("调整原因"), 200)

    @staticmethod
    def of(milestone: Milestone) -> dict[str, Any]:
        """Return what the step says, for filling in."""
        return {name: getattr(milestone, name) for name in ("name", "planned_on")}


class MilestoneMeetForm(ZForm):
    """The day a step was met; empty when it was not met after all."""

    on = day(_("完成日期"), required=False, help_text=_("留空表示尚未完成"))


class MilestoneRemoveForm(ZForm):
    """Why a planned step is taken away."""

    reason = text(_("删除原因"), 200, required=True)


class InvestmentForm(ZForm):
    """Money that went into a project."""

    kind = forms.ChoiceField(label=_("资金类别"), choices=Investment.Kind.choices)
    happened_on = day(_("日期"))
    amount_cny = wan(_("金额"), required=True, help_text=_("退回的资金填负数"))
    payer = text(_("投入方"), 120)
    document_kind = forms.ChoiceField(
        label=_("凭证种类"), choices=[("", "—"), *Investment.Document.choices], required=False
    )
    voucher_no = text(_("凭证号"), 60, help_text=_("没有凭证号也没有佐证材料的为“未核实”，不计入合计"))
    evidence = EvidenceField()
    evidence_note = text(_("备注"), 200)
    over_plan_reason = text(
        _("超计划说明"), 200, help_text=_("当年超出年度计划、或累计超出总投资时必填，会永久保留")
    )

    def clean_amount_cny(self) -> Decimal | None:
        return in_yuan(self.cleaned_data["amount_cny"])


class InvestmentCorrectForm(InvestmentForm):
    """What an investment entry should have said, and why it did not."""

    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(entry: Investment) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        names = (
            *("kind", "happened_on", "payer", "document_kind", "voucher_no", "evidence_note"),
            "over_plan_reason",
        )
        return {name: getattr(entry, name) for name in names} | {"amount_cny": in_wan(entry.amount_cny)}


class AnnualPlanForm(ZForm):
    """What a project is to invest in a year."""

    year = year(_("年度"))
    amount_cny = wan(_("年度计划投资"), required=True)
    evidence_note = text(_("依据"), 200, help_text=_("如 重大项目清单文号"))
    reason = text(_("调整原因"), 200, help_text=_("该年度已有计划时必填；原计划保留"))

    def clean_amount_cny(self) -> Decimal | None:
        return in_yuan(self.cleaned_data["amount_cny"])


class LabelForm(ZForm):
    """A list the project is on for a year."""

    label = text(_("标签"), 30, required=True, help_text=_("如 列省、列市、市重大"))
    year = year(_("年度"))
    on = day(_("列入日期"), required=False, help_text=_("不填为今天"))
    evidence_note = text(_("依据"), 200)


class BatchPlaceForm(ZForm):
    """A project's place in a batch campaign."""

    batch_name = text(_("批次"), 40, required=True, help_text=_("如 2024年第三期"))
    list_ = forms.ChoiceField(label=_("批次清单"), choices=BatchPlace.List.choices)
    platform = forms.ChoiceField(label=_("批次平台"), choices=BatchPlace.Platform.choices)
    on = day(_("列入日期"), required=False, help_text=_("不填为今天"))
    evidence_note = text(_("依据"), 200)


class BatchConvertForm(BatchPlaceForm):
    """The later list of a campaign that a project goes on to."""

    def __init__(self, *args: Any, place: BatchPlace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = list(BatchPlace.List)
        later = order[order.index(BatchPlace.List(place.list)) + 1 :]
        self.fields["list_"].choices = [(each.value, each.label) for each in later]  # type: ignore[attr-defined]


def _sectors(zone: Zone, kept: Sector | None) -> Any:
    """Return the sectors in force, and the one that is set."""
    in_force = sectors_on(zone, zones.today(zone))
    return (
        in_force if kept is None else Sector.objects.filter(Q(pk=kept.pk) | Q(pk__in=in_force.values("pk")))
    )


def _offer_officers(form: forms.Form, zone: Zone) -> None:
    form.fields["officer"].queryset = officers_of(zone)  # type: ignore[attr-defined]
    form.fields["department"].queryset = zone.departments.filter(is_active=True)  # type: ignore[attr-defined]
