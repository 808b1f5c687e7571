"""What the API of every app has in common."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from ninja import Schema

from tests.factories import make_zone
from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.zones.models import Zone
from zhuchao.config.api import api
from zhuchao.web.api import MOST, page_of, with_time_zone


def _ours(schema: type[Schema]) -> Iterator[str]:
    for one in schema.__subclasses__():
        if one.__module__.startswith("zhuchao."):
            yield one.__name__
        yield from _ours(one)


def test_no_two_shapes_of_the_api_have_one_name() -> None:
    assert len(api._routers) > 1  # the API is put together, so every app's shapes are there
    assert [name for name, count in Counter(_ours(Schema)).items() if count > 1] == []


@pytest.mark.django_db
def test_pages_of_rows_follow_one_another_by_id_until_there_is_none() -> None:
    zones = [make_zone() for _ in range(3)]
    rows = Zone.objects.filter(pk__in=[zone.pk for zone in zones])
    first = page_of(rows, 0, 2)
    assert (first["items"], first["after"]) == (zones[:2], zones[1].pk)
    assert page_of(rows, first["after"], 2) == {"items": zones[2:], "after": None}
    assert page_of(rows, 0, 0)["items"] == zones[:1]
    assert page_of(rows, 0, MOST + 1)["items"] == zones


def test_a_moment_without_its_time_zone_is_asked_for_again() -> None:
    moment = datetime(2023, 6, 30, tzinfo=UTC)
    assert with_time_zone(moment) == moment
    assert with_time_zone(None) is None
    with pytest.raises(WrongInput) as refused:
        with_time_zone(moment.replace(tzinfo=None))
    assert "时区" in str(refused.value)
