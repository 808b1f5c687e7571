"""Promotion 招商: leads, the stages they pass and what they need, and the activities that bring them."""

from .activities import Activity, ActivityParty
from .commons import PoolMove
from .first_contact import Argument, CreditSplit, Dispute, FirstContact
from .leads import Lead, LeadStage
from .needs import CRITERIA, LeadNeeds
from .referrals import Referral, TalksCheck

__all__ = [
    "CRITERIA",
    "Activity",
    "ActivityParty",
    "Argument",
    "CreditSplit",
    "Dispute",
    "FirstContact",
    "Lead",
    "LeadNeeds",
    "LeadStage",
    "PoolMove",
    "Referral",
    "TalksCheck",
]
