"""The quickest plan of a network on departments that are shared, with a proof or a gap."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.asking import Ask, ChainLink, Idle, Plan, Work
from zhuchao.engines.scheduling.network import Mode, Network, Task
from zhuchao.engines.scheduling.pieces import Part, Piece, take_apart
from zhuchao.engines.scheduling.placing import in_turn, place_in_order, ready_at
from zhuchao.engines.scheduling.solving import Limit, Model

_ASK: Final = Ask()


def plan(network: Network, ask: Ask = _ASK, *, seconds: float = 10.0, seed: int = 0) -> Plan:
    """Return the plan whose last certificate is the earliest, then all certificates, then with the least credit.

    A proved plan is the same on every machine; one that ran out of time is the best that was found.

    Raises:
        EngineError: deadline_infeasible with data `deadline`, `earliest` (minutes), `clashes` (groups of
            limits that each rule it out, as `find_clashes`; none where the work itself takes too long) and `chain`
            (the work that decides the earliest end); deadline_not_met where the time ran out
            before it was met or refuted; beyond_calendar where public notices are not over in confirmed working
            time, plan_not_found where it is not known in time whether they are; as `Situation.by_task`.
    """
    found = _plan(network, ask, seconds=seconds, seed=seed)
    if ask.deadline is None or found.finish <= ask.deadline:
        return found
    told = {"deadline": ask.deadline, "earliest": found.finish}
    if found.bound <= ask.deadline:
        message = f"no plan by minute {ask.deadline} was found, and none was ruled out"
        raise EngineError("deadline_not_met", message, bound=found.bound, **told)
    clashes, chain = find_clashes(network, ask, seconds=seconds, seed=seed), found.chain
    message = f"the last certificate is at minute {found.finish} at the earliest, not by {ask.deadline}"
    raise EngineError("deadline_infeasible", message, clashes=clashes, chain=chain, **told)


def find_clashes(
    network: Network, ask: Ask, *, seconds: float = 10.0, seed: int = 0
) -> tuple[tuple[Limit, ...], ...]:
    """Return groups of limits that each rule out the deadline; none where the work alone takes too long.

    Of a group no limit can be left out, and groups share no limit: one of each must be moved to meet the deadline.
    A limit of which it was not shown in time that it does not matter stays.
    """
    limits = [Limit("credit"), Limit("pre_review"), Limit("modes")]
    limits += [Limit("capacity", name) for name in dict.fromkeys(task.department for task in network.tasks)]
    groups: list[tuple[Limit, ...]] = []
    moved: frozenset[Limit] = frozenset()
    while Model(network, ask, without=moved, by_deadline=True).is_ruled_out(seconds, seed):
        without = moved
        for limit in limits:
            if Model(network, ask, without=without | {limit}, by_deadline=True).is_ruled_out(seconds, seed):
                without |= {limit}
        if not (group := tuple(limit for limit in limits if limit not in without)):
            return ()
        groups.append(group)
        moved |= set(group)
    return tuple(groups)


@dataclass(frozen=True, slots=True)
class Gain:
    """What one change of a plan gains, in minutes; None where that was not proved in time.

    Attributes:
        means: one more reviewer in a department, more credit, a longer pre-review, or a piece of the chain done at
            once (by a machine).
    """

    means: Literal["reviewer", "credit", "pre_review", "at_once"]
    minutes: int | None
    department: str = ""
    task: str = ""
    part: Part | None = None


def find_gains(
    network: Network, ask: Ask, found: Plan, *, longer: int, seconds: float = 1.0, seed: int = 0
) -> tuple[Gain, ...]:
    """Return what every single change would gain on a plan, the greatest first; none gains: nothing shortens it.

    Args:
        found: the plan under that ask.
        longer: minutes by which the pre-review would be longer, such as a working day.
        seconds: time for each change.
    """

    def gain(changed: Network, asked: Ask = ask) -> int | None:
        earliest = Model(changed, asked).earliest(seconds, seed)
        return None if earliest is None else max(found.finish - earliest, 0)

    places, gains = network.departments, []
    for name in dict.fromkeys(task.department for task in network.tasks):
        more = replace(network, departments={**places, name: places[name] + 1})
        gains.append(Gain("reviewer", gain(more), department=name))
    gains.append(Gain("credit", gain(network, replace(ask, credit=ask.credit + 1))))
    gains.append(Gain("pre_review", gain(network, replace(ask, pre_review=ask.pre_review + longer))))
    for link in found.chain:
        if link.start < link.finish and link.part is not Part.NOTICE:
            tasks = tuple(
                _at_once(task, link.part) if task.key == link.task else task for task in network.tasks
            )
            quick = gain(replace(network, tasks=tasks))
            gains.append(Gain("at_once", quick, task=link.task, part=link.part))
    return tuple(sorted(gains, key=lambda found: -(found.minutes or 0)))


def _plan(network: Network, ask: Ask, *, seconds: float, seed: int) -> Plan:
    free, planned, bound, proved = Model(network, ask).best(seconds, seed)
    modes = {**free, **ask.situation.modes}
    pieces = take_apart(network, free, situation=ask.situation)
    begins: list[int] = []
    for piece in pieces:
        if piece.fixed:
            begins.append(piece.earliest)
        elif piece.notice is not None:
            begins.append(max(pieces[number].end(begins[number]) for number, _ in piece.after))
        else:
            begins.append(planned[piece.task, piece.part])
    order = in_turn(pieces, begins)
    # taken in the order in which they were planned, nothing begins later than that
    starts = place_in_order(pieces, network.departments, order)
    spans: dict[tuple[str, Part], tuple[int, int]] = {}
    idle = []
    for number, (piece, start) in enumerate(zip(pieces, starts, strict=True)):
        since = start if piece.since is None else piece.since
        spans[piece.task, piece.part] = (since, piece.end(start))
        ready = ready_at(pieces, starts, number)
        if ready < start:
            idle.append(Idle(piece.task, piece.part, ready, start))
    known = network.by_key
    works = [
        Work(
            key,
            known[key].department,
            modes.get(key, Mode.NORMAL),
            spans.get((key, Part.REVIEW)),
            spans[key, Part.ISSUE],
            spans.get((key, Part.NOTICE)),
        )
        for key in network.order
    ]
    works.sort(key=lambda work: work.issue[1])
    finish = works[-1].issue[1]
    chain = _chain(pieces, starts, order, finish)
    mornings = ask.situation.mornings
    return Plan(tuple(works), finish, min(bound, finish), proved, chain, tuple(idle), pieces, order, mornings)


def _at_once(task: Task, part: Part) -> Task:
    return replace(task, review=0) if part is Part.REVIEW else replace(task, issue=0)


def _chain(
    pieces: Sequence[Piece], starts: Sequence[int], order: Sequence[int], finish: int
) -> tuple[ChainLink, ...]:
    """Walk back from the last certificate, each time to what was over when the piece began."""
    ends = [piece.end(start) for start, piece in zip(starts, pieces, strict=True)]
    place = {number: position for position, number in enumerate(order)}
    number = max(range(len(pieces)), key=lambda some: (ends[some], -place[some]))
    links: list[ChainLink] = []
    while True:
        piece, start = pieces[number], starts[number]
        since = start if piece.since is None else piece.since
        waits = [(some, document, False) for some, document in piece.after if ends[some] == start]
        waits += [
            (some, "", True)
            for some in order[: place[number]]
            if pieces[some].department == piece.department and pieces[some].minutes and ends[some] == start
        ]
        if start <= piece.earliest or not waits:
            links.append(ChainLink(piece.task, piece.part, since, ends[number]))
            return tuple(reversed(links))
        some, document, busy = waits[0]
        links.append(
            ChainLink(piece.task, piece.part, since, ends[number], pieces[some].task, document, busy)
        )
        number = some
