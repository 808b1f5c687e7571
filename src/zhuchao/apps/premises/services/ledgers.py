"""The ledgers that premises take in: 载体台账 and 盘活台账."""

from .arrivals_ledger import ArrivalsLedger
from .clusters_ledger import ClustersLedger
from .enclaves_ledger import EnclavesLedger
from .leases_ledger import LeasesLedger
from .premises_ledger import PremisesLedger
from .relocations_ledger import RelocationsLedger
from .renewal_ledger import RenewalLedger
from .revitalisation_ledger import RevitalisationLedger
from .works_ledger import WorksLedger

PREMISES = PremisesLedger()
REVITALISATIONS = RevitalisationLedger()
LEASES = LeasesLedger()
ARRIVALS = ArrivalsLedger()
WORKS = WorksLedger()
ENCLAVES = EnclavesLedger()
CLUSTERS = ClustersLedger()
RELOCATIONS = RelocationsLedger()
RENEWALS = RenewalLedger()

__all__ = [
    "ARRIVALS",
    "CLUSTERS",
    "ENCLAVES",
    "LEASES",
    "PREMISES",
    "RELOCATIONS",
    "RENEWALS",
    "REVITALISATIONS",
    "WORKS",
]
