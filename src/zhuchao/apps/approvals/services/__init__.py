"""What changes matters, procedures and cases."""

from .events import close_case, correct_event, record_event, void_event
from .opening import open_case

__all__ = ["close_case", "correct_event", "open_case", "record_event", "void_event"]
