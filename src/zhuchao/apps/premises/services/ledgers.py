"""The ledgers that premises take in: 载体台账 and 盘活台账."""

from .premises_ledger import PremisesLedger
from .revitalisation_ledger import RevitalisationLedger
from .works_ledger import WorksLedger

PREMISES = PremisesLedger()
REVITALISATIONS = RevitalisationLedger()
WORKS = WorksLedger()

__all__ = ["PREMISES", "REVITALISATIONS", "WORKS"]
