"""Totals over units add up to the whole, whatever the units did together."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from zhuchao.apps.zones.selectors.rollup import by_department

shares = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 100)),
    min_size=0,
    max_size=4,
    unique_by=lambda share: share[0],
)
amounts = st.decimals(min_value=-(10**9), max_value=10**12, places=2)
rows = st.lists(st.tuples(st.integers(1, 12), shares, amounts), max_size=25)


@given(rows)
def test_departments_add_up_to_the_total_to_the_cent(rows):
    found = by_department(rows)
    assert sum((unit.amount for unit in found.departments.values()), Decimal(0)) == found.total.amount
    assert found.total.amount == sum((amount for _thing, _shares, amount in rows), Decimal(0))
    credit = sum((unit.credit for unit in found.departments.values()), Decimal(0))
    assert abs(credit - found.total.credit) < Decimal("1e-20")
    assert found.total.things == len({thing for thing, _shares, _amount in rows})


@given(rows)
def test_the_top_of_the_tree_holds_the_whole_once(rows):
    parents = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4}
    rows = [(thing, shares or [(1, 100)], amount) for thing, shares, amount in rows]
    found = by_department(rows, parents)
    if rows:
        assert found.branches[1].amount == found.total.amount
        assert found.branches[1].things == found.total.things


def test_a_joint_thing_is_counted_once_in_the_total_and_named_by_both():
    found = by_department(
        [("joint", [(1, 60), (2, 40)], Decimal("1000")), ("alone", [(1, 100)], Decimal("500"))]
    )
    assert (found.departments[1].things, found.departments[2].things, found.total.things) == (2, 1, 2)
    assert (found.departments[1].amount, found.departments[2].amount) == (Decimal("1100"), Decimal("400"))
    assert found.departments[1].credit + found.departments[2].credit == 2


def test_a_cent_that_cannot_be_parted_goes_to_the_largest_share():
    found = by_department([("x", [1, 2, 3], Decimal("0.02"))])
    assert sum(unit.amount for unit in found.departments.values()) == Decimal("0.02")
    found = by_department([("x", [(1, 34), (2, 33), (3, 33)], Decimal("0.02"))])
    assert found.departments[1].amount == Decimal("0.02")


def test_several_amounts_of_one_thing_make_it_one_thing():
    found = by_department([("p", [(7, 100)], 10), ("p", [(7, 100)], 20)])
    assert (found.total.things, found.departments[7].things, found.departments[7].amount) == (1, 1, 30)


def test_a_thing_of_nobody_stands_under_nobody():
    found = by_department([("p", [], 10)])
    assert found.departments[None].amount == 10
    assert by_department([("p", [(None, 100)], 10)]).departments[None].things == 1


def test_two_officers_of_one_squad_make_one_share_of_it():
    found = by_department([("p", [(7, 50), (7, 50)], 10)])
    assert (found.departments[7].things, found.departments[7].credit) == (1, 1)


def test_a_circle_in_the_tree_does_not_count_twice():
    found = by_department([("p", [(1, 100)], 10)], {1: 2, 2: 1})
    assert found.branches[1].amount == found.branches[2].amount == 10
