"""Agreements: their list, one of them with the covenants of both sides, and the forms that change it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import attachment_response, evidence_response
from zhuchao.web.editing import seen_version
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.printing import area, day
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import entry_item

from .. import selectors, services
from ..forms.agreements import (
    AgreementForm,
    AgreementReviewForm,
    AmendForm,
    CovenantForm,
    DiscardForm,
    EndForm,
    SignForm,
)
from ..models import Agreement, AgreementReview, Covenant, CovenantKind, Side
from ..selectors.standings import Standing, standings_of
from .saving import form_response, project_url

COLOURS = {
    Agreement.State.DRAFT: "secondary",
    Agreement.State.REVIEWED: "blue",
    Agreement.State.SIGNED: "green",
    Agreement.State.AMENDED: "yellow",
    Agreement.State.ENDED: "secondary",
}


def state_of(agreement: Agreement) -> tuple[str, str, str]:
    """Return an agreement's state as a list shows it: value, label, colour."""
    return agreement.state, str(agreement.get_state_display()), COLOURS[Agreement.State(agreement.state)]


def agreement_url(agreement: Agreement | int) -> str:
    """Return the address of an agreement's page."""
    return reverse("agreement-detail", args=[agreement if isinstance(agreement, int) else agreement.pk])


AGREEMENTS = ListPage(
    key="agreements",
    title=gettext_lazy("协议"),
    thing="covenant",
    columns=(
        Column(
            "number",
            gettext_lazy("协议编号"),
            lambda one: one.number,
            sort="number",
            link=agreement_url,
            on_phone=True,
        ),
        Column(
            "project",
            gettext_lazy("项目名称"),
            lambda one: one.project.name,
            sort="project__name",
            link=lambda one: project_url(one.project, "covenants"),
            on_phone=True,
        ),
        Column("kind", gettext_lazy("协议类别"), lambda one: one.get_kind_display()),
        Column("state", gettext_lazy("状态"), state_of, Kind.STATE, on_phone=True),
        Column("signed_on", gettext_lazy("签订日期"), lambda one: one.signed_on, Kind.DATE, sort="signed_on"),
        Column("covenants", gettext_lazy("约定数"), lambda one: one.covenant_count, Kind.NUMBER),
        Column("parties", gettext_lazy("签约各方"), lambda one: one.parties, hidden=True),
        Column("area", gettext_lazy("用地面积"), lambda one: one.area_m2, Kind.AREA, hidden=True),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), by_value("state"), lambda request: Agreement.State.choices),
        Filter("kind", gettext_lazy("协议类别"), by_value("kind"), lambda request: Agreement.Kind.choices),
        Filter("signed", gettext_lazy("签订日期"), by_date_range("signed_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(number__icontains=text)
        | rows.filter(project__name__icontains=text)
        | rows.filter(project__company__icontains=text)
    ),
    search_hint=gettext_lazy("协议编号、项目名称、项目单位"),
    default_sort="number",
    other_actions=(
        Action(gettext_lazy("履约看板"), "covenant-list", "view", "covenant", "tabler-checklist"),
    ),
    empty_sentence=gettext_lazy("还没有协议。打开项目的“约定”登记协议，或导入约定台账。"),
)


@login_required
def agreement_list(request: HttpRequest) -> HttpResponseBase:
    """List the agreements of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.COVENANT, zone)
    return list_response(request, AGREEMENTS, selectors.listed_agreements(actor, zone))


@login_required
@require_GET
def agreement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an agreement: its covenants side by side, its reviews, and what may be done next."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    zone_id = agreement.zone_id
    covenants = list(selectors.covenants_in(agreement))
    found = standings_of(covenants) if agreement.signed_on else {}
    may_change = zones.may(actor, Verb.CHANGE, Thing.COVENANT, zone_id)
    reviews = AgreementReview.objects.filter(agreement=agreement)
    context: dict[str, Any] = {
        "record": agreement,
        "agreement": agreement,
        "project": agreement.project,
        "state": state_of(agreement),
        "facts": [
            (_("项目名称"), agreement.project.name),
            (_("签约各方"), agreement.parties),
            (_("企业档案"), agreement.enterprise),
            (_("用地面积"), area(agreement.area_m2, "亩") if agreement.area_m2 else ""),
            (_("签订日期"), day(agreement.signed_on)),
            (
                _("终止日期"),
                f"{day(agreement.ended_on)} {agreement.end_reason}" if agreement.ended_on else "",
            ),
            (_("备注"), agreement.note),
        ],
        "sides": sides_of(covenants, found),
        "why_not": selectors.why_not_signable(agreement) if agreement.is_open else "",
        "source": selectors.REVIEW_SOURCE,
        "amendments": selectors.visible_agreements(actor).filter(amends=agreement),
        "may_change": may_change,
        "may_add": zones.may(actor, Verb.ADD, Thing.COVENANT, zone_id),
        "may_void": zones.may(actor, Verb.VOID, Thing.COVENANT, zone_id),
        "was_reviewed": reviews.exists(),
        "timeline": [
            entry_item(
                entry,
                what=_("公平竞争审查：%(conclusion)s") % {"conclusion": entry.get_conclusion_display()},
                detail=" · ".join(part for part in (entry.body, entry.document_no) if part),
                here=agreement_url(agreement),
                evidence="agreement-review-evidence",
                void_url=reverse("agreement-review-void", args=[entry.pk])
                if agreement.is_open and zones.may(actor, Verb.VOID, Thing.COVENANT, zone_id)
                else "",
            )
            for entry in reviews.select_related("recorded_by", "evidence", "replaced_by", "replaces")
            if not entry.is_void
        ],
    }
    return render(request, "projects/agreement_detail.html", context)


def sides_of(
    covenants: list[Covenant], found: dict[int, Standing]
) -> list[tuple[Side, list[tuple[Covenant, str, Standing | None]]]]:
    """Return both sides with their covenants: what each promises in words, and how it stands where it is known."""
    return [
        (
            side,
            [
                (one, selectors.promised(one, with_day=False), found.get(one.pk))
                for one in covenants
                if one.side == side
            ],
        )
        for side in Side
    ]


@login_required
def agreement_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft an agreement about a project."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.ADD, Thing.COVENANT, project.zone)
    return form_response(
        request,
        AgreementForm(request.POST or None, zone=project.zone),
        lambda values: agreement_url(services.add_agreement(actor=actor, project=project, **values)),
        title=_("登记协议"),
        back=project_url(project, "covenants"),
        done=_("已建立协议草稿。请逐条增加约定。"),
        project=project,
    )


@login_required
def agreement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the facts of an agreement that is not signed."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, agreement.zone)
    form = AgreementForm(request.POST or None, initial=AgreementForm.of(agreement), zone=agreement.zone)
    return form_response(
        request,
        form,
        lambda values: services.change_agreement(
            actor=actor, agreement=agreement, version=seen_version(request), **values
        ),
        title=_("修改协议"),
        back=agreement_url(agreement),
        done=_("已保存。"),
        project=agreement.project,
        version=agreement.version,
    )


@login_required
def agreement_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a fair-competition review of an agreement."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, agreement.zone)
    form = AgreementReviewForm(
        request.POST or None, request.FILES or None, initial={"on": zones.today(agreement.zone)}
    )
    return form_response(
        request,
        form,
        lambda values: services.review_agreement(actor=actor, agreement=agreement, **values),
        title=_("登记公平竞争审查"),
        back=agreement_url(agreement),
        done=_("已登记公平竞争审查。"),
        project=agreement.project,
        evidence_scope=agreement.zone_id,
    )


@login_required
def agreement_review_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a review, with the reason."""
    actor = person_of(request)
    review = selectors.get_agreement_review(actor, pk)
    zones.require(actor, Verb.VOID, Thing.COVENANT, review.zone)
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_agreement_review(actor=actor, review=review, **values),
        title=_("作废公平竞争审查"),
        back=agreement_url(review.agreement_id),
        done=_("已作废。原条目保留在时间线中。"),
        project=review.agreement.project,
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
@require_GET
def agreement_review_evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the document of a review."""
    return evidence_response(selectors.get_agreement_review(person_of(request), pk))


@login_required
@require_GET
def agreement_text(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the signed text of an agreement; raises NotFound without one."""
    agreement = selectors.get_agreement(person_of(request), pk)
    if agreement.document is None:
        raise NotFound(what=_("协议文本"))
    return attachment_response(agreement.document)


@login_required
def agreement_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that an agreement was signed."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, agreement.zone)
    form = SignForm(request.POST or None, request.FILES or None, initial={"on": zones.today(agreement.zone)})

    def act(values: dict[str, Any]) -> None:
        services.sign_agreement(
            actor=actor, agreement=agreement, on=values["on"], document=values.get("evidence")
        )

    return form_response(
        request,
        form,
        act,
        title=_("登记签订"),
        back=agreement_url(agreement),
        done=_("已登记签订。约定从现在起按台账跟踪。"),
        project=agreement.project,
        evidence_scope=agreement.zone_id,
    )


@login_required
def agreement_amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft an amendment of a signed agreement."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    zones.require(actor, Verb.ADD, Thing.COVENANT, agreement.zone)
    return form_response(
        request,
        AmendForm(
            request.POST or None, initial={"number": _("%(number)s-补1") % {"number": agreement.number}}
        ),
        lambda values: agreement_url(services.amend_agreement(actor=actor, agreement=agreement, **values)),
        title=_("起草补充协议"),
        back=agreement_url(agreement),
        done=_("已建立补充协议草稿。签订后代替原协议，原协议保留。"),
        project=agreement.project,
    )


@login_required
def agreement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a signed agreement, with the reason."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, agreement.zone)
    return form_response(
        request,
        EndForm(request.POST or None, initial={"on": zones.today(agreement.zone)}),
        lambda values: services.end_agreement(actor=actor, agreement=agreement, **values),
        title=_("终止协议"),
        back=agreement_url(agreement),
        done=_("已登记终止。终止前到期的约定继续跟踪。"),
        project=agreement.project,
        dangerous=True,
        submit_label=_("终止协议"),
    )


@login_required
def agreement_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draft away, with the reason."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    zones.require(actor, Verb.VOID, Thing.COVENANT, agreement.zone)
    return form_response(
        request,
        DiscardForm(request.POST or None),
        lambda values: services.discard_agreement(actor=actor, agreement=agreement, **values),
        title=_("删除协议草稿"),
        back=project_url(agreement.project_id, "covenants"),
        done=_("已删除草稿。"),
        project=agreement.project,
        dangerous=True,
        submit_label=_("删除"),
    )


def _others(agreement: Agreement, covenant: Covenant | None = None) -> Any:
    rows = Covenant.objects.filter(agreement=agreement).exclude(kind=CovenantKind.REWARD)
    return rows.exclude(pk=covenant.pk) if covenant is not None else rows


@login_required
def covenant_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a promise into an agreement."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, agreement.zone)
    form = CovenantForm(request.POST or None, zone=agreement.zone, others=_others(agreement))
    return form_response(
        request,
        form,
        lambda values: services.add_covenant(actor=actor, agreement=agreement, **values),
        title=_("增加约定"),
        back=agreement_url(agreement),
        done=_("已增加约定。"),
        project=agreement.project,
    )


@login_required
def covenant_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a promise of an agreement that is not signed."""
    actor = person_of(request)
    covenant = selectors.get_covenant(actor, pk)
    agreement = covenant.agreement
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, covenant.zone)
    form = CovenantForm(
        request.POST or None,
        initial=CovenantForm.of(covenant),
        zone=covenant.zone,
        others=_others(agreement, covenant),
    )
    return form_response(
        request,
        form,
        lambda values: services.change_covenant(
            actor=actor, covenant=covenant, version=seen_version(request), **values
        ),
        title=_("修改约定"),
        back=agreement_url(agreement),
        done=_("已保存。"),
        project=agreement.project,
        version=covenant.version,
    )


@login_required
def covenant_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a promise out of an agreement that is not signed."""
    actor = person_of(request)
    covenant = selectors.get_covenant(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, covenant.zone)
    return form_response(
        request,
        DiscardForm(request.POST or None),
        lambda values: services.remove_covenant(actor=actor, covenant=covenant, **values),
        title=_("删除约定"),
        back=agreement_url(covenant.agreement_id),
        done=_("已删除约定。"),
        project=covenant.agreement.project,
        dangerous=True,
        submit_label=_("删除"),
    )
