"""What a stacking plan shows of each unit, the same on the page of a site and of a building."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.wording import clauses, labelled
from zhuchao.web.printing import area, day

from .. import selectors
from ..models import Unit

STATE_COLOURS = {
    Unit.State.VACANT: "red",
    Unit.State.RESERVED: "yellow",
    Unit.State.SIGNED: "azure",
    Unit.State.LET: "green",
    Unit.State.SELF_USED: "teal",
    Unit.State.IN_WORKS: "orange",
    Unit.State.WITHDRAWN: "secondary",
}
LEGEND = [(state.value, state.label) for state in Unit.State if state != Unit.State.WITHDRAWN]


@dataclass(frozen=True)
class Block:
    """One unit as it is drawn: how wide, how much of it stands empty (percent), and what hovering tells."""

    unit: Unit
    grow: int
    idle: int
    facts: str


@dataclass(frozen=True)
class Row:
    """One floor as it is drawn."""

    floor: selectors.FloorStack
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Drawn:
    """One building as it is drawn."""

    stack: selectors.BuildingStack
    rows: tuple[Row, ...]


def drawn(stacks: Iterable[selectors.BuildingStack], today: date) -> list[Drawn]:
    """Return buildings ready to draw on the day ``today``."""
    return [
        Drawn(
            stack,
            tuple(Row(floor, tuple(_block(unit, today) for unit in floor.units)) for floor in stack.floors),
        )
        for stack in stacks
    ]


def _block(unit: Unit, today: date) -> Block:
    idle = int((unit.idle_m2 or 0) * 100 / unit.gross_area_m2)
    return Block(unit, max(int(unit.gross_area_m2), 1), idle, _told(unit, today))


def _told(unit: Unit, today: date) -> str:
    lines: list[Any] = [
        f"{unit.name} · {unit.get_kind_display()} · {area(unit.gross_area_m2)}",
        clauses(
            (
                unit.get_state_display(),
                _("自 {day}").format(day=day(unit.state_since)) if unit.state_since else "",
                getattr(unit, "used_by", ""),
            )
        ),
    ]
    if unit.is_vacant and unit.state_since:
        days = selectors.idle_days(unit, today)
        lines.append(ngettext("已空置 {n} 天", "已空置 {n} 天", days).format(n=days))
    if unit.idle_m2:
        lines.append(labelled(_("部分空置"), area(unit.idle_m2)))
    facts = (
        (_("净高"), unit.clear_height_m, "m"),
        (_("荷载"), unit.floor_load_kn_m2, "kN/㎡"),
        (_("挂牌租金"), unit.asking_rent_cny_m2_day, _("元/㎡·天")),
    )
    lines += [
        labelled(label, f"{value.normalize():f} {unit_name}")
        for label, value, unit_name in facts
        if value is not None
    ]
    return "\n".join(str(line) for line in lines)
