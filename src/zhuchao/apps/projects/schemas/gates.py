"""What the API takes and gives for the gates of projects and for the windows of statistics."""

from datetime import date
from typing import Annotated

from ninja import Field, Schema

from ..models import GateEvidence, GateRule, StatWindow
from ..selectors import GateStand, ItemStand

Item = Annotated[str, Field(max_length=60)]
Line = Annotated[str, Field(max_length=200)]


class GivenIn(Schema):
    """What is given for one item of a gate; a file is given on the page of the project."""

    item: Item
    number: Item = ""
    note: Line = ""


class EvidenceIn(Schema):
    """What a project has for items of a gate, on a day (today when not said)."""

    stage: str
    items: list[GivenIn]
    on: date | None = None


class EvidenceOut(Schema):
    """What a project has for one item."""

    id: int
    stage: str
    item: str
    number: str
    note: str
    has_file: bool
    on: date

    @staticmethod
    def resolve_on(entry: GateEvidence) -> date:
        return entry.happened_on

    @staticmethod
    def resolve_note(entry: GateEvidence) -> str:
        return entry.evidence_note

    @staticmethod
    def resolve_has_file(entry: GateEvidence) -> bool:
        return entry.evidence_id is not None


class ItemStandOut(Schema):
    """One item that a gate asks for, and whether it is there."""

    name: str
    accepts: str
    is_required: bool
    number_label: str
    basis: str
    source_status: str
    is_met: bool
    given: EvidenceOut | None

    @staticmethod
    def resolve_name(stand: ItemStand) -> str:
        return stand.item.name

    @staticmethod
    def resolve_accepts(stand: ItemStand) -> str:
        return stand.item.accepts

    @staticmethod
    def resolve_is_required(stand: ItemStand) -> bool:
        return stand.item.is_required

    @staticmethod
    def resolve_number_label(stand: ItemStand) -> str:
        return stand.item.number_label

    @staticmethod
    def resolve_basis(stand: ItemStand) -> str:
        return stand.item.basis

    @staticmethod
    def resolve_source_status(stand: ItemStand) -> str:
        return stand.item.source_status


class LackOut(Schema):
    """Something that is missing, and what to do about it."""

    name: str
    what_to_do: str


class GateStandOut(Schema):
    """A gate of a project: what it asks for and what is there."""

    stage: str
    guidance: str
    items: list[ItemStandOut]
    lacks: list[LackOut]

    @staticmethod
    def resolve_guidance(stand: GateStand) -> str:
        return stand.rule.guidance if stand.rule else ""


class GateItemOut(Schema):
    """One thing that a gate asks for."""

    name: str
    accepts: str
    is_required: bool
    number_label: str
    basis: str
    source_status: str


class GateRuleOut(Schema):
    """What a gate asks for in a zone and below, from a day on."""

    id: int
    zone: str
    stage: str
    since: date
    guidance: str
    uses_checks: bool
    items: list[GateItemOut]

    @staticmethod
    def resolve_zone(rule: GateRule) -> str:
        return rule.zone.code

    @staticmethod
    def resolve_since(rule: GateRule) -> date:
        return rule.happened_on

    @staticmethod
    def resolve_items(rule: GateRule) -> list[object]:
        return list(rule.items.all())


class StatWindowOut(Schema):
    """The days of a month on which statistics take projects in."""

    id: int
    zone: str
    month: date
    opens_on: date
    closes_on: date
    note: str
    source_status: str

    @staticmethod
    def resolve_zone(window: StatWindow) -> str:
        return window.zone.code


class ListingOut(Schema):
    """A project that has started and is in no statistics yet."""

    project_id: int
    project: str
    started_on: date
    missed: int
    next_closes_on: date | None
    state: str
