"""What cases came to: the help given by mode, and the board of records."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.forms import read_day
from zhuchao.web.requests import person_of, zone_of

from ..forms.cases import BenchmarkForm
from ..models import ServiceAction, ServiceMode
from ..selectors import guidance, measures, related
from ..services.cases import add_benchmark


@login_required
@require_GET
def service_report(request: HttpRequest) -> HttpResponse:
    """Show what help came to by mode; ``?first=``, ``?last=`` choose the days, this year otherwise."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    today = zones.today(zone)
    first = read_day(request.GET.get("first", ""), today.year) or date(today.year, 1, 1)
    last = read_day(request.GET.get("last", ""), today.year) or today
    lines = related.service_report(actor, zone, first, max(first, last))
    rows = (
        guidance.visible_service_logs(actor)
        .live()
        .filter(
            zone_id__in=zones.zones_under(actor, zone, Thing.CASE),
            happened_on__gte=first,
            happened_on__lte=max(first, last),
        )
    )
    mode = request.GET.get("mode", "")
    if mode in ServiceMode.values:
        rows = rows.filter(mode=mode)
    return render(
        request,
        "approvals/service_report.html",
        {
            "lines": lines,
            "actions": list(ServiceAction),
            "first": first,
            "last": max(first, last),
            "logs": rows.order_by("-happened_at", "-pk")[:100],
            "mode": mode,
        },
    )


@login_required
@require_GET
def record_board(request: HttpRequest) -> HttpResponse:
    """Show the finished cases from the quickest on, the records they set, and the benchmarks."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    ranked, records = measures.record_board(actor, zone)
    context = {
        "ranked": [
            (
                one,
                measures.said_duration(one.elapsed),
                [(each.benchmark, measures.said_delta(each.delta), each) for each in one.compared],
            )
            for one in ranked
        ],
        "records": [
            (one, measures.said_duration(one.elapsed), measures.said_duration(one.gained))
            for one in reversed(records)
        ],
        "benchmarks": [(one, measures.said_duration(one.elapsed)) for one in guidance.benchmarks_of(zone)],
        "may_add": zones.may(actor, Verb.MANAGE, Thing.PROCEDURE, zone),
    }
    return render(request, "approvals/record_board.html", context)


@login_required
def benchmark_add(request: HttpRequest) -> HttpResponse:
    """Keep a time that cases are measured by."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.MANAGE, Thing.PROCEDURE, zone)
    back = reverse("record-board")

    def act(values: dict[str, object]) -> HttpResponse:
        add_benchmark(actor=actor, zone=zone, **values)  # type: ignore[arg-type]
        messages.success(request, _("已保存。"))
        return redirect(back)

    return editing.form_response(
        request,
        BenchmarkForm(editing.posted(request), zone=zone),
        act,
        title=_("新增标杆"),
        cancel_url=back,
        template="approvals/case_form.html",
    )
