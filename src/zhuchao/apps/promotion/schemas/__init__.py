"""What the API takes and gives for promotion. Amounts are yuan."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from ninja import Schema

from zhuchao.web.api import EntryOut

from ..models import Activity, ActivityParty, Lead, LeadStage
from ..selectors import FactorAnswer, LeadScore

Stage = Literal["found", "talking", "agreeing", "signed", "lost", "paused", "moved"]
Source = Literal["own", "referral", "partner", "expo", "zone", "upper", "inquiry", "other"]
Direction = Literal["in", "out", "online"]
Kind = Literal["visit", "reception", "trip", "talk", "expo", "roadshow", "symposium"]


class LeadOut(Schema):
    """A lead with its present stage."""

    id: int
    zone: str
    name: str
    investor: str
    credit_code: str
    enterprise_id: int | None
    sector: str | None
    source: str
    source_note: str
    source_region: str
    source_enterprise_id: int | None
    source_lead_id: int | None
    planned_investment_cny: Decimal | None
    signed_investment_cny: Decimal | None
    needs: str
    stage: str
    stage_since: date | None
    owner_id: int | None
    owner: str | None
    department_id: int | None
    found_on: date
    next_action: str
    next_action_on: date | None
    alliance_id: int | None
    version: int

    @staticmethod
    def resolve_zone(lead: Lead) -> str:
        return lead.zone.code

    @staticmethod
    def resolve_sector(lead: Lead) -> str | None:
        return lead.sector.name if lead.sector else None

    @staticmethod
    def resolve_owner(lead: Lead) -> str | None:
        return str(lead.owner) if lead.owner else None


class LeadPage(Schema):
    """Leads, and the id to go on ``after``."""

    items: list[LeadOut]
    after: int | None


class FactorOut(Schema):
    """What one factor says of a lead; ``points`` is null where they cannot be known."""

    key: str
    group: str
    label: str
    points: int | None
    most: int
    how: str

    @staticmethod
    def resolve_key(answer: FactorAnswer) -> str:
        return answer.factor.key

    @staticmethod
    def resolve_group(answer: FactorAnswer) -> str:
        return str(answer.factor.group)

    @staticmethod
    def resolve_label(answer: FactorAnswer) -> str:
        return str(answer.factor.label)

    @staticmethod
    def resolve_most(answer: FactorAnswer) -> int:
        return answer.factor.most


class LeadScoreOut(Schema):
    """The score of a lead: points out of ``known`` that could be known, of ``most`` in all."""

    points: int
    known: int
    most: int
    weights_since: date
    source: str
    answers: list[FactorOut]

    @staticmethod
    def resolve_points(score: LeadScore) -> int:
        return score.total.points

    @staticmethod
    def resolve_known(score: LeadScore) -> int:
        return score.total.known

    @staticmethod
    def resolve_most(score: LeadScore) -> int:
        return score.total.most

    @staticmethod
    def resolve_weights_since(score: LeadScore) -> date:
        return score.rules.since

    @staticmethod
    def resolve_source(score: LeadScore) -> str:
        return str(score.rules.source)


class LeadFacts(Schema):
    """Facts of a lead; ``sector`` is its name in the zone's taxonomy."""

    investor: str = ""
    credit_code: str = ""
    enterprise_id: int | None = None
    sector: str | None = None
    source: Source = "own"
    source_note: str = ""
    source_region: str = ""
    source_enterprise_id: int | None = None
    source_lead_id: int | None = None
    planned_investment_cny: Decimal | None = None
    signed_investment_cny: Decimal | None = None
    needs: str = ""
    next_action: str = ""
    next_action_on: date | None = None
    alliance_id: int | None = None
    duplicate_reason: str = ""


class LeadIn(LeadFacts):
    """A new lead in a stage since ``stage_on`` (the day it was found when not said)."""

    name: str
    found_on: date
    stage: Stage = "found"
    stage_on: date | None = None
    owner_id: int | None = None
    department_id: int | None = None


class LeadEdit(LeadFacts):
    """Facts of a lead to change; what is not given stays. ``version`` is the one that was read."""

    version: int
    name: str = ""
    found_on: date = date.min


UnitKind = Literal["workshop", "office", "rnd", "shop", "storage", "heritage", "plot", "other"]
FireClass = Literal["", "a", "b", "c", "d", "e"]


class LeadNeedsFacts(Schema):
    """What a lead asks of premises. Null, and empty for kinds and fire class, is not said, never no."""

    area_min_m2: Decimal | None = None
    area_max_m2: Decimal | None = None
    kinds: list[UnitKind] = []
    clear_height_m: Decimal | None = None
    floor_load_kn_m2: Decimal | None = None
    power_kva: Decimal | None = None
    water_m3_day: Decimal | None = None
    needs_gas: bool | None = None
    needs_sewage: bool | None = None
    hoist_t: Decimal | None = None
    needs_dock: bool | None = None
    ground_floor: bool | None = None
    fire_class: FireClass = ""
    rent_max_cny_m2_day: Decimal | None = None
    move_in_on: date | None = None
    use: str = ""
    is_hard: list[str] = []
    source_text: str = ""


class LeadNeedsIn(LeadNeedsFacts):
    """What a lead asks of premises; ``version`` is the one that was read, 0 for none."""

    version: int


class LeadNeedsOut(LeadNeedsFacts):
    """What a lead asks of premises as it is kept."""

    lead_id: int
    version: int


class AssignIn(Schema):
    """Who answers for a lead from now on."""

    owner_id: int
    department_id: int | None = None
    reason: str = ""


class WayOut(Schema):
    """How many leads of one source or sector were found, and how many came to each step."""

    key: str
    name: str
    found: int
    talking: int
    agreeing: int
    signed: int
    signed_investment_cny: Decimal
    conversion: Decimal | None


class ReferrerOut(Schema):
    """Who brought leads: a firm or the investor of a lead; ``chained`` came through leads that it brought."""

    kind: str
    pk: int
    name: str
    direct: int
    chained: int
    signed: int
    signed_investment_cny: Decimal


class FunnelOut(Schema):
    """How far the leads found in a period came."""

    whole: WayOut
    by_source: list[WayOut]
    by_sector: list[WayOut]
    referrers: list[ReferrerOut]


class LeadStageIn(Schema):
    """The stage a lead came into; ``seen`` is the entry that stood there when it was read."""

    stage: Stage
    on: date
    note: str = ""
    seen: int | None = None
    override_reason: str = ""


class LeadPlaceIn(Schema):
    """Units for a lead. ``scope_reason`` says why a park takes an industry that it does not admit."""

    unit_ids: list[int]
    scope_reason: str = ""


class LeadHoldIn(LeadPlaceIn):
    """Units to hold for a lead up to and including a day."""

    until: date


class LeadSignIn(LeadPlaceIn):
    """Units that a lead signed for on a day, and whether a lease is to follow."""

    on: date
    note: str = ""
    override_reason: str = ""
    awaits_lease: bool = False


class LeadHoldOut(Schema):
    """A hold that was made for a lead."""

    id: int
    until: date


class LeadStageEdit(Schema):
    """What a stage entry should have said; what is not given stays."""

    reason: str
    stage: Stage = "found"
    happened_on: date = date.min
    evidence_note: str = ""


class LeadStageOut(EntryOut):
    """A stage a lead came into, with what it is counted by."""

    lead_id: int
    stage: str
    sector: str | None
    planned_investment_cny: Decimal | None
    override_reason: str

    @staticmethod
    def resolve_sector(entry: LeadStage) -> str | None:
        return entry.sector.name if entry.sector else None


class StageCountOut(Schema):
    """How many leads stand in one stage."""

    stage: str
    label: str
    leads: int


class SectorCountOut(Schema):
    """How many leads of one sector are in talks."""

    sector_id: int | None
    name: str
    leads: int
    planned_investment_cny: Decimal


class PipelineOut(Schema):
    """The leads on a day as known at a moment; the sectors add up to ``in_talks``."""

    on: date
    as_of: datetime
    in_talks: int
    by_stage: list[StageCountOut]
    by_sector: list[SectorCountOut]


class PartyOut(Schema):
    """Whom an activity met."""

    kind: str
    name: str
    enterprise_id: int | None
    lead_id: int | None


class ActivityOut(EntryOut):
    """An activity; it happened on ``happened_on`` until ``ended_on``."""

    zone: str
    title: str
    direction: str
    kind: str
    ended_on: date
    place: str
    country: str
    partner: str
    department_id: int | None
    members: str
    minutes: str
    meeting_url: str
    alliance_id: int | None
    joint_code: str

    @staticmethod
    def resolve_zone(activity: Activity) -> str:
        return activity.zone.code


class ActivityDetail(ActivityOut):
    """An activity with whom it met."""

    parties: list[PartyOut]

    @staticmethod
    def resolve_parties(activity: Activity) -> list[ActivityParty]:
        return list(activity.parties.order_by("pk"))


class ActivityPage(Schema):
    """Activities, and the id to go on ``after``."""

    items: list[ActivityOut]
    after: int | None


class MetOut(Schema):
    """A firm or institution that was met, once however often."""

    name: str
    enterprise_id: int | None
    meetings: int
    last_on: date


class NewLeadIn(Schema):
    """A lead that an activity found."""

    name: str
    investor: str = ""
    needs: str = ""


class ActivityIn(Schema):
    """A new activity; firms and agencies are names or credit codes."""

    title: str
    direction: Direction
    kind: Kind
    on: date
    ended_on: date | None = None
    place: str = ""
    country: str = ""
    partner: str = ""
    department_id: int | None = None
    members: str = ""
    minutes: str = ""
    meeting_url: str = ""
    alliance_id: int | None = None
    joint_code: str = ""
    evidence_note: str = ""
    firms: list[str] = []
    agencies: list[str] = []
    lead_ids: list[int] = []
    new_leads: list[NewLeadIn] = []
    duplicate_reason: str = ""


class ActivityEdit(Schema):
    """What an activity should have said; what is not given stays, whom it met included."""

    reason: str
    title: str = ""
    direction: Direction = "out"
    kind: Kind = "visit"
    happened_on: date = date.min
    ended_on: date = date.min
    place: str = ""
    country: str = ""
    partner: str = ""
    members: str = ""
    minutes: str = ""
    meeting_url: str = ""
    joint_code: str = ""
    evidence_note: str = ""
    firms: list[str] = []
    agencies: list[str] = []


class CriterionOut(Schema):
    """What one criterion answers: met, not_met or unknown, what was asked and found, and how far off it is."""

    name: str
    label: str
    verdict: Literal["met", "not_met", "unknown"]
    asked: str
    found: str
    gap: str
    clause: str
    is_hard: bool


class FitOut(Schema):
    """Units that were looked at for a lead. ``question`` is the one fact to ask for first, empty for none."""

    lead_id: int
    lead: str
    unit_ids: list[int]
    name: str
    area_m2: Decimal
    verdict: Literal["met", "not_met", "unknown"]
    score: Decimal
    doubt: Decimal
    question: str
    question_unit_ids: list[int]
    criteria: list[CriterionOut]


class MatchOut(Schema):
    """The units for a lead, best first; ``refused_by`` counts the choices that each criterion refuses."""

    lead_id: int
    lead: str
    vacant: int
    fits_count: int
    asks_count: int
    refused_count: int
    refused_by: dict[str, int]
    fits: list[FitOut]
    asks: list[FitOut]
    nearest: list[FitOut]
    soon: list[FitOut]


class UnitMatchOut(Schema):
    """The leads for a vacant unit, best first."""

    unit_id: int
    fits: list[FitOut]
    asks: list[FitOut]
    refused: list[FitOut]


class PlacingIn(Schema):
    """What a plan that places many leads at once is asked for; what is not said is all of it, or as usual.

    ``chances`` are per cent by stage of a lead.
    """

    zone: str
    lead_ids: list[int] | None = None
    sector_id: int | None = None
    site_ids: list[int] = []
    weighting: Literal["investment", "leads"] = "investment"
    chances: dict[Literal["found", "talking", "agreeing"], int] = {}
    seconds: int = 60


class PlacingRowOut(Schema):
    """What became of one lead; ``lost`` is what the units that suit it best would bring beyond what it got."""

    row_id: int | None
    lead_id: int
    lead: str
    unit_ids: list[int]
    units: str
    area_m2: Decimal
    benefit: Decimal
    worth: Decimal
    score: Decimal | None
    lost: Decimal
    why: str
    why_said: str
    by: list[int]
    hold_id: int | None


class SpacePriceOut(Schema):
    """What one more square metre of a kind of unit would be worth, in the unit of the benefit."""

    kind: str
    units: int
    area_m2: Decimal
    price_m2: Decimal
    highest_m2: Decimal


class PlacingOut(Schema):
    """A plan: while it is made, how far it is; then who goes where, and why the others go nowhere.

    ``gap`` is the part of the bound that is missing, a ratio; ``stale`` that leads or units changed since.
    """

    id: int
    zone: str
    synthetic: bool
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    step: str
    done: int
    total: int | None
    made_at: datetime | None
    weighting: str
    chances: dict[str, int]
    leads: int
    placed: int
    placed_m2: Decimal
    vacant_units: int
    vacant_m2: Decimal
    worth: Decimal
    bound: Decimal
    gap: Decimal
    proved: bool
    stopped: bool
    stale: bool
    placements: list[PlacingRowOut]
    without: list[PlacingRowOut]
    prices: list[SpacePriceOut]


class PlacingHoldIn(Schema):
    """Until when the units of a plan are kept, and for which rows; all where none are named."""

    until: date
    row_ids: list[int] | None = None


class PlacingHeldOut(Schema):
    """What became of one row: ``held``, or the code and words of why not."""

    row_id: int
    lead_id: int
    held: bool
    hold_id: int | None
    code: str
    message: str
