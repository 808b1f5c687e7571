"""Pages of promotion: leads, their pipeline, what they need and are shown, activities and what came of them."""

from . import activities, commons, leads, matching, minutes, months, needs, pipeline, stages, viewings

__all__ = [
    "activities",
    "commons",
    "leads",
    "matching",
    "minutes",
    "months",
    "needs",
    "pipeline",
    "stages",
    "viewings",
]
