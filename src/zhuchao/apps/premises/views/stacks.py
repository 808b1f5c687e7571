"""What a stacking plan shows of each unit, the same on the page of a site and of a building."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypedDict

from django.urls import reverse
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


class Block(TypedDict):
    """One unit as it is drawn: its words and where it leads; how wide, and how much of it stands empty (percent).

    A dict of texts: a park has hundreds of blocks, and a template looks up keys faster than attributes.
    """

    name: str
    url: str
    css: str
    grow: str
    line: str
    user: str
    idle: str
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
    words = _Words(today)
    return [
        Drawn(
            stack,
            tuple(Row(floor, tuple(map(words.block, floor.units))) for floor in stack.floors),
        )
        for stack in stacks
    ]


class _Words:
    """The words of one page's blocks, each looked up in the reader's language once and not once a unit."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.kinds = {value: str(label) for value, label in Unit.Kind.choices}
        self.states = {value: str(label) for value, label in Unit.State.choices}
        self.since, self.idle = _("自 {day}"), _("部分空置")
        self.facts = (
            ("clear_height_m", labelled(_("净高"), "{} m")),
            ("floor_load_kn_m2", labelled(_("荷载"), "{} kN/㎡")),
            ("asking_rent_cny_m2_day", labelled(_("挂牌租金"), "{} " + _("元/㎡·天"))),
        )
        self.css = {
            state.value: f"p-unit p-{state.value} text-{STATE_COLOURS[state]}" for state in Unit.State
        }
        self.url = reverse("unit-detail", args=[0]).replace("/0/", "/{}/")
        self.day_words = lru_cache(day)

    def block(self, unit: Unit) -> Block:
        """Return a unit as it is drawn."""
        size, state = area(unit.gross_area_m2), self.states[unit.state]
        idle = int((unit.idle_m2 or 0) * 100 / unit.gross_area_m2)
        return Block(
            name=unit.name,
            url=self.url.format(unit.pk),
            css=self.css[unit.state],
            grow=str(max(int(unit.gross_area_m2), 1)),
            line=f"{size} · {state}",
            user=getattr(unit, "used_by", ""),
            idle=str(idle) if idle else "",
            facts=self._told(unit, size, state),
        )

    def _told(self, unit: Unit, size: str, state: str) -> str:
        since = self.since.format(day=self.day_words(unit.state_since)) if unit.state_since else ""
        lines = [
            f"{unit.name} · {self.kinds[unit.kind]} · {size}",
            clauses((state, since, getattr(unit, "used_by", ""))),
        ]
        if unit.is_vacant and unit.state_since:
            days = selectors.idle_days(unit, self.today)
            lines.append(ngettext("已空置 {n} 天", "已空置 {n} 天", days).format(n=days))
        if unit.idle_m2:
            lines.append(labelled(self.idle, area(unit.idle_m2)))
        lines += [
            words.format(f"{value.normalize():f}")
            for name, words in self.facts
            if (value := getattr(unit, name)) is not None
        ]
        return "\n".join(lines)
