"""The documents of a case at the window: what is missing, handing in, taking from the vault, what was spared."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.enterprises.models import DocumentConsent, DocumentKind
from zhuchao.apps.enterprises.selectors.vault import get_document
from zhuchao.apps.enterprises.services.document_uses import give_consent
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.attachments import attachment_response
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from ..forms.papers import HandInForm, ReasonForm, ReuseForm
from ..models import Case, CaseDocument, CaseTask, LateNotice
from ..selectors.cases import get_case, visible_tasks
from ..selectors.credit import credit_of
from ..selectors.papers import (
    documents_of_case,
    get_case_document,
    papers_asked,
    proposals_for,
    spared,
    spared_by_month,
)
from ..selectors.standing import UNBEGUN
from ..services.papers import hand_in, reuse, reuse_all, take_back
from ..services.pledges import why_no_pledge
from .saving import form_response

COLOURS = {
    CaseDocument.State.MISSING: "red",
    CaseDocument.State.HANDED: "green",
    CaseDocument.State.REUSED: "green",
    CaseDocument.State.LATE: "yellow",
    CaseDocument.State.ISSUED: "green",
    CaseDocument.State.WAIVED: "blue",
}


def documents_url(case_id: int) -> str:
    """Return the address of the documents of a case."""
    return reverse("case-documents", args=[case_id])


def documents_context(actor: User, case: Case) -> dict[str, Any]:
    """Return what ``approvals/parts/case_documents.html`` shows: documents, ways to accept each task, credit."""
    lines = papers_asked(actor, case)
    may_take = zones.may(actor, Verb.CHANGE, Thing.CASE, case.zone_id) and not case.is_closed
    tasks = list(
        CaseTask.objects.filter(case=case)
        .select_related("department", "matter_version__matter", "case", "pledge")
        .order_by("position")
    )
    may_accept = not case.is_closed and zones.may(actor, Verb.ADD, Thing.TASK, case.zone_id)
    decides = set(visible_tasks(actor, Verb.CHANGE).filter(case=case).values_list("pk", flat=True))
    notices = LateNotice.objects.filter(task__case=case).select_related("task").order_by("pk")
    return {
        "case": case,
        "lines": [(line, COLOURS[CaseDocument.State(line.document.state)]) for line in lines],
        "results": [
            (one, COLOURS[CaseDocument.State(one.state)])
            for one in documents_of_case(case).filter(is_result=True)
        ],
        "missing": sum(line.document.state == CaseDocument.State.MISSING for line in lines),
        "awaited": sum(line.document.state == CaseDocument.State.LATE for line in lines),
        "reusable": sum(bool(line.proposals) and line.proposals[0].has_consent for line in lines),
        "credit": credit_of(case.enterprise, zones.today(case.zone)) if case.enterprise else None,
        "ways": [_ways(task, may_accept=may_accept, may_decide=task.pk in decides) for task in tasks],
        "notices": list(notices),
        "may_take": may_take,
    }


def _ways(task: CaseTask, *, may_accept: bool, may_decide: bool) -> dict[str, Any]:
    """Return how a task could be accepted beside the usual way, for who may."""
    version = task.matter_version
    wanted = [
        one for one in task.documents.all() if one.state == CaseDocument.State.MISSING and not one.is_result
    ]
    is_open = may_accept and task.state in UNBEGUN
    return {
        "task": task,
        "late": is_open
        and bool(wanted)
        and version is not None
        and bool(version.late_working_days)
        and all(one.may_be_late for one in wanted),
        "pledge": is_open and not why_no_pledge(task),
        "over": may_decide and not task.case.is_closed and version is not None and version.hands_over,
        "signed": getattr(task, "pledge", None),
    }


@login_required
@require_GET
def case_documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the documents of a case: each once, who asks for it, where it stands, what the vault has of it."""
    case = get_case(request.user, pk)
    context = {"record": case, **documents_context(person_of(request), case)}
    return render(request, "approvals/case_documents.html", context)


@login_required
def document_hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in a document of a case."""
    actor = person_of(request)
    document = get_case_document(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.CASE, document.zone)
    form = HandInForm(editing.posted(request), request.FILES or None, zone=document.zone)
    return form_response(
        request,
        form,
        lambda values: hand_in(actor=actor, document=document, file=values.pop("evidence", None), **values),
        title=_("收取：%(name)s") % {"name": document.name},
        back=documents_url(document.case_id),
        done=_("已收取“%(name)s”。") % {"name": document.name},
        evidence_scope=document.zone_id,
        crumbs=_crumbs(document.case),
    )


@login_required
def document_reuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a document of a case from the firm's vault, with the firm's word where it is not there yet."""
    actor = person_of(request)
    document = get_case_document(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.CASE, document.zone)
    proposals = proposals_for(actor, document)
    firm = document.case.enterprise
    if not proposals or firm is None:
        raise NotFound(what=_("材料库里可用的材料"))
    has_consent = proposals[0].has_consent
    form = ReuseForm(editing.posted(request), proposals=proposals, has_consent=has_consent)

    def act(values: dict[str, Any]) -> object:
        today = zones.today(document.zone)
        if not has_consent:
            give_consent(
                actor=actor,
                enterprise=firm,
                matter=document.task.name,
                given_by=values["given_by"],
                means=DocumentConsent.Means.SPOKEN,
                until=today.replace(month=12, day=31),
                evidence_note=values["given_note"],
            )
        return reuse(actor=actor, document=document, kept=get_document(actor, int(values["kept"])))

    return form_response(
        request,
        form,
        act,
        title=_("复用：%(name)s") % {"name": document.name},
        back=documents_url(document.case_id),
        done=_("已复用“%(name)s”，企业不用再交。") % {"name": document.name},
        crumbs=_crumbs(document.case),
        submit_label=_("复用"),
    )


@login_required
@require_POST
def documents_reuse_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Take every document of a case that lies in the vault under a consent."""
    actor = person_of(request)
    case = get_case(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)
    wanted = [line.document for line in papers_asked(actor, case) if line.is_wanted]
    taken = reuse_all(actor=actor, documents=wanted)
    messages.success(
        request, ngettext("已复用 %(n)d 份材料。", "已复用 %(n)d 份材料。", taken) % {"n": taken}
    )
    return redirect(documents_url(pk))


@login_required
def document_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a document back to missing that was taken in by mistake."""
    actor = person_of(request)
    document = get_case_document(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.CASE, document.zone)
    return form_response(
        request,
        ReasonForm(editing.posted(request)),
        lambda values: take_back(actor=actor, document=document, **values),
        title=_("退还：%(name)s") % {"name": document.name},
        back=documents_url(document.case_id),
        done=_("已退还。"),
        crumbs=_crumbs(document.case),
        submit_label=_("退还"),
    )


@login_required
@require_GET
def document_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer with the file of a document of a case."""
    document = get_case_document(request.user, pk)
    if document.file is None:
        raise NotFound(what=_("这份材料的文件"))
    return attachment_response(document.file)


SPARED = ListPage(
    key="spared-documents",
    title=gettext_lazy("免交材料"),
    thing="firm_document",
    columns=(
        Column(
            "day", gettext_lazy("日期"), lambda e: e.happened_on, Kind.DATE, sort="happened_on", on_phone=True
        ),
        Column("firm", gettext_lazy("企业"), lambda e: e.enterprise.name, on_phone=True),
        Column("kind", gettext_lazy("材料种类"), lambda e: e.get_kind_display(), on_phone=True),
        Column("document", gettext_lazy("材料"), lambda e: str(e.document)),
        Column("subject", gettext_lazy("用于哪件事"), lambda e: e.subject),
        Column("matter", gettext_lazy("用于事项"), lambda e: e.matter),
        Column("by", gettext_lazy("登记人"), lambda e: e.recorded_by or ""),
    ),
    filters=(
        Filter("kind", gettext_lazy("材料种类"), by_value("kind"), lambda request: DocumentKind.choices),
        Filter("day", gettext_lazy("日期"), by_date_range("happened_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(enterprise__name__icontains=text) | rows.filter(subject__icontains=text)
    ),
    search_hint=gettext_lazy("企业、办件编号、材料"),
    default_sort="-happened_on",
    other_actions=(
        Action(gettext_lazy("按月统计"), "spared-months", "view", "firm_document", "tabler-chart-bar"),
    ),
    empty_sentence=gettext_lazy("还没有复用过材料。窗口收件时，企业材料库里有效的证照可以直接复用。"),
)


@login_required
def spared_list(request: HttpRequest) -> HttpResponseBase:
    """List the documents that cases did not ask for again."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.FIRM_DOCUMENT, zone)
    return list_response(request, SPARED, spared(actor, zone))


@login_required
@require_GET
def spared_months(request: HttpRequest) -> HttpResponse:
    """Show how many uploads were avoided by month, each number a link to its entries."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.FIRM_DOCUMENT, zone)
    months = spared_by_month(actor, zone)
    context = {"months": months, "total": sum(one.total for one in months)}
    return render(request, "approvals/spared_months.html", context)


def _crumbs(case: Case) -> tuple[tuple[str, str], ...]:
    return ((case.number, documents_url(case.pk)),)
