"""Time the ranking of one lead over 5,000 units and all their runs, and the same by a plain loop.

    python3 dev.py bench rank_units [--units 5000] [--leads 200]

Ours: `rank_spaces` over a stock made once, the best 20 of each kind with their place, verdict and score. The peer: a
loop over every run in plain Python with the engine's own exact answers, stopped at the first hard criterion not met;
it is timed on a few leads. Both must find the same number of runs that fit. Prints JSON lines: making the stock, the
median and 99th percentile in milliseconds against the limit of 5 ms, and how many times longer the peer takes.
"""

import argparse
import random
import statistics
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from _measuring import say

LIMIT_MS = 5
PEER_LEADS = 3


def make_spaces(count: int, *, seed: int = 7) -> list[Any]:
    """Make units in buildings of one to five storeys, four to ten units a storey."""
    from zhuchao.engines.allocation import Space

    chance, spaces, building = random.Random(seed), [], 0
    while len(spaces) < count:
        kind = chance.choice(["workshop", "workshop", "office", "rnd"])
        height, load = chance.choice(["4.5", "6", "8", "10"]), chance.choice([3, 5, 8, 12, 20])
        size = chance.choice([120, 200, 350, 600])
        for floor in range(1, chance.randint(2, 6)):
            for position in range(chance.randint(4, 10)):
                if chance.random() < 0.15:  # let
                    continue
                space = Space(
                    key=f"{building}-{floor}-{position}",
                    building=f"{building}",
                    floor=floor,
                    position=position,
                    area_m2=Decimal(int(size * 100 * chance.uniform(0.7, 1.5))) / 100,
                    type=kind,
                    clear_height_m=Decimal(height if floor == 1 else "4.5"),
                    floor_load_kn_m2=None
                    if chance.random() < 0.1
                    else Decimal(min(load, 20 if floor == 1 else 8)),
                    power_kva=Decimal(chance.choice([50, 100, 200])),
                    rent_cny_m2_month=Decimal(chance.randint(15, 45)),
                )
                spaces.append(space)
        building += 1
    return spaces[:count]


def make_lead(chance: random.Random, key: str) -> Any:
    from zhuchao.engines.allocation import Comparison, Criterion, Fact, Need

    area = int(chance.choice([300, 500, 800, 1500, 2500]) * chance.uniform(0.7, 1.3))
    least, most = Comparison.AT_LEAST, Comparison.AT_MOST
    criteria = (
        Criterion(Fact.AREA, least, Decimal(area)),
        Criterion(Fact.AREA, most, Decimal(area * 14 // 10)),
        Criterion(Fact.TYPE, Comparison.ONE_OF, frozenset({chance.choice(["workshop", "rnd", "office"])})),
        Criterion(Fact.CLEAR_HEIGHT, least, Decimal(chance.choice(["4.5", "6", "8"]))),
        Criterion(Fact.FLOOR_LOAD, least, Decimal(chance.choice([3, 5, 8]))),
        Criterion(Fact.POWER, least, Decimal(100)),
        Criterion(Fact.RENT, most, Decimal(chance.randint(18, 30)), hard=False, weight=Decimal(2)),
        Criterion(Fact.AREA, most, Decimal(area * 11 // 10), hard=False),
    )
    return Need(key, criteria)


def plain(need: Any, runs: list[Any]) -> tuple[int, list[Any]]:
    """Rank by a loop: return how many fit, and the best 20."""
    from zhuchao.engines.allocation import Verdict, answer, look_at

    fits = [
        look_at(need, run)
        for run in runs
        if all(answer(criterion, run).verdict is Verdict.MET for criterion in need.hard)
    ]
    fits.sort(key=lambda found: (-found.score, len(found.run), found.area_m2))
    return len(fits), fits[:20]


def main() -> int:
    from zhuchao.engines.allocation import Stock, rank_spaces

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=5_000)
    parser.add_argument("--leads", type=int, default=200)
    asked = parser.parse_args()
    spaces = make_spaces(asked.units)
    begun = time.perf_counter()
    stock = Stock(spaces)
    say(case="stock", units=asked.units, runs=len(stock), ms=round((time.perf_counter() - begun) * 1000, 1))
    chance = random.Random(3)
    leads = [make_lead(chance, f"{number}") for number in range(asked.leads)]
    rank_spaces(leads[0], stock)  # the first one reads the facts into columns
    times, counts = [], []
    for lead in leads:
        begun = time.perf_counter()
        counts.append(rank_spaces(lead, stock).fits_count)
        times.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    say(
        case="ours", leads=len(leads), p50_ms=round(cuts[49], 2), p99_ms=round(cuts[98], 2), limit_ms=LIMIT_MS
    )
    runs = [stock.run(row) for row in range(len(stock))]
    slow = []
    for lead, count in list(zip(leads, counts, strict=True))[:PEER_LEADS]:
        begun = time.perf_counter()
        assert plain(lead, runs)[0] == count
        slow.append((time.perf_counter() - begun) * 1000)
    peer = statistics.median(slow)
    say(case="plain loop", leads=len(slow), p50_ms=round(peer, 1))
    say(case="ratio", ratio=round(peer / cuts[49], 1), ratio_to_limit=round(cuts[98] / LIMIT_MS, 3))
    return int(cuts[98] > LIMIT_MS)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
    sys.exit(main())
