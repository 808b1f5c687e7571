"""A few cases of a portfolio planned anew, all others left as they are."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from ortools.sat.python import cp_model

from zhuchao.engines.scheduling.cases import LATENESS_WEIGHT, Case, finish_of
from zhuchao.engines.scheduling.pieces import Piece
from zhuchao.engines.scheduling.posting import add_notice

_WORK: Final = 0.1  # of the solver for one window, in its own measure of time, the same on every machine
_MINUTE: Final = timedelta(minutes=1)


def improve(
    cases: Sequence[Case],
    departments: Mapping[str, int],
    starts: Sequence[list[int]],
    chosen: Sequence[int],
    seconds: float,
    seed: int,
) -> list[list[int]]:
    """Return when every piece begins once the chosen cases are planned anew; never at a higher cost."""
    window = _Window(cases, departments, starts, chosen)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = _WORK
    solver.parameters.max_time_in_seconds = max(seconds, 0.0)
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    better = [list(begun) for begun in starts]
    found = solver.solve(window.program) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    if found and round(solver.objective_value) < window.now:
        for (number, place), variable in window.begin.items():
            better[number][place] = solver.value(variable)
        for number in chosen:
            _post_at_once(cases[number], better[number])
    return better


class _Window:
    """The program of a few cases among the others; `now` is what they cost as they are."""

    def __init__(
        self,
        cases: Sequence[Case],
        departments: Mapping[str, int],
        starts: Sequence[list[int]],
        chosen: Sequence[int],
    ) -> None:
        self.program = cp_model.CpModel()
        ends = {number: finish_of(cases[number], starts[number]) for number in chosen}
        self.now = sum(end + LATENESS_WEIGHT * max(0, end - cases[n].due) for n, end in ends.items())
        self.low = min(0, *(cases[number].release for number in chosen))
        # room for the greatest of them to make way for the others
        self.high = max(ends.values()) + max(sum(map(_room, cases[number].pieces)) for number in chosen)
        self.used: dict[str, list[Any]] = {name: [] for name in departments}
        self.begin: dict[tuple[int, int], Any] = {}
        self.surplus = _surplus(cases, departments)
        cost = [self._add(number, cases[number], starts[number]) for number in chosen]
        others = [number for number in range(len(cases)) if number not in ends]
        for name, busy in self._busy(cases, starts, others).items():
            self._add_capacity(departments[name], self.used[name], busy)
        self.program.minimize(sum(cost))

    def _add(self, number: int, case: Case, begun: Sequence[int]) -> Any:
        """Add a case; return what it costs, as an expression."""
        program = self.program
        end = program.new_int_var(self.low, self.high, "")
        over: list[Any] = []
        for place, (start, piece) in enumerate(zip(begun, case.pieces, strict=True)):
            begin: Any = start
            if not piece.fixed:
                begin = program.new_int_var(case.opens(piece), self.high, "")
                self.begin[number, place] = begin
                program.add_hint(begin, start)
                for earlier, _ in piece.after:
                    program.add(over[earlier] <= begin)
            if piece.notice is None:
                over.append(begin + piece.minutes)
                self._use(number, place, piece, begin)
            else:
                over.append(add_notice(program, piece.notice, begin, case.opens(piece), self.high))
            program.add(over[place] <= end)
        late = program.new_int_var(0, max(0, self.high - case.due), "")
        program.add(late >= end - case.due)
        return end + LATENESS_WEIGHT * late

    def _use(self, number: int, place: int, piece: Piece, begin: Any) -> None:
        if piece.minutes and (number, place) not in self.surplus:
            self.used[piece.department].append(
                self.program.new_fixed_size_interval_var(begin, piece.minutes, "")
            )

    def _busy(
        self, cases: Sequence[Case], starts: Sequence[list[int]], others: Sequence[int]
    ) -> dict[str, list[tuple[int, int, int]]]:
        """Return for each department the spans within the window in which others keep people busy, and how many."""
        changes: dict[str, dict[int, int]] = {name: {} for name in self.used}
        for number in others:
            for place, piece in enumerate(cases[number].pieces):
                begin = max(starts[number][place], self.low)
                end = min(starts[number][place] + piece.minutes, self.high)
                if begin < end and (number, place) not in self.surplus:
                    change = changes[piece.department]
                    change[begin] = change.get(begin, 0) + 1
                    change[end] = change.get(end, 0) - 1
        found: dict[str, list[tuple[int, int, int]]] = {}
        for name, change in changes.items():
            spans, since, people = found.setdefault(name, []), self.low, 0
            for minute in sorted(minute for minute, some in change.items() if some):
                if people:
                    spans.append((since, minute, people))
                since, people = minute, people + change[minute]
        return found

    def _add_capacity(self, places: int, used: list[Any], busy: list[tuple[int, int, int]]) -> None:
        if not used:
            return
        held = [self.program.new_fixed_size_interval_var(begin, end - begin, "") for begin, end, _ in busy]
        if places == 1:
            self.program.add_no_overlap([*used, *held])
        else:
            amounts = [1] * len(used) + [people for _, _, people in busy]
            self.program.add_cumulative([*used, *held], amounts, places)


def _surplus(cases: Sequence[Case], departments: Mapping[str, int]) -> set[tuple[int, int]]:
    """Return what is in hand beyond the people there are, less what is over last: that keeps the others waiting."""
    in_hand: dict[str, list[tuple[int, int, int]]] = {name: [] for name in departments}
    for number, case in enumerate(cases):
        for place, piece in enumerate(case.pieces if case.begun else ()):
            if piece.fixed and piece.minutes:
                in_hand[piece.department].append((piece.earliest + piece.minutes, number, place))
    return {
        (number, place)
        for name, some in in_hand.items()
        for _, number, place in sorted(some, reverse=True)[departments[name] :]
    }


def _room(piece: Piece) -> int:
    """Return the minutes that a piece takes at most, whenever it begins."""
    if piece.notice is None:
        return piece.minutes
    return (piece.notice.days + 1) * (piece.notice.line.hours.length // _MINUTE)


def _post_at_once(case: Case, starts: list[int]) -> None:
    """Post each notice when its review is over: what it keeps waiting may begin later than that."""
    for place, piece in enumerate(case.pieces):
        if piece.notice is not None:
            ends = (case.pieces[earlier].end(starts[earlier]) for earlier, _ in piece.after)
            starts[place] = max([case.opens(piece), *ends])
