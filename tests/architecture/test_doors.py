"""What lies behind a door does not know the door, and a door belongs to one app."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLResolver, get_resolver

from tests.architecture.tree import APPS, files, place_in_app, refuse, shown

BEHIND = {"services", "selectors", "models", "errors"}
OF_HTTP = ("django.http", "django.shortcuts", "django.views", "ninja", "django_htmx")
OWN = {"views", "forms", "schemas"}


def imported(source: str, *, package: str = "") -> set[str]:
    """Return every module or name that ``source`` imports, in full."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
            start = ".".join(part for part in (parent if node.level else "", node.module or "") if part)
            names.update(f"{start}.{alias.name}" for alias in node.names)
    return names


def knows_http(path: Path, source: str) -> list[str]:
    place = place_in_app(path)
    if place is None or place[1] not in BEHIND:
        return []
    return [
        name for name in sorted(imported(source)) if f"{name}.".startswith(tuple(f"{m}." for m in OF_HTTP))
    ]


def foreign_doors(path: Path, source: str) -> list[str]:
    place = place_in_app(path)
    package = ".".join(("zhuchao", "apps", *path.relative_to(APPS).parent.parts)) if place else ""
    found = []
    for name in sorted(imported(source, package=package)):
        parts = name.split(".")
        foreign = (
            parts[:2] == ["zhuchao", "apps"] and len(parts) > 3 and (place is None or parts[2] != place[0])
        )
        if foreign and parts[3] in OWN:
            found.append(name)
    return found


def addresses_by_name(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the route of every page; what has a namespace is told apart by that."""
    for one in resolver.url_patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            if not one.namespace:
                yield from addresses_by_name(one, route)
        elif one.name:
            yield one.name, route


def test_a_name_leads_to_one_page_only():
    routes: dict[str, set[str]] = {}
    for name, route in addresses_by_name(get_resolver()):
        routes.setdefault(name, set()).add(route)
    assert {"unit-state-evidence", "lead-stage-evidence", "activity-evidence"} <= set(routes)
    found = [f"{name}: {', '.join(sorted(where))}" for name, where in routes.items() if len(where) > 1]
    refuse(found, "a link made from this name may lead to another page:")


def test_services_selectors_and_models_know_nothing_of_http():
    found = [
        f"{shown(p)}: {name}"
        for p in files(".py", under=APPS)
        for name in knows_http(p, p.read_text("utf-8"))
    ]
    refuse(found, "services, selectors, models and errors know nothing of HTTP:")


def test_the_views_forms_and_schemas_of_an_app_are_its_own():
    found = [
        f"{shown(p)}: {name}"
        for p in files(".py", under=APPS)
        for name in foreign_doors(p, p.read_text("utf-8"))
    ]
    refuse(found, "what two apps show alike belongs in web, what they do alike in a service:")


@pytest.mark.parametrize(
    "planted",
    ["from django.http import HttpRequest", "import django.shortcuts", "from ninja import Schema"],
)
def test_a_planted_import_of_http_is_found(planted):
    assert knows_http(APPS / "zones" / "services" / "roles.py", planted)
    assert not knows_http(APPS / "zones" / "views.py", planted)


@pytest.mark.parametrize(
    "planted",
    [
        "from zhuchao.apps.zones.views import dashboard",
        "from zhuchao.apps.zones import forms",
        "import zhuchao.apps.zones.schemas",
        "from ...zones.schemas import ZoneOut",
    ],
)
def test_a_planted_import_of_the_door_of_another_app_is_found(planted):
    assert foreign_doors(APPS / "premises" / "views" / "units.py", planted)
    assert not foreign_doors(APPS / "zones" / "views" / "zones.py", planted)
