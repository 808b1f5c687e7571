"""Taking in a ledger, step by step: choose, upload, check the columns, try, import."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhuchao.apps.core.errors import DomainError, NotFound
from zhuchao.apps.core.models import ImportBatch, Job
from zhuchao.apps.core.selectors.jobs import how_far
from zhuchao.apps.core.services import importing
from zhuchao.apps.core.services.files import refuse_too_large
from zhuchao.apps.core.services.jobs import cancel_job
from zhuchao.apps.zones.models import User, Zone
from zhuchao.web.attachments import attachment_response
from zhuchao.web.forms import as_control, refuse
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, list_response
from zhuchao.web.lists.narrowing import by_value

from ..forms import ColumnsForm, ConfirmForm, SheetForm, UploadForm
from ..selectors import imports as selectors
from . import jobs

STEPS = (
    gettext_lazy("选择台账"),
    gettext_lazy("上传文件"),
    gettext_lazy("核对各列"),
    gettext_lazy("试算"),
    gettext_lazy("导入"),
)
COLOURS = {
    ImportBatch.State.UPLOADED: "secondary",
    ImportBatch.State.TRIED: "azure",
    ImportBatch.State.CONFIRMED: "blue",
    ImportBatch.State.DONE: "green",
    ImportBatch.State.REFUSED: "red",
}
STATES = (
    ("new", pgettext_lazy("导入", "新增")),
    ("changed", pgettext_lazy("导入", "变更")),
    ("same", gettext_lazy("无变化")),
    ("refused", gettext_lazy("有问题")),
)
ALL = "all"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a person cannot mend by choosing another file goes its usual way.
NOT_FOR_THE_FORM = frozenset({403, 404})

PAGE = ListPage(
    key="imports",
    title=gettext_lazy("导入台账"),
    thing="zone",
    columns=(
        Column(
            "file",
            gettext_lazy("文件"),
            lambda batch: batch.attachment.name,
            link=lambda batch: reverse("import-detail", args=[batch.pk]),
            on_phone=True,
        ),
        Column("kind", gettext_lazy("台账"), lambda batch: selectors.ledger_title(batch.kind), on_phone=True),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda batch: (batch.state, batch.get_state_display(), COLOURS[ImportBatch.State(batch.state)]),
            Kind.STATE,
            on_phone=True,
        ),
        Column("rows", gettext_lazy("行数"), lambda batch: batch.counts.get("rows"), Kind.NUMBER),
        *(
            Column(key, label, lambda batch, key=key: batch.counts.get(key), Kind.NUMBER)  # type: ignore[misc]
            for key, label in STATES
        ),
        Column("by", gettext_lazy("上传人"), lambda batch: str(batch.created_by or _("系统"))),
        Column("at", gettext_lazy("上传时间"), lambda batch: batch.created_at, Kind.MOMENT),
    ),
    filters=(
        Filter(
            "kind",
            gettext_lazy("台账"),
            by_value("kind"),
            choices=lambda request: [
                (ledger.key, ledger.title)
                for ledger in selectors.open_ledgers(_actor(request), _zone(request))
            ],
        ),
        Filter(
            "state",
            gettext_lazy("状态"),
            by_value("state"),
            choices=lambda _request: ImportBatch.State.choices,
        ),
    ),
    main_action=Action(gettext_lazy("导入台账"), "import-add", icon="tabler-upload"),
    empty_sentence=gettext_lazy("还没有导入过台账"),
    empty_actions=(Action(gettext_lazy("导入第一本台账"), "import-add", icon="tabler-upload"),),
)


@login_required
@require_GET
def import_list(request: HttpRequest) -> HttpResponseBase:
    """Show the files that came in before."""
    return list_response(request, PAGE, selectors.visible_batches(_actor(request), _zone(request)))


@login_required
@require_GET
def import_add(request: HttpRequest) -> HttpResponse:
    """Offer the kinds of ledger, each with its blank template."""
    ledgers = selectors.open_ledgers(_actor(request), _zone(request))
    return _step(request, "desk/import_kinds.html", 1, ledgers=ledgers)


@login_required
@require_GET
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the blank template of a kind of ledger."""
    ledger = importing.get_ledger(kind)
    ledger.authorise(request.user, _zone(request).pk)
    response = HttpResponse(importing.template_workbook(ledger), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{ledger.key}.xlsx"'
    return response


@csrf_exempt
@login_required
@require_http_methods(["GET", "POST"])
def import_upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a file, once its size is known to be bearable: reading the form would read the whole file."""
    announced = request.headers.get("Content-Length", "")
    refuse_too_large(int(announced) - _FORM_BYTES if announced.isdigit() else None)
    return _import_upload(request, kind)


# What a form sends around its file, so that a file of exactly the limit is not refused for it.
_FORM_BYTES = 16 * 1024


@csrf_protect
def _import_upload(request: HttpRequest, kind: str) -> HttpResponse:
    ledger, zone = importing.get_ledger(kind), _zone(request)
    ledger.authorise(request.user, zone.pk)
    is_sent = request.method == "POST"
    form = UploadForm(request.POST if is_sent else None, request.FILES if is_sent else None)

    def act() -> str:
        file = form.cleaned_data["file"]
        batch = importing.upload_ledger(
            actor=_actor(request), scope=zone.pk, kind=kind, file=file, name=file.name, guess=True
        )
        return reverse("import-columns", args=[batch.pk])

    return _form_step(request, form, act, "desk/import_upload.html", 2, ledger=ledger)


@login_required
@require_GET
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the step at which a file is."""
    batch = selectors.get_batch(_actor(request), pk)
    steps = {ImportBatch.State.UPLOADED: "import-columns", ImportBatch.State.TRIED: "import-try"}
    if batch.state == ImportBatch.State.UPLOADED and batch.job is not None and not batch.job.is_over:
        return redirect("import-try", pk)
    return redirect(steps.get(ImportBatch.State(batch.state), "import-result"), pk)


@login_required
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how each column was understood and take what a person chooses; then try the file."""
    batch = selectors.get_batch(_actor(request), pk)
    ledger, found = importing.get_ledger(batch.kind), importing.understanding_of(batch)
    columns = importing.column_views(found, ledger, batch.mapping)
    form = ColumnsForm(request.POST if request.method == "POST" else None, columns=columns, ledger=ledger)

    def act() -> str:
        chosen = importing.set_mapping(
            actor=_actor(request),
            batch=batch,
            mapping=_with_kept_units(form.mapping(columns), batch, columns),
        )
        importing.start_trial(actor=_actor(request), batch=chosen)
        return reverse("import-try", args=[pk])

    context = {
        "batch": batch,
        "ledger": ledger,
        "columns": [
            {
                "column": column,
                "choice": form[f"field-{column.index}"],
                "choice_control": as_control(form[f"field-{column.index}"]),
                "unit_id": f"id_unit-{column.index}",
                "unit_control": as_control(form[f"unit-{column.index}"]) if column.units else "",
            }
            for column in columns
        ],
        "to_decide": [
            importing.words(problem, ledger) for problem in importing.to_decide(found.understanding)
        ],
        "rows": len(found.understanding.data_rows),
        "totals": len(found.understanding.totals),
        "titles": found.understanding.titles,
        "remembered": found.remembered is not None,
        "sheet_form": SheetForm(initial={"sheet": batch.sheet}, sheets=found.table.sheets)
        if len(found.table.sheets) > 1
        else None,
    }
    return _form_step(request, form, act, "desk/import_columns.html", 3, **context)


@login_required
@require_POST
def import_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Read another sheet of the workbook."""
    batch = selectors.get_batch(_actor(request), pk)
    sheets = importing.understanding_of(batch).table.sheets
    form = SheetForm(request.POST, sheets=sheets)
    if form.is_valid():
        importing.choose_sheet(actor=_actor(request), batch=batch, sheet=form.cleaned_data["sheet"])
    return redirect("import-columns", pk)


@login_required
@require_http_methods(["GET", "POST"])
def import_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what each row would do, and import on a person's word."""
    batch = selectors.get_batch(_actor(request), pk)
    if batch.state == ImportBatch.State.UPLOADED:
        return _trial_under_way(request, batch)
    if batch.state in {ImportBatch.State.DONE, ImportBatch.State.CONFIRMED} and request.method == "GET":
        return redirect("import-result", pk)
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]
        return jobs.lead_to(reverse("import-try", args=[pk]))
    form = ConfirmForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        importing.confirm_import(actor=_actor(request), batch=batch, **form.cleaned_data)
        return reverse("import-result", args=[pk])

    return _form_step(request, form, act, "desk/import_try.html", 4, **_tried(request, batch))


@login_required
@require_GET
def import_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far an import is, then what it did."""
    batch = selectors.get_batch(_actor(request), pk)
    if batch.state == ImportBatch.State.UPLOADED:
        return redirect("import-columns", pk)
    here = reverse("import-result", args=[pk])
    if batch.job is not None and not batch.job.is_over:
        return _progress(request, batch, batch.job, 5, here)
    if request.htmx:  # type: ignore[attr-defined]
        return jobs.lead_to(here)
    context = {
        "batch": batch,
        "ledger": importing.get_ledger(batch.kind),
        "job": batch.job,
        "is_done": batch.state == ImportBatch.State.DONE,
        "counts": [(label, batch.counts.get(key, 0)) for key, label in STATES],
        "written": batch.counts.get("new", 0) + batch.counts.get("changed", 0),
        "warnings": selectors.said_of_file(batch),
        "list_url": selectors.list_url(batch),
    }
    return _step(request, "desk/import_result.html", 5, **context)


@login_required
@require_POST
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel the trial or the import that is under way."""
    batch = selectors.get_batch(_actor(request), pk)
    if batch.job is None:
        raise NotFound(what=_("进行中的导入"))
    cancel_job(actor=_actor(request), job=batch.job)
    messages.success(request, _("已要求取消，没有写入任何内容。"))
    return redirect("import-detail", pk)


@login_required
@require_GET
def import_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the file as it was uploaded."""
    return attachment_response(selectors.get_batch(_actor(request), pk).attachment, download=True)


@login_required
@require_GET
def import_annotated(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the person's own file with what is wrong beside each refused row."""
    return attachment_response(selectors.get_outcome(_actor(request), pk), download=True)


def _actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _zone(request: HttpRequest) -> Zone:
    zone: Zone | None = getattr(request, "zone", None)
    if zone is None:
        raise NotFound(what=_("您的辖区"))
    return zone


def _step(
    request: HttpRequest, template: str, number: int, status: int = 200, **context: Any
) -> HttpResponse:
    return render(request, template, {"steps": STEPS, "step_now": number, **context}, status=status)


def _form_step(
    request: HttpRequest, form: forms.Form, act: Callable[[], str], template: str, number: int, **context: Any
) -> HttpResponse:
    """Show a step, or do what its form asks and go on; a refusal stands on the form."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect(act())
            except DomainError as error:
                if error.http_status in NOT_FOR_THE_FORM:
                    raise
                refuse(form, error)
                status = error.http_status
    return _step(request, template, number, status, form=form, **context)


def _with_kept_units(
    mapping: dict[str, dict[str, str]], batch: ImportBatch, columns: list[importing.ColumnView]
) -> dict[str, dict[str, str]]:
    """Keep a unit that was chosen before and is shown again: it no longer differs from what is shown."""
    before = batch.mapping.get("units", {})
    shown = {str(column.index): column.unit for column in columns}
    kept = {
        index: unit
        for index, unit in before.items()
        if index in mapping["fields"] and index not in mapping["units"] and shown.get(index) == unit
    }
    return {"fields": mapping["fields"], "units": kept | mapping["units"]}


def _tried(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """Return what the page of a trial shows: counts as tabs, the rows of one of them, what to tell."""
    counts = batch.counts
    first = next((key for key in ("refused", "new", "changed") if counts.get(key)), "same")
    asked = request.GET.get("rows", first)
    state = asked if asked in {*dict(STATES), ALL} else first
    number = request.GET.get("page", "1")
    page = selectors.tried_rows(
        batch,
        "" if state == ALL else state,
        int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1,
    )
    count = counts.get("rows", 0) if state == ALL else counts.get(state, 0)
    return {
        "batch": batch,
        "ledger": importing.get_ledger(batch.kind),
        "tabs": [
            *((key, dict(STATES)[key], counts.get(key, 0)) for key in selectors.EVERY),
            (ALL, _("全部"), counts.get("rows", 0)),
        ],
        "state": state,
        "is_all": state == ALL,
        "labels": dict(STATES),
        "tried": page,
        "rows": page.rows,
        "more": count - page.kept,
        "refused": counts.get("refused", 0),
        "due": counts.get("new", 0) + counts.get("changed", 0),
        "warnings": selectors.said_of_file(batch),
    }


def _trial_under_way(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Show how far the trial of a long file is, or why it stopped."""
    if batch.job is None:
        return redirect("import-columns", batch.pk)
    return _progress(request, batch, batch.job, 4, reverse("import-try", args=[batch.pk]))


def _progress(request: HttpRequest, batch: ImportBatch, job: Job, number: int, here: str) -> HttpResponse:
    context = {
        "batch": batch,
        "job": job,
        "far": how_far(job),
        "here": here,
        "cancel_url": reverse("import-cancel", args=[batch.pk]),
        "again_url": reverse("import-columns", args=[batch.pk]),
        "steps": STEPS,
        "step_now": number,
    }
    return jobs.progress_response(request, "desk/import_progress.html", job, here, context)


urlpatterns = [
    path("imports/", import_list, name="import-list"),
    path("imports/new/", import_add, name="import-add"),
    path("imports/new/<slug:kind>/", import_upload, name="import-upload"),
    path("imports/template/<slug:kind>/", import_template, name="import-template"),
    path("imports/<int:pk>/", import_detail, name="import-detail"),
    path("imports/<int:pk>/columns/", import_columns, name="import-columns"),
    path("imports/<int:pk>/sheet/", import_sheet, name="import-sheet"),
    path("imports/<int:pk>/try/", import_try, name="import-try"),
    path("imports/<int:pk>/result/", import_result, name="import-result"),
    path("imports/<int:pk>/cancel/", import_cancel, name="import-cancel"),
    path("imports/<int:pk>/file/", import_file, name="import-file"),
    path("imports/<int:pk>/annotated/", import_annotated, name="import-annotated"),
]
