"""What the API takes and gives for projects. Money in yuan, days as 2023-06-15."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from ninja import Field, Schema

from ..models import BatchPlace, Investment, Milestone, Project, ProjectLabel, StageEntry
from ..selectors import Happening, approval_of
from .gates import GivenIn

Name = Annotated[str, Field(max_length=120)]
Short = Annotated[str, Field(max_length=60)]
Line = Annotated[str, Field(max_length=200)]
Note = Annotated[str, Field(max_length=500)]
Code = Annotated[str, Field(max_length=40)]
Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=2)]


class ProjectOut(Schema):
    """A project as lists give it."""

    id: int
    zone: str
    code: str
    name: str
    company: str
    enterprise_id: int | None
    kind: str
    sector: str | None
    theme: str
    district: str
    address: str
    source_region: str
    total_investment_cny: Decimal | None
    stage: str
    stage_since: date | None
    officer: str | None
    officer_id: int | None
    parent_id: int | None
    part: str
    note: str
    version: int

    @staticmethod
    def resolve_zone(project: Project) -> str:
        return project.zone.code

    @staticmethod
    def resolve_sector(project: Project) -> str | None:
        return project.sector.name if project.sector else None

    @staticmethod
    def resolve_officer(project: Project) -> str | None:
        return str(project.officer) if project.officer else None


class ProjectPage(Schema):
    """A page of projects; ``after`` is the id to go on from, None at the end."""

    items: list[ProjectOut]
    after: int | None


class PartOut(Schema):
    """A phase or sub-project of a project."""

    id: int
    name: str
    part: str
    stage: str
    stage_since: date | None
    total_investment_cny: Decimal | None


class StageOut(Schema):
    """A gate that a project passed, with what it is counted by as it was that day."""

    id: int
    project_id: int
    stage: str
    on: date
    sector: str | None
    total_investment_cny: Decimal | None
    source_region: str
    is_new: bool
    evidence_note: str
    reason: str
    skipped: list[str]
    lacking: list[str]
    override_reason: str
    recorded_at: datetime
    replaces_id: int | None

    @staticmethod
    def resolve_on(entry: StageEntry) -> date:
        return entry.happened_on

    @staticmethod
    def resolve_sector(entry: StageEntry) -> str | None:
        return entry.sector.name if entry.sector else None


class MilestoneOut(Schema):
    """A planned step."""

    id: int
    name: str
    stage: str
    planned_on: date
    met_on: date | None
    version: int


class LabelOut(Schema):
    """A list the project is on for a year."""

    id: int
    label: str
    year: int


class BatchPlaceOut(Schema):
    """A project's place in a batch campaign."""

    id: int
    batch_name: str
    list: str
    platform: str
    on: date

    @staticmethod
    def resolve_on(entry: BatchPlace) -> date:
        return entry.happened_on


class ProjectDetail(ProjectOut):
    """A project with its gates, steps, labels and batches in force, and its phases or sub-projects."""

    stages: list[StageOut]
    milestones: list[MilestoneOut]
    labels: list[LabelOut]
    batches: list[BatchPlaceOut]
    parts: list[PartOut]

    @staticmethod
    def resolve_parts(project: Project) -> list[Project]:
        return list(Project.objects.filter(parent=project).order_by("part", "name", "pk"))

    @staticmethod
    def resolve_stages(project: Project) -> list[StageEntry]:
        return list(
            StageEntry.objects.live()
            .filter(project=project)
            .select_related("sector")
            .order_by("happened_on", "pk")
        )

    @staticmethod
    def resolve_milestones(project: Project) -> list[Milestone]:
        return list(Milestone.objects.filter(project=project))

    @staticmethod
    def resolve_labels(project: Project) -> list[ProjectLabel]:
        return list(ProjectLabel.objects.live().filter(project=project))

    @staticmethod
    def resolve_batches(project: Project) -> list[BatchPlace]:
        return list(BatchPlace.objects.live().filter(project=project))


class ProjectIn(Schema):
    """A new project. ``distinct_reason`` says why it is another one than those of the same name."""

    name: Name
    code: Code = ""
    company: Name = ""
    kind: str = Project.Kind.NEW.value
    sector: str | None = None
    theme: Short = ""
    district: Code = ""
    address: Line = ""
    source_region: Short = ""
    total_investment_cny: Amount | None = None
    note: Note = ""
    parent_id: int | None = None
    part: Short = ""
    officer_id: int | None = None
    lead_id: int | None = None
    distinct_reason: Line = ""


class ProjectEdit(Schema):
    """What is changed of a project; what is not given stays. ``version`` is the one that was read."""

    version: int
    name: Name | None = None
    code: Code | None = None
    company: Name | None = None
    kind: str | None = None
    sector: str | None = None
    theme: Short | None = None
    district: Code | None = None
    address: Line | None = None
    source_region: Short | None = None
    total_investment_cny: Amount | None = None
    note: Note | None = None
    parent_id: int | None = None
    part: Short | None = None
    distinct_reason: Line = ""


class OfficerIn(Schema):
    """Who answers for a project from now on, and why it changes hands."""

    officer_id: int
    reason: Line = ""


class StageIn(Schema):
    """A gate that a project passed, with what it asks for. ``override_reason`` is needed where something is missing."""

    stage: str
    on: date
    evidence_note: Line = ""
    override_reason: Line = ""
    items: list[GivenIn] = []


class StageEdit(Schema):
    """What a stage entry should have said; what is not given stays."""

    reason: Line
    on: date | None = None
    evidence_note: Line | None = None
    total_investment_cny: Amount | None = None
    source_region: Short | None = None
    is_new: bool | None = None


class MilestoneIn(Schema):
    """A step and the day it is planned for."""

    planned_on: date
    name: Short = ""
    stage: str = ""


class InvestmentOut(Schema):
    """Money that went into a project; without a voucher or a document it is not verified and in no total."""

    id: int
    project_id: int
    project: str
    kind: str
    on: date
    amount_cny: Decimal
    payer: str
    document_kind: str
    voucher_no: str
    over_plan_reason: str
    evidence_note: str
    is_verified: bool
    is_approved: bool
    is_void: bool
    reason: str
    recorded_at: datetime
    replaces_id: int | None

    @staticmethod
    def resolve_on(entry: Investment) -> date:
        return entry.happened_on

    @staticmethod
    def resolve_project(entry: Investment) -> str:
        return entry.project.name

    @staticmethod
    def resolve_is_approved(entry: Investment) -> bool:
        kept = getattr(entry, "is_approved", None)
        return approval_of(entry) is not None if kept is None else bool(kept)


class InvestmentPage(Schema):
    """A page of investments; ``after`` is the id to go on from, None at the end."""

    items: list[InvestmentOut]
    after: int | None


class InvestmentIn(Schema):
    """Money that went into a project; negative for a refund."""

    kind: str
    on: date
    amount_cny: Amount
    payer: Name = ""
    document_kind: Code = ""
    voucher_no: Short = ""
    over_plan_reason: Line = ""
    evidence_note: Line = ""


class InvestmentEdit(Schema):
    """What an investment entry should have said; what is not given stays."""

    reason: Line
    kind: str | None = None
    on: date | None = None
    amount_cny: Amount | None = None
    payer: Name | None = None
    document_kind: Code | None = None
    voucher_no: Short | None = None
    over_plan_reason: Line | None = None
    evidence_note: Line | None = None


class ApprovalIn(Schema):
    """What a second person says on approving money."""

    note: Line = ""


class PlanIn(Schema):
    """What a project is to invest in a year."""

    year: int
    amount_cny: Amount
    reason: Line = ""


class PlanOut(Schema):
    """The annual plan in force."""

    id: int
    project_id: int
    year: int
    amount_cny: Decimal
    recorded_at: datetime
    replaces_id: int | None


class BatchLineOut(Schema):
    """One list of one batch: projects by platform, and how many have started and produce since."""

    batch_name: str
    list: str
    projects: int
    province: int
    city: int
    started: int
    producing: int


class PassageOut(Schema):
    """How many projects of one list went on to a later list."""

    list: str
    projects: int


class BatchFlowOut(Schema):
    """The projects of one list of a batch on one platform, and what became of them in later lists."""

    batch_name: str
    list: str
    platform: str
    projects: int
    passages: tuple[PassageOut, ...]


class GateOut(Schema):
    """How many projects passed a gate in a period, and how many of them are newly brought in."""

    stage: str
    projects: int
    newly_brought: int


class MajorOut(Schema):
    """The labelled projects of a year together: money against plan."""

    year: int
    on: date
    projects: int
    started: int
    invested_cny: Decimal
    plan_cny: Decimal | None
    ratio: Decimal | None


class ProgressOut(Schema):
    """Counts of a period, made from the entries."""

    start: date
    end: date
    gates: list[GateOut]
    batches: list[BatchLineOut]
    flows: list[BatchFlowOut]
    major: MajorOut | None


class HappeningOut(Schema):
    """Something that a service line did for a project; ``line`` is policy, permit, works, visit, request or project."""

    line: str
    on: date
    what: str
    who: str
    detail: str
    url: str
    recorded_at: datetime | None

    @staticmethod
    def resolve_recorded_at(one: Happening) -> datetime | None:
        return one.moment
