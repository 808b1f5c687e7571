"""The shortest schedule of a general project, with a proof or a bound."""

from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.projects import Project


@dataclass(frozen=True, slots=True)
class Schedule:
    """When each job begins and in which mode (from 0); `bound` is the least that the length can be."""

    starts: tuple[int, ...]
    ways: tuple[int, ...]
    length: int
    bound: int

    @property
    def proved(self) -> bool:
        return self.length == self.bound


def solve_project(project: Project, *, seconds: float, seed: int = 0, workers: int = 1) -> Schedule:
    """Return the shortest schedule found; with one worker a proved one is the same on every machine.

    Raises:
        EngineError: project_infeasible where no modes keep the resources, project_unsolved where none was found
            in time.
    """
    program = cp_model.CpModel()
    horizon = sum(max(way.duration for way in job.ways) for job in project.jobs)
    begins: list[Any] = []
    ends: list[Any] = []
    chosen: list[list[Any]] = []
    used: list[list[tuple[Any, int]]] = [[] for _ in project.capacities]
    for job in project.jobs:
        begin, end = program.new_int_var(0, horizon, ""), program.new_int_var(0, horizon, "")
        literals = []
        for way in job.ways:
            literal = program.new_bool_var("")
            # one interval a mode, all with the begin and the end of the job: this propagates best
            interval = program.new_optional_interval_var(begin, way.duration, end, literal, "")
            for resource, amount in enumerate(way.uses):
                if amount:
                    used[resource].append((interval if resource < project.renewable else literal, amount))
            literals.append(literal)
        program.add_exactly_one(literals)
        begins.append(begin)
        ends.append(end)
        chosen.append(literals)
    for number, job in enumerate(project.jobs):
        for later in job.successors:
            program.add(ends[number] <= begins[later])
    for resource, uses in enumerate(used):
        amounts = [amount for _, amount in uses]
        if resource < project.renewable:
            program.add_cumulative([interval for interval, _ in uses], amounts, project.capacities[resource])
        else:
            total = cp_model.LinearExpr.weighted_sum([literal for literal, _ in uses], amounts)
            program.add(total <= project.capacities[resource])
    length = program.new_int_var(0, horizon, "")
    program.add_max_equality(length, ends)
    program.minimize(length)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.0)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    status = solver.solve(program)
    if status == cp_model.INFEASIBLE:
        raise EngineError("project_infeasible", "no modes keep the resources")
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise EngineError("project_unsolved", f"no schedule was found in {seconds} s", seconds=seconds)
    return Schedule(
        tuple(solver.value(begin) for begin in begins),
        tuple(next(n for n, one in enumerate(some) if solver.boolean_value(one)) for some in chosen),
        solver.value(length),
        round(solver.best_objective_bound),
    )
