"""Answer a list: the page, its part for htmx, or a file of exactly what is shown."""

import tempfile
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.services.exporting import ExportColumn, record_export, write_csv, write_xlsx
from zhuchao.apps.core.wording import remarks
from zhuchao.engines.identity import mask_phone

from ..errors import AddressWrong, TooManyRows
from ..printing import exact_moment
from ..shell import is_allowed
from .address import Address, narrow, read_address, shown_columns
from .cells import exported, unit_of
from .keyset import CursorWrong, in_order, slice_rows
from .page import ListPage
from .shown import choices_of, chosen_order, show_list

MOST_EXPORTED = 100_000
READ_AT_ONCE = 2000
FILES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def list_response(
    request: HttpRequest,
    page: ListPage,
    rows: QuerySet[Any],
    *,
    template: str = "web/list.html",
    **context: Any,
) -> HttpResponseBase:
    """Answer a list: the page, its part for htmx, or the export (``?export=xlsx|csv``) of exactly what is shown.

    Raises AddressWrong for an address that asks for what is not there, NotAllowed for an export that is not
    this person's to make, and TooManyRows for one too large to wait for.
    """
    choices = choices_of(request, page)
    address = read_address(request, page, choices)
    narrowed = narrow(rows, request, page, address)
    if "export" in request.GET:
        return _export(request, page, narrowed, address, request.GET["export"])
    order = chosen_order(page, address, narrowed)
    size = address.size or page.page_size
    try:
        part = slice_rows(
            narrowed,
            order,
            size=size,
            after=address.after,
            before=address.before,
            keys_first=page.keys_first,
        )
        if not part.rows and address.before:
            # Everything before the position is gone: the first page is what is left.
            part = slice_rows(narrowed, order, size=size, keys_first=page.keys_first)
    except CursorWrong as wrong:
        raise AddressWrong(field=_("页码"), why=_("这一页已经不存在。"), back=address.url()) from wrong
    shown = show_list(request, page, rows, narrowed, address, part, choices)
    htmx: Any = getattr(request, "htmx", None)
    if htmx and not htmx.history_restore_request and htmx.target in {"list", "list-body"}:
        template = "web/list.html#body" if htmx.target == "list-body" else "web/list.html#region"
    response = render(request, template, {"page": page, "shown": shown, "rows": part.rows, **context})
    if htmx:
        response["HX-Push-Url"] = address.url(after=address.after, before=address.before)
    patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
    return response


def _export(
    request: HttpRequest, page: ListPage, rows: QuerySet[Any], address: Address, kind: str
) -> HttpResponseBase:
    """Return a file of every row the address asks for, in its order, with the columns it shows; it is recorded."""
    if not page.exportable or not is_allowed(request, "export", page.thing):
        raise NotAllowed(verb=_("导出"), thing=str(page.title))
    if kind not in FILES:
        raise AddressWrong(field=_("导出"), why=_("可以导出为 xlsx 或 csv。"), back=address.url())
    found = rows.order_by().values("pk")[: MOST_EXPORTED + 1].count()
    if found > MOST_EXPORTED:
        raise TooManyRows(count=f"{MOST_EXPORTED:,}+", limit=f"{MOST_EXPORTED:,}")
    zone = getattr(request, "zone", None)
    columns = shown_columns(page, address)
    heads = [
        ExportColumn(str(column.label), column.kind.value, str(unit_of(column, zone))) for column in columns
    ]
    ordered = in_order(rows, chosen_order(page, address, rows))

    def lines() -> Iterator[list[Any]]:
        for row in ordered.iterator(chunk_size=READ_AT_ONCE):
            yield [exported(column, row, zone) for column in columns]

    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    if kind == "xlsx":
        write_xlsx(
            file, sheet=str(page.title), columns=heads, rows=lines(), notes=_notes(page, address, zone)
        )
    else:
        write_csv(file, columns=heads, rows=lines())
    record_export(
        actor=request.user if request.user.is_authenticated else None,
        scope=getattr(zone, "pk", 0),
        thing=rows.model._meta.label_lower,
        list_key=page.key,
        kind=kind,
        count=found,
        columns=[column.key for column in columns],
        # A telephone number that was searched for stays out of the log.
        query=dict(address.pairs(q=mask_phone(address.q), cols=())),
    )
    file.seek(0)
    name = f"{page.title}-{timezone.localdate():%Y%m%d}.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=FILES[kind])


def _notes(page: ListPage, address: Address, zone: Any) -> list[str]:
    notes = [str(page.title)]
    if zone is not None:
        notes.append(_("辖区：%(zone)s") % {"zone": zone})
    notes.append(_("导出时间：%(moment)s") % {"moment": exact_moment(timezone.now())})
    if getattr(zone, "is_demo", False):
        notes.append(_("示例数据 · 示例日期 %(day)s") % {"day": zone.demo_day})
    if address.is_narrowed:
        notes.append(
            _("筛选条件：%(query)s")
            % {"query": remarks(f"{k}={v}" for k, v in address.pairs() if k != "zone")}
        )
    return notes
