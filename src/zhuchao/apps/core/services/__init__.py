"""The verbs that every app shares: record a change, write an entry, keep a file, run a job, take in a ledger."""

from .bulk import insert_new, insert_values
from .changes import ChainBroken, record_change, verify_changes
from .entries import add_entries, add_entry, add_entry_values, correct_entry, void_entry
from .records import check_version, save_record
from .search import index_rows, unindex_rows

__all__ = [
    "ChainBroken",
    "add_entries",
    "add_entry",
    "add_entry_values",
    "check_version",
    "correct_entry",
    "index_rows",
    "insert_new",
    "insert_values",
    "record_change",
    "save_record",
    "unindex_rows",
    "verify_changes",
    "void_entry",
]
