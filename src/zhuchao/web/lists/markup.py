"""The rows of a list as markup, said once a column and once a cell.

A page has hundreds of cells: a template takes longer over them than the database and the rest of the page together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import bracketed

from ..icons import icon as drawn
from .cells import NUMERIC, Cell, unit_of
from .page import Column, Kind, RowVerb, Text

# From this many characters on a text may be cut by its column, and is shown whole on hover.
LONG = 17


@dataclass(frozen=True)
class Frame:
    """What stands around every value of one column."""

    opening: str
    opening_negative: str
    closing: str


def frames_of(columns: Sequence[Column], zone: Any, on_phone: Sequence[str]) -> list[Frame]:
    """Return the frame of each column; the first one heads its row."""
    return [_frame(column, zone, place, column.key in on_phone) for place, column in enumerate(columns)]


def _frame(column: Column, zone: Any, place: int, on_phone: bool) -> Frame:
    number = " z-number" if column.kind in NUMERIC else ""
    if not place:
        opening = f'<th scope="row" class="z-first{number}">'
        return Frame(opening, opening, "</th>")
    unit = unit_of(column, zone)
    label = conditional_escape(f"{column.label}{bracketed(unit)}")
    classes = f"z-kind-{column.kind.value}{number}{' z-on-phone' if on_phone else ''}"
    said = f'data-label="{label}">'
    return Frame(f'<td class="{classes}" {said}', f'<td class="{classes} z-negative" {said}', "</td>")


def value_markup(cell: Cell, kind: Kind) -> str:
    """Return a value with its link, colour or whole text on hover."""
    text = conditional_escape(cell.text)
    if kind == Kind.STATE and not cell.is_missing:
        return f'<span class="z-state z-state-{cell.colour}">{text}</span>'
    if cell.url:
        return f'<a href="{conditional_escape(cell.url)}" title="{text}">{text}</a>'
    if cell.title:
        return f'<span title="{conditional_escape(cell.title)}">{text}</span>'
    if kind == Kind.TEXT and len(cell.text) >= LONG:
        return f'<span title="{text}">{text}</span>'
    return text


class RowPrinter:
    """Print the rows of one list: its columns, whether rows can be ticked, and the verbs at their end."""

    def __init__(
        self, columns: Sequence[Column], frames: Sequence[Frame], *, ticks: bool, verbs: Sequence[RowVerb]
    ) -> None:
        self._kinds = [column.kind for column in columns]
        self._frames = frames
        self._tick = _("选择 %(name)s") if ticks else ""
        self._verbs = [(verb, *self._verb_parts(verb.label, verb.icon)) for verb in verbs]

    @staticmethod
    def _verb_parts(label: Text, icon: str) -> tuple[str, str]:
        said = conditional_escape(str(label))
        shown = f'{drawn(icon)}<span class="visually-hidden">{said}</span>' if icon else said
        return f'" title="{said}">', f"{shown}</a>"

    def print(self, row: Any, url: str, cells: Sequence[Cell]) -> SafeString:
        """Return one row."""
        parts = ["<tr data-row", f' data-url="{conditional_escape(url)}">' if url else ">"]
        if self._tick:
            label = conditional_escape(self._tick % {"name": cells[0].text})
            parts.append(
                f'<td class="z-tick"><input type="checkbox" class="form-check-input" name="rows" value="{row.pk}"'
                f' aria-label="{label}"></td>'
            )
        for cell, frame, kind in zip(cells, self._frames, self._kinds, strict=True):
            opening = frame.opening_negative if cell.negative else frame.opening
            parts += (opening, value_markup(cell, kind), frame.closing)
        parts.append('<td class="z-verbs">')
        for verb, middle, end in self._verbs:
            parts += ('<a class="z-verb" href="', conditional_escape(verb.url(row)), middle, end)
        parts.append("</td></tr>")
        return mark_safe("".join(parts))
