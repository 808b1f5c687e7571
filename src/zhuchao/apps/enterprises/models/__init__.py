"""Firms: who they are, what they report, what is said of them and where that comes from."""

from .enterprises import Contact, Enterprise, EnterpriseName, EnterpriseQuerySet
from .filings import Filing, Measure
from .tags import EnterpriseTag

__all__ = [
    "Contact",
    "Enterprise",
    "EnterpriseName",
    "EnterpriseQuerySet",
    "EnterpriseTag",
    "Filing",
    "Measure",
]
