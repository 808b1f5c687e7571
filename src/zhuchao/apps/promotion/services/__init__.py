"""The verbs on leads and activities. Each is one transaction and ends with a change."""

from .activities import NewLead, add_activity, correct_activity, void_activity
from .commons import claim_lead, release_dormant_leads, return_lead
from .leads import add_lead, assign_lead, change_lead
from .needs import set_lead_needs
from .stages import ALLOWED_MOVES, correct_lead_stage, set_lead_stage, void_lead_stage

__all__ = [
    "ALLOWED_MOVES",
    "NewLead",
    "add_activity",
    "add_lead",
    "assign_lead",
    "change_lead",
    "claim_lead",
    "correct_activity",
    "correct_lead_stage",
    "release_dormant_leads",
    "return_lead",
    "set_lead_needs",
    "set_lead_stage",
    "void_activity",
    "void_lead_stage",
]
