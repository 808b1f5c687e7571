"""Approvals 审批: the catalogue of matters, themes, procedures, and the cases that go through departments."""

from .cases import CLOSED, Case, CaseDocument, CaseState, CaseTask, ServiceMode, TaskMode, TaskState
from .credit import CreditEvent, LateNotice, Pledge
from .events import EventKind, StopCause, TaskEvent
from .guidance import Benchmark, ServiceAction, ServiceLog, ServiceMandate
from .matters import Matter, MatterDocument, MatterStep, MatterVersion
from .plans import CasePlan, Rehearsal
from .procedures import Procedure, ProcedureVersion
from .themes import Theme, ThemeMatter
from .versions import DRAFT, PUBLISHED

__all__ = [
    "CLOSED",
    "DRAFT",
    "PUBLISHED",
    "Benchmark",
    "Case",
    "CaseDocument",
    "CasePlan",
    "CaseState",
    "CaseTask",
    "CreditEvent",
    "EventKind",
    "LateNotice",
    "Matter",
    "MatterDocument",
    "MatterStep",
    "MatterVersion",
    "Pledge",
    "Procedure",
    "ProcedureVersion",
    "Rehearsal",
    "ServiceAction",
    "ServiceLog",
    "ServiceMandate",
    "ServiceMode",
    "StopCause",
    "TaskEvent",
    "TaskMode",
    "TaskState",
    "Theme",
    "ThemeMatter",
]
