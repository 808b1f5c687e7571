"""What the rows of a 载体台账 say, held against what the zone keeps."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import Zone
from zhuchao.engines.reading import Problem

from .. import selectors
from ..models import Site, Unit, UnitState
from .lookups import Lookups

WHOLE_SITE, WHOLE_BUILDING, WHOLE_FLOOR = "整体", "整栋", "整层"
_FLOOR = re.compile(
    r"(?P<below>[b负\-]|地下)?\s*(?P<level>\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:f|楼|层)?"
)
_DIGITS = {char: n for n, char in enumerate("一二三四五六七八九十", 1)}

UnitKey = tuple[str, str, int | None, str]
UNIT_FIELDS = ("kind", "gross_area_m2", "net_area_m2", "clear_height_m", "floor_load_kn_m2")


@dataclass
class Planned:
    """What a row says: of its site, its unit, and the state the unit came into."""

    key: UnitKey
    site: Site | None
    site_name: str
    building_name: str
    level: int | None
    unit: Unit | None
    unit_name: str
    site_facts: dict[str, Any] = field(default_factory=dict)
    unit_facts: dict[str, Any] = field(default_factory=dict)
    state: str | None = None
    on: date | None = None
    occupant: str = ""
    firm: Enterprise | None = None
    why: str = ""
    enters_state: bool = False


@dataclass
class Known:
    """What the zone keeps of the sites that a file names; read at once for all its rows."""

    zone: Zone
    lookups: Lookups
    sites: dict[str, Site]
    units: dict[UnitKey, Unit]
    said: dict[int, list[UnitState]]
    firms: dict[str, Enterprise]


def read_level(text: str) -> int | None:
    """Return the storey that a cell names (3, 3F, 三层, B1, 地下一层, -1), or None when it is not one.

    >>> read_level("3F"), read_level("B1"), read_level("地下二层"), read_level("1-3层")
    (3, -1, -2, None)
    """
    match = _FLOOR.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold())
    if match is None:
        return None
    digits = match["level"]
    level = int(digits) if digits.isdigit() else _chinese(digits)
    if not level:
        return None
    return -level if match["below"] else level


def _chinese(digits: str) -> int:
    if digits == "十":
        return 10
    head, ten, tail = digits.partition("十")
    if not ten:
        return _DIGITS[digits] if len(digits) == 1 else 0
    return _DIGITS.get(head, 1) * 10 + _DIGITS.get(tail, 0)


def read_known(scope: int, rows: Sequence[Row]) -> Known:
    zone = Zone.objects.get(pk=scope)
    sites = selectors.sites_by_name(scope)
    named = {selectors.name_key(row.values["site"]) for row in rows}
    site_ids = {sites[key].pk for key in named if key in sites}
    key_of = {site.pk: key for key, site in sites.items() if key == selectors.name_key(site.name)}
    units: dict[UnitKey, Unit] = {}
    for unit in (
        Unit.objects.filter(site_id__in=site_ids)
        .select_related("building", "floor", "occupant")
        .order_by("pk")
    ):
        key = (
            key_of[unit.site_id],
            selectors.name_key(unit.building.name) if unit.building else "",
            unit.floor.level if unit.floor else None,
            selectors.name_key(unit.name),
        )
        units.setdefault(key, unit)
    said: dict[int, list[UnitState]] = {}
    entries = UnitState.objects.filter(unit__site_id__in=site_ids, is_void=False).select_related(
        "replaced_by"
    )
    for entry in selectors.in_order(entries):
        said.setdefault(entry.unit_id, []).append(entry)
    firms = selectors.firms_named(scope, (row.values.get("occupant") or "" for row in rows))
    return Known(zone, Lookups(zone), sites, units, said, firms)


def plan_row(row: Row, known: Known, problems: list[Problem]) -> Planned:
    values = row.values
    site_name = " ".join(values["site"].split())
    site = known.sites.get(selectors.name_key(site_name))
    building = " ".join((values.get("building") or "").split())
    level = None
    if values.get("level"):
        level = read_level(values["level"])
        if level is None:
            problems.append(Problem("floor_unreadable", values["level"], "3F", {"field": "level"}))
        elif not building:
            problems.append(Problem("floor_needs_building", values["level"], "", {"field": "building"}))
    whole = WHOLE_FLOOR if level is not None else WHOLE_BUILDING if building else WHOLE_SITE
    unit_name = " ".join((values.get("unit") or whole).split())
    site_key = selectors.name_key(site.name if site else site_name)
    key = (site_key, selectors.name_key(building), level, selectors.name_key(unit_name))
    look = known.lookups
    site_facts = {
        "kind": values.get("site_kind"),
        "carrier_class": values.get("carrier_class"),
        "address": values.get("address"),
        "district": values.get("district"),
        "steward": look.person(values, "steward", problems),
        "operator": look.department(values, "operator", problems),
        "land_area_m2": values.get("land_area_m2"),
    }
    unit_facts = {"kind": values.get("unit_kind")} | {name: values.get(name) for name in UNIT_FIELDS[1:]}
    _check_areas(site_facts, unit_facts, problems)
    occupant = " ".join((values.get("occupant") or "").split())
    firm = known.firms.get(values.get("occupant") or "")
    return Planned(
        key=key,
        site=site,
        site_name=site_name,
        building_name=building,
        level=level,
        unit=known.units.get(key),
        unit_name=unit_name,
        site_facts={name: value for name, value in site_facts.items() if value is not None},
        unit_facts={name: value for name, value in unit_facts.items() if value is not None},
        state=values.get("state"),
        on=look.past_day(values, "on", problems),
        occupant=firm.name if firm else occupant,
        firm=firm,
        why=values.get("why") or "",
    )


def _check_areas(
    site_facts: Mapping[str, Any], unit_facts: Mapping[str, Any], problems: list[Problem]
) -> None:
    for name, value in (*site_facts.items(), *unit_facts.items()):
        if name.endswith("area_m2") and value is not None and value <= 0:
            problems.append(Problem("area_not_positive", str(value), "", {"field": name}))
    gross, net = unit_facts["gross_area_m2"], unit_facts["net_area_m2"]
    if net is not None and net > gross:
        problems.append(Problem("net_above_gross", str(net), str(gross), {"field": "net_area_m2"}))


def changes_of(planned: Planned, known: Known) -> dict[str, list[Any]]:
    """Return what the row changes, by column; marks the plan when it enters a state."""
    changes: dict[str, list[Any]] = {}
    if planned.site is not None:
        changes |= _differences(planned.site, planned.site_facts)
    if planned.unit is None:
        planned.enters_state = True
        return changes
    changes |= _differences(planned.unit, planned.unit_facts, prefix="unit_")
    history = known.said.get(planned.unit.pk, [])
    latest = next((entry for entry in history if not hasattr(entry, "replaced_by")), None)
    said = planned.state is not None or planned.occupant or planned.why
    if not said or _said_before(planned, history, latest):
        return changes
    planned.enters_state = True
    changes["state"] = [latest.state if latest else None, planned.state or (latest.state if latest else None)]
    if latest is None or planned.occupant != latest.occupant_name:
        changes["occupant"] = [latest.occupant_name if latest else "", planned.occupant]
    return changes


def _said_before(planned: Planned, history: Sequence[UnitState], latest: UnitState | None) -> bool:
    """Return whether an entry says already what the row does.

    With a day, any version ever entered for that day counts: what was corrected or voided by hand since stays so.
    Without one, the present state counts, and so does what the ledger itself said last: what was entered by hand
    since is newer than a file that says nothing new.
    """
    if planned.on is not None:
        entries = [entry for entry in history if entry.happened_on == planned.on]
    else:
        imported = [entry for entry in history if entry.batch_id is not None]
        last = max(imported, key=lambda entry: (entry.recorded_at, entry.pk), default=None)
        entries = [entry for entry in (latest, last) if entry is not None]
    return any(
        planned.state in (None, entry.state)
        and planned.occupant in ("", entry.occupant_name)
        and planned.why in ("", entry.why)
        for entry in entries
    )


def _differences(row: Site | Unit, facts: Mapping[str, Any], prefix: str = "") -> dict[str, list[Any]]:
    found = {}
    for name, value in facts.items():
        old = getattr(row, name)
        if old != value:
            column = column_of(name) if not prefix or name != "kind" else "unit_kind"
            found[column] = [
                old if isinstance(old, Decimal | None) else str(old),
                value if isinstance(value, Decimal) else str(value),
            ]
    return found


def column_of(name: str) -> str:
    return "site_kind" if name == "kind" else name
