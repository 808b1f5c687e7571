"""``zhuchao reindex [--zone Z]``: make the search index again from what is kept."""

from argparse import ArgumentParser
from typing import Any

from zhuchao.apps.core.management import command
from zhuchao.apps.core.management.terminal import TerminalProgress
from zhuchao.apps.core.services import search

from ..zone import zone_of_code


class Command(command.Command):
    help = "Make the search index again: one line a kind with its records. Safe to repeat and to kill."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--zone", default="", help="the code of one zone; without, all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        scope = zone_of_code(options["zone"]).pk if options["zone"] else None
        progress = TerminalProgress()
        try:
            for thing, rows in search.reindex(progress, scope):
                progress.end()
                self.stdout.write(f"{thing}\t{rows}")
        finally:
            progress.end()
