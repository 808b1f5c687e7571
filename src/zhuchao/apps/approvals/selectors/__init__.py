"""What a person may see of matters, procedures and cases."""

from .cases import (
    get_case,
    get_task,
    listed_cases,
    visible_case_documents,
    visible_cases,
    visible_events,
    visible_tasks,
)
from .matters import get_matter, get_theme, matter_version_on, visible_matters, visible_themes
from .procedures import get_procedure, procedure_version_on, visible_procedures

__all__ = [
    "get_case",
    "get_matter",
    "get_procedure",
    "get_task",
    "get_theme",
    "listed_cases",
    "matter_version_on",
    "procedure_version_on",
    "visible_case_documents",
    "visible_cases",
    "visible_events",
    "visible_matters",
    "visible_procedures",
    "visible_tasks",
    "visible_themes",
]
