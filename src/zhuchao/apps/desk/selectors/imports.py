"""Which files on their way in a person may see, and where what they brought is found."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError, NotFound
from zhuchao.apps.core.models import Attachment, ImportBatch, Job
from zhuchao.apps.core.services.importing import Ledger, Words, all_ledgers, as_problem, get_ledger, words
from zhuchao.apps.zones.models import User, Zone

# Where what a ledger brought is found: the list of its records or entries.
LISTS = {
    "premises": "unit-list",
    "revitalisations": "revitalisation-list",
    "leases": "lease-list",
    "arrivals": "arrival-list",
    "works": "works-list",
    "enclaves": "enclave-list",
    "clusters": "cluster-list",
    "relocations": "relocation-party-list",
    "renewals": "renewal-list",
    "enterprises": "enterprise-list",
    "filings": "enterprise-list",
    "firm_documents": "firm-document-list",
    "leads": "lead-list",
    "activities": "activity-list",
    "chains": "chain-list",
    "policies": "policy-list",
    "applications": "application-list",
    "policy_tellings": "policy-telling-list",
    "payment_receipts": "payment-list",
    "firm_facts": "enterprise-list",
    "projects": "project-list",
    "investments": "investment-list",
    "project_progress": "project-lights",
    "covenants": "covenant-list",
    "targets": "target-list",
    "observations": "observation-list",
}
# Where a changed row is seen before it changes.
RECORDS = {
    "premises.unit": "unit-detail",
    "premises.relocationparty": "relocation-party-detail",
    "enterprises.enterprise": "enterprise-detail",
    "enterprises.firmdocument": "firm-document-detail",
    "promotion.lead": "lead-detail",
    "promotion.activity": "activity-detail",
    "projects.project": "project-detail",
    "projects.covenant": "covenant-detail",
    "policies.policy": "policy-detail",
    "policies.application": "application-detail",
}


PAGE_ROWS = 100
EVERY = ("refused", "new", "changed", "same")
"""The outcomes of a trial in the order in which a person looks at them: what is wrong first."""


@dataclass(frozen=True)
class TriedRow:
    """One row of a trial as a page shows it; ``state`` is its outcome."""

    number: int
    state: str
    cells: list[tuple[str, str]]
    changes: list[tuple[str, str, str]]
    problems: list[Words]
    url: str


@dataclass(frozen=True)
class TriedPage:
    """Some rows of a trial: the page ``number`` of ``pages``, with the places of its first and last row."""

    rows: list[TriedRow]
    number: int
    pages: int
    first: int
    kept: int

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def has_problems(self) -> bool:
        return any(row.problems for row in self.rows)

    @property
    def has_changes(self) -> bool:
        return any(row.changes for row in self.rows)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def following(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def open_ledgers(actor: User, zone: Zone) -> list[Ledger]:
    """Return the ledgers this person may import into a zone."""
    return [ledger for ledger in all_ledgers() if _may(ledger, actor, zone.pk)]


def visible_batches(actor: User, zone: Zone) -> QuerySet[ImportBatch]:
    """Return the files of a zone whose kind of ledger this person may import, newest first."""
    kinds = [ledger.key for ledger in open_ledgers(actor, zone)]
    rows = ImportBatch.objects.filter(scope=zone.pk, kind__in=kinds)
    return rows.select_related("attachment", "created_by").defer("preview", "warnings", "mapping")


def get_batch(actor: User, pk: int) -> ImportBatch:
    """Return a file on its way in; hidden and missing look the same."""
    rows = ImportBatch.objects.select_related("attachment__file", "outcome__file", "job", "created_by")
    batch = rows.filter(pk=pk).first()
    known = {ledger.key: ledger for ledger in all_ledgers()}
    if batch is None or batch.kind not in known or not _may(known[batch.kind], actor, batch.scope):
        raise NotFound(what=_("这次导入"))
    return batch


def get_outcome(actor: User, pk: int) -> Attachment:
    """Return the annotated file of an import; raises NotFound when there is none."""
    batch = get_batch(actor, pk)
    if batch.outcome is None:
        raise NotFound(what=_("标注过的文件"))
    return batch.outcome


def tried_rows(batch: ImportBatch, state: str = "", page: int = 1) -> TriedPage:
    """Return a page of the rows of one outcome of a trial, or of all of them, those with problems first.

    A page that is not there is the nearest one that is.
    """
    ledger = get_ledger(batch.kind)
    kept = [(each, row) for each in ([state] if state else EVERY) for row in batch.preview.get(each, ())]
    if not state:
        kept.sort(key=lambda found: (found[0] != "refused", not found[1].get("problems")))
    pages = max(-(-len(kept) // PAGE_ROWS), 1)
    number = min(max(page, 1), pages)
    start = (number - 1) * PAGE_ROWS
    rows = [_tried_row(row, each, ledger) for each, row in kept[start : start + PAGE_ROWS]]
    return TriedPage(rows, number, pages, start + 1, len(kept))


def said_of_file(batch: ImportBatch) -> list[Words]:
    """Return what must be told of the file as a whole."""
    ledger = get_ledger(batch.kind)
    return [words(as_problem(problem), ledger) for problem in batch.warnings]


def list_url(batch: ImportBatch) -> str:
    """Return where what the file brought is found."""
    name = LISTS.get(batch.kind)
    return reverse(name) if name else ""


def ledger_title(kind: str) -> str:
    """Return what people call a kind of ledger; the kind itself when no app offers it any more."""
    return next((str(ledger.title) for ledger in all_ledgers() if ledger.key == kind), kind)


def job_url(job: Job) -> str:
    """Return where a job's outcome is seen: the import it belongs to, the report or plan it made, or nothing."""
    if "batch" in job.arguments:
        return reverse("import-detail", args=[job.arguments["batch"]])
    if "report_id" in job.result:
        return reverse("report-detail", args=[job.result["report_id"]])
    if "plan_id" in job.arguments:
        return reverse("placing-plan-detail", args=[job.arguments["plan_id"]])
    return ""


def _may(ledger: Ledger, actor: User, scope: int) -> bool:
    try:
        ledger.authorise(actor, scope)
    except DomainError:
        return False
    return True


def _tried_row(row: dict[str, Any], state: str, ledger: Ledger) -> TriedRow:
    name = RECORDS.get(ledger.thing)
    return TriedRow(
        number=row["row"],
        state=state,
        cells=[(label, text) for label, text in row["cells"]],
        changes=[(label, old, new) for label, old, new in row.get("changes", ())],
        problems=[words(as_problem(problem), ledger, row["row"]) for problem in row.get("problems", ())],
        url=reverse(name, args=[row["row_id"]]) if name and "row_id" in row else "",
    )
