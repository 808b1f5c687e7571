"""The constraint program of a plan: a mode for every task, reviews and issues as intervals, departments as capacity.

The solver runs with one worker and a fixed seed, so that the same question has the same answer.
"""

from dataclasses import dataclass
from math import gcd
from time import monotonic
from typing import Any, Final, Literal

from ortools.sat.python import cp_model

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.asking import ALL_MODES, Ask
from zhuchao.engines.scheduling.network import Link, Mode, Network, Task
from zhuchao.engines.scheduling.notices import notice_of
from zhuchao.engines.scheduling.pieces import Part, Piece, take_apart
from zhuchao.engines.scheduling.posting import add_notice
from zhuchao.engines.scheduling.sketching import sketch, used_credit

Starts = dict[tuple[str, Part], int]


@dataclass(frozen=True, slots=True)
class Limit:
    """One of the limits of a plan that could be moved."""

    kind: Literal["credit", "pre_review", "modes", "capacity"]
    department: str = ""


_NONE: Final[frozenset[Limit]] = frozenset()


class Model:
    """The program of a network under the limits of an ask, less those in `without`.

    Time runs in the greatest number of minutes that all pieces, and all moments at which work can begin, are whole
    multiples of. What has begun is not chosen any more: what is over does not appear, what is in hand stays where it is.
    """

    def __init__(
        self, network: Network, ask: Ask, *, without: frozenset[Limit] = _NONE, by_deadline: bool = False
    ) -> None:
        self.network, self.ask, self.situation = network, ask, ask.situation
        self.sketch = sketch(network, ask)
        self.begun: dict[str, dict[Part, Piece]] = {one.task: {} for one in ask.begun}
        for piece in take_apart(network, situation=ask.situation):
            if piece.task in self.begun:
                self.begun[piece.task][piece.part] = piece
        self.free = [task for task in network.tasks if task.key not in self.begun]
        self.unit = self._find_unit()
        self.floor = self.situation.floor // self.unit
        reviews = sum(task.review for task in network.tasks) // self.unit
        self.drafts_from = -(-self.situation.drafts_from // self.unit)
        if Limit("pre_review") in without and self.situation.now is None:
            self.drafts_from = -reviews
        self.high = self._find_horizon() // self.unit
        self.modes = ALL_MODES if Limit("modes") in without else ask.modes | {Mode.NORMAL}
        self.program = cp_model.CpModel()
        self.mode: dict[tuple[str, Mode], Any] = {}
        self.begin: dict[tuple[str, Mode | Part], Any] = {}
        self.ends: dict[str, Any] = {}
        self.drafted: dict[str, Any] = {}  # ends of early reviews
        self.used: dict[str, list[Any]] = {department: [] for department in network.departments}
        self.in_hand: dict[str, list[int]] = {department: [] for department in network.departments}
        for task in network.tasks:
            if task.key in self.begun:
                self._add_begun(task)
            else:
                self._add_task(task)
        for link in network.links:
            self._add_link(link)
        for department in network.departments:
            if Limit("capacity", department) not in without:
                self._add_capacity(department)
        self.pledges = [task for task in self.free if (task.key, Mode.PLEDGE) in self.mode]
        self.spent = sum(task.credit * self.mode[task.key, Mode.PLEDGE] for task in self.pledges)
        if Limit("credit") not in without and self.pledges:
            self.program.add(self.spent <= max(0, ask.credit - used_credit(network, ask)))
        low = min(self.floor, min(one.begun for one in ask.begun) // self.unit if ask.begun else 0)
        last = self.high
        if by_deadline and ask.deadline is not None:
            last = min(last, ask.deadline // self.unit)
        self.last = self.program.new_int_var(min(low, last), last, "last")
        self.program.add_max_equality(self.last, list(self.ends.values()))

    def best(self, seconds: float, seed: int) -> tuple[dict[str, Mode], Starts, int, bool]:
        """Return modes of what has not begun, when each piece begins, the bound of the last certificate, and whether
        all is proved.

        Raises:
            EngineError: beyond_calendar where no plan is over in confirmed working time; plan_not_found where the
                time ran out before one was found.
        """
        until = monotonic() + seconds
        found = self._sketched()
        bound: int | None = None
        proved = True
        for wanted in (self.last, sum(self.ends.values()), *([self.spent] if self.pledges else [])):
            self.program.minimize(wanted)
            solver = _solver(until - monotonic(), seed)
            status = solver.solve(self.program)
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                found = self._read(solver)
            elif found is None:
                raise self._nothing(status == cp_model.INFEASIBLE, seconds)
            if bound is None:
                bound = max(0, round(solver.best_objective_bound)) * self.unit
            proved = status == cp_model.OPTIMAL
            if not proved:
                break
            self.program.add(wanted <= round(solver.objective_value))
            self._hint(solver)
        assert found is not None
        return *found, bound or 0, proved

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

    def _find_unit(self) -> int:
        situation = self.situation
        counted = {minutes for task in self.free for minutes in (task.review, task.issue)} | {situation.floor}
        notices = {task.notice for task in self.free if task.notice}
        for piece in (piece for pieces in self.begun.values() for piece in pieces.values()):
            counted.add(piece.minutes)
            if piece.notice is not None:
                notices.add(piece.notice.days)
            elif piece.minutes or piece.since is None:
                counted.add(piece.earliest)
        for days in notices:
            assert situation.line is not None
            counted.update(notice_of(days, situation.line, situation.mornings).values)
        return gcd(*counted) or 1

    def _find_horizon(self) -> int:
        """Return a minute by which a best plan is over."""
        if self.sketch is not None:
            return -(-self.sketch.worth[0] // self.unit) * self.unit
        assert self.situation.line is not None
        return self.situation.line.last_minute

    def _add_task(self, task: Task) -> None:
        program, minutes = self.program, task.review // self.unit
        for mode in task.modes:
            if mode in self.modes and (mode is not Mode.EARLY or self.drafts_from + minutes <= 0):
                self.mode[task.key, mode] = program.new_bool_var("")
        literals = [self.mode[task.key, mode] for mode in task.modes if (task.key, mode) in self.mode]
        program.add_exactly_one(literals)
        issue = self._add_issue(task)
        reviewed = [
            self.mode[key] for key in ((task.key, Mode.NORMAL), (task.key, Mode.LATE)) if key in self.mode
        ]
        present = program.new_bool_var("")
        program.add(sum(reviewed) == present)
        then = issue
        if task.notice:
            then = program.new_int_var(min(self.drafts_from, self.floor), self.high, "")
            self.begin[task.key, Part.NOTICE] = then
            self._add_notice(task.notice, then, issue)
            if (task.key, Mode.PLEDGE) in self.mode:
                program.add(then >= self.floor).only_enforce_if(self.mode[task.key, Mode.PLEDGE])
        self._add_review(task, Mode.NORMAL, present, then, self.floor, self.high)
        if (task.key, Mode.EARLY) in self.mode:
            early = self.mode[task.key, Mode.EARLY]
            self.drafted[task.key] = (
                self._add_review(task, Mode.EARLY, early, then, self.drafts_from, -minutes) + minutes
            )

    def _add_issue(self, task: Task, earliest: int = 0) -> Any:
        """Add the issue of a task that has not been begun; `earliest` is a minute."""
        minutes = task.issue // self.unit
        begin = self.program.new_int_var(max(self.floor, -(-earliest // self.unit)), self.high, "")
        self.begin[task.key, Part.ISSUE] = begin
        self.ends[task.key] = begin + minutes
        if minutes:
            self.used[task.department].append(self.program.new_fixed_size_interval_var(begin, minutes, ""))
        return begin

    def _add_review(self, task: Task, mode: Mode, present: Any, then: Any, first: int, last: int) -> Any:
        program, minutes = self.program, task.review // self.unit
        begin = program.new_int_var(first, last, "")
        self.begin[task.key, mode] = begin
        program.add(begin + minutes <= then).only_enforce_if(present)
        if minutes:
            self.used[task.department].append(
                program.new_optional_fixed_size_interval_var(begin, minutes, present, "")
            )
        return begin

    def _add_notice(self, days: int, posted: Any, issue: Any) -> None:
        """Add that an issue waits for a notice."""
        line = self.situation.line
        assert line is not None
        notice = notice_of(days, line, self.situation.mornings)
        low = min(self.drafts_from, self.floor) * self.unit
        self.program.add(
            issue >= add_notice(self.program, notice, posted, low, self.high * self.unit, self.unit)
        )

    def _add_begun(self, task: Task) -> None:
        """Add what is left of a task that has begun."""
        pieces = self.begun[task.key]
        issue, review = pieces[Part.ISSUE], pieces.get(Part.REVIEW)
        if self._is_over(pieces):
            self.ends[task.key] = -(-issue.earliest // self.unit)
            return
        if issue.since is not None:
            self.ends[task.key] = self._add_in_hand(issue)
            return
        assert review is not None
        reviewed = self._add_in_hand(review)
        if self.situation.modes[task.key] is Mode.EARLY:
            self.drafted[task.key] = reviewed
        begin = self._add_issue(task, issue.earliest)
        notice = pieces.get(Part.NOTICE)
        if notice is None:
            self.program.add(begin >= reviewed)
        elif review.fixed:
            self.program.add(begin >= notice.end(review.earliest + review.minutes) // self.unit)
        else:
            self._add_notice(task.notice, reviewed, begin)

    def _add_in_hand(self, piece: Piece) -> Any:
        """Add what is left of a piece; return when it is over."""
        minutes = piece.minutes // self.unit
        if piece.fixed:
            end = -(-(piece.earliest + piece.minutes) // self.unit)
            if minutes:
                self.in_hand[piece.department].append(end)
            return end
        begin = self.program.new_int_var(-(-piece.earliest // self.unit), self.high, "")
        self.begin[piece.task, piece.part] = begin
        if minutes:
            self.used[piece.department].append(self.program.new_fixed_size_interval_var(begin, minutes, ""))
        return begin + minutes

    def _add_capacity(self, department: str) -> None:
        places, intervals = self.network.departments[department], list(self.used[department])
        now = (self.situation.now or 0) // self.unit
        # more may be in hand than there are people: then those that are over last keep the others waiting
        intervals += [
            self.program.new_fixed_size_interval_var(now, end - now, "")
            for end in sorted(self.in_hand[department])[-places:]
        ]
        if len(intervals) <= places:
            return
        if places == 1:
            self.program.add_no_overlap(intervals)
        else:
            self.program.add_cumulative(intervals, [1] * len(intervals), places)

    def _add_link(self, link: Link) -> None:
        program, then = self.program, self.network.by_key[link.then]
        issue = self.begin.get((link.then, Part.ISSUE))
        first = self.begun.get(link.first)
        if issue is None or (first is not None and self._is_over(first)):
            return
        end = self.ends[link.first]
        program.add(end <= issue)
        if link.then in self.begun:
            return
        waits = [Mode.NORMAL] if link.document in then.late else [Mode.NORMAL, Mode.LATE]
        for mode in waits:
            if (link.then, mode) in self.mode:
                program.add(end <= self.begin[link.then, Mode.NORMAL]).only_enforce_if(
                    self.mode[link.then, mode]
                )
        if then.notice and (link.then, Mode.PLEDGE) in self.mode:
            program.add(end <= self.begin[link.then, Part.NOTICE]).only_enforce_if(
                self.mode[link.then, Mode.PLEDGE]
            )
        if (link.then, Mode.EARLY) in self.mode and link.first in self.drafted:
            both = [
                self.mode[key]
                for key in ((link.then, Mode.EARLY), (link.first, Mode.EARLY))
                if key in self.mode
            ]
            program.add(self.drafted[link.first] <= self.begin[link.then, Mode.EARLY]).only_enforce_if(both)

    @staticmethod
    def _is_over(pieces: dict[Part, Piece]) -> bool:
        return pieces[Part.ISSUE].fixed and not pieces[Part.ISSUE].minutes

    def _sketched(self) -> tuple[dict[str, Mode], Starts] | None:
        """Return the plan that the solver starts from, and tell it."""
        if self.sketch is None:
            return None
        modes, starts = dict(self.sketch.modes), Starts()
        for piece, start in zip(self.sketch.pieces, self.sketch.starts, strict=True):
            starts[piece.task, piece.part] = start
        for (key, part), variable in self.begin.items():
            named = part if isinstance(part, Part) else Part.REVIEW
            if (key, named) in starts and self._is_as(part, modes.get(key, Mode.NORMAL)):
                self.program.add_hint(variable, starts[key, named] // self.unit)
        for (key, mode), literal in self.mode.items():
            self.program.add_hint(literal, mode is modes.get(key, Mode.NORMAL))
        return modes, starts

    @staticmethod
    def _is_as(part: Mode | Part, mode: Mode) -> bool:
        """Return whether the begin of a part is that of a task handled in a mode."""
        return isinstance(part, Part) or (part is Mode.EARLY) == (mode is Mode.EARLY)

    def _nothing(self, infeasible: bool, seconds: float) -> EngineError:
        line = self.situation.line
        assert line is not None
        if infeasible:
            message = f"no plan is over in working time confirmed from {line.calendar.first} to {line.last}"
            first, last = line.calendar.first, line.last
            return EngineError("beyond_calendar", message, day=last, first=first, last=last)
        return EngineError("plan_not_found", f"no plan was found in {seconds} s", seconds=seconds)

    def _read(self, solver: Any) -> tuple[dict[str, Mode], Starts]:
        modes = {key: mode for (key, mode), chosen in self.mode.items() if solver.boolean_value(chosen)}
        starts: Starts = {}
        for (key, part), variable in self.begin.items():
            if isinstance(part, Part):
                starts[key, part] = solver.value(variable) * self.unit
        for key, mode in modes.items():
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
