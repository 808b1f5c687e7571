"""载体台账: one row a unit, with the facts of its site repeated; the tree is made from the rows, in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.reading import FieldSpec, Problem

from . import lookups
from .index import index_sites, index_units
from .premises_fields import FIELDS
from .premises_rows import (
    Planned,
    UnitKey,
    changes_of,
    column_of,
    parents_of,
    plan_row,
    read_known,
    refuse_circle,
)
from .premises_writing import write_floors, write_sites, write_units
from .states import enter_states


class PremisesLedger:
    """Sites, buildings, floors and units with the state they are in."""

    key = "premises"
    title: Text = _("载体台账")
    thing = "premises.unit"
    description: Text = _(
        "一行一个房源；载体、楼栋、楼层按名称归并，没有的自动新建。同一房源再次导入只更新变化的内容。"
    )
    sentences: Mapping[str, Any] = {
        **lookups.SENTENCES,
        "floor_unreadable": _("第 {row} 行楼层“{found}”看不出是第几层。"),
        "floor_needs_building": _("第 {row} 行写了楼层，没有写楼栋。"),
        "area_not_positive": _("第 {row} 行{label}应大于 0。"),
        "net_above_gross": _("第 {row} 行使用面积 {found} ㎡ 大于建筑面积 {expected} ㎡。"),
        "site_said_twice": _("第 {row} 行{label}“{found}”与第 {first} 行同一载体的“{expected}”不一致。"),
        "parent_unknown": _("第 {row} 行上级载体“{found}”不在本辖区，也不在本文件中。"),
        "parent_circle": _("第 {row} 行上级载体“{found}”在该载体之下。"),
        "fact_wrong": _("第 {row} 行{label}“{found}”有误：{why}"),
        "use_both": _("第 {row} 行用途“{found}”同时列为允许和禁止。"),
        "unit_gone": _("第 {row} 行房源“{found}”已拆分或合并，不再登记新的状态。"),
        "idle_not_a_part": _(
            "第 {row} 行部分空置 {found} ㎡ 应小于建筑面积 {expected} ㎡，且只用于有人使用的房源。"
        ),
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        "floor_unreadable": _("请写成 3、3F 或 B1；跨层的房源请分行或不填楼层。"),
        "floor_needs_building": _("请补填楼栋，或删去楼层。"),
        "area_not_positive": _("请核对面积。"),
        "net_above_gross": _("请核对两项面积。"),
        "site_said_twice": _("同一载体各行应一致，或只在第一行填写。"),
        "parent_unknown": _("请核对名称，或把上级载体也写入文件。"),
        "parent_circle": _("请核对谁在谁之内。"),
        "fact_wrong": _("请核对该单元格。"),
        "use_both": _("请只留一处。"),
        "unit_gone": _("请改填拆并后的房源。"),
        "idle_not_a_part": _("请核对状态和面积。"),
    }
    # A published schema names the columns as the fields are named: what another zone publishes comes in as it is.
    fields: tuple[FieldSpec, ...] = tuple(
        replace(field, aliases=(*field.aliases, field.name)) for field in FIELDS
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "site": "示例产业园",
            "site_kind": "产业园",
            "address": "示例路1号",
            "land_area_m2": "12.5",
            "building": "1号楼",
            "level": "3F",
            "unit": "301",
            "unit_kind": "办公",
            "gross_area_m2": "650",
            "state": "空置",
            "on": "2023-05-01",
            "why": "前租户搬离",
        },
    )

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the person may import sites and units into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.SITE, scope)
        zones.require(actor, Verb.IMPORT, Thing.UNIT, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say of each row whether its unit is new, changed or the same; reads only, a dozen queries."""
        known = read_known(scope, rows)
        seen: dict[UnitKey, int] = {}
        site_rows: dict[str, dict[str, tuple[Any, int]]] = {}
        parents = parents_of(rows, known)
        for row in rows:
            problems: list[Problem] = []
            planned = plan_row(row, known, problems)
            refuse_circle(planned, parents, problems)
            first = seen.setdefault(planned.key, row.number)
            if first != row.number:
                problems.append(Problem("row_twice", data={"first": first, "what": "房源", "field": "unit"}))
            said = site_rows.setdefault(planned.key[0], {})
            for name, value in planned.site_facts.items():
                other, number = said.setdefault(name, (value, row.number))
                if other != value:
                    data = {"field": column_of(name), "first": number}
                    problems.append(Problem("site_said_twice", str(value), str(other), data))
            if problems:
                yield Outcome(row, "refused", problems=problems)
                continue
            changes = changes_of(planned, known)
            if planned.enters_state and planned.unit is not None and planned.unit.pk in known.gone:
                gone = Problem("unit_gone", planned.unit_name, "", {"field": "unit"})
                yield Outcome(row, "refused", problems=[gone])
                continue
            if planned.unit is None:
                yield Outcome(row, "new", changes=changes, data=planned)
            else:
                yield Outcome(
                    row, "changed" if changes else "same", planned.unit.pk, changes=changes, data=planned
                )

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write sites, buildings, floors, units and states that are new or changed, in bulk."""
        zone = Zone.objects.get(pk=scope)
        person = actor if isinstance(actor, User) else None
        at, today = zones.now(zone), zones.today(zone)
        plans: list[Planned] = [outcome.data for outcome in outcomes]
        progress.say(str(_("写入载体")), 0, len(plans))
        sites = write_sites(zone, person, at, today, plans)
        floors = write_floors(zone, sites, plans)
        progress.say(str(_("写入房源")), 0, len(plans))
        entries, touched = write_units(zone, sites, floors, plans, today)
        for entry, outcome in zip(entries, outcomes, strict=True):
            for one in entry:
                one.batch, one.batch_row = batch, outcome.row.number
        new = [one for plan, found in zip(plans, entries, strict=True) if plan.unit is None for one in found]
        old = [
            one for plan, found in zip(plans, entries, strict=True) if plan.unit is not None for one in found
        ]
        add_entries(new, actor=actor, at=at)
        enter_states(old, actor=person, at=at)
        progress.say(str(_("更新检索")), 0, len(plans))
        index_sites(list(sites.values()))
        index_units([unit.pk for unit in touched])
        record_change(
            actor=actor,
            verb="import",
            rows=touched,
            scope=scope,
            thing=self.thing,
            batch=batch.pk,
            rows_written=len(plans),
        )
