"""The facts of a unit that anybody may know: the only way from a unit to a public page, feed or file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.wording import listed
from zhuchao.apps.premises.models import Site, Unit
from zhuchao.engines.units import show_number


@dataclass(frozen=True)
class Fact:
    """One public fact. ``name`` is the field of the published schema and of the premises ledger.

    ``kind`` is a type of Table Schema: string, number, integer, boolean, date. ``choices`` are the codes that a
    string takes. ``unit`` stands behind the number.
    """

    name: str
    label: str | Promise
    kind: str
    value: Callable[[Unit], Any]
    unit: str = ""
    choices: tuple[tuple[str, Any], ...] = ()
    required: bool = False
    in_head: bool = False


def _site(name: str) -> Callable[[Unit], Any]:
    return lambda unit: getattr(unit.site, name)


def _own(name: str) -> Callable[[Unit], Any]:
    return lambda unit: getattr(unit, name)


def _words(name: str) -> Callable[[Unit], Any]:
    return lambda unit: "、".join(getattr(unit, name))


def _choices(choices: type[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((str(one.value), one.label) for one in choices)


FACTS: Final = (
    Fact("site", gettext_lazy("载体名称"), "string", _site("name"), required=True, in_head=True),
    Fact(
        "site_kind",
        gettext_lazy("载体类型"),
        "string",
        _site("kind"),
        choices=_choices(Site.Kind),
        in_head=True,
    ),
    Fact("address", gettext_lazy("地址"), "string", _site("address"), in_head=True),
    Fact(
        "building",
        gettext_lazy("楼栋"),
        "string",
        lambda unit: unit.building.name if unit.building else "",
        in_head=True,
    ),
    Fact(
        "level",
        gettext_lazy("楼层"),
        "string",
        lambda unit: str(unit.floor) if unit.floor else "",
        in_head=True,
    ),
    Fact("unit", gettext_lazy("房号"), "string", _own("name"), in_head=True),
    Fact(
        "unit_kind",
        gettext_lazy("房源类型"),
        "string",
        _own("kind"),
        choices=_choices(Unit.Kind),
        in_head=True,
    ),
    Fact(
        "gross_area_m2",
        gettext_lazy("建筑面积"),
        "number",
        _own("gross_area_m2"),
        "㎡",
        required=True,
        in_head=True,
    ),
    Fact("net_area_m2", gettext_lazy("使用面积"), "number", _own("net_area_m2"), "㎡"),
    Fact("clear_height_m", gettext_lazy("净高"), "number", _own("clear_height_m"), "m"),
    Fact("floor_load_kn_m2", gettext_lazy("楼面荷载"), "number", _own("floor_load_kn_m2"), "kN/㎡"),
    Fact("column_grid", gettext_lazy("柱网（m）"), "string", _own("column_grid")),
    Fact("power_kva", gettext_lazy("用电容量"), "number", _own("power_kva"), "kVA"),
    Fact("water_m3_day", gettext_lazy("供水"), "number", _own("water_m3_day"), "m³/d"),
    Fact("has_gas", gettext_lazy("通燃气"), "boolean", _own("has_gas")),
    Fact("has_sewage", gettext_lazy("通污水"), "boolean", _own("has_sewage")),
    Fact("hoist_t", gettext_lazy("起重"), "number", _own("hoist_t"), "t"),
    Fact("loading_docks", gettext_lazy("装卸口"), "integer", _own("loading_docks")),
    Fact(
        "fire_class",
        gettext_lazy("火灾危险性类别"),
        "string",
        _own("fire_class"),
        choices=_choices(Unit.FireClass),
    ),
    Fact("allowed_uses", gettext_lazy("允许用途"), "string", _words("allowed_uses")),
    Fact("amenities", gettext_lazy("配套"), "string", _words("amenities")),
    Fact(
        "asking_rent_cny_m2_day",
        gettext_lazy("挂牌租金"),
        "number",
        _own("asking_rent_cny_m2_day"),
        "元/㎡·天",
        in_head=True,
    ),
    Fact("available_on", gettext_lazy("可用日期"), "date", _own("available_on"), in_head=True),
)


def facts_of(unit: Unit) -> list[tuple[str, str]]:
    """Return label and text of each fact that is known and does not stand in the head of the page."""
    found = ((fact, fact.value(unit)) for fact in FACTS if not fact.in_head)
    return [(str(fact.label), _said(fact, value)) for fact, value in found if value not in (None, "")]


def _said(fact: Fact, value: Any) -> str:
    if fact.kind == "boolean":
        return _("是") if value else _("否")
    if fact.choices:
        return str(dict(fact.choices).get(value, value))
    if fact.kind in ("number", "integer"):
        exponent = value.normalize().as_tuple().exponent if fact.kind == "number" else 0
        return f"{show_number(value, max(0, -exponent))} {fact.unit}".strip()
    return listed(str(value).split("、"))
