"""The API of the reach of policies."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.requests import person_of

from .. import selectors
from ..schemas.reach import ReachOut
from ..selectors import reach
from ..selectors.reach import STEPS, Funnel

router = Router(tags=["policies"])


@router.get("/policies/reach", response=list[ReachOut])
def list_reach(request: HttpRequest, zone: str, policy_id: int | None = None) -> list[dict[str, Any]]:
    """Return the funnel of all policies of a zone together, and then of each, or of one."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    if policy_id is not None:
        selectors.get_policy(actor, policy_id)
    return [_said(one) for one in reach.funnels_of(actor, reach.tracks_of(actor, here, policy_id))]


def _said(funnel: Funnel) -> dict[str, Any]:
    return {
        "policy_id": funnel.policy.pk if funnel.policy else None,
        "title": funnel.policy.title if funnel.policy else "",
        "rate": funnel.reached,
        "outside": funnel.outside,
        "steps": [
            {
                "step": step.value,
                "firms": funnel.counts[step],
                "rate": funnel.rate(step),
                "working_days": funnel.paces[step].working_days if step in funnel.paces else None,
            }
            for step in STEPS
        ],
    }
