"""Firms: who they are, what they report, what is said of them and where that comes from."""

from .enterprises import Contact, Enterprise, EnterpriseName, EnterpriseQuerySet
from .filings import Filing, Measure
from .tags import EnterpriseTag
from .vault import DocumentConsent, DocumentKind, DocumentUse, FirmDocument

__all__ = [
    "Contact",
    "DocumentConsent",
    "DocumentKind",
    "DocumentUse",
    "Enterprise",
    "EnterpriseName",
    "EnterpriseQuerySet",
    "EnterpriseTag",
    "Filing",
    "FirmDocument",
    "Measure",
]
