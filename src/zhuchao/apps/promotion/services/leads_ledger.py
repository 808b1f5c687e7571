"""线索台账: one row a lead, with the stage it is in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.selectors import firms_named
from zhuchao.apps.premises.services import lookups
from zhuchao.apps.premises.services.lookups import Lookups
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones import services as zone_services
from zhuchao.apps.zones.models import Alliance, Sector, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.alliances import alliances_to_share_with
from zhuchao.engines.identity import Party, check_credit_code, find_duplicates
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from .. import selectors
from ..models import Lead, LeadStage
from .index import index_leads
from .leads import COUNTED_BY
from .stages import enter_stages, stage_entry

FACTS = (
    "investor",
    "credit_code",
    "sector",
    "source",
    "source_note",
    "source_region",
    "source_enterprise",
    "source_lead",
    "planned_investment_cny",
    "signed_investment_cny",
    "needs",
    "owner",
    "department",
    "found_on",
    "next_action",
    "next_action_on",
    "alliance",
)


@dataclass
class Planned:
    """What a row says of a lead: its facts, the stage it came into, and since when."""

    name: str
    lead: Lead | None
    facts: dict[str, Any]
    stage: str
    stage_on: date | None
    enters_stage: bool = False


@dataclass
class Known:
    """What the zone keeps that the rows may mean; read at once for all of them."""

    zone: Zone
    lookups: Lookups
    sectors: dict[str, list[Sector]]
    alliances: dict[str, Alliance]
    leads: dict[str, list[Lead]]
    said: dict[int, list[LeadStage]]
    firms: dict[str, Enterprise]
    alike: dict[int, list[tuple[str, str]]] = field(default_factory=dict)


class LeadsLedger:
    """Leads with owner, next step and the stage they are in."""

    key = "leads"
    title: Text = _("线索台账")
    thing = "promotion.lead"
    description: Text = _("一行一条线索，按项目名称对应；阶段和日期写入进度台账，以前各月的在谈数不受影响。")
    sentences: Mapping[str, Any] = {
        **lookups.SENTENCES,
        "sector_unknown": _("第 {row} 行产业领域“{found}”不在本辖区的产业体系中。"),
        "alliance_unknown": _("第 {row} 行共享联盟“{found}”不存在，或本辖区不是成员。"),
        "stage_before_found": _("第 {row} 行阶段日期 {found} 早于获得日期 {expected}。"),
        "referrer_unknown": _("第 {row} 行推荐企业“{found}”不在本辖区的企业台账中。"),
        "source_lead_unknown": _("第 {row} 行来源线索“{found}”不在本辖区的线索台账中。"),
        "lead_signed": _("第 {row} 行“{found}”已签约，不能改为“{stage}”。"),
        "lead_alike": _("第 {row} 行“{found}”与“{expected}”的{why}，请核对是否同一项目。"),
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        "sector_unknown": _("可填写：{expected}。"),
        "alliance_unknown": _("可填写：{expected}。"),
        "stage_before_found": _("请核对两个日期。"),
        "referrer_unknown": _("请核对企业全称或信用代码，或先导入企业台账。"),
        "source_lead_unknown": _("请核对项目名称，或先导入那条线索。"),
        "lead_signed": _("如签约登记有误，请在页面上更正或作废。"),
        "lead_alike": _("不会自动合并；如是同一项目，请统一项目名称。"),
    }
    checks: Mapping[Kind, Any] = {Kind.CREDIT_CODE: lambda text: check_credit_code(text).code}
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "name", "项目名称", required=True, max_length=120, aliases=("线索名称",), example="印势新材料项目"
        ),
        FieldSpec("investor", "投资方", max_length=120, aliases=("投资企业", "意向企业", "企业名称")),
        FieldSpec("credit_code", "统一社会信用代码", Kind.CREDIT_CODE, aliases=("信用代码",)),
        FieldSpec("sector", "产业领域", max_length=40, aliases=("所属产业", "产业", "行业")),
        FieldSpec(
            "source",
            "线索来源",
            Kind.CHOICE,
            aliases=("来源", "招商方式"),
            choices={str(c.label): c.value for c in Lead.Source},
        ),
        FieldSpec("source_note", "来源说明", max_length=120, aliases=("推荐人",)),
        FieldSpec("source_enterprise", "推荐企业", max_length=120, aliases=("以商招商企业", "介绍企业")),
        FieldSpec("source_lead", "来源线索", max_length=120, aliases=("由哪条线索带来",)),
        FieldSpec("source_region", "来源地", max_length=60, aliases=("项目来源地", "地区")),
        FieldSpec(
            "planned_investment_cny",
            "计划总投资",
            Kind.MONEY,
            unit="万元",
            aliases=("总投资", "投资额"),
            example="5000",
        ),
        FieldSpec(
            "signed_investment_cny", "签约金额", Kind.MONEY, unit="万元", aliases=("签约投资额", "协议投资额")
        ),
        FieldSpec("needs", "落户需求", max_length=500, aliases=("需求",)),
        FieldSpec(
            "stage",
            "阶段",
            Kind.CHOICE,
            required=True,
            aliases=("项目阶段", "进展阶段", "状态"),
            choices={str(c.label): c.value for c in Lead.Stage} | {"洽谈": "talking", "签约": "signed"},
        ),
        FieldSpec("stage_on", "阶段日期", Kind.DATE, month_allowed=True, aliases=("进展日期",)),
        FieldSpec("owner", "责任人", max_length=40, aliases=("招商专员", "负责人")),
        FieldSpec("department", "责任单位", max_length=60, aliases=("责任部门",)),
        FieldSpec(
            "found_on",
            "获得日期",
            Kind.DATE,
            required=True,
            month_allowed=True,
            aliases=("登记日期", "线索日期"),
        ),
        FieldSpec("next_action", "下一步", max_length=120, aliases=("下一步工作", "下步计划")),
        FieldSpec("next_action_on", "下一步日期", Kind.DATE, month_allowed=True, aliases=("计划日期",)),
        FieldSpec("alliance", "共享联盟", max_length=60, aliases=("联盟",)),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "name": "示例新材料项目",
            "investor": "示例新材料有限公司",
            "source": "自主招引",
            "source_region": "苏州",
            "planned_investment_cny": "5000",
            "stage": "在谈",
            "stage_on": "2023-05-10",
            "found_on": "2023-04-01",
            "next_action": "约企业来踏勘",
            "next_action_on": "2023-06-20",
        },
    )

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the person may import leads into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.LEAD, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say of each row whether its lead is new, changed or the same; reads only, a dozen queries.

        A row that is like another lead by code or normal name is told of and never merged.
        """
        known = _read(scope, rows)
        seen: dict[tuple[str, str], int] = {}
        for row in rows:
            problems: list[Problem] = []
            plan = _plan(row, known, problems)
            key = (plan.name, str(plan.facts.get("investor", "")))
            first = seen.setdefault(key, row.number)
            if first != row.number:
                problems.append(Problem("row_twice", data={"first": first, "what": "线索", "field": "name"}))
            changes = {} if problems else _changes(plan, known, problems)
            if problems:
                yield Outcome(row, "refused", problems=problems)
            elif plan.lead is None:
                yield Outcome(row, "new", problems=_alike(row, plan, known), data=plan)
            else:
                yield Outcome(row, "changed" if changes else "same", plan.lead.pk, changes=changes, data=plan)

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write leads and their stages that are new or changed, in bulk."""
        zone = Zone.objects.get(pk=scope)
        person = actor if isinstance(actor, User) else None
        at, today = zones.now(zone), zones.today(zone)
        progress.say(str(_("写入线索")), 0, len(outcomes))
        leads = [_written(zone, outcome.data) for outcome in outcomes]
        Lead.objects.bulk_create([lead for lead in leads if lead.pk is None], batch_size=500)
        new: list[LeadStage] = []
        old: list[LeadStage] = []
        edited, assigned = [], []
        for lead, outcome in zip(leads, outcomes, strict=True):
            plan: Planned = outcome.data
            changed = _edit(lead, plan.facts) if plan.lead is not None else set()
            entries = _entries(lead, plan, today, counted=bool(COUNTED_BY & changed))
            for entry in entries:
                entry.batch, entry.batch_row = batch, outcome.row.number
                entry.ledger_key = f"stage:{lead.pk}:{entry.happened_on}:{entry.stage}"
            (new if plan.lead is None else old).extend(entries)
            if changed:
                edited.append(lead)
            if lead.owner_id and (plan.lead is None or changed & {"owner", "department"}):
                assigned.append(zone_services.Given(lead.pk, lead.name, lead.owner_id, lead.department_id))
        Lead.objects.bulk_update(edited, [*FACTS, "enterprise", "normal_name", "version"], batch_size=200)
        add_entries(new, actor=actor, at=at)
        enter_stages(old, actor=person, at=at)
        if assigned:
            may_assign = person is None or zones.may(person, Verb.ASSIGN, Thing.LEAD, zone)
            zone_services.assign_many(
                actor=person if may_assign else None,
                zone=zone,
                thing=self.thing,
                items=assigned,
                reason="台账导入",
            )
        progress.say(str(_("更新检索")), 0, len(leads))
        index_leads([lead.pk for lead in leads])
        record_change(actor=actor, verb="import", rows=leads, scope=scope, thing=self.thing, batch=batch.pk)


def _read(scope: int, rows: Sequence[Row]) -> Known:
    zone = Zone.objects.get(pk=scope)
    sectors: dict[str, list[Sector]] = {}
    for sector in Sector.objects.filter(zone=zone).order_by("since", "pk"):
        sectors.setdefault(sector.name, []).append(sector)
    alliances: dict[str, Alliance] = {}
    for alliance in alliances_to_share_with(zone):
        alliances[alliance.name] = alliances[alliance.code] = alliance
    leads: dict[str, list[Lead]] = {}
    for lead in (
        Lead.objects.filter(zone=zone)
        .select_related("sector", "owner", "department", "alliance", "source_enterprise", "source_lead")
        .order_by("pk")
    ):
        leads.setdefault(lead.name, []).append(lead)
    names = {_name(row) for row in rows}
    wanted = [lead.pk for name in names for lead in leads.get(name, ())]
    said: dict[int, list[LeadStage]] = {}
    for start in range(0, len(wanted), 1000):
        entries = LeadStage.objects.filter(lead_id__in=wanted[start : start + 1000], is_void=False)
        for entry in selectors.in_order(entries.select_related("replaced_by")):
            said.setdefault(entry.lead_id, []).append(entry)
    texts = (
        row.values.get(name) or ""
        for row in rows
        for name in ("credit_code", "investor", "source_enterprise")
    )
    return Known(
        zone,
        Lookups(zone),
        sectors,
        alliances,
        leads,
        said,
        firms_named(scope, texts),
        _alike_rows(rows, leads),
    )


def _name(row: Row) -> str:
    return " ".join(row.values["name"].split())


def _plan(row: Row, known: Known, problems: list[Problem]) -> Planned:
    values, look = row.values, known.lookups
    found_on = look.past_day(values, "found_on", problems)
    stage_on = look.past_day(values, "stage_on", problems)
    if found_on and stage_on and stage_on < found_on:
        problems.append(
            Problem("stage_before_found", stage_on.isoformat(), found_on.isoformat(), {"field": "stage_on"})
        )
    facts = {name: values.get(name) for name in FACTS}
    facts |= {
        "sector": _sector(values, known, stage_on or found_on or look.today, problems),
        "owner": look.person(values, "owner", problems),
        "department": look.department(values, "department", problems),
        "alliance": _alliance(values, known, problems),
        "source_enterprise": _referrer(values, known, problems),
        "source_lead": _source_lead(values, known, problems),
    }
    name = _name(row)
    same_name = known.leads.get(name, [])
    investor = values.get("investor")
    by_investor = [lead for lead in same_name if investor is None or lead.investor == investor]
    one = same_name[0] if len(same_name) == 1 and not _is_another_firm(same_name[0], values) else None
    lead = next(iter(by_investor), one)
    said = {key: value for key, value in facts.items() if value is not None}
    firm = known.firms.get(values.get("credit_code") or "") or known.firms.get(investor or "")
    if firm is not None and (lead is None or lead.enterprise_id is None):
        said["enterprise"] = firm
    return Planned(name, lead, said, values["stage"], stage_on)


def _is_another_firm(lead: Lead, values: Mapping[str, Any]) -> bool:
    """Return whether a row of the same project name tells of another firm than the lead: that is never merged."""
    code, investor = values.get("credit_code"), values.get("investor")
    if code and lead.credit_code:
        return bool(code != lead.credit_code)
    if not investor or not lead.investor:
        return False
    return selectors.lead_key("", investor) != selectors.lead_key("", lead.investor)


def _sector(values: Mapping[str, Any], known: Known, on: date, problems: list[Problem]) -> Sector | None:
    name = values.get("sector")
    if not name:
        return None
    found = known.sectors.get(name)
    if not found:
        problems.append(
            Problem("sector_unknown", name, data={"field": "sector", "options": list(known.sectors)})
        )
        return None
    fitting = [
        sector for sector in found if sector.since <= on and (sector.until is None or on <= sector.until)
    ]
    return (fitting or found)[-1]


def _referrer(values: Mapping[str, Any], known: Known, problems: list[Problem]) -> Enterprise | None:
    said = values.get("source_enterprise")
    found = known.firms.get(said) if said else None
    if said and found is None:
        problems.append(Problem("referrer_unknown", said, data={"field": "source_enterprise"}))
    return found


def _source_lead(values: Mapping[str, Any], known: Known, problems: list[Problem]) -> Lead | None:
    """Return the lead a row says it came from; one that came from the row's own lead is refused like an unknown."""
    said = " ".join((values.get("source_lead") or "").split())
    found = next(iter(known.leads.get(said, ())), None)
    own = " ".join(values["name"].split())
    circle = found is not None and (
        said == own or any(one.name == own for one in selectors.source_chain(found))
    )
    if said and (found is None or circle):
        problems.append(Problem("source_lead_unknown", said, data={"field": "source_lead"}))
        return None
    return found


def _alliance(values: Mapping[str, Any], known: Known, problems: list[Problem]) -> Alliance | None:
    name = values.get("alliance")
    if not name:
        return None
    found = known.alliances.get(name)
    if found is None:
        names = listed(dict.fromkeys(alliance.name for alliance in known.alliances.values()))
        problems.append(Problem("alliance_unknown", name, names, {"field": "alliance"}))
    return found


def _changes(plan: Planned, known: Known, problems: list[Problem]) -> dict[str, list[Any]]:
    """Return what the row changes, by column; marks the plan when the lead enters a stage."""
    if plan.lead is None:
        plan.enters_stage = True
        return {}
    changes: dict[str, list[Any]] = {}
    for name, value in plan.facts.items():
        old = getattr(plan.lead, name)
        if old != value:
            changes[name] = [_plain(old), _plain(value)]
    history = known.said.get(plan.lead.pk, [])
    latest = next((entry for entry in history if not hasattr(entry, "replaced_by")), None)
    if _said_before(plan, history, latest):
        return changes
    is_later = latest is None or plan.stage_on is None or plan.stage_on >= latest.happened_on
    if latest is not None and latest.stage == Lead.Stage.SIGNED and is_later:
        label = str(Lead.Stage(plan.stage).label)
        problems.append(Problem("lead_signed", plan.name, "", {"field": "stage", "stage": label}))
        return changes
    plan.enters_stage = True
    changes["stage"] = [latest.stage if latest else None, plan.stage]
    return changes


def _said_before(plan: Planned, history: Sequence[LeadStage], latest: LeadStage | None) -> bool:
    """Return whether the stage was entered already.

    With a day, any version ever entered for that day counts: what was corrected or voided by hand since stays so.
    Without one, the present stage counts, and so does what the ledger itself said last: what was entered by hand
    since is newer than a file that says nothing new.
    """
    if plan.stage_on is not None:
        return any(entry.stage == plan.stage and entry.happened_on == plan.stage_on for entry in history)
    imported = [entry for entry in history if entry.batch_id is not None]
    last = max(imported, key=lambda entry: (entry.recorded_at, entry.pk), default=None)
    return any(entry is not None and entry.stage == plan.stage for entry in (latest, last))


def _alike_rows(rows: Sequence[Row], leads: Mapping[str, Sequence[Lead]]) -> dict[int, list[tuple[str, str]]]:
    """Return for each row number the leads, kept or in an earlier row, that may be the same one, each with why.

    By code, by the normal form of the investor's name (else the project's), and by a name one slip away.
    """
    kept = [lead for same_name in leads.values() for lead in same_name]
    names = {f"lead {lead.pk}": lead.name for lead in kept} | {
        f"row {row.number}": _name(row) for row in rows
    }
    parties = [
        Party(
            f"row {row.number}",
            selectors.lead_party(_name(row), row.values.get("investor") or ""),
            row.values.get("credit_code") or "",
        )
        for row in rows
    ]
    existing = [
        Party(f"lead {lead.pk}", selectors.lead_party(lead.name, lead.investor), lead.credit_code)
        for lead in kept
    ]
    found: dict[int, list[tuple[str, str]]] = {}
    for match in find_duplicates(parties, existing):
        why = {
            "code": gettext("统一社会信用代码相同"),
            "name": gettext("规范名称相同"),
            "similar": gettext("名称相近（{detail}）").format(detail=match.detail),
        }[match.kind]
        found.setdefault(int(match.left.removeprefix("row ")), []).append((names[match.right], why))
    return found


def _alike(row: Row, plan: Planned, known: Known) -> list[Problem]:
    """Tell of the surest lead, kept or in an earlier row, that may be the one of this row; nothing is merged."""
    others = list(known.alike.get(row.number, ()))
    if plan.name in known.leads:
        others.insert(0, (plan.name, gettext("项目名称相同")))
    return [
        Problem("lead_alike", plan.name, other, {"why": why, "field": "name"}) for other, why in others[:1]
    ]


def _written(zone: Zone, plan: Planned) -> Lead:
    if plan.lead is not None:
        return plan.lead
    return Lead(
        zone=zone,
        name=plan.name,
        normal_name=selectors.lead_key(plan.name, plan.facts.get("investor", "")),
        stage=plan.stage,
        stage_since=plan.stage_on or plan.facts["found_on"],
        **plan.facts,
    )


def _edit(lead: Lead, facts: Mapping[str, Any]) -> set[str]:
    changed = {name for name, value in facts.items() if getattr(lead, name) != value}
    for name in changed:
        setattr(lead, name, facts[name])
    if changed:
        lead.normal_name = selectors.lead_key(lead.name, lead.investor)
        lead.version += 1
    return changed


def _entries(lead: Lead, plan: Planned, today: date, *, counted: bool) -> list[LeadStage]:
    """Return the entries a row makes: the stage it tells of, or the present one with what it is counted by now."""
    if plan.lead is None:
        since = plan.stage_on or lead.found_on
        entries = [stage_entry(lead, plan.stage, since)]
        if since > lead.found_on and plan.stage != Lead.Stage.FOUND:
            entries.insert(0, stage_entry(lead, Lead.Stage.FOUND, lead.found_on))
        return entries
    if plan.enters_stage:
        return [stage_entry(lead, plan.stage, plan.stage_on or today)]
    return [stage_entry(lead, lead.stage, today, evidence_note="产业领域或计划总投资变更")] if counted else []


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, models.Model | date | datetime) else value
