"""Working time as one line of minutes: the hours of an office without its nights, breaks and holidays."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from fractions import Fraction

from zhuchao.engines import EngineError
from zhuchao.engines.workdays import WorkCalendar, WorkHours, working_dates

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WorkLine:
    """The confirmed working time of an office from one moment on, counted in whole minutes from there.

    Minute 0 is the first working minute at or after `origin`; earlier ones are negative. A minute that ends one
    span and begins the next has two moments: `begins` tells the later, `ends` the earlier.

    Raises:
        EngineError: moment_naive, moment_not_minute; hours_not_minutes where a span is not whole minutes;
            beyond_calendar where `origin` is outside the confirmed days.

    >>> from datetime import timezone
    >>> tz = timezone(timedelta(hours=8))
    >>> friday = datetime(2026, 3, 6, 16, 30, tzinfo=tz)
    >>> line = WorkLine(WorkCalendar(date(2026, 1, 1), date(2026, 12, 31)), WorkHours(), tz, friday)
    >>> f"{line.ends(60):%m-%d %H:%M}", f"{line.begins(60):%m-%d %H:%M}", f"{line.ends(240):%m-%d %H:%M}"
    ('03-06 17:30', '03-09 09:00', '03-09 12:00')
    >>> line.minute_of(datetime(2026, 3, 9, 13, tzinfo=tz)), line.left_in_day(0)
    (240, 60)
    """

    calendar: WorkCalendar
    hours: WorkHours
    tz: tzinfo
    origin: datetime
    _opens: tuple[datetime, ...] = field(init=False, repr=False, compare=False)
    _counts: tuple[int, ...] = field(init=False, repr=False, compare=False)  # minutes open before each span
    _zero: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if any(edge.second or edge.microsecond for span in self.hours.spans for edge in span):
            raise EngineError("hours_not_minutes", "spans must be whole minutes", spans=self.hours.spans)
        opens: list[datetime] = []
        counts = [0]
        for day in working_dates(self.calendar.first, self.last, self.calendar):
            for begin, end in self.hours.spans:
                opens.append(datetime.combine(day, begin))
                counts.append(counts[-1] + (datetime.combine(day, end) - opens[-1]) // _MINUTE)
        object.__setattr__(self, "_opens", tuple(opens))
        object.__setattr__(self, "_counts", tuple(counts))
        object.__setattr__(self, "_zero", 0)
        object.__setattr__(self, "_zero", self.minute_of(self.origin))

    @property
    def last(self) -> date:
        """The last day that is confirmed."""
        told = self.calendar.provisional_after
        return self.calendar.last if told is None else min(told, self.calendar.last)

    @property
    def first_minute(self) -> int:
        return -self._zero

    @property
    def last_minute(self) -> int:
        """The minute that ends the last confirmed working day."""
        return self._counts[-1] - self._zero

    @property
    def waits(self) -> bool:
        """Whether the origin lies outside working hours, so that work begins later; raises beyond_calendar."""
        return self.begins(0) != self.origin

    def minute_of(self, moment: datetime) -> int:
        """Return how much working time has passed at a moment; a night, a break or a holiday adds nothing.

        Raises:
            EngineError: moment_naive, moment_not_minute, beyond_calendar.
        """
        if moment.tzinfo is None:
            raise EngineError("moment_naive", f"{moment} has no time zone", moment=moment)
        local = moment.astimezone(self.tz).replace(tzinfo=None)
        if local.second or local.microsecond:
            raise EngineError("moment_not_minute", f"{moment} is not a whole minute", moment=moment)
        if not self.calendar.first <= local.date() <= self.last:
            raise self._beyond(local.date())
        span = bisect_right(self._opens, local) - 1
        if span < 0:
            return -self._zero
        passed = self._counts[span] + (local - self._opens[span]) // _MINUTE
        return min(passed, self._counts[span + 1]) - self._zero

    def begins(self, minute: int) -> datetime:
        """Return the moment at which work that begins at a minute begins, in the zone of the office.

        Raises:
            EngineError: beyond_calendar where no confirmed working time is left.
        """
        span = bisect_right(self._counts, minute + self._zero) - 1
        return self._moment(span, minute)

    def ends(self, minute: int) -> datetime:
        """Return the moment at which work that ends at a minute is over: 12:00, not 13:30.

        Raises:
            EngineError: beyond_calendar.
        """
        span = bisect_left(self._counts, minute + self._zero) - 1
        return self._moment(max(span, 0), minute)

    def limit(self, minute: int, working_days: Fraction) -> int:
        """Return the minute by which a limit of working days, such as half a day, runs out; never later.

        A day is as long as its hours, so that half a day from 16:00 ends in the next morning.

        Raises:
            EngineError: beyond_calendar.
        """
        end = minute + int(working_days * (self.hours.length // _MINUTE))
        self._moment(max(bisect_left(self._counts, end + self._zero) - 1, 0), end)
        return end

    def left_in_day(self, minute: int) -> int:
        """Return how many working minutes are left on the day on which work beginning at a minute begins."""
        evening = datetime.combine(self.begins(minute).date(), time(23, 59)).replace(tzinfo=self.tz)
        return self.minute_of(evening) - minute

    def day_ends(self) -> list[tuple[date, int]]:
        """Return the confirmed working days, each with the minute that ends it."""
        spans = len(self.hours.spans)
        closes = self._counts[spans::spans]
        days = (moment.date() for moment in self._opens[::spans])
        return [(day, count - self._zero) for day, count in zip(days, closes, strict=True)]

    def _moment(self, span: int, minute: int) -> datetime:
        passed = minute + self._zero
        if not (0 <= span < len(self._opens) and 0 <= passed <= self._counts[-1]):
            raise self._beyond(self.calendar.first if passed < 0 else self.last)
        local = self._opens[span] + (passed - self._counts[span]) * _MINUTE
        return local.replace(tzinfo=self.tz)

    def _beyond(self, day: date) -> EngineError:
        message = f"working time is confirmed from {self.calendar.first} to {self.last}"
        return EngineError("beyond_calendar", message, day=day, first=self.calendar.first, last=self.last)
