"""Promotion 招商: leads, the stages they pass and what they need, and the activities that bring them."""

from .activities import Activity, ActivityParty
from .commons import PoolMove
from .leads import Lead, LeadStage
from .needs import CRITERIA, LeadNeeds

__all__ = ["CRITERIA", "Activity", "ActivityParty", "Lead", "LeadNeeds", "LeadStage", "PoolMove"]
