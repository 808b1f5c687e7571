"""活动台账: one row an activity, with the firms and institutions it met and the leads it found."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, correct_entry, record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.selectors import firms_named
from zhuchao.apps.premises.services import lookups
from zhuchao.apps.premises.services.lookups import Lookups
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Alliance, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.alliances import alliances_to_share_with
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from .. import selectors
from ..models import Activity, ActivityParty, Lead, LeadStage
from .activities import activity_key, checked_link, parties_of, party_key
from .index import index_activities, index_leads, unindex_activities
from .stages import stage_entry

SEPARATORS = re.compile(r"[、；;\n\r]+")
FACTS = (
    "ended_on",
    "kind",
    "place",
    "country",
    "partner",
    "department",
    "members",
    "minutes",
    "meeting_url",
    "alliance",
)
KINDS = ActivityParty.Kind
MET = {"firms": KINDS.ENTERPRISE, "agencies": KINDS.AGENCY, "leads": KINDS.LEAD}


@dataclass
class Planned:
    """What a row says: the entry as it would be, whom it met, and the live entry it corrects."""

    entry: Activity
    facts: dict[str, Any]
    met: dict[str, list[str]]
    corrects: Activity | None = None


@dataclass
class Known:
    """What the zone keeps that the rows may mean; read at once for all of them."""

    zone: Zone
    lookups: Lookups
    alliances: dict[str, Alliance]
    versions: dict[str, list[Activity]]
    firms: dict[str, Enterprise]


class ActivitiesLedger:
    """Visits, trips, talks and events, with whom they met."""

    key = "activities"
    title: Text = _("活动台账")
    thing = "promotion.activity"
    description: Text = _(
        "一行一场活动；企业、机构、线索用顿号隔开。拜访企业按家数统计，同一家只计一次；同一联办编号的活动合并统计只计一次。"
    )
    sentences: Mapping[str, Any] = {
        **lookups.SENTENCES,
        "alliance_unknown": _("第 {row} 行联盟“{found}”不存在，或本辖区不是成员。"),
        "ends_before_it_begins": _("第 {row} 行结束日期 {found} 早于活动日期 {expected}。"),
        "link_not_web": _("第 {row} 行会议链接“{found}”不是网址。"),
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        "alliance_unknown": _("可填写：{expected}。"),
        "ends_before_it_begins": _("请核对两个日期。"),
        "link_not_web": _("应为 http:// 或 https:// 开头的完整网址。"),
    }
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "on",
            "活动日期",
            Kind.DATE,
            required=True,
            aliases=("日期", "开始日期", "时间"),
            example="2023-05-31",
        ),
        FieldSpec("ended_on", "结束日期", Kind.DATE, example="2023-06-01"),
        FieldSpec(
            "title",
            "活动名称",
            required=True,
            max_length=160,
            aliases=("活动主题", "名称"),
            example="赴南京招商考察",
        ),
        FieldSpec(
            "direction",
            "方向",
            Kind.CHOICE,
            required=True,
            aliases=("活动方向",),
            choices={str(c.label): c.value for c in Activity.Direction} | {"云端": "online"},
        ),
        FieldSpec(
            "kind",
            "类型",
            Kind.CHOICE,
            required=True,
            aliases=("活动类型",),
            choices={str(c.label): c.value for c in Activity.Kind} | {"拜访": "visit", "接待": "reception"},
        ),
        FieldSpec("place", "地点", max_length=120, aliases=("活动地点",), example="南京"),
        FieldSpec("country", "国家或地区", max_length=40),
        FieldSpec("partner", "合作单位", max_length=120, aliases=("联合单位",), example="农业银行姑苏支行"),
        FieldSpec("department", "责任单位", max_length=60, aliases=("责任部门", "组织单位")),
        FieldSpec("members", "参加人员", max_length=200, aliases=("参与人员", "带队领导")),
        FieldSpec("firms", "对接企业", max_length=4000, aliases=("拜访企业", "走访企业")),
        FieldSpec("agencies", "对接机构", max_length=4000, aliases=("行业机构",)),
        FieldSpec("leads", "新增线索", max_length=4000, aliases=("形成线索",)),
        FieldSpec("minutes", "纪要", max_length=5000, aliases=("活动纪要", "活动内容")),
        FieldSpec(
            "meeting_url",
            "会议链接",
            max_length=300,
            aliases=("会议网址", "线上会议链接", "直播链接"),
            example="https://meeting.example.com/j/123",
        ),
        FieldSpec("alliance", "联盟", max_length=60),
        FieldSpec("joint_code", "联办编号", Kind.CODE, max_length=40),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "on": "2023-05-31",
            "ended_on": "2023-06-01",
            "title": "示例：赴南京招商考察",
            "direction": "走出去",
            "kind": "外出考察",
            "place": "南京",
            "partner": "示例银行姑苏支行",
            "firms": "示例量子科技有限公司、示例光电有限公司",
            "agencies": "示例研究院",
            "leads": "示例量子研发中心项目",
        },
    )

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the person may import activities into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.ACTIVITY, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say of each row whether it is new, corrects an entry, or was said before; reads only, few queries."""
        known = _read(scope, rows)
        seen: dict[str, int] = {}
        for row in rows:
            problems: list[Problem] = []
            plan = _plan(row, known, problems)
            first = seen.setdefault(plan.entry.ledger_key, row.number)
            if first != row.number:
                problems.append(Problem("row_twice", data={"first": first, "what": "活动", "field": "title"}))
            if problems:
                yield Outcome(row, "refused", problems=problems)
                continue
            versions = known.versions.get(plan.entry.ledger_key, [])
            if any(not _changes(plan, version, known) for version in versions):
                yield Outcome(row, "same", versions[0].pk)
                continue
            plan.corrects = next(
                (version for version in versions if not hasattr(version, "replaced_by")), None
            )
            if plan.corrects is None:
                yield Outcome(row, "new", data=plan)
            else:
                changes = _changes(plan, plan.corrects, known)
                yield Outcome(row, "changed", plan.corrects.pk, changes=changes, data=plan)

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write new activities and their meetings in bulk, corrections one by one."""
        zone = Zone.objects.get(pk=scope)
        person = actor if isinstance(actor, User) else None
        at = zones.now(zone)
        plans: list[Planned] = [outcome.data for outcome in outcomes]
        names = [name for plan in plans for kind in ("firms", "agencies") for name in plan.met.get(kind, ())]
        firms = firms_named(scope, names)
        leads = _leads(zone, plans, batch, actor=person, at=at)
        replaced: list[int] = []
        written: list[Activity] = []
        parties: list[ActivityParty] = []
        for number, (plan, outcome) in enumerate(zip(plans, outcomes, strict=True)):
            progress.say(str(_("写入活动")), number, len(plans))
            source = {"batch": batch, "batch_row": outcome.row.number}
            if plan.corrects is None:
                for name, value in source.items():
                    setattr(plan.entry, name, value)
                continue
            reason = f"台账更正（第 {outcome.row.number} 行）"
            plan.entry = correct_entry(
                plan.corrects, actor=actor, at=at, reason=reason, **plan.facts, **source
            )
            replaced.append(plan.corrects.pk)
            parties += _kept(plan)
        add_entries([plan.entry for plan in plans if plan.corrects is None], actor=actor, at=at)
        for plan in plans:
            met = parties_of(
                scope,
                firms=plan.met.get("firms", ()),
                agencies=plan.met.get("agencies", ()),
                leads=[leads[name] for name in plan.met.get("leads", ())],
                known=firms,
            )
            for party in met:
                party.activity = plan.entry
            parties += met
            written.append(plan.entry)
        ActivityParty.objects.bulk_create(parties, batch_size=1000)
        unindex_activities(replaced)
        index_activities([activity.pk for activity in written])
        record_change(actor=actor, verb="import", rows=written, scope=scope, thing=self.thing, batch=batch.pk)


def _read(scope: int, rows: Sequence[Row]) -> Known:
    zone = Zone.objects.get(pk=scope)
    alliances: dict[str, Alliance] = {}
    for alliance in alliances_to_share_with(zone):
        alliances[alliance.name] = alliances[alliance.code] = alliance
    entries = Activity.objects.filter(
        zone=zone, is_void=False, happened_on__in={row.values["on"] for row in rows}
    )
    entries = entries.select_related("replaced_by", "department", "alliance").prefetch_related("parties")
    versions: dict[str, list[Activity]] = {}
    for entry in entries.order_by("-recorded_at", "-pk"):
        versions.setdefault(entry.ledger_key, []).append(entry)
    names = [
        name for row in rows for kind in ("firms", "agencies") for name in _names(row.values.get(kind) or "")
    ]
    return Known(zone, Lookups(zone), alliances, versions, firms_named(scope, names))


def _plan(row: Row, known: Known, problems: list[Problem]) -> Planned:
    values, look = row.values, known.lookups
    on = look.past_day(values, "on", problems) or look.today
    ended_on = values.get("ended_on")
    if ended_on is not None and ended_on < on:
        problems.append(
            Problem("ends_before_it_begins", ended_on.isoformat(), on.isoformat(), {"field": "ended_on"})
        )
    alliance = known.alliances.get(values.get("alliance") or "")
    if values.get("alliance") and alliance is None:
        names = listed(dict.fromkeys(one.name for one in known.alliances.values()))
        problems.append(Problem("alliance_unknown", values["alliance"], names, {"field": "alliance"}))
    if values.get("meeting_url"):
        try:
            values = {**values, "meeting_url": checked_link(values["meeting_url"])}
        except WrongInput:
            problems.append(Problem("link_not_web", values["meeting_url"], data={"field": "meeting_url"}))
    title = " ".join(values["title"].split())
    joint_code = (values.get("joint_code") or "").strip()
    facts = {name: values.get(name) for name in FACTS}
    facts |= {"department": look.department(values, "department", problems), "alliance": alliance}
    said = {name: value for name, value in facts.items() if value is not None}
    entry = Activity(
        zone=known.zone,
        happened_on=on,
        title=title,
        direction=values["direction"],
        joint_code=joint_code,
        ledger_key=activity_key(known.zone.pk, on, title, values["direction"], joint_code),
        **({"ended_on": on} | said),
    )
    met = {name: _names(values[name]) for name in MET if values.get(name)}
    return Planned(entry, said, met)


def _names(text: str) -> list[str]:
    names = (" ".join(name.split()) for name in SEPARATORS.split(text))
    return list(dict.fromkeys(name for name in names if name))


def _changes(plan: Planned, version: Activity, known: Known) -> dict[str, list[Any]]:
    """Return where the row differs from one version of the entry, by column; what it leaves out does not differ.

    Whom it met differs when a firm does, not when one firm is written in another way.
    """
    changes: dict[str, list[Any]] = {}
    for name, value in plan.facts.items():
        old = getattr(version, name)
        if old != value:
            changes[name] = [_plain(old), _plain(value)]
    for name, wanted in plan.met.items():
        met = [party for party in version.parties.all() if party.kind == MET[name]]
        is_lead = MET[name] == KINDS.LEAD
        there = {party.name if is_lead else party.normal_name for party in met}
        said = set(wanted) if is_lead else {party_key(text, known.firms.get(text)) for text in wanted}
        if there != said:
            changes[name] = ["、".join(party.name for party in met), "、".join(wanted)]
    return changes


def _kept(plan: Planned) -> list[ActivityParty]:
    """Return copies of the parties that the row does not speak of, for the entry that corrects theirs."""
    assert plan.corrects is not None
    said = {MET[name] for name in plan.met}
    return [
        ActivityParty(
            zone_id=party.zone_id,
            activity=plan.entry,
            kind=party.kind,
            name=party.name,
            normal_name=party.normal_name,
            enterprise_id=party.enterprise_id,
            lead_id=party.lead_id,
        )
        for party in plan.corrects.parties.all()
        if party.kind not in said
    ]


def _leads(
    zone: Zone, plans: Sequence[Planned], batch: ImportBatch, *, actor: User | None, at: Any
) -> dict[str, Lead]:
    """Return the leads that the rows name, entering those that are new as found on the activity's day."""
    first: dict[str, Activity] = {}
    for plan in sorted(plans, key=lambda plan: plan.entry.happened_on):
        for name in plan.met.get("leads", ()):
            first.setdefault(name, plan.entry)
    leads: dict[str, Lead] = {}
    for lead in Lead.objects.filter(zone=zone, name__in=list(first)).order_by("-pk"):
        leads[lead.name] = lead
    new = [
        Lead(
            zone=zone,
            name=name[:120],
            normal_name=selectors.lead_key(name),
            found_on=activity.happened_on,
            stage_since=activity.happened_on,
            source=Lead.Source.EXPO if activity.kind == Activity.Kind.EXPO else Lead.Source.OWN,
            source_note=activity.title[:120],
            department=activity.department,
        )
        for name, activity in first.items()
        if name not in leads
    ]
    entries: list[LeadStage] = []
    for lead in Lead.objects.bulk_create(new, batch_size=500):
        leads[lead.name] = lead
        entry = stage_entry(lead, Lead.Stage.FOUND, lead.found_on, batch=batch)
        entry.ledger_key = f"stage:{lead.pk}:{lead.found_on}:{Lead.Stage.FOUND}"
        entries.append(entry)
    add_entries(entries, actor=actor, at=at)
    if new:
        index_leads([lead.pk for lead in new])
        record_change(actor=actor, verb="import", rows=new, scope=zone.pk, batch=batch.pk)
    return leads


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else str(value)
