"""在办统筹: all open cases of a zone planned together on the departments they share."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.scheduling import Part
from zhuchao.web.requests import person_of, zone_of

from ..selectors.drawing import draw_queues
from ..selectors.portfolio import busiest, portfolio_of
from ..wording import part_word, show_minutes

SHOWN = 200


@login_required
@require_GET
def case_portfolio(request: HttpRequest) -> HttpResponse:
    """Show when each open case will be over, which is late, what each department has before it, and the order of work."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    told = portfolio_of(actor, zone, zones.now(zone))
    found = told.found
    context: dict[str, Any] = {
        "title": _("在办统筹"),
        "told": told,
        "late": len(told.late_rows),
        "rows": [(row, show_minutes(row.left), show_minutes(row.late)) for row in told.rows[:SHOWN]],
        "hidden": max(0, len(told.rows) - SHOWN),
        "cost": show_minutes(found.cost),
        "first_come": show_minutes(found.first_come),
        "queues": [
            (name, told.reviewers.get(name, 1), pieces, show_minutes(minutes))
            for name, pieces, minutes in busiest(told.by_department)
        ],
        "drawing": draw_queues(
            {
                name: [
                    (
                        one.start,
                        one.finish,
                        one.case.pk,
                        one.part is Part.REVIEW,
                        f"{one.case.number} {one.task} {part_word(one.part)}\n"
                        f"{one.begins_at:%m-%d %H:%M} – {one.ends_at:%m-%d %H:%M}",
                    )
                    for one in works
                ]
                for name, works in told.by_department.items()
            },
            told.line,
        ),
    }
    return render(request, "approvals/case_portfolio.html", context)
