"""What people fill in on the pages of promotion. Shape only; the rules are in the services."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.selectors import firms_named
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Alliance, Department, Sector, User, Zone
from zhuchao.apps.zones.selectors.alliances import alliances_to_share_with
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.apps.zones.selectors.sectors import sectors_on
from zhuchao.engines.units import from_base, to_base, unit_named
from zhuchao.web.forms import AreaField, EvidenceField, ZForm

from ..models import CRITERIA, Activity, ActivityParty, Dispute, Lead, LeadNeeds, LeadStage
from ..selectors import Share, party_named, read_percent, zones_to_refer_to

DAY = forms.DateInput(attrs={"type": "date", "data-day": ""})
SEPARATORS = re.compile(r"[、；;\n\r]+")


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DAY)


def text(
    label: Any, most: int, *, required: bool = False, help_text: Any = "", lines: int = 1
) -> forms.CharField:
    """Return a field for a text."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, widget=widget
    )


def money(label: Any) -> forms.DecimalField:
    """Return a field for an amount; ``in_yuan`` makes it what is kept."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-unit": "万元"})
    return forms.DecimalField(label=label, required=False, max_digits=16, decimal_places=6, widget=widget)


def in_yuan(amount: Decimal | None) -> Decimal | None:
    """Return an amount typed in 万元 in yuan."""
    return None if amount is None else to_base(amount, unit_named("万元"))


def in_wan(amount_cny: Decimal | None) -> Decimal | None:
    """Return an amount in yuan as it is typed, in 万元."""
    return None if amount_cny is None else from_base(amount_cny, unit_named("万元"))


def names_in(words: str) -> list[str]:
    """Return the names in a text, one a line or between 、 and ；.

    >>> names_in("甲公司、乙公司；丙公司")
    ['甲公司', '乙公司', '丙公司']
    """
    return [name.strip() for name in SEPARATORS.split(words) if name.strip()]


def offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Say among which rows a field of a form chooses."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


class LeadFacts(ZForm):
    """The facts of a lead that are edited as one."""

    THE_PROJECT = (
        _("项目情况"),
        (
            "name",
            "investor",
            "credit_code",
            "sector",
            "planned_investment_cny",
            "signed_investment_cny",
            "needs",
        ),
    )
    ITS_SOURCE = (
        _("来源"),
        (
            "found_on",
            "source",
            "source_enterprise",
            "source_lead",
            "source_note",
            "source_region",
            "alliance",
        ),
    )
    name = text(_("项目名称"), 120, required=True)
    investor = text(_("投资方"), 120, help_text=_("企业全称，用来查重"))
    credit_code = text(_("统一社会信用代码"), 18, help_text=_("18 位，会校验最后一位"))
    sector: "forms.ModelChoiceField[Sector]" = forms.ModelChoiceField(
        label=_("产业领域"), queryset=None, required=False
    )
    planned_investment_cny = money(_("计划总投资"))
    signed_investment_cny = money(_("签约金额"))
    needs = text(_("落户需求"), 500, lines=3, help_text=_("面积、层高、荷载、用电、政策等"))
    source = forms.ChoiceField(label=_("线索来源"), choices=Lead.Source.choices)
    source_note = text(_("来源说明"), 120, help_text=_("推荐人、展会名称等"))
    source_region = text(_("来源地"), 60, help_text=_("如 苏州、上海、日本"))
    source_enterprise = text(
        _("推荐企业"), 120, help_text=_("以商招商的，填推荐它的企业全称或信用代码；企业须已建档")
    )
    source_lead = text(
        _("由哪条线索带来"), 120, help_text=_("由另一条线索的投资方介绍来的，填那条线索的项目名称")
    )
    found_on = day(_("获得日期"))
    next_action = text(_("下一步"), 120, help_text=_("如 约企业来踏勘"))
    next_action_on = day(_("下一步日期"), required=False)
    alliance: "forms.ModelChoiceField[Alliance]" = forms.ModelChoiceField(
        label=_("共享到"), queryset=None, required=False, help_text=_("联盟成员可以查看这条线索")
    )
    duplicate_reason = text(
        _("确认不重复的理由"), 200, help_text=_("只在提示可能重复、核对后确认是不同项目时填写")
    )

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        offer(self, "sector", sectors_on(zone, zones.today(zone)))
        offer(self, "alliance", alliances_to_share_with(zone))

    def clean_planned_investment_cny(self) -> Decimal | None:
        return in_yuan(self.cleaned_data["planned_investment_cny"])

    def clean_signed_investment_cny(self) -> Decimal | None:
        return in_yuan(self.cleaned_data["signed_investment_cny"])

    def clean_source_enterprise(self) -> Enterprise | None:
        said = self.cleaned_data["source_enterprise"].strip()
        found = firms_named(self.zone.pk, [said]).get(said) if said else None
        if said and found is None:
            raise forms.ValidationError(
                _("企业台账中没有“%(name)s”。请核对全称，或先为它建档。"), params={"name": said}
            )
        return found

    def clean_source_lead(self) -> Lead | None:
        said = " ".join(self.cleaned_data["source_lead"].split())
        found = Lead.objects.filter(zone=self.zone, name=said).order_by("pk").first() if said else None
        if said and found is None:
            raise forms.ValidationError(_("没有名为“%(name)s”的线索。"), params={"name": said})
        return found


class LeadAddForm(LeadFacts):
    """A new lead."""

    groups = (
        LeadFacts.THE_PROJECT,
        LeadFacts.ITS_SOURCE,
        (_("跟进"), ("stage", "stage_on", "owner", "department", "next_action", "next_action_on")),
    )
    stage = forms.ChoiceField(
        label=_("阶段"),
        choices=[choice for choice in Lead.Stage.choices if choice[0] != Lead.Stage.MOVED],
    )
    stage_on = day(_("阶段日期"), required=False, help_text=_("不填为获得日期"))
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("责任人"), queryset=None, required=False
    )
    department: "forms.ModelChoiceField[Department]" = forms.ModelChoiceField(
        label=_("责任单位"), queryset=None, required=False
    )

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        offer(self, "owner", officers_of(zone))
        offer(self, "department", zone.departments.filter(is_active=True))


class LeadForm(LeadFacts):
    """The facts of a lead."""

    groups = (
        LeadFacts.THE_PROJECT,
        LeadFacts.ITS_SOURCE,
        (_("跟进"), ("next_action", "next_action_on")),
    )

    @staticmethod
    def of(lead: Lead) -> dict[str, Any]:
        """Return what is kept of the lead, for filling in."""
        said = {name: getattr(lead, name, None) for name in LeadForm.base_fields}
        return said | {
            "planned_investment_cny": in_wan(lead.planned_investment_cny),
            "signed_investment_cny": in_wan(lead.signed_investment_cny),
        }


class AssignForm(ZForm):
    """Who answers for a lead."""

    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(label=_("责任人"), queryset=None)
    department: "forms.ModelChoiceField[Department]" = forms.ModelChoiceField(
        label=_("责任单位"), queryset=None, required=False
    )
    reason = text(_("交接原因"), 200)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        offer(self, "owner", officers_of(zone))
        offer(self, "department", zone.departments.filter(is_active=True))


class ReturnForm(ZForm):
    """Why a lead is given back to the public pool."""

    reason = text(_("退回原因"), 200, required=True, help_text=_("如 联系不上、专业不对口；同事领取时看得到"))


class FirstContactForm(ZForm):
    """Who met the investor first, on what evidence."""

    person: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(label=_("首招人"), queryset=None)
    department: "forms.ModelChoiceField[Department]" = forms.ModelChoiceField(
        label=_("首招单位"), queryset=None, required=False
    )
    on = day(_("首招日期"))
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200, help_text=_("如 3月2日微信首次约谈记录，存招商一局"))

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        offer(self, "person", officers_of(zone))
        offer(self, "department", zone.departments.filter(is_active=True))


class DisputeForm(ZForm):
    """Since when the first contact was one's own, and why."""

    claimed_on = day(_("主张的首招日期"))
    argument = text(_("陈述"), 2000, required=True, lines=5, help_text=_("何时、何地、与谁接触，有什么材料"))


class ArgumentForm(ZForm):
    """What somebody says in a dispute."""

    text = text(_("陈述"), 2000, required=True, lines=5)
    evidence = EvidenceField()


class DecisionForm(ZForm):
    """How a dispute ends, and why."""

    outcome = forms.ChoiceField(label=_("裁定"), choices=Dispute.Outcome.choices, widget=forms.RadioSelect)
    reason = text(_("裁定理由"), 500, required=True, lines=3)


class CreditForm(ZForm):
    """How the credit is shared: one party a line, its name and its per cent."""

    parts = text(
        _("功劳分配"),
        2000,
        required=True,
        lines=5,
        help_text=_("一行一方：姓名、部门或园区，空格，百分数。如 李专员 60；合计须正好 100"),
    )
    reason = text(_("分配理由"), 200, required=True)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        self.zone = zone

    def clean_parts(self) -> list[Share]:
        return [self._part(line) for line in self.cleaned_data["parts"].splitlines() if line.strip()]

    def _part(self, line: str) -> Share:
        name, _space, number = line.replace("：", " ").strip().rpartition(" ")
        percent = read_percent(number)
        if percent is None or not name.strip():
            raise forms.ValidationError(_("“%(line)s”应写成 李专员 60 这样。"), params={"line": line.strip()})
        found = party_named(self.zone, name.strip(), percent)
        if found is None:
            raise forms.ValidationError(
                _("没有名为“%(name)s”的人员、部门或联盟园区，或不止一个。"), params={"name": name.strip()}
            )
        return found


class TransferForm(AssignForm, CreditForm):
    """To whom a lead is handed over, and how the credit is shared from then on."""

    reason = text(_("交接原因"), 200, required=True)


class ReferralForm(ZForm):
    """To which park a lead is offered, and which part of the credit stays."""

    to_zone: "forms.ModelChoiceField[Zone]" = forms.ModelChoiceField(label=_("转给"), queryset=None)
    giving_share = forms.DecimalField(
        label=_("本方功劳"),
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        initial=50,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-unit": "%"}),
        help_text=_("其余归接收方，合计 100%"),
    )
    note = text(_("转出说明"), 500, lines=3)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        offer(self, "to_zone", zones_to_refer_to(zone))


class AcceptForm(ZForm):
    """Who will answer for a lead that another park offers."""

    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(label=_("责任人"), queryset=None)
    department: "forms.ModelChoiceField[Department]" = forms.ModelChoiceField(
        label=_("责任单位"), queryset=None, required=False
    )
    answer = text(_("答复说明"), 500)
    duplicate_reason = text(
        _("确认不重复的理由"), 200, help_text=_("只在提示可能重复、核对后确认是不同项目时填写")
    )

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        offer(self, "owner", officers_of(zone))
        offer(self, "department", zone.departments.filter(is_active=True))


class WhyForm(ZForm):
    """Why an offered lead is declined or an offer taken back."""

    reason = text(_("原因"), 500, required=True, lines=2)


class TalksForm(ZForm):
    """About which firm other parks are asked."""

    name = text(_("企业全称"), 120)
    credit_code = text(_("统一社会信用代码"), 18)


class StageForm(ZForm):
    """The stage a lead came into; ``seen`` is the entry the person had before their eyes."""

    stage = forms.ChoiceField(label=_("转为"))
    on = day(_("日期"))
    note = text(_("情况说明"), 200, help_text=_("转为流失时必填原因"))
    evidence = EvidenceField()
    override_reason = text(
        _("越过关口的理由"), 200, help_text=_("关口要求的内容没有齐、确需先办的，由领导填写")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, moves: Any, may_override: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_override:
            del self.fields["override_reason"]
        field = self.fields["stage"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(move.value, move.label) for move in moves]


class StageCorrectForm(ZForm):
    """What a stage entry should have said, and why it did not."""

    stage = forms.ChoiceField(label=_("阶段"), choices=Lead.Stage.choices)
    on = day(_("日期"))
    sector: "forms.ModelChoiceField[Sector]" = forms.ModelChoiceField(
        label=_("产业领域"), queryset=None, required=False
    )
    planned_investment_cny = money(_("计划总投资"))
    evidence_note = text(_("情况说明"), 200)
    reason = text(_("更正原因"), 200, required=True)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "sector", Sector.objects.filter(zone=zone))

    def clean_planned_investment_cny(self) -> Decimal | None:
        return in_yuan(self.cleaned_data["planned_investment_cny"])

    @staticmethod
    def of(entry: LeadStage) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        return {
            "stage": entry.stage,
            "on": entry.happened_on,
            "sector": entry.sector_id,
            "planned_investment_cny": in_wan(entry.planned_investment_cny),
            "evidence_note": entry.evidence_note,
        }


class ActivityForm(ZForm):
    """An activity and everybody it met."""

    groups: Iterable[tuple[Any, Iterable[str]]] = (
        (_("活动"), ("title", "kind", "direction", "on", "ended_on", "place", "country")),
        (_("参加"), ("department", "members", "partner", "alliance", "joint_code")),
        (_("对接"), ("firms", "agencies", "new_leads")),
        (_("记录"), ("minutes", "meeting_url", "evidence", "evidence_note")),
    )
    title = text(_("活动名称"), 160, required=True, help_text=_("如 赴南京招商考察"))
    kind = forms.ChoiceField(label=_("类型"), choices=Activity.Kind.choices)
    direction = forms.ChoiceField(label=_("方向"), choices=Activity.Direction.choices)
    on = day(_("活动日期"))
    ended_on = day(_("结束日期"), required=False, help_text=_("当天结束的不填"))
    place = text(_("地点"), 120)
    country = text(_("国家或地区"), 40, help_text=_("境外活动填写"))
    department: "forms.ModelChoiceField[Department]" = forms.ModelChoiceField(
        label=_("责任单位"), queryset=None, required=False
    )
    members = text(_("参加人员"), 200)
    partner = text(_("合作单位"), 120, help_text=_("如 农业银行姑苏支行"))
    alliance: "forms.ModelChoiceField[Alliance]" = forms.ModelChoiceField(
        label=_("联盟"), queryset=None, required=False
    )
    joint_code = text(_("联办编号"), 40, help_text=_("几个园区合办的活动填同一个编号，合并统计时只计一次"))
    firms = text(_("对接企业"), 4000, lines=3, help_text=_("一行一家，或用顿号隔开；已建档的企业会自动关联"))
    agencies = text(_("对接机构"), 2000, lines=2, help_text=_("协会、商会、银行、研究机构等"))
    new_leads = text(_("新增线索"), 2000, lines=2, help_text=_("一行一个项目名称；已有的线索会自动关联"))
    minutes = text(_("纪要"), 5000, lines=6)
    meeting_url = forms.URLField(
        label=_("会议链接"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("云招商、线上推介的链接"),
    )
    evidence = EvidenceField()
    evidence_note = text(_("佐证说明"), 200)
    duplicate_reason = text(_("确认不重复的理由"), 200, help_text=_("只在提示新增线索可能重复时填写"))

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "department", zone.departments.filter(is_active=True))
        offer(self, "alliance", alliances_to_share_with(zone))

    def clean_firms(self) -> list[str]:
        return names_in(self.cleaned_data["firms"])

    def clean_agencies(self) -> list[str]:
        return names_in(self.cleaned_data["agencies"])

    def clean_new_leads(self) -> list[str]:
        return names_in(self.cleaned_data["new_leads"])


class ActivityCorrectForm(ActivityForm):
    """What an activity should have said, and why it did not."""

    groups = (
        (_("活动"), ("title", "kind", "direction", "on", "ended_on", "place", "country")),
        (_("参加"), ("department", "members", "partner", "alliance", "joint_code")),
        (_("对接"), ("firms", "agencies")),
        (_("记录"), ("minutes", "meeting_url", "evidence", "evidence_note")),
        (_("更正"), ("reason",)),
    )
    new_leads = None  # type: ignore[assignment]
    duplicate_reason = None  # type: ignore[assignment]
    reason = text(_("更正原因"), 200, required=True)

    @staticmethod
    def of(activity: Activity) -> dict[str, Any]:
        """Return what the entry says, for filling in."""
        met: dict[str, list[str]] = {}
        for party in activity.parties.order_by("pk"):
            met.setdefault(party.kind, []).append(party.name)
        said = {name: getattr(activity, name, None) for name in ActivityCorrectForm.base_fields}
        return said | {
            "on": activity.happened_on,
            "ended_on": activity.ended_on if activity.ended_on != activity.happened_on else None,
            "firms": "\n".join(met.get(ActivityParty.Kind.ENTERPRISE, [])),
            "agencies": "\n".join(met.get(ActivityParty.Kind.AGENCY, [])),
            "evidence": None,
            "reason": "",
        }


def number(label: Any, unit: str, *, digits: int, places: int) -> forms.DecimalField:
    """Return a field for a number with its unit inside."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-unit": unit})
    return forms.DecimalField(
        label=label, required=False, max_digits=digits, decimal_places=places, widget=widget
    )


def yes_or_no(label: Any) -> forms.TypedChoiceField:
    """Return a field for a fact that may be unknown: empty, yes or no."""
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=[("", "—"), ("True", _("是")), ("False", _("否"))],
        coerce=lambda text: text == "True",
        empty_value=None,
    )


class NeedsForm(ZForm):
    """What a lead asks of premises; ``is_hard`` is what must hold."""

    groups = (
        (_("面积与类型"), ("area_min_m2", "area_max_m2", "kinds", "use", "ground_floor")),
        (_("建筑条件"), ("clear_height_m", "floor_load_kn_m2", "hoist_t", "needs_dock", "fire_class")),
        (_("水电气"), ("power_kva", "water_m3_day", "needs_gas", "needs_sewage")),
        (_("租金与时间"), ("rent_max_cny_m2_day", "move_in_on")),
        (_("要求"), ("is_hard", "source_text")),
    )
    area_min_m2 = AreaField(label=_("最小面积"), required=False, help_text=_("可填 3000、5亩、1.2万㎡"))
    area_max_m2 = AreaField(label=_("最大面积"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("载体类型"), required=False, choices=Unit.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    use = text(_("用途"), 60, help_text=_("如 晶圆检测、跨境电商办公"))
    clear_height_m = number(_("净高不低于"), "m", digits=5, places=2)
    floor_load_kn_m2 = number(_("荷载不低于"), "kN/㎡", digits=6, places=2)
    power_kva = number(_("用电不低于"), "kVA", digits=8, places=1)
    water_m3_day = number(_("用水不低于"), "m³/天", digits=8, places=1)
    needs_gas = yes_or_no(_("需要燃气"))
    needs_sewage = yes_or_no(_("需要排污"))
    hoist_t = number(_("起重不低于"), "t", digits=6, places=2)
    needs_dock = yes_or_no(_("需要装卸口"))
    ground_floor = yes_or_no(_("需要一楼"))
    fire_class = forms.ChoiceField(
        label=_("火灾危险性类别"), required=False, choices=[("", "—"), *Unit.FireClass.choices]
    )
    rent_max_cny_m2_day = number(_("租金不高于"), "元/㎡·天", digits=8, places=3)
    move_in_on = day(_("最晚入驻日期"), required=False)
    is_hard = forms.MultipleChoiceField(
        label=_("必须满足"),
        required=False,
        choices=[(name, getattr(LeadNeeds._meta.get_field(name), "verbose_name", name)) for name in CRITERIA],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("勾选的达不到就不推荐；没有勾选的只影响排序"),
    )
    source_text = text(_("需求原文"), 5000, lines=4)

    @staticmethod
    def of(needs: LeadNeeds | None) -> dict[str, Any]:
        """Return what the lead asks for already, for filling in."""
        said = {} if needs is None else {name: getattr(needs, name) for name in NeedsForm.base_fields}
        return {name: str(value) if isinstance(value, bool) else value for name, value in said.items()}
