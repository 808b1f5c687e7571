"""Projects 项目 from signing to full output: stages, milestones, money in, labels, batches."""

from .lights import LightOverride, LightRule, MilestonePlan, ProgressEntry
from .money import AnnualPlan, Investment
from .projects import BatchPlace, Project, ProjectLabel
from .stages import Milestone, Stage, StageEntry
from .works import ProjectWorks

__all__ = [
    "AnnualPlan",
    "BatchPlace",
    "Investment",
    "LightOverride",
    "LightRule",
    "Milestone",
    "MilestonePlan",
    "ProgressEntry",
    "Project",
    "ProjectLabel",
    "ProjectWorks",
    "Stage",
    "StageEntry",
]
