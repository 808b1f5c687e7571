"""What the rows of a 载体台账 say, held against what the zone keeps."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import Zone
from zhuchao.engines.reading import Problem

from .. import selectors
from ..models import Site, Unit, UnitLineagePart, UnitState
from .facts import UNIT_FACTS, WORD_LISTS, tidy_words
from .lookups import Lookups

WHOLE_SITE, WHOLE_BUILDING, WHOLE_FLOOR = "整体", "整栋", "整层"
_FLOOR = re.compile(
    r"(?P<below>[b负\-]|地下)?\s*(?P<level>\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:f|楼|层)?"
)
_DIGITS = {char: n for n, char in enumerate("一二三四五六七八九十", 1)}

UnitKey = tuple[str, str, int | None, str]
_WORDS = re.compile(r"[、，,;；/\s]+")
SITE_FIELDS = (
    "carrier_class",
    "address",
    "district",
    "land_area_m2",
    "theme",
    "partner",
    "admission_scope",
    "plan_constraints",
    "plan_source",
    "plan_on",
    "incubator",
)
UNIT_FIELDS = ("kind", "gross_area_m2", *sorted(UNIT_FACTS - {"name", "kind", "gross_area_m2"}))


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
    parent_key: str = ""
    site_facts: dict[str, Any] = field(default_factory=dict)
    unit_facts: dict[str, Any] = field(default_factory=dict)
    state: str | None = None
    on: date | None = None
    occupant: str = ""
    firm: Enterprise | None = None
    why: str = ""
    idle_m2: Decimal | None = None
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
    gone: frozenset[int]
    """Units that a split or merge took out of the stock."""


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
    gone = UnitLineagePart.objects.filter(unit__site_id__in=site_ids, is_child=False)
    return Known(
        zone, Lookups(zone), sites, units, said, firms, frozenset(gone.values_list("unit_id", flat=True))
    )


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
        "steward": look.person(values, "steward", problems),
        "operator": look.department(values, "operator", problems),
    } | {name: values.get(name) for name in SITE_FIELDS}
    unit_facts = {"kind": values.get("unit_kind")} | {name: values.get(name) for name in UNIT_FIELDS[1:]}
    _check_areas(site_facts, unit_facts, problems)
    for facts in (site_facts, unit_facts):
        _read_words(facts, problems)
    parent_key = selectors.name_key(values.get("parent") or "")
    if parent_key in known.sites:
        parent_key = selectors.name_key(known.sites[parent_key].name)
    _check_idle(values, problems)
    _refuse_both(unit_facts, known.units.get(key), problems)
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
        parent_key=parent_key,
        site_facts={name: value for name, value in site_facts.items() if value is not None},
        unit_facts={name: value for name, value in unit_facts.items() if value is not None},
        state=values.get("state"),
        on=look.past_day(values, "on", problems),
        occupant=firm.name if firm else occupant,
        firm=firm,
        why=values.get("why") or "",
        idle_m2=values.get("idle_m2"),
    )


def _read_words(facts: dict[str, Any], problems: list[Problem]) -> None:
    """Make lists of the cells that hold words, adding to ``problems`` what is no list of short words."""
    for name in WORD_LISTS & facts.keys():
        if (text := facts[name]) is None:
            continue
        try:
            facts[name] = tidy_words([word for word in _WORDS.split(text) if word], name)
        except WrongInput as error:
            problems.append(Problem("fact_wrong", text, "", {"field": name, "why": str(error.data["why"])}))
            facts[name] = None


def _refuse_both(facts: Mapping[str, Any], unit: Unit | None, problems: list[Problem]) -> None:
    """Add to ``problems`` the uses that the row, with what is kept, both allows and forbids."""
    said = {
        name: facts[name] if facts[name] is not None else getattr(unit, name, [])
        for name in ("allowed_uses", "forbidden_uses")
    }
    if both := [word for word in said["allowed_uses"] if word in said["forbidden_uses"]]:
        problems.append(Problem("use_both", listed(both), "", {"field": "forbidden_uses"}))


def _check_idle(values: Mapping[str, Any], problems: list[Problem]) -> None:
    idle, state, gross = values.get("idle_m2"), values.get("state"), values["gross_area_m2"]
    if idle is None:
        return
    if not 0 < idle < gross or (state is not None and state not in selectors.OCCUPIED):
        problems.append(Problem("idle_not_a_part", str(idle), str(gross), {"field": "idle_m2"}))


def parents_of(rows: Sequence[Row], known: Known) -> dict[str, str]:
    """Return the key of the site above each site, empty for none, as the zone keeps it and the file would have it."""

    def present(name: str) -> str:
        key = selectors.name_key(name)
        return selectors.name_key(known.sites[key].name) if key in known.sites else key

    found = {
        selectors.name_key(site.name): selectors.name_key(site.parent.name) if site.parent else ""
        for site in known.sites.values()
    }
    for row in rows:
        key = present(row.values["site"])
        found.setdefault(key, "")
        if row.values.get("parent"):
            found[key] = present(row.values["parent"])
    return found


def refuse_circle(planned: Planned, parents: Mapping[str, str], problems: list[Problem]) -> None:
    """Add to ``problems`` a parent that nobody knows, or that stands below its own child."""
    if not planned.parent_key:
        return
    said = {"field": "parent"}
    if planned.parent_key not in parents:
        problems.append(Problem("parent_unknown", planned.parent_key, "", said))
        return
    above, seen = planned.parent_key, {planned.key[0]}
    while above:
        if above in seen:
            problems.append(Problem("parent_circle", planned.parent_key, "", said))
            return
        seen.add(above)
        above = parents.get(above, "")


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
        old = selectors.name_key(planned.site.parent.name) if planned.site.parent else ""
        if planned.parent_key and planned.parent_key != old:
            changes["parent"] = [old, planned.parent_key]
    if planned.unit is None:
        planned.enters_state = True
        return changes
    changes |= _differences(planned.unit, planned.unit_facts, prefix="unit_")
    history = known.said.get(planned.unit.pk, [])
    latest = next((entry for entry in history if not hasattr(entry, "replaced_by")), None)
    said = planned.state is not None or planned.occupant or planned.why or planned.idle_m2 is not None
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
        and planned.idle_m2 in (None, entry.idle_m2)
        for entry in entries
    )


def _differences(row: Site | Unit, facts: Mapping[str, Any], prefix: str = "") -> dict[str, list[Any]]:
    found = {}
    for name, value in facts.items():
        old = getattr(row, name)
        if old != value:
            column = column_of(name) if not prefix or name != "kind" else "unit_kind"
            found[column] = [_shown(old), _shown(value)]
    return found


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return listed(value)
    return value if isinstance(value, Decimal | bool | None) else str(value)


def column_of(name: str) -> str:
    return "site_kind" if name == "kind" else name
