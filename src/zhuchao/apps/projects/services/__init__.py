"""The verbs on projects. Each is one transaction and ends with a change."""

from .labels import add_batch_place, add_label, void_batch_place, void_label
from .milestones import add_milestone, change_milestone, meet_milestone, remove_milestone
from .money import add_investment, correct_investment, set_annual_plan, void_investment
from .projects import add_project, change_project, hand_over_project
from .stages import correct_stage, record_stage, void_stage
from .works import set_project_works

__all__ = [
    "add_batch_place",
    "add_investment",
    "add_label",
    "add_milestone",
    "add_project",
    "change_milestone",
    "change_project",
    "correct_investment",
    "correct_stage",
    "hand_over_project",
    "meet_milestone",
    "record_stage",
    "remove_milestone",
    "set_annual_plan",
    "set_project_works",
    "void_batch_place",
    "void_investment",
    "void_label",
    "void_stage",
]
