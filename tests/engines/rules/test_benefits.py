from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines.rules.benefits import Benefit, benefit_of
from zhuchao.engines.rules.terms import Amount, Greatest, Least, Linear, Ratio, Stepped, Sum

FEN = Fraction(1, 100)
RD = Ratio(Linear((("rd", 1),), 0), FEN / 5)
"""A fifth of R&D expense."""
HEADS = Linear((("heads", 1),), 0)


def yuan(amount: int) -> Ratio:
    return Ratio(Linear((), amount))


CAPPED = Least((yuan(300_000), RD))


@pytest.mark.parametrize(
    ("amount", "kept", "least", "most", "needs"),
    [
        (CAPPED, {"rd": 100_000_000}, "200000.00", "200000.00", ()),
        (CAPPED, {"rd": 150_000_000}, "300000.00", "300000.00", ()),
        (CAPPED, {"rd": 1_000_000_000}, "300000.00", "300000.00", ()),
        (CAPPED, {}, "0.00", "300000.00", ("rd",)),
        (CAPPED, {"rd": -5}, "0.00", "0.00", ()),
        (RD, {}, "0.00", None, ("rd",)),
        (RD, {"rd": 4}, "0.00", "0.00", ()),
        (RD, {"rd": 9}, "0.01", "0.01", ()),
        (Greatest((yuan(1_000), CAPPED)), {}, "1000.00", "300000.00", ("rd",)),
        (Greatest((yuan(300_000), CAPPED)), {}, "300000.00", "300000.00", ()),
        (Sum((yuan(7), CAPPED)), {}, "0.00", "300007.00", ("rd",)),
        (Sum((yuan(7), Greatest((yuan(0), CAPPED)))), {}, "7.00", "300007.00", ("rd",)),
        (Sum((yuan(7), RD)), {"rd": 500}, "8.00", "8.00", ()),
        (
            Ratio(HEADS, Fraction(1000), Linear((("days", 1),), 0)),
            {"heads": 2, "days": 3},
            "666.66",
            "666.66",
            (),
        ),
        (Ratio(HEADS, Fraction(1), Linear((("days", 1),), 0)), {"heads": 2, "days": 0}, "0.00", None, ()),
        (Ratio(HEADS, Fraction(1), Linear((("days", 1),), 0)), {"heads": 2}, "0.00", None, ("days",)),
    ],
)
def test_an_amount_is_exact_or_between_two_with_what_it_needs(amount, kept, least, most, needs):
    expected = Benefit(Decimal(least), None if most is None else Decimal(most), needs)
    assert benefit_of(amount, kept) == expected
    assert expected.is_known == (least == most)


BANDS = Stepped(HEADS, ((10, yuan(100)), (20, CAPPED), (None, yuan(900))))


@pytest.mark.parametrize(
    ("kept", "least", "most", "needs"),
    [
        ({"heads": 10}, "100.00", "100.00", ()),
        ({"heads": 11, "rd": 1_000_00}, "200.00", "200.00", ()),
        ({"heads": 20}, "0.00", "300000.00", ("rd",)),
        ({"heads": 21}, "900.00", "900.00", ()),
        ({"rd": 1_000_00}, "100.00", "900.00", ("heads",)),
        ({}, "0.00", "300000.00", ("heads", "rd")),
    ],
)
def test_bands_are_chosen_by_their_guide(kept, least, most, needs):
    assert benefit_of(BANDS, kept) == Benefit(Decimal(least), Decimal(most), needs)


def test_beyond_the_last_band_there_is_nothing():
    closed = Stepped(HEADS, ((10, yuan(100)),))
    assert benefit_of(closed, {"heads": 11}) == Benefit(Decimal("0.00"), Decimal("0.00"))
    assert benefit_of(closed, {}) == Benefit(Decimal("0.00"), Decimal("100.00"), ("heads",))
    assert benefit_of(Sum((closed, RD)), {"heads": 11}) == Benefit(Decimal("0.00"), None, ("rd",))
    assert benefit_of(Stepped(HEADS, ()), {}) == Benefit(Decimal("0.00"), Decimal("0.00"))
    open_end = Stepped(HEADS, ((10, yuan(100)), (None, RD)))
    assert benefit_of(open_end, {}) == Benefit(Decimal("0.00"), None, ("heads", "rd"))


_ratios = st.builds(
    lambda names, constant: Ratio(
        Linear(tuple((name, 3) for name in sorted(names)), constant), Fraction(1, 7)
    ),
    st.sets(st.sampled_from("ab")),
    st.integers(-50, 50),
)
_amounts: st.SearchStrategy[Amount] = st.recursive(
    _ratios,
    lambda inner: st.one_of(
        *(
            st.builds(kind, st.lists(inner, min_size=1, max_size=3).map(tuple))
            for kind in (Sum, Least, Greatest)
        ),
        st.builds(
            lambda one, other: Stepped(Linear((("a", 1),), 0), ((3, one), (None, other))), inner, inner
        ),
    ),
    max_leaves=6,
)


@given(_amounts, st.integers(-30, 30), st.integers(-30, 30), st.sets(st.sampled_from("ab")))
def test_the_amount_of_what_is_known_later_lies_within_what_was_said_before(amount, a, b, hidden):
    kept = {"a": a, "b": b}
    exact = benefit_of(amount, kept)
    assert exact.is_known
    before = benefit_of(amount, {name: value for name, value in kept.items() if name not in hidden})
    assert before.least <= exact.least
    assert before.most is None or exact.least <= before.most
    assert set(before.needs) <= hidden
    assert before.is_known or before.needs
