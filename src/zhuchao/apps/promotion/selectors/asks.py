"""What a lead asks of premises as criteria, and what each of them answers in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.wording import clauses, labelled, listed
from zhuchao.apps.premises.models import Unit
from zhuchao.engines.allocation import Answer, Candidate, Comparison, Criterion, Fact, Need, Value, Verdict
from zhuchao.engines.units import show_number

from ..models import Lead, LeadNeeds
from .catalogue import MONTH_DAYS, Catalogue
from .rules import Rules, Scope, Words, words_of

LEAST, MOST, ONE_OF, IS = Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.ONE_OF, Comparison.IS
NOBODY: Final = frozenset({"nobody"})
"""Words that no space has: what nothing passes."""
WAN: Final = Decimal(10_000)
_FIRE: Final = tuple(Unit.FireClass.values)

VERDICTS: Final[Mapping[Verdict, tuple[Promise, str]]] = {
    Verdict.MET: (gettext_lazy("满足"), "green"),
    Verdict.NOT_MET: (gettext_lazy("不满足"), "red"),
    Verdict.UNKNOWN: (gettext_lazy("缺数据"), "yellow"),
}
"""Each of the three answers: its word and colour."""


@dataclass(frozen=True)
class Ask:
    """A criterion of a lead with its words: the field of ``LeadNeeds`` it comes from, its label and unit."""

    name: str
    label: str
    criterion: Criterion
    unit: str = ""


@dataclass(frozen=True)
class Asked:
    """What a lead asks of premises: the need for the engine, and the words of each of its criteria, in order."""

    lead: Lead
    needs: LeadNeeds | None
    words: Words
    asks: tuple[Ask, ...]
    need: Need

    def ask_of(self, criterion: Criterion) -> Ask:
        """Return the words of a criterion of this need."""
        return next(ask for ask in self.asks if ask.criterion is criterion)


@dataclass(frozen=True)
class Row:
    """What one criterion answers for a candidate: asked for what, found what, how far off, by which clause."""

    name: str
    label: str
    verdict: Verdict
    asked: str
    found: str
    gap: str
    clause: str
    is_hard: bool

    @property
    def word(self) -> str:
        return str(VERDICTS[self.verdict][0])

    @property
    def colour(self) -> str:
        return VERDICTS[self.verdict][1]


@dataclass(frozen=True)
class _Plain:
    """A fact of ``LeadNeeds`` that is one criterion."""

    name: str
    label: Promise
    fact: Fact
    comparison: Comparison
    unit: str | Promise = ""
    value: Callable[[Any], Value] = lambda value: value


_PLAIN: Final = (
    _Plain("area_min_m2", gettext_lazy("面积下限"), Fact.AREA, LEAST, "㎡"),
    _Plain("area_max_m2", gettext_lazy("面积上限"), Fact.AREA, MOST, "㎡"),
    _Plain("kinds", gettext_lazy("载体类型"), Fact.TYPE, ONE_OF, value=frozenset),
    _Plain("clear_height_m", gettext_lazy("净高"), Fact.CLEAR_HEIGHT, LEAST, "m"),
    _Plain("floor_load_kn_m2", gettext_lazy("楼面荷载"), Fact.FLOOR_LOAD, LEAST, "kN/㎡"),
    _Plain("power_kva", gettext_lazy("用电容量"), Fact.POWER, LEAST, "kVA"),
    _Plain("water_m3_day", gettext_lazy("供水"), Fact.WATER_DAY, LEAST, gettext_lazy("m³/天")),
    _Plain("needs_gas", gettext_lazy("通燃气"), Fact.GAS, IS),
    _Plain("needs_sewage", gettext_lazy("通污水"), Fact.SEWAGE, IS),
    _Plain("hoist_t", gettext_lazy("起重"), Fact.HOIST, LEAST, "t"),
    _Plain("needs_dock", gettext_lazy("装卸口"), Fact.LOADING_DOCK, IS),
    _Plain(
        "fire_class",
        gettext_lazy("火灾危险性类别"),
        Fact.FIRE_CLASS,
        ONE_OF,
        value=lambda said: frozenset(_FIRE[: _FIRE.index(said) + 1]),
    ),
    _Plain(
        "rent_max_cny_m2_day",
        gettext_lazy("挂牌租金"),
        Fact.RENT,
        MOST,
        gettext_lazy("元/㎡·天"),
        lambda said: said * MONTH_DAYS,
    ),
    _Plain("move_in_on", gettext_lazy("可用日期"), Fact.AVAILABLE_ON, MOST),
)

LABELS: Final[Mapping[str, Promise]] = {
    **{one.name: one.label for one in _PLAIN},
    "ground_floor": gettext_lazy("一楼"),
    "forbids": gettext_lazy("规划与文保"),
    "use": gettext_lazy("允许用途"),
    "admission": gettext_lazy("准入产业"),
    "hazard": gettext_lazy("可用于危险品"),
    "food": gettext_lazy("可用于食品"),
}


def asked_by(lead: Lead, needs: LeadNeeds | None, found: Catalogue, *, scope_is_hard: bool = False) -> Asked:
    """Return what a lead asks of the units of a catalogue.

    What a rule forbids or does not permit is always hard. A site that does not admit the lead only warns, unless
    ``scope_is_hard``: nobody is there to answer for it.
    """
    words = words_of(lead, needs)
    asks = [*_rule_asks(words, found, scope_is_hard=scope_is_hard), *_plain_asks(needs)]
    tags = tags_of(words, needs)
    if "hazard" in tags:
        asks.append(Ask("hazard", label_of("hazard"), Criterion(Fact.ADMITS_HAZARD, IS, True)))
    if "food" in tags:
        asks.append(Ask("food", label_of("food"), Criterion(Fact.ADMITS_FOOD, IS, True)))
    need = Need(
        key=f"{lead.pk:010d}",
        criteria=tuple(ask.criterion for ask in asks),
        benefit=(lead.planned_investment_cny or WAN) / WAN,
        tags=tags,
    )
    return Asked(lead, needs, words, tuple(asks), need)


def tags_of(words: Words, needs: LeadNeeds | None) -> frozenset[str]:
    """Return what a lead brings into a building that others may not stand beside: hazard, food."""
    is_hazardous = needs is not None and needs.fire_class in (Unit.FireClass.A, Unit.FireClass.B)
    tags = {"hazard": is_hazardous, "food": words.is_food}
    return frozenset(tag for tag, brings in tags.items() if brings)


def label_of(name: str) -> str:
    """Return the label of a criterion by its name, in the reader's language."""
    return str(LABELS.get(name, name))


def _rule_asks(words: Words, found: Catalogue, *, scope_is_hard: bool) -> list[Ask]:
    clear = {
        name
        for name, rules in found.forbids.items()
        if not rules.against(words) and (words.all or not (rules.is_heritage and rules.forbidden))
    }
    asks = [Ask("forbids", label_of("forbids"), Criterion(Fact.FORBIDS, ONE_OF, frozenset(clear) or NOBODY))]
    if words.uses:
        fit = frozenset(name for name, rules in found.permits.items() if rules.permit(words))
        asks.append(Ask("use", label_of("use"), Criterion(Fact.PERMITS, ONE_OF, fit or NOBODY)))
    if words.all:
        admit = frozenset(name for name, scope in found.admission.items() if scope.admits(words))
        criterion = Criterion(Fact.ADMISSION, ONE_OF, admit or NOBODY, hard=scope_is_hard)
        asks.append(Ask("admission", label_of("admission"), criterion))
    return asks


def _plain_asks(needs: LeadNeeds | None) -> list[Ask]:
    if needs is None:
        return []
    asks = []
    for one in _PLAIN:
        said = getattr(needs, one.name)
        # a lead that says it needs no gas asks nothing
        if not needs.said(one.name) or said is False:
            continue
        hard = one.name in needs.is_hard
        criterion = Criterion(one.fact, one.comparison, one.value(said), hard=hard)
        asks.append(Ask(one.name, str(one.label), criterion, str(one.unit)))
    if needs.ground_floor:
        hard = "ground_floor" in needs.is_hard
        for comparison in (LEAST, MOST):
            criterion = Criterion(Fact.FLOOR, comparison, Decimal(1), hard=hard)
            asks.append(Ask("ground_floor", label_of("ground_floor"), criterion, _("层")))
    return asks


def says_anything(needs: LeadNeeds | None) -> bool:
    """Return whether there is anything to match by: a fact that premises can be compared with, or a use."""
    return needs is not None and (bool(needs.use) or bool(_plain_asks(needs)))


def rows_of(asked: Asked, candidate: Candidate, found: Catalogue) -> list[Row]:
    """Return what every criterion answers for a candidate, in the order in which it was asked."""
    units = found.units_of(candidate.spaces)
    rows: list[Row] = []
    for ask, one in zip(asked.asks, candidate.answers, strict=True):
        row = _row(asked, ask, one, candidate, units, found)
        # the ground floor is asked from both sides, and is one thing
        if rows and rows[-1].name == row.name:
            if row.verdict is not Verdict.MET:
                rows[-1] = row
            continue
        rows.append(row)
    return rows


def _row(
    asked: Asked, ask: Ask, one: Answer, candidate: Candidate, units: list[Unit], found: Catalogue
) -> Row:
    verdict, clause = one.verdict, ""
    whom = _names(found, one.unknown or one.failing) if len(units) > 1 else ""
    if ask.name in ("forbids", "use", "admission"):
        rules = _held(ask.name, candidate, found)
        verdict, wanted, has, clause = _of_rules(asked.words, ask.name, verdict, rules)
    else:
        wanted = _asked(ask)
        has = _shown(ask, one.found) if verdict is not Verdict.UNKNOWN else _("没有登记")
    gap = "" if one.off_by is None else _gap(ask, one.off_by)
    if whom and verdict is Verdict.UNKNOWN:
        gap = labelled(_("待补"), whom)
    elif whom:
        gap = clauses([gap, whom])
    return Row(ask.name, ask.label, verdict, wanted, has, gap, clause, ask.criterion.hard)


def _held(name: str, candidate: Candidate, found: Catalogue) -> list[Rules | Scope]:
    """Return the rules or scopes of the spaces of a candidate, each once."""
    by_name: Mapping[str, Rules | Scope] = found.admission if name == "admission" else found.forbids
    names = [space.admission if name == "admission" else space.forbids for space in candidate.run]
    return [by_name[one] for one in dict.fromkeys(names) if one is not None]


def _of_rules(
    words: Words, name: str, verdict: Verdict, held: list[Rules | Scope]
) -> tuple[Verdict, str, str, str]:
    """Return the verdict, what was asked, what was found and the clause of a criterion about rules."""
    wanted = listed(words.uses if name == "use" else words.all) or _("没有说用途")
    if name == "admission":
        said = listed(str(scope) for scope in held if isinstance(scope, Scope) and scope.industries)
        return verdict, wanted, _("不限") if not said else "", said
    rules = [one for one in held if isinstance(one, Rules)]
    if name == "use":
        said = listed(dict.fromkeys(word for one in rules for word in one.permitted))
        has = _("没有登记") if verdict is Verdict.UNKNOWN else said or _("未禁止的均可")
        return verdict, wanted, has, ""
    clause = listed(dict.fromkeys(text for one in rules if (text := one.against(words))))
    if verdict is Verdict.NOT_MET and not clause:
        # a heritage unit forbids something, and nobody knows what the lead does
        forbidden = listed(dict.fromkeys(word for one in rules for word in one.forbidden))
        return Verdict.UNKNOWN, wanted, _("请先填写线索的用途"), labelled(_("文保约束禁止用途"), forbidden)
    if verdict is Verdict.UNKNOWN:
        return verdict, wanted, _("文保约束没有登记"), ""
    return verdict, wanted, _("冲突") if clause else _("未见冲突"), clause


def _names(found: Catalogue, keys: tuple[str, ...]) -> str:
    return listed(found.units[key].name for key in keys)


def _asked(ask: Ask) -> str:
    criterion = ask.criterion
    if ask.name == "fire_class":
        worst = max(str(word) for word in criterion.value) if isinstance(criterion.value, frozenset) else ""
        return str(Unit.FireClass(worst).label)
    if ask.name == "ground_floor" or criterion.value is True:
        return _("需要")
    shown = _shown(ask, criterion.value)
    if criterion.comparison is LEAST:
        return f"≥ {shown}"
    return f"≤ {shown}" if criterion.comparison is MOST else shown


def _shown(ask: Ask, value: Value | None) -> str:
    match value:
        case None:
            return "—"
        case bool():
            return _("有") if value else _("没有")
        case date():
            return value.isoformat()
        case frozenset():
            words = {**dict(Unit.Kind.choices), **dict(Unit.FireClass.choices)}
            return listed(str(words.get(word, word)) for word in sorted(value))
    if ask.name == "rent_max_cny_m2_day":
        value /= MONTH_DAYS
    if ask.name == "ground_floor":
        return _("%(n)s 层") % {"n": int(value)}
    return f"{plain(value)} {ask.unit}"


def _gap(ask: Ask, off_by: Decimal) -> str:
    if ask.name == "ground_floor":
        return ""
    if ask.criterion.fact is Fact.AVAILABLE_ON:
        return _("晚 %(n)s 天") % {"n": int(off_by)}
    if ask.name == "rent_max_cny_m2_day":
        off_by /= MONTH_DAYS
    by = f"{plain(off_by)} {ask.unit}"
    return _("差 %(by)s") % {"by": by} if ask.criterion.comparison is LEAST else _("超 %(by)s") % {"by": by}


def plain(value: Decimal) -> str:
    """Return a number with at most three decimals, none that says nothing, and thousands apart."""
    text = show_number(value, 3)
    return text.rstrip("0").rstrip(".") if "." in text else text
