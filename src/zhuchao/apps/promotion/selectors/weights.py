"""What a lead is scored by: weighted factors as dated data, and the arithmetic of points with unknowns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

Bands = Sequence[tuple[Decimal, int]]
"""(at least, points), the highest first; below the last one no points."""


@dataclass(frozen=True)
class Factor:
    """One factor: its group, the most points it can give, and by which bands or words it gives them."""

    key: str
    group: Any
    label: Any
    most: int
    bands: Bands = ()
    words: Mapping[str, int] | None = None


@dataclass(frozen=True)
class ScoreRules:
    """The factors in force from ``since`` on, with the sentence that says where their weights come from."""

    since: date
    factors: tuple[Factor, ...]
    source: Any


@dataclass(frozen=True)
class Total:
    """The sum of points, out of how many points could be known, and out of how many in all."""

    points: int
    known: int
    most: int


def _percents(*bands: tuple[int, int]) -> Bands:
    return tuple((Decimal(percent) / 100, points) for percent, points in bands)


def _wan(*bands: tuple[int, int]) -> Bands:
    return tuple((Decimal(wan) * 10_000, points) for wan, points in bands)


TECHNOLOGY, GROWTH, INVESTMENT = _("科技含量"), _("成长性"), _("投资与产业")
READINESS = _("落地准备")
SCORES: Sequence[ScoreRules] = (
    ScoreRules(
        date(2020, 1, 1),
        (
            Factor(
                "honours",
                TECHNOLOGY,
                _("资质与人才"),
                30,
                words={
                    "小巨人": 20,
                    "独角兽": 20,
                    "高新技术企业": 15,
                    "领军人才": 12,
                    "专精特新": 12,
                    "瞪羚": 12,
                    "科技型中小企业": 8,
                },
            ),
            Factor("rnd", TECHNOLOGY, _("研发强度"), 10, _percents((10, 10), (5, 7), (3, 4))),
            Factor("revenue", GROWTH, _("营收增速"), 20, _percents((30, 20), (15, 15), (5, 10), (0, 5))),
            Factor("tax", GROWTH, _("税收增速"), 10, _percents((20, 10), (10, 7), (0, 4))),
            Factor(
                "investment",
                INVESTMENT,
                _("计划总投资"),
                15,
                _wan((100_000, 15), (10_000, 12), (5_000, 9), (1_000, 6), (0, 3)),
            ),
            Factor("sector", INVESTMENT, _("产业领域"), 5, ((Decimal(1), 5),)),
            Factor("needs", READINESS, _("载体需求"), 6, _percents((100, 6), (75, 4), (50, 2))),
            Factor("next", READINESS, _("下一步"), 4, ((Decimal(1), 4),)),
        ),
        _(
            "没有统一的国家标准：这是系统自带的权重，科技含量和成长性合计占 70 分；缺数据的不计零分，"
            "只从可知的分数里去掉。"
        ),
    ),
)


def points_by_bands(bands: Bands, value: Decimal) -> int:
    """Return the points of the first band that ``value`` reaches, 0 below them all."""
    return next((points for least, points in bands if value >= least), 0)


def word_in(words: Mapping[str, int], text: str) -> str | None:
    """Return the word worth most among those in ``text``, None when none of them is."""
    return max((word for word in words if word in text), key=lambda word: words[word], default=None)


def total_of(answers: Iterable[tuple[int | None, int]]) -> Total:
    """Add up (points, most) pairs; a factor whose points are None counts in ``most`` alone."""
    rows = list(answers)
    known = [(points, most) for points, most in rows if points is not None]
    return Total(sum(p for p, _most in known), sum(m for _points, m in known), sum(m for _points, m in rows))
