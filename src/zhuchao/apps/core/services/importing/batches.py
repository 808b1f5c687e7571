"""A file on its way in: uploaded, its columns chosen, tried, confirmed, imported whole or not at all.

All reading and comparing is done outside the write transaction, so that others can work and progress is seen.
The transaction then locks the zone's chain of changes: when the books moved on since the comparison, the rows are
compared again inside, so that two imports of one file at once write it once.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ...errors import Contended, ImportIsOver, ImportNotTried, RowsRefused
from ...models import Attachment, ChainHead, Change, ImportBatch, ImportShape, Job
from ...selectors.files import attachment_path
from .. import jobs
from ..changes import record_change
from ..files import keep_file, refuse_too_large
from ..progress import Cancelled, Progress
from ..sniffing import Sniffed, sniff
from .collector import collector_at_rest, rows_set_aside
from .columns import (
    NO_HEADERS,
    Mapped,
    Understood,
    apply_mapping,
    mapping_of,
    refuse_unknown_headers,
    said_of_headers,
    understand_file,
)
from .registry import get_ledger
from .trial import Examined, Trial, compared, examine, preview
from .wording import as_data
from .workbooks import refuse_unreadable
from .writeback import annotated_file

KIND = "import"
KIND_TRY = "try_import"
# Changes that touch no ledger: after them, rows need not be compared again.
BESIDE_THE_BOOKS = (
    *("keep_file", "upload", "choose_sheet", "set_mapping", "try_import", "start_job", "cancel_job"),
    *("sign_in", "sign_out", "reveal", "export"),
)
# A file this short is tried while the person waits; a longer one as a job.
TRIED_AT_ONCE = 3000
# An import that met an edit crosswise was undone by the database: it compares and writes again, so many times in all.
ATTEMPTS = 4
NEVER = -1


def upload_ledger(
    *,
    actor: models.Model | None,
    scope: int,
    kind: str,
    file: IO[bytes],
    name: str,
    sheet: str = "",
    headers: Mapping[str, str] = NO_HEADERS,
    guess: bool = False,
) -> ImportBatch:
    """Keep a file of one kind of ledger and understand its columns; what was remembered of its shape is used.

    ``headers`` is {header of the file: field name or label, "" to leave the column out}, said beforehand. With
    ``guess`` a file whose header is not known is kept too, for a person to say what each column is.

    Raises what the ledger's ``authorise`` does, FileTooLarge, FileEmpty, NotAWorkbook, PasswordProtected,
    WorkbookBroken, WorkbookTooLarge, TooManyRows, SheetMissing and LedgerNotUnderstood; nothing is kept then.
    """
    batch, _found = _receive(actor, scope, kind, file, name, sheet, headers, guess=guess)
    return batch


def _receive(
    actor: models.Model | None,
    scope: int,
    kind: str,
    file: IO[bytes],
    name: str,
    sheet: str,
    headers: Mapping[str, str],
    *,
    guess: bool = False,
) -> tuple[ImportBatch, Understood]:
    """Keep a file and make its batch; return it with the sheet as it was read, so that it is read once."""
    ledger = get_ledger(kind)
    ledger.authorise(actor, scope)
    said = said_of_headers(ledger, headers)
    read: list[Understood] = []

    def look(path: Path, sniffed: Sniffed, cleaned: str) -> None:
        refuse_unreadable(path, sniffed, cleaned)
        with collector_at_rest():
            read.append(understand_file(path, sniffed, cleaned, ledger, scope, sheet, said, guess=guess))
        refuse_unknown_headers(read[0].understanding, said)

    attachment = keep_file(content=file, name=name, scope=scope, actor=actor, purpose="ledger", inspect=look)
    found = read[0]
    understood = mapping_of(found.understanding)
    mapping = understood | {"headers": said} if said else found.remembered or understood
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            scope=scope,
            kind=kind,
            attachment=attachment,
            sheet=found.table.sheet,
            shape=found.understanding.shape,
            mapping=mapping,
            counts={"rows": len(found.understanding.data_rows)},
            created_by_id=getattr(actor, "pk", None),
        )
        record_change(
            actor=actor, verb="upload", rows=[batch], scope=scope, kind=kind, sha256=attachment.file_id
        )
    return batch, found


def understanding_of(batch: ImportBatch) -> Understood:
    """Return how the file of a batch was understood; ``batch.mapping`` is not laid over it."""
    ledger = get_ledger(batch.kind)
    path = attachment_path(batch.attachment)
    headers = batch.mapping.get("headers", NO_HEADERS)
    return understand_file(
        path, sniff(path), batch.attachment.name, ledger, batch.scope, batch.sheet, headers, guess=True
    )


def choose_sheet(*, actor: models.Model | None, batch: ImportBatch, sheet: str) -> ImportBatch:
    """Take another sheet of the file and understand its columns anew."""
    ledger = get_ledger(batch.kind)
    ledger.authorise(actor, batch.scope)
    path = attachment_path(batch.attachment)
    found = understand_file(path, sniff(path), batch.attachment.name, ledger, batch.scope, sheet, guess=True)
    with transaction.atomic():
        batch = _open_batch(batch)
        batch.sheet, batch.shape = found.table.sheet, found.understanding.shape
        batch.mapping = found.remembered or mapping_of(found.understanding)
        batch.counts = {"rows": len(found.understanding.data_rows)}
        _save_untried(batch)
        record_change(actor=actor, verb="choose_sheet", rows=[batch], scope=batch.scope, sheet=sheet)
    return batch


def set_mapping(*, actor: models.Model | None, batch: ImportBatch, mapping: Mapped) -> ImportBatch:
    """Say which column is which field: {"fields": {column: field}, "units": {column: unit}}.

    Raises ColumnsClaimOneField, ColumnMissing and WrongInput for a unit that does not fit.
    """
    ledger = get_ledger(batch.kind)
    ledger.authorise(actor, batch.scope)
    apply_mapping(understanding_of(batch).understanding, ledger, mapping)
    with transaction.atomic():
        batch = _open_batch(batch)
        batch.mapping = {
            "fields": {str(column): name for column, name in mapping.get("fields", {}).items() if name},
            "units": {str(column): unit for column, unit in mapping.get("units", {}).items() if unit},
            **{key: kept for key, kept in batch.mapping.items() if key == "headers"},
        }
        _save_untried(batch)
        record_change(actor=actor, verb="set_mapping", rows=[batch], scope=batch.scope, mapping=batch.mapping)
    return batch


def try_import(
    batch: ImportBatch, *, actor: models.Model | None = None, progress: Progress | None = None
) -> Trial:
    """Say what each row would do and keep the answer with the batch; nothing of the ledger is written.

    Refused rows go into the person's own file, as ``batch.outcome``.
    """
    batch = _open_batch(batch, lock=False)
    return _keep_trial(batch, examine(batch, progress or Progress()), actor)


def start_trial(*, actor: models.Model | None, batch: ImportBatch) -> Trial | Job:
    """Try a short file at once and return the trial; try a long one as a job and return that."""
    get_ledger(batch.kind).authorise(actor, batch.scope)
    if batch.counts.get("rows", 0) <= TRIED_AT_ONCE:
        return try_import(batch, actor=actor)
    with transaction.atomic():
        batch = _open_batch(batch)
        title = _("试算：{name}").format(name=batch.attachment.name)
        job = jobs.start_job(kind=KIND_TRY, title=title, scope=batch.scope, actor=actor, batch=batch.pk)
        ImportBatch.objects.filter(pk=batch.pk).update(job=job)
    return job


@transaction.atomic
def confirm_import(*, actor: models.Model | None, batch: ImportBatch, skip_refused: bool = False) -> Job:
    """Start the import of a file that was tried, and remember its mapping for files of its shape.

    Raises RowsRefused when rows are refused and ``skip_refused`` was not chosen, and ImportIsOver.
    """
    get_ledger(batch.kind).authorise(actor, batch.scope)
    batch = _open_batch(batch)
    refused = batch.counts.get("refused", 0)
    if batch.state == ImportBatch.State.UPLOADED:
        raise ImportNotTried(name=batch.attachment.name)
    if refused and not skip_refused:
        raise RowsRefused(count=refused)
    title = _("导入：{name}").format(name=batch.attachment.name)
    job = jobs.start_job(kind=KIND, title=title, scope=batch.scope, actor=actor, batch=batch.pk)
    batch.state, batch.job = ImportBatch.State.CONFIRMED, job
    batch.options = {"skip_refused": skip_refused}
    batch.save(update_fields=["state", "job", "options"])
    remember_shape(actor=actor, batch=batch)
    return job


@transaction.atomic
def remember_shape(*, actor: models.Model | None, batch: ImportBatch) -> None:
    """Keep the mapping of a batch for the zone's next file of the same shape."""
    ImportShape.objects.update_or_create(
        scope=batch.scope,
        kind=batch.kind,
        shape=batch.shape,
        defaults={"mapping": batch.mapping, "saved_by_id": getattr(actor, "pk", None)},
    )


def run_import(
    batch: ImportBatch,
    *,
    actor: models.Model | None,
    skip_refused: bool = False,
    progress: Progress | None = None,
) -> Trial:
    """Import a batch now: all its rows, or none. Safe to repeat: a batch that is in is left alone.

    Raises RowsRefused, with the annotated file kept as ``batch.outcome``, when rows are refused and
    ``skip_refused`` was not chosen.
    """
    return _import(batch, actor, progress or Progress(), skip_refused=skip_refused)


def _import(
    batch: ImportBatch,
    actor: models.Model | None,
    progress: Progress,
    *,
    skip_refused: bool,
    found: Understood | None = None,
) -> Trial:
    batch = ImportBatch.objects.select_related("attachment__file").get(pk=batch.pk)
    if batch.state == ImportBatch.State.DONE:
        return _kept_trial(batch)
    seen = _chain_position(batch.scope)
    examined = examine(batch, progress, found)
    if examined.refused and not skip_refused:
        trial = _keep_trial(batch, examined, actor, state=ImportBatch.State.REFUSED)
        raise RowsRefused(count=trial.counts["refused"], batch=batch.pk)
    outcome = _annotated(examined, actor)
    attempts = 1
    while True:
        try:
            with transaction.atomic():
                return _write(examined, actor, seen, progress, skip_refused=skip_refused, outcome=outcome)
        except Contended:
            if attempts == ATTEMPTS:
                raise
        attempts, seen = attempts + 1, NEVER


def import_file(
    *,
    actor: models.Model | None,
    scope: int,
    kind: str,
    path: Path,
    sheet: str = "",
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    skip_refused: bool = False,
    progress: Progress | None = None,
) -> Trial:
    """Take in a file from disk in one go: for commands and the demo.

    ``mapping`` is {header of the file: field name or label, "" to leave it out}. With refused rows and without
    ``skip_refused`` nothing is imported: the trial that is returned has their number and the first of them.
    """
    refuse_too_large(path.stat().st_size)
    progress = progress or Progress()
    with path.open("rb") as file:
        batch, found = _receive(actor, scope, kind, file, path.name, sheet, mapping or NO_HEADERS)
    if dry_run:
        return _keep_trial(batch, examine(batch, progress, found), actor)
    try:
        trial = _import(batch, actor, progress, skip_refused=skip_refused, found=found)
    except RowsRefused:
        return _kept_trial(ImportBatch.objects.get(pk=batch.pk))
    remember_shape(actor=actor, batch=batch)
    return trial


def run_import_job(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a confirmed import as a job; the batch says in the end what became of it."""
    batch = ImportBatch.objects.get(pk=job.arguments["batch"])
    try:
        trial = run_import(
            batch,
            actor=job.created_by,
            skip_refused=bool(batch.options.get("skip_refused")),
            progress=progress,
        )
    except Cancelled:
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.TRIED)
        raise
    return {"batch": batch.pk, "counts": dict(trial.counts)}


def run_trial_job(job: Job, progress: Progress) -> dict[str, Any]:
    """Try a long file as a job."""
    batch = ImportBatch.objects.get(pk=job.arguments["batch"])
    trial = try_import(batch, actor=job.created_by, progress=progress)
    return {"batch": batch.pk, "counts": dict(trial.counts)}


def _write(
    examined: Examined,
    actor: models.Model | None,
    seen: int,
    progress: Progress,
    *,
    skip_refused: bool,
    outcome: Attachment | None,
) -> Trial:
    """Write what is new and changed, with the batch's own end, in the transaction that is open."""
    scope = examined.batch.scope
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=examined.batch.pk)
    if batch.state == ImportBatch.State.DONE:
        return _kept_trial(batch)
    ChainHead.objects.get_or_create(scope=scope)
    ChainHead.objects.select_for_update(no_key=True).get(scope=scope)
    if Change.objects.filter(scope=scope, seq__gt=seen).exclude(verb__in=BESIDE_THE_BOOKS).exists():
        _compare_again(examined, progress, skip_refused=skip_refused)
    due = [each for each in examined.outcomes if each.state in {"new", "changed"}]
    if due:
        progress.say(_("写入"), 0, len(due))
        with rows_set_aside():
            examined.ledger.apply(scope=scope, actor=actor, batch=batch, outcomes=due, progress=progress)
    batch.state, batch.finished_at = ImportBatch.State.DONE, timezone.now()
    batch.outcome = outcome
    _fill(batch, examined)
    batch.save(update_fields=["state", "finished_at", "outcome", "counts", "warnings", "preview"])
    record_change(
        actor=actor,
        verb="import_file",
        rows=[batch],
        scope=scope,
        kind=batch.kind,
        sha256=batch.attachment.file_id,
        counts=batch.counts,
    )
    progress.seal()
    return _kept_trial(batch)


def _compare_again(examined: Examined, progress: Progress, *, skip_refused: bool) -> None:
    """Compare the rows with what is kept now; the zone's books moved on since they were compared."""
    rows = [outcome.row for outcome in examined.outcomes if not outcome.row.problems]
    unread = [outcome for outcome in examined.outcomes if outcome.row.problems]
    outcomes = unread + compared(examined.ledger, examined.batch.scope, rows, progress)
    examined.outcomes = sorted(outcomes, key=lambda outcome: outcome.row.number)
    if examined.refused and not skip_refused:
        raise RowsRefused(count=len(examined.refused), batch=examined.batch.pk)


def _open_batch(batch: ImportBatch, *, lock: bool = True) -> ImportBatch:
    """Return the batch as it stands now; raises ImportIsOver when it is in, or on its way."""
    rows = ImportBatch.objects.select_related("attachment__file", "job")
    batch = (rows.select_for_update(no_key=True, of=("self",)) if lock else rows).get(pk=batch.pk)
    on_its_way = (
        batch.state == ImportBatch.State.CONFIRMED and batch.job is not None and not batch.job.is_over
    )
    if batch.state == ImportBatch.State.DONE or on_its_way:
        raise ImportIsOver(state=str(batch.get_state_display()))
    return batch


def _save_untried(batch: ImportBatch) -> None:
    """Save a batch whose columns were chosen anew: what was tried before no longer holds."""
    batch.state = ImportBatch.State.UPLOADED
    batch.counts = {"rows": batch.counts.get("rows", 0)}
    batch.warnings, batch.preview, batch.outcome = [], {}, None
    batch.save(
        update_fields=["sheet", "shape", "mapping", "state", "counts", "warnings", "preview", "outcome"]
    )


def _fill(batch: ImportBatch, examined: Examined) -> None:
    batch.counts = examined.counts
    batch.warnings = [as_data(problem) for problem in examined.warnings]
    batch.preview = preview(examined)


def _keep_trial(
    batch: ImportBatch,
    examined: Examined,
    actor: models.Model | None,
    state: str = ImportBatch.State.TRIED,
) -> Trial:
    outcome = _annotated(examined, actor)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        batch.state, batch.outcome = state, outcome
        _fill(batch, examined)
        batch.save(update_fields=["state", "outcome", "counts", "warnings", "preview"])
        record_change(actor=actor, verb="try_import", rows=[batch], scope=batch.scope, counts=batch.counts)
    return _kept_trial(batch)


def _kept_trial(batch: ImportBatch) -> Trial:
    return Trial(batch, batch.counts, batch.preview, batch.warnings)


def _annotated(examined: Examined, actor: models.Model | None) -> Attachment | None:
    """Keep the person's file with the refused rows marked; None when there are none."""
    if not examined.refused:
        return None
    attachment = examined.batch.attachment
    path = attachment_path(attachment)
    with annotated_file(path, sniff(path), attachment.name, examined) as (file, name):
        return keep_file(content=file, name=name, scope=examined.batch.scope, actor=actor, purpose="ledger")


def _chain_position(scope: int) -> int:
    return ChainHead.objects.filter(scope=scope).values_list("seq", flat=True).first() or 0
