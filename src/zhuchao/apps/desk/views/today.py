"""今日 and search."""

from datetime import timedelta
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import installation
from zhuchao.web.requests import Request

from .. import selectors, services
from ..forms import SnoozeForm
from ..selectors import Urgency

_GROUP_NAMES = {
    Urgency.OVERDUE: gettext_lazy("已逾期"),
    Urgency.TODAY: gettext_lazy("今天"),
    Urgency.WEEK: gettext_lazy("本周"),
    Urgency.WAITING: gettext_lazy("等待处理"),
}


@require_GET
def home(request: Request) -> HttpResponse:
    """Lead to the first administrator's page, to sign-in, or to 今日."""
    if installation.needs_setup():
        return redirect("setup")
    return redirect("today" if request.user.is_authenticated else "account_login")


@login_required
@require_GET
def today(request: Request) -> HttpResponse:
    """Show what is due for me, and the figures of the month beside it."""
    if request.zone is None:
        raise NotFound(what=_("您所在的辖区"))
    cards, figures = selectors.cards_for(request.user, request.zone)
    groups = [
        (urgency, _GROUP_NAMES[urgency], list(found))
        for urgency, found in groupby(cards, key=lambda card: card.urgency)
    ]
    context = {
        "groups": groups,
        "figures": [figure for figure in figures if figure.main_target],
        "on": zones.today(request.zone),
        "count": len(cards),
        "is_new": not figures and not cards,
    }
    return render(request, "desk/today.html", context)


@login_required
@require_POST
def snooze(request: Request) -> HttpResponse:
    """Put a card off and go back to 今日."""
    form = SnoozeForm(request.POST)
    if form.is_valid():
        until = zones.today(request.zone) + timedelta(days=form.cleaned_data["days"])
        services.snooze_card(actor=request.user, zone=request.zone, key=form.cleaned_data["key"], until=until)
        messages.success(request, _("已推迟到 %(day)s。") % {"day": f"{until:%Y-%m-%d}"})
    return redirect("today")


@login_required
@require_GET
def search(request: Request) -> HttpResponse:
    """Show what the one box finds; htmx gets only the list."""
    text = request.GET.get("q", "").strip()
    hits = (
        selectors.search_everything(request.user, text, limit=10 if request.htmx else 50)
        if len(text) > 1
        else []
    )
    template = "desk/search.html" + ("#hits" if request.htmx else "")
    return render(request, template, {"q": text, "hits": hits, "too_short": len(text) == 1})
