"""Zones, the people who work in them, and what each may do."""

from .alliances import Alliance
from .brands import CatalogueItem
from .duty import Assignment, DutyShift
from .letters import Letter
from .organisation import Department, Zone, ZoneEntry, ZoneRecord, ZoneRow
from .outbox import Channel, Delivery, Notice, SendAttempt
from .people import ApiToken, Membership, Role, User
from .sectors import Sector

__all__ = [
    "Alliance",
    "ApiToken",
    "Assignment",
    "CatalogueItem",
    "Channel",
    "Delivery",
    "Department",
    "DutyShift",
    "Letter",
    "Membership",
    "Notice",
    "Role",
    "Sector",
    "SendAttempt",
    "User",
    "Zone",
    "ZoneEntry",
    "ZoneRecord",
    "ZoneRow",
]
