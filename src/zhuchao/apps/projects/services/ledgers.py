"""The ledgers that projects take in: 项目台账, 投资台账 and 约定台账."""

from .covenant_ledger import CovenantLedger
from .investment_ledger import InvestmentLedger
from .project_ledger import ProjectLedger

PROJECTS = ProjectLedger()
INVESTMENTS = InvestmentLedger()
COVENANTS = CovenantLedger()

__all__ = ["COVENANTS", "INVESTMENTS", "PROJECTS"]
