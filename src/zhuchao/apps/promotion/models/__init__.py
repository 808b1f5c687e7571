"""Promotion 招商: leads and the stages they pass, and the activities that bring them."""

from .activities import Activity, ActivityParty
from .commons import PoolMove
from .leads import Lead, LeadStage

__all__ = [
    "Activity",
    "ActivityParty",
    "Lead",
    "LeadStage",
    "PoolMove",
]
