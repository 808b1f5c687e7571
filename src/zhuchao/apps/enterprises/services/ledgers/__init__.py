"""The ledgers that the register takes in: 企业台账 and 企业报表."""

from .enterprises import EnterpriseLedger
from .filings import FilingLedger

ENTERPRISES = EnterpriseLedger()
FILINGS = FilingLedger()

__all__ = ["ENTERPRISES", "FILINGS"]
