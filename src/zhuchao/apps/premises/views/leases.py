"""Pages of leases."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import posted, seen_version
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
from zhuchao.web.printing import area
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors, services
from ..forms.leases import (
    LeaseChangeForm,
    LeaseEndForm,
    LeaseForm,
    LeaseRenewForm,
    LeaseSwapForm,
    PaymentCorrectForm,
    PaymentForm,
)
from ..models import Lease, LeasePayment, RentStep, Unit
from ..selectors.bills import add_months
from .choices import asked_id, asked_units, site_choices, units_to_choose
from .pages import form_response

COLOURS = {
    Lease.State.SIGNED: "azure",
    Lease.State.RUNNING: "green",
    Lease.State.EXPIRED: "secondary",
    Lease.State.ENDED: "secondary",
    Lease.State.VOID: "red",
}


def _url(lease: Lease) -> str:
    return reverse("lease-detail", args=[lease.pk])


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, zone_of(request), Thing.LEASE)


def _state(lease: Lease) -> tuple[str, str, str]:
    state = lease.state_on(zones.today(lease.zone))
    return (state, str(state.label), COLOURS[state])


def _reminder(lease: Lease) -> tuple[str, str, str] | None:
    on = zones.today(lease.zone)
    running = lease.state_on(on) == Lease.State.RUNNING
    days = selectors.reminder_of(lease, on) if running and not hasattr(lease, "renewed_by") else 0
    if not days:
        return None
    left = (lease.last_on - on).days
    words = ngettext("剩 %(days)d 天", "剩 %(days)d 天", left) % {"days": left}
    return (str(days), words, {30: "red", 60: "orange", 90: "yellow"}[days])


def _owed(lease: Lease) -> Decimal | None:
    return selectors.account_of(lease, zones.today(lease.zone)).owed_cny or None


def _lease_list(on: date) -> ListPage:
    return ListPage(
        key="leases",
        title=gettext_lazy("租赁台账"),
        thing="lease",
        columns=(
            Column(
                "tenant", gettext_lazy("承租方"), lambda lease: lease.tenant_name, link=_url, on_phone=True
            ),
            Column("number", gettext_lazy("合同编号"), lambda lease: lease.number),
            Column("site", gettext_lazy("载体"), lambda lease: lease.site),
            Column(
                "units",
                gettext_lazy("房源"),
                lambda lease: listed(place.unit.name for place in selectors.places_now(lease)),
            ),
            Column(
                "area",
                gettext_lazy("租赁面积"),
                lambda lease: lease.area_m2,
                Kind.AREA,
                total="area_m2",
            ),
            Column("state", gettext_lazy("状态"), _state, Kind.STATE, on_phone=True),
            Column("starts", gettext_lazy("起租日期"), lambda lease: lease.starts_on, Kind.DATE, hidden=True),
            Column(
                "ends",
                gettext_lazy("最后一天"),
                lambda lease: lease.last_on,
                Kind.DATE,
                sort="last_on",
                on_phone=True,
            ),
            Column("reminder", gettext_lazy("到期提醒"), _reminder, Kind.STATE),
            Column("owed", gettext_lazy("欠租（元）"), _owed, Kind.NUMBER),
            Column(
                "deposit",
                gettext_lazy("押金（元）"),
                lambda lease: lease.deposit_cny,
                Kind.NUMBER,
                hidden=True,
            ),
            Column("signed", gettext_lazy("签约日期"), lambda lease: lease.signed_on, Kind.DATE, hidden=True),
        ),
        filters=(
            Filter(
                "state",
                gettext_lazy("状态"),
                lambda rows, text: selectors.in_state(rows, text, on),
                choices=lambda request: Lease.State.choices,
            ),
            Filter(
                "ending",
                gettext_lazy("即将到期"),
                lambda rows, text: selectors.ending_within(rows, on, int(text)),
                choices=lambda request: [
                    (str(days), _("%(days)d 天内") % {"days": days}) for days in selectors.REMINDED_DAYS
                ],
            ),
            Filter("site", gettext_lazy("载体"), by_value("site_id"), choices=site_choices),
            Filter("last", gettext_lazy("最后一天"), by_date_range("last_on"), kind="date_range"),
        ),
        search=lambda request, rows, text: selectors.search_leases(rows, _scopes(request), text),
        search_hint=gettext_lazy("合同编号、承租方、房源"),
        default_sort="last_on",
        row_verbs=(
            RowVerb(
                "pay",
                gettext_lazy("登记收付款"),
                lambda lease: reverse("lease-pay", args=[lease.pk]),
                "tabler-cash",
                "change",
                "lease",
            ),
        ),
        main_action=Action(gettext_lazy("登记租约"), "lease-add", "add", "lease", "tabler-plus"),
        empty_sentence=gettext_lazy("还没有租约。导入租赁台账，或登记第一份。"),
        empty_actions=(Action(gettext_lazy("登记租约"), "lease-add", "add", "lease", "tabler-plus"),),
        tabs=(
            (gettext_lazy("履约中"), "state=running"),
            (gettext_lazy("90 天内到期"), "ending=90"),
            (gettext_lazy("待起租"), "state=signed"),
            (gettext_lazy("全部"), ""),
        ),
    )


@login_required
def lease_list(request: HttpRequest) -> HttpResponseBase:
    """List the leases of the zone."""
    rows = selectors.visible_leases(request.user).filter(zone_id__in=_scopes(request))
    rows = selectors.with_accounts(rows.select_related("renewed_by"))
    return list_response(request, _lease_list(zones.today(zone_of(request))), rows)


@login_required
def lease_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a lease: its units, its rent, its bills with what is open, its payments and its history."""
    lease = selectors.get_lease(request.user, pk)
    on = zones.today(lease.zone)
    state = lease.state_on(on)
    free = f"{lease.rent_free_from} — {lease.rent_free_to}" if lease.rent_free_from else ""
    return render(
        request,
        "premises/lease_detail.html",
        {
            "record": lease,
            "lease": lease,
            "on": on,
            "state": _state(lease),
            "reminder": _reminder(lease),
            "is_open": state in (Lease.State.SIGNED, Lease.State.RUNNING),
            "is_running": state == Lease.State.RUNNING,
            "account": selectors.account_of(lease, on),
            "places": lease.places.select_related("unit__site", "unit__building", "unit__floor").order_by(
                "starts_on", "pk"
            ),
            "is_swapped": bool(selectors.areas_of(lease)),
            "steps": lease.steps.all(),
            "renewal": Lease.objects.filter(renews=lease).first(),
            "facts": [
                (_("承租方"), lease.tenant_name),
                (_("载体"), lease.site),
                (_("租期"), f"{lease.starts_on} — {lease.ends_on}"),
                *([(_("最后一天"), lease.last_on.isoformat())] if lease.is_ended_early else []),
                (_("租赁面积"), f"{lease.area_m2:,.2f} ㎡"),
                (_("免租期"), free),
                (_("付款周期"), lease.get_payment_months_display()),
                (_("签约日期"), lease.signed_on.isoformat()),
                *([(_("签约"), lease.signing)] if lease.signing else []),
            ],
            "timeline": _timeline(request, lease),
        },
    )


def _timeline(request: HttpRequest, lease: Lease) -> list[Item]:
    may_change = request.may("change", "lease")  # type: ignore[attr-defined]
    may_void = request.may("void", "lease")  # type: ignore[attr-defined]
    events = selectors.visible_lease_events(request.user).filter(lease=lease, is_void=False)
    items = [
        (
            entry.happened_on,
            entry.recorded_at,
            entry_item(
                entry,
                what=entry.get_kind_display(),
                detail=entry.note,
                here=_url(lease),
                evidence="lease-event-evidence",
            ),
        )
        for entry in events
    ]
    payments = selectors.visible_payments(request.user).filter(lease=lease, is_void=False)
    items += [
        (
            entry.happened_on,
            entry.recorded_at,
            entry_item(
                entry,
                what=_("%(kind)s %(amount)s 元")
                % {"kind": entry.get_kind_display(), "amount": f"{entry.amount_cny:,.2f}"},
                here=_url(lease),
                evidence="lease-payment-evidence",
                correct_url=reverse("lease-payment-correct", args=[entry.pk]) if may_change else "",
                void_url=reverse("lease-payment-void", args=[entry.pk]) if may_void else "",
            ),
        )
        for entry in payments
    ]
    return [item for *_order, item in sorted(items, key=lambda found: found[:2], reverse=True)]


@login_required
def lease_event_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of an event."""
    return evidence_response(selectors.get_lease_event(request.user, pk))


@login_required
def lease_payment_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of a payment."""
    return evidence_response(selectors.get_payment(request.user, pk))


@login_required
def lease_add(request: HttpRequest) -> HttpResponse:
    """Enter a lease; ``?unit=`` names units, ``?hold=`` the hold and ``?signing=`` the signing it fulfils."""
    zone = zone_of(request)
    asked = asked_units(request)
    held, signed = asked_id(request, "hold"), asked_id(request, "signing")
    hold = selectors.get_hold(request.user, held) if held else None
    signing = selectors.get_signing(request.user, signed) if signed else None
    if signing is not None and not asked:
        asked = selectors.units_of_signing(signing)
    elif hold is not None and not asked:
        asked = list(selectors.units_of_hold(hold))

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, zone.pk)
        form.cleaned_data.pop("evidence", None)
        given = form.said()
        area_m2 = given.pop("area_m2")
        chosen = list(given.pop("units"))
        areas = {chosen[0].pk: area_m2} if area_m2 else None
        lease = services.sign_lease(
            actor=person_of(request),
            units=chosen,
            areas=areas,
            hold=hold if hold is not None and hold.is_open else None,
            signing=signing,
            evidence=evidence,
            **given,
        )
        messages.success(request, _("已登记租约 %(number)s。") % {"number": lease.number})
        return redirect("lease-detail", pk=lease.pk)

    today = zones.today(zone)
    initial: dict[str, Any] = {
        "units": [unit.pk for unit in asked],
        "tenant": signing.signed_for if signing else hold.held_for if hold else "",
        "signed_on": signing.happened_on if signing else today,
        "starts_on": today,
        "payment_months": Lease.Period.QUARTER,
        "per": RentStep.Per.MONTH,
    }
    form = LeaseForm(
        posted(request),
        request.FILES or None,
        initial=initial,
        units=units_to_choose(request, asked, only_vacant=False),
    )
    cancel = reverse("unit-detail", args=[asked[0].pk]) if asked else reverse("lease-list")
    return form_response(request, form, act, title=_("登记租约"), cancel_url=cancel, form_key="lease-add")


@login_required
def lease_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a lease says, with the reason."""
    lease = selectors.get_lease(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_lease(
            actor=person_of(request), lease=lease, version=seen_version(request), **form.said()
        )
        return _done(request, lease, _("已变更，原条款保留在时间线中。"))

    form = LeaseChangeForm(posted(request), initial=LeaseChangeForm.of(lease, selectors.steps_of(lease)))
    return form_response(
        request,
        form,
        act,
        title=_("变更租约：%(number)s") % {"number": lease.number},
        cancel_url=_url(lease),
        version=lease.version,
        site=lease.site,
    )


@login_required
def lease_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Renew a lease."""
    lease = selectors.get_lease(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        renewal = services.renew_lease(actor=person_of(request), lease=lease, **form.said())
        return _done(request, renewal, _("已续租至 %(day)s。") % {"day": renewal.ends_on.isoformat()})

    first = lease.last_on + timedelta(days=1)
    steps = selectors.steps_of(lease)
    initial = {
        "signed_on": zones.today(lease.zone),
        "starts_on": first,
        "ends_on": add_months(first, 12) - timedelta(days=1),
        "payment_months": lease.payment_months,
        "deposit_cny": lease.deposit_cny,
        "rent": f"{steps[-1].rate_cny.normalize():f}" if steps else "",
        "per": steps[-1].per if steps else RentStep.Per.MONTH,
    }
    form = LeaseRenewForm(posted(request), initial=initial)
    return form_response(
        request,
        form,
        act,
        title=_("续租：%(number)s") % {"number": lease.number},
        cancel_url=_url(lease),
        site=lease.site,
    )


@login_required
def lease_swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Swap units of a running lease for others."""
    lease = selectors.get_lease(request.user, pk)
    now = [place.unit_id for place in selectors.places_now(lease)]

    def act(values: dict[str, Any]) -> HttpResponse:
        said = form.said()
        swapped = services.swap_lease_units(
            actor=person_of(request), lease=lease, version=seen_version(request), **said
        )
        return _done(
            request,
            lease,
            _("已调换，%(day)s 起按 %(area)s 计租。")
            % {"day": said["on"].isoformat(), "area": area(swapped.area_m2)},
        )

    of_site = Unit.objects.filter(site=lease.site).select_related("site", "building", "floor")
    free = (Unit.State.VACANT, Unit.State.RESERVED, Unit.State.SIGNED)
    steps = selectors.steps_of(lease)
    form = LeaseSwapForm(
        posted(request),
        initial={"on": zones.today(lease.zone), "per": steps[-1].per if steps else RentStep.Per.MONTH},
        leased=of_site.filter(pk__in=now),
        units=of_site.filter(state__in=free).exclude(pk__in=now).order_by("building", "name", "pk"),
    )
    return form_response(
        request,
        form,
        act,
        title=_("调换房源：%(number)s") % {"number": lease.number},
        cancel_url=_url(lease),
        version=lease.version,
        site=lease.site,
    )


@login_required
def lease_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a lease before its time."""
    lease = selectors.get_lease(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        ended = services.end_lease(actor=person_of(request), lease=lease, **values)
        return _done(request, lease, _("租约将于 %(day)s 终止。") % {"day": ended.last_on.isoformat()})

    return form_response(
        request,
        LeaseEndForm(posted(request), initial={"on": zones.today(lease.zone)}),
        act,
        title=_("提前终止：%(number)s") % {"number": lease.number},
        cancel_url=_url(lease),
        site=lease.site,
        dangerous=True,
    )


@login_required
def lease_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a lease that was entered by mistake."""
    lease = selectors.get_lease(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_lease(actor=person_of(request), lease=lease, **values)
        return _done(request, lease, _("已作废，房源恢复原状。"))

    return form_response(
        request,
        VoidForm(posted(request)),
        act,
        title=_("作废租约：%(number)s") % {"number": lease.number},
        cancel_url=_url(lease),
        site=lease.site,
        dangerous=True,
    )


@login_required
def lease_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter money that came for a lease or went back."""
    lease = selectors.get_lease(request.user, pk)
    on = zones.today(lease.zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, lease.zone_id)
        services.record_payment(actor=person_of(request), lease=lease, evidence=evidence, **values)
        return _done(request, lease, _("已登记收付款。"))

    owed = selectors.account_of(lease, on).owed_cny
    form = PaymentForm(
        posted(request),
        request.FILES or None,
        initial={"on": on, "kind": LeasePayment.Kind.RENT, "amount_cny": owed or None},
    )
    return form_response(
        request,
        form,
        act,
        title=_("登记收付款：%(number)s") % {"number": lease.number},
        cancel_url=_url(lease),
        site=lease.site,
    )


@login_required
def lease_payment_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a payment."""
    entry = selectors.get_payment(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.correct_payment(
            actor=person_of(request), entry=entry, happened_on=values.pop("on"), **values
        )
        return _done(request, entry.lease, _("已更正，原条目保留在时间线中。"))

    return form_response(
        request,
        PaymentCorrectForm(posted(request), initial=PaymentCorrectForm.of(entry)),
        act,
        title=_("更正收付款"),
        cancel_url=_url(entry.lease),
        site=entry.lease.site,
    )


@login_required
def lease_payment_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a payment."""
    entry = selectors.get_payment(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_payment(actor=person_of(request), entry=entry, **values)
        return _done(request, entry.lease, _("已作废，原条目保留在时间线中。"))

    return form_response(
        request,
        VoidForm(posted(request)),
        act,
        title=_("作废收付款：%(amount)s 元（%(day)s）")
        % {"amount": f"{entry.amount_cny:,.2f}", "day": entry.happened_on},
        cancel_url=_url(entry.lease),
        site=entry.lease.site,
        dangerous=True,
    )


def _done(request: HttpRequest, lease: Lease, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("lease-detail", pk=lease.pk)
