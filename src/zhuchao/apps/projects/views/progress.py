"""进度统计: how many passed each gate, money of the major projects against plan, and the batches."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.wording import listed
from zhuchao.apps.premises import selectors as premises
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import person_of, zone_of

from .. import selectors


@login_required
@require_GET
def project_progress(request: HttpRequest) -> HttpResponse:
    """Show the counts of a period, each opening to the entries it is made of."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    today = zones.today(zone)
    end = day_asked(request, "to", today)
    start = day_asked(request, "from", date(end.year, 1, 1))
    as_of = zones.now(zone)
    scopes = zones.zones_under(actor, zone, Thing.PROJECT)
    gates = [
        {
            "count": count,
            "url": f"{reverse('project-stage-list')}?{urlencode({'stage': count.stage, 'day': f'{start}..{end}'})}",
        }
        for count in selectors.gate_counts(scopes, start, end, as_of)
    ]
    context: dict[str, Any] = {
        "start": start,
        "end": end,
        "gates": gates,
        "batches": selectors.batch_lines(scopes, on=end, as_of=as_of),
        "flows": selectors.batch_flows(scopes, on=end, as_of=as_of),
        "lacking": selectors.stage_entries_between(scopes, start, end, as_of)
        .filter(selectors.lacks_evidence())
        .count(),
        "lacking_url": f"{reverse('project-lacking')}?{urlencode({'day': f'{start}..{end}'})}",
        "major_labels": listed(selectors.MAJOR),
    }
    money_scopes = zones.zones_under(actor, zone, Thing.INVESTMENT)
    if money_scopes:
        major = selectors.major_progress(money_scopes, end.year, on=end, as_of=as_of)
        bare = selectors.unverified_of(
            [row.project.pk for row in major.rows], start=date(end.year, 1, 1), end=end, as_of=as_of
        )
        context |= {"major": major, "unverified": bare, "unverified_total": sum(bare.values())}
    space_scopes = sorted(zones.zone_ids(actor, Verb.VIEW, Thing.REVITALISATION, whole=True) & set(scopes))
    if space_scopes:
        rows = premises.revitalisations_between(space_scopes, start, end, as_of)
        context["revitalised"] = rows.count()
        context["revitalised_url"] = (
            f"{reverse('revitalisation-list')}?{urlencode({'day': f'{start}..{end}'})}"
        )
    return render(request, "projects/progress.html", context)


def day_asked(request: HttpRequest, name: str, usual: date) -> date:
    """Return the day that an address asks for, the usual one where it asks for none; raises WrongInput."""
    said = request.GET.get(name, "").strip()
    if not said:
        return usual
    try:
        day = parse_date(said)
    except ValueError:
        day = None
    if day is None:
        raise WrongInput(field=_("日期"), why=_("应为 2023-05-31 这样的日期。"))
    return day
