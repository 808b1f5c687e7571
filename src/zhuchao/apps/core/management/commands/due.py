"""``zhuchao due``: do now what comes due by itself; the worker does the same every few minutes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from ...services import due
from .. import command


class Command(command.Command):
    help = "Do what is due now: one line a kind with the number of rows. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="only list the kinds")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for kind in due.kinds():
                self.stdout.write(f"{kind.key}\t{kind.title}")
            return
        failed = []
        for done in due.run_due():
            if done.error is None:
                self.stdout.write(f"{done.due.key}\t{done.due.title}\t{done.rows}")
            else:
                failed.append(done)
                self.stderr.write(f"{done.due.key}: {done.error}")
        if failed:
            raise CommandError(", ".join(done.due.key for done in failed))
