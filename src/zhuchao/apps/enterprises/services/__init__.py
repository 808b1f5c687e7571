"""The verbs of the register of firms."""

from .contacts import add_contact, edit_contact, remove_contact, reveal_contact
from .filings import correct_filing, file_values, void_filing
from .index import index_enterprises
from .merging import merge_enterprises, unmerge_enterprise
from .register import add_enterprise, change_state, edit_enterprise
from .tags import add_tag, correct_tag, void_tag

__all__ = [
    "add_contact",
    "add_enterprise",
    "add_tag",
    "change_state",
    "correct_filing",
    "correct_tag",
    "edit_contact",
    "edit_enterprise",
    "file_values",
    "index_enterprises",
    "merge_enterprises",
    "remove_contact",
    "reveal_contact",
    "unmerge_enterprise",
    "void_filing",
    "void_tag",
]
