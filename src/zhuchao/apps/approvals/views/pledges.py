"""告知承诺: signing, the check afterwards, and the list of what is to be checked."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.attachments import attachment_response
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_date_range, list_response
from zhuchao.web.requests import person_of, zone_of

from ..forms.papers import PledgeCheckForm, PledgeForm
from ..models import Pledge
from ..selectors.cases import get_task
from ..selectors.credit import credit_of, get_pledge, listed_pledges
from ..services.letters import pledge_letter
from ..services.pledges import check_pledge, sign_pledge, why_no_pledge
from .late import WORD
from .papers import documents_url
from .saving import form_response

OPEN = "open"
COLOURS = {"": "yellow", Pledge.Result.KEPT: "green", Pledge.Result.BROKEN: "red"}


def result_of(pledge: Pledge) -> tuple[str, str, str]:
    """Return what became of a pledge as a list shows it: value, label, colour."""
    label = pledge.get_result_display() if pledge.result else _("待核查")
    return pledge.result or OPEN, str(label), COLOURS[pledge.result]


PLEDGES = ListPage(
    key="pledges",
    title=gettext_lazy("告知承诺台账"),
    thing="case",
    columns=(
        Column(
            "firm",
            gettext_lazy("企业"),
            lambda one: one.enterprise.name,
            link=lambda one: reverse("pledge-detail", args=[one.pk]),
            on_phone=True,
        ),
        Column("result", gettext_lazy("核查结果"), result_of, Kind.STATE, on_phone=True),
        Column(
            "due",
            gettext_lazy("核查期限"),
            lambda one: one.check_due_on,
            Kind.DATE,
            sort="check_due_on",
            on_phone=True,
        ),
        Column("task", gettext_lazy("任务"), lambda one: one.task.name),
        Column("case", gettext_lazy("办件"), lambda one: one.task.case.number),
        Column("department", gettext_lazy("责任部门"), lambda one: one.task.department_name),
        Column("signed", gettext_lazy("签署时间"), lambda one: one.signed_at, Kind.MOMENT),
        Column("checked", gettext_lazy("核查日期"), lambda one: one.checked_on, Kind.DATE),
        Column("note", gettext_lazy("核查情况"), lambda one: one.check_note, hidden=True),
    ),
    filters=(
        Filter(
            "result",
            gettext_lazy("核查结果"),
            lambda rows, value: rows.filter(result="" if value == OPEN else value),
            lambda request: [(OPEN, _("待核查")), *Pledge.Result.choices],
        ),
        Filter("due", gettext_lazy("核查期限"), by_date_range("check_due_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(task__case__number__icontains=text) | rows.filter(enterprise__name__icontains=text)
    ),
    search_hint=gettext_lazy("办件编号、企业"),
    default_sort="check_due_on",
    tabs=(
        (gettext_lazy("全部"), ""),
        (gettext_lazy("待核查"), "result=open"),
        (gettext_lazy("失信"), "result=broken"),
    ),
    empty_sentence=gettext_lazy("还没有告知承诺。事项可告知承诺的，可在办件的材料页由企业签署承诺。"),
)


@login_required
def pledge_list(request: HttpRequest) -> HttpResponseBase:
    """List the pledges of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    return list_response(request, PLEDGES, listed_pledges(actor, zone))


@login_required
def pledge_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a task on the firm's signed word."""
    actor = person_of(request)
    task = get_task(actor, pk)
    zones.require(actor, Verb.ADD, Thing.TASK, task.zone)
    firm = task.case.enterprise

    def act(values: dict[str, object]) -> str:
        values.pop("told")
        made = sign_pledge(actor=actor, task=task, **values)  # type: ignore[arg-type]
        return reverse("pledge-detail", args=[made.pk])

    return form_response(
        request,
        PledgeForm(editing.posted(request), request.FILES or None),
        act,
        title=_("告知承诺：%(task)s") % {"task": task.name},
        back=documents_url(task.case_id),
        done=_("已按告知承诺受理，不再审查；请在核查期限内核查。"),
        evidence_scope=task.zone_id,
        template="approvals/pledge_sign.html",
        crumbs=((task.case.number, documents_url(task.case_id)),),
        why_not=why_no_pledge(task),
        pledge_text=task.matter_version.pledge_text if task.matter_version else "",
        credit=credit_of(firm, zones.today(task.zone)) if firm else None,
        submit_label=_("签署并受理"),
    )


@login_required
@require_GET
def pledge_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one pledge with what was signed and what the check found."""
    pledge = get_pledge(request.user, pk)
    may_check = not pledge.result and (
        zones.in_zones(
            type(pledge.task).objects.filter(pk=pledge.task_id),
            request.user,
            Thing.TASK,
            verb=Verb.CHANGE,
            own="department",
        ).exists()
    )
    context = {
        "record": pledge,
        "pledge": pledge,
        "state": result_of(pledge),
        "facts": [
            (_("办件"), pledge.task.case),
            (_("责任部门"), pledge.task.department_name),
            (_("签署人"), pledge.signed_by),
            (_("见证人"), pledge.witness),
            (_("核查期限"), pledge.check_due_on.isoformat()),
            (_("核查人"), pledge.checked_by),
            (_("核查情况"), pledge.check_note),
        ],
        "may_check": may_check,
        "back": documents_url(pledge.task.case_id),
    }
    return render(request, "approvals/pledge_detail.html", context)


@login_required
def pledge_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the check of a pledge found."""
    actor = person_of(request)
    pledge = get_pledge(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.TASK, pledge.zone, own=pledge.task.department_id)
    form = PledgeCheckForm(
        editing.posted(request),
        request.FILES or None,
        initial={"on": zones.today(pledge.zone)},
        zone=pledge.zone,
    )
    back = reverse("pledge-detail", args=[pk])
    return form_response(
        request,
        form,
        lambda values: check_pledge(actor=actor, pledge=pledge, **values),
        title=_("核查承诺：%(firm)s") % {"firm": pledge.enterprise.name},
        back=back,
        done=_("已登记核查结果。"),
        evidence_scope=pledge.zone_id,
        crumbs=((_("告知承诺台账"), reverse("pledge-list")), (str(pledge.task), back)),
    )


@login_required
@require_GET
def pledge_as_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the pledge as a Word document."""
    pledge = get_pledge(request.user, pk)
    response = HttpResponse(pledge_letter(pledge), content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="pledge-{pledge.pk}.docx"'
    return response


@login_required
@require_GET
def pledge_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer with the signed paper of a pledge."""
    pledge = get_pledge(request.user, pk)
    if pledge.evidence is None:
        raise NotFound(what=_("这份承诺的文件"))
    return attachment_response(pledge.evidence)
