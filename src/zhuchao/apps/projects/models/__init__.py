"""Projects 项目 from signing to full output: stages, milestones, money in, labels, batches."""

from .money import AnnualPlan, Investment
from .projects import BatchPlace, Project, ProjectLabel
from .stages import Milestone, Stage, StageEntry

__all__ = [
    "AnnualPlan",
    "BatchPlace",
    "Investment",
    "Milestone",
    "Project",
    "ProjectLabel",
    "Stage",
    "StageEntry",
]
