"""红绿灯进度管理表: the page, its print and its spreadsheet."""

import tempfile
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.services.exporting import record_export
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.sectors import sectors_on
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..models import Investment, Project
from ..selectors.light_table import COLOURS, LightTable, light_table
from ..services.light_table_file import advance_said, write_light_table
from .progress import day_asked

MOST_ROWS = 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Asked:
    """What an address of the table asks for; empty where it asks for all."""

    department: str
    officer: str
    colour: str
    label: str
    batch: str
    sector: str

    @property
    def is_narrowed(self) -> bool:
        return any((self.department, self.officer, self.colour, self.label, self.batch, self.sector))

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Return what a request asks for."""
        said = {name: request.GET.get(name, "").strip() for name in cls.__dataclass_fields__}
        said["colour"] = said["colour"] if said["colour"] in COLOURS else ""
        return cls(**said)


@login_required
@require_GET
def project_lights(request: HttpRequest) -> HttpResponseBase:
    """Show the lights of the zone's projects on a day, milestone by milestone; as a spreadsheet where asked for."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    asked = Asked.of(request)
    today = zones.today(zone)
    on = min(day_asked(request, "on", today), today)
    # Money is as it stands now: it does not stand beside the lights of a past day.
    with_money = on == today and zones.may(actor, Verb.VIEW, Thing.INVESTMENT, zone)
    rows = _narrowed(selectors.listed_projects(actor, zone).select_related("department"), asked)
    rows = selectors.with_invested(rows) if with_money else rows
    table = light_table(list(rows), on, colour=asked.colour, with_money=with_money)
    if request.GET.get("export") == "xlsx":
        return _file(request, zone, table, asked)
    shown = table.rows[:MOST_ROWS]
    context = {
        "asked": asked,
        "asked_pairs": list(vars(asked).items()),
        "sum_url": _sum_url(asked),
        "on": on,
        "today": today,
        "table": table,
        "rows": [(row, advance_said(row)) for row in shown],
        "left_out": len(table.rows) - len(shown),
        "colours": [(colour, table.counts[colour], words) for colour, words in _words().items()],
        "choices": _choices(request, zone),
        "chart": _chart(table),
        "title": _title(asked),
        "may_export": zones.may(actor, Verb.EXPORT, Thing.PROJECT, zone),
        "has_any": bool(table.rows) or asked.is_narrowed,
    }
    return render(request, "projects/light_table.html", context)


def _narrowed(rows: QuerySet[Project], asked: Asked) -> QuerySet[Project]:
    for name in ("department", "officer", "sector"):
        said = getattr(asked, name)
        if said == "-":
            rows = rows.filter(**{name: None})
        elif said:
            rows = rows.filter(**{name: int(said)}) if _is_id(said) else rows.none()
    rows = selectors.with_label(rows, asked.label) if asked.label else rows
    return selectors.in_batch(rows, asked.batch) if asked.batch else rows


def _sum_url(asked: Asked) -> str:
    """Return where the money behind the total is listed, where the list can be narrowed as the table is."""
    others = (asked.department, asked.officer, asked.colour, asked.batch, asked.sector)
    if any(others):
        return ""
    query = {"kind": Investment.Kind.FIXED_ASSETS.value, "verified": "verified"}
    return (
        f"{reverse('investment-list')}?{urlencode(query | ({'label': asked.label} if asked.label else {}))}"
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _title(asked: Asked) -> str:
    return _("%(list)s：红绿灯进度管理表") % {"list": asked.label} if asked.label else _("红绿灯进度管理表")


def _words() -> dict[str, str]:
    return {"red": _("红灯"), "amber": _("黄灯"), "green": _("绿灯"), "none": _("无计划")}


def _choices(request: HttpRequest, zone: Zone) -> list[tuple[str, str, list[tuple[str, str]]]]:
    actor = person_of(request)
    nobody = ("-", _("未指定"))
    departments = [(str(pk), name) for pk, name in _departments(request, zone)]
    officers = [(str(pk), name) for pk, name in selectors.officers_in_use(actor, zone)]
    sectors = [(str(pk), name) for pk, name in sectors_on(zone, zones.today(zone)).values_list("pk", "name")]
    return [
        ("colour", _("灯"), list(_words().items())),
        ("department", _("责任单位"), [*departments, nobody]),
        ("officer", _("金牌店小二"), [*officers, nobody]),
        ("label", _("标签"), [(one, one) for one in selectors.labels_in_use(actor, zone)]),
        ("batch", _("批次"), [(one, one) for one in selectors.batches_in_use(actor, zone)]),
        ("sector", _("产业领域"), [*sectors, nobody]),
    ]


def _departments(request: HttpRequest, zone: Zone) -> list[tuple[int, str]]:
    rows = selectors.listed_projects(person_of(request), zone).filter(department__isnull=False)
    pairs = rows.order_by("department__name", "department_id").values_list(
        "department_id", "department__name"
    )
    return [(pk, name) for pk, name in pairs.distinct() if pk is not None]


def _chart(table: LightTable) -> dict[str, Any] | None:
    """Return the option of a chart: a bar a department, a part of it for each colour."""
    if not table.rows:
        return None
    names = [one.name or _("未指定") for one in table.departments[:12]]
    hues = {"red": "#d64545", "amber": "#c98a1b", "green": "#2e9e5b", "none": "#9aa3ab"}
    return {
        "grid": {"left": 8, "right": 8, "top": 32, "bottom": 8, "containLabel": True},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "color": list(hues.values()),
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": names, "inverse": True},
        "series": [
            {
                "type": "bar",
                "stack": "lights",
                "name": word,
                "data": [one.counts[place] for one in table.departments[:12]],
            }
            for place, word in enumerate(_words().values())
        ],
    }


def _file(request: HttpRequest, zone: Zone, table: LightTable, asked: Asked) -> HttpResponse | FileResponse:
    actor = person_of(request)
    zones.require(actor, Verb.EXPORT, Thing.PROJECT, zone)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    title = _title(asked)
    count = write_light_table(file, table, zone=zone, title=title)
    day: date = table.on
    record_export(
        actor=actor,
        scope=zone.pk,
        thing="projects.project",
        list_key="project-lights",
        kind="xlsx",
        count=count,
        columns=["lights"],
        query={name: value for name, value in vars(asked).items() if value} | {"on": day.isoformat()},
    )
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{title}-{day:%Y%m%d}.xlsx", content_type=XLSX)
