"""What firms report: which value stands, the series of a measure, and how a value came to be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.figures import ValueStatus, growth

from ..models import Filing, Measure

MONEY = frozenset(
    {
        Measure.REVENUE,
        Measure.INVOICED_SALES,
        Measure.OUTPUT,
        Measure.VALUE_ADDED,
        Measure.TAX,
        Measure.PROFIT,
        Measure.RND,
    }
)
"""Measures in yuan; the others are counted in persons and tonnes of standard coal."""

FilingKey = tuple[str, str, date]
"""Measure, period and last day: what has one standing value for one firm."""


@dataclass(frozen=True)
class SeriesValue:
    """One value of a series, with its growth over the same period a year before (a ratio, or None)."""

    filing: Filing
    label: str
    growth: Decimal | None


@dataclass(frozen=True)
class Series:
    """One measure of one firm over one kind of period, the oldest value first."""

    measure: Measure
    period: Filing.Period
    values: tuple[SeriesValue, ...]

    @property
    def is_money(self) -> bool:
        return self.measure in MONEY

    @property
    def latest(self) -> SeriesValue:
        return self.values[-1]


def visible_filings(actor: User | AnonymousUser | None) -> QuerySet[Filing]:
    """Return the filings this person may see. Every read for a request starts here."""
    rows = Filing.objects.select_related("enterprise", "recorded_by")
    return zones.in_zones(rows, actor, Thing.FILING)


def get_filing(actor: User | AnonymousUser | None, pk: int) -> Filing:
    """Return a filing, live or not; raises NotFound when it is hidden or missing."""
    filing = visible_filings(actor).select_related("zone").filter(pk=pk).first()
    if filing is None:
        raise NotFound(what=_("该报表数据"))
    return filing


def standing_filings(filings: Iterable[Filing]) -> dict[FilingKey, Filing]:
    """Return the one value that stands for each measure and period: the firmest, then the latest recorded.

    Two live ones occur only where two firms that both reported were merged.
    """
    standing: dict[FilingKey, Filing] = {}
    for filing in filings:
        key = (filing.measure, filing.period, filing.happened_on)
        known = standing.get(key)
        if known is None or _rank(filing) > _rank(known):
            standing[key] = filing
    return standing


def _rank(filing: Filing) -> tuple[int, object, int]:
    return ValueStatus(filing.status).firmness, filing.recorded_at, filing.pk


def series_of(actor: User | AnonymousUser | None, ids: Sequence[int]) -> list[Series]:
    """Return every series of a firm's family: years first, then months and quarters, in the order of measures."""
    filings = visible_filings(actor).filter(enterprise__in=ids, replaced_by=None, is_void=False)
    standing = standing_filings(filings)
    kinds = (Filing.Period.YEAR, Filing.Period.MONTH, Filing.Period.QUARTER)
    answer = []
    for period in kinds:
        for measure in Measure:
            keys = sorted(key for key in standing if key[:2] == (measure.value, period.value))
            if keys:
                values = tuple(_value(standing, standing[key]) for key in keys)
                answer.append(Series(measure, period, values))
    return answer


def _value(standing: dict[FilingKey, Filing], filing: Filing) -> SeriesValue:
    year = filing.happened_on.year - 1
    # The last day of February moves; every other last day of a month is the same a year before.
    before = next(
        (
            other
            for day in ((28, 29) if filing.happened_on.month == 2 else (filing.happened_on.day,))
            for other in [
                standing.get((filing.measure, filing.period, _day(year, filing.happened_on.month, day)))
            ]
            if other is not None
        ),
        None,
    )
    ratio = growth(filing.value, before.value if before else None).ratio
    return SeriesValue(filing, period_label(filing), ratio)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def period_label(filing: Filing) -> str:
    """Return a period as people write it: 2023年, 2023年1-5月 (cumulative), 2023年一季度."""
    return label_of(filing.period, filing.happened_on)


def label_of(period: str, on: date) -> str:
    """Return the name of the period of a kind that ends on a day."""
    if period == Filing.Period.YEAR:
        return _("%(year)s年") % {"year": on.year}
    if period == Filing.Period.QUARTER:
        quarters = (
            _("%(year)s年一季度"),
            _("%(year)s年二季度"),
            _("%(year)s年三季度"),
            _("%(year)s年四季度"),
        )
        return quarters[(on.month - 1) // 3] % {"year": on.year}
    label = _("%(year)s年1月") if on.month == 1 else _("%(year)s年1-%(month)s月")
    return label % {"year": on.year, "month": on.month}


def history_of(actor: User | AnonymousUser | None, filing: Filing, ids: Sequence[int]) -> list[Filing]:
    """Return every entry that was ever made for the measure and period of ``filing``, the newest first."""
    rows = visible_filings(actor).filter(
        enterprise__in=ids, measure=filing.measure, period=filing.period, happened_on=filing.happened_on
    )
    return list(rows.select_related("replaced_by", "evidence", "batch").order_by("-pk"))
