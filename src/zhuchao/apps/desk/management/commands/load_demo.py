"""``zhuchao load-demo [DIR]``: load the demo into an empty data file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from zhuchao.apps.core.management.command import Command as BaseCommand

from ...services.demo import load_demo


class Command(BaseCommand):
    help = "Load the demo zones and import their ledgers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default=str(settings.CHECKOUT / "demo"))

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_demo(Path(options["folder"]), work=settings.DATA / "demo", say=self.stdout.write)
        self.stderr.write(f"{count} ledger(s)")
