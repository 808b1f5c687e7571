"""Plans checked rule by rule on what they tell, and every order and mode tried for small networks."""

from collections.abc import Iterator
from itertools import permutations, product

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import Ask, Mode, Network, Part, Plan, take_apart
from zhuchao.engines.scheduling.notices import Notice
from zhuchao.engines.scheduling.placing import place_in_order


def every_plan(network: Network, ask: Ask) -> Iterator[tuple[int, int, int]]:
    """Yield the last certificate, the sum of all and the credit used of every order under every mode."""
    begun = ask.situation.modes
    choices = [(begun[task.key],) if task.key in begun else task.modes for task in network.tasks]
    for chosen in product(*choices):
        modes = {task.key: mode for task, mode in zip(network.tasks, chosen, strict=True)}
        credit = sum(task.credit for task in network.tasks if modes[task.key] is Mode.PLEDGE)
        fresh = sum(
            task.credit for task in network.tasks if modes[task.key] is Mode.PLEDGE and task.key not in begun
        )
        if credit > ask.credit and fresh:
            continue
        pieces = take_apart(network, modes, situation=ask.situation)
        fixed = [number for number, piece in enumerate(pieces) if piece.fixed]
        free = [number for number, piece in enumerate(pieces) if not piece.fixed]
        for order in permutations(free):
            place = {number: position for position, number in enumerate((*fixed, *order))}
            if any(place[some] > place[number] for number in order for some, _ in pieces[number].after):
                continue
            try:
                starts = place_in_order(pieces, network.departments, (*fixed, *order))
                ends = [piece.end(start) for start, piece in zip(starts, pieces, strict=True)]
            except EngineError:  # a notice that is over too late for the calendar
                continue
            if any(p.before is not None and end > p.before for p, end in zip(pieces, ends, strict=True)):
                continue
            issued = [end for piece, end in zip(pieces, ends, strict=True) if piece.part is Part.ISSUE]
            yield max(issued), sum(issued), fresh


def check(network: Network, ask: Ask, found: Plan) -> None:
    """Check every rule on the works of a plan of which nothing has begun, without the pieces it was made of."""
    works = {work.task: work for work in found.works}
    assert set(works) == {task.key for task in network.tasks}
    busy: dict[str, list[tuple[int, int]]] = {name: [] for name in network.departments}
    for task in network.tasks:
        work = works[task.key]
        assert work.mode in task.modes
        assert work.issue[1] - work.issue[0] == task.issue
        assert work.issue[0] >= 0
        busy[task.department].append(work.issue)
        assert (work.review is None) == (work.mode is Mode.PLEDGE)
        if work.review is not None:
            assert work.review[1] - work.review[0] == task.review
            assert work.review[1] <= work.issue[0]
            assert work.review[0] >= (-ask.pre_review if work.mode is Mode.EARLY else 0)
            assert work.mode is not Mode.EARLY or work.review[1] <= 0
            busy[task.department].append(work.review)
        assert (work.notice is None) == (task.notice == 0)
        if work.notice is not None:
            assert ask.line is not None
            posted, over = work.notice
            assert posted >= (0 if work.review is None else work.review[1])
            assert Notice(task.notice, ask.line).ends(posted) == over <= work.issue[0]
    for link in network.links:
        first, then = works[link.first], works[link.then]
        assert first.issue[1] <= then.issue[0]
        lateable = then.mode is Mode.LATE and link.document in network.by_key[link.then].late
        if then.review is not None and then.mode is not Mode.EARLY and not lateable:
            assert first.issue[1] <= then.review[0]
        if then.notice is not None and then.mode is Mode.PLEDGE:
            assert first.issue[1] <= then.notice[0]
        if first.mode is then.mode is Mode.EARLY:
            assert first.review is not None
            assert then.review is not None
            assert first.review[1] <= then.review[0]
    for name, spans in busy.items():
        for begin, end in spans:
            at_once = sum(1 for some, other in spans if some <= begin < other)
            assert begin == end or at_once <= network.departments[name]
