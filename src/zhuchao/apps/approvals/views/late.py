"""容缺受理: accepting with documents to follow, the notice and its letters, and the list of what is due."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.attachments import attachment_response
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from ..forms.papers import LateForm
from ..models import LateNotice
from ..selectors.cases import get_task
from ..selectors.credit import credit_of, get_notice, listed_notices
from ..selectors.papers import missing_of, names_of
from ..services.late import accept_late
from ..services.letters import end_letter, notice_letter
from .papers import documents_url
from .saving import form_response

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COLOURS = {LateNotice.State.OPEN: "yellow", LateNotice.State.KEPT: "green", LateNotice.State.ENDED: "red"}


def state_of(notice: LateNotice) -> tuple[str, str, str]:
    """Return where a notice stands as a list shows it: value, label, colour."""
    state = LateNotice.State(notice.state)
    return state.value, str(state.label), COLOURS[state]


NOTICES = ListPage(
    key="late-notices",
    title=gettext_lazy("容缺告知"),
    thing="case",
    columns=(
        Column(
            "case",
            gettext_lazy("办件"),
            lambda one: one.task.case.number,
            link=lambda one: reverse("late-notice", args=[one.pk]),
            on_phone=True,
        ),
        Column("state", gettext_lazy("状态"), state_of, Kind.STATE, on_phone=True),
        Column(
            "due", gettext_lazy("补正期限"), lambda one: one.due_on, Kind.DATE, sort="due_on", on_phone=True
        ),
        Column("firm", gettext_lazy("企业"), lambda one: one.enterprise or ""),
        Column("task", gettext_lazy("任务"), lambda one: one.task.name),
        Column("documents", gettext_lazy("待补材料"), lambda one: listed(one.documents)),
        Column("department", gettext_lazy("责任部门"), lambda one: one.task.department_name),
        Column("told", gettext_lazy("告知时间"), lambda one: one.told_at, Kind.MOMENT),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), by_value("state"), lambda request: LateNotice.State.choices),
        Filter("due", gettext_lazy("补正期限"), by_date_range("due_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(task__case__number__icontains=text) | rows.filter(enterprise__name__icontains=text)
    ),
    search_hint=gettext_lazy("办件编号、企业"),
    default_sort="due_on",
    tabs=(
        (gettext_lazy("全部"), ""),
        (gettext_lazy("待补正"), "state=open"),
        (gettext_lazy("逾期终止"), "state=ended"),
    ),
    empty_sentence=gettext_lazy("还没有容缺受理的办件。只缺次要材料时，可在办件的材料页容缺受理。"),
)


@login_required
def notice_list(request: HttpRequest) -> HttpResponseBase:
    """List the one-time notices of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    return list_response(request, NOTICES, listed_notices(actor, zone))


@login_required
def late_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a task of which only documents that may be late are missing."""
    actor = person_of(request)
    task = get_task(actor, pk)
    zones.require(actor, Verb.ADD, Thing.TASK, task.zone)
    firm = task.case.enterprise
    return form_response(
        request,
        LateForm(editing.posted(request), request.FILES or None),
        lambda values: reverse("late-notice", args=[accept_late(actor=actor, task=task, **values).pk]),
        title=_("容缺受理：%(task)s") % {"task": task.name},
        back=documents_url(task.case_id),
        done=_("已容缺受理。请把一次性告知书交给企业。"),
        evidence_scope=task.zone_id,
        template="approvals/late_accept.html",
        crumbs=((task.case.number, documents_url(task.case_id)),),
        missing=names_of(missing_of(task)),
        days=task.matter_version.late_working_days if task.matter_version else None,
        credit=credit_of(firm, zones.today(task.zone)) if firm else None,
        submit_label=_("容缺受理"),
    )


@login_required
@require_GET
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one notice with its text, and its letters."""
    notice = get_notice(request.user, pk)
    context = {
        "record": notice,
        "notice": notice,
        "state": state_of(notice),
        "facts": [
            (_("办件"), notice.task.case),
            (_("企业"), notice.enterprise),
            (_("责任部门"), notice.task.department_name),
            (_("承诺人"), notice.promised_by),
            (_("补正期限"), notice.due_on.isoformat()),
            (_("待补材料"), listed(notice.documents)),
        ],
        "back": documents_url(notice.task.case_id),
    }
    return render(request, "approvals/late_notice.html", context)


@login_required
@require_GET
def notice_as_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the notice, or the letter that the case ended, as a Word document."""
    notice = get_notice(request.user, pk)
    is_ended = notice.state == LateNotice.State.ENDED and "notice" not in request.GET
    response = HttpResponse(end_letter(notice) if is_ended else notice_letter(notice), content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="notice-{notice.pk}.docx"'
    return response


@login_required
@require_GET
def notice_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer with the firm's written promise."""
    notice = get_notice(request.user, pk)
    if notice.evidence is None:
        raise NotFound(what=_("这份承诺的文件"))
    return attachment_response(notice.evidence)
