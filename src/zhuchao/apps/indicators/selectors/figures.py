"""The month's figures: value, target, completion, time progress, growth, and whether they hold together."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines import figures as engine
from zhuchao.engines.units import from_base, show_number, show_percent, unit_named

from ..models import Indicator, Observation, Target
from ..models.builtin import CROSS_CHECKS
from .indicators import indicators_in
from .measures import MEASURES, Measure, Window, unverified_money

MONTHS_A_YEAR = 12
# Which a figure may be asked for.
YEARS = range(1900, 2200)
BAR_ENDS_AT = Decimal("1.5")


@dataclass(frozen=True)
class TargetFact:
    """One target of a figure and how it stands: completion, time progress, gap in points, light."""

    target: Target
    completion: engine.Completion
    progress: Decimal
    light: engine.Light
    gap_points: Decimal | None
    is_whole_year: bool

    @property
    def value_text(self) -> str:
        """Return the target in the indicator's unit, as people read it."""
        return show(self.target.indicator, self.target.value)

    @property
    def bar_percent(self) -> int:
        """Return how long the bar of the completion is drawn, in percent of its frame."""
        return _bar(self.completion.ratio)

    @property
    def mark_percent(self) -> int:
        """Return where the mark of the time progress stands, in percent of the frame."""
        return _bar(self.progress)


@dataclass(frozen=True)
class Caution:
    """Something about a figure that a reader must know, with the numbers."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Figure:
    """One indicator of one zone for January up to a day, as known at a moment.

    ``value`` is in base units (yuan or whole units of the currency, m², count); None where nothing is known,
    which is not zero. ``entry_count`` is how many entries it opens to.
    """

    indicator: Indicator
    zone: Zone
    start: date
    end: date
    as_of: datetime
    value: Decimal | None
    status: str
    growth: engine.Growth
    growth_is_published: bool
    entry_count: int
    targets: tuple[TargetFact, ...] = ()
    parts: tuple[tuple[str, Decimal], ...] = ()
    part_name: str = ""
    observation: Observation | None = None
    points_on_quarter: Decimal | None = None
    warnings: list[Caution] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def main_target(self) -> TargetFact | None:
        """Return the target the light shows: one for exactly this period before the year's."""
        return self.targets[0] if self.targets else None

    @property
    def light(self) -> str:
        return self.main_target.light.colour.value if self.main_target else engine.Colour.NONE.value

    @cached_property
    def shown_value(self) -> Decimal | None:
        """Return the value in the indicator's own unit, exactly as kept."""
        return shown(self.indicator, self.value)

    def text(self, value: Decimal | None) -> str:
        """Return a value of this indicator in its unit, as people read it; missing is “—”, never 0."""
        return show(self.indicator, value)

    @property
    def value_text(self) -> str:
        return self.text(self.value)

    @property
    def growth_places(self) -> int:
        """Return the places growth is printed with: as many as were published, at least one."""
        if not self.growth_is_published or self.growth.ratio is None:
            return 1
        return max(1, -int((self.growth.ratio * 100).normalize().as_tuple().exponent))

    @property
    def growth_text(self) -> str:
        return show_percent(self.growth.ratio, self.growth_places)

    @property
    def base_text(self) -> str:
        return self.text(self.growth.base)

    @property
    def part_texts(self) -> list[tuple[str, str]]:
        return [(name, self.text(value)) for name, value in self.parts]

    @property
    def status_name(self) -> str:
        return str(Observation.Status(self.status).label) if self.status else ""


def shown(indicator: Indicator, value: Decimal | None) -> Decimal | None:
    """Return a value in the unit its indicator is shown in, exact."""
    if value is None or indicator.dimension not in {Indicator.Dimension.MONEY, Indicator.Dimension.AREA}:
        return value
    return from_base(value, unit_named(indicator.show_unit))


def show(indicator: Indicator, value: Decimal | None) -> str:
    """Return a value in the unit its indicator is shown in: money to two places, everything else as it is."""
    found = shown(indicator, value)
    if found is None or indicator.dimension == Indicator.Dimension.MONEY:
        return show_number(found, 2)
    return show_number(found, max(0, -int(found.normalize().as_tuple().exponent)))


def _bar(ratio: Decimal | None) -> int:
    """Return a length in percent of a bar's frame, which ends at BAR_ENDS_AT."""
    return 0 if ratio is None else int(max(Decimal(0), min(ratio, BAR_ENDS_AT)) / BAR_ENDS_AT * 100)


def month_end(month: str) -> date:
    """Return the last day of a month written ``2023-05``; raises WrongInput."""
    try:
        year, number = (int(part) for part in month.split("-"))
        if year not in YEARS:
            raise ValueError(year)
        return date(year, number, calendar.monthrange(year, number)[1])
    except ValueError:
        raise WrongInput(
            field=_("月份"), why=_("“{month}”应写成 2023-05 的样子。").format(month=month)
        ) from None


def moment_of(text: str) -> datetime | None:
    """Return the moment written ``2023-06-10`` (its end) or ``2023-06-10 18:00`` in local time; None when empty."""
    text = text.strip()
    if not text:
        return None
    try:
        day = parse_date(text)
        moment = parse_datetime(text) if day is None else datetime.combine(day, time(23, 59, 59))
    except ValueError:
        moment = None
    if moment is None:
        raise WrongInput(field=_("数据截至"), why=_("应写成 2023-06-10 或 2023-06-10 18:00 的样子。"))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def figures_of(
    actor: User | None,
    zone: Zone,
    *,
    month: date,
    as_of: datetime | None = None,
    codes: Iterable[str] | None = None,
) -> list[Figure]:
    """Return the figures of a zone for January up to ``month`` (its last day), in the indicators' order.

    Entries recorded after ``as_of`` are not believed. Zones below ``zone`` are counted in. For a month that
    is not over, stocks are as of the zone's today. Indicators with neither a value nor a target are left out.
    """
    moment = as_of or zones.now(zone)
    wanted = set(codes) if codes is not None else None
    indicators = [
        indicator for indicator in indicators_in(zone) if wanted is None or indicator.code in wanted
    ]
    window = _window(actor, zone, month, moment)
    observations = _observations(zone, indicators, window)
    targets = _targets(zone, indicators, window)
    found = [
        _figure(zone, indicator, window, observations.get(indicator.pk, []), targets.get(indicator.pk, []))
        for indicator in indicators
    ]
    kept = [
        figure
        for figure in found
        if figure.value is not None or figure.targets or figure.growth.ratio is not None
    ]
    _check_together(kept)
    return kept


def figure_of(
    actor: User | None, zone: Zone, indicator: Indicator, *, month: date, as_of: datetime | None = None
) -> Figure:
    """Return one figure, whether or not anything is known of it."""
    moment = as_of or zones.now(zone)
    window = _window(actor, zone, month, moment)
    return _figure(
        zone,
        indicator,
        window,
        _observations(zone, [indicator], window).get(indicator.pk, []),
        _targets(zone, [indicator], window).get(indicator.pk, []),
    )


def entries_of(
    actor: User | None, zone: Zone, indicator: Indicator, *, month: date, as_of: datetime | None = None
) -> tuple[Measure, QuerySet[Any]] | None:
    """Return the measure of a counted indicator and exactly the entries its figure is made of."""
    measure = MEASURES.get(indicator.measure)
    if measure is None:
        return None
    return measure, measure.rows(_window(actor, zone, month, as_of or zones.now(zone)))


def _window(actor: User | None, zone: Zone, month: date, moment: datetime) -> Window:
    zone_ids = zones.zones_under(actor, zone, Thing.TARGET) if actor is not None else _all_under(zone)
    end = min(month, zones.today(zone))
    return Window(tuple(zone_ids), date(month.year, 1, 1), max(end, date(month.year, 1, 1)), moment)


def _all_under(zone: Zone) -> list[int]:
    found, pending = [], [zone.pk]
    while pending:
        found.extend(pending)
        pending = list(Zone.objects.filter(parent_id__in=pending).values_list("pk", flat=True))
    return found


def _observations(
    zone: Zone, indicators: Sequence[Indicator], window: Window
) -> dict[int, list[Observation]]:
    """Return what statistics say of this year and the last, by indicator, latest period first."""
    found: dict[int, list[Observation]] = {}
    rows = (
        Observation.objects.as_of(window.as_of)
        .filter(
            zone=zone,
            indicator__in=indicators,
            happened_on__range=(date(window.start.year - 1, 1, 1), _month_close(window.end)),
        )
        .order_by("-happened_on", "-pk")
    )
    for row in rows:
        found.setdefault(row.indicator_id, []).append(row)
    return found


def _month_close(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _targets(zone: Zone, indicators: Sequence[Indicator], window: Window) -> dict[int, list[Target]]:
    """Return the targets whose period holds the window's last day, from January on first, shortest first."""
    found: dict[int, list[Target]] = {}
    rows = (
        Target.objects.as_of(window.as_of)
        .filter(
            zone=zone,
            indicator__in=indicators,
            period_from__gte=window.start,
            period_from__lte=window.end,
            period_to__gte=window.end,
            period_to__lte=date(window.end.year, 12, 31),
        )
        .select_related("department")
        .order_by("pk")
    )
    for row in rows:
        found.setdefault(row.indicator_id, []).append(row)
    for targets in found.values():
        targets.sort(key=lambda target: (target.period_from != window.start, target.period_to, target.pk))
    return found


def _figure(
    zone: Zone,
    indicator: Indicator,
    window: Window,
    observations: Sequence[Observation],
    targets: Sequence[Target],
) -> Figure:
    measure = MEASURES.get(indicator.measure)
    warnings: list[Caution] = []
    observation = None
    published = False
    points = None
    parts: list[tuple[str, Decimal]] = []
    entry_count = 0
    status = ""
    if measure is not None:
        entry_count, counted = measure.counted(window)
        entries_before, counted_before = measure.counted(window.a_year_before())
        base = counted_before if entries_before else None
        is_asked = entry_count or base is not None or targets
        value: Decimal | None = counted if is_asked else None
        if value is not None and not entry_count and not _ever_kept(measure, window):
            value = None
        growth = engine.growth(value, base)
        parts = measure.parts(window) if entry_count else []
        warnings += _unverified(indicator, window)
    else:
        this_month = [o for o in observations if o.happened_on == _month_close(window.end)]
        observation = this_month[0] if this_month else None
        value = observation.value if observation else None
        status = observation.status if observation else ""
        entry_count = 1 if observation else 0
        growth, published = _observed_growth(observation, observations)
        points = _points_on_quarter(observation, observations)
    return Figure(
        indicator=indicator,
        zone=zone,
        start=window.start,
        end=window.end,
        as_of=window.as_of,
        value=value,
        status=status,
        growth=growth,
        growth_is_published=published,
        entry_count=entry_count,
        targets=tuple(_target_fact(indicator, measure, value, target, window) for target in targets),
        parts=tuple(parts),
        part_name=str(measure.group_name) if measure else "",
        observation=observation,
        points_on_quarter=points,
        warnings=warnings,
    )


def _ever_kept(measure: Measure, window: Window) -> bool:
    """Return whether the zone keeps this ledger at all: then no entry this year is zero and not unknown."""
    whole = Window(window.zone_ids, date(window.start.year - 3, 1, 1), window.end, window.as_of)
    return measure.rows(whole).exists()


def _target_fact(
    indicator: Indicator, measure: Measure | None, value: Decimal | None, target: Target, window: Window
) -> TargetFact:
    """Return how a target stands: one that does not begin in January is held against its own months."""
    if target.period_from != window.start:
        value = measure.value(replace(window, start=target.period_from)) if measure else None
    direction = (
        engine.Direction.LOWER_BETTER
        if indicator.direction == Indicator.Direction.LOWER
        else engine.Direction.HIGHER_BETTER
    )
    target.indicator = indicator
    done = engine.completion(value, target.value, direction)
    progress = engine.time_progress(window.end, target.period_from, target.period_to)
    gap = engine.schedule_gap(done.ratio, progress) if done.ratio is not None else None
    whole_year = target.period_from.month == 1 and target.period_to.month == MONTHS_A_YEAR
    return TargetFact(target, done, progress, engine.light(done, progress), gap, whole_year)


def _observed_growth(
    observation: Observation | None, observations: Sequence[Observation]
) -> tuple[engine.Growth, bool]:
    """Return the growth of an observation: as published, else over the base it names, else over last year's."""
    if observation is None:
        return engine.growth(None, None), False
    base = observation.base_value
    if base is None:
        last_year = observation.happened_on.year - 1
        base = next(
            (
                o.value
                for o in observations
                if o.happened_on.year == last_year and o.happened_on.month == observation.happened_on.month
            ),
            None,
        )
    if observation.growth is not None:
        if base is None and observation.value is not None and observation.growth > -1:
            base = engine.round_half_up(engine.implied_base(observation.value, observation.growth), 2)
        return engine.Growth(observation.growth, None, observation.value, base), True
    return engine.growth(observation.value, base), False


def _points_on_quarter(
    observation: Observation | None, observations: Sequence[Observation]
) -> Decimal | None:
    """Return by how many percentage points the published growth changed since the quarter before."""
    if observation is None or observation.growth is None:
        return None
    quarter_months = {6: 3, 9: 6, 12: 9}
    month = quarter_months.get(observation.happened_on.month)
    before = next(
        (
            o
            for o in observations
            if o.happened_on.year == observation.happened_on.year
            and o.happened_on.month == month
            and o.growth is not None
        ),
        None,
    )
    return (
        engine.points_change(observation.growth, before.growth)
        if before and before.growth is not None
        else None
    )


def _unverified(indicator: Indicator, window: Window) -> list[Caution]:
    kind = {"investment": "fixed_assets", "arrived_funds": "arrived_funds"}.get(indicator.measure)
    if kind is None:
        return []
    left_out = unverified_money(kind, window).count()
    if not left_out:
        return []
    return [
        Caution(
            "unverified",
            ngettext(
                "另有 {n} 笔没有凭证（未核实），没有计入。",
                "另有 {n} 笔没有凭证（未核实），没有计入。",
                left_out,
            ).format(n=left_out),
        )
    ]


def _check_together(found: Sequence[Figure]) -> None:
    """Add a warning where two figures do not go together: a part above its whole, or definitions that differ."""
    by_code = {figure.code: figure for figure in found}
    for figure in found:
        whole = by_code.get(figure.indicator.part_of.code) if figure.indicator.part_of else None
        if (
            whole is not None
            and figure.value is not None
            and whole.value is not None
            and not engine.subset_ok(figure.value, whole.value)
        ):
            over = shown(figure.indicator, -engine.subset_difference(figure.value, whole.value))
            figure.warnings.append(
                Caution(
                    "part_above_whole",
                    _("“其中”{part}大于{whole}，多出 {over} {unit}。").format(
                        part=figure.indicator.title,
                        whole=whole.indicator.title,
                        over=over,
                        unit=figure.indicator.show_unit,
                    ),
                )
            )
    for code, limit_code in CROSS_CHECKS:
        figure_, limit = by_code.get(code), by_code.get(limit_code)
        if figure_ is None or limit is None or figure_.value is None or not limit.value:
            continue
        check = engine.cross_check(figure_.value, limit.value)
        if not check.ok:
            times = engine.round_half_up(check.ratio, 1) if check.ratio is not None else "—"
            figure_.warnings.append(
                Caution(
                    "definitions_differ",
                    _("{one}是{other}的 {times} 倍：两者口径不同（{definition}），请勿直接相比。").format(
                        one=figure_.indicator.title,
                        other=limit.indicator.title,
                        times=times,
                        definition=figure_.indicator.said_definition,
                    ),
                )
            )
