"""Solve general projects in the formats of PSPLIB beside PyJobShop, each in the same time on one core.

    python3 dev.py bench psplib_solve [--projects 8] [--seconds 2]

Projects made by chance, always the same: of one mode with 60 and 120 jobs, and of three modes with 30 and 50 jobs and
resources that are used up. The lengths of all schedules of a kind are added up: ours may not be longer than PyJobShop's,
a ratio to the limit above 1 fails. Both call the same solver with one worker. What takes less than the time was proved.

PyJobShop is installed for this measurement only, see requirements-peers.in. Prints one JSON line a kind.
"""

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

from _measuring import say

HERE = Path(__file__).resolve().parent
KINDS = ((60, 1), (120, 1), (30, 3), (50, 3))


def as_data(project: Any) -> dict[str, Any]:
    """Return a project as JSON-ready data."""
    return {
        "renewable": project.renewable,
        "capacities": list(project.capacities),
        "jobs": [
            {
                "ways": [[way.duration, list(way.uses)] for way in job.ways],
                "successors": list(job.successors),
            }
            for job in project.jobs
        ],
    }


def main() -> int:
    from _peers import answer, environment
    from _projects import write_project

    from zhuchao.engines.scheduling import read_psplib, solve_project

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2.0)
    asked = parser.parse_args()
    if (python := environment()) is None:
        return 1
    failed = False
    for jobs, modes in KINDS:
        chance = random.Random(jobs * modes)
        projects = [read_psplib(write_project(jobs, modes, chance)) for _ in range(asked.projects)]
        begun = time.perf_counter()
        found = [solve_project(project, seconds=asked.seconds) for project in projects]
        wall = time.perf_counter() - begun
        theirs = answer(
            python,
            "_pyjobshop.py",
            {"projects": [as_data(project) for project in projects], "seconds": asked.seconds},
        )
        lengths = [schedule.length for schedule in found]
        pairs = list(zip(lengths, theirs["lengths"], strict=True))
        say(
            case=f"psplib_solve {'single' if modes == 1 else 'multi'}-mode {jobs}",
            projects=len(projects),
            seconds_each=asked.seconds,
            length=sum(lengths),
            pyjobshop_length=sum(theirs["lengths"]),
            bound=sum(schedule.bound for schedule in found),
            proved=sum(schedule.proved for schedule in found),
            better=sum(ours < other for ours, other in pairs),
            worse=sum(ours > other for ours, other in pairs),
            wall_s=round(wall, 1),
            pyjobshop_wall_s=round(theirs["wall"], 1),
            ratio_to_limit=round(sum(lengths) / sum(theirs["lengths"]), 4),
        )
        failed = failed or sum(lengths) > sum(theirs["lengths"])
    return int(failed)


if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]
    sys.exit(main())
