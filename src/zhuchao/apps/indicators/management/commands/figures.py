"""``zhuchao figures --zone Z --month 2023-05 [--as-of MOMENT] [--json]``."""

import json
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.management.command import Command as BaseCommand
from zhuchao.apps.core.wording import unit_word
from zhuchao.apps.zones.models import Zone

from ... import selectors
from ...selectors.figures import moment_of
from ...selectors.indicators import indicators_in
from ...services.reports import plain_figures


class Command(BaseCommand):
    help = "Print the figures of a zone for January up to a month, as the pages and the report show them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--zone", required=True, help="code of the zone")
        parser.add_argument("--month", required=True, help="such as 2023-05")
        parser.add_argument("--as-of", default="", help="believe only what was recorded by then")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        zone = Zone.objects.filter(code=options["zone"]).first()
        if zone is None:
            raise NotFound(what=_("辖区“{code}”").format(code=options["zone"]))
        found = plain_figures(
            None, zone, month=selectors.month_end(options["month"]), as_of=moment_of(options["as_of"])
        )
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        titles = {indicator.code: indicator.title for indicator in indicators_in(zone)}
        for item in found["figures"]:
            self.stdout.write(
                "\t".join(
                    "—" if text is None else str(text)
                    for text in (
                        titles.get(item["code"], item["name"]),
                        item["value"],
                        unit_word(item["unit"]),
                        *(item[name] for name in ("target", "completion", "growth", "light")),
                    )
                )
            )
        count = len(found["figures"])
        self.stderr.write(ngettext("{n} 项指标", "{n} 项指标", count).format(n=count))
