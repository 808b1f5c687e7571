"""The verbs of the public door: set it up, publish, take an enquiry, answer it, keep the register of screens."""

from .doors import (
    close_door,
    list_policy,
    list_site,
    list_unit,
    open_door,
    set_door,
    show_policies,
)
from .enquiries import (
    answer_enquiry,
    ask,
    count_attempt,
    forget_contacts,
    forget_enquiry,
    forget_on_request,
    forget_past_contacts,
    reveal_enquiry,
)
from .firm_links import closed_link, leave_link, make_link, open_link, revoke_link, see_link
from .proposals import STATED, accept_proposal, propose_fact, refuse_proposal
from .screens import add_screen, change_screen, hear_screen, remove_screen

__all__ = [
    "STATED",
    "accept_proposal",
    "add_screen",
    "answer_enquiry",
    "ask",
    "change_screen",
    "close_door",
    "closed_link",
    "count_attempt",
    "forget_contacts",
    "forget_enquiry",
    "forget_on_request",
    "forget_past_contacts",
    "hear_screen",
    "leave_link",
    "list_policy",
    "list_site",
    "list_unit",
    "make_link",
    "open_door",
    "open_link",
    "propose_fact",
    "refuse_proposal",
    "remove_screen",
    "reveal_enquiry",
    "revoke_link",
    "see_link",
    "set_door",
    "show_policies",
]
