"""The verbs on indicators: set a target, enter what statistics say, correct, void, report."""

from .indicators import add_indicator, load_builtin_indicators
from .observations import add_observation, correct_observation, void_observation
from .reports import make_report, start_report
from .targets import correct_target, set_target, void_target

__all__ = [
    "add_indicator",
    "add_observation",
    "correct_observation",
    "correct_target",
    "load_builtin_indicators",
    "make_report",
    "set_target",
    "start_report",
    "void_observation",
    "void_target",
]
