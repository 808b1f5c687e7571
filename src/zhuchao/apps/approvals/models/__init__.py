"""Approvals 审批: the catalogue of matters, themes, procedures, and the cases that go through departments."""

from .cases import Case, CaseDocument, CaseState, CaseTask, ServiceMode, TaskMode, TaskState
from .events import EventKind, TaskEvent
from .matters import Matter, MatterDocument, MatterStep, MatterVersion
from .procedures import Procedure, ProcedureVersion
from .themes import Theme, ThemeMatter
from .versions import DRAFT, PUBLISHED

__all__ = [
    "DRAFT",
    "PUBLISHED",
    "Case",
    "CaseDocument",
    "CaseState",
    "CaseTask",
    "EventKind",
    "Matter",
    "MatterDocument",
    "MatterStep",
    "MatterVersion",
    "Procedure",
    "ProcedureVersion",
    "ServiceMode",
    "TaskEvent",
    "TaskMode",
    "TaskState",
    "Theme",
    "ThemeMatter",
]
