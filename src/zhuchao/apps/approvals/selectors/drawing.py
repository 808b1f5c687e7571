"""Pictures of a procedure in numbers: the network in layers, and a plan as bars over working time. Sizes in pixels."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from django.utils.translation import gettext as _

from zhuchao.engines.scheduling import Mode, Part, Plan, WorkLine
from zhuchao.engines.scheduling.files import Template, TemplateTask

from ..wording import mode_word, part_word, show_minutes

NODE_WIDTH: Final = 172
NODE_HEIGHT: Final = 66
LINES: Final = (8, 12)  # characters of a task's name in the two lines of its node
DAY: Final = 420

_GAP_X: Final = 52
_GAP_Y: Final = 14
_GAP_PASSING: Final = 4  # between arrows that pass a layer side by side
_DUMMY: Final = 6  # height that an arrow takes where it passes a layer
_EDGE: Final = 12
_SWEEPS: Final = 12
_MOST: Final = 5  # tasks in a column
_ROW: Final = 26
_LABEL: Final = 232
_AXIS: Final = 34
_FULL: Final = 980
_TICKS: Final = 9


@dataclass(frozen=True, slots=True)
class Node:
    """A task as a box; ``hue`` is that of its department."""

    task: TemplateTask
    x: float
    y: float
    hue: int
    lines: tuple[str, ...]
    is_critical: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """What passes from one task to another; ``document`` is empty where only the order is set."""

    first: str
    then: str
    document: str
    path: str
    x: float
    y: float
    is_critical: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class NetworkDrawing:
    """A network: boxes and arrows, from left to right."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    departments: tuple[tuple[str, int], ...]


def hues_of(template: Template) -> dict[str, int]:
    """Return a hue of the colour wheel for each department that works on a task."""
    names = list(dict.fromkeys(task.department for task in template.tasks))
    # neighbours in the list stand far from each other on the wheel
    return {name: number * 360 * 5 // max(len(names), 1) % 360 for number, name in enumerate(names)}


def draw_network(template: Template, critical: Collection[str] = ()) -> NetworkDrawing:
    """Return the picture of a network; what is ``critical`` (keys of tasks) stands out."""
    links = template.network.links
    waits: dict[str, list[str]] = {task.key: [] for task in template.tasks}
    leads: dict[str, list[str]] = {task.key: [] for task in template.tasks}
    for link in links:
        waits[link.then].append(link.first)
        leads[link.first].append(link.then)
    layers = _split(_layers(template.network.order, waits, leads))
    ways = {(link.first, link.then): _way(link.first, link.then, layers) for link in links}
    places = _places(template, layers, ways)
    columns = max(layers.values()) + 1
    bottom = max(y + (NODE_HEIGHT if "|" not in name else _DUMMY) for name, y in places.items())
    hues, known = hues_of(template), template.by_key
    nodes = tuple(
        Node(
            task,
            _x(layers[task.key]),
            places[task.key],
            hues[task.department],
            _lines(task.name),
            task.key in critical,
            _hint(task),
        )
        for task in template.tasks
    )
    arrows = []
    for link in links:
        path, x, y = _path(ways[link.first, link.then], layers, places)
        both = link.first in critical and link.then in critical
        late = link.document in known[link.then].late
        arrows.append(Arrow(link.first, link.then, link.document, path, x, y, both, late))
    width = columns * NODE_WIDTH + (columns - 1) * _GAP_X + 2 * _EDGE
    return NetworkDrawing(width, ceil(bottom) + _EDGE, nodes, tuple(arrows), tuple(hues.items()))


def _layers(
    order: Sequence[str], waits: Mapping[str, Sequence[str]], leads: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """Return the column of each task: after the longest chain before it, or just before what it leads to."""
    layers: dict[str, int] = {}
    for key in order:
        layers[key] = max((layers[first] + 1 for first in waits[key]), default=0)
    for key in reversed(order):
        if leads[key] and len(leads[key]) >= len(waits[key]):
            layers[key] = min(layers[then] for then in leads[key]) - 1
    return layers


def _split(layers: Mapping[str, int]) -> dict[str, int]:
    """Return columns of at most ``_MOST`` tasks: a taller one stands in several side by side, so that none towers."""
    found: dict[str, int] = {}
    left = 0
    for layer in range(max(layers.values()) + 1):
        keys = [key for key, place in layers.items() if place == layer]
        parts = max(1, ceil(len(keys) / _MOST))
        for number, key in enumerate(keys):
            found[key] = left + number * parts // len(keys)
        left += parts
    return found


def _way(first: str, then: str, layers: Mapping[str, int]) -> tuple[str, ...]:
    """Return what an arrow passes: its tasks, and a place of its own in each layer between them."""
    between = (f"{first}|{then}|{layer}" for layer in range(layers[first] + 1, layers[then]))
    return (first, *between, then)


def _places(
    template: Template, layers: Mapping[str, int], ways: Mapping[tuple[str, str], Sequence[str]]
) -> dict[str, float]:
    """Return the upper edge of every task and passing arrow, ordered so that few arrows cross."""
    columns: list[list[str]] = [[] for _ in range(max(layers.values()) + 1)]
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    lanes = {lane: number for number, lane in enumerate(template.lanes)}
    for task in sorted(template.tasks, key=lambda one: lanes.get(one.lane, len(lanes))):
        columns[layers[task.key]].append(task.key)
    for way in ways.values():
        for name in way[1:-1]:
            columns[int(name.rpartition("|")[2])].append(name)
        for first, then in itertools.pairwise(way):
            after.setdefault(first, []).append(then)
            before.setdefault(then, []).append(first)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for column in columns if forth else reversed(columns):
            rank = {name: number for some in columns for number, name in enumerate(some)}
            beside = before if forth else after
            column.sort(
                key=lambda name: (
                    sum(rank[one] for one in beside[name]) / len(beside[name])
                    if name in beside
                    else rank[name]
                )
            )
    heights = [sum(_height(name) + _gap(name) for name in column) for column in columns]
    places: dict[str, float] = {}
    for column, height in zip(columns, heights, strict=True):
        y = _EDGE + (max(heights) - height) / 2
        for name in column:
            places[name] = y
            y += _height(name) + _gap(name)
    return places


def _height(name: str) -> int:
    return _DUMMY if "|" in name else NODE_HEIGHT


def _gap(name: str) -> int:
    return _GAP_PASSING if "|" in name else _GAP_Y


def _x(layer: int) -> float:
    return _EDGE + layer * (NODE_WIDTH + _GAP_X)


def _path(
    way: Sequence[str], layers: Mapping[str, int], places: Mapping[str, float]
) -> tuple[str, float, float]:
    """Return the line of an arrow and the place of its word."""
    x, y = _x(layers[way[0]]) + NODE_WIDTH, places[way[0]] + NODE_HEIGHT / 2
    parts = [f"M{x:.0f} {y:.0f}"]
    word = (x + _GAP_X / 2, y)
    for name in way[1:]:
        layer = int(name.rpartition("|")[2]) if "|" in name else layers[name]
        to_x, to_y = _x(layer), places[name] + _height(name) / 2
        middle = (x + to_x) / 2
        parts.append(f"C{middle:.0f} {y:.0f} {middle:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}")
        if len(parts) == 2:
            word = (middle, (y + to_y) / 2)
        x, y = to_x, to_y
        if "|" in name:
            x += NODE_WIDTH
            parts.append(f"H{x:.0f}")
    return "".join(parts), word[0], word[1]


def _lines(name: str) -> tuple[str, ...]:
    first, second = LINES
    rest = name[first:]
    if not rest:
        return (name,)
    return name[:first], rest if len(rest) <= second else f"{rest[: second - 1]}…"


def _hint(task: TemplateTask) -> str:
    how = [mode_word(mode) for mode in task.task.modes if mode is not Mode.NORMAL]
    return "\n".join(
        filter(
            None,
            (
                f"{task.key} {task.name}",
                task.department,
                _("审查 {review}，出件 {issue}").format(
                    review=show_minutes(task.review), issue=show_minutes(task.issue)
                ),
                " · ".join(how),
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """A review or an issue of a task as a bar."""

    x: float
    width: float
    part: Part
    is_critical: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Row:
    """A task with its bars; ``department`` is empty where it is that of the row above."""

    key: str
    name: str
    department: str
    hue: int
    y: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the ruler with its word."""

    x: float
    word: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """A plan as bars over working time: nights, breaks and holidays take no room.

    ``zero`` is where the case begins, None where nothing is planned before.
    """

    width: int
    height: int
    label: int
    axis: int
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    zero: float | None


def draw_gantt(template: Template, plan: Plan, line: WorkLine | None = None) -> Gantt:
    """Return the picture of a plan, its tasks by department; with a line the ruler tells days and hours."""
    begin = min(0, *(span[0] for work in plan.works for span in (work.review or work.issue, work.issue)))
    end = max(plan.finish, 1)
    # what is done before the start takes days, what is done after it often hours: each has a scale of its own
    share = 0.4 if begin < 0 else 0.0
    room = _FULL - _LABEL - 3 * _EDGE
    left, zero = _LABEL + _EDGE, _LABEL + _EDGE + room * share

    def x(minute: float) -> float:
        if minute < 0:
            return zero + minute / -begin * room * share
        return zero + minute / end * room * (1 - share)

    chain = {(link.task, link.part) for link in plan.chain}
    hues, works = hues_of(template), {work.task: work for work in plan.works}
    rows, last = [], ""
    places = {name: number for number, name in enumerate(hues)}
    for number, task in enumerate(sorted(template.tasks, key=lambda one: places[one.department])):
        work = works[task.key]
        bars = []
        for part, span in ((Part.NOTICE, work.notice), (Part.REVIEW, work.review), (Part.ISSUE, work.issue)):
            if span is None or (span[0] == span[1] and part is not Part.ISSUE):
                continue
            said = _("{task} {part}：{begin} 至 {end}").format(
                task=task.key,
                part=part_word(part),
                begin=_moment(line, span[0], begins=True),
                end=_moment(line, span[1], begins=False),
            )
            hint = f"{said}\n{mode_word(work.mode)}"
            wide = max(x(span[1]) - x(span[0]), 3)
            bars.append(Bar(x(span[0]), wide, part, (task.key, part) in chain, hint))
        shown = "" if task.department == last else task.department
        last = task.department
        rows.append(
            Row(task.key, task.name, shown, hues[task.department], _AXIS + number * _ROW, tuple(bars))
        )
    ticks = [Tick(x(minute), _tick(line, minute)) for minute in _ruler(begin, 0)] if begin < 0 else []
    ticks += [Tick(x(minute), _tick(line, minute, fine=end <= 2 * DAY)) for minute in _ruler(0, end)]
    height = _AXIS + len(rows) * _ROW + _EDGE
    return Gantt(_FULL, height, left, _AXIS, tuple(rows), tuple(ticks), zero if begin < 0 else None)


def _ruler(low: int, high: int) -> list[int]:
    """Return where a ruler is marked: whole days, or whole hours and half hours of a short span."""
    wide = high - low
    steps = (30, 60, 120, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 20 * DAY, 50 * DAY, 100 * DAY)
    step = next((one for one in steps if wide / one <= _TICKS), steps[-1])
    first = -(-low // step) * step
    return [minute for minute in range(first, high + 1, step) if minute != 0 or low == 0]


def _tick(line: WorkLine | None, minute: int, *, fine: bool = False) -> str:
    if line is None:
        return show_minutes(minute) if fine else _("第 {day} 天").format(day=minute // DAY)
    moment = line.begins(minute)
    return f"{moment:%H:%M}" if fine else f"{moment:%m-%d}"


def _moment(line: WorkLine | None, minute: int, *, begins: bool) -> str:
    if line is None:
        return show_minutes(minute)
    moment = line.begins(minute) if begins else line.ends(minute)
    return f"{moment:%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many runs were over when, as bars; ``before`` are those of the scenario it is compared with, as a line.

    ``marks``: (x, kind, word) of the plan, of even odds and of four in five, and of the end of the first day.
    """

    width: int
    height: int
    base: int
    bars: tuple[tuple[float, float, float, float], ...]
    before: str
    marks: tuple[tuple[float, str, str], ...]
    ticks: tuple[Tick, ...]


_CHART: Final = (760, 230, 196)  # width, height, the line on which bars stand
_TOP: Final = 26


def draw_histogram(
    bars: Sequence[tuple[float, float, int]],
    marks: Sequence[tuple[float, str, str]],
    line: WorkLine,
    before: Sequence[tuple[float, float, int]] = (),
) -> Histogram:
    """Return the picture of a distribution over working minutes; ``marks``: (minute, kind, word)."""
    width, height, base = _CHART
    told = [*bars, *before]
    places = [*(low for low, _high, _runs in told), *(minute for minute, _kind, _word in marks)]
    low = min(places)
    high = max(*(end for _low, end, _runs in told), *(minute for minute, _kind, _word in marks), low + 1)
    room = width - 2 * _EDGE

    def x(minute: float) -> float:
        return _EDGE + (minute - low) / (high - low) * room

    # areas say how many runs there are, so that bars of two widths can be compared
    dense = [runs / max(end - begin, 1e-9) for begin, end, runs in told]
    top = max(dense)

    def rise(begin: float, end: float, runs: int) -> float:
        return (base - _TOP) * runs / max(end - begin, 1e-9) / top

    drawn = tuple(
        (x(begin), base - rise(begin, end, runs), max(x(end) - x(begin) - 1, 0.5), rise(begin, end, runs))
        for begin, end, runs in bars
    )
    steps = "".join(
        f"{'L' if number else 'M'}{x(begin):.1f} {base - rise(begin, end, runs):.1f}H{x(end):.1f}"
        for number, (begin, end, runs) in enumerate(before)
    )
    fine = high <= 2 * DAY
    ticks = tuple(Tick(x(at), _tick(line, at, fine=fine)) for at in _ruler(int(low), int(high)))
    placed = tuple((x(minute), kind, word) for minute, kind, word in marks)
    return Histogram(width, height, base, drawn, steps, placed, ticks)


@dataclass(frozen=True, slots=True)
class Queue:
    """A department with its work as bars, one row below another where several are worked on at once."""

    name: str
    y: float
    height: float
    bars: tuple[tuple[float, float, float, int, bool, str], ...]


@dataclass(frozen=True, slots=True)
class Queues:
    """The work of departments over working time. A bar: x, y, width, hue of its case, whether a review, words."""

    width: int
    height: int
    axis: int
    queues: tuple[Queue, ...]
    ticks: tuple[Tick, ...]


_THIN: Final = 14
_GOLDEN: Final = 137  # degrees by which the hues of neighbouring cases differ


def draw_queues(works: Mapping[str, Sequence[tuple[int, int, int, bool, str]]], line: WorkLine) -> Queues:
    """Return the picture of what departments do; each piece: start, finish, case, whether a review, words."""
    end = max((work[1] for some in works.values() for work in some), default=1)
    left, room = _LABEL + _EDGE, _FULL - _LABEL - 3 * _EDGE

    def x(minute: float) -> float:
        return left + minute / end * room

    queues, y = [], float(_AXIS)
    for name, some in works.items():
        free: list[int] = []  # when each row is free again
        bars = []
        for start, finish, case, is_review, words in sorted(some):
            row = next((number for number, until in enumerate(free) if until <= start), len(free))
            free[row : row + 1] = [finish]
            hue = case * _GOLDEN % 360
            top = y + 4 + row * _THIN
            bars.append((x(start), top, max(x(finish) - x(start), 2.0), hue, is_review, words))
        height = max(_ROW, len(free) * _THIN + 8)
        queues.append(Queue(name, y, height, tuple(bars)))
        y += height
    ticks = tuple(Tick(x(at), _tick(line, at, fine=end <= DAY)) for at in _ruler(0, end))
    return Queues(_FULL, int(y) + _EDGE, _AXIS, tuple(queues), ticks)
