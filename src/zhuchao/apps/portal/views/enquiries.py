"""What was asked at the door, for those who answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhuchao.apps.promotion.selectors import find_duplicate_leads
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import AnswerForm
from ..models import Enquiry
from ..selectors.explained import groups_of_enquiry as groups_of
from ..selectors.explained import shown_answers
from .pages import form_response


def _state(enquiry: Enquiry) -> tuple[str, str, str]:
    return ("waiting", _("待答复"), "red") if enquiry.is_waiting else ("answered", _("已答复"), "green")


ENQUIRIES = ListPage(
    key="enquiries",
    title=gettext_lazy("网上咨询"),
    thing="enquiry",
    columns=(
        Column(
            "number",
            gettext_lazy("咨询编号"),
            lambda row: row.number,
            link=lambda row: reverse("enquiry-detail", args=[row.pk]),
        ),
        Column("company", gettext_lazy("单位名称"), lambda row: row.company, on_phone=True),
        Column("about", gettext_lazy("房源或政策"), lambda row: row.about),
        Column("area", gettext_lazy("需求面积"), lambda row: row.area_m2, Kind.AREA),
        Column(
            "received_at",
            gettext_lazy("收到时间"),
            lambda row: row.received_at,
            Kind.MOMENT,
            sort="received_at",
            on_phone=True,
        ),
        Column("state", gettext_lazy("状态"), _state, Kind.STATE, on_phone=True),
        Column(
            "lead",
            gettext_lazy("线索"),
            lambda row: row.lead,
            link=lambda row: reverse("lead-detail", args=[row.lead_id]) if row.lead_id else None,
        ),
        Column("owner", gettext_lazy("责任人"), lambda row: row.owner),
        Column(
            "enterprise",
            gettext_lazy("企业"),
            lambda row: row.enterprise,
            link=lambda row: (
                reverse("enterprise-detail", args=[row.enterprise_id]) if row.enterprise_id else None
            ),
        ),
        Column("joined", gettext_lazy("已有线索"), lambda row: row.joined, Kind.BOOL, hidden=True),
        Column("by_code", gettext_lazy("扫码进入"), lambda row: row.by_code, Kind.BOOL, hidden=True),
    ),
    filters=(
        Filter(
            "state",
            gettext_lazy("状态"),
            lambda rows, text: rows.filter(answered_at__isnull=text == "waiting"),
            choices=lambda request: [("waiting", _("待答复")), ("answered", _("已答复"))],
        ),
        Filter(
            "kind",
            gettext_lazy("类别"),
            by_value("kind"),
            choices=lambda request: Enquiry.Kind.choices,
        ),
    ),
    default_sort="-received_at",
    empty_sentence=gettext_lazy("还没有人咨询。门户开放后，公开页面的咨询会自动出现在这里和招商线索中。"),
    tabs=((gettext_lazy("全部"), ""), (gettext_lazy("待答复"), "state=waiting")),
    exportable=False,
)


@login_required
def enquiry_list(request: HttpRequest) -> HttpResponseBase:
    """List the enquiries of the zone, without telephone numbers."""
    zone = zone_of(request)
    zones.require(person_of(request), Verb.VIEW, Thing.ENQUIRY, zone)
    ids = zones.zones_under(request.user, zone, Thing.ENQUIRY)
    return list_response(
        request, ENQUIRIES, selectors.visible_enquiries(request.user).filter(zone_id__in=ids)
    )


@login_required
def enquiry_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one enquiry, its telephone masked."""
    return _shown(request, selectors.get_enquiry(request.user, pk), revealed=False)


@login_required
@require_POST
def enquiry_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one enquiry with its telephone, and record who looked."""
    enquiry = selectors.get_enquiry(request.user, pk)
    services.reveal_enquiry(actor=person_of(request), enquiry=enquiry)
    response = _shown(request, enquiry, revealed=True)
    response["Cache-Control"] = "no-store"
    return response


def _shown(request: HttpRequest, enquiry: Enquiry, *, revealed: bool) -> HttpResponse:
    name = enquiry.lead.name if enquiry.lead else enquiry.company
    alike = find_duplicate_leads(
        zone_id=enquiry.zone_id,
        name=name,
        investor=enquiry.company,
        enterprise_id=enquiry.enterprise_id,
        exclude=[enquiry.lead_id] if enquiry.lead_id else [],
    )
    context = {
        "record": enquiry,
        "enquiry": enquiry,
        "state": _state(enquiry),
        "person": enquiry.person if revealed else f"{enquiry.person[:1]}**" if enquiry.person else "",
        "phone": enquiry.phone if revealed else zones.mask(enquiry.phone),
        "revealed": revealed,
        "alike": alike,
        "given": shown_answers(enquiry.answers),
        "groups": groups_of(enquiry) if enquiry.answers else [],
        "can_answer": zones.may(request.user, Verb.CHANGE, Thing.ENQUIRY, enquiry.zone_id),
        "can_reveal": zones.may(request.user, Verb.REVEAL, Thing.ENQUIRY, enquiry.zone_id),
    }
    return render(request, "portal/enquiry.html", context)


@login_required
@require_POST
def enquiry_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete what somebody left, because they ask for it."""
    enquiry = selectors.get_enquiry(request.user, pk)
    services.forget_enquiry(actor=person_of(request), enquiry=enquiry)
    messages.success(request, _("姓名、电话和自测答案已删除，不能恢复。"))
    return redirect("enquiry-detail", pk=enquiry.pk)


@login_required
def enquiry_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note how an enquiry was answered."""
    enquiry = selectors.get_enquiry(request.user, pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.ENQUIRY, enquiry.zone_id)
    back = reverse("enquiry-detail", args=[enquiry.pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.answer_enquiry(actor=person_of(request), enquiry=enquiry, **values)
        messages.success(request, _("已登记答复。"))
        return redirect(back)

    form = AnswerForm(posted(request), initial={"answer": enquiry.answer})
    return form_response(request, form, act, title=_("登记答复"), cancel_url=back, enquiry=enquiry)
