"""Premises 载体: sites, buildings, floors, units, what state each is in, and what was revitalised."""

from .places import Building, Floor, Site, SiteName, Unit
from .states import Revitalisation, UnitState

__all__ = ["Building", "Floor", "Revitalisation", "Site", "SiteName", "Unit", "UnitState"]
