"""The days on which statistics take projects in: set month by month or for a year, taken away."""

from calendar import monthrange
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import SourceStatus, StatWindow
from .money import YEARS


@transaction.atomic
def set_stat_window(
    *,
    actor: User | None,
    zone: Zone,
    month: date,
    opens_on: date,
    closes_on: date,
    note: str = "",
    source_status: str = SourceStatus.UNVERIFIED,
) -> StatWindow:
    """Set the window of a month; one that is there is changed. Raises WrongInput."""
    zones.require(actor, Verb.CHANGE, Thing.GATE, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    if closes_on < opens_on:
        raise WrongInput(
            field=_("截止日期"), why=_("不能早于开始日期 %(day)s。") % {"day": opens_on.isoformat()}
        )
    if source_status not in SourceStatus.values:
        raise WrongInput(field=_("依据核实情况"), why=_("没有“%(status)s”。") % {"status": source_status})
    first = month.replace(day=1)
    values = {
        "opens_on": opens_on,
        "closes_on": closes_on,
        "note": note.strip(),
        "source_status": source_status,
    }
    window = StatWindow.objects.filter(zone=zone, month=first).first()
    if window is None:
        window = StatWindow.objects.create(zone=zone, month=first, **values)
        changed = {name: [None, value] for name, value in values.items()}
    else:
        changed = save_record(window, **values)
    if changed:
        record_change(
            actor=actor, verb="set_stat_window", rows=[window], scope=zone.pk, month=first, changed=changed
        )
    return window


@transaction.atomic
def set_stat_windows_of_year(
    *,
    actor: User | None,
    zone: Zone,
    year: int,
    first_day: int,
    last_day: int,
    note: str = "",
    source_status: str = SourceStatus.UNVERIFIED,
) -> list[StatWindow]:
    """Set the windows of all months of a year from one day of the month to another; a month that is short ends it.

    Months that have a window keep it. Raises WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.GATE, zone)
    if year not in YEARS:
        raise WrongInput(field=_("年度"), why=_("应为四位年份，如 2023。"))
    if not 1 <= first_day <= last_day <= 31:
        raise WrongInput(field=_("每月开始日"), why=_("应为 1 到 31，且不晚于截止日。"))
    there = set(StatWindow.objects.filter(zone=zone, month__year=year).values_list("month__month", flat=True))
    made = []
    for month in range(1, 13):
        last = monthrange(year, month)[1]
        if month not in there:
            made.append(
                set_stat_window(
                    actor=actor,
                    zone=zone,
                    month=date(year, month, 1),
                    opens_on=date(year, month, min(first_day, last)),
                    closes_on=date(year, month, min(last_day, last)),
                    note=note,
                    source_status=source_status,
                )
            )
    return made


@transaction.atomic
def remove_stat_window(*, actor: User | None, window: StatWindow, reason: str = "") -> None:
    """Take the window of a month away: that of the zone above holds again, where there is one."""
    zones.require(actor, Verb.CHANGE, Thing.GATE, window.zone)
    record_change(
        actor=actor,
        verb="remove_stat_window",
        rows=[window],
        scope=window.zone_id,
        month=window.month,
        opens_on=window.opens_on,
        closes_on=window.closes_on,
        reason=reason.strip(),
    )
    window.delete()
