"""Everything that the demo shows to the public, walked link by link: no private value is in it."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from zhuchao.apps.portal import selectors
from zhuchao.apps.portal.models import Door, Screen
from zhuchao.apps.premises.models import Site, Unit, UnitState
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones.models import User

LINK = re.compile(r'(?:href|src|data-feed)="(/p/[^"#]*)"')
RENT_FLOOR = Decimal("7.319")


def public_answers(client: Client) -> dict[str, str]:
    """Open every public address that is reached from the first page, and the feeds; return what each says."""
    todo = ["/p/", "/p/open-data/premises.schema.json"]
    for slug in Door.objects.values_list("slug", flat=True):
        todo += [
            f"/p/{slug}/{end}"
            for end in ("", "screen/", "screen.json", "units.csv", "units.json", "enquiry/")
        ]
    said: dict[str, str] = {}
    while todo:
        address = todo.pop()
        if address in said:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, address
        said[address] = answer.content.decode("utf-8", "replace")
        if "html" in answer["Content-Type"]:
            todo += [link.replace("&amp;", "&") for link in LINK.findall(said[address])]
    return said


def private_values() -> set[str]:
    """Return what no public answer may say: of units, of tenants, of people, of leads."""
    found = {str(RENT_FLOOR), "7.32", "集体", "collective"}
    found |= set(UnitState.objects.exclude(occupant_name="").values_list("occupant_name", flat=True))
    found |= set(UnitState.objects.exclude(why="").values_list("why", flat=True))
    found |= set(Site.objects.exclude(operator=None).values_list("operator__name", flat=True))
    people = User.objects.filter(is_demo=True)
    found |= set(people.values_list("display_name", flat=True)) | set(
        people.values_list("username", flat=True)
    )
    found |= set(Lead.objects.values_list("name", flat=True)) | set(
        Lead.objects.values_list("investor", flat=True)
    )
    found |= set(Screen.objects.values_list("key", flat=True))
    return {value for value in found if len(value) > 1}


@pytest.mark.document("0-30")
@pytest.mark.document("0-03")
def test_no_public_answer_of_the_demo_says_a_private_value(client: Client, demo: Path):
    Unit.objects.update(rent_floor_cny_m2_day=RENT_FLOOR, tenure=Unit.Tenure.COLLECTIVE)
    said = public_answers(client)
    assert len(said) > 40
    assert {door.zone.code for door in Door.objects.select_related("zone")} >= {"pingjiang", "xiangcheng"}
    private = private_values()
    assert len(private) > 200
    told = {(address, value) for address, text in said.items() for value in private if value in text}
    assert told == set()


def test_every_json_of_the_demo_names_public_fields_only(client: Client, demo: Path):
    fields = {fact.name for fact in selectors.FACTS}
    for slug in Door.objects.values_list("slug", flat=True):
        rows = json.loads(client.get(f"/p/{slug}/units.json").content)["data"]
        assert rows
        assert all(set(row) <= fields for row in rows)
        feed = json.loads(client.get(f"/p/{slug}/screen.json").content)
        lists = [one for value in feed.values() if isinstance(value, list) for one in value]
        assert set(feed).union(*lists) <= selectors.FEED_FIELDS
