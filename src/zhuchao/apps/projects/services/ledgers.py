"""The ledgers that projects take in: 项目台账 and 投资台账."""

from .investment_ledger import InvestmentLedger
from .project_ledger import ProjectLedger

PROJECTS = ProjectLedger()
INVESTMENTS = InvestmentLedger()

__all__ = ["INVESTMENTS", "PROJECTS"]
