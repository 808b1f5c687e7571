"""Time 10,000 runs of a plan of 19 tasks and 11 departments beside SimPy on the same plan.

    python3 dev.py bench approval_rehearsal [--runs 10000] [--times 9]

The ordinary plan, and the one after a pre-review. Both draw every piece of work from the same distribution, times a
factor that a run shares, and let departments take their work in the order of the plan. Ours must take at most 60 ms of
the wall clock (the median of the times), SimPy at least 30 times the CPU time of ours, and the means must lie within
2 %, counted from when the plan begins, its pre-review included: a ratio to a limit above 1 fails. Both use one core.

SimPy is installed for this measurement only, see requirements-peers.in. Prints one JSON line a plan.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from _measuring import say

HERE = Path(__file__).resolve().parent
LIMIT_MS = 60
TIMES = 30
WITHIN = 0.02


def as_data(plan: Any, departments: Any, spread: Any, shared: float, runs: int) -> dict[str, Any]:
    """Return a plan and how it is rehearsed as JSON-ready data."""
    return {
        "departments": dict(departments),
        "pieces": [
            {
                "department": piece.department,
                "minutes": piece.minutes,
                "earliest": piece.earliest,
                "after": [earlier for earlier, _ in piece.after],
            }
            for piece in plan.pieces
        ],
        "order": list(plan.order),
        "spread": [spread.least, spread.likely, spread.most],
        "shared": shared,
        "runs": runs,
    }


def main() -> int:
    from _approvals import DAY, procedure
    from _peers import answer, environment

    from zhuchao.engines.scheduling import Ask, Spread, plan, rehearse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=9)
    asked = parser.parse_args()
    if (python := environment()) is None:
        return 1
    network, spread, shared, failed = procedure(), Spread(), 0.15, False
    for name, ask in (("ordinary", Ask()), ("pre-review", Ask(pre_review=22 * DAY, credit=3))):
        found = plan(network, ask)
        walls, cpus = [], []
        for seed in range(asked.times):
            begun, cpu = time.perf_counter(), time.process_time()
            ours = rehearse(
                found, network.departments, spread=spread, shared=shared, runs=asked.runs, seed=seed
            )
            walls.append((time.perf_counter() - begun) * 1000)
            cpus.append(time.process_time() - cpu)
        theirs = answer(python, "_simpy.py", as_data(found, network.departments, spread, shared, asked.runs))
        wall, cpu = statistics.median(walls), statistics.median(cpus)
        begins = min(piece.earliest for piece in found.pieces)
        mean, simpy_mean = ours.mean - begins, theirs["mean"] - begins
        apart = abs(mean - simpy_mean) / simpy_mean
        times = theirs["seconds"] / cpu
        say(
            case=f"approval_rehearsal {name}",
            runs=asked.runs,
            wall_ms=round(wall, 1),
            cpu_ms=round(cpu * 1000, 1),
            simpy_cpu_ms=round(theirs["seconds"] * 1000, 1),
            times_simpy=round(times, 1),
            mean_minutes=round(mean, 1),
            simpy_mean_minutes=round(simpy_mean, 1),
            apart=round(apart, 4),
            ratio_to_limit=round(wall / LIMIT_MS, 2),
        )
        failed = failed or wall > LIMIT_MS or times < TIMES or apart > WITHIN
    return int(failed)


if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]
    sys.exit(main())
