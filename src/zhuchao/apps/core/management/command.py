"""The command that every command of the product is one of."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from ..errors import DomainError
from ..wording import sentences

# In the order in which programs ask for the language of messages.
_ASKED = ("LC_ALL", "LC_MESSAGES", "LANG")


class Command(BaseCommand):
    """A command whose refusals read as sentences: what happened, why, and what to do next.

    On a command line it speaks the language of the terminal, where that is one of the product's; called by the
    product itself it speaks that of its caller.
    """

    def execute(self, *args: Any, **options: Any) -> str | None:
        language = (
            terminal_language()
            if getattr(self, "_called_from_command_line", False)
            else translation.get_language()
        )
        with translation.override(language):
            try:
                return super().execute(*args, **options)
            except DomainError as error:
                raise CommandError(sentences((error, error.next_sentence))) from error


def terminal_language() -> str:
    """Return the language that the terminal asks for, the product's first one where it asks for none of them."""
    asked = next(filter(None, map(os.environ.get, _ASKED)), "")
    code = asked.partition(".")[0].partition("_")[0].lower()
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
