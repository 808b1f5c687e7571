"""A few cases of a portfolio planned anew, all others left as they are."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ortools.sat.python import cp_model

from zhuchao.engines.scheduling.cases import LATENESS_WEIGHT, Case
from zhuchao.engines.scheduling.pieces import Piece

_WORK: Final = 0.5  # of the solver for one window, in its own measure of time, the same on every machine


def improve(
    cases: Sequence[Case],
    departments: Mapping[str, int],
    starts: Sequence[list[int]],
    chosen: Sequence[int],
    seed: int,
) -> list[list[int]]:
    """Return when every piece begins once the chosen cases are planned anew; never at a higher cost."""
    program = cp_model.CpModel()
    low = min(cases[number].release for number in chosen)
    # room for the greatest of them to make way for the others
    high = max(start + piece.minutes for number in chosen for start, piece in _begun(cases, starts, number))
    high += max(sum(piece.minutes for piece in cases[number].pieces) for number in chosen)
    used: dict[str, list[Any]] = {name: [] for name in departments}
    begin: dict[tuple[int, int], Any] = {}
    cost: list[Any] = []
    for number, case in enumerate(cases):
        if number not in chosen:
            for start, piece in _begun(cases, starts, number):
                if piece.minutes and start < high and start + piece.minutes > low:
                    used[piece.department].append(
                        program.new_fixed_size_interval_var(start, piece.minutes, "")
                    )
            continue
        end = program.new_int_var(case.release, high, "")
        late = program.new_int_var(0, max(0, high - case.due), "")
        program.add(late >= end - case.due)
        cost.append(end + LATENESS_WEIGHT * late)
        for place, (start, piece) in enumerate(_begun(cases, starts, number)):
            begun = program.new_int_var(case.release, high, "")
            begin[number, place] = begun
            program.add_hint(begun, start)
            program.add(begun + piece.minutes <= end)
            for earlier, _ in piece.after:
                program.add(begin[number, earlier] + case.pieces[earlier].minutes <= begun)
            if piece.minutes:
                used[piece.department].append(program.new_fixed_size_interval_var(begun, piece.minutes, ""))
    for name, intervals in used.items():
        if departments[name] == 1:
            program.add_no_overlap(intervals)
        else:
            program.add_cumulative(intervals, [1] * len(intervals), departments[name])
    now = 0
    for number in chosen:
        end_now = max(start + piece.minutes for start, piece in _begun(cases, starts, number))
        now += end_now + LATENESS_WEIGHT * max(0, end_now - cases[number].due)
    program.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = _WORK
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    better = [list(begun) for begun in starts]
    if solver.solve(program) in (cp_model.OPTIMAL, cp_model.FEASIBLE) and round(solver.objective_value) < now:
        for (number, place), variable in begin.items():
            better[number][place] = solver.value(variable)
    return better


def _begun(cases: Sequence[Case], starts: Sequence[list[int]], number: int) -> list[tuple[int, Piece]]:
    return list(zip(starts[number], cases[number].pieces, strict=True))
