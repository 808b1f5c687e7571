"""Premises 载体: sites, buildings, floors, units, what state each is in, and what was revitalised."""

from .arrivals import Arrival
from .clusters import ClusterTarget
from .enclaves import Enclave, EnclaveShare
from .holds import Hold, HoldLimit, HoldUnit
from .land import LandGiven, land_given
from .leases import Lease, LeaseEvent, LeasePayment, LeaseUnit, RentStep
from .pictures import Picture
from .places import Building, Floor, Site, SiteName, Unit
from .relocations import RelocationEntry, RelocationParty, RelocationScheme, RelocationStep
from .renewal import Renewal, RenewalEvent, RenewalFigure
from .signings import Signing, SigningUnit
from .states import (
    CAUSE_WORDS,
    VACANCY_CAUSES,
    Revitalisation,
    UnitLineage,
    UnitLineagePart,
    UnitState,
    cause_named,
)
from .works import Works, WorksPhase, WorksProgress, months_after, next_month

__all__ = [
    "CAUSE_WORDS",
    "VACANCY_CAUSES",
    "Arrival",
    "Building",
    "ClusterTarget",
    "Enclave",
    "EnclaveShare",
    "Floor",
    "Hold",
    "HoldLimit",
    "HoldUnit",
    "LandGiven",
    "Lease",
    "LeaseEvent",
    "LeasePayment",
    "LeaseUnit",
    "Picture",
    "RelocationEntry",
    "RelocationParty",
    "RelocationScheme",
    "RelocationStep",
    "Renewal",
    "RenewalEvent",
    "RenewalFigure",
    "RentStep",
    "Revitalisation",
    "Signing",
    "SigningUnit",
    "Site",
    "SiteName",
    "Unit",
    "UnitLineage",
    "UnitLineagePart",
    "UnitState",
    "Works",
    "WorksPhase",
    "WorksProgress",
    "cause_named",
    "land_given",
    "months_after",
    "next_month",
]
