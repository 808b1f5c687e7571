"""For officers: what firms say of themselves, beside what is known, to accept or refuse."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.policies.selectors.facts import facts_of
from zhuchao.apps.policies.selectors.rules import vocabulary
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import DecideForm, RefuseForm
from ..models import FactProposal
from ..selectors.explained import label_of_field
from .pages import form_response

COLOURS = {
    FactProposal.State.WAITING: "red",
    FactProposal.State.ACCEPTED: "green",
    FactProposal.State.REFUSED: "secondary",
    FactProposal.State.REPLACED: "secondary",
}


def _state(row: FactProposal) -> tuple[str, str, str]:
    state = FactProposal.State(row.state)
    return state.value, str(state.label), COLOURS[state]


PROPOSALS = ListPage(
    key="proposals",
    title=gettext_lazy("企业填报"),
    thing="filing",
    columns=(
        Column(
            "enterprise",
            gettext_lazy("企业"),
            lambda row: row.enterprise.name,
            link=lambda row: reverse("proposal-detail", args=[row.pk]),
            on_phone=True,
        ),
        Column("field", gettext_lazy("事实"), lambda row: label_of_field(row.field), on_phone=True),
        Column("value", gettext_lazy("企业填报"), lambda row: row.value, on_phone=True),
        Column("before", gettext_lazy("原来记录"), lambda row: row.before),
        Column("note", gettext_lazy("依据"), lambda row: row.note),
        Column("made_at", gettext_lazy("填报时间"), lambda row: row.made_at, Kind.MOMENT, sort="made_at"),
        Column("state", gettext_lazy("状态"), _state, Kind.STATE, on_phone=True),
    ),
    filters=(
        Filter(
            "state",
            gettext_lazy("状态"),
            by_value("state"),
            choices=lambda request: FactProposal.State.choices,
        ),
    ),
    default_sort="-made_at",
    tabs=((gettext_lazy("全部"), ""), (gettext_lazy("待核对"), "state=waiting")),
    empty_sentence=gettext_lazy("还没有企业填报。在企业页的“关联”里生成专属链接，交给企业填报。"),
    exportable=False,
)


@login_required
def proposal_list(request: HttpRequest) -> HttpResponseBase:
    """List what the firms of the zone say of themselves."""
    zone = zone_of(request)
    zones.require(person_of(request), Verb.VIEW, Thing.FILING, zone)
    ids = zones.zones_under(request.user, zone, Thing.FILING)
    return list_response(
        request, PROPOSALS, selectors.visible_proposals(request.user).filter(zone_id__in=ids)
    )


@login_required
def proposal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one proposal beside what is known now and where from."""
    proposal = selectors.get_proposal(request.user, pk)
    firm = proposal.enterprise
    known = facts_of([firm], day=zones.today(proposal.zone))[firm.pk]
    field = next((one for one in vocabulary() if one.name == proposal.field), None)
    origin = known.origins.get(proposal.field)
    context = {
        "record": proposal,
        "proposal": proposal,
        "label": label_of_field(proposal.field),
        "state": _state(proposal),
        "now": selectors.shown_value(known, field) if field else "",
        "origin": origin,
        "is_kept_elsewhere": origin is not None and origin.kind != services.STATED,
        "may_decide": proposal.is_waiting
        and zones.may(request.user, Verb.ADD, Thing.FILING, proposal.zone_id),
    }
    return render(request, "portal/proposal.html", context)


@login_required
def proposal_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept what a firm says."""
    proposal = _to_decide(request, pk)
    back = reverse("proposal-detail", args=[pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.accept_proposal(actor=person_of(request), proposal=proposal, **values)
        messages.success(request, _("已采纳。"))
        return redirect(back)

    title = _("采纳企业填报")
    lead = _("{label}：{value}").format(label=label_of_field(proposal.field), value=proposal.value)
    form = DecideForm(posted(request))
    return form_response(request, form, act, title=title, lead=lead, cancel_url=back, submit_label=_("采纳"))


@login_required
def proposal_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse what a firm says, with the reason."""
    proposal = _to_decide(request, pk)
    back = reverse("proposal-detail", args=[pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.refuse_proposal(actor=person_of(request), proposal=proposal, **values)
        messages.success(request, _("已答复企业。"))
        return redirect(back)

    title = _("不采纳企业填报")
    lead = _("{label}：{value}").format(label=label_of_field(proposal.field), value=proposal.value)
    form = RefuseForm(posted(request))
    return form_response(
        request, form, act, title=title, lead=lead, cancel_url=back, submit_label=_("不采纳")
    )


def _to_decide(request: HttpRequest, pk: int) -> FactProposal:
    proposal = selectors.get_proposal(request.user, pk)
    zones.require(person_of(request), Verb.ADD, Thing.FILING, proposal.zone_id)
    return proposal
