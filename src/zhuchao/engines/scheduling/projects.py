"""General projects with resources, in one or several modes, read from the PSPLIB formats `.sm` and `.mm`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from zhuchao.engines import EngineError

_SECTIONS = ("PRECEDENCE RELATIONS", "REQUESTS/DURATIONS", "RESOURCEAVAILABILITIES")


@dataclass(frozen=True, slots=True)
class Way:
    """One mode of a job: how long it takes and what it uses of each resource, renewable ones first."""

    duration: int
    uses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A job with its modes and the numbers (from 0) of the jobs that wait for it."""

    ways: tuple[Way, ...]
    successors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """Jobs on resources: the first `renewable` capacities hold at every time, the others for all jobs together."""

    jobs: tuple[Job, ...]
    capacities: tuple[int, ...]
    renewable: int


def read_psplib(text: str) -> Project:
    """Return the project that a `.sm` or `.mm` file tells.

    Raises:
        EngineError: psplib_malformed with the `line` (from 1, 0 for the file as a whole).
    """
    lines = list(enumerate(text.splitlines(), start=1))
    kinds = {}
    for letter, name in (("R", "renewable"), ("N", "nonrenewable")):
        found = re.search(rf"(?m)^\s*-\s*{name}\s*:\s*(\d+)\s+{letter}\b", text)
        kinds[letter] = int(found.group(1)) if found else 0
    resources = kinds["R"] + kinds["N"]
    successors = _read_successors(_rows(lines, _SECTIONS[0]))
    ways = _read_ways(_rows(lines, _SECTIONS[1]), len(successors), resources)
    (number, capacities), *_ = [*_rows(lines, _SECTIONS[2]), (0, [])]
    if len(capacities) != resources:
        _refuse(number, "the availabilities do not fit the resources")
    jobs = tuple(Job(tuple(some), tuple(then)) for some, then in zip(ways, successors, strict=True))
    return Project(jobs, tuple(capacities), kinds["R"])


def _rows(lines: Sequence[tuple[int, str]], section: str) -> Iterator[tuple[int, list[int]]]:
    """Yield the rows of whole numbers of a section, each with its line."""
    inside = False
    for number, line in lines:
        if line.strip().upper().startswith(section):
            inside = True
        elif inside and line.startswith("*"):
            return
        elif inside and re.fullmatch(r"[\d\s]*\d\s*", line):
            yield number, [int(word) for word in line.split()]


def _read_successors(rows: Iterator[tuple[int, list[int]]]) -> list[list[int]]:
    found: list[list[int]] = []
    last = 0
    for last, row in rows:
        if len(row) < 3 or row[0] != len(found) + 1 or len(row) != 3 + row[2]:
            _refuse(last, "a job, its modes, and as many successors as it says are expected")
        found.append([job - 1 for job in row[3:]])
    for number, then in enumerate(found):
        # a later job never comes before an earlier one in this format, so that there is no cycle
        if not all(number < job < len(found) for job in then):
            _refuse(last, f"job {number + 1} comes before jobs that are not after it")
    if not found:
        _refuse(0, "there are no jobs")
    return found


def _read_ways(rows: Iterator[tuple[int, list[int]]], jobs: int, resources: int) -> list[list[Way]]:
    ways: list[list[Way]] = []
    for number, row in rows:
        if len(row) == 3 + resources and row[0] == len(ways) + 1 and row[1] == 1:
            ways.append([])
            row = row[1:]
        if len(row) != 2 + resources or not ways or row[0] != len(ways[-1]) + 1:
            _refuse(number, "a mode, a duration and what is used of each resource are expected")
        ways[-1].append(Way(row[1], tuple(row[2:])))
    if len(ways) != jobs:
        _refuse(0, f"there are durations of {len(ways)} jobs, not {jobs}")
    return ways


def _refuse(line: int, what: str) -> NoReturn:
    raise EngineError("psplib_malformed", f"line {line}: {what}", line=line)
