"""Time the placing of many leads on many units at once, and what is lost by simpler ways.

    python3 dev.py bench place_all [--case tight|loose|rules|few|all] [--peer-seconds 30]

tight: 300 leads that few of 5,000 units suit, to be proved optimal within 3 s; loose: 300 leads that many units suit,
within 15 s; rules: 1,000 leads on 2,000 vacant units, a third of them hazard or food, which never share a building,
to be within 0.1 % of the bound in 15 s; few: the same where a tenth of them are hazard or food. The peers run on the
same columns: greedy by worth, and one mixed-integer program over everything (HiGHS in scipy, given `--peer-seconds`).
Prints one JSON line a case and way: seconds, worth, how far under the bound, and how many times longer the one
program takes.
"""

import argparse
import random
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from _measuring import say

HERE = Path(__file__).resolve().parent
# leads, units, seconds allowed, gap allowed
CASES = {
    "tight": (300, 5_000, 3, 1e-6),
    "loose": (300, 5_000, 15, 1e-6),
    "rules": (1_000, 2_000, 15, 1e-3),
    "few": (1_000, 2_000, 15, 1e-3),
}
TAGGED = {"rules": 0.35, "few": 0.1}  # share of the leads


def make_leads(case: str, count: int) -> list[Any]:
    """Make leads; of `rules` and `few` about as much area is asked for as is vacant."""
    from zhuchao.engines.allocation import Comparison, Criterion, Fact, Need

    chance, leads = random.Random(3), []
    least, most = Comparison.AT_LEAST, Comparison.AT_MOST
    sizes = (150, 250, 400, 700, 1200) if case in TAGGED else (300, 500, 800, 1500, 2500)
    room = {"tight": 1.15, "loose": 1.6}.get(case, 1.3)
    for number in range(count):
        area = int(chance.choice(sizes) * chance.uniform(0.7, 1.3))
        kinds = (
            ["workshop"] if case == "tight" else [chance.choice(["workshop", "workshop", "rnd", "office"])]
        )
        if case == "loose":
            kinds.append("office")
        criteria = [
            Criterion(Fact.AREA, least, Decimal(area)),
            Criterion(Fact.AREA, most, Decimal(int(area * room))),
            Criterion(Fact.TYPE, Comparison.ONE_OF, frozenset(kinds)),
            Criterion(Fact.RENT, most, Decimal(chance.randint(18, 30)), hard=False, weight=Decimal(2)),
            Criterion(Fact.AREA, most, Decimal(area * 105 // 100), hard=False),
        ]
        if case == "tight":
            criteria.append(Criterion(Fact.CLEAR_HEIGHT, least, Decimal(chance.choice([8, 8, 10]))))
            criteria.append(Criterion(Fact.FLOOR_LOAD, least, Decimal(chance.choice([8, 12, 20]))))
        tagged = case in TAGGED and chance.random() < TAGGED[case]
        tags = frozenset([chance.choice(["hazard", "food"])] if tagged else [])
        benefit = Decimal(int(area * chance.uniform(0.5, 2))) / 10
        leads.append(Need(f"{number:04}", tuple(criteria), benefit=benefit, tags=tags))
    return leads


def one_program(columns: Any, seconds: float) -> tuple[float, float]:
    """Solve everything at once; return worth (0 where none was found in time) and seconds."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    from zhuchao.engines.allocation.columns import rows_of

    begun = time.perf_counter()
    table, limits = rows_of(columns)
    worths = np.append(columns.worth, np.zeros(len(columns.sides)))
    found = milp(
        -worths,
        constraints=LinearConstraint(table, -np.inf, limits),
        integrality=np.ones(len(worths)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    return (0.0 if found.x is None else -found.fun), time.perf_counter() - begun


def measure(case: str, peer_seconds: float) -> bool:
    """Run one case; return whether it kept its limits."""
    import numpy as np
    from rank_units import make_spaces

    from zhuchao.engines.allocation import Stock, place_all
    from zhuchao.engines.allocation.placing import Market
    from zhuchao.engines.allocation.solving import Program

    count, units, limit, allowed = CASES[case]
    stock, leads = Stock(make_spaces(units)), make_leads(case, count)
    begun = time.perf_counter()
    plan = place_all(leads, stock, seconds_left=lambda: limit * 0.9 - (time.perf_counter() - begun))
    seconds = time.perf_counter() - begun
    columns = Market(leads, stock).columns
    gap = float(plan.gap)
    say(
        case=case,
        way="ours",
        columns=len(columns.worth),
        placed=sum(outcome.got is not None for outcome in plan.outcomes),
        seconds=round(seconds, 2),
        worth=float(plan.worth),
        under_bound=gap,
        proved=plan.proved,
    )
    begun = time.perf_counter()
    greedy = Program(columns).greedy(np.argsort(-columns.worth, kind="stable"))
    worth, took = float(columns.worth[greedy].sum()), time.perf_counter() - begun
    say(
        case=case,
        way="greedy",
        seconds=round(took, 2),
        worth=worth,
        under_bound=1 - worth / float(plan.bound),
    )
    worth, took = one_program(columns, peer_seconds)
    say(
        case=case,
        way="one program",
        seconds=round(took, 2),
        worth=worth,
        under_bound=1 - worth / float(plan.bound),
    )
    say(
        case=case,
        way="ratio",
        ratio=round(took / seconds, 1),
        ratio_to_limit=round(seconds / limit, 2),
        gap_of_allowed=round(gap / allowed, 2),
    )
    return seconds <= limit and gap <= allowed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=(*CASES, "all"), default="all")
    parser.add_argument("--peer-seconds", type=float, default=30)
    asked = parser.parse_args()
    kept = [measure(case, asked.peer_seconds) for case in CASES if asked.case in (case, "all")]
    return int(not all(kept))


if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]
    sys.exit(main())
