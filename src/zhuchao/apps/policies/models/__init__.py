"""Policies 惠企政策: what they are, their versions with clauses, and the source of each."""

from .policies import Level, Policy, PolicyClause, PolicyVersion
from .sources import SourceCheck, SourceWatch
from .subscriptions import PolicySubscription
from .tellings import PolicyTelling

__all__ = [
    "Level",
    "Policy",
    "PolicyClause",
    "PolicySubscription",
    "PolicyTelling",
    "PolicyVersion",
    "SourceCheck",
    "SourceWatch",
]
