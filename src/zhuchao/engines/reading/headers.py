"""Match the headers of a ledger to the fields it may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import fuzz

from zhuchao.engines.reading.cells import default_unit
from zhuchao.engines.reading.fields import AMOUNTS, FieldSpec, Kind, plain_label
from zhuchao.engines.units import Dimension, Unit, split_header

SERIAL: Final = frozenset({"序号", "序", "no"})
ENOUGH: Final = 75  # a header less alike than this is left to the person
_EXACT: Final = 95  # from here on it is a name of the field itself
_REMEMBERED: Final = 101
_CONTAINED: Final = 60
_CHECKED: Final = {
    Kind.MONEY: Dimension.MONEY,
    Kind.AREA: Dimension.AREA,
    Kind.COUNT: Dimension.COUNT,
    Kind.PERCENT: Dimension.RATIO,
}

UnitSource = Literal["header", "sheet", "assumed"]


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """How one column was understood.

    `field` is the name of the field, None when the column is left out; `score` 0 to 100 and `why` ("label", "alias",
    "similar", "remembered", "serial", "unmatched", "claimed_twice") say how surely. `unit` is what its bare numbers
    are in, and `unit_from` where that came from: "assumed" must be shown to the person. `claims` is the field that a
    surer column already holds.
    """

    index: int
    header: str
    field: str | None = None
    unit: Unit | None = None
    unit_from: UnitSource | None = None
    score: int = 0
    why: str = "unmatched"
    claims: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """A column's header: its levels from top to bottom, and whether the upper one spans more columns than this."""

    levels: tuple[str, ...]
    is_under_wider: bool = False

    @property
    def text(self) -> str:
        """The header as shown and remembered: 投资额/计划(万元)."""
        return "/".join(self.levels)

    def parts(self) -> tuple[list[str], Unit | None]:
        """Return the labels of the levels without their units, and the lowest unit named."""
        labels, unit = [], None
        for level in self.levels:
            label, named = split_header(level)
            labels.append(label)
            unit = named or unit
        return labels, unit


def match_columns(
    headers: Sequence[Header],
    fields: Sequence[FieldSpec],
    sheet_units: Sequence[Unit],
    remembered: Mapping[str, str],
) -> tuple[ColumnMatch, ...]:
    """Match every column to at most one field and every field to at most one column, the surest first.

    Args:
        remembered: header text to field name, "" for a column to leave out; believed before anything else.
    """
    by_name = {field.name: field for field in fields}
    matches = [ColumnMatch(index, header.text) for index, header in enumerate(headers)]
    claims: list[tuple[int, int, FieldSpec, str]] = []
    known = [(field, _known_labels(field)) for field in fields]
    for index, header in enumerate(headers):
        told = remembered.get(header.text)
        if told == "":
            matches[index] = ColumnMatch(index, header.text, score=100, why="remembered")
        elif told in by_name:
            claims.append((_REMEMBERED, index, by_name[told], "remembered"))
        else:
            written, unit = _ways_to_say(header)
            for field, labels in known:
                score, why = _likeness(written, unit, field, labels)
                if score >= ENOUGH:
                    claims.append((score, index, field, why))
    taken: dict[str, int] = {}
    for score, index, field, why in sorted(claims, key=lambda claim: (-claim[0], claim[1])):
        if matches[index].why != "unmatched":
            continue
        text = headers[index].text
        if field.name not in taken:
            unit, unit_from = _unit(headers[index], field, sheet_units)
            taken[field.name] = score
            matches[index] = ColumnMatch(index, text, field.name, unit, unit_from, min(score, 100), why)
        elif score == taken[field.name] or _EXACT <= score <= taken[field.name] < _REMEMBERED:
            matches[index] = ColumnMatch(index, text, score=score, why="claimed_twice", claims=field.name)
    return tuple(
        ColumnMatch(match.index, match.header, score=100, why="serial")
        if match.why == "unmatched" and plain_label(match.header) in SERIAL
        else match
        for match in matches
    )


def _known_labels(field: FieldSpec) -> list[tuple[str, str, int]]:
    """Return the names of a field as they are compared, with the reason and score of an exact match."""
    names = ((field.label, "label", 100), *((alias, "alias", 98) for alias in field.aliases))
    return [(plain_label(split_header(name)[0]), why, full) for name, why, full in names]


def _ways_to_say(header: Header) -> tuple[dict[str, int], Unit | None]:
    """Return what a header may be saying, each with what that reading loses, and its unit."""
    labels, unit = header.parts()
    if not labels:
        return {}, None
    written = {plain_label("".join(labels)): 0, plain_label("".join(header.levels)): 0}
    if len(labels) > 1:
        written.setdefault(plain_label("".join(reversed(labels))), 0)
        written.setdefault(plain_label(labels[-1]), 10)
    written.setdefault(plain_label("".join((*labels[:-1], labels[-1].split("(")[0]))), 3)
    written.pop("", None)
    return written, unit


def _likeness(
    written: Mapping[str, int], unit: Unit | None, field: FieldSpec, known: Sequence[tuple[str, str, int]]
) -> tuple[int, str]:
    if unit is not None and unit.dimension is not _CHECKED.get(field.kind, unit.dimension):
        return 0, ""
    best = (0, "")
    for text, loss in written.items():
        for name, why, full in known:
            if text == name:
                best = max(best, (full - loss, why))
                continue
            score = fuzz.ratio(text, name)
            if text in name or name in text:
                share = min(len(text), len(name)) / max(len(text), len(name))
                score = max(score, _CONTAINED + (100 - _CONTAINED) * share)
            best = max(best, (min(round(score), _EXACT - 1) - loss, "similar"))
    if unit is not None and field.kind not in AMOUNTS:
        return best[0] - 20, best[1]  # 数量(家) is hardly a text
    return best


def _unit(
    header: Header, field: FieldSpec, sheet_units: Sequence[Unit]
) -> tuple[Unit | None, UnitSource | None]:
    if field.kind not in AMOUNTS:
        return None, None
    named = header.parts()[1]
    if named is not None:
        return named, "header"
    usual = default_unit(field)
    if usual is None:
        return None, None
    for unit in sheet_units:
        if unit.dimension is usual.dimension:
            return unit, "sheet"
    return usual, "assumed"
