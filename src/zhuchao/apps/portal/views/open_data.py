"""Open data: the premises schema, and the public units of a zone in it."""

import io

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhuchao.apps.core.services.exporting import ExportColumn, write_csv
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones import selectors as zones

from .. import selectors
from ..models import Door

SECONDS = 300
READABLE = {"ensure_ascii": False, "indent": 1}


def _open(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Answer with the premises schema."""
    return _open(JsonResponse(selectors.premises_schema(), json_dumps_params=READABLE))


@require_safe
def units_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the public units of a zone as JSON."""
    door = selectors.open_door(slug)
    body = {
        "zone": door.zone.name,
        "is_sample": door.zone.is_demo,
        "on": zones.today(door.zone).isoformat(),
        "schema": request.build_absolute_uri(reverse("open-data-schema")),
        "data": selectors.open_records(_units(door)),
    }
    return _open(JsonResponse(body, json_dumps_params=READABLE))


@require_safe
def units_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the public units of a zone as CSV, its header the names of the schema."""
    door = selectors.open_door(slug)
    columns = [ExportColumn(fact.name, "text") for fact in selectors.FACTS]
    content = io.BytesIO()
    write_csv(content, columns=columns, rows=selectors.open_rows(_units(door)))
    response = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{door.slug}-units.csv"'
    return _open(response)


def _units(door: Door) -> QuerySet[Unit]:
    rows = selectors.public_units(door.zone, zones.today(door.zone))
    return selectors.find_units(rows, {})
