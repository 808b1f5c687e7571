"""The verbs on zones, on the people who work in them, and on what they share."""

from . import setup
from .alliances import add_member, create_alliance, remove_member
from .assignments import Given, Part, assign, assign_jointly, assign_many, end_assignments, hand_over
from .brands import add_catalogue_item, edit_catalogue_item, set_brand
from .duty import add_shift, edit_shift, fill_duty, remove_shift, swap_shifts
from .letters import send_letters_due, write_letter
from .outbox import (
    add_channel,
    edit_channel,
    notify,
    read_notices,
    send_again,
    send_due,
    send_test,
    stop_channel,
)
from .people import (
    ONE_TIME_PASSWORD_DAYS,
    add_membership,
    add_person,
    deactivate_person,
    edit_person,
    end_membership,
    reactivate_person,
    reset_password,
    reveal_phone,
)
from .sectors import add_sector, end_sector, replace_sector
from .tokens import create_token, revoke_token, use_token
from .zones import add_department, add_zone, edit_department, edit_zone

__all__ = [
    "ONE_TIME_PASSWORD_DAYS",
    "Given",
    "Part",
    "add_catalogue_item",
    "add_channel",
    "add_department",
    "add_member",
    "add_membership",
    "add_person",
    "add_sector",
    "add_shift",
    "add_zone",
    "assign",
    "assign_jointly",
    "assign_many",
    "create_alliance",
    "create_token",
    "deactivate_person",
    "edit_catalogue_item",
    "edit_channel",
    "edit_department",
    "edit_person",
    "edit_shift",
    "edit_zone",
    "end_assignments",
    "end_membership",
    "end_sector",
    "fill_duty",
    "hand_over",
    "notify",
    "reactivate_person",
    "read_notices",
    "remove_member",
    "remove_shift",
    "replace_sector",
    "reset_password",
    "reveal_phone",
    "revoke_token",
    "send_again",
    "send_due",
    "send_letters_due",
    "send_test",
    "set_brand",
    "setup",
    "stop_channel",
    "swap_shifts",
    "use_token",
    "write_letter",
]
