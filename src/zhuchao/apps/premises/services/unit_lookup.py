"""Which unit a row of a ledger names by its site, building, floor and number."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.zones.models import Zone
from zhuchao.engines.reading import Problem

from .. import selectors
from ..models import Building, Unit
from .lookups import Lookups
from .premises_rows import read_level

UNIT_SENTENCES: Mapping[str, Any] = {
    "site_unknown": _("第 {row} 行{label}“{found}”不在载体台账中。"),
    "building_unknown": _("第 {row} 行{label}“{found}”不在该载体中。"),
    "unit_unknown": _("第 {row} 行房源“{found}”不在载体台账中。"),
    "unit_ambiguous": _("第 {row} 行房源“{found}”对应 {count} 个房源。"),
}
UNIT_FIXES: Mapping[str, Any] = {
    "site_unknown": _("请核对名称，或先导入载体台账。"),
    "building_unknown": _("请核对楼栋，或先在载体页新增。"),
    "unit_unknown": _("请核对楼栋和房号，或先导入载体台账。"),
    "unit_ambiguous": _("请写明楼栋、楼层和房号。"),
}


class KnownUnits:
    """The units and buildings of the sites that a file names; a handful of queries, however many rows ask."""

    def __init__(self, scope: int, rows: Sequence[Row]) -> None:
        self.lookups = Lookups(Zone.objects.get(pk=scope))
        self.sites = selectors.sites_by_name(scope)
        named = {selectors.name_key(row.values["site"]) for row in rows}
        ids = {self.sites[key].pk for key in named if key in self.sites}
        units = Unit.objects.filter(site_id__in=ids).exclude(state=Unit.State.WITHDRAWN)
        self._units = list(units.select_related("zone", "site", "building", "floor"))
        self.buildings = {
            (row.site_id, selectors.name_key(row.name)): row
            for row in Building.objects.filter(site_id__in=ids)
        }

    def find(self, row: Row, problems: list[Problem]) -> Unit | None:
        """Return the one unit that a row names, adding to ``problems`` when it names none or several."""
        values = row.values
        site = self.sites.get(selectors.name_key(values["site"]))
        if site is None:
            problems.append(Problem("site_unknown", values["site"], "", {"field": "site"}))
            return None
        building, number = values.get("building") or "", values.get("unit") or ""
        level = read_level(values["level"]) if values.get("level") else None
        found = [
            unit
            for unit in self._units
            if unit.site_id == site.pk
            and (not building or _same(unit.building, building))
            and (level is None or (unit.floor is not None and unit.floor.level == level))
            and (not number or _same(unit.name, number))
        ]
        if len(found) == 1:
            return found[0]
        said = " ".join(part for part in (site.name, building, values.get("level") or "", number) if part)
        if found:
            problems.append(Problem("unit_ambiguous", said, "", {"field": "unit", "count": len(found)}))
        else:
            problems.append(Problem("unit_unknown", said, "", {"field": "unit"}))
        return None


def _same(kept: object, said: str) -> bool:
    return kept is not None and selectors.name_key(str(kept)) == selectors.name_key(said)
