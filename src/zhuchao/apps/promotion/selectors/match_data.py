"""The match as plain data, the same for the API and for commands."""

from typing import Any

from zhuchao.apps.zones.models import Zone

from ..errors import NeedsNotSaid
from ..models import Lead
from .leads import Actor
from .matching import SHOWN, Fit, Match, UnitMatch, match_lead


def lead_match_data(
    actor: Actor, lead: Lead, *, zone: Zone | None = None, limit: int = SHOWN
) -> dict[str, Any]:
    """Return the units for a lead as plain data; raises NeedsNotSaid."""
    match = match_lead(actor, lead, zone=zone, limit=limit)
    if match is None:
        raise NeedsNotSaid(lead=str(lead), pk=lead.pk)
    return match_data(match)


def match_data(match: Match) -> dict[str, Any]:
    """Return a match as plain data."""
    return {
        "lead_id": match.asked.lead.pk,
        "lead": str(match.asked.lead),
        "vacant": match.vacant_count,
        "fits_count": match.fits_count,
        "asks_count": match.asks_count,
        "refused_count": match.refused_count,
        "refused_by": dict(match.refused_by),
        **{
            name: [fit_data(fit) for fit in getattr(match, name)]
            for name in ("fits", "asks", "nearest", "soon")
        },
    }


def unit_match_data(match: UnitMatch) -> dict[str, Any]:
    """Return the leads for a unit as plain data."""
    return {
        "unit_id": match.unit.pk,
        **{name: [fit_data(fit) for fit in getattr(match, name)] for name in ("fits", "asks", "refused")},
    }


def fit_data(fit: Fit) -> dict[str, Any]:
    """Return one choice as plain data."""
    return {
        "lead_id": fit.lead.pk,
        "lead": str(fit.lead),
        "unit_ids": [unit.pk for unit in fit.units],
        "name": fit.name,
        "area_m2": fit.area_m2,
        "verdict": str(fit.verdict),
        "score": fit.score,
        "doubt": fit.doubt,
        "question": fit.question,
        "question_unit_ids": [unit.pk for unit in fit.question_of],
        "criteria": [
            {
                "name": row.name,
                "label": row.label,
                "verdict": str(row.verdict),
                "asked": row.asked,
                "found": row.found,
                "gap": row.gap,
                "clause": row.clause,
                "is_hard": row.is_hard,
            }
            for row in fit.rows
        ],
    }
