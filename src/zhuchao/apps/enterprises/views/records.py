"""One firm: its page in tabs, and the forms that add and change it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item

from .. import selectors, services
from ..errors import CreditCodeTaken, DuplicateFound
from ..forms import EnterpriseForm, StateForm, unit_of
from ..models import Enterprise
from ..models.industries import section_name
from .lists import state_of
from .pages import form_response, rights_in

Tab = tuple[str, str, str, bool]


def record_context(request: HttpRequest, firm: Enterprise, here: str) -> dict[str, Any]:
    """Return what every tab of a firm's page shows."""
    rights = rights_in(request, firm.zone_id)
    tabs: list[Tab] = [
        ("overview", _("概况"), reverse("enterprise-detail", args=[firm.pk]), here == "overview")
    ]
    if rights["may_see_filings"]:
        tabs.append(("filings", _("报表"), reverse("enterprise-filings", args=[firm.pk]), here == "filings"))
    if rights["may_see_contacts"]:
        tabs.append(
            ("contacts", _("联系人"), reverse("enterprise-contacts", args=[firm.pk]), here == "contacts")
        )
    if rights["may_see_documents"]:
        tabs.append(
            ("documents", _("材料库"), reverse("enterprise-documents", args=[firm.pk]), here == "documents")
        )
    tabs.append(("related", _("关联"), reverse("enterprise-related", args=[firm.pk]), here == "related"))
    tabs.append(("timeline", _("时间线"), reverse("enterprise-timeline", args=[firm.pk]), here == "timeline"))
    return {
        "firm": firm,
        "record": firm,
        "tabs": tabs,
        "state": state_of(firm),
        "said_elsewhere": selectors.facts_about(request.user, firm),
        "survivor": selectors.survivor_of(firm) if firm.is_merged else None,
        **rights,
    }


@login_required
def enterprise_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a firm: what it is, its names, its tags, and the records merged into it."""
    firm = selectors.get_enterprise(request.user, pk)
    family = selectors.family_of(firm)
    return render(
        request,
        "enterprises/enterprise_detail.html",
        {
            **record_context(request, firm, "overview"),
            "section": section_name(firm.industry_code),
            "names": sorted(selectors.names_of(firm, family.ids), key=lambda entry: entry.name != firm.name),
            "tags": selectors.tags_of(request.user, family.ids),
            "merged": family.merged,
        },
    )


@login_required
def enterprise_filings(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a firm reports: a chart and a table for each measure, every value open to its entries."""
    firm = selectors.get_enterprise(request.user, pk)
    zones.require(request.user, Verb.VIEW, Thing.FILING, firm.zone_id)
    series = selectors.series_of(request.user, selectors.family_ids(firm))
    charted = [
        (f"chart-{one.period}-{one.measure}", one, unit_of(one.measure), _chart(one)) for one in series
    ]
    context = {**record_context(request, firm, "filings"), "charted": charted}
    return render(request, "enterprises/enterprise_filings.html", context)


def _chart(series: selectors.Series) -> dict[str, Any]:
    """Return the chart of a series: bars, oldest first, money in 万元."""
    divisor = 10_000 if series.is_money else 1
    return {
        "grid": {"left": 8, "right": 8, "top": 12, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [value.label for value in series.values]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "name": str(series.measure.label),
                "barMaxWidth": 36,
                "data": [float(value.filing.value / divisor) for value in series.values],
            }
        ],
    }


@login_required
def enterprise_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the people to call at a firm, masked."""
    firm = selectors.get_enterprise(request.user, pk)
    zones.require(request.user, Verb.VIEW, Thing.CONTACT, firm.zone_id)
    lines = selectors.contact_lines(request.user, selectors.family_ids(firm))
    context = {**record_context(request, firm, "contacts"), "lines": lines}
    return render(request, "enterprises/enterprise_contacts.html", context)


@login_required
def enterprise_related(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what other parts of the product have on a firm."""
    firm = selectors.get_enterprise(request.user, pk)
    context = {**record_context(request, firm, "related"), "groups": selectors.related_to(request.user, firm)}
    return render(request, "enterprises/enterprise_related.html", context)


@login_required
def enterprise_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to a firm, the latest first."""
    firm = selectors.get_enterprise(request.user, pk)
    events = selectors.timeline_of(request.user, firm, selectors.family_ids(firm))
    context = {**record_context(request, firm, "timeline"), "events": [_item(event) for event in events]}
    return render(request, "enterprises/enterprise_timeline.html", context)


def _item(event: selectors.Event) -> Item:
    return Item(
        moment=event.moment,
        happened_on=event.happened_on,
        who=event.who,
        what=event.what,
        detail=event.detail,
        evidence_url=reverse("enterprise-tag-evidence", args=[event.tag_id])
        if event.tag_id and event.evidence_id
        else "",
        is_void=event.is_void or event.is_replaced,
        reason=event.reason,
    )


@login_required
def enterprise_add(request: HttpRequest) -> HttpResponse:
    """Put a firm on the register."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.ENTERPRISE, zone)
    form = EnterpriseForm(posted(request), zone=zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        firm = _acted(form, lambda: services.add_enterprise(actor=actor, zone=zone, **values))
        _say_how_read(request, firm)
        messages.success(request, _("已建立“%(name)s”的档案。") % {"name": firm.name})
        return redirect("enterprise-detail", pk=firm.pk)

    return editing.form_response(
        request,
        form,
        act,
        title=_("新增企业"),
        cancel_url=reverse("enterprise-list"),
        template="enterprises/enterprise_form.html",
    )


@login_required
def enterprise_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is said of a firm. When somebody else did so meanwhile, show both and let the person choose."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, firm.zone_id)
    form = EnterpriseForm(
        posted(request), initial=EnterpriseForm.initial_of(firm), zone=firm.zone, kept_sector=firm.sector
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        seen = seen_version(request)
        saved = _acted(
            form, lambda: services.edit_enterprise(actor=actor, enterprise=firm, seen_version=seen, **values)
        )
        _say_how_read(request, saved)
        messages.success(request, _("已保存。"))
        return redirect("enterprise-detail", pk=firm.pk)

    return editing.form_response(
        request,
        form,
        act,
        title=_("修改企业"),
        cancel_url=reverse("enterprise-detail", args=[firm.pk]),
        version=firm.version,
        template="enterprises/enterprise_form.html",
        firm=firm,
    )


@login_required
def enterprise_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a firm into another state, with the reason."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, firm.zone_id)

    def act(values: dict[str, Any]) -> str:
        services.change_state(actor=actor, enterprise=firm, seen_version=seen_version(request), **values)
        return _("状态已变更。")

    return form_response(
        request,
        StateForm(posted(request), initial={"state": firm.state}),
        act,
        firm=firm,
        title=_("变更状态"),
        back=reverse("enterprise-detail", args=[firm.pk]),
        version=firm.version,
    )


def _acted(form: EnterpriseForm, verb: Callable[[], Enterprise]) -> Enterprise:
    """Return what the verb made. A refusal for a firm that may be the same one names it, and asks why it is not."""
    try:
        return verb()
    except CreditCodeTaken as error:
        same = {"id": error.data["id"], "name": error.data["name"], "why": _("信用代码相同")}
        error.data["candidates"] = [same]
        raise
    except DuplicateFound:
        form.ask_why_distinct()
        raise


def _say_how_read(request: HttpRequest, firm: Enterprise) -> None:
    """Say so when a code was read otherwise than it was typed: the ledger it came from holds a slip."""
    typed = "".join(request.POST.get("credit_code", "").upper().split())
    kept = firm.credit_code or firm.legacy_reg_no
    if typed and kept and typed != kept:
        messages.info(
            request, _("代码“%(typed)s”按“%(kept)s”登记，请核对。") % {"typed": typed, "kept": kept}
        )
