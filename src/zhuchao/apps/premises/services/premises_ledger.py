"""载体台账: one row a unit, with the facts of its site repeated; the tree is made from the rows, in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
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
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Site, Unit
from . import lookups
from .index import index_sites, index_units
from .premises_rows import Planned, UnitKey, changes_of, column_of, plan_row, read_known
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
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        "floor_unreadable": _("请写成 3、3F 或 B1；跨层的房源请分行或不填楼层。"),
        "floor_needs_building": _("请补填楼栋，或删去楼层。"),
        "area_not_positive": _("请核对面积。"),
        "net_above_gross": _("请核对两项面积。"),
        "site_said_twice": _("同一载体各行应一致，或只在第一行填写。"),
    }
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "site",
            "载体名称",
            required=True,
            max_length=80,
            aliases=("载体", "园区名称", "楼宇名称"),
            example="苏鲲科技产业园",
        ),
        FieldSpec("site_kind", "载体类型", Kind.CHOICE, choices={str(c.label): c.value for c in Site.Kind}),
        FieldSpec(
            "carrier_class",
            "载体类别",
            Kind.CHOICE,
            choices={str(c.label): c.value for c in Site.CarrierClass}
            | {"旗舰": "flagship", "功能": "functional"},
        ),
        FieldSpec(
            "address", "地址", max_length=200, aliases=("载体地址", "门牌地址"), example="人民路1401号"
        ),
        FieldSpec("district", "片区", max_length=40, aliases=("所属片区",)),
        FieldSpec("steward", "园长", max_length=40, aliases=("载体负责人",)),
        FieldSpec("operator", "运营主体", max_length=60, aliases=("开发运营主体", "运营单位", "开发主体")),
        FieldSpec("land_area_m2", "占地面积", Kind.AREA, unit="亩", aliases=("土地面积",), example="100"),
        FieldSpec("building", "楼栋", max_length=60, aliases=("楼号", "栋号", "幢号"), example="1号楼"),
        FieldSpec("level", "楼层", max_length=20, aliases=("层",), example="3F"),
        FieldSpec("unit", "房号", max_length=60, aliases=("房间号", "单元", "房源名称"), example="301"),
        FieldSpec(
            "unit_kind",
            "房源类型",
            Kind.CHOICE,
            choices={str(c.label): c.value for c in Unit.Kind}
            | {"厂房": "workshop", "商铺": "shop", "仓库": "storage"},
        ),
        FieldSpec(
            "gross_area_m2", "建筑面积", Kind.AREA, unit="㎡", required=True, aliases=("面积",), example="650"
        ),
        FieldSpec("net_area_m2", "使用面积", Kind.AREA, unit="㎡", aliases=("套内面积",)),
        FieldSpec(
            "clear_height_m",
            "净高",
            Kind.NUMBER,
            unit="米",
            places=2,
            minimum=Decimal(0),
            maximum=Decimal(100),
        ),
        FieldSpec(
            "floor_load_kn_m2",
            "荷载",
            Kind.NUMBER,
            unit="kN/㎡",
            places=2,
            minimum=Decimal(0),
            maximum=Decimal(1000),
            aliases=("楼面荷载", "承重"),
        ),
        FieldSpec(
            "state",
            "状态",
            Kind.CHOICE,
            aliases=("房源状态", "使用状态"),
            choices={str(c.label): c.value for c in Unit.State}
            | {"已租": "let", "出租": "let", "闲置": "vacant", "装修中": "in_works"},
        ),
        FieldSpec(
            "on",
            "状态日期",
            Kind.DATE,
            month_allowed=True,
            aliases=("状态起", "变更日期"),
            example="2023-05-01",
        ),
        FieldSpec("occupant", "使用企业", max_length=120, aliases=("入驻企业", "承租企业", "企业名称")),
        FieldSpec("why", "空置原因", max_length=60),
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
        for row in rows:
            problems: list[Problem] = []
            planned = plan_row(row, known, problems)
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
