"""The score of a lead: what each factor says of it, by which facts, and what is not known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import listed, remarks, said_money
from zhuchao.apps.enterprises.models import EnterpriseTag, Filing, Measure
from zhuchao.apps.enterprises.selectors import Series, family_ids, series_of, survivor_of, tags_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.engines.units import round_half_up

from ..models import Lead
from .leads import Actor
from .needs import needs_of
from .patience import in_force
from .weights import SCORES, Factor, ScoreRules, Total, points_by_bands, total_of, word_in

ASKED = ("area_min_m2", "kinds", "rent_max_cny_m2_day", "move_in_on")
"""The needs without which no premises can be offered."""


@dataclass(frozen=True)
class Fact:
    """A fact that points were given for, and where it opens."""

    text: str
    url: str


@dataclass(frozen=True)
class FactorAnswer:
    """What one factor says of a lead: its points, None when they cannot be known, and how they came about.

    ``fill_url`` is the form on which an unknown fact is filled in.
    """

    factor: Factor
    points: int | None
    how: str
    facts: tuple[Fact, ...] = ()
    fill_url: str = ""


@dataclass(frozen=True)
class LeadScore:
    """The score of a lead on a day with all its factors."""

    rules: ScoreRules
    answers: tuple[FactorAnswer, ...]

    @property
    def total(self) -> Total:
        return total_of((one.points, one.factor.most) for one in self.answers)


@dataclass
class _Known:
    """What is read once for all the factors."""

    actor: Actor
    lead: Lead
    on: date
    ids: list[int] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)

    @property
    def firm_url(self) -> str:
        firm = self.lead.enterprise
        return reverse("enterprise-detail", args=[survivor_of(firm).pk]) if firm else ""

    def unknown(self, factor: Factor, why: str, form: str = "lead-edit") -> FactorAnswer:
        if form == "firm" and self.lead.enterprise is None:
            why, form = _("没有关联企业档案"), "lead-edit"
        url = self.firm_url if form == "firm" else reverse(form, args=[self.lead.pk])
        return FactorAnswer(factor, None, why, fill_url=url)


def score_of(actor: Actor, lead: Lead) -> LeadScore:
    """Return the score of a lead that ``actor`` may see, by the facts of its firm that ``actor`` may see.

    What nobody recorded, or this person may not see, is unknown and never zero. At most eight queries.
    """
    known = _Known(actor, lead, zones.today(lead.zone))
    if lead.enterprise is not None:
        known.ids = family_ids(lead.enterprise)
        known.series = series_of(actor, known.ids)
    rules = in_force(SCORES, known.on)
    return LeadScore(rules, tuple(_READERS[factor.key](known, factor) for factor in rules.factors))


def _honours(known: _Known, factor: Factor) -> FactorAnswer:
    words = factor.words or {}
    found: dict[str, EnterpriseTag] = {}
    for tag in tags_of(known.actor, known.ids):
        word = word_in(words, tag.tag)
        if word is not None:
            found.setdefault(word, tag)
    if not found:
        return known.unknown(factor, _("企业档案没有登记科技类标签"), "firm")
    facts = tuple(
        Fact(remarks((tag.tag, tag.source, tag.happened_on.isoformat())), known.firm_url)
        for tag in found.values()
    )
    how = listed(_("%(word)s %(points)s 分") % {"word": word, "points": words[word]} for word in found)
    return FactorAnswer(factor, min(factor.most, sum(words[word] for word in found)), how, facts)


def _rnd(known: _Known, factor: Factor) -> FactorAnswer:
    yearly = {
        one.measure: {value.filing.happened_on: value for value in one.values}
        for one in known.series
        if one.period == Filing.Period.YEAR
    }
    revenues = yearly.get(Measure.REVENUE, {})
    spent = yearly.get(Measure.RND, {})
    years = [on for on, value in revenues.items() if on in spent and value.filing.value > 0]
    if not years:
        return known.unknown(factor, _("没有同一年的研发费用和营业收入"), "firm")
    rnd, revenue = spent[max(years)], revenues[max(years)]
    ratio = rnd.filing.value / revenue.filing.value
    how = _("%(period)s研发费用占营业收入 %(percent)s%%") % {"period": rnd.label, "percent": _percent(ratio)}
    facts = (
        _filed(Measure.RND, rnd.filing, rnd.label),
        _filed(Measure.REVENUE, revenue.filing, revenue.label),
    )
    return FactorAnswer(factor, points_by_bands(factor.bands, ratio), how, facts)


def _growth(known: _Known, factor: Factor, measure: Measure) -> FactorAnswer:
    for one in known.series:
        ratio = one.latest.growth
        if one.measure == measure and ratio is not None:
            how = _("%(period)s同比 %(percent)s%%") % {
                "period": one.latest.label,
                "percent": _percent(ratio),
            }
            facts = (_filed(measure, one.latest.filing, one.latest.label),)
            return FactorAnswer(factor, points_by_bands(factor.bands, ratio), how, facts)
    return known.unknown(factor, _("没有可比的两期报表"), "firm")


def _investment(known: _Known, factor: Factor) -> FactorAnswer:
    amount = known.lead.planned_investment_cny
    if amount is None:
        return known.unknown(factor, _("没有填写计划总投资"))
    how = said_money(amount, known.lead.zone.money_unit)
    return FactorAnswer(factor, points_by_bands(factor.bands, amount), how)


def _sector(known: _Known, factor: Factor) -> FactorAnswer:
    sector = known.lead.sector
    if sector is None:
        return known.unknown(factor, _("没有填写产业领域"))
    on_target = sector.since <= known.on and (sector.until is None or known.on <= sector.until)
    how = _("%(sector)s是目标产业") if on_target else _("%(sector)s已不是目标产业")
    points = points_by_bands(factor.bands, Decimal(on_target))
    return FactorAnswer(factor, points, how % {"sector": sector})


def _needs(known: _Known, factor: Factor) -> FactorAnswer:
    needs = needs_of(known.lead)
    if needs is None:
        return known.unknown(factor, _("没有结构化的载体需求"), "lead-needs")
    said = sum(1 for name in ASKED if needs.said(name))
    how = _("面积、类型、租金、入驻日期四项填了 %(said)s 项") % {"said": said}
    facts = (Fact(_("载体需求"), reverse("lead-detail", args=[known.lead.pk]) + "#needs"),)
    return FactorAnswer(factor, points_by_bands(factor.bands, Decimal(said) / len(ASKED)), how, facts)


def _next(known: _Known, factor: Factor) -> FactorAnswer:
    lead = known.lead
    if not lead.next_action or lead.next_action_on is None:
        return FactorAnswer(factor, 0, _("没有下一步或没有日期"))
    if lead.next_action_on < known.on:
        return FactorAnswer(factor, 0, _("下一步已逾期"))
    how = remarks((lead.next_action, lead.next_action_on.isoformat()))
    return FactorAnswer(factor, points_by_bands(factor.bands, Decimal(1)), how)


def _filed(measure: Measure, filing: Filing, label: str) -> Fact:
    words = _("%(period)s%(measure)s") % {"period": label, "measure": measure.label}
    return Fact(words, reverse("enterprise-filing-detail", args=[filing.pk]))


def _percent(ratio: Decimal) -> str:
    return f"{round_half_up(ratio * 100, 1):,f}"


_READERS: Mapping[str, Callable[[_Known, Factor], FactorAnswer]] = {
    "honours": _honours,
    "rnd": _rnd,
    "revenue": lambda known, factor: _growth(known, factor, Measure.REVENUE),
    "tax": lambda known, factor: _growth(known, factor, Measure.TAX),
    "investment": _investment,
    "sector": _sector,
    "needs": _needs,
    "next": _next,
}
