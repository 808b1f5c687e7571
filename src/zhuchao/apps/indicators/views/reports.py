"""月报: order one, watch it being made, download it, make a past one again."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.units import show_percent
from zhuchao.web.attachments import attachment_response
from zhuchao.web.editing import form_response, posted
from zhuchao.web.lists import Action, Column, Kind, ListPage, list_response
from zhuchao.web.requests import Request, zone_of

from .. import selectors, services
from ..forms import ReportForm
from ..models import Report
from .figures import month_of

REPORTS = ListPage(
    key="reports",
    title=gettext_lazy("月报"),
    thing=Thing.REPORT,
    columns=(
        Column(
            "month",
            gettext_lazy("月份"),
            lambda r: f"{r.month:%Y-%m}",
            link=lambda r: reverse("report-detail", args=[r.pk]),
            on_phone=True,
        ),
        Column("as_of", gettext_lazy("数据截至"), lambda r: r.as_of, kind=Kind.MOMENT, on_phone=True),
        Column("state", gettext_lazy("状态"), lambda r: _state(r), on_phone=True),
        Column("created", gettext_lazy("提交时间"), lambda r: r.created_at, kind=Kind.MOMENT),
    ),
    main_action=Action(
        gettext_lazy("生成月报"), "report-add", verb="add", thing=Thing.REPORT, icon="tabler-file-plus"
    ),
    empty_sentence=gettext_lazy("还没有月报。导入台账后，选一个月份就能生成 Word 月报。"),
    empty_actions=(Action(gettext_lazy("生成月报"), "report-add", verb="add", thing=Thing.REPORT),),
    exportable=False,
)


def _state(report: Report) -> str:
    if report.attachment_id:
        return _("已生成")
    return str(report.job.get_state_display()) if report.job else _("未生成")


@login_required
@require_GET
def report_list(request: Request) -> HttpResponseBase:
    """List the zone's reports."""
    zone = zone_of(request)
    rows = selectors.visible_reports(request.user).filter(
        zone__in=zones.zones_under(request.user, zone, Thing.REPORT)
    )
    return list_response(request, REPORTS, rows)


@login_required
def report_add(request: Request) -> HttpResponse:
    """Order a report."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        month = selectors.month_end(values["month"])
        report = services.start_report(actor=request.user, zone=zone, month=month, as_of=values["as_of"])
        return redirect("report-detail", pk=report.pk)

    form = ReportForm(posted(request), initial={"month": f"{month_of(request, zone):%Y-%m}"})
    return form_response(
        request,
        form,
        act,
        title=_("生成月报"),
        cancel_url=reverse("report-list"),
        submit_label=_("生成"),
    )


@login_required
@require_GET
def report_detail(request: Request, pk: int) -> HttpResponse:
    """Show a report: its progress while it is made, then its figures and the file."""
    report = selectors.get_report(request.user, pk)
    rows = [
        item | {"completion_text": show_percent(Decimal(item["completion"])) if item["completion"] else "—"}
        for item in report.figures
    ]
    return render(
        request, "indicators/report_detail.html", {"report": report, "job": report.job, "rows": rows}
    )


@login_required
@require_GET
def report_download(request: Request, pk: int) -> HttpResponseBase:
    """Send the Word file of a report."""
    report = selectors.get_report(request.user, pk)
    if report.attachment is None:
        raise NotFound(what=_("这份月报的文件"))
    return attachment_response(report.attachment)
