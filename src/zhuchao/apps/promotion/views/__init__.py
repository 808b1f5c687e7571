"""Pages of promotion: leads, their pipeline, placing, what they need and are shown, activities and what came of them."""

from . import (
    activities,
    commons,
    leads,
    matching,
    minutes,
    months,
    needs,
    pipeline,
    placing,
    stages,
    viewings,
)

__all__ = [
    "activities",
    "commons",
    "leads",
    "matching",
    "minutes",
    "months",
    "needs",
    "pipeline",
    "placing",
    "stages",
    "viewings",
]
