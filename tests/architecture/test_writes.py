"""Only services write."""

import pytest

from tests.architecture.tree import APPS, SOURCE, files, place_in_app, refuse, shown
from tests.architecture.writes import writes

WRITERS = {"services", "migrations"}


def test_only_services_write():
    doors = [path for path in files(".py", under=APPS) if (place_in_app(path) or ("", ""))[1] not in WRITERS]
    doors += [*files(".py", under=SOURCE / "web"), *files(".py", under=SOURCE / "config")]
    found = [
        f"{shown(path)}:{line}: {call}" for path in doors for line, call in writes(path.read_text("utf-8"))
    ]
    refuse(found, "only services write; move these to services.py:")


@pytest.mark.parametrize(
    "planted",
    [
        "Unit.objects.create(name='1')",
        "Unit.objects.bulk_create(rows)",
        "Unit.objects.get_or_create(name='1')",
        "Unit.objects.filter(pk=1).update(name='2')",
        "Unit.objects.filter(pk=1).select_for_update().delete()",
        "await Unit.objects.filter(pk=1).aupdate(name='2')",
        "await unit.asave()",
        "site.unit_set.update(name='2')",
        "site.unit_set.create(name='2')",
        "selectors.visible_units(actor).update(name='2')",
        "units = selectors.find_units(actor)\nvacant = units.filter(let=False)\nvacant.update(name='2')",
        "def release(units: QuerySet[Unit]):\n    units.update(name='2')",
        "unit.save()",
        "unit.save(update_fields=['name'])",
        "form.save()",
        "unit.delete()",
    ],
)
def test_a_planted_write_is_found(planted):
    source = f"async def door():\n    {planted}" if planted.startswith("await") else planted
    assert len(writes(source)) == 1


@pytest.mark.parametrize(
    "alike",
    [
        "context.update(title='x')",
        "hashlib.sha256().update(b'x')",
        "request.GET.copy().update(page=2)",
        "found = Unit.objects.filter(pk=1).in_bulk()\nfound.update({2: unit})",
        "seen.discard(1)",
        "workbook.save(path)",
        "image.save(buffer, format='PNG')",
        "cache.delete('key')",
        "request.session.save()",
        "client.delete('/units/1/')",
        "units = list(selectors.visible_units(actor))\nnames = {}\nnames.update(units=units)",
    ],
)
def test_what_only_looks_like_a_write_is_left_alone(alike):
    assert writes(alike) == []
