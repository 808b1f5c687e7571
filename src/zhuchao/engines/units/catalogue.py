"""The units a zone's ledgers use, by every name they go under."""

import difflib
import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache

from zhuchao.engines import EngineError
from zhuchao.engines.units.numbers import fold


class Dimension(Enum):
    """What a unit measures; amounts of different dimensions are never added or compared."""

    MONEY = "money"
    AREA = "area"
    COUNT = "count"
    RATIO = "ratio"
    POINTS = "points"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    HOURS = "hours"
    LENGTH = "length"
    MASS = "mass"
    FORCE = "force"
    LOAD = "load"
    POWER = "power"
    APPARENT_POWER = "apparent_power"
    STANDARD_COAL = "standard_coal"
    MONEY_PER_AREA = "money_per_area"
    MONEY_PER_COUNT = "money_per_count"
    MONEY_PER_COAL = "money_per_coal"
    RENT_PER_MONTH = "rent_per_month"
    RENT_PER_DAY = "rent_per_day"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `factor` of it make one base unit (元 or one of the currency, ㎡, 1, ratio 1, day, month).

    `stem` is the name without 万, 亿 and the like, so that a cell "1.2亿" under a 万元 header is 亿元.
    """

    name: str
    aliases: tuple[str, ...]
    dimension: Dimension
    currency: str | None
    factor: Fraction
    stem: str

    def __str__(self) -> str:
        return self.name


# ISO 4217 codes in use; fund and metal codes are left out
_ISO_4217 = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
ISO_CURRENCIES = frozenset(_ISO_4217.split())

_CURRENCY_NAMES: dict[str, tuple[str, ...]] = {
    "CNY": ("元", "圆", "人民币元", "人民币", "RMB"),
    "USD": ("美元", "美金", "美圆", "US$"),
    "EUR": ("欧元", "€"),
    "JPY": ("日元", "日圆"),
    "HKD": ("港元", "港币", "HK$"),
    "GBP": ("英镑", "£"),
    "KRW": ("韩元", "韩圆"),
    "TWD": ("新台币", "台币", "NT$"),
    "MOP": ("澳门元", "澳门币"),
    "SGD": ("新加坡元", "新元", "新币", "坡币"),
    "AUD": ("澳元", "澳大利亚元"),
    "CAD": ("加元", "加拿大元"),
    "NZD": ("新西兰元", "纽元"),
    "CHF": ("瑞士法郎", "瑞郎"),
    "SEK": ("瑞典克朗",),
    "DKK": ("丹麦克朗",),
    "NOK": ("挪威克朗",),
    "RUB": ("卢布", "俄罗斯卢布"),
    "INR": ("印度卢比",),
    "THB": ("泰铢",),
    "MYR": ("林吉特", "马来西亚林吉特", "马币"),
    "IDR": ("印尼盾", "印尼卢比"),
    "VND": ("越南盾",),
    "PHP": ("菲律宾比索",),
    "AED": ("阿联酋迪拉姆", "迪拉姆"),
    "SAR": ("沙特里亚尔",),
    "ZAR": ("南非兰特", "兰特"),
    "BRL": ("巴西雷亚尔", "雷亚尔"),
    "MXN": ("墨西哥比索",),
    "TRY": ("土耳其里拉",),
}
_CURRENCY_SIGNS = {"人民币": "CNY", "RMB": "CNY", "¥": "CNY", "US$": "USD", "HK$": "HKD", "NT$": "TWD"}
_CURRENCY_SIGNS.update({"$": "USD", "€": "EUR", "£": "GBP"})

_MU_M2 = Fraction(2000, 3)
_STANDARD_GRAVITY = Fraction(980665, 100000)

_SCALES = {
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}
_SCALED = re.compile("(" + "|".join(sorted(_SCALES, key=len, reverse=True)) + ")(.+)")
_SCALABLE = frozenset(
    {Dimension.MONEY, Dimension.AREA, Dimension.COUNT, Dimension.MASS, Dimension.STANDARD_COAL}
)
_COUNTED = """
个 家 户 人 名 位 次 项 件 条 栋 幢 座 间 层 套 场 批 处 宗 份 台 辆 所 笔 篇 张 块 期 轮 组 人次 家次 户次 批次
"""

_PLAIN: tuple[tuple[str, str, Dimension, Fraction], ...] = (
    ("㎡", "平方米 平米 平 m² m2 m^2 sqm", Dimension.AREA, Fraction(1)),
    ("亩", "市亩", Dimension.AREA, _MU_M2),
    ("公顷", "hm² hm2 ha", Dimension.AREA, Fraction(10**4)),
    ("平方公里", "平方千米 km² km2 ㎢", Dimension.AREA, Fraction(10**6)),
    ("%", "百分比", Dimension.RATIO, Fraction(1, 100)),
    ("‰", "", Dimension.RATIO, Fraction(1, 1000)),
    ("倍", "", Dimension.RATIO, Fraction(1)),
    ("个百分点", "百分点 pct pp", Dimension.POINTS, Fraction(1)),
    ("个基点", "基点 bp", Dimension.POINTS, Fraction(1, 100)),
    ("天", "日 自然日 个自然日 日历日 日历天", Dimension.DAYS, Fraction(1)),
    ("工作日", "个工作日", Dimension.WORKING_DAYS, Fraction(1)),
    ("个月", "月", Dimension.MONTHS, Fraction(1)),
    ("季度", "个季度", Dimension.MONTHS, Fraction(3)),
    ("年", "周年", Dimension.MONTHS, Fraction(12)),
    ("小时", "个小时 h", Dimension.HOURS, Fraction(1)),
    ("米", "m", Dimension.LENGTH, Fraction(1)),
    ("公里", "千米 km", Dimension.LENGTH, Fraction(1000)),
    ("吨", "t", Dimension.MASS, Fraction(1)),
    ("千克", "公斤 kg", Dimension.MASS, Fraction(1, 1000)),
    ("kN", "千牛", Dimension.FORCE, Fraction(1)),
    ("kN/㎡", "kPa 千帕", Dimension.LOAD, Fraction(1)),
    ("kW", "千瓦", Dimension.POWER, Fraction(1)),
    ("MW", "兆瓦", Dimension.POWER, Fraction(1000)),
    ("kVA", "千伏安", Dimension.APPARENT_POWER, Fraction(1)),
    ("MVA", "兆伏安", Dimension.APPARENT_POWER, Fraction(1000)),
    ("吨标准煤", "吨标煤 tce", Dimension.STANDARD_COAL, Fraction(1)),
)
_PER: dict[tuple[Dimension, Dimension], tuple[Dimension, Fraction]] = {
    (Dimension.MONEY, Dimension.AREA): (Dimension.MONEY_PER_AREA, Fraction(1)),
    (Dimension.MONEY, Dimension.COUNT): (Dimension.MONEY_PER_COUNT, Fraction(1)),
    (Dimension.MONEY, Dimension.STANDARD_COAL): (Dimension.MONEY_PER_COAL, Fraction(1)),
    (Dimension.FORCE, Dimension.AREA): (Dimension.LOAD, Fraction(1)),
    (Dimension.MASS, Dimension.AREA): (Dimension.LOAD, _STANDARD_GRAVITY),
    (Dimension.MONEY_PER_AREA, Dimension.MONTHS): (Dimension.RENT_PER_MONTH, Fraction(1)),
    (Dimension.MONEY_PER_AREA, Dimension.DAYS): (Dimension.RENT_PER_DAY, Fraction(1)),
}


def _key(text: str) -> str:
    return fold(text).replace(" ", "").casefold()


def _plain_units() -> tuple[Unit, ...]:
    units = [
        Unit(name, tuple(aliases.split()), dimension, None, factor, name)
        for name, aliases, dimension, factor in _PLAIN
    ]
    units += [Unit(name, (), Dimension.COUNT, None, Fraction(1), name) for name in _COUNTED.split()]
    for code in sorted(ISO_CURRENCIES):
        name, *others = _CURRENCY_NAMES.get(code, (code,))
        aliases = tuple(dict.fromkeys((*others, code)))
        units.append(Unit(name, aliases, Dimension.MONEY, code, Fraction(1), name))
    return tuple(units)


PLAIN_UNITS = _plain_units()
_BY_NAME = {_key(name): unit for unit in PLAIN_UNITS for name in (unit.name, *unit.aliases)}
_CURRENCIES = {unit.currency: unit for unit in PLAIN_UNITS if unit.currency}


def unit_named(text: str) -> Unit:
    """Return the unit of this name: 万元, 亿美元, 平方米, 万元/亩, 元/㎡·月, USD.

    Raises:
        EngineError: unit_unknown, with `text` and the `closest` names.

    >>> unit_named("亩").factor, unit_named("亿美元").currency, unit_named("万元/亩").factor
    (Fraction(2000, 3), 'USD', Fraction(15, 1))
    """
    unit = find_unit(text)
    if unit is None:
        closest = difflib.get_close_matches(_key(text), [*_BY_NAME, "万元", "亿元", "万㎡"], n=3, cutoff=0.4)
        raise EngineError("unit_unknown", f"unknown unit {text!r}", text=text, closest=tuple(closest))
    return unit


@lru_cache(maxsize=4096)
def find_unit(text: str) -> Unit | None:
    """Return the unit of this name, or None; full-width, spaces and case do not matter."""
    key = _key(text)
    if key in _BY_NAME:
        return _BY_NAME[key]
    bare = key.removeprefix("人民币") if key.startswith("人民币") else key.removesuffix("人民币")
    renminbi = find_unit(bare) if bare != key else None
    if renminbi and renminbi.currency == "CNY":
        return renminbi
    if any(mark in key for mark in "/·*"):
        return _compound(key)
    scaled = _SCALED.fullmatch(key)
    plain = _BY_NAME.get(scaled[2]) if scaled else None
    if scaled is None or plain is None or plain.dimension not in _SCALABLE:
        return None
    aliases = tuple(scaled[1] + alias for alias in plain.aliases)
    factor = plain.factor * _SCALES[scaled[1]]
    return Unit(scaled[1] + plain.name, aliases, plain.dimension, plain.currency, factor, plain.name)


def currency_unit(code: str) -> Unit:
    """Return the plain unit of an ISO 4217 currency (CNY is 元); raises EngineError unit_unknown."""
    unit = _CURRENCIES.get(code.upper())
    if unit is None:
        raise EngineError("unit_unknown", f"unknown currency {code!r}", text=code, closest=())
    return unit


def currency_of_sign(sign: str) -> str | None:
    """Return the ISO 4217 code that a sign or code before a number stands for (¥ is CNY), or None."""
    return _CURRENCY_SIGNS.get(sign) or (sign if sign in ISO_CURRENCIES else None)


def plain_unit(unit: Unit) -> Unit:
    """Return the unit without 万, 亿 and the like: 万元 gives 元, 亩 stays 亩."""
    return unit_named(unit.stem)


def _compound(key: str) -> Unit | None:
    """Return a rate such as 万元/亩 or 元/㎡·月; the base is the quotient of the bases."""
    top, *below = re.split(r"[/·*]", key)
    units = [find_unit(part) for part in below]
    if any(unit is not None and unit.dimension is Dimension.AREA for unit in units[1:]):
        units.reverse()  # 元/月/㎡ is 元/㎡/月
    rate = find_unit(top)
    for position, unit in enumerate(units):
        if rate is None or unit is None or (rate.dimension, unit.dimension) not in _PER:
            return None
        dimension, constant = _PER[rate.dimension, unit.dimension]
        name = rate.name + ("/" if position == 0 else "·") + unit.name.removeprefix("个")
        rate = Unit(name, (), dimension, rate.currency, rate.factor / unit.factor * constant, name)
    return rate
