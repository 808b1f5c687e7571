"""Time the plan of a procedure of 19 tasks and 11 departments, proved, beside PyJobShop on the same model.

    python3 dev.py bench approval_plan [--plans 60]

Procedures whose reviews take between half and one and a half of their hours, each asked in three ways: the ordinary
one alone; late documents and pledges; and those after a pre-review. Ours proves the last certificate, then the sum of
all, then the credit used; PyJobShop proves the last certificate alone, and so does ours once more to be compared in
CPU time. Both use one core. Ours must be proved every time, with the same last certificate, and all of it in 50 ms at
p95 of the wall clock: a ratio to the limit above 1 fails.

PyJobShop is installed for this measurement only, see requirements-peers.in. Prints one JSON line a way to ask, and one
for all.
"""

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

from _measuring import say

HERE = Path(__file__).resolve().parent
LIMIT_MS = 50


def as_data(network: Any, ask: Any) -> dict[str, Any]:
    """Return a network and what is asked of it as JSON-ready data."""
    from zhuchao.engines.scheduling import Mode

    return {
        "departments": dict(network.departments),
        "pre_review": ask.pre_review,
        "credit": ask.credit,
        "tasks": [
            {
                "key": task.key,
                "department": task.department,
                "review": task.review,
                "issue": task.issue,
                "credit": task.credit,
                "modes": [mode for mode in task.modes if mode in ask.modes or mode is Mode.NORMAL],
            }
            for task in network.tasks
        ],
        "links": [
            [link.first, link.then, link.document in network.by_key[link.then].late] for link in network.links
        ],
    }


def main() -> int:
    from _approvals import DAY, percent, procedure
    from _peers import answer, environment

    from zhuchao.engines.scheduling import Ask, plan
    from zhuchao.engines.scheduling.solving import Model

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=60)
    asked = parser.parse_args()
    if (python := environment()) is None:
        return 1
    ways = {
        "ordinary": Ask(modes=frozenset()),
        "late and pledges": Ask(credit=2),
        "pre-review": Ask(pre_review=22 * DAY, credit=3),
    }
    plan(procedure())  # what is loaded once is loaded
    todo, finishes = [], []
    walls: list[float] = []
    alone: list[float] = []
    proved = True
    for name, ask in ways.items():
        chance = random.Random(19)
        here: list[float] = []
        cpus: list[float] = []
        for _ in range(asked.plans):
            network = procedure(chance)
            begun, cpu = time.perf_counter(), time.process_time()
            found = plan(network, ask)
            here.append(time.perf_counter() - begun)
            cpus.append(time.process_time() - cpu)
            proved = proved and found.proved
            finishes.append(found.finish)
            cpu = time.process_time()
            proved = proved and Model(network, ask).earliest(10.0, 0) == found.finish
            alone.append(time.process_time() - cpu)
            todo.append(as_data(network, ask))
        walls += here
        say(
            case=name,
            plans=asked.plans,
            p50_ms=percent(here, 50),
            p95_ms=percent(here, 95),
            cpu_p50_ms=percent(cpus, 50),
            cpu_p95_ms=percent(cpus, 95),
        )
    theirs = answer(python, "_pyjobshop.py", {"plans": todo})
    same = finishes == theirs["finishes"] and all(theirs["proved"])
    p95 = percent(walls, 95)
    say(
        case="approval_plan",
        plans=len(walls),
        proved=proved,
        p95_ms=p95,
        last_alone_cpu_p50_ms=percent(alone, 50),
        pyjobshop_cpu_p50_ms=percent(theirs["seconds"], 50),
        pyjobshop_cpu_p95_ms=percent(theirs["seconds"], 95),
        times_pyjobshop=round(percent(theirs["seconds"], 50) / percent(alone, 50), 1),
        same_last_certificates=same,
        ratio_to_limit=round(p95 / LIMIT_MS, 2),
    )
    return int(not proved or not same or p95 > LIMIT_MS)


if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]
    sys.exit(main())
