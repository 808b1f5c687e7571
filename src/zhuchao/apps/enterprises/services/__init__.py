"""The verbs of the register of firms."""

from .contacts import add_contact, edit_contact, remove_contact, reveal_contact
from .document_uses import give_consent, use_document, void_use, withdraw_consent
from .filings import correct_filing, file_values, void_filing
from .index import index_enterprises
from .merging import merge_enterprises, unmerge_enterprise
from .register import add_enterprise, change_state, edit_enterprise
from .tags import add_tag, correct_tag, void_tag
from .vault import add_document, edit_document, index_documents, withdraw_document

__all__ = [
    "add_contact",
    "add_document",
    "add_enterprise",
    "add_tag",
    "change_state",
    "correct_filing",
    "correct_tag",
    "edit_contact",
    "edit_document",
    "edit_enterprise",
    "file_values",
    "give_consent",
    "index_documents",
    "index_enterprises",
    "merge_enterprises",
    "remove_contact",
    "reveal_contact",
    "unmerge_enterprise",
    "use_document",
    "void_filing",
    "void_tag",
    "void_use",
    "withdraw_consent",
    "withdraw_document",
]
