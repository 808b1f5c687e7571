"""What is due for me, and what can be found."""

from .search import SEARCHABLE, search_everything
from .today import Card, Urgency, cards_for, register_cards

__all__ = ["SEARCHABLE", "Card", "Urgency", "cards_for", "register_cards", "search_everything"]
