"""The verbs on premises. Each is one transaction and ends with a change."""

from .arrivals import (
    call_off_arrival,
    change_arrival,
    finish_arrival,
    plan_arrival,
    reopen_arrival,
)
from .holds import expire_all_holds, expire_holds, extend_hold, hold_units, limit_holds, release_hold
from .lease_states import (
    keep_all_leases,
    keep_leases,
)
from .lease_swaps import swap_lease_units
from .leases import (
    change_lease,
    end_lease,
    renew_lease,
    sign_lease,
    void_lease,
)
from .lineage import Part, merge_units, split_unit
from .payments import (
    correct_payment,
    record_payment,
    void_payment,
)
from .pictures import add_picture, change_picture, remove_picture
from .places import (
    add_building,
    add_site,
    add_unit,
    change_site,
    change_unit,
    hand_over_site,
    name_site,
    void_site_name,
)
from .revitalisations import correct_revitalisation, record_revitalisation, void_revitalisation
from .signings import sign_units, void_signing
from .states import change_unit_state, correct_unit_state, void_unit_state

__all__ = [
    "Part",
    "add_building",
    "add_picture",
    "add_site",
    "add_unit",
    "call_off_arrival",
    "change_arrival",
    "change_lease",
    "change_picture",
    "change_site",
    "change_unit",
    "change_unit_state",
    "correct_payment",
    "correct_revitalisation",
    "correct_unit_state",
    "end_lease",
    "expire_all_holds",
    "expire_holds",
    "extend_hold",
    "finish_arrival",
    "hand_over_site",
    "hold_units",
    "keep_all_leases",
    "keep_leases",
    "limit_holds",
    "merge_units",
    "name_site",
    "plan_arrival",
    "record_payment",
    "record_revitalisation",
    "release_hold",
    "remove_picture",
    "renew_lease",
    "reopen_arrival",
    "sign_lease",
    "sign_units",
    "split_unit",
    "swap_lease_units",
    "void_lease",
    "void_payment",
    "void_revitalisation",
    "void_signing",
    "void_site_name",
    "void_unit_state",
]
