"""The ledgers that projects take in: 项目台账, 投资台账, 约定台账 and 形象进度台账."""

from .covenant_ledger import CovenantLedger
from .investment_ledger import InvestmentLedger
from .progress_ledger import ProgressLedger
from .project_ledger import ProjectLedger

PROJECTS = ProjectLedger()
INVESTMENTS = InvestmentLedger()
COVENANTS = CovenantLedger()
PROGRESS = ProgressLedger()

__all__ = ["COVENANTS", "INVESTMENTS", "PROGRESS", "PROJECTS"]
