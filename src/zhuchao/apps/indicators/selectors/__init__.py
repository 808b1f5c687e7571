"""Reads of figures: what was measured, against what, and which entries it is made of."""

from .figures import Figure, TargetFact, figure_of, figures_of, month_end
from .indicators import (
    get_indicator,
    get_observation,
    get_report,
    get_target,
    visible_indicators,
    visible_observations,
    visible_reports,
    visible_targets,
)
from .measures import MEASURES, Measure, Window

__all__ = [
    "MEASURES",
    "Figure",
    "Measure",
    "TargetFact",
    "Window",
    "figure_of",
    "figures_of",
    "get_indicator",
    "get_observation",
    "get_report",
    "get_target",
    "month_end",
    "visible_indicators",
    "visible_observations",
    "visible_reports",
    "visible_targets",
]
