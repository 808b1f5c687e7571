"""What became of each covenant: kept, short by how much, breached, or not known. Unknown is never breached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.wording import clauses, in_unit, said_money
from zhuchao.apps.enterprises.models import Filing
from zhuchao.apps.enterprises.selectors.filings import period_label
from zhuchao.apps.zones import selectors as zones
from zhuchao.engines.units import show_number, unit_named

from ..models import Covenant, CovenantFinding, CovenantKind, CovenantState
from .covenant_facts import FILED, MONEY, STAGES, Facts, Paid, facts_for, firm_of

CENT = Decimal("0.01")
ZERO = Decimal(0)
PER_MU = frozenset({CovenantKind.OUTPUT_PER_MU, CovenantKind.TAX_PER_MU})
YEARLY = PER_MU | {CovenantKind.OUTPUT, CovenantKind.REVENUE, CovenantKind.TAX}
"""Kinds that are counted over a year, which the covenant has to name."""
MEASURED = frozenset({*FILED, *MONEY, CovenantKind.REWARD})
"""Kinds that promise a number; the others promise that something is done by a day."""
RED = frozenset({CovenantState.SHORT, CovenantState.BREACHED})
DONE = frozenset({CovenantState.KEPT, CovenantState.LATE, CovenantState.WAIVED})
LIGHTS = {
    CovenantState.NOT_DUE: "blue",
    CovenantState.KEPT: "green",
    CovenantState.LATE: "yellow",
    CovenantState.SHORT: "red",
    CovenantState.BREACHED: "red",
    CovenantState.UNKNOWN: "secondary",
    CovenantState.WAIVED: "secondary",
}


@dataclass(frozen=True)
class Standing:
    """What became of one covenant by a day.

    ``value`` is what was delivered (yuan, persons, yuan per mu), ``done_on`` the day it was done; ``gap`` what is
    missing of the target; ``days`` how late it was done, or is by the day asked. ``why`` says what it was read from.
    """

    covenant: Covenant
    on: date
    state: CovenantState
    value: Decimal | None = None
    done_on: date | None = None
    gap: Decimal | None = None
    days: int = 0
    why: str = ""
    finding: CovenantFinding | None = None
    payments: tuple[Paid, ...] = ()

    @property
    def is_red(self) -> bool:
        return self.state in RED

    @property
    def is_done(self) -> bool:
        return self.state in DONE

    @property
    def colour(self) -> str:
        return LIGHTS[self.state]

    @property
    def ratio(self) -> Decimal | None:
        """Return the part of the target that was delivered; None where either is not known."""
        target = self.covenant.target
        if target is None or self.value is None:
            return None
        return self.value / target


def said_amount(kind: str, value: Decimal | None, unit: str) -> str:
    """Return a promised or delivered number in words, money in ``unit`` (万元, 亿元)."""
    if value is None:
        return ""
    if kind == CovenantKind.JOBS:
        return in_unit(show_number(value, 0), "人")
    if kind in PER_MU:
        return _("%(amount)s/亩") % {"amount": said_money(value, "万元")}
    return said_money(value, unit)


def promised(covenant: Covenant, *, with_day: bool = True) -> str:
    """Return in words what a covenant promises: of which year, how much, and by which day unless that is shown beside."""
    unit = covenant.zone.money_unit
    amount = said_amount(covenant.kind, covenant.target, unit)
    parts = (
        _("%(year)s 年") % {"year": covenant.year} if covenant.year else "",
        amount,
        covenant.said if covenant.kind not in MEASURED else "",
        _("%(day)s 前") % {"day": covenant.due_on.isoformat()} if with_day else "",
    )
    return clauses(part for part in parts if part)


def delivered(standing: Standing) -> str:
    """Return in words what was delivered of a covenant, and what that was read from; 未知 where nothing is known."""
    covenant = standing.covenant
    parts = [
        said_amount(covenant.kind, standing.value, covenant.zone.money_unit),
        _("%(day)s 完成") % {"day": standing.done_on.isoformat()} if standing.done_on else "",
        standing.why,
    ]
    return clauses(part for part in parts if part) or _("未知")


def shortfall(standing: Standing) -> str:
    """Return in words what is missing of a broken covenant and how late it is, or how late it was kept."""
    covenant = standing.covenant
    if not standing.is_red and standing.state != CovenantState.LATE:
        return ""
    parts = []
    if standing.gap is not None and standing.gap > 0:
        amount = said_amount(covenant.kind, standing.gap, covenant.zone.money_unit)
        parts.append(_("差 %(amount)s") % {"amount": amount})
    if standing.days > 0:
        said = ngettext("逾期 %(days)d 天", "逾期 %(days)d 天", standing.days)
        parts.append(said % {"days": standing.days})
    return clauses(parts)


def standings_of(
    covenants: Sequence[Covenant], *, on: date | None = None, as_of: datetime | None = None
) -> dict[int, Standing]:
    """Return what became of each covenant by ``on`` (the zone's today), as known at ``as_of`` (now), by its id.

    ``covenants`` come from ``visible_covenants``, with agreement, project and zone; few queries for any number.
    """
    if not covenants:
        return {}
    zone = covenants[0].zone
    facts = facts_for(covenants, as_of or zones.now(zone))
    days = {one.zone_id: on or zones.today(one.zone) for one in {c.zone_id: c for c in covenants}.values()}
    found: dict[int, Standing] = {}
    rewards = [one for one in covenants if one.rewards_id is not None]
    for covenant in covenants:
        if covenant.rewards_id is None:
            found[covenant.pk] = _standing(covenant, facts, days[covenant.zone_id])
    missing = [one.rewards for one in rewards if one.rewards and one.rewards_id not in found]
    conditions = dict(found)
    if missing:
        conditions |= standings_of(list({one.pk: one for one in missing}.values()), on=on, as_of=as_of)
    for covenant in rewards:
        condition = conditions[covenant.rewards_id or 0]
        found[covenant.pk] = _reward(covenant, condition, facts, days[covenant.zone_id])
    return found


def _standing(covenant: Covenant, facts: Facts, on: date) -> Standing:
    entries = [entry for entry in facts.findings.get(covenant.pk, ()) if entry.happened_on <= on]
    last = entries[0] if entries else None
    if last is not None and last.result == CovenantFinding.Result.WAIVED:
        return Standing(
            covenant, on, CovenantState.WAIVED, why=last.evidence_note or last.document_no, finding=last
        )
    if covenant.source == Covenant.Source.LEDGER:
        kind = covenant.kind
        read = _by_gate if kind in STAGES else _by_money if kind in MONEY else _by_filing
        if kind == CovenantKind.REWARD:
            read = _by_payment
        if kind in STAGES or kind in MONEY or kind in FILED or kind == CovenantKind.REWARD:
            found = read(covenant, facts, on)
            if last is None or (found.state not in {CovenantState.UNKNOWN, CovenantState.NOT_DUE}):
                return found
    return _by_finding(covenant, last, on)


def _late(covenant: Covenant, on: date) -> int:
    return max((on - covenant.due_on).days, 0)


def _by_gate(covenant: Covenant, facts: Facts, on: date) -> Standing:
    """Read a date from the gates of the project. A project none of whose gates is entered says nothing."""
    project_id = covenant.agreement.project_id
    stage = STAGES[CovenantKind(covenant.kind)]
    day = facts.stages.get((project_id, stage))
    if day is not None and day <= on:
        return _done(covenant, day, on, _("阶段台账：%(stage)s") % {"stage": stage.label})
    if on <= covenant.due_on:
        return Standing(
            covenant, on, CovenantState.NOT_DUE, why=_("尚未登记“%(stage)s”") % {"stage": stage.label}
        )
    if project_id not in facts.staged:
        return Standing(
            covenant, on, CovenantState.UNKNOWN, days=_late(covenant, on), why=_("项目没有阶段条目")
        )
    why = _("阶段台账没有“%(stage)s”") % {"stage": stage.label}
    return Standing(covenant, on, CovenantState.BREACHED, days=_late(covenant, on), why=why)


def _done(
    covenant: Covenant,
    day: date,
    on: date,
    why: str,
    *,
    value: Decimal | None = None,
    finding: CovenantFinding | None = None,
) -> Standing:
    late = _late(covenant, day)
    state = CovenantState.LATE if late else CovenantState.KEPT
    return Standing(covenant, on, state, value=value, done_on=day, days=late, why=why, finding=finding)


def _by_money(covenant: Covenant, facts: Facts, on: date) -> Standing:
    """Add up the verified money by the day. What is unverified and would reach the target leaves it unknown."""
    target = covenant.target or ZERO
    kind = MONEY[CovenantKind(covenant.kind)]
    entries = facts.money.get((covenant.agreement.project_id, kind), [])
    total = bare = ZERO
    reached: date | None = None
    for day, amount, is_verified in entries:
        if day > on:
            break
        if is_verified:
            total += amount
            reached = (reached or day) if total >= target else None
        else:
            bare += amount
    why = _("投资台账：%(kind)s") % {"kind": kind.label}
    if reached is not None:
        return _done(covenant, reached, on, why, value=total)
    if bare > 0:
        said = {"amount": said_money(bare, covenant.zone.money_unit)}
        why = clauses((why, _("另有 %(amount)s 未核实") % said))
    if not entries:
        return _unreached(covenant, None, on, _("没有投资条目"))
    if total + bare >= target:
        found = _unreached(covenant, total, on, why)
        return replace(found, state=CovenantState.UNKNOWN) if found.is_red else found
    return _unreached(covenant, total, on, why)


def _unreached(covenant: Covenant, value: Decimal | None, on: date, why: str) -> Standing:
    """Return the standing of a number that is not reached: not due, not known, short or breached."""
    target = covenant.target or ZERO
    gap = None if value is None else target - max(value, ZERO)
    if on <= covenant.due_on:
        state = CovenantState.NOT_DUE
    elif value is None:
        state = CovenantState.UNKNOWN
    else:
        state = CovenantState.SHORT if value > 0 else CovenantState.BREACHED
    return Standing(covenant, on, state, value=value, gap=gap, days=_late(covenant, on), why=why)


def _by_filing(covenant: Covenant, facts: Facts, on: date) -> Standing:
    """Read what the firm filed: the whole of the year for what is counted over one, the latest for jobs."""
    firm = firm_of(covenant)
    if firm is None:
        return _unreached(covenant, None, on, _("没有关联企业档案"))
    measure = FILED[CovenantKind(covenant.kind)]
    filings = [one for one in facts.filings.get((firm, measure), ()) if one.happened_on <= on]
    if covenant.year is not None:
        filings = [one for one in filings if one.happened_on.year == covenant.year]
    elif covenant.kind == CovenantKind.JOBS:
        first = date(covenant.due_on.year - 1, 1, 1)
        filings = [one for one in filings if first <= one.happened_on <= covenant.due_on]
    filing = _latest(filings, covenant)
    if filing is None:
        return _unreached(covenant, None, on, _("企业没有报送“%(measure)s”") % {"measure": measure.label})
    value = filing.value
    if covenant.kind in PER_MU:
        area = covenant.agreement.area_m2
        if not area:
            return _unreached(covenant, None, on, _("协议没有用地面积"))
        exact = Fraction(value) * unit_named("亩").factor / Fraction(area)
        value = _cents(exact)
    why = _("企业报表：%(period)s（%(status)s）") % {
        "period": period_label(filing),
        "status": filing.get_status_display(),
    }
    if value >= (covenant.target or ZERO):
        return Standing(covenant, on, CovenantState.KEPT, value=value, done_on=filing.happened_on, why=why)
    if covenant.kind in YEARLY and not _is_whole_year(filing):
        # A part of the year below the target says nothing of the whole of it.
        found = _unreached(covenant, value, on, why)
        return replace(found, state=CovenantState.UNKNOWN) if found.is_red else found
    return _unreached(covenant, value, on, why)


def _cents(value: Fraction) -> Decimal:
    # Downwards: no promise is kept by rounding.
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENT, ROUND_DOWN)


def _is_whole_year(filing: Filing) -> bool:
    return filing.happened_on.month == 12


def _latest(filings: Iterable[Filing], covenant: Covenant) -> Filing | None:
    """Return the filing that says most: the furthest into the year, the yearly one before a monthly of the same day.

    What is filed by quarter is of that quarter alone and no measure of a year.
    """
    usable = [
        one for one in filings if covenant.kind == CovenantKind.JOBS or one.period != Filing.Period.QUARTER
    ]
    return max(
        usable, key=lambda one: (one.happened_on, one.period == Filing.Period.YEAR, one.pk), default=None
    )


def _by_payment(covenant: Covenant, facts: Facts, on: date) -> Standing:
    """Add up what was paid for a reward. Without an application tied to it nothing is known."""
    lines = facts.paid.get((covenant.zone_id, covenant.grant_number), []) if covenant.grant_number else []
    payments = tuple(sorted(lines, key=lambda one: (one.is_planned, one.on)))
    paid = [one for one in payments if not one.is_planned and one.on <= on]
    if not paid:
        why = (
            _("申报 %(number)s 尚无兑付") % {"number": covenant.grant_number} if covenant.grant_number else ""
        )
        found = _unreached(covenant, None, on, why or _("没有关联申报，也没有兑付佐证"))
        return replace(found, payments=payments)
    total, reached = ZERO, None
    for one in paid:
        total += one.amount_cny
        if reached is None and total >= (covenant.target or ZERO):
            reached = one.on
    why = _("兑付台账：申报 %(number)s") % {"number": covenant.grant_number}
    if reached is not None:
        return replace(_done(covenant, reached, on, why, value=total), payments=payments)
    return replace(_unreached(covenant, total, on, why), payments=payments)


def _by_finding(covenant: Covenant, last: CovenantFinding | None, on: date) -> Standing:
    """Read what somebody found on a document."""
    if last is None:
        state = CovenantState.NOT_DUE if on <= covenant.due_on else CovenantState.UNKNOWN
        return Standing(covenant, on, state, days=_late(covenant, on), why=_("还没有认定"))
    why = _("认定：%(result)s") % {"result": last.get_result_display()}
    why = clauses(part for part in (why, last.document_no) if part)
    if last.result == CovenantFinding.Result.DONE:
        return _done(covenant, last.happened_on, on, why, value=covenant.target, finding=last)
    if last.result == CovenantFinding.Result.VALUE and covenant.target is not None:
        value = last.value or ZERO
        if value >= covenant.target:
            return _done(covenant, last.happened_on, on, why, value=value, finding=last)
        return replace(_unreached(covenant, value, on, why), finding=last)
    state = CovenantState.NOT_DUE if on <= covenant.due_on else CovenantState.BREACHED
    gap = covenant.target
    return Standing(covenant, on, state, gap=gap, days=_late(covenant, on), why=why, finding=last)


def _reward(covenant: Covenant, condition: Standing, facts: Facts, on: date) -> Standing:
    """Return the standing of a reward: it is due only once what it rewards is kept."""
    found = _standing(covenant, facts, on)
    if found.is_done or condition.state in {CovenantState.KEPT, CovenantState.LATE}:
        return found
    what = {"covenant": condition.covenant.get_kind_display(), "state": condition.state.label}
    why = _("兑现条件“%(covenant)s”为“%(state)s”，尚不到期") % what
    return replace(found, state=CovenantState.NOT_DUE, days=0, why=why)
