"""Public notices 公示: so many calendar days, on the line of working minutes."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.worktime import WorkLine


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of whole calendar days: the day on which it is posted does not count, and then all of them must pass.

    What is posted at the end of a working day is posted on that day; at a minute of `mornings`, where work begins
    that nothing came before, on the day that begins there.

    Attributes:
        bounds, values: posted at or before a bound, and after the one before, it is over at the value beside it.

    >>> from datetime import date, datetime, timezone
    >>> from zhuchao.engines.workdays import WorkCalendar, WorkHours
    >>> tz = timezone(timedelta(hours=8))
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=tz)
    >>> line = WorkLine(WorkCalendar(date(2026, 1, 1), date(2026, 12, 31)), WorkHours(), tz, monday)
    >>> f"{line.begins(Notice(10, line).ends(420)):%m-%d %H:%M}"
    '03-13 09:00'
    """

    days: int
    line: WorkLine
    mornings: frozenset[int] = frozenset({0})
    bounds: tuple[int, ...] = field(init=False, repr=False, compare=False)
    values: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ends = self.line.day_ends()
        dates = [day for day, _ in ends]
        bounds, values = [], []
        for day, close in ends:
            place = bisect_left(dates, day + timedelta(days=self.days + 1))
            if place < len(ends):
                bounds.append(close - (close in self.mornings))
                values.append(ends[place - 1][1])
        object.__setattr__(self, "bounds", tuple(bounds))
        object.__setattr__(self, "values", tuple(values))

    @property
    def least(self) -> int:
        """Working minutes that pass at least; raises beyond_calendar where no notice is over in confirmed time."""
        if not self.bounds:
            raise self._beyond(self.line.last_minute)
        return min(value - bound for bound, value in zip(self.bounds, self.values, strict=True))

    def ends(self, posted: int) -> int:
        """Return the minute at which work that waits for the notice may begin; never earlier for a later posting.

        Raises:
            EngineError: beyond_calendar where that is not within the confirmed days.
        """
        place = bisect_left(self.bounds, posted)
        if place == len(self.bounds) or posted < self.line.first_minute:
            raise self._beyond(posted)
        return self.values[place]

    def latest(self, end: int) -> int:
        """Return the last minute at which it can be posted to be over by a minute; raises beyond_calendar."""
        place = bisect_right(self.values, end)
        if not place:
            raise self._beyond(end)
        return self.bounds[place - 1]

    def _beyond(self, minute: int) -> EngineError:
        first, last = self.line.calendar.first, self.line.last
        message = f"a notice of {self.days} days is not over in working time confirmed from {first} to {last}"
        day = first if minute < self.line.first_minute else last
        return EngineError("beyond_calendar", message, day=day, first=first, last=last)


@lru_cache(maxsize=256)
def notice_of(days: int, line: WorkLine, mornings: frozenset[int]) -> Notice:
    """Return a notice; the table of one line is made once."""
    return Notice(days, line, mornings)
