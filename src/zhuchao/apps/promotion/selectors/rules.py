"""What may be done in a unit, and whom its site admits, as words that a lead can be held against."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import labelled, listed
from zhuchao.apps.premises.models import Site, Unit
from zhuchao.apps.premises.selectors import name_key

from ..models import Lead, LeadNeeds

_BETWEEN_USES = re.compile(r"[、，,；;/和及\s]+")
_FOOD = ("食品", "餐饮", "烘焙", "饮料")


@dataclass(frozen=True)
class Plan:
    """What the statutory plan 控规 of a site forbids, and where that stands."""

    site: str
    forbidden: tuple[str, ...]
    source: str
    on: date | None

    def __str__(self) -> str:
        said = " ".join(part for part in (self.source, self.on.isoformat() if self.on else "") if part)
        return labelled(said or _("{site}的规划").format(site=self.site), listed(self.forbidden))


@dataclass(frozen=True)
class Rules:
    """The rules of a unit: the uses it is permitted for, those it is forbidden for, and the plans above it."""

    permitted: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    plans: tuple[Plan, ...] = ()
    is_heritage: bool = False

    @property
    def say_nothing(self) -> bool:
        return not (self.permitted or self.forbidden or self.plans)

    def against(self, words: "Words") -> str:
        """Return the clause that forbids what a lead does, empty for none."""
        for word in self.forbidden:
            if words.touch(word):
                label = _("文保约束禁止用途") if self.is_heritage else _("房源禁止用途")
                return labelled(label, listed(self.forbidden))
        return next((str(plan) for plan in self.plans if any(map(words.touch, plan.forbidden))), "")

    def permit(self, words: "Words") -> bool:
        """Return whether every use of a lead is permitted; a unit of which only bans are known permits the rest."""
        return not self.permitted or all(
            any(fits(word, use) for word in self.permitted) for use in words.uses
        )


@dataclass(frozen=True)
class Scope:
    """The industries that a site takes; a site without a scope of its own has that of the one above it."""

    site: str = ""
    industries: tuple[str, ...] = ()

    def admits(self, words: "Words") -> bool:
        return not self.industries or any(map(words.touch, self.industries))

    def __str__(self) -> str:
        return labelled(_("{site}准入产业").format(site=self.site), listed(self.industries))


@dataclass(frozen=True)
class Words:
    """What a lead does in words: the uses it wants a unit for, and its sector."""

    uses: tuple[str, ...] = ()
    sector: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.uses, *((self.sector,) if self.sector else ()))

    @property
    def is_food(self) -> bool:
        return any(map(is_food, self.all))

    def touch(self, word: str) -> bool:
        """Return whether a word of a rule is about what the lead does."""
        return any(fits(word, mine) for mine in self.all)


def fits(word: str, other: str) -> bool:
    """Return whether two words mean one use: either holds the other (航空 and 航空零部件).

    >>> fits("餐饮", "特色餐饮"), fits("餐饮", "展示")
    (True, False)
    """
    one, two = name_key(word), name_key(other)
    return bool(one and two) and (one in two or two in one)


def is_food(word: str) -> bool:
    """Return whether a use has to do with making or selling food."""
    return any(food in word for food in _FOOD)


def words_of(lead: Lead, needs: LeadNeeds | None) -> Words:
    """Return what a lead does in words."""
    uses = _BETWEEN_USES.split(needs.use) if needs is not None else []
    return Words(tuple(dict.fromkeys(use for use in uses if use)), lead.sector.name if lead.sector else "")


class Places:
    """Sites by id, with what holds for each through those above it."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self.sites: Mapping[int, Site] = {site.pk: site for site in sites}

    def _upwards(self, site: Site | None) -> Iterable[Site]:
        seen: set[int] = set()
        while site is not None and site.pk not in seen:
            seen.add(site.pk)
            yield site
            site = self.sites.get(site.parent_id) if site.parent_id else None

    def rules(self, unit: Unit) -> Rules:
        """Return the rules of a unit, with the plans of its site and of those above it."""
        plans = tuple(
            Plan(site.name, tuple(site.plan_constraints), site.plan_source, site.plan_on)
            for site in self._upwards(self.sites.get(unit.site_id, unit.site))
            if site.plan_constraints
        )
        is_heritage = unit.kind == Unit.Kind.HERITAGE
        return Rules(tuple(unit.allowed_uses), tuple(unit.forbidden_uses), plans, is_heritage)

    def scope(self, unit: Unit) -> Scope:
        """Return whom the site of a unit admits."""
        for site in self._upwards(self.sites.get(unit.site_id, unit.site)):
            if site.admission_scope:
                return Scope(site.name, tuple(site.admission_scope))
        return Scope()
