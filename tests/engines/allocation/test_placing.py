"""Many needs on many spaces at once."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.allocation.making import (
    APART,
    BUILDINGS,
    A,
    B,
    a_market,
    a_space,
    at_least,
    at_most,
    needs,
    one_of,
    stocks,
)
from zhuchao.engines import EngineError
from zhuchao.engines.allocation import (
    Building,
    Fact,
    Need,
    Stock,
    Verdict,
    Why,
    find_contradictions,
    look_at,
    place_all,
)
from zhuchao.engines.allocation.columns import Progress
from zhuchao.engines.allocation.placing import PROVED_GAP

SIZE = at_least(Fact.AREA, "100")
ROOM = Building(A, left={"power": Decimal(100)})


def a_need(key: str, benefit: int = 1, *criteria, **what) -> Need:
    return Need(key, criteria or (SIZE,), benefit=Decimal(benefit), **what)


def outcomes(plan):
    return {outcome.need.key: outcome for outcome in plan.outcomes}


def placed(plan):
    return {key: outcome.got.spaces for key, outcome in outcomes(plan).items() if outcome.got}


def may_stand(chosen, building: Building) -> bool:
    """Check the rules for needs and the runs they stand on, in the plainest way."""
    spaces = [space.key for _, run in chosen for space in run]
    if len(spaces) != len(set(spaces)):
        return False
    for name in {run[0].building for _, run in chosen}:
        inside = [need for need, run in chosen if run[0].building == name]
        tags = {tag for need in inside for tag in need.tags}
        held = building.holds if building.key == name else frozenset()
        if any({one, other} <= tags | held and tags & {one, other} for one, other in APART):
            return False
        drawn = sum(need.takes.get("power", Decimal(0)) for need in inside)
        if building.key == name and drawn > building.left["power"]:
            return False
    return True


def best_worth(asked: list[Need], stock: Stock, building: Building) -> Decimal:
    """Try every way to place needs, each on nothing or on any run that meets it."""
    choices = []
    for need in asked:
        runs = [stock.run(row) for row in range(stock.first_rows(need.most_spaces))]
        looked = [look_at(need, run) for run in runs]
        fits = [found for found in looked if found.verdict is Verdict.MET]
        choices.append([None, *([] if find_contradictions(need) else fits)])
    best = Decimal(0)
    for choice in product(*choices):
        taken = [found for found in choice if found is not None]
        if may_stand([(found.need, found.run) for found in taken], building):
            best = max(best, sum((found.need.benefit * found.score / 100 for found in taken), Decimal(0)))
    return best


@settings(max_examples=25, deadline=None)
@given(
    stocks(most=4),
    st.tuples(needs("a"), needs("b"), needs("c")),
    st.sampled_from([frozenset(), frozenset({"hazard"}), frozenset({"food"})]),
    st.randoms(),
)
def test_a_plan_keeps_every_rule_and_is_worth_what_trying_everything_finds(spaces, asked, holds, chance):
    building = Building(A, holds, {"power": Decimal(90)})
    stock = Stock(spaces)
    plan = place_all(chance.sample(asked, 3), stock, buildings=[building], apart=APART)
    got = [(outcome.need, outcome.got.run) for outcome in plan.outcomes if outcome.got]
    assert may_stand(got, building)
    assert all(outcome.got.verdict is Verdict.MET for outcome in plan.outcomes if outcome.got)
    assert plan.worth <= plan.bound
    assert plan.proved
    assert plan.worth == pytest.approx(best_worth(list(asked), stock, building), abs=Decimal("0.01"))
    assert plan.worth == pytest.approx(sum(one.worth for one in plan.outcomes), abs=Decimal("0.001"))
    for outcome in plan.outcomes:
        assert outcome.lost >= 0
        assert (outcome.why is Why.BEST) == (outcome.lost == 0 and outcome.got is not None)


def test_the_loser_hears_who_outbid_it_for_what_and_at_what_price():
    stock = Stock([a_space("hall", "200", type="workshop"), a_space("shed", "150", type="workshop")])
    wish = at_most(Fact.AREA, "150", hard=False)
    plan = place_all(
        [a_need("rich", 10), a_need("poor", 4, at_least(Fact.AREA, "180")), a_need("small", 6, SIZE, wish)], stock
    )  # fmt: skip
    assert placed(plan) == {"rich": ("hall",), "small": ("shed",)}
    lost = outcomes(plan)["poor"]
    assert (lost.why, lost.by, lost.lost, lost.best.spaces) == (Why.OUTBID, ("rich",), Decimal(4), ("hall",))
    assert lost.price >= lost.lost
    assert outcomes(plan)["small"].why is Why.BEST
    assert (plan.worth, plan.bound, plan.gap, plan.proved) == (Decimal(16), Decimal(16), Decimal(0), True)


def test_one_more_square_metre_is_worth_what_the_first_who_gets_nothing_would_bring():
    spaces = [a_space(f"w{n}", "200", type="workshop") for n in range(2)] + [
        a_space("o", "100", type="office")
    ]
    bids = [a_need(f"n{benefit}", benefit, one_of(Fact.TYPE, "workshop")) for benefit in (30, 20, 10)]
    plan = place_all(bids, Stock(spaces))
    workshop, office = plan.prices
    assert (workshop.type, workshop.spaces, workshop.area_m2) == ("workshop", 2, Decimal(400))
    assert Decimal("0.05") <= workshop.price_m2 <= Decimal("0.1")  # 10 to 20 for 200 m²
    assert workshop.highest_m2 >= workshop.price_m2
    assert (office.type, office.price_m2) == ("office", Decimal(0))
    assert set(plan.space_prices) == {"w0", "w1"}


def test_hazard_and_food_never_share_a_building():
    spaces = [a_space("1", "200", at=(A, 1, 1)), a_space("2", "200", at=(A, 1, 3))]
    asked = [
        a_need("paint", 5, tags=frozenset({"hazard"})),
        a_need("cakes", 4, tags=frozenset({"food"})),
        a_need("books", 1),
    ]
    plan = place_all(asked, Stock(spaces))
    assert set(placed(plan)) == {"paint", "books"}
    assert (outcomes(plan)["cakes"].why, outcomes(plan)["cakes"].by) in (
        (Why.OUTBID, ("books",)),
        (Why.OUTBID, ("paint",)),
        (Why.APART, ("paint",)),
    )
    alone = place_all(asked[:2], Stock(spaces))
    assert alone.worth == Decimal(5)
    apart = place_all(asked[:2], Stock([*spaces, a_space("3", "200", at=(B, 1, 1))]))
    assert apart.worth == Decimal(9)
    beside_a_tenant = place_all(asked[:2], Stock(spaces), buildings=[Building(A, frozenset({"hazard"}))])
    assert set(placed(beside_a_tenant)) == {"paint"}
    assert outcomes(beside_a_tenant)["cakes"].why is Why.BUILDING
    both = a_need("both", 9, tags=frozenset({"hazard", "food"}))
    assert outcomes(place_all([both], Stock(spaces)))["both"].why is Why.BUILDING


def test_who_is_kept_out_by_a_rule_hears_of_whom():
    spaces = [a_space("1", "200", at=(A, 1, 1)), a_space("2", "100", at=(A, 1, 3))]
    large, small = at_least(Fact.AREA, "200"), at_most(Fact.AREA, "150")
    paint = a_need("paint", 5, large, tags=frozenset({"hazard"}))
    cakes = outcomes(place_all([paint, a_need("cakes", 4, small, tags=frozenset({"food"}))], Stock(spaces)))
    assert (cakes["cakes"].why, cakes["cakes"].by) == (Why.APART, ("paint",))
    hungry = [
        a_need("smelter", 5, large, takes={"power": Decimal(80)}),
        a_need("mill", 4, small, takes={"power": Decimal("20.01")}),
        a_need("desk", 1, at_least(Fact.AREA, "900")),
    ]
    found = outcomes(place_all(hungry, Stock(spaces), buildings=[ROOM]))
    assert (found["mill"].why, found["mill"].by) == (Why.CAPACITY, ("smelter",))
    airy = Building(A, left={"air": Decimal(9)} | ROOM.left)  # what is not short is not blamed
    found = outcomes(place_all(hungry, Stock(spaces), buildings=[airy]))
    assert (found["mill"].why, found["mill"].by) == (Why.CAPACITY, ("smelter",))
    modest = a_need("mill", 4, small, takes={"power": Decimal(20), "water": Decimal(9)})
    assert place_all([hungry[0], modest], Stock(spaces), buildings=[ROOM]).worth == Decimal(9)
    greedy = a_need("furnace", 9, large, takes={"power": Decimal(101)})
    assert outcomes(place_all([greedy], Stock(spaces), buildings=[ROOM]))["furnace"].why is Why.BUILDING


def test_a_need_that_nothing_fits_hears_the_criterion_the_question_or_the_contradiction():
    stock = Stock([a_space("s", "200")])
    large, small = at_least(Fact.AREA, "900"), at_most(Fact.AREA, "100")
    asked = [
        a_need("large", 1, large),
        a_need("heavy", 1, at_least(Fact.FLOOR_LOAD, "5")),
        a_need("torn", 1, large, small),
        a_need("gift", 0),
    ]
    plan = place_all(asked, stock)
    found = outcomes(plan)
    assert found["large"].why is Why.REFUSED
    assert found["large"].ranking.refused_by == ((large, 1),)
    assert found["large"].best.answers[0].off_by == Decimal(700)
    assert found["heavy"].why is Why.UNKNOWN
    assert found["heavy"].best.question.of == ("s",)
    assert found["torn"].why is Why.CONTRADICTS
    assert (found["torn"].contradiction.first, found["torn"].contradiction.second) == (large, small)
    assert found["gift"].why is Why.NO_WORTH
    assert (plan.worth, plan.gap, plan.proved) == (Decimal(0), Decimal(0), True)


def test_nothing_to_place_and_nowhere_to_place_it_are_plans_too():
    assert place_all([], Stock([a_space("s")])).outcomes == ()
    nowhere = place_all([a_need("n")], Stock([]))
    assert (outcomes(nowhere)["n"].why, outcomes(nowhere)["n"].best) == (Why.REFUSED, None)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"needs": [a_need("n"), a_need("n")]}, "need_twice"),
        ({"buildings": [Building(A), Building(A)]}, "building_twice"),
        ({"apart": [("noise", "noise")]}, "apart_malformed"),
    ],
)
def test_two_of_a_key_and_a_tag_apart_from_itself_are_refused(what, code):
    with pytest.raises(EngineError) as refused:
        place_all(what.pop("needs", []), Stock([]), **what)
    assert refused.value.code == code


def test_progress_only_gets_better_and_ends_at_the_plan():
    said: list[Progress] = []
    asked, stock = a_market(4)
    plan = place_all(asked, stock, buildings=BUILDINGS, progress=said.append)
    worths, bounds = [one.worth for one in said], [one.bound for one in said]
    assert worths == sorted(worths)
    assert bounds == sorted(bounds, reverse=True)
    assert all(0 <= one.done <= 1 for one in said)
    assert Decimal(worths[-1]) == pytest.approx(plan.worth, abs=Decimal("0.001"))


def test_a_stopped_plan_says_which_runs_it_did_not_get_to():
    asked, stock = a_market(8)
    plan = place_all(asked, stock, buildings=BUILDINGS, cancelled=lambda: True)
    assert plan.stopped
    assert not plan.proved
    assert plan.gap > PROVED_GAP
    assert {outcome.why for outcome in plan.outcomes} >= {Why.BEST, Why.OUTBID}


def test_a_run_that_is_left_free_is_called_unfinished():
    from zhuchao.engines.allocation.placing import Market, _no_choice

    market = Market([a_need("n")], Stock([a_space("s")]), [], APART)
    assert market.plan(_no_choice(1)).outcomes[0].why is Why.UNFINISHED
