"""The premises schema as open data: a published Table Schema, and public units as rows of it.

The form is that of Frictionless Table Schema: fields with name, type, title, description and constraints. The names
are the columns that the premises ledger takes, so that what one zone publishes another can import as it is.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from zhuchao.apps.premises.models import Unit

from .facts import FACTS, Fact

KEY: Final = ("site", "building", "level", "unit")
LANGUAGES: Final = (("title", "zh-hans"), ("title:en", "en"))
UNIT_CODES: Final = {"㎡": "m2", "元/㎡·天": "CNY/(m2.d)", "m³/d": "m3/d", "kN/㎡": "kN/m2"}


def premises_schema() -> dict[str, Any]:
    """Return the Table Schema of public units, ready for JSON."""
    return {
        "name": "premises",
        **_said(lambda: _("可租载体")),
        "fields": [_field(fact) for fact in FACTS],
        "primaryKey": list(KEY),
        "missingValues": [""],
    }


def _field(fact: Fact) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if fact.required else {}
    if fact.choices:
        constraints["enum"] = [code for code, _label in fact.choices]
    if fact.kind in ("number", "integer"):
        constraints["minimum"] = 0
    found: dict[str, Any] = {"name": fact.name, "type": fact.kind, **_said(lambda: str(fact.label))}
    if fact.unit:
        found["unit"] = UNIT_CODES.get(fact.unit, fact.unit)
    if fact.choices:
        with override(LANGUAGES[0][1]):
            found["labels"] = {code: str(label) for code, label in fact.choices}
    if fact.kind == "date":
        found["format"] = "default"
    return found | ({"constraints": constraints} if constraints else {})


def _said(words: Any) -> dict[str, str]:
    """Return a title in both languages, whoever asks."""
    found = {}
    for name, language in LANGUAGES:
        with override(language):
            found[name] = str(words())
    return found


def open_rows(units: Iterable[Unit]) -> list[list[Any]]:
    """Return public units as rows in the order of the schema's fields; None for what is not known."""
    return [[_value(fact.value(unit)) for fact in FACTS] for unit in units]


def open_records(units: Iterable[Unit]) -> list[dict[str, Any]]:
    """Return public units as JSON objects; what is not known is left out."""
    return [
        {fact.name: _plain(value) for fact, value in zip(FACTS, row, strict=True) if value is not None}
        for row in open_rows(units)
    ]


def _value(value: Any) -> Any:
    return None if value == "" else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value
