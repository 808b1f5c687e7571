"""What a firm reports: filed value by value, replaced only by a value at least as firm, voided with a reason."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.figures import ValueStatus, may_replace
from zhuchao.engines.units import show_number

from ..errors import FirmerValueStands, MergedAway
from ..models import Enterprise, Filing, Measure
from ..selectors import family_ids, period_label, standing_filings, survivor_of
from ..selectors.filings import label_of

MAY_BE_NEGATIVE = frozenset({Measure.PROFIT, Measure.TAX, Measure.VALUE_ADDED})
LARGEST = Decimal(10) ** 17
FIRST_YEAR = 1990


@transaction.atomic
def file_values(
    *,
    actor: User | None,
    enterprise: Enterprise,
    period: str,
    on: date,
    status: str,
    values: Mapping[str, Decimal],
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> list[Filing]:
    """File what a firm reports for the period that ends on ``on``; return the entries written.

    A month's values are cumulative from January. A value that stands already with the same status writes nothing;
    one of the same or a lower status is replaced. Raises FirmerValueStands when a firmer value stands, WrongInput
    for a day that ends no period, a period to come, or a value that cannot be.
    """
    zones.require(actor, Verb.ADD, Thing.FILING, enterprise.zone_id)
    firm = (
        Enterprise.objects.select_related("zone")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=enterprise.pk)
    )
    if firm.is_merged:
        raise MergedAway(name=firm.name, survivor=survivor_of(firm).name)
    check_period(firm.zone, period=period, on=on, status=status)
    checked = {measure: check_value(measure, value) for measure, value in values.items()}
    standing = standing_filings(
        Filing.objects.live()
        .select_for_update(no_key=True, of=("self",))
        .filter(enterprise__in=family_ids(firm), period=period, happened_on=on, measure__in=checked)
    )
    at = zones.now(firm.zone)
    said = {"evidence": evidence, "evidence_note": evidence_note.strip()[:200]}
    written = []
    for measure, value in checked.items():
        known = standing.get((measure, period, on))
        if known is None:
            entry = Filing(
                zone_id=firm.zone_id, enterprise=firm, period=period, happened_on=on, measure=measure,
                value=value, status=status, ledger_key=filing_key(firm.pk, measure, period, on), **said,
            )  # fmt: skip
            written.append(add_entry(entry, actor=actor, at=at))
        elif (known.value, known.status) != (value, status):
            refuse_weaker(known, status)
            written.append(_replace(known, actor=actor, at=at, value=value, status=status, **said))
    if written:
        _record(actor, "file", firm.zone_id, written, enterprise=firm.pk, status=status)
    return written


@transaction.atomic
def correct_filing(
    *,
    actor: User | None,
    filing: Filing,
    value: Decimal,
    reason: str,
    status: str | None = None,
    evidence: Attachment | None = None,
) -> Filing:
    """Correct a filed value, with the reason; return the entry that replaces it. Its evidence stays unless another
    is given.

    Raises FirmerValueStands when ``status`` is lower than the one that stands.
    """
    zones.require(actor, Verb.CHANGE, Thing.FILING, filing.zone_id)
    given = status or filing.status
    refuse_weaker(filing, given)
    check_period(filing.zone, period=filing.period, on=filing.happened_on, status=given)
    said: dict[str, Any] = {"value": check_value(filing.measure, value), "status": given}
    if evidence is not None:
        said["evidence"] = evidence
    entry = correct_entry(filing, actor=actor, at=zones.now(filing.zone), reason=reason, **said)
    _record(actor, "correct", filing.zone_id, [entry], enterprise=filing.enterprise_id, reason=reason.strip())
    return entry


@transaction.atomic
def void_filing(*, actor: User | None, filing: Filing, reason: str) -> Filing:
    """Take a filed value out of every count, with the reason; return the entry that says so."""
    zones.require(actor, Verb.VOID, Thing.FILING, filing.zone_id)
    entry = void_entry(filing, actor=actor, at=zones.now(filing.zone), reason=reason)
    _record(actor, "void", filing.zone_id, [entry], enterprise=filing.enterprise_id, reason=reason.strip())
    return entry


def filing_key(enterprise_id: int, measure: str, period: str, on: date) -> str:
    """Return what makes a filing the same one: firm, measure and period."""
    return f"filing:{enterprise_id}:{measure}:{period}:{on}"


def refuse_weaker(known: Filing, status: str) -> None:
    """Refuse to replace a value by one of a lower status."""
    if not may_replace(ValueStatus(known.status), ValueStatus(status)):
        raise FirmerValueStands(
            period=period_label(known),
            measure=known.get_measure_display(),
            standing=known.get_status_display(),
            value=show_number(known.value, 2),
            given=Filing.Status(status).label,
            filing=known.pk,
        )


def why_replaced(known: Filing, status: str) -> str:
    """Return the reason that is written when a value makes way for one at least as firm."""
    if known.status == status:
        return _("重新上报“{status}”数").format(status=known.get_status_display())
    return _("“{old}”数由“{new}”数替换").format(
        old=known.get_status_display(), new=Filing.Status(status).label
    )


def check_period(zone: Zone, *, period: str, on: date, status: str) -> None:
    """Refuse a day that ends no such period, and anything but a forecast for a period that has not begun."""
    if period not in Filing.Period.values or status not in Filing.Status.values:
        raise WrongInput(field=_("期别与状态"), why=_("请从列表中选择。"), name="period")
    if on.year < FIRST_YEAR or not ends_period(period, on):
        raise WrongInput(
            field=_("期间"),
            why=_("%(day)s 不是一个完整的%(period)s的最后一天。")
            % {"day": on, "period": Filing.Period(period).label},
            name="on",
        )
    today = zones.today(zone)
    if first_day(period, on) > today and status != Filing.Status.FORECAST:
        why = _("%(period)s还没有开始，只能登记“预计”数。") % {"period": label_of(period, on)}
        raise WrongInput(field=_("期间"), why=why, name="on")
    if on.year > today.year + 5:
        raise WrongInput(field=_("期间"), why=_("最多登记到五年之后。"), name="on")


def ends_period(period: str, on: date) -> bool:
    """Return whether a day is the last of a month, a quarter or a year."""
    if on.day != monthrange(on.year, on.month)[1]:
        return False
    return period == Filing.Period.MONTH or on.month % (3 if period == Filing.Period.QUARTER else 12) == 0


def first_day(period: str, on: date) -> date:
    """Return the first day of the month, quarter or year that ends on a day."""
    back = {Filing.Period.MONTH: 0, Filing.Period.QUARTER: 2, Filing.Period.YEAR: 11}[Filing.Period(period)]
    return date(on.year, on.month - back, 1)


def last_day(period: str, year: int, number: int = 1) -> date:
    """Return the last day of a year, of its ``number``-th quarter, or of its ``number``-th month."""
    month = {Filing.Period.MONTH: number, Filing.Period.QUARTER: number * 3, Filing.Period.YEAR: 12}[
        Filing.Period(period)
    ]
    return date(year, month, monthrange(year, month)[1])


def check_value(measure: str, value: Decimal) -> Decimal:
    """Return a value as it is kept, to two places; raises WrongInput for one that cannot be."""
    if measure not in Measure.values:
        raise WrongInput(
            field=_("指标"), why=_("没有“%(measure)s”这个指标。") % {"measure": measure}, name="measure"
        )
    label = str(Measure(measure).label)
    value = Decimal(value)
    if not value.is_finite() or abs(value) >= LARGEST:
        raise WrongInput(field=label, why=_("数值过大。"), name=measure)
    if value < 0 and measure not in MAY_BE_NEGATIVE:
        raise WrongInput(
            field=label,
            why=_("不能为负数，现为 %(value)s。") % {"value": show_number(value, 2)},
            name=measure,
        )
    if measure == Measure.EMPLOYEES and value != value.to_integral_value():
        raise WrongInput(field=label, why=_("应为整数。"), name=measure)
    return value.quantize(Decimal("0.01"))


def _replace(
    known: Filing, *, actor: User | None, at: Any, value: Decimal, status: str, **said: Any
) -> Filing:
    reason = why_replaced(known, status)
    return correct_entry(known, actor=actor, at=at, reason=reason, value=value, status=status, **said)


def _record(actor: User | None, verb: str, scope: int, entries: Sequence[Filing], **data: Any) -> None:
    record_change(actor=actor, verb=verb, rows=list(entries), scope=scope, **data)
