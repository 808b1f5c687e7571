"""The shapes of the indicators API."""

from decimal import Decimal
from typing import Any

from ninja import Schema


class ObservationIn(Schema):
    """A value for January up to a month (``2023-05``); growth as a ratio."""

    indicator: str
    month: str
    value: Decimal | None = None
    unit: str = ""
    growth: Decimal | None = None
    base: Decimal | None = None
    status: str
    source: str = ""


class FiguresOut(Schema):
    """The figures of a month, as ``zhuchao figures --json`` prints them."""

    zone: str
    month: str
    as_of: str
    synthetic: bool
    figures: list[dict[str, Any]]
