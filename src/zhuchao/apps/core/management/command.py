"""The command that every command of the product is one of."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ..errors import DomainError
from ..wording import sentences


class Command(BaseCommand):
    """A command whose refusals read as sentences: what happened, why, and what to do next."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except DomainError as error:
            raise CommandError(sentences((error, error.next_sentence))) from error
