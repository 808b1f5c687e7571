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
    forget_past_contacts,
    reveal_enquiry,
)
from .screens import add_screen, change_screen, hear_screen, remove_screen

__all__ = [
    "add_screen",
    "answer_enquiry",
    "ask",
    "change_screen",
    "close_door",
    "count_attempt",
    "forget_contacts",
    "forget_past_contacts",
    "hear_screen",
    "list_policy",
    "list_site",
    "list_unit",
    "open_door",
    "remove_screen",
    "reveal_enquiry",
    "set_door",
    "show_policies",
]
