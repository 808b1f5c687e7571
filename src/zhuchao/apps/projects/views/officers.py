"""金牌店小二: the ranking with its formula, and the entries that one officer's line is counted from."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import person_of, zone_of

from ..selectors import officers
from .periods import period_of


@login_required
@require_GET
def officer_ranking(request: HttpRequest) -> HttpResponse:
    """Rank the officers by what their projects came to in a period; the reader may weigh otherwise."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    start, end = period_of(request, zones.today(zone))
    weights = officers.weights_from(request.GET.dict())
    scores = officers.officer_scores(actor, zone, start, end)
    scores.sort(key=lambda one: -one.points(weights))
    period = urlencode({"from": start, "to": end})
    rows: list[dict[str, Any]] = []
    for place, score in enumerate(scores, 1):
        points = score.points(weights)
        tied = bool(rows) and rows[-1]["points"] == points
        rows.append(
            {
                "score": score,
                "points": points,
                "place": rows[-1]["place"] if tied else place,
                "counts": [len(getattr(score, name)) for name in officers.COUNTED],
                "url": f"{reverse('officer-detail', args=[score.officer.pk])}?{period}",
            }
        )
    context = {
        "rows": rows,
        "start": start,
        "end": end,
        "counted": [(name, label, weights[name]) for name, label in officers.COUNTED.items()],
        "without": officers.without_officer(actor, zone).count(),
    }
    return render(request, "projects/officer_ranking.html", context)


@login_required
@require_GET
def officer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the entries that an officer's line of the ranking is counted from."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    start, end = period_of(request, zones.today(zone))
    found = [one for one in officers.officer_scores(actor, zone, start, end) if one.officer.pk == pk]
    if not found:
        raise NotFound(what=_("该责任人"))
    score = found[0]
    steps = [
        (officers.COUNTED[name], [(step, step.met_on or step.planned_on) for step in getattr(score, name)])
        for name in ("on_time", "late", "overdue")
    ]
    context = {"score": score, "officer": score.officer, "start": start, "end": end, "steps": steps}
    return render(request, "projects/officer_detail.html", context)
