"""Calendar files (RFC 5545): whole days that a telephone or a desk calendar takes in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.http import HttpResponse

OCTETS = 73


@dataclass(frozen=True)
class CalendarDay:
    """One day of a calendar. ``key`` tells it from every other day of the host, also in a later file."""

    key: str
    day: date
    stamp: datetime
    title: str
    detail: str = ""
    url: str = ""


def calendar_text(days: Iterable[CalendarDay], *, host: str, name: str = "") -> str:
    """Return days as the text of a calendar file, its lines at most 75 octets long."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zhuchao//Policies//ZH", "CALSCALE:GREGORIAN"]
    if name:
        lines += [f"X-WR-CALNAME:{_escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:P1D"]
    for one in days:
        lines += _event(one, host)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def calendar_response(
    days: Iterable[CalendarDay], *, host: str, filename: str, name: str = ""
) -> HttpResponse:
    """Return days as a calendar file to keep or to subscribe to."""
    text = calendar_text(days, host=host, name=name)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _event(one: CalendarDay, host: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{one.key}@{host}"
    yield f"DTSTAMP:{one.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(one.title)}"
    yield f"DESCRIPTION:{_escaped(one.detail)}"
    yield f"URL:{one.url}"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> Iterator[str]:
    """Yield a line in parts of at most 75 octets, no character cut; the later ones begin with a space."""
    part, size, lead = "", 0, ""
    for character in line:
        octets = len(character.encode())
        if size + octets > OCTETS:
            yield lead + part
            part, size, lead = "", 0, " "
        part, size = part + character, size + octets
    yield lead + part
