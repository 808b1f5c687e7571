"""What time it is in a zone: the real time, or for a demo zone the day its documents were written."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from ..models import Zone

DEMO_MORNING = time(9, 0)
DEMO_EVENING = timedelta(hours=14, minutes=59)


def now(zone: Zone) -> datetime:
    """Return the zone's present moment, aware.

    A demo zone's clock starts at nine on its day and runs a thousand times slower than ours, so that it
    stays on that day while what is recorded later is still later.
    """
    if zone.demo_day is None or zone.demo_started_at is None:
        return timezone.now()
    start = datetime.combine(zone.demo_day, DEMO_MORNING, timezone.get_default_timezone())
    return start + min((timezone.now() - zone.demo_started_at) / 1000, DEMO_EVENING)


def today(zone: Zone) -> date:
    """Return the zone's present day in Asia/Shanghai."""
    return timezone.localdate(now(zone), timezone.get_default_timezone())


def day_of(moment: datetime) -> date:
    """Return the day in Asia/Shanghai that an aware moment falls on."""
    return timezone.localdate(moment, timezone.get_default_timezone())
