"""The ledgers that the register takes in: 企业台账, 企业报表 and 证照台账."""

from .documents import DocumentLedger
from .enterprises import EnterpriseLedger
from .filings import FilingLedger

DOCUMENTS = DocumentLedger()
ENTERPRISES = EnterpriseLedger()
FILINGS = FilingLedger()

__all__ = ["DOCUMENTS", "ENTERPRISES", "FILINGS"]
