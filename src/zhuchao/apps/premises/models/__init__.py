"""Premises 载体: sites, buildings, floors, units, what state each is in, and what was revitalised."""

from .holds import Hold, HoldLimit, HoldUnit
from .places import Building, Floor, Site, SiteName, Unit
from .states import (
    CAUSE_WORDS,
    VACANCY_CAUSES,
    Revitalisation,
    UnitLineage,
    UnitLineagePart,
    UnitState,
    cause_named,
)

__all__ = [
    "CAUSE_WORDS",
    "VACANCY_CAUSES",
    "Building",
    "Floor",
    "Hold",
    "HoldLimit",
    "HoldUnit",
    "Revitalisation",
    "Site",
    "SiteName",
    "Unit",
    "UnitLineage",
    "UnitLineagePart",
    "UnitState",
    "cause_named",
]
