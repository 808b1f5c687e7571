"""What is due for me, and what can be found."""

from .cards import Card, Urgency
from .search import SEARCHABLE, search_everything
from .today import cards_for, register_cards

__all__ = ["SEARCHABLE", "Card", "Urgency", "cards_for", "register_cards", "search_everything"]
