from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from zhuchao.engines.rules.groups import MOST_EXACT, Candidate, best_combination

_candidates = st.lists(
    st.tuples(st.integers(0, 9), st.frozensets(st.sampled_from("abcd"), max_size=2)), max_size=9
).map(lambda drawn: [Candidate(str(n), Decimal(worth), groups) for n, (worth, groups) in enumerate(drawn)])


def allowed(some: list[Candidate]) -> bool:
    return not any(one.groups & two.groups for n, one in enumerate(some) for two in some[:n])


@settings(deadline=None)
@given(_candidates)
def test_no_allowed_combination_is_worth_more(candidates):
    found = best_combination(candidates)
    taken = [one for one in candidates if one.key in found.taken]
    assert allowed(taken)
    assert found.certain
    every = [
        [one for n, one in enumerate(candidates) if mask >> n & 1] for mask in range(1 << len(candidates))
    ]
    assert found.amount == max(sum(one.amount for one in some) for some in every if allowed(some))
    for key, excluded_by in found.instead.items():
        left = next(one for one in candidates if one.key == key)
        assert excluded_by == tuple(one.key for one in taken if one.groups & left.groups)
        assert excluded_by or left.amount == 0


def test_two_small_ones_beat_a_large_one_that_excludes_both():
    large = Candidate("large", Decimal(50), frozenset({"a", "b"}))
    small = [Candidate("one", Decimal(30), frozenset({"a"})), Candidate("two", Decimal(30), frozenset({"b"}))]
    free = Candidate("free", Decimal("0.01"))
    found = best_combination([large, *small, free])
    assert (found.taken, found.amount) == (("one", "two", "free"), Decimal("60.01"))
    assert found.instead == {"large": ("one", "two")}


def test_of_equal_ones_the_first_is_taken():
    found = best_combination([Candidate(key, Decimal(5), frozenset({"a"})) for key in "xyz"])
    assert found.taken == ("x",)


def test_twenty_that_hang_together_are_certain_and_more_are_said_not_to_be():
    def chain(count: int) -> list[Candidate]:
        return [Candidate(str(n), Decimal(10 + n % 3), frozenset({str(n), str(n + 1)})) for n in range(count)]

    exact = best_combination(chain(MOST_EXACT))
    assert exact.certain
    assert exact.amount == 111
    greedy = best_combination([*chain(MOST_EXACT + 1), Candidate("alone", Decimal(1))])
    assert not greedy.certain
    assert "alone" in greedy.taken
    assert 84 <= greedy.amount <= 122
