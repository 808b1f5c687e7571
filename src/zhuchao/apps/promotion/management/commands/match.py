"""``zhuchao match``: rank the free units for a lead, or place all open leads of a zone at once."""

import json
import signal
from functools import partial
from types import FrameType, TracebackType
from typing import Any, Self

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from zhuchao.apps.core.management.command import Command as BaseCommand
from zhuchao.apps.zones import selectors as zones
from zhuchao.engines.allocation import Progress

from ... import selectors, services
from ...models import PlacingPlan
from ...selectors import plan_making, plans
from ...selectors.match_data import lead_match_data


class _Interrupt:
    """Take Ctrl-C as a wish to stop with the best so far; the second one ends the program as ever."""

    def __init__(self) -> None:
        self.was_pressed = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _press(self, number: int, frame: FrameType | None) -> None:
        self.was_pressed = True
        signal.signal(signal.SIGINT, self._before)


class Command(BaseCommand):
    help = "Match leads and premises."

    def add_arguments(self, parser: CommandParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True)
        premises = ways.add_parser("premises", help="rank the free units for a lead")
        premises.add_argument("--lead", type=int, required=True, help="id of the lead")
        premises.add_argument("--limit", type=int, default=10, help="how many of each kind")
        premises.add_argument("--json", action="store_true", help="print JSON")
        everything = ways.add_parser("place-all", help="place all open leads of a zone; nothing is kept")
        everything.add_argument("--zone", required=True, help="code of the zone")
        everything.add_argument("--seconds", type=int, default=60, help="longest time to search")
        everything.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["way"] == "place-all":
            self._place_all(**options)
        else:
            self._premises(**options)

    def _place_all(self, **options: Any) -> None:
        zone = zones.get_zone(None, options["zone"])
        plan = services.draft_plan(actor=None, zone=zone, seconds=options["seconds"])
        drawing = plan_making.drawn(None, plan)
        with _Interrupt() as asked:
            found = plan_making.calculated(drawing, goes_on=partial(self._goes_on, plan, asked))
        values, rows = plan_making.said_of(drawing, found)
        for name, value in values.items():
            setattr(plan, name, value)
        rows.sort(key=lambda row: (not row.is_placed, -row.worth, -row.lost, row.lead_id))
        data = plans.plan_data(plan, rows)
        self.stderr.write(f"\r{plans.gap_said(plan)}")
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=str))
            return
        for one in (*data["placements"], *data["without"]):
            self.stdout.write("\t".join((one["lead"], one["units"], str(one["worth"]), one["why_said"])))
        self.stderr.write(
            _("{leads} 条线索，{placed} 条有去处，共 {area} ㎡，预期效益 {worth}").format(
                leads=data["leads"],
                placed=data["placed"],
                area=data["placed_m2"],
                worth=plans.worth_said(plan, plan.worth),
            )
        )

    def _goes_on(self, plan: PlacingPlan, asked: "_Interrupt", found: Progress) -> bool:
        step, done, total = services.step_of(plan, found)
        self.stderr.write(f"\r{done:3d} / {total}  {step}", ending="")
        return not asked.was_pressed

    def _premises(self, **options: Any) -> None:
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
