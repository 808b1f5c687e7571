"""The verbs on leads and activities. Each is one transaction and ends with a change."""

from .activities import NewLead, add_activity, correct_activity, void_activity
from .capital import add_capital, correct_capital, void_capital
from .chains import add_chain, add_node, link_supplier, place_on_chain, take_off_chain
from .commons import claim_lead, release_all_dormant_leads, release_dormant_leads, return_lead
from .first_contact import (
    add_argument,
    add_first_contact,
    decide_dispute,
    raise_dispute,
    split_credit,
    transfer_lead,
)
from .leads import add_lead, assign_lead, change_lead
from .minutes import Minute, needs_read, needs_written, take_minute
from .needs import set_lead_needs
from .placing import hold_for_lead, sign_lead_on_units
from .plans import HoldOutcome, draft_plan, hold_plan, make_plan, start_plan, step_of, stop_plan
from .referrals import accept_referral, check_talks, decline_referral, offer_referral, withdraw_referral
from .stages import ALLOWED_MOVES, correct_lead_stage, set_lead_stage, void_lead_stage
from .viewings import book_viewing, change_viewing, set_viewing_outcome

__all__ = [
    "ALLOWED_MOVES",
    "HoldOutcome",
    "Minute",
    "NewLead",
    "accept_referral",
    "add_activity",
    "add_argument",
    "add_capital",
    "add_chain",
    "add_first_contact",
    "add_lead",
    "add_node",
    "assign_lead",
    "book_viewing",
    "change_lead",
    "change_viewing",
    "check_talks",
    "claim_lead",
    "correct_activity",
    "correct_capital",
    "correct_lead_stage",
    "decide_dispute",
    "decline_referral",
    "draft_plan",
    "hold_for_lead",
    "hold_plan",
    "link_supplier",
    "make_plan",
    "needs_read",
    "needs_written",
    "offer_referral",
    "place_on_chain",
    "raise_dispute",
    "release_all_dormant_leads",
    "release_dormant_leads",
    "return_lead",
    "set_lead_needs",
    "set_lead_stage",
    "set_viewing_outcome",
    "sign_lead_on_units",
    "split_credit",
    "start_plan",
    "step_of",
    "stop_plan",
    "take_minute",
    "take_off_chain",
    "transfer_lead",
    "void_activity",
    "void_capital",
    "void_lead_stage",
    "withdraw_referral",
]
