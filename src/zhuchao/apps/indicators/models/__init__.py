"""Indicators 指标: what is measured, what was aimed at, what was observed, what was reported."""

from .indicators import Indicator, Observation, Report, Target

__all__ = ["Indicator", "Observation", "Report", "Target"]
