"""Load the demo: make its zones and people, then import its ledgers through the one importer."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.models import Installation
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.importing import import_file
from zhuchao.apps.zones.models import (
    Alliance,
    CatalogueItem,
    Department,
    Membership,
    Role,
    Sector,
    User,
    Zone,
)
from zhuchao.apps.zones.services.duty import fill_duty
from zhuchao.apps.zones.services.setup import found_zone

from .sheets import read_sheet_text, write_workbook

# Known to everybody: it opens only data files that are demos.
DEMO_PASSWORD = "zhuchao-demo"

# A partner zone with one account for everything is not shown among the ways in.
SMALLEST_TEAM = 3

Said = Callable[[str], None]
Section = Callable[[Zone, Mapping[str, Any]], None]
_sections: dict[str, Section] = {}


class DemoRefused(DomainError):
    """The demo does not go into a data file that is not empty, or one of its files does not import whole."""

    code = "demo_refused"
    message = "{why}"


@dataclass(frozen=True)
class SignIn:
    """One demo account as the start page and the sign-in page show it."""

    zone: str
    username: str
    display_name: str
    roles: str


def register_section(name: str, act: Section) -> None:
    """Say what becomes of a section ``[name]`` of a zone's description once its ledgers are in; ``act`` is safe to repeat.

    It is given the section and ``folder``, where the description stands.
    """
    _sections[name] = act


def load_demo(folder: Path, *, work: Path, say: Said = lambda text: None) -> int:
    """Load every zone folder below ``folder``; return how many ledgers were imported. Safe to repeat.

    The .xlsx files are written below ``work``, where people can open them. A load that was broken off goes on
    where it stopped, since each ledger is imported whole or not at all.

    Raises DemoRefused for a data file that is not a demo, or a ledger with a refused row.
    """
    _become_demo()
    count = 0
    for place in sorted(path.parent for path in folder.glob("*/zone.toml")):
        described = tomllib.loads((place / "zone.toml").read_text(encoding="utf-8"))
        zone = _make_zone(described)
        for path in sorted(place.glob("*.csv")):
            text = read_sheet_text(path)
            owner = Zone.objects.get(code=text.zone) if text.zone else zone
            target = work / owner.code / f"{path.stem}.xlsx"
            write_workbook(text, target)
            say(f"{owner.short_name}：{path.stem}")
            result = import_file(actor=_importer(owner), scope=owner.pk, kind=text.kind, path=target)
            if result.counts.get("refused"):
                raise DemoRefused(
                    why=f"{path}：{result.counts['refused']} 行没有通过，例如 {result.first_problems}"
                )
            count += 1
        for name, act in _sections.items():
            if name in described:
                act(zone, described[name] | {"folder": place})
    Installation.objects.filter(pk=1).update(set_up_at=timezone.now())
    return count


def demo_sign_ins() -> list[SignIn]:
    """Return the demo accounts to show: the teams of the main zones. None unless the data file is a demo."""
    if not Installation.objects.filter(mode=Installation.Mode.DEMO).exists():
        return []
    order = [Role.LEADER, Role.PROMOTION_OFFICER, Role.ANALYST, Role.STEWARD, Role.ADMINISTRATOR]
    rows = Membership.objects.filter(user__is_demo=True, role__in=order).select_related("user", "zone")
    first: dict[tuple[str, str], Membership] = {}
    for row in rows.order_by("zone_id", "pk"):
        first.setdefault((row.zone.code, row.role), row)
    people: dict[int, set[int]] = {}
    for row in first.values():
        people.setdefault(row.zone_id, set()).add(row.user_id)
    teams = [row for row in first.values() if len(people[row.zone_id]) >= SMALLEST_TEAM]
    shown = sorted(teams, key=lambda row: (row.zone_id, order.index(Role(row.role))))
    return [
        SignIn(r.zone.short_name, r.user.username, r.user.display_name, r.get_role_display()) for r in shown
    ]


@transaction.atomic
def _become_demo() -> None:
    installation, _made = Installation.objects.select_for_update(no_key=True).get_or_create(pk=1)
    if installation.mode == Installation.Mode.REAL or (
        installation.mode == Installation.Mode.EMPTY and User.objects.exists()
    ):
        raise DemoRefused(why="这个数据文件已在正式使用，不能装入示例数据。请用 --data 指定另一个空文件夹。")
    installation.mode = Installation.Mode.DEMO
    installation.save()


@transaction.atomic
def _make_zone(described: dict[str, Any]) -> Zone:
    """Make the zones of one folder with their people; what is there already stays as it is."""
    for extra in described.get("zones", ()):
        _zone(extra)
    zone = _zone(described["zone"])
    for extra in described.get("zones", ()):
        _place_under(extra)
    _place_under(described["zone"])
    if not Membership.objects.filter(zone=zone).exists():
        _people(described, zone)
    for item in described.get("alliances", ()):
        alliance, made = Alliance.objects.get_or_create(
            code=item["code"],
            defaults={"name": item["name"], "lead_zone": Zone.objects.get(code=item["lead_zone"])},
        )
        if made:
            alliance.members.set(Zone.objects.filter(code__in=item["members"]))
            record_change(actor=None, verb="demo", rows=[alliance], scope=zone.pk)
    return zone


def _zone(said: dict[str, Any]) -> Zone:
    values = {name: value for name, value in said.items() if name not in {"code", "parent"}}
    values["demo_started_at"] = timezone.now() if values.get("demo_day") else None
    zone, made = Zone.objects.get_or_create(code=said["code"], defaults=values)
    if made:
        record_change(actor=None, verb="demo", rows=[zone], scope=zone.pk, name=zone.name)
        if not said.get("parent"):
            found_zone(zone)
    return zone


def _place_under(said: dict[str, Any]) -> None:
    if said.get("parent"):
        Zone.objects.filter(code=said["code"], parent__isnull=True).update(
            parent=Zone.objects.get(code=said["parent"])
        )


def _people(described: dict[str, Any], zone: Zone) -> None:
    begun = date(2000, 1, 1)
    departments: dict[str, Department] = {}
    for item in described.get("departments", ()):
        home = Zone.objects.get(code=item["zone"]) if item.get("zone") else zone
        parent = departments.get(item.get("parent", ""))
        departments[item["name"]] = Department.objects.create(
            zone=home, name=item["name"], kind=item["kind"], parent=parent
        )
    password = make_password(DEMO_PASSWORD)
    people: dict[str, User] = {}
    for item in described.get("people", ()):
        person = User.objects.create(
            username=item["username"],
            display_name=item["display_name"],
            title=item.get("title", ""),
            skills=item.get("skills", []),
            is_demo=True,
            password=password,
        )
        people[person.username] = person
        home = Zone.objects.get(code=item["zone"]) if item.get("zone") else zone
        Membership.objects.bulk_create(
            Membership(
                user=person,
                zone=home,
                role=role,
                department=departments.get(item.get("department", "")),
                since=begun,
            )
            for role in item.get("roles", [item["role"]] if "role" in item else [])
        )
    for item in described.get("sectors", ()):
        home = Zone.objects.get(code=item["zone"]) if item.get("zone") else zone
        Sector.objects.create(
            zone=home,
            name=item["name"],
            tier=item.get("tier", ""),
            industry_codes=item.get("industry_codes", []),
            since=item.get("since", begun),
        )
    for item in described.get("catalogue", ()):
        CatalogueItem.objects.create(zone=zone, **item)
    for item in described.get("duty", ()):
        fill_duty(
            actor=None,
            zone=zone,
            since=item["from"],
            until=item["until"],
            officers=[people[name] for name in item["people"]],
        )
    record_change(
        actor=None, verb="demo", rows=list(people.values()), scope=zone.pk, note=described.get("note", "")
    )


def _importer(zone: Zone) -> User | None:
    """Return the person in whose name a zone's ledgers come in: its administrator."""
    member = Membership.objects.filter(zone=zone, role=Role.ADMINISTRATOR).select_related("user").first()
    return member.user if member else None
