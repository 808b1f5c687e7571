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
from .gates import GateEvidence, GateItem, GateRule, SourceStatus, StatWindow
from .lights import LightOverride, LightRule, MilestonePlan, ProgressEntry
from .money import AnnualPlan, Investment, InvestmentApproval
from .projects import BatchPlace, Project, ProjectLabel
from .stages import Milestone, Stage, StageEntry
from .works import ProjectWorks

__all__ = [
    "ZONE_SIDE",
    "Agreement",
    "AgreementReview",
    "AnnualPlan",
    "BatchPlace",
    "Covenant",
    "CovenantFinding",
    "CovenantKind",
    "CovenantLetter",
    "CovenantState",
    "GateEvidence",
    "GateItem",
    "GateRule",
    "Investment",
    "InvestmentApproval",
    "LightOverride",
    "LightRule",
    "Milestone",
    "MilestonePlan",
    "ProgressEntry",
    "Project",
    "ProjectLabel",
    "ProjectWorks",
    "Recheck",
    "RecheckLine",
    "RecheckSigner",
    "Side",
    "SourceStatus",
    "Stage",
    "StageEntry",
    "StatWindow",
]
