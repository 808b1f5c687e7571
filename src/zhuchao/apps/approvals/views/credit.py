"""审批信用: what counts for the credit of firms in approvals, its repair, and its voiding."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.attachments import evidence_response
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of

from ..forms.papers import CreditForm, RepairForm
from ..models import CreditEvent
from ..selectors.credit import BARS, get_credit_event, visible_credit
from ..services.credit import add_credit_event, repair_credit, void_credit_event
from .saving import form_response


def kind_of(event: Any) -> tuple[str, str, str]:
    """Return what an event is as a list shows it: value, label, colour; one that was repaired bars nothing."""
    colour = "secondary"
    if event.kind == CreditEvent.Kind.REPAIR:
        colour = "green"
    elif event.kind in BARS:
        colour = "yellow" if event.repaired_by.all() else "red"
    return event.kind, str(event.get_kind_display()), colour


def _of_firm(rows: Any, text: str) -> Any:
    """Narrow events to those of the firm with this id."""
    return rows.filter(enterprise_id=int(text)) if text.isdecimal() and len(text) < 18 else rows.none()


def _effect(event: Any) -> str:
    if event.kind not in BARS:
        return _("不限制")
    repaired = [one for one in event.repaired_by.all() if one.is_live]
    if repaired:
        return _("已修复（%(day)s）") % {"day": f"{repaired[0].happened_on:%Y-%m-%d}"}
    return _("不适用告知承诺、容缺受理")


CREDIT = ListPage(
    key="credit",
    title=gettext_lazy("审批信用"),
    thing="credit",
    columns=(
        Column("firm", gettext_lazy("企业"), lambda e: e.enterprise.name, on_phone=True),
        Column("kind", gettext_lazy("信用事件"), kind_of, Kind.STATE, on_phone=True),
        Column("day", gettext_lazy("日期"), lambda e: e.happened_on, Kind.DATE, sort="happened_on", on_phone=True),
        Column("note", gettext_lazy("情况"), lambda e: e.note),
        Column("effect", gettext_lazy("影响"), _effect),
        Column(
            "pledge",
            gettext_lazy("承诺"),
            lambda e: e.pledge.task.name if e.pledge else "",
            link=lambda e: reverse("pledge-detail", args=[e.pledge_id]) if e.pledge_id else None,
        ),
        Column("evidence", gettext_lazy("佐证说明"), lambda e: e.evidence_note, hidden=True),
        Column("by", gettext_lazy("登记人"), lambda e: e.recorded_by or "", hidden=True),
    ),
    filters=(
        Filter("kind", gettext_lazy("信用事件"), by_value("kind"), lambda request: CreditEvent.Kind.choices),
        Filter("day", gettext_lazy("日期"), by_date_range("happened_on"), kind="date_range"),
        Filter("firm", gettext_lazy("企业编号"), _of_firm, kind="text"),
    ),
    search=lambda request, rows, text: (
        rows.filter(enterprise__name__icontains=text) | rows.filter(note__icontains=text)
    ),
    search_hint=gettext_lazy("企业、情况"),
    default_sort="-happened_on",
    row_verbs=(
        RowVerb("repair", gettext_lazy("信用修复"), lambda e: reverse("credit-repair", args=[e.pk]), verb="manage", thing="credit"),
        RowVerb("void", gettext_lazy("作废"), lambda e: reverse("credit-void", args=[e.pk]), verb="manage", thing="credit"),
    ),
    main_action=Action(gettext_lazy("登记信用事件"), "credit-add", "add", "credit", "tabler-plus"),
    empty_sentence=gettext_lazy("还没有信用记录。承诺核查不实、提供虚假材料或列入失信名单的，登记在这里。"),
)  # fmt: skip


@login_required
def credit_list(request: HttpRequest) -> HttpResponseBase:
    """List what counts for the credit of the firms of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CREDIT, zone)
    rows = visible_credit(actor).live().filter(zone_id__in=zones.zones_under(actor, zone, Thing.CREDIT))
    return list_response(request, CREDIT, rows.prefetch_related("repaired_by"))


@login_required
def credit_add(request: HttpRequest) -> HttpResponse:
    """Enter something that counts for a firm's credit."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.CREDIT, zone)
    form = CreditForm(
        editing.posted(request),
        request.FILES or None,
        initial={"on": zones.today(zone), "enterprise": request.GET.get("enterprise")},
        zone=zone,
        actor=actor,
    )
    return form_response(
        request,
        form,
        lambda values: add_credit_event(actor=actor, **values),
        title=_("登记信用事件"),
        back=reverse("credit-list"),
        done=_("已登记。"),
        evidence_scope=zone.pk,
        crumbs=_crumbs(),
    )


@login_required
def credit_repair(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a firm put right what barred it."""
    actor = person_of(request)
    event = get_credit_event(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.CREDIT, event.zone)
    form = RepairForm(
        editing.posted(request),
        request.FILES or None,
        initial={"on": zones.today(event.zone)},
        zone=event.zone,
    )
    return form_response(
        request,
        form,
        lambda values: repair_credit(actor=actor, event=event, **values),
        title=_("信用修复：%(event)s") % {"event": event},
        back=reverse("credit-list"),
        done=_("已登记修复，恢复适用告知承诺和容缺受理。"),
        evidence_scope=event.zone_id,
        crumbs=_crumbs(),
    )


@login_required
def credit_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a credit event that was entered by mistake."""
    actor = person_of(request)
    event = get_credit_event(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.CREDIT, event.zone)
    return form_response(
        request,
        VoidForm(editing.posted(request)),
        lambda values: void_credit_event(actor=actor, event=event, **values),
        title=_("作废：%(event)s") % {"event": event},
        back=reverse("credit-list"),
        done=_("已作废。"),
        crumbs=_crumbs(),
        submit_label=_("作废"),
        dangerous=True,
    )


@login_required
@require_GET
def credit_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer with the file of evidence of a credit event."""
    return evidence_response(get_credit_event(request.user, pk))


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((_("审批信用"), reverse("credit-list")),)
