"""Open data: a published schema, a zone's free units in it, and the way back into the ledger of another zone."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.apps.portal.conftest import TENANT, Open
from tests.factories import make_unit, make_zone
from zhuchao.apps.core.services.importing import get_ledger, import_file
from zhuchao.apps.portal import selectors
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones import selectors as zones

SCHEMA = "/p/open-data/premises.schema.json"
PRIVATE = {
    *("rent_floor_cny_m2_day", "tenure", "steward", "operator", "occupant", "why", "state", "idle_m2"),
    *("hazard_allowed", "food_allowed", "forbidden_uses", "position"),
}


def schema(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get(SCHEMA).content)
    return found


def fits(field: dict[str, Any], text: str) -> bool:
    """Return whether a cell of a CSV is what a field of a Table Schema says."""
    limits = field.get("constraints", {})
    if text == "":
        return not limits.get("required")
    if "enum" in limits and text not in limits["enum"]:
        return False
    match field["type"]:
        case "number":
            return Decimal(text) >= limits["minimum"]
        case "integer":
            return int(text) >= limits["minimum"]
        case "boolean":
            return text in {"true", "True", "TRUE", "1", "false", "False", "FALSE", "0"}
        case "date":
            return bool(date.fromisoformat(text))
    return field["type"] == "string"


def test_the_schema_says_name_type_title_and_unit_of_every_public_field_and_of_no_other(client: Client):
    found = schema(client)
    names = [field["name"] for field in found["fields"]]
    assert len(names) == len(set(names))
    assert not set(names) & PRIVATE
    assert set(found["primaryKey"]) <= set(names)
    for field in found["fields"]:
        assert field["type"] in {"string", "number", "integer", "boolean", "date"}
        assert field["title"]
        assert field["title:en"].isascii()
    units = {field["name"]: field.get("unit") for field in found["fields"]}
    assert (units["gross_area_m2"], units["asking_rent_cny_m2_day"]) == ("m2", "CNY/(m2.d)")


def test_the_schema_is_the_same_whatever_the_reader_speaks(client: Client):
    english = client.get(SCHEMA, headers={"accept-language": "en"}).content
    assert english == client.get(SCHEMA, headers={"accept-language": "zh-hans"}).content


def test_every_field_of_the_schema_is_a_column_of_the_premises_ledger():
    ledger = {field.name for field in get_ledger("premises").fields}
    assert {fact.name for fact in selectors.FACTS} <= ledger


def test_the_rows_fit_the_schema_and_hold_what_is_public_only(client: Client, opened: Open):
    fields = schema(client)["fields"]
    text = client.get("/p/hepan/units.csv").content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head == [field["name"] for field in fields]
    assert len(rows) == 1
    assert all(fits(field, cell) for row in rows for field, cell in zip(fields, row, strict=True))
    body = json.loads(client.get("/p/hepan/units.json").content)
    assert body["data"][0]["gross_area_m2"] == 650
    assert body["data"][0]["has_gas"] is True
    assert set(body["data"][0]) <= set(head)
    for answer in (text, json.dumps(body, ensure_ascii=False)):
        for secret in ("0.731", "collective", TENANT, "老邱", "1390000", "103", "内部仓库"):
            assert secret not in answer


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_one_zone_publishes_another_imports_as_it_is(
    client: Client, opened: Open, tmp_path: Path, language: str
):
    make_unit(
        opened.site,
        name="二层",
        kind=Unit.Kind.RND,
        state=Unit.State.LET,
        available_on=zones.today(opened.zone) + timedelta(days=30),
        loading_docks=2,
        power_kva=Decimal("400.5"),
        fire_class=Unit.FireClass.C,
        column_grid="8.4×8.4",
        amenities=["食堂", "公交"],
    )
    content = client.get("/p/hepan/units.csv", headers={"accept-language": language}).content
    path = tmp_path / "units.csv"
    path.write_bytes(content)
    other = make_zone("other")
    trial = import_file(actor=None, scope=other.pk, kind="premises", path=path)
    assert trial.counts.get("refused", 0) == 0, trial.first_problems
    brought = Unit.objects.filter(zone=other).select_related("site", "building", "floor")
    assert selectors.open_rows(brought.order_by("gross_area_m2")) == selectors.open_rows(
        selectors.find_units(selectors.public_units(opened.zone, zones.today(opened.zone)), {})
    )
    again = import_file(actor=None, scope=other.pk, kind="premises", path=path)
    assert (again.counts.get("new", 0), again.counts.get("changed", 0)) == (0, 0)


def test_a_zone_whose_door_is_closed_gives_no_data(client: Client, opened: Open):
    opened.door.is_open = False
    opened.door.save()
    for url in ("/p/hepan/units.csv", "/p/hepan/units.json"):
        assert client.get(url).status_code == 404
    assert client.get(SCHEMA).status_code == 200
