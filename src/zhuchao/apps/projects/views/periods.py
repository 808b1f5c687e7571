"""The period that an address asks for."""

from datetime import date

from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput


def period_of(request: HttpRequest, today: date) -> tuple[date, date]:
    """Return the days ``from`` and ``to`` of the address, this year up to today when not said; raises WrongInput."""
    end = _day(request, "to", today)
    start = _day(request, "from", date(end.year, 1, 1))
    if start > end:
        raise WrongInput(field=_("日期"), why=_("开始不能晚于结束。"))
    return start, end


def _day(request: HttpRequest, name: str, usual: date) -> date:
    said = request.GET.get(name, "").strip()
    if not said:
        return usual
    try:
        day = parse_date(said)
    except ValueError:
        day = None
    if day is None:
        raise WrongInput(field=_("日期"), why=_("应为 2023-05-31 这样的日期。"))
    return day
