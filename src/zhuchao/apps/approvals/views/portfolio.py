"""在办统筹: all open cases of a zone planned together on the departments they share."""

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.core.errors import CalendarNotKnown, DomainError, NotAllowed
from zhuchao.apps.core.selectors.jobs import how_far
from zhuchao.apps.core.services.exporting import ExportColumn, record_export, write_xlsx
from zhuchao.apps.core.wording import sentences
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.scheduling import Part
from zhuchao.engines.units import show_percent
from zhuchao.web.printing import exact_moment
from zhuchao.web.requests import person_of, zone_of

from ..models import Case
from ..selectors.drawing import draw_queues
from ..selectors.kept_portfolios import kept_portfolio, newest_job, stamp_of
from ..selectors.portfolio import ZonePortfolio, busiest, portfolio_of
from ..services.portfolio import improve_portfolio, stop_portfolio
from ..wording import part_word, show_minutes

SHOWN = 200
TIMES = (10, 30, 60, 180)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest, zone: Zone) -> tuple[ZonePortfolio, dict[str, Any]]:
    """Return the plan that the address asks for, and what it is: the improved one while it holds, else that at once."""
    actor, way = person_of(request), request.GET.get("plan", "")
    held = None if way == "first" else kept_portfolio(actor, zone)
    if held is not None:
        told, kept = held
        holds = kept["stamp"] == stamp_of(actor, zone)
        if holds or way == "kept":
            return told, {"is_kept": True, "holds": holds, "stopped": kept["stopped"]}
    told = portfolio_of(actor, zone, zones.now(zone))
    return told, {"is_kept": False, "has_kept": held is not None}


@login_required
@require_GET
def case_portfolio(request: HttpRequest) -> HttpResponse:
    """Show when each open case will be over, which is late, what each department has before it, and the order of work."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    try:
        told, which = _asked(request, zone)
    except CalendarNotKnown as unknown:
        # The menu leads here: the page opens and says what is missing.
        refused = {"title": _("在办统筹"), "why": str(unknown), "next_step": unknown.next_sentence}
        return render(request, "approvals/portfolio_refused.html", refused)
    found = told.found
    context: dict[str, Any] = {
        "title": _("在办统筹"),
        "told": told,
        "late": len(told.late_rows),
        "rows": [(row, show_minutes(row.left), show_minutes(row.late)) for row in told.rows[:SHOWN]],
        "hidden": max(0, len(told.rows) - SHOWN),
        "cost": show_minutes(found.cost),
        "first": show_minutes(found.first),
        "bound": show_minutes(found.bound),
        "first_come": show_minutes(found.first_come),
        "times": TIMES,
        "may_export": zones.may(actor, Verb.EXPORT, Thing.CASE, zone),
        "queues": [
            (name, told.reviewers.get(name, 1), pieces, show_minutes(minutes))
            for name, pieces, minutes in busiest(told.by_department)
        ],
        "drawing": draw_queues(
            {
                name: [
                    (
                        one.start,
                        one.finish,
                        one.case.pk,
                        one.part is Part.REVIEW,
                        f"{one.case.number} {one.task} {part_word(one.part)}\n"
                        f"{one.begins_at:%m-%d %H:%M} – {one.ends_at:%m-%d %H:%M}",
                    )
                    for one in works
                ]
                for name, works in told.by_department.items()
            },
            told.line,
        ),
    }
    return render(request, "approvals/case_portfolio.html", context | which | _moving(request, zone))


def _moving(request: HttpRequest, zone: Zone) -> dict[str, Any]:
    """Return how far the improvement of the zone is; who ordered it may stop it."""
    job = newest_job(zone)
    own = job is not None and job.created_by_id == person_of(request).pk
    return {
        "job": job,
        "far": how_far(job) if job else None,
        "here": reverse("case-portfolio-progress"),
        "cancel_url": reverse("case-portfolio-stop") if own else "",
        "cancel_label": _("停下，用现在最好的排法"),
    }


@login_required
@require_GET
def portfolio_progress(request: HttpRequest) -> HttpResponse:
    """Tell how far the improvement is; once it is over the page shows what came of it."""
    zone = zone_of(request)
    zones.require(person_of(request), Verb.VIEW, Thing.CASE, zone)
    context = _moving(request, zone)
    job = context["job"]
    if not getattr(request, "htmx", None):
        return redirect("case-portfolio")
    if job is None or job.is_over:
        return HttpResponse(headers={"HX-Redirect": reverse("case-portfolio")})
    return render(request, "web/parts/job.html", context)


@login_required
@require_POST
def portfolio_improve(request: HttpRequest) -> HttpResponse:
    """Order a better plan; the page shows it move."""
    said = request.POST.get("seconds", "")
    try:
        improve_portfolio(
            actor=person_of(request),
            zone=zone_of(request),
            seconds=int(said) if said.isascii() and said.isdigit() else 0,
        )
    except DomainError as error:
        if isinstance(error, NotAllowed):
            raise
        messages.error(request, sentences((error, error.next_sentence)))
    return redirect("case-portfolio")


@login_required
@require_POST
def portfolio_stop(request: HttpRequest) -> HttpResponse:
    """Stop the improvement; what it has found so far is kept."""
    stop_portfolio(actor=person_of(request), zone=zone_of(request))
    messages.success(request, _("已要求停下，稍后显示到那时最好的排法。"))
    return redirect("case-portfolio")


@login_required
@require_GET
def portfolio_file(request: HttpRequest) -> HttpResponseBase:
    """Send the plan that the page shows as .xlsx, a row for each piece of work by department; it is recorded."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.EXPORT, Thing.CASE, zone)
    told, _which = _asked(request, zone)
    ends = {row.case.pk: row for row in told.rows}
    columns = [
        ExportColumn(_("部门")),
        ExportColumn(_("办件")),
        ExportColumn(_("名称")),
        ExportColumn(_("任务")),
        ExportColumn(_("环节")),
        ExportColumn(_("开始"), "moment"),
        ExportColumn(_("结束"), "moment"),
        ExportColumn(_("工作分钟"), "number"),
        ExportColumn(_("预计办结"), "moment"),
        ExportColumn(_("应办结"), "moment"),
        ExportColumn(_("状态"), "state"),
    ]

    def lines() -> Iterator[list[Any]]:
        for name, works in told.by_department.items():
            for one in works:
                row = ends[one.case.pk]
                yield [
                    name,
                    one.case.number,
                    one.case.title,
                    one.task,
                    part_word(one.part),
                    one.begins_at,
                    one.ends_at,
                    one.finish - one.start,
                    row.finish_at,
                    row.due_at,
                    _("迟 {behind}").format(behind=show_minutes(row.late)) if row.late else _("按期"),
                ]

    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    count = write_xlsx(file, sheet=_("在办统筹"), columns=columns, rows=lines(), notes=_notes(zone, told))
    record_export(
        actor=actor,
        scope=zone.pk,
        thing=Case._meta.label_lower,
        list_key="case-portfolio",
        kind="xlsx",
        count=count,
        columns=[column.label for column in columns],
        query=request.GET.dict(),
    )
    file.seek(0)
    name = f"{_('在办统筹')} {told.at:%Y-%m-%d %H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _notes(zone: Zone, told: ZonePortfolio) -> list[str]:
    found = told.found
    notes = [
        _("辖区：%(zone)s") % {"zone": zone},
        _("计算时间：%(moment)s") % {"moment": exact_moment(told.at)},
        _("代价 {cost}，先到先办 {first_come}，下界 {bound}，离下界最多 {gap}。").format(
            cost=show_minutes(found.cost),
            first_come=show_minutes(found.first_come),
            bound=show_minutes(found.bound),
            gap=show_percent(Decimal(found.gap), 1),
        ),
        *(f"{case.number} {why}" for case, why in told.unplanned),
    ]
    if zone.is_demo:
        notes.append(_("示例数据 · 示例日期 %(day)s") % {"day": zone.demo_day})
    return notes
