"""The verbs on a person's own desk."""

from .snoozes import snooze_card

__all__ = ["snooze_card"]
