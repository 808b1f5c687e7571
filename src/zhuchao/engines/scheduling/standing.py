"""How far a case is when it is planned: what is over, what is in hand, what rests, and the time by the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.network import Mode, Network
from zhuchao.engines.scheduling.worktime import WorkLine


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a task is that has begun; minutes as in a plan, none of them later than now.

    What has happened is never questioned: a task that began before what it waits for was over stays begun, and one
    that has taken longer than planned is taken to be over now.

    Attributes:
        begun: when its review began; that of a pledge: when its issue began.
        mode: how it is handled, for good.
        reviewed: when its review was over; None while it is reviewed.
        issuing: when its issue began; None before that, and for a pledge.
        over: when it was issued.
        spent: working minutes spent on what is in hand; None where nothing interrupted it.
        stopped: whether the clock stands (such as for a correction or a hearing): nobody works on it; then `spent`
            is told.
        resumes: the first minute at which that can go on; None at once.

    Raises:
        EngineError: standing_malformed where that cannot have come in this order.
    """

    task: str
    begun: int
    mode: Mode = Mode.NORMAL
    reviewed: int | None = None
    issuing: int | None = None
    over: int | None = None
    spent: int | None = None
    stopped: bool = False
    resumes: int | None = None

    def __post_init__(self) -> None:
        moments = [one for one in (self.begun, self.reviewed, self.issuing, self.over) if one is not None]
        pledged = self.mode is Mode.PLEDGE and (self.reviewed is not None or self.issuing is not None)
        unreviewed = self.mode is not Mode.PLEDGE and self.issuing is not None and self.reviewed is None
        resting = self.stopped and (self.over is not None or self.spent is None)
        unstopped = self.resumes is not None and not self.stopped
        untrue = pledged or unreviewed or resting or unstopped or (self.spent or 0) < 0
        if moments != sorted(moments) or untrue:
            raise EngineError("standing_malformed", f"{self.task} cannot be so far", task=self.task)

    @property
    def last(self) -> int:
        """When the last thing happened to it."""
        return max(one for one in (self.begun, self.reviewed, self.issuing, self.over) if one is not None)

    def left(self, minutes: int, since: int, now: int) -> int:
        """Return how many minutes are left of what is in hand since a minute."""
        return max(0, minutes - (now - since if self.spent is None else self.spent))


@dataclass(frozen=True, slots=True)
class Situation:
    """When and where a case is planned.

    Attributes:
        pre_review: working minutes before the start in which early reviews are made.
        now: nothing that has not begun begins earlier; None before everything.
        begun: the tasks that have begun.
        line: what minutes are by the calendar; needed where there are public notices.

    Raises:
        EngineError: standing_malformed for a task told twice, in the future, or without a `now`.
    """

    pre_review: int = 0
    now: int | None = None
    begun: tuple[Standing, ...] = ()
    line: WorkLine | None = None

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for one in self.begun:
            if self.now is None or one.last > self.now or one.task in seen:
                raise EngineError("standing_malformed", f"{one.task} cannot be so far", task=one.task)
            seen.add(one.task)

    @property
    def floor(self) -> int:
        """The first minute at which what has not begun may begin, early reviews aside."""
        return max(0, self.now or 0)

    @property
    def drafts_from(self) -> int:
        """The first minute at which early reviews that have not begun may begin."""
        return -self.pre_review if self.now is None else max(self.now, -self.pre_review)

    @property
    def mornings(self) -> frozenset[int]:
        """Minutes at which work begins that nothing came before."""
        return frozenset({0, self.floor})

    @property
    def modes(self) -> Mapping[str, Mode]:
        """The modes of the tasks that have begun."""
        return {one.task: one.mode for one in self.begun}

    def by_task(self, network: Network) -> dict[str, Standing]:
        """Return the standing of each task that has begun.

        Raises:
            EngineError: standing_malformed where a task is not in the network or does not allow its mode;
                notice_without_line where there are public notices and no line.
        """
        known = network.by_key
        for one in self.begun:
            if one.task not in known or one.mode not in known[one.task].modes:
                raise EngineError("standing_malformed", f"{one.task} cannot be so far", task=one.task)
        if self.line is None:
            for task in network.tasks:
                if task.notice:
                    message = f"how long the public notice of {task.key} takes depends on the calendar"
                    raise EngineError("notice_without_line", message, task=task.key)
        return {one.task: one for one in self.begun}


AT_THE_START: Final = Situation()
"""Nothing has begun, and there are no days but working days."""
