"""The duty roster: a month at a glance, filling it, changing it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.web.editing import posted, seen_version
from zhuchao.web.errors import AddressWrong
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import ConfirmForm, FillDutyForm, NewShiftForm, ShiftForm, SwapForm
from ..models import DutyShift
from ..selectors import Thing, Verb
from .pages import form_response, settings_tabs

# How far ahead the page looks for days that nobody stands, and how many of them it names.
DAYS_AHEAD = 365
MOST_NAMED = 10


@login_required
def duty_month(request: HttpRequest) -> HttpResponse:
    """Show a month of the roster, the days that nobody stands in red and in words."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.VIEW, Thing.DUTY, zone)
    today = selectors.today(zone)
    first = _first_day(request, today)
    ahead = selectors.duty.gaps(zone, today, today + timedelta(days=DAYS_AHEAD - 1))
    context = {
        "weeks": selectors.duty.month_of(zone, first.year, first.month),
        "first": first,
        "previous": (first - timedelta(days=1)).replace(day=1),
        "next": (first + timedelta(days=31)).replace(day=1),
        "today": today,
        "days_ahead": DAYS_AHEAD,
        "gap_count": len(ahead),
        "gaps": ahead[:MOST_NAMED],
        "on_duty": selectors.duty.on_duty(zone, today),
        "can_add": selectors.may(request.user, Verb.ADD, Thing.DUTY, zone),
        "can_change": selectors.may(request.user, Verb.CHANGE, Thing.DUTY, zone),
        "settings_tabs": settings_tabs(request, "duty"),
    }
    return render(request, "zones/duty_month.html", context)


@login_required
def duty_fill(request: HttpRequest) -> HttpResponse:
    """Put officers in turn on the days that nobody stands."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.ADD, Thing.DUTY, zone)
    today = selectors.today(zone)
    initial = {"since": today, "until": today + timedelta(days=DAYS_AHEAD - 1)}
    form = FillDutyForm(posted(request), initial=initial, officers=selectors.people.officers_of(zone))

    def act(values: dict[str, Any]) -> HttpResponse:
        values["officers"] = list(values["officers"])
        shifts = services.fill_duty(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已排班{n}天。").format(n=len(shifts)))
        return redirect(f"{reverse('duty-month')}?month={values['since']:%Y-%m}")

    return form_response(
        request,
        form,
        act,
        title=gettext_lazy("轮流排班"),
        cancel_url=reverse("duty-month"),
        lead=_("只补没有人值班的日子，已排好的不动。"),
        submit_label=_("排班"),
    )


@login_required
def duty_add(request: HttpRequest) -> HttpResponse:
    """Put one more officer on a day."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.ADD, Thing.DUTY, zone)
    form = NewShiftForm(
        posted(request),
        initial={"day": request.GET.get("day", "")},
        officers=selectors.people.officers_of(zone),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        shift = services.add_shift(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已添加。"))
        return redirect(_month_url(shift))

    return form_response(request, form, act, title=gettext_lazy("添加值班"), cancel_url=reverse("duty-month"))


@login_required
def duty_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change who stands a shift; the ways to swap it and to take it off the roster stand beside."""
    shift = _shift(request, pk)
    form = ShiftForm(
        posted(request),
        initial={"officer": shift.officer_id, "note": shift.note},
        officers=selectors.people.officers_of(shift.zone),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        services.edit_shift(
            actor=person_of(request), shift=shift, seen_version=seen_version(request), **values
        )
        messages.success(request, _("已保存。"))
        return redirect(_month_url(shift))

    ways = [
        (reverse("duty-swap", args=[shift.pk]), gettext_lazy("与别人对换")),
        (reverse("duty-remove", args=[shift.pk]), gettext_lazy("取消这一班")),
    ]
    title = _("{day} 值班").format(day=shift.day.isoformat())
    return form_response(
        request, form, act, title=title, cancel_url=_month_url(shift), version=shift.version, ways=ways
    )


@login_required
def duty_swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Let two officers stand each other's day."""
    shift = _shift(request, pk)
    others = (
        selectors.duty.visible_shifts(request.user)
        .filter(zone=shift.zone_id, day__gte=shift.day - timedelta(days=60))
        .filter(day__lte=shift.day + timedelta(days=60))
        .exclude(day=shift.day)
        .exclude(officer=shift.officer_id)
    )
    form = SwapForm(posted(request), shifts=others)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.swap_shifts(actor=person_of(request), shift=shift, other=values["other"])
        messages.success(request, _("已对换。"))
        return redirect(_month_url(shift))

    title = _("对换 {shift}").format(shift=shift)
    return form_response(request, form, act, title=title, cancel_url=_month_url(shift))


@login_required
def duty_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a shift off the roster."""
    shift = _shift(request, pk)
    back = _month_url(shift)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.remove_shift(actor=person_of(request), shift=shift)
        messages.success(request, _("已取消。"))
        return redirect(back)

    form = ConfirmForm(posted(request))
    return form_response(
        request,
        form,
        act,
        title=_("取消 {shift}").format(shift=shift),
        lead=_("如当天没有其他人值班，将显示为“无人值班”。"),
        cancel_url=back,
        submit_label=_("取消这一班"),
        dangerous=True,
    )


def _shift(request: HttpRequest, pk: int) -> DutyShift:
    shift = selectors.duty.get_shift(request.user, pk)
    selectors.require(request.user, Verb.CHANGE, Thing.DUTY, shift.zone_id)
    return shift


def _month_url(shift: DutyShift) -> str:
    return f"{reverse('duty-month')}?month={shift.day:%Y-%m}"


def _first_day(request: HttpRequest, today: date) -> date:
    text = request.GET.get("month", "")
    if not text:
        return today.replace(day=1)
    year, dash, month = text.partition("-")
    numbers = year.isascii() and year.isdigit() and month.isascii() and month.isdigit()
    if not (dash and numbers and 2000 <= int(year) < 2100 and 1 <= int(month) <= 12):
        raise AddressWrong(field=_("月份"), why=_("请写成 2026-06。"), back=request.path)
    return date(int(year), int(month), 1)
