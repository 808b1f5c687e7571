"""The API of indicators: the same figures as the page, the report and the command."""

from typing import Any

from ninja import Router

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import Request

from . import selectors, services
from .schemas import FiguresOut, ObservationIn
from .selectors.figures import moment_of
from .services.reports import plain_figure, plain_figures

router = Router(tags=["indicators"])


@router.get("/figures", response=FiguresOut)
def figures(request: Request, zone: str, month: str, as_of: str = "") -> dict[str, Any]:
    """Return the figures of a zone for January up to a month, as known at a moment."""
    found = zones.get_zone(request.user, zone)
    zones.require(request.user, Verb.VIEW, Thing.TARGET, found)
    return plain_figures(request.user, found, month=selectors.month_end(month), as_of=moment_of(as_of))


@router.post("/observations", response=dict[str, Any])
def add_observation(request: Request, zone: str, body: ObservationIn) -> dict[str, Any]:
    """Enter a value; one of the same month and a firmer or equal status replaces the one before."""
    found = zones.get_zone(request.user, zone)
    indicator = selectors.get_indicator(request.user, found, body.indicator)
    month = selectors.month_end(body.month)
    services.add_observation(
        actor=request.user,
        zone=found,
        indicator=indicator,
        period_to=month,
        **body.model_dump(exclude={"indicator", "month"}),
    )
    return plain_figure(selectors.figure_of(request.user, found, indicator, month=month))
