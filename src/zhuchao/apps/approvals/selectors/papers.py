"""The documents of a case as a window sees them: what is missing, what the firm's vault has of it, what was spared."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.enterprises.models import DocumentKind, Enterprise, FirmDocument
from zhuchao.apps.enterprises.selectors import family_ids
from zhuchao.apps.enterprises.selectors.vault import consent_for, documents_for, saved_uses
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone

from ..models import Case, CaseDocument, CaseTask
from .cases import visible_case_documents
from .matters import Actor

THING = "approvals.casedocument"
"""Under what the vault's log of use names a document of a case."""
BY_KIND = frozenset({DocumentKind.LICENCE, DocumentKind.CHARTER, DocumentKind.PROPERTY, DocumentKind.AUDIT})
"""What is told by its kind alone; of the other kinds there are many, and the name must be the same."""
E_LICENCES = frozenset(
    {
        *(DocumentKind.LICENCE, DocumentKind.PERMIT, DocumentKind.QUALIFICATION),
        *(DocumentKind.CERTIFICATE, DocumentKind.PROPERTY),
    }
)
"""The kinds that are licences; the others are plain documents."""


@dataclass(frozen=True)
class Proposal:
    """A document of the vault that could serve, and whether the firm has let it be used for this."""

    document: FirmDocument
    has_consent: bool


@dataclass(frozen=True)
class PaperLine:
    """A document of a case with the names of all tasks that ask for it and what the vault proposes for it."""

    document: CaseDocument
    tasks: tuple[str, ...]
    proposals: tuple[Proposal, ...] = ()

    @property
    def is_wanted(self) -> bool:
        return self.document.state in (
            CaseDocument.State.MISSING,
            CaseDocument.State.LATE,
            CaseDocument.State.WAIVED,
        )


@dataclass(frozen=True)
class SparedMonth:
    """How many documents cases did not ask for again in a month: licences, and others."""

    month: date
    licences: int
    others: int

    @property
    def total(self) -> int:
        return self.licences + self.others

    @property
    def last(self) -> date:
        """Return the last day of the month."""
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])


def get_case_document(actor: Actor, pk: int) -> CaseDocument:
    """Return one document of a case; raises NotFound when it is hidden or missing."""
    rows = visible_case_documents(actor).select_related(
        "zone", "task__case", "case__enterprise__zone", "case__theme"
    )
    found: CaseDocument | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这份材料"))
    return found


def documents_of_case(case: Case) -> QuerySet[CaseDocument]:
    """Return every document of a case, those asked for before those issued."""
    rows = CaseDocument.objects.filter(case=case).select_related(
        "task", "document", "case__enterprise", "file"
    )
    return rows.order_by("is_result", "task__position", "pk")


def papers_asked(actor: Actor, case: Case) -> list[PaperLine]:
    """Return the documents that a case asks for, each once however many tasks ask, with what the vault proposes."""
    lines: dict[tuple[str, str, str, date | None], list[CaseDocument]] = {}
    for one in documents_of_case(case).filter(is_result=False):
        lines.setdefault((one.kind, one.name, one.state, one.due_on), []).append(one)
    found = []
    for same in lines.values():
        first = same[0]
        line = PaperLine(first, tuple(dict.fromkeys(one.task.name for one in same)))
        if line.is_wanted:
            line = PaperLine(first, line.tasks, tuple(proposals_for(actor, first)))
        found.append(line)
    return found


def asked_together(document: CaseDocument) -> list[CaseDocument]:
    """Return the documents of all tasks of a case that are the same as one of them, that one included."""
    rows = CaseDocument.objects.filter(
        case=document.case_id, is_result=False, kind=document.kind, name=document.name
    )
    return list(rows.select_related("zone", "task", "case").order_by("pk"))


def proposals_for(actor: Actor, document: CaseDocument) -> list[Proposal]:
    """Return what the firm's vault has for a document that is wanted, what lasts longest first."""
    firm = document.case.enterprise
    if firm is None:
        return []
    today = zones.today(document.zone)
    held = documents_for(actor, firm, [document.kind], today)
    ids = family_ids(firm)
    has_consent = any(consent_for(ids, document.kind, words, today) for words in consent_words(document))
    return [Proposal(one, has_consent) for one in held.valid if is_what_is_asked(one, document)]


def is_what_is_asked(kept: FirmDocument, document: CaseDocument) -> bool:
    """Return whether a document of the vault is what a case asks for."""
    if kept.kind != document.kind:
        return False
    return document.kind in BY_KIND or kept.title == document.name


def consent_words(document: CaseDocument) -> list[str]:
    """Return under which words a firm may have let its documents be used for a task: its name, that of its theme."""
    theme = document.case.theme
    return [document.task.name, *([theme.name] if theme is not None else [])]


def consented_matter(firm: Enterprise, document: CaseDocument, on: date) -> str:
    """Return the words under which there is a consent on a day, else those of the task."""
    ids = family_ids(firm)
    words = consent_words(document)
    return next((one for one in words if consent_for(ids, document.kind, one, on)), words[0])


def spared(actor: Actor, zone: Zone) -> EntryQuerySet:
    """Return the uses by which cases of a zone and the zones below it did not ask for a document again."""
    return saved_uses(actor, zone).filter(thing=THING)


def spared_by_month(actor: Actor, zone: Zone) -> list[SparedMonth]:
    """Return how many documents cases did not ask for again, by month, the latest first."""
    licences: Counter[date] = Counter()
    others: Counter[date] = Counter()
    for on, kind in spared(actor, zone).order_by().values_list("happened_on", "kind"):
        (licences if kind in E_LICENCES else others)[on.replace(day=1)] += 1
    months = sorted(licences.keys() | others.keys(), reverse=True)
    return [SparedMonth(month, licences[month], others[month]) for month in months]


def missing_of(task: CaseTask) -> list[CaseDocument]:
    """Return the documents that a task asks for and does not have."""
    rows = CaseDocument.objects.filter(task=task, is_result=False, state=CaseDocument.State.MISSING)
    return list(rows.order_by("pk"))


def names_of(documents: Iterable[CaseDocument]) -> list[str]:
    """Return the names of documents, each once."""
    return list(dict.fromkeys(one.name for one in documents))
