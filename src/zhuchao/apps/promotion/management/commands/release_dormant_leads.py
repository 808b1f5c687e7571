"""``zhuchao release-dormant-leads``: put leads that lay still too long into the public pool of their zone."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from zhuchao.apps.core.management.command import Command as BaseCommand
from zhuchao.apps.zones import selectors as zones

from ... import selectors, services


class Command(BaseCommand):
    help = "Put leads that lay still too long into the public pool. Safe to repeat; meant for every morning."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--zone", metavar="CODE", help="only this zone")
        parser.add_argument(
            "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day it is run for"
        )
        parser.add_argument("--dry-run", action="store_true", help="name the leads and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["zone"]
        places = [zones.get_zone(None, code)] if code else list(zones.visible_zones(None))
        count = 0
        for zone in places:
            if options["dry_run"]:
                rows = selectors.leads_in(zone)
                leads = [one.lead for one in selectors.lapsing(rows, options["day"] or zones.today(zone))]
            else:
                leads = services.release_dormant_leads(zone, on=options["day"])
            for lead in leads:
                self.stdout.write(f"{zone.code}\t{lead.pk}\t{lead}")
            count += len(leads)
        self.stderr.write(f"{count} lead(s)")
