"""The ledgers that promotion takes in: 线索台账, 活动台账 and 产业链台账."""

from .activities_ledger import ActivitiesLedger
from .chains_ledger import ChainsLedger
from .leads_ledger import LeadsLedger

CHAINS = ChainsLedger()
LEADS = LeadsLedger()
ACTIVITIES = ActivitiesLedger()

__all__ = ["ACTIVITIES", "CHAINS", "LEADS"]
