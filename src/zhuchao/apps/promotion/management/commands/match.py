"""``zhuchao match premises --lead ID``: rank the free units for a lead."""

import json
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from zhuchao.apps.core.management.command import Command as BaseCommand

from ... import selectors
from ...selectors.match_data import lead_match_data


class Command(BaseCommand):
    help = "Match leads and premises."

    def add_arguments(self, parser: CommandParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True)
        premises = ways.add_parser("premises", help="rank the free units for a lead")
        premises.add_argument("--lead", type=int, required=True, help="id of the lead")
        premises.add_argument("--limit", type=int, default=10, help="how many of each kind")
        premises.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        lead = selectors.get_lead(None, options["lead"])
        found = lead_match_data(None, lead, limit=options["limit"])
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1, default=str))
            return
        for kind in ("fits", "asks", "nearest", "soon"):
            for one in found[kind]:
                self.stdout.write("\t".join((kind, str(one["score"]), one["name"], one["question"])))
        self.stderr.write(
            _("{fits} 处满足，{asks} 处缺数据，{refused} 处不满足").format(
                fits=found["fits_count"], asks=found["asks_count"], refused=found["refused_count"]
            )
        )
