"""What a project asks of premises, read out of running Chinese text: each fact with the words it was read from.

Nothing is guessed: words that may mean two things, or a figure whose unit does not convert exactly, are handed back as
unclear with the reason. Two words that say different things of one fact are a contradiction, and neither is taken.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.units import parse_number, round_half_up, to_base_exact, unit_named

Value = Decimal | bool | str | date | tuple[str, ...]

MONTHS_A_YEAR: Final = 12
DAYS_A_YEAR: Final = 365
PLACES: Final = {
    "area_min_m2": 2,
    "area_max_m2": 2,
    "clear_height_m": 2,
    "floor_load_kn_m2": 2,
    "power_kva": 1,
    "water_m3_day": 1,
    "hoist_t": 2,
    "rent_max_cny_m2_day": 3,
    "planned_investment_cny": 2,
}
"""How many decimal places each figure is kept with."""
BELOW: Final = {
    "area_min_m2": Decimal(10) ** 8,
    "area_max_m2": Decimal(10) ** 8,
    "clear_height_m": Decimal(100),
    "floor_load_kn_m2": Decimal(1000),
    "power_kva": Decimal(10) ** 6,
    "water_m3_day": Decimal(10) ** 6,
    "hoist_t": Decimal(1000),
    "rent_max_cny_m2_day": Decimal(1000),
    "planned_investment_cny": Decimal(10) ** 13,
}
"""No project asks for so much: a figure that is not between 0 and this is a slip of the pen."""
MOST_MONTHS: Final = 120
SHORT: Final = 4


@dataclass(frozen=True, slots=True)
class Want:
    """One fact that the text states.

    Attributes:
        field: one of ``PLACES``, or kinds, needs_gas, needs_sewage, needs_dock, ground_floor, fire_class, move_in_on.
        value: in the unit of the field; kinds as a tuple.
        words: the words it was read from, as they stand in the text.
        note: `about` (约), `storey_height` (层高 was said, not 净高), `per_month` (a rent a month, times 12/365), or "".
        is_must: whether the clause says 必须 or the like.
    """

    field: str
    value: Value
    words: str
    note: str = ""
    is_must: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words that speak of a fact and do not settle it; ``why`` is one of ``WHYS``."""

    field: str
    words: str
    why: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements that cannot both hold: of one fact, or a least area above the largest."""

    first: Want
    second: Want


@dataclass(frozen=True, slots=True)
class Wants:
    """What a text asks for; ``wants`` holds each fact once and none that is contradicted."""

    wants: tuple[Want, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def values(self) -> dict[str, Value]:
        """The facts by field."""
        return {want.field: want.value for want in self.wants}


WHYS: Final = (
    "present_state",  # what they have now, not what they ask for
    "area_of_part",  # of one floor, one room, one person
    "part_of_total",  # a part of the total that is stated too
    "upper_limit",  # at most, of a fact that is wanted at least
    "lower_limit",  # at least, of a ceiling
    "load_unit",  # tonnes without the area they stand on
    "power_in_kw",  # kW, which is kVA only with a power factor
    "water_period",  # an amount that is not for a day
    "mentioned",  # said, but not whether it is wanted
    "uncertain",  # perhaps
    "not_wanted",  # a kind of space that is ruled out
    "one_floor_or_first",  # 一层: one floor, or the first
    "day_vague",  # a month without its year, or its beginning
    "foreign_currency",  # an amount that needs a rate and its day
    "number_unreadable",
    "out_of_range",  # no project asks for so much, or for nothing
)


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch between commas and stops."""

    text: str
    on: date

    @property
    def is_must(self) -> bool:
        return bool(_MUST.search(self.text))

    def asks(self, words: str) -> bool:
        """Return whether a kind of space is asked for here: by a verb, with an area, or by its name alone."""
        alone = len(self.text.strip()) <= len(words) + SHORT
        return alone or bool(_POLAR.search(self.text)) or bool(_AREA.search(self.text))

    @property
    def is_present(self) -> bool:
        return bool(_PRESENT.search(self.text)) and not _WISH.search(self.text)


@dataclass(slots=True)
class _Found:
    wants: list[Want] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    totals: set[int] = field(default_factory=set)


_MUST: Final = re.compile("必须|务必|一定要|硬性|刚需|缺一不可")
_PRESENT: Final = re.compile("现有|目前|现租|原有|已租|已有|现址|现在|自有")
_WISH: Final = re.compile("需|要|拟|想|求|计划")
_STOPS: Final = re.compile(r"[，。；;！!？?\n]|,(?!\d{3})")
_FOLD: Final = {
    **{ord(wide): chr(ord(wide) - 0xFEE0) for wide in map(chr, range(0xFF10, 0xFF1A))},
    **{ord(wide): plain for wide, plain in ("．.", "／/", "～~")},
}

_NUMBER: Final = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[十百千万亿]*|[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*)"
_LEAST: Final = r"不得?少于|不得?低于|不得?小于|至少|最少|最低|大于|超过|高于|≥|>=|>"
_MOST: Final = r"不得?超过|不得?高于|不得?大于|不多于|至多|最多|最高|小于|低于|少于|控制在|≤|<=|<"
_ABOUT: Final = r"大约|大概|约|近|左右"
_AMOUNT: Final = (
    rf"(?:(?P<most>{_MOST})|(?P<least>{_LEAST})|(?P<about>{_ABOUT}))?(?:为|是|在|达到?|[:：])?\s*"
    rf"(?P<low>{_NUMBER})\s*(?:(?P<lowunit>UNIT)?\s*[-—–~至到]\s*(?P<high>{_NUMBER}))?\s*(?P<unit>UNIT)"
    r"\s*(?:(?P<up>及?以上|或以上|起)|(?P<down>及?以下|以内|之内)|(?P<around>左右|上下))?"
)
_PER_M2: Final = r"\s*(?:/|每|一)\s*(?:㎡|平方米?|平米|平|m2|m²)"
_M2: Final = r"㎡|m²|[mM]2|平方米|平方(?!公里|千米)|平米|平(?![台均江时安价整面方])"


def _amount(unit: str) -> str:
    return _AMOUNT.replace("UNIT", unit)


_GAP: Final = r"[^\d一二两三四五六七八九十]{0,6}?"
_AREA: Final = re.compile(
    rf"(?:(?:(?P<part>人均|每人|每层|单层|每间)|(?P<total>总共|一共|共计?|合计|总面积|总建筑面积)){_GAP})?"
    + _amount(f"{_M2}|亩|公顷")
    + r"(?!\s*[/·每])"
)
_HEIGHT: Final = (
    re.compile(rf"(?P<what>净高|层高|挑高|高度){_GAP}" + _amount("米|m(?![2²])")),
    re.compile(_amount("米|m(?![2²])") + "的?(?P<what>净高|层高|挑高)"),
)
_LOAD: Final = (
    re.compile(_amount(rf"(?:吨|t|公斤|千克|kg|kN|KN|千牛){_PER_M2}")),
    re.compile(rf"每(?:㎡|平方米?|平米|平){_GAP}" + _amount("吨|公斤|千克|kN|KN|千牛")),
)
_LOAD_BARE: Final = re.compile(rf"(?:荷载|承重|载荷){_GAP}" + _amount(rf"吨(?!{_PER_M2})"))
_POWER: Final = re.compile(_amount("kVA|KVA|kva|千伏安|MVA|兆伏安|千瓦(?!时)|[kK][wW](?!h|H|·)"))
_WATER_UNIT: Final = _amount(r"吨|立方米?|方|m³|m3")
_WATER: Final = (
    re.compile(rf"(?P<per>每天|每日|日均?|每月|月|每年|年)(?:用水|供水|耗水)量?{_GAP}{_WATER_UNIT}"),
    re.compile(rf"(?:用水|供水|耗水)量?{_GAP}{_WATER_UNIT}(?P<per>\s*(?:/|每|一)\s*[天日月年])?"),
)
_CRANES: Final = "行车|航车|航吊|天车|吊车|桥吊|起重机|起重|吊机"
_HOIST: Final = (
    re.compile(_amount(r"(?:吨|t|T)(?!\s*/)") + f"的?(?:{_CRANES})"),
    re.compile(f"(?:{_CRANES})(?:能力|吨位|载重|重量)?{_GAP}" + _amount(r"(?:吨|t|T)(?!\s*/)")),
)
_RENT: Final = re.compile(_amount(rf"元{_PER_M2}\s*(?:/|每|·|一)?\s*[天日月]"))
_INVESTMENT: Final = re.compile(
    rf"投资(?:总?额|规模)?(?!强度|方|人|者|商|公司|促进|机构|协议){_GAP}"
    + _amount(r"(?:[万亿]?(?:元|美元|美金|欧元|日元|港元|新元)|(?<=[万亿]))")
    + r"(?!\s*/)"
)
_FIRE: Final = re.compile("[甲乙丙丁戊](?:类|(?=、[甲乙丙丁戊]类))")
_FIRE_CLASSES: Final = dict(zip("甲乙丙丁戊", "abcde", strict=True))
_KINDS: Final = (
    ("workshop", "厂房|车间"),
    ("office", "写字楼|办公(?!设备|用品|家具|软件|自动|室主任)"),
    ("rnd", "实验室|中试|研发(?:楼|用房|空间|场地|办公|中心|载体|厂房)|研发(?=、|和|及)"),
    ("storage", "仓储|仓库|库房"),
    ("shop", "商铺|店铺|门面|沿街|商业(?:用房|空间|载体|铺)"),
    ("heritage", "古建|老宅"),
    ("plot", "用地|土地|地块|拿地|供地"),
)
_FLAGS: Final = (
    ("needs_gas", "天然气|燃气|煤气"),
    ("needs_sewage", "排污|污水|废水"),
    ("needs_dock", "装?卸货?平台|装卸口|卸货口|装卸货平台|月台"),
    ("ground_floor", "(?<![十百\\d第])(?:一楼|首层|底层|底楼|1楼|1层|1F)"),
)
_ONE_FLOOR: Final = re.compile("(?<![整每单十百])一层(?!楼梯)")
_POLAR: Final = re.compile(
    "(?P<maybe>不一定|可能|暂不|暂无|待定|是否|也许)"
    "|(?P<no>不需要?|无需|不要|不用|不必|没有|不产生|不涉及|不考虑|不含|不排|无)"
    "|(?P<yes>需要?|必须|要|得有|配|通|接|带|有|产生|涉及|用|希望|最好|找|租|求|拟)"
)
_MOVE: Final = "入驻|搬入|搬迁|搬到|进场|入场|进驻|迁入|交付|交房|投用|启用"
_DAY: Final = (
    r"(?:(?P<year>20\d{2})\s*[年./-]\s*|(?P<said>今年|明年|后年))?(?:(?P<month>\d{1,2})\s*(?:月|[./-](?=\d))"
    r"(?:(?P<day>\d{1,2})[日号]?|(?P<part>底|末|初|上旬|中旬|下旬))?|(?P<half>上半年|下半年|年底|年末|底))(?P<before>以?前)?"
)
_MOVE_IN: Final = (
    re.compile(rf"{_DAY}[^\d]{{0,6}}?(?:{_MOVE})"),
    re.compile(rf"(?:{_MOVE})(?:时间|日期)?[^\d今明后年底]{{0,4}}{_DAY}"),
)
_WITHIN: Final = re.compile(
    rf"(?:(?P<months>{_NUMBER})个月|(?P<half>半年))(?:之?内|以内)[^\d]{{0,6}}?(?:{_MOVE})"
)
_YEARS_ON: Final = {"今年": 0, "明年": 1, "后年": 2}


def read_wants(text: str, *, on: date) -> Wants:
    """Return what ``text`` asks of premises.

    A single area is the least that will do, as is 约 of it (noted `about`); a range is both ends. Tonnes a square metre
    are exact: 1 t/㎡ is 9.80665 kN/㎡, then rounded as the field keeps it. A rent a month is times 12/365, rounded down.

    Args:
        on: the day the text was written: what 今年, 明年 and 三个月内 count from.

    >>> found = read_wants("需要约3000-5000平厂房，层高8米以上，荷载2吨/㎡，用电500千瓦", on=date(2026, 3, 2))
    >>> found.values["area_max_m2"], found.values["kinds"], found.values["floor_load_kn_m2"]
    (Decimal('5000.00'), ('workshop',), Decimal('19.61'))
    >>> [(one.words, one.why) for one in found.unclear]
    [('500千瓦', 'power_in_kw')]
    """
    found = _Found()
    for words in _STOPS.split(text.translate(_FOLD)):
        clause = _Clause(words, on)
        for name, read in _READERS:
            try:
                read(clause, found)
            except EngineError:
                found.unclear.append(Unclear(name, words.strip(), "number_unreadable"))
    return _settled(found)


def _areas(clause: _Clause, found: _Found) -> None:
    for match in _AREA.finditer(clause.text):
        why = "area_of_part" if match["part"] else "present_state" if clause.is_present else ""
        if why:
            found.unclear.append(Unclear("area_min_m2", match[0].strip(), why))
            continue
        for name, value in _ends(match, "area_min_m2", "area_max_m2", found):
            if match["total"]:
                found.totals.add(len(found.wants))
            _say(clause, found, match, name, value)


def _heights(clause: _Clause, found: _Found) -> None:
    for match in _matches(_HEIGHT, clause.text):
        note = "" if match["what"] == "净高" else "storey_height"
        _at_least(clause, found, match, "clear_height_m", note=note)


def _loads(clause: _Clause, found: _Found) -> None:
    ends: set[int] = set()
    for match in _matches(_LOAD, clause.text):
        unit = re.split("[/每一]", match["unit"])[0].strip() + "/㎡"
        _at_least(clause, found, match, "floor_load_kn_m2", unit=unit)
        ends.add(match.end())
    for match in _LOAD_BARE.finditer(clause.text):
        if match.end() not in ends:
            found.unclear.append(Unclear("floor_load_kn_m2", match[0], "load_unit"))


def _power(clause: _Clause, found: _Found) -> None:
    for match in _POWER.finditer(clause.text):
        if match["unit"].lower() in {"千瓦", "kw"}:
            found.unclear.append(Unclear("power_kva", match[0].strip(), "power_in_kw"))
        else:
            unit = {"kva": "kVA", "mva": "MVA"}.get(match["unit"].lower(), match["unit"])
            _at_least(clause, found, match, "power_kva", unit=unit)


def _water(clause: _Clause, found: _Found) -> None:
    for match in _matches(_WATER, clause.text):
        if (match["per"] or "")[-1:] in {"天", "日", "均"}:
            _at_least(clause, found, match, "water_m3_day", unit="")
        else:
            found.unclear.append(Unclear("water_m3_day", match[0], "water_period"))


def _hoists(clause: _Clause, found: _Found) -> None:
    for match in _matches(_HOIST, clause.text):
        _at_least(clause, found, match, "hoist_t", unit="吨")


def _rents(clause: _Clause, found: _Found) -> None:
    for match in _RENT.finditer(clause.text):
        if match["least"] or match["up"]:
            found.unclear.append(Unclear("rent_max_cny_m2_day", match[0].strip(), "lower_limit"))
            continue
        value = _number(match["high"] or match["low"])
        note = ""
        if match["unit"].endswith("月"):
            note = "per_month"
            day = Fraction(value) * MONTHS_A_YEAR / DAYS_A_YEAR
            value = (Decimal(day.numerator) / day.denominator).quantize(Decimal("0.001"), ROUND_DOWN)
        _say(clause, found, match, "rent_max_cny_m2_day", value, note=note)


def _investments(clause: _Clause, found: _Found) -> None:
    for match in _INVESTMENT.finditer(clause.text):
        unit = match["unit"]
        if unit.lstrip("万亿") not in {"", "元"}:
            found.unclear.append(Unclear("planned_investment_cny", match[0], "foreign_currency"))
            continue
        scale = unit.removesuffix("元")
        _say(clause, found, match, "planned_investment_cny", _number(match["high"] or match["low"], scale))


def _fire(clause: _Clause, found: _Found) -> None:
    for match in _FIRE.finditer(clause.text):
        found.wants.append(Want("fire_class", _FIRE_CLASSES[match[0][0]], match[0], is_must=clause.is_must))


def _kinds(clause: _Clause, found: _Found) -> None:
    for kind, words in _KINDS:
        for match in re.finditer(words, clause.text):
            why = {"no": "not_wanted", "maybe": "uncertain"}.get(_polarity(clause.text[: match.start()]), "")
            why = why or ("present_state" if clause.is_present else "")
            why = why or ("" if clause.asks(match[0]) else "mentioned")
            if why:
                found.unclear.append(Unclear("kinds", match[0], why))
            else:
                found.wants.append(Want("kinds", (kind,), match[0], is_must=clause.is_must))


def _flags(clause: _Clause, found: _Found) -> None:
    for name, words in _FLAGS:
        for match in re.finditer(words, clause.text):
            before, after = clause.text[: match.start()], clause.text[match.end() :]
            polarity = _polarity(before) or _polarity(after, last=False)
            if polarity in {"yes", "no"}:
                said = clause.text[max(0, match.start() - 6) : match.end() + 4].strip("、 ")
                found.wants.append(Want(name, polarity == "yes", said, is_must=clause.is_must))
            else:
                found.unclear.append(Unclear(name, match[0], "uncertain" if polarity else "mentioned"))
    for match in _ONE_FLOOR.finditer(clause.text):
        found.unclear.append(Unclear("ground_floor", match[0], "one_floor_or_first"))


def _days(clause: _Clause, found: _Found) -> None:
    for match in _WITHIN.finditer(clause.text):
        months = Decimal(6) if match["half"] else _number(match["months"])
        if months != int(months) or months > MOST_MONTHS:
            found.unclear.append(Unclear("move_in_on", match[0], "day_vague"))
        else:
            day = _months_after(clause.on, int(months))
            found.wants.append(Want("move_in_on", day, match[0], is_must=clause.is_must))
    for match in _matches(_MOVE_IN, clause.text):
        by = _day(match, clause.on)
        if by is None:
            found.unclear.append(Unclear("move_in_on", match[0], "day_vague"))
        else:
            found.wants.append(Want("move_in_on", by, match[0], is_must=clause.is_must))


_READERS: Final[tuple[tuple[str, Callable[[_Clause, _Found], None]], ...]] = (
    ("area_min_m2", _areas),
    ("kinds", _kinds),
    ("clear_height_m", _heights),
    ("floor_load_kn_m2", _loads),
    ("power_kva", _power),
    ("water_m3_day", _water),
    ("needs_gas", _flags),
    ("hoist_t", _hoists),
    ("fire_class", _fire),
    ("rent_max_cny_m2_day", _rents),
    ("move_in_on", _days),
    ("planned_investment_cny", _investments),
)


def _matches(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[re.Match[str]]:
    """Yield what the patterns find, the first pattern first, and no stretch of text twice."""
    taken: list[tuple[int, int]] = []
    for pattern in patterns:
        for match in pattern.finditer(text):
            if all(match.end() <= start or match.start() >= end for start, end in taken):
                taken.append(match.span())
                yield match


def _number(text: str, scale: str = "") -> Decimal:
    return parse_number(text + scale)


def _polarity(text: str, *, last: bool = True) -> str:
    """Return yes, no or "" by the last (or first) word that says so; maybe where any word does."""
    said = [match.lastgroup or "" for match in _POLAR.finditer(text)]
    if "maybe" in said:
        return "maybe"
    return said[-1 if last else 0] if said else ""


def _low(match: re.Match[str]) -> str:
    """Return the lower number, with the scale that a range states once: 1-2万 is 1万 to 2万."""
    low, high = match["low"], match["high"] or ""
    scale = high.lstrip("0123456789.,")
    digits = high[: len(high) - len(scale)]
    if scale and digits and low[-1].isdigit() and _number(low) < _number(digits):
        return low + scale
    return low


def _ends(match: re.Match[str], least: str, most: str, found: _Found) -> Iterator[tuple[str, Decimal]]:
    unit = unit_named({"平方": "㎡", "m2": "㎡", "M2": "㎡"}.get(match["unit"], match["unit"]))

    def base(text: str) -> Decimal:
        return round_half_up(to_base_exact(_number(text), unit), PLACES[least])

    if match["high"]:
        yield least, base(_low(match))
        yield most, base(match["high"])
    elif match["most"] or match["down"]:
        yield most, base(match["low"])
    else:
        yield least, base(match["low"])


def _at_least(
    clause: _Clause,
    found: _Found,
    match: re.Match[str],
    name: str,
    *,
    unit: str | None = None,
    note: str = "",
) -> None:
    if match["most"] or match["down"]:
        found.unclear.append(Unclear(name, match[0].strip(), "upper_limit"))
        return
    value: Decimal | Fraction = _number(_low(match))
    if unit:
        value = to_base_exact(value, unit_named(unit))
    _say(clause, found, match, name, round_half_up(value, PLACES[name]), note=note)


def _say(
    clause: _Clause, found: _Found, match: re.Match[str], name: str, value: Decimal, *, note: str = ""
) -> None:
    value = round_half_up(value, PLACES[name])
    if not 0 < value < BELOW[name]:
        found.unclear.append(Unclear(name, match[0].strip(), "out_of_range"))
        return
    about = "about" if match["about"] or match["around"] else ""
    found.wants.append(Want(name, value, match[0].strip(), note or about, clause.is_must))


def _day(match: re.Match[str], on: date) -> date | None:
    """Return the last day that fits what was said; None for a month without its year, its beginning, and no day at all."""
    year = int(match["year"]) if match["year"] else None
    if match["said"]:
        year = on.year + _YEARS_ON[match["said"]]
    if year is None or match["part"] == "初":
        return None
    if match["half"]:
        return date(year, 6, 30) if match["half"] == "上半年" else date(year, 12, 31)
    month = int(match["month"])
    if not 1 <= month <= MONTHS_A_YEAR:
        return None
    last = calendar.monthrange(year, month)[1]
    if match["day"]:
        return date(year, month, int(match["day"])) if 1 <= int(match["day"]) <= last else None
    if match["part"]:
        return date(year, month, {"上旬": 10, "中旬": 20}.get(match["part"], last))
    # 3月前 ends with February, 3月 with March.
    return date(year, month, 1) - timedelta(days=1) if match["before"] else date(year, month, last)


def _months_after(on: date, months: int) -> date:
    year, month = divmod(on.year * MONTHS_A_YEAR + on.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def _settled(found: _Found) -> Wants:
    """Return each fact once; kinds are gathered, what differs is a contradiction, a stated total hides its parts."""
    totals = {found.wants[index].field for index in found.totals}
    by_field: dict[str, list[Want]] = {}
    unclear = list(found.unclear)
    for index, want in enumerate(found.wants):
        if want.field in totals and index not in found.totals:
            unclear.append(Unclear(want.field, want.words, "part_of_total"))
        else:
            by_field.setdefault(want.field, []).append(want)
    wants: list[Want] = []
    contradictions: list[Contradiction] = []
    for name, said in by_field.items():
        other = next((want for want in said if want.value != said[0].value), None)
        if name == "kinds":
            wants.append(_gathered(said))
        elif other is not None:
            contradictions.append(Contradiction(said[0], other))
        else:
            wants.append(said[0])
    least = next((want for want in wants if want.field == "area_min_m2"), None)
    most = next((want for want in wants if want.field == "area_max_m2"), None)
    if least and most and Decimal(str(least.value)) > Decimal(str(most.value)):
        contradictions.append(Contradiction(least, most))
        wants = [want for want in wants if want not in (least, most)]
    return Wants(tuple(wants), tuple(dict.fromkeys(unclear)), tuple(contradictions))


def _gathered(said: list[Want]) -> Want:
    kinds = [kind for want in said for kind in (want.value if isinstance(want.value, tuple) else ())]
    words = "、".join(dict.fromkeys(want.words for want in said))
    return Want("kinds", tuple(dict.fromkeys(kinds)), words, is_must=any(want.is_must for want in said))
