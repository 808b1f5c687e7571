"""The ledgers that promotion takes in: 线索台账 and 活动台账."""

from .activities_ledger import ActivitiesLedger
from .leads_ledger import LeadsLedger

LEADS = LeadsLedger()
ACTIVITIES = ActivitiesLedger()

__all__ = ["ACTIVITIES", "LEADS"]
