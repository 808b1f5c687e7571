"""The verbs on premises. Each is one transaction and ends with a change."""

from .holds import expire_all_holds, expire_holds, extend_hold, hold_units, limit_holds, release_hold
from .lineage import Part, merge_units, split_unit
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
from .states import change_unit_state, correct_unit_state, void_unit_state

__all__ = [
    "Part",
    "add_building",
    "add_site",
    "add_unit",
    "change_site",
    "change_unit",
    "change_unit_state",
    "correct_revitalisation",
    "correct_unit_state",
    "expire_all_holds",
    "expire_holds",
    "extend_hold",
    "hand_over_site",
    "hold_units",
    "limit_holds",
    "merge_units",
    "name_site",
    "record_revitalisation",
    "release_hold",
    "split_unit",
    "void_revitalisation",
    "void_site_name",
    "void_unit_state",
]
