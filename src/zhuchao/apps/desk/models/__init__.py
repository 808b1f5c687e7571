"""What a person's desk keeps: what they put off until later."""

from .snoozes import Snooze

__all__ = ["Snooze"]
