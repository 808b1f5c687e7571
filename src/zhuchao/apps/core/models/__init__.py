"""What every app keeps in the same way: entries, changes, files, jobs, calendar, ledgers, search."""

from .calendar import CalendarDay, CalendarYear
from .changes import ChainHead, Change, ChangedRow
from .entries import Entry, EntryQuerySet
from .files import Attachment, StoredFile
from .installation import Installation
from .jobs import Job
from .ledgers import ImportBatch, ImportShape
from .records import Record
from .saved_views import SavedView
from .search import SearchDoc

__all__ = [
    "Attachment",
    "CalendarDay",
    "CalendarYear",
    "ChainHead",
    "Change",
    "ChangedRow",
    "Entry",
    "EntryQuerySet",
    "ImportBatch",
    "ImportShape",
    "Installation",
    "Job",
    "Record",
    "SavedView",
    "SearchDoc",
    "StoredFile",
]
