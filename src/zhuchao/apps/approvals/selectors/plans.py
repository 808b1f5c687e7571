"""Plans of a procedure on the working calendar: when everything is done, what decides it, and how sure that is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import CalendarNotKnown, WrongInput
from zhuchao.apps.core.selectors.calendar import last_confirmed_day, work_calendar
from zhuchao.apps.core.wording import listed, remarks
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import (
    Ask,
    Gain,
    Limit,
    Mode,
    Plan,
    Rehearsal,
    WorkLine,
    find_gains,
    plan,
    rehearse,
)
from zhuchao.engines.scheduling.files import Template

from ..errors import PlanImpossible
from ..wording import mode_word, part_word, say, show_minutes
from .clock import HOURS

DAY_MINUTES: Final = int(HOURS.length.total_seconds()) // 60
MOST_DAYS: Final = 250
MOST_CREDIT: Final = 20
MOST_REVIEWERS: Final = 50
MOST_SHARED: Final = 1.0
SHARED: Final = 0.15
RUNS: Final = 10_000
BARS: Final = 24
TAIL: Final = 0.05
SECONDS: Final = 5.0
"""A plan that is not proved by then comes with its gap."""

_NOBODY: Final[Mapping[str, int]] = {}


@dataclass(frozen=True)
class Scenario:
    """What a rehearsal assumes.

    Attributes:
        start: when the clock begins; work begins at the next working minute.
        pre_review_days: working days before it in which drafts are reviewed.
        credit: how much pledges may use together; 0 for a firm whose credit is bad.
        modes: ways of handling that are used where a task allows them.
        reviewers: of single departments, instead of those of the procedure.
        shared: how much slower or quicker a whole day may be.
    """

    start: datetime
    pre_review_days: int = 0
    credit: int = 3
    modes: frozenset[Mode] = frozenset(Mode)
    reviewers: Mapping[str, int] = field(default_factory=lambda: _NOBODY)
    deadline: datetime | None = None
    shared: float = SHARED


@dataclass(frozen=True)
class Planned:
    """A plan with what it was made of; ``ask`` is as the engine was asked."""

    template: Template
    scenario: Scenario
    line: WorkLine
    ask: Ask
    plan: Plan

    @property
    def finish_at(self) -> datetime:
        return self.at(self.plan.finish)

    @property
    def starts_later(self) -> datetime | None:
        """When work begins, where that is later than the start: a night, a break, a holiday."""
        return self.line.begins(0) if self.line.waits else None

    def at(self, minute: float) -> datetime:
        """Return the moment at which something is over, rounded up to a minute."""
        return self.line.ends(-int(-minute // 1))


def line_from(start: datetime) -> WorkLine:
    """Return working time from a moment on; raises CalendarNotKnown beyond the last confirmed year."""
    calendar = work_calendar()
    try:
        return WorkLine(
            calendar, HOURS, timezone.get_default_timezone(), start.replace(second=0, microsecond=0)
        )
    except EngineError as error:
        raise _beyond(error) from error


def plan_of(template: Template, scenario: Scenario, *, seconds: float = SECONDS) -> Planned:
    """Return the quickest plan of a procedure under a scenario.

    Raises CalendarNotKnown beyond the last confirmed year, WrongInput for numbers out of range, and PlanImpossible
    saying which limits clash where a deadline cannot be met.
    """
    _refuse_numbers(template, scenario)
    template = with_reviewers(template, scenario.reviewers)
    line = line_from(scenario.start)
    try:
        ask = Ask(
            pre_review=scenario.pre_review_days * DAY_MINUTES,
            credit=scenario.credit,
            modes=scenario.modes,
            deadline=_deadline(line, scenario),
            line=line,
        )
        found = plan(template.network, ask, seconds=seconds)
        planned = Planned(template, scenario, line, ask, found)
        # both ends must be days that are confirmed
        found.on(line)
    except EngineError as error:
        raise refusal(error, line) from error
    return planned


def rehearsed(planned: Planned, *, runs: int = RUNS) -> Rehearsal:
    """Return a plan played many times; the same question has the same answer. Raises as ``plan_of``."""
    try:
        return rehearse(planned.plan, planned.template.departments, shared=planned.scenario.shared, runs=runs)
    except EngineError as error:
        raise refusal(error, planned.line) from error


def gains_of(planned: Planned) -> tuple[Gain, ...]:
    """Return what each single change would gain, the greatest first; a longer pre-review is one working day."""
    # a deadline only says no; it gains nothing
    ask = replace(planned.ask, deadline=None)
    return find_gains(planned.template.network, ask, planned.plan, longer=DAY_MINUTES)


def bars_of(found: Rehearsal, bars: int = BARS) -> list[tuple[float, float, int]]:
    """Return bars of equal width: from, to, runs that were over in between; the slowest few (``TAIL``) are left out.

    When a pre-review runs over, the day moves by weeks: the few runs in which it does would leave no room for the rest.
    """
    low, high = float(found.finishes[0]), found.by_chance(1 - TAIL)
    width = max(high - low, 1.0) / bars
    edges = [low + width * number for number in range(bars + 1)]
    over = [0.0, *(found.chance_by(edge) for edge in edges[1:])]
    runs = len(found.finishes)
    return [
        (edges[number], edges[number + 1], round((over[number + 1] - over[number]) * runs))
        for number in range(bars)
    ]


def chance_of_the_day(planned: Planned, found: Rehearsal) -> float:
    """Return the share of the runs that were over on the working day on which the case begins."""
    return found.chance_by(planned.line.left_in_day(0))


@dataclass(frozen=True)
class Bottleneck:
    """The task that holds the end up most: in what share of the runs it decided it, and its minutes after the start."""

    key: str
    name: str
    share: float
    minutes: int


def bottleneck_of(planned: Planned, found: Rehearsal) -> Bottleneck:
    """Return the task that costs the end the most minutes, each counted as often as it decided the end."""
    minutes = {work.task: _after_start(work.review) + _after_start(work.issue) for work in planned.plan.works}
    known = planned.template.by_key
    # the first in the template of those that cost the same
    key = max(known, key=lambda one: found.criticality[one] * minutes[one])
    return Bottleneck(key, known[key].name, found.criticality[key], minutes[key])


def _after_start(span: tuple[int, int] | None) -> int:
    return 0 if span is None else max(span[1], 0) - max(span[0], 0)


def with_reviewers(template: Template, reviewers: Mapping[str, int]) -> Template:
    """Return a template whose departments have other numbers of reviewers."""
    if not reviewers:
        return template
    known = {name: reviewers.get(name, count) for name, count in template.departments.items()}
    try:
        return replace(template, departments=known)
    except EngineError as error:
        raise PlanImpossible(why=say(error)) from error


def gain_words(gain: Gain, template: Template) -> str:
    """Return what a single change is, in words."""
    match gain.means:
        case "reviewer":
            return _("{department}加一名审查员").format(department=gain.department)
        case "credit":
            return _("多一项告知承诺")
        case "pre_review":
            return _("预审多一个工作日")
    assert gain.part is not None, "what is done at once is a part of a task"
    task = template.by_key[gain.task].name
    return _("“{task}”的{part}当场办完").format(task=task, part=part_word(gain.part))


def chain_minutes(planned: Planned) -> list[tuple[str, str, str, int]]:
    """Return the steps that decide the end: task, part, what it waited for, working minutes."""
    known = planned.template.by_key
    found = []
    for link in planned.plan.chain:
        if link.start == link.finish:
            continue
        waited = link.document or (_("部门忙") if link.busy else "")
        found.append((known[link.task].name, part_word(link.part), waited, link.finish - link.start))
    return found


def chain_words(planned: Planned) -> list[tuple[str, str, str, str]]:
    """Return the same with the minutes in words."""
    return [
        (task, part, waited, show_minutes(minutes)) for task, part, waited, minutes in chain_minutes(planned)
    ]


def clash_words(clashes: Iterable[Iterable[Limit]]) -> str:
    """Return which limits rule a deadline out, one of each group having to be moved."""
    groups = [listed(_limit(limit) for limit in group) for group in clashes]
    if not groups:
        return _("工作本身就要这么久，放宽任何一项限制也不行。")
    said = remarks(groups)
    return ngettext("须放宽其中一项：{groups}。", "以下每组都须放宽一项：{groups}。", len(groups)).format(
        groups=said
    )


def _limit(limit: Limit) -> str:
    words = {
        "credit": _("告知承诺的信用额度"),
        "pre_review": _("预审天数"),
        "modes": _("允许的办理方式"),
    }
    kind = limit.kind
    return words[kind] if kind in words else _("{department}的审查员人数").format(department=limit.department)


def refusal(error: EngineError, line: WorkLine) -> CalendarNotKnown | PlanImpossible:
    """Return what the engine refuses as a refusal in words."""
    if error.code == "beyond_calendar":
        return _beyond(error)
    if error.code == "deadline_infeasible":
        earliest, clashes = error.data["earliest"], error.data["clashes"]
        assert isinstance(earliest, int)
        assert isinstance(clashes, tuple)
        why = _("最早 {earliest} 才能办结，赶不上要求的时间。").format(
            earliest=f"{line.ends(earliest):%Y-%m-%d %H:%M}"
        )
        return PlanImpossible(why=why + clash_words(clashes), earliest=line.ends(earliest).isoformat())
    if error.code == "deadline_not_met":
        return PlanImpossible(why=_("在限定的计算时间内没有找到赶得上的办法，也没有证明赶不上。"))
    if error.code == "pre_review_too_short":
        return PlanImpossible(why=_("预审天数不够。"))
    return PlanImpossible(why=say(error))


def _beyond(error: EngineError) -> CalendarNotKnown:
    day, last = error.data.get("day", "—"), last_confirmed_day()
    # Work that does not fit in wants the day after the last that is confirmed.
    wanted = day + timedelta(days=1) if isinstance(day, date) and day == last else day
    return CalendarNotKnown(last=last or "—", day=wanted)


def _deadline(line: WorkLine, scenario: Scenario) -> int | None:
    if scenario.deadline is None:
        return None
    if scenario.deadline <= scenario.start:
        raise WrongInput(field=_("要求办结时间"), why=_("须晚于起点。"))
    return max(0, line.minute_of(scenario.deadline.replace(second=0, microsecond=0)))


def _refuse_numbers(template: Template, scenario: Scenario) -> None:
    unknown = [name for name in scenario.reviewers if name not in template.departments]
    if unknown:
        raise WrongInput(field=_("审查员"), why=_("流程里没有“{name}”。").format(name=unknown[0]))
    for label, value, least, most in (
        (_("预审天数"), scenario.pre_review_days, 0, MOST_DAYS),
        (_("信用额度"), scenario.credit, 0, MOST_CREDIT),
        (_("共同快慢"), scenario.shared, 0, MOST_SHARED),
        *((name, count, 0, MOST_REVIEWERS) for name, count in scenario.reviewers.items()),
    ):
        if not least <= value <= most:
            why = _("应在 {least} 到 {most} 之间。").format(least=least, most=f"{most:g}")
            raise WrongInput(field=label, why=why)


def works_of(planned: Planned) -> list[tuple[str, str, str, str, datetime | None, datetime, datetime]]:
    """Return every task as it is planned: key, name, department, how, when its review begins, its issue, its end."""
    known, found = planned.template.by_key, []
    for dated in planned.plan.on(planned.line):
        task = known[dated.work.task]
        review = dated.review[0] if dated.review else None
        how = mode_word(dated.work.mode)
        found.append((task.key, task.name, task.department, how, review, dated.issue[0], dated.issue[1]))
    return found
