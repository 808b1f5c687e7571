"""Promotion 招商: leads with all that is known of them, activities, viewings, and the chains a zone wants whole."""

from .activities import Activity, ActivityParty
from .capital import ForeignCapital
from .chains import Chain, ChainNode, ChainPlace, SupplyLink
from .commons import PoolMove
from .first_contact import Argument, CreditSplit, Dispute, FirstContact
from .leads import Lead, LeadStage
from .needs import CRITERIA, LeadNeeds
from .plans import PlacingPlan, PlanRow
from .referrals import Referral, TalksCheck
from .signings import LeadSigning
from .viewings import Viewing

__all__ = [
    "CRITERIA",
    "Activity",
    "ActivityParty",
    "Argument",
    "Chain",
    "ChainNode",
    "ChainPlace",
    "CreditSplit",
    "Dispute",
    "FirstContact",
    "ForeignCapital",
    "Lead",
    "LeadNeeds",
    "LeadSigning",
    "LeadStage",
    "PlacingPlan",
    "PlanRow",
    "PoolMove",
    "Referral",
    "SupplyLink",
    "TalksCheck",
    "Viewing",
]
