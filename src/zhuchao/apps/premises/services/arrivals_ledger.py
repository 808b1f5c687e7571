"""引进计划台账: one row an arrival that is planned for a building and a month."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from .. import selectors
from ..models import Arrival
from . import lookups
from .arrivals import finish_arrival, plan_arrival
from .unit_lookup import UNIT_FIXES, UNIT_SENTENCES, KnownUnits


class ArrivalsLedger:
    """Who is to arrive at which building in which month, and who has."""

    key = "arrivals"
    title: Text = _("引进计划")
    thing = "premises.arrival"
    description: Text = _("一行一个计划引进的品牌或企业；同一楼栋同一月份同一对象只登记一次。")
    sentences: Mapping[str, Any] = {**lookups.SENTENCES, **UNIT_SENTENCES}
    fixes: Mapping[str, Any] = {**lookups.FIXES, **UNIT_FIXES}
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("site", "载体名称", required=True, max_length=80, aliases=("载体", "园区名称")),
        FieldSpec("building", "楼栋", max_length=60, aliases=("楼号", "栋号")),
        FieldSpec("who", "引进对象", required=True, max_length=120, aliases=("品牌", "企业名称", "项目名称")),
        FieldSpec(
            "month",
            "计划月份",
            Kind.MONTH,
            required=True,
            aliases=("预计月份", "计划时间"),
            example="2023-06",
        ),
        FieldSpec("done_on", "到位日期", Kind.DATE, aliases=("开业日期", "入驻日期")),
        FieldSpec("note", "备注", max_length=200),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {"site": "示例产业园", "building": "1号楼", "who": "示例品牌", "month": "2023-06"},
    )

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the person may import planned arrivals into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.ARRIVAL, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say of each row whether its plan is new, now done, or the same; reads only, eight queries."""
        known = KnownUnits(scope, rows)
        kept: dict[tuple[int | None, int | None, str, date], Arrival] = {
            (row.site_id, row.building_id, selectors.name_key(row.who), row.expected_month): row
            for row in Arrival.objects.filter(zone_id=scope).order_by("-is_called_off", "pk")
        }
        seen: dict[Any, int] = {}
        for row in rows:
            values, problems = row.values, list[Problem]()
            site = known.sites.get(selectors.name_key(values["site"]))
            building = None
            if site is None:
                problems.append(Problem("site_unknown", values["site"], "", {"field": "site"}))
            elif values.get("building"):
                building = known.buildings.get((site.pk, selectors.name_key(values["building"])))
                if building is None:
                    problems.append(
                        Problem("building_unknown", values["building"], "", {"field": "building"})
                    )
            known.lookups.past_day(values, "done_on", problems)
            key = (
                site.pk if site else None,
                building.pk if building else None,
                selectors.name_key(values["who"]),
                values["month"],
            )
            first = seen.setdefault(key, row.number)
            if first != row.number:
                data = {"first": first, "what": "计划", "field": "who"}
                problems.append(Problem("row_twice", data=data))
            arrival = kept.get(key)
            if problems:
                yield Outcome(row, "refused", problems=problems)
            elif arrival is None:
                yield Outcome(row, "new", data=(site, building, None))
            elif arrival.is_open and values.get("done_on"):
                changes = {"done_on": [None, values["done_on"]]}
                yield Outcome(row, "changed", arrival.pk, changes=changes, data=(site, building, arrival))
            else:
                yield Outcome(row, "same", arrival.pk)

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Enter the plans that are new, and what of them is done."""
        person = actor if isinstance(actor, User) else None
        written = []
        for count, outcome in enumerate(outcomes):
            progress.say(str(_("写入引进计划")), count, len(outcomes))
            (site, building, arrival), values = outcome.data, outcome.row.values
            if arrival is None:
                arrival = plan_arrival(
                    actor=person,
                    site=site,
                    building=building,
                    who=values["who"],
                    expected_month=values["month"],
                    note=values.get("note") or "",
                )
            if values.get("done_on"):
                arrival = finish_arrival(actor=person, arrival=arrival, on=values["done_on"])
            written.append(arrival)
        record_change(actor=actor, verb="import", rows=written, scope=scope, thing=self.thing, batch=batch.pk)
