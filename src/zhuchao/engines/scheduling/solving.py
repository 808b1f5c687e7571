"""The constraint program of a plan: a mode for every task, reviews and issues as intervals, departments as capacity.

The solver runs with one worker and a fixed seed, so that the same question has the same answer.
"""

from dataclasses import dataclass
from math import gcd
from time import monotonic
from typing import Any, Final, Literal

from ortools.sat.python import cp_model

from zhuchao.engines.scheduling.asking import ALL_MODES, Ask
from zhuchao.engines.scheduling.network import Mode, Network, Task
from zhuchao.engines.scheduling.pieces import Part, take_apart
from zhuchao.engines.scheduling.placing import place_in_order

Starts = dict[tuple[str, Part], int]


@dataclass(frozen=True, slots=True)
class Limit:
    """One of the limits of a plan that could be moved."""

    kind: Literal["credit", "pre_review", "modes", "capacity"]
    department: str = ""


_NONE: Final[frozenset[Limit]] = frozenset()


class Model:
    """The program of a network under the limits of an ask, less those in `without`.

    Time runs in the greatest number of minutes that all pieces are whole multiples of.
    """

    def __init__(
        self, network: Network, ask: Ask, *, without: frozenset[Limit] = _NONE, by_deadline: bool = False
    ) -> None:
        self.network = network
        self.unit = gcd(*(minutes for task in network.tasks for minutes in (task.review, task.issue))) or 1
        self.total = sum(task.review + task.issue for task in network.tasks) // self.unit
        self.early = self.total if Limit("pre_review") in without else ask.pre_review // self.unit
        self.modes = ALL_MODES if Limit("modes") in without else ask.modes | {Mode.NORMAL}
        self.credit = None if Limit("credit") in without else ask.credit
        self.program = cp_model.CpModel()
        self.mode: dict[tuple[str, Mode], Any] = {}
        self.begin: dict[tuple[str, Mode | Part], Any] = {}
        self.ends: dict[str, Any] = {}
        self.used: dict[str, list[Any]] = {department: [] for department in network.departments}
        for task in network.tasks:
            self._add_task(task)
        self._add_links()
        for department, intervals in self.used.items():
            places = network.departments[department]
            if Limit("capacity", department) in without or len(intervals) <= places:
                continue
            if places == 1:
                self.program.add_no_overlap(intervals)
            else:
                self.program.add_cumulative(intervals, [1] * len(intervals), places)
        self.pledges = [task for task in network.tasks if (task.key, Mode.PLEDGE) in self.mode]
        self.spent = sum(task.credit * self.mode[task.key, Mode.PLEDGE] for task in self.pledges)
        if self.credit is not None and self.pledges:
            self.program.add(self.spent <= self.credit)
        last = (
            min(self.total, ask.deadline // self.unit)
            if by_deadline and ask.deadline is not None
            else self.total
        )
        self.last = self.program.new_int_var(0, last, "last")
        self.program.add_max_equality(self.last, list(self.ends.values()))

    def best(self, seconds: float, seed: int) -> tuple[dict[str, Mode], Starts, int, bool]:
        """Return modes, when each piece begins, the bound of the last certificate, and whether all is proved."""
        until = monotonic() + seconds
        modes, starts = self._plain()
        bound: int | None = None
        for wanted in (self.last, sum(self.ends.values()), *([self.spent] if self.pledges else [])):
            self.program.minimize(wanted)
            solver = _solver(until - monotonic(), seed)
            status = solver.solve(self.program)
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                modes, starts = self._read(solver)
            if bound is None:
                bound = max(0, round(solver.best_objective_bound)) * self.unit
            if status != cp_model.OPTIMAL:
                return modes, starts, bound, False
            self.program.add(wanted <= round(solver.objective_value))
            self._hint(solver)
        return modes, starts, bound or 0, True

    def earliest(self, seconds: float, seed: int) -> int | None:
        """Return the earliest minute of the last certificate, None where it was not proved in time."""
        self.program.minimize(self.last)
        solver = _solver(seconds, seed)
        if solver.solve(self.program) != cp_model.OPTIMAL:
            return None
        return int(round(solver.objective_value) * self.unit)

    def is_ruled_out(self, seconds: float, seed: int) -> bool:
        """Return whether it is shown that no plan keeps the limits."""
        return bool(_solver(seconds, seed).solve(self.program) == cp_model.INFEASIBLE)

    def _add_task(self, task: Task) -> None:
        program, minutes = self.program, task.review // self.unit
        for mode in task.modes:
            if mode in self.modes and (mode is not Mode.EARLY or minutes <= self.early):
                self.mode[task.key, mode] = program.new_bool_var("")
        literals = [self.mode[task.key, mode] for mode in task.modes if (task.key, mode) in self.mode]
        program.add_exactly_one(literals)
        issue = program.new_int_var(0, self.total, "")
        self.begin[task.key, Part.ISSUE] = issue
        self.ends[task.key] = issue + task.issue // self.unit
        if task.issue:
            self.used[task.department].append(
                program.new_fixed_size_interval_var(issue, task.issue // self.unit, "")
            )
        reviewed = [
            self.mode[key] for key in ((task.key, Mode.NORMAL), (task.key, Mode.LATE)) if key in self.mode
        ]
        present = program.new_bool_var("")
        program.add(sum(reviewed) == present)
        self._add_review(task, Mode.NORMAL, present, 0, self.total)
        if (task.key, Mode.EARLY) in self.mode:
            self._add_review(task, Mode.EARLY, self.mode[task.key, Mode.EARLY], -self.early, -minutes)

    def _add_review(self, task: Task, mode: Mode, present: Any, first: int, last: int) -> None:
        program, minutes = self.program, task.review // self.unit
        begin = program.new_int_var(first, last, "")
        self.begin[task.key, mode] = begin
        program.add(begin + minutes <= self.begin[task.key, Part.ISSUE]).only_enforce_if(present)
        if minutes:
            self.used[task.department].append(
                program.new_optional_fixed_size_interval_var(begin, minutes, present, "")
            )

    def _add_links(self) -> None:
        known = self.network.by_key
        for link in self.network.links:
            then, end = known[link.then], self.ends[link.first]
            self.program.add(end <= self.begin[link.then, Part.ISSUE])
            waits = [Mode.NORMAL] if link.document in then.late else [Mode.NORMAL, Mode.LATE]
            for mode in waits:
                if (link.then, mode) in self.mode:
                    self.program.add(end <= self.begin[link.then, Mode.NORMAL]).only_enforce_if(
                        self.mode[link.then, mode]
                    )
            if (link.then, Mode.EARLY) in self.mode and (link.first, Mode.EARLY) in self.mode:
                drafted = self.begin[link.first, Mode.EARLY] + known[link.first].review // self.unit
                self.program.add(drafted <= self.begin[link.then, Mode.EARLY]).only_enforce_if(
                    [self.mode[link.first, Mode.EARLY], self.mode[link.then, Mode.EARLY]]
                )

    def _plain(self) -> tuple[dict[str, Mode], Starts]:
        """Return the plan in which every task is handled in the ordinary way, in the order of the network."""
        pieces = take_apart(self.network)
        starts = place_in_order(pieces, self.network.departments, range(len(pieces)))
        return {}, {(piece.task, piece.part): start for piece, start in zip(pieces, starts, strict=True)}

    def _read(self, solver: Any) -> tuple[dict[str, Mode], Starts]:
        modes = {key: mode for (key, mode), chosen in self.mode.items() if solver.boolean_value(chosen)}
        starts: Starts = {}
        for key, mode in modes.items():
            starts[key, Part.ISSUE] = solver.value(self.begin[key, Part.ISSUE]) * self.unit
            if mode is not Mode.PLEDGE:
                review = Mode.EARLY if mode is Mode.EARLY else Mode.NORMAL
                starts[key, Part.REVIEW] = solver.value(self.begin[key, review]) * self.unit
        return modes, starts

    def _hint(self, solver: Any) -> None:
        self.program.clear_hints()
        for variable in (*self.begin.values(), *self.mode.values()):
            self.program.add_hint(variable, solver.value(variable))


def _solver(seconds: float, seed: int) -> Any:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.0)
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    return solver
