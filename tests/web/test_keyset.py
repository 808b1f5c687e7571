"""Pages by position: every row once, those without a value last, on both databases."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Case, F, IntegerField, Value, When

from tests.factories import make_enterprise, make_zone
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.web.lists.keyset import CursorWrong, in_order, order_of, slice_rows

DAYS = [
    date(2020, 1, 1),
    date(2020, 1, 1),
    date(2021, 1, 1),
    None,
    date(2019, 1, 1),
    None,
    date(2020, 1, 1),
    None,
]


@pytest.fixture
def rows() -> Any:
    zone, other = make_zone(name="甲街道"), make_zone(name="乙街道")
    for n, day in enumerate(DAYS):
        make_enterprise(
            zone if n % 3 else other,
            name=f"企业{n % 4}",
            established_on=day,
            registered_capital_cny=None if n % 2 else Decimal(f"{n % 3}.10"),
            is_above_scale=[None, True, False][n % 3],
        )
    rank = Case(
        When(is_above_scale=True, then=Value(1)),
        When(is_above_scale=False, then=Value(2)),
        output_field=IntegerField(),
    )
    return Enterprise.objects.annotate(rank=rank)


ORDERS = [
    "pk",
    "-pk",
    "name",
    "-name",
    "established_on",
    "-established_on",
    "registered_capital_cny",
    "-registered_capital_cny",
    "is_above_scale",
    "-is_above_scale",
    "zone__name",
    "-zone__name",
    "zone",
    "-updated_at",
    "rank",
    "-rank",
]


@pytest.mark.parametrize("keys_first", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 8, 20])
@pytest.mark.parametrize("text", ORDERS)
def test_walking_forward_and_back_meets_every_row_once_and_in_order(
    rows: Any, text: str, size: int, keys_first: bool
) -> None:
    order = order_of(rows, text)
    wanted = [row.pk for row in in_order(rows, order)]
    forward, pages, position = [], [], ""
    while True:
        part = slice_rows(rows, order, size=size, after=position, keys_first=keys_first)
        forward += [row.pk for row in part.rows]
        pages.append(part)
        position = part.next
        if not position:
            break
        assert len(pages) < 20
    assert forward == wanted
    backward: list[int] = [row.pk for row in pages[-1].rows]
    position = pages[-1].previous
    while position:
        part = slice_rows(rows, order, size=size, before=position, keys_first=keys_first)
        backward = [row.pk for row in part.rows] + backward
        position = part.previous
    assert backward == wanted


@pytest.mark.parametrize("text", ["established_on", "-established_on"])
def test_rows_without_a_value_come_last_in_either_direction(rows: Any, text: str) -> None:
    part = slice_rows(rows, order_of(rows, text), size=20)
    days = [row.established_on for row in part.rows]
    assert days[-3:] == [None] * 3
    assert None not in days[:-3]


def test_the_first_page_has_none_before_it_and_the_last_none_after(rows: Any) -> None:
    order = order_of(rows, "name")
    first = slice_rows(rows, order, size=5)
    last = slice_rows(rows, order, size=5, after=first.next)
    assert (first.previous, last.next) == ("", "")
    assert last.previous


def test_a_page_costs_one_query_and_one_more_for_rows_without_a_value(
    rows: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        slice_rows(rows, order_of(rows, "name"), size=3)
    with django_assert_num_queries(1):
        slice_rows(rows, order_of(rows, "-established_on"), size=3)
    with django_assert_num_queries(2):
        slice_rows(rows, order_of(rows, "-established_on"), size=7)


def test_a_row_that_goes_while_its_page_is_read_ends_no_list(rows: Any) -> None:
    order = order_of(rows, "name")
    wanted = [row.pk for row in in_order(rows, order)]
    gone = wanted[1]

    class Losing(type(rows)):  # type: ignore[misc]
        """Rows of which one goes between the reading of the keys and of the rows."""

        def filter(self, *args: Any, **kwargs: Any) -> Any:
            if "pk__in" in kwargs:
                Enterprise.objects.filter(pk=gone).delete()
            return super().filter(*args, **kwargs)

    losing = Losing(model=rows.model, query=rows.query.chain(), using=rows.db)
    part = slice_rows(losing, order, size=3, keys_first=True)
    assert [row.pk for row in part.rows] == [wanted[0], wanted[2], wanted[3]]
    assert [row.pk for row in slice_rows(rows, order, size=20, after=part.next).rows] == wanted[4:]


def test_a_position_survives_the_row_it_was_taken_from(rows: Any) -> None:
    order = order_of(rows, "-established_on")
    wanted = [row.pk for row in in_order(rows, order)]
    part = slice_rows(rows, order, size=3)
    Enterprise.objects.filter(pk=wanted[2]).delete()
    assert [row.pk for row in slice_rows(rows, order, size=20, after=part.next).rows] == wanted[3:]


def test_a_position_of_another_order_is_refused(rows: Any) -> None:
    position = slice_rows(rows, order_of(rows, "name"), size=2).next
    with pytest.raises(CursorWrong):
        slice_rows(rows, order_of(rows, "-established_on"), size=2, after=position)


def test_the_value_a_page_is_ordered_by_is_not_left_on_the_rows_query(rows: Any) -> None:
    order = order_of(rows, "name")
    slice_rows(rows, order, size=2)
    assert rows.annotate(again=F("name")).count() == len(DAYS)
