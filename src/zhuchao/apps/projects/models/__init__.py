"""Projects 项目 from signing to full output: stages, milestones, money in, labels, batches."""

from .agreements import (
    ZONE_SIDE,
    Agreement,
    AgreementReview,
    Covenant,
    CovenantFinding,
    CovenantKind,
    CovenantLetter,
    CovenantState,
    Recheck,
    RecheckLine,
    RecheckSigner,
    Side,
)
from .bonds import Bond, BondStage, BondStep
from .bundles import BundleTask, BundleVersion, ProjectTask, TaskBundle
from .gates import GateEvidence, GateItem, GateRule, SourceStatus, StatWindow
from .green import GreenDecision, GreenRequest
from .inspections import Inspection, InspectionInterval, InspectionPhoto, ProjectPlace
from .investors import Investor
from .lights import LightOverride, LightRule, MilestonePlan, ProgressEntry
from .money import AnnualPlan, Investment, InvestmentApproval
from .projects import BatchPlace, Project, ProjectLabel
from .stages import Milestone, Stage, StageEntry
from .upgrades import Upgrade
from .works import ProjectWorks

__all__ = [
    "ZONE_SIDE",
    "Agreement",
    "AgreementReview",
    "AnnualPlan",
    "BatchPlace",
    "Bond",
    "BondStage",
    "BondStep",
    "BundleTask",
    "BundleVersion",
    "Covenant",
    "CovenantFinding",
    "CovenantKind",
    "CovenantLetter",
    "CovenantState",
    "GateEvidence",
    "GateItem",
    "GateRule",
    "GreenDecision",
    "GreenRequest",
    "Inspection",
    "InspectionInterval",
    "InspectionPhoto",
    "Investment",
    "InvestmentApproval",
    "Investor",
    "LightOverride",
    "LightRule",
    "Milestone",
    "MilestonePlan",
    "ProgressEntry",
    "Project",
    "ProjectLabel",
    "ProjectPlace",
    "ProjectTask",
    "ProjectWorks",
    "Recheck",
    "RecheckLine",
    "RecheckSigner",
    "Side",
    "SourceStatus",
    "Stage",
    "StageEntry",
    "StatWindow",
    "TaskBundle",
    "Upgrade",
]
