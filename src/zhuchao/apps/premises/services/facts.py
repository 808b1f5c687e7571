"""Facts of sites and units in order: words tidied, numbers in bounds, what contradicts itself refused."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..models import Site, Unit

SITE_FACTS = frozenset(
    {
        "kind",
        "carrier_class",
        "address",
        "district",
        "operator",
        "land_area_m2",
        "parent",
        "theme",
        "partner",
        "admission_scope",
        "plan_constraints",
        "plan_source",
        "plan_on",
        "incubator",
    }
)
UNIT_FACTS = frozenset(
    {
        "name",
        "kind",
        "gross_area_m2",
        "net_area_m2",
        "clear_height_m",
        "floor_load_kn_m2",
        "power_kva",
        "column_grid",
        "water_m3_day",
        "has_gas",
        "has_sewage",
        "hoist_t",
        "loading_docks",
        "fire_class",
        "allowed_uses",
        "forbidden_uses",
        "hazard_allowed",
        "food_allowed",
        "tenure",
        "rent_floor_cny_m2_day",
        "asking_rent_cny_m2_day",
        "amenities",
        "available_on",
        "position",
    }
)
KEPT_BACK = frozenset({"tenure", "rent_floor_cny_m2_day"})
"""Facts of a unit that only those who may reveal units see and set."""

WORD_LISTS = frozenset({"admission_scope", "plan_constraints", "allowed_uses", "forbidden_uses", "amenities"})
MOST_WORDS, LONGEST_WORD = 30, 20
MOST_LEVELS = 8
LEAST: Mapping[str, Decimal] = {
    "clear_height_m": Decimal(0),
    "floor_load_kn_m2": Decimal(0),
    "power_kva": Decimal(0),
    "water_m3_day": Decimal(0),
    "hoist_t": Decimal(0),
    "loading_docks": Decimal(0),
    "rent_floor_cny_m2_day": Decimal(0),
    "asking_rent_cny_m2_day": Decimal(0),
    "position": Decimal(1),
}


def tidy_unit_facts(actor: User | None, site: Site, unit: Unit | None, facts: dict[str, Any]) -> None:
    """Put facts of a unit in order where they stand; ``unit`` is the one they change, None for a new one.

    Raises WrongInput for a number below its least, a use both allowed and forbidden, and what the plan of the
    site forbids; NotAllowed where a fact that is kept back is set by somebody who may not reveal units.
    """
    if any(name in facts and facts[name] != _now(unit, name) for name in KEPT_BACK):
        selectors.require_at(actor, Verb.REVEAL, Thing.UNIT, site)
    _tidy_words(facts)
    for name, least in LEAST.items():
        if facts.get(name) is not None and facts[name] < least:
            raise WrongInput(
                field=_field(Unit, name).verbose_name, why=_("不能小于 {least}。").format(least=least)
            )
    allowed = facts.get("allowed_uses", _now(unit, "allowed_uses")) or []
    forbidden = facts.get("forbidden_uses", _now(unit, "forbidden_uses")) or []
    if both := [word for word in allowed if word in forbidden]:
        raise WrongInput(
            field=_("禁止用途"), why=_("{words}同时列为允许和禁止，请只留一处。").format(words=listed(both))
        )
    if "allowed_uses" in facts and (
        barred := [word for word in allowed if word in selectors.plan_constraints_of(site)]
    ):
        raise WrongInput(
            field=_("允许用途"),
            why=_("{site}的规划禁止{words}。").format(site=site, words=listed(barred)),
        )


def tidy_site_facts(zone: Zone, site: Site | None, facts: dict[str, Any]) -> None:
    """Put facts of a site in order where they stand; ``site`` is the one they change, None for a new one.

    Raises WrongInput for a parent of another zone and for sites that would hold each other in a circle. The
    caller holds the zone's row when ``parent`` is among the facts, so that two people cannot close a circle.
    """
    _tidy_words(facts)
    parent: Site | None = facts.get("parent")
    if parent is not None:
        if parent.zone_id != zone.pk:
            raise WrongInput(
                field=_("上级载体"), why=_("{site}不属于{zone}。").format(site=parent, zone=zone)
            )
        above: Site | None = parent
        for _level in range(MOST_LEVELS):
            if above is None:
                break
            if site is not None and above.pk == site.pk:
                raise WrongInput(
                    field=_("上级载体"),
                    why=_("{parent}在{site}之下，不能又是它的上级。").format(parent=parent, site=site),
                )
            above = Site.objects.filter(pk=above.parent_id).first() if above.parent_id else None
        else:
            raise WrongInput(field=_("上级载体"), why=_("载体最多套 {n} 层。").format(n=MOST_LEVELS))
    constraints = facts.get("plan_constraints", _now(site, "plan_constraints"))
    if constraints and not (facts.get("plan_source", _now(site, "plan_source")) or "").strip():
        raise WrongInput(field=_("规划依据"), why=_("写了禁止用途，请注明依据的规划或批文。"))


def tidy_words(words: Any, field: str) -> list[str]:
    """Return words without spaces around, each once; refuse what is no list of short words."""
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise WrongInput(field=field, why=_("应为一组词。"))
    found = list(dict.fromkeys(word for word in ("".join(text.split()) for text in words) if word))
    if len(found) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in found):
        raise WrongInput(
            field=field,
            why=_("最多 {most} 个词，每个不超过 {longest} 字。").format(
                most=MOST_WORDS, longest=LONGEST_WORD
            ),
        )
    return found


def _tidy_words(facts: dict[str, Any]) -> None:
    for name in WORD_LISTS & facts.keys():
        model = Unit if name in UNIT_FACTS else Site
        facts[name] = tidy_words(facts[name], str(_field(model, name).verbose_name))


def _now(row: Site | Unit | None, name: str) -> Any:
    """Return what a row says of a fact; of a new row, what it says when nobody tells it."""
    return blank_of(name) if row is None else getattr(row, name)


def blank_of(name: str) -> Any:
    """Return what a new row says of a fact when nobody tells it."""
    return _field(Unit if name in UNIT_FACTS else Site, name).get_default()


def _field(model: type[Site] | type[Unit], name: str) -> "models.Field[Any, Any]":
    return cast("models.Field[Any, Any]", model._meta.get_field(name))
