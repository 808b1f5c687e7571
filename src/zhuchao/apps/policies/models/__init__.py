"""Policies 惠企政策: what they are, their versions with clauses, and the source of each."""

from .applications import CLOSED, Application, ApplicationState, ApplicationStep
from .facts import FirmFact
from .mail_consents import MailConsent
from .matches import Answer, FirmMatch, FirmShift, VersionDiff, VersionMatch
from .packs import PolicyAdoption, PolicyPack
from .payments import (
    BudgetEntry,
    Instalment,
    InstalmentEvidence,
    Payment,
    PaymentBatch,
    PaymentChannel,
    PaymentReceipt,
)
from .policies import Level, Policy, PolicyClause, PolicyVersion
from .recommendations import ProjectPolicy, ProjectSweep, Reason, Recommendation, VersionSweep
from .sources import SourceCheck, SourceWatch
from .subscriptions import PolicySubscription
from .tellings import PolicyTelling
from .terms import CompetitionReview, DeliveryTerms

__all__ = [
    "CLOSED",
    "Answer",
    "Application",
    "ApplicationState",
    "ApplicationStep",
    "BudgetEntry",
    "CompetitionReview",
    "DeliveryTerms",
    "FirmFact",
    "FirmMatch",
    "FirmShift",
    "Instalment",
    "InstalmentEvidence",
    "Level",
    "MailConsent",
    "Payment",
    "PaymentBatch",
    "PaymentChannel",
    "PaymentReceipt",
    "Policy",
    "PolicyAdoption",
    "PolicyClause",
    "PolicyPack",
    "PolicySubscription",
    "PolicyTelling",
    "PolicyVersion",
    "ProjectPolicy",
    "ProjectSweep",
    "Reason",
    "Recommendation",
    "SourceCheck",
    "SourceWatch",
    "VersionDiff",
    "VersionMatch",
    "VersionSweep",
]
