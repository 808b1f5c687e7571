"""Projects by chance in the formats of PSPLIB, made for the measurements; no instance of PSPLIB itself is used."""

import random
from itertools import pairwise


def write_project(jobs: int, modes: int, chance: random.Random) -> str:
    """Return a project as a `.sm` file, or as an `.mm` file where jobs have several modes."""
    renewable, nonrenewable = (4, 0) if modes == 1 else (2, 2)
    resources = renewable + nonrenewable
    successors: list[list[int]] = [[] for _ in range(jobs + 2)]
    for job in range(1, jobs + 1):
        later = range(job + 1, min(jobs, job + jobs // 3) + 1)
        successors[job] = sorted(chance.sample(later, min(len(later), chance.randint(1, 2))))
    waited = {then for some in successors for then in some}
    successors[0] = [job for job in range(1, jobs + 1) if job not in waited]
    for job in range(1, jobs + 1):
        successors[job] = successors[job] or [jobs + 1]
    ways: list[list[tuple[int, list[int]]]] = [[(0, [0] * resources)]]
    for _ in range(jobs):
        durations = sorted(chance.randint(1, 10) for _ in range(modes))
        some = []
        for rank, duration in enumerate(durations):
            # what takes longer uses less
            uses = [
                max(1, chance.randint(1, 10) * (modes + 1 - rank) // (modes + 1))
                if chance.random() < 0.9
                else 0
                for _ in range(resources)
            ]
            some.append((duration, uses))
        ways.append(some)
    ways.append([(0, [0] * resources)])
    capacities = [_renewable(ways, successors, number) for number in range(renewable)]
    for number in range(renewable, resources):
        least = sum(min(uses[number] for _, uses in some) for some in ways)
        most = sum(max(uses[number] for _, uses in some) for some in ways)
        capacities.append(least + (most - least) * 4 // 10)
    lines = [
        f"jobs (incl. supersource/sink ):  {jobs + 2}",
        "RESOURCES",
        f"  - renewable                 :  {renewable}   R",
        f"  - nonrenewable              :  {nonrenewable}   N",
        "*" * 72,
        "PRECEDENCE RELATIONS:",
        "jobnr.    #modes  #successors   successors",
    ]
    for job, then in enumerate(successors, start=1):
        numbers = " ".join(str(other + 1) for other in then)
        lines.append(f"{job} {len(ways[job - 1])} {len(then)} {numbers}")
    lines += ["*" * 72, "REQUESTS/DURATIONS:", "jobnr. mode duration  R", "-" * 72]
    for job, some in enumerate(ways, start=1):
        for mode, (duration, uses) in enumerate(some, start=1):
            lines.append(f"{job if mode == 1 else ''} {mode} {duration} {' '.join(map(str, uses))}")
    lines += ["*" * 72, "RESOURCEAVAILABILITIES:", "  R", " ".join(map(str, capacities)), "*" * 72]
    return "\n".join(lines) + "\n"


def _renewable(ways: list[list[tuple[int, list[int]]]], successors: list[list[int]], number: int) -> int:
    """Return a capacity a fifth of the way from the least that works to what is never short."""
    starts = [0] * len(ways)
    for job, then in enumerate(successors):
        for other in then:
            starts[other] = max(starts[other], starts[job] + ways[job][0][0])
    least = max(min(uses[number] for _, uses in some) for some in ways)
    changes: dict[int, int] = {}
    for start, some in zip(starts, ways, strict=True):
        duration, uses = some[0]
        changes[start] = changes.get(start, 0) + uses[number]
        changes[start + duration] = changes.get(start + duration, 0) - uses[number]
    moments, used, peak = sorted(changes), 0, 0
    for moment, _ in pairwise([*moments, 0]):
        used += changes[moment]
        peak = max(peak, used)
    most = max(max(uses[number] for _, uses in some) for some in ways)
    return max(least, (most if len(ways[1]) == 1 else least) + (peak - least) // 5, 1)
