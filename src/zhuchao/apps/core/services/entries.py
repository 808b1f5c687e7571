"""Write an entry, correct one, void one. There is no fourth verb."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.forms.models import model_to_dict
from django.utils.translation import pgettext

from ..errors import AlreadyReplaced, ReasonNeeded
from ..models import Entry
from .bulk import insert_new, insert_values

E = TypeVar("E", bound=Entry)

# What belongs to the writing of an entry and not to what it says.
BOOKKEEPING = frozenset(
    {"id", "recorded_at", "recorded_by", "replaces", "is_void", "reason", "batch", "batch_row", "ledger_key"}
)


def add_entry(entry: E, *, actor: models.Model | None, at: datetime) -> E:
    """Save a new entry as recorded by ``actor`` at ``at`` (an aware moment of the zone's clock)."""
    return add_entries([entry], actor=actor, at=at)[0]


def add_entries(entries: Sequence[E], *, actor: models.Model | None, at: datetime) -> list[E]:
    """Save many new entries of one kind as recorded by ``actor`` at ``at``, in few statements."""
    for entry in entries:
        entry.recorded_at = at
        entry.recorded_by_id = getattr(actor, "pk", None)
    with transaction.atomic():
        insert_new(entries)
    return list(entries)


def add_entry_values(
    model: type[Entry],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    actor: models.Model | None,
    at: datetime,
    **same: Any,
) -> None:
    """Save many new entries given as values in the order of ``columns``, with ``same`` in all of them.

    For a hundred thousand rows at once: as ``add_entries``, without an object and an id for each.
    """
    said = same | {"recorded_at": at, "recorded_by_id": getattr(actor, "pk", None)}
    with transaction.atomic():
        insert_values(model, columns, rows, same=said)


def correct_entry(entry: E, *, actor: models.Model | None, at: datetime, reason: str, **values: Any) -> E:
    """Write a new entry that replaces ``entry`` with some ``values`` changed; return the new one.

    Raises ReasonNeeded without a reason and AlreadyReplaced when somebody was quicker.
    """
    return _replace(
        entry, actor=actor, at=at, reason=reason, what=pgettext("原因", "更正"), is_void=False, values=values
    )


def void_entry(entry: E, *, actor: models.Model | None, at: datetime, reason: str) -> E:
    """Write a new entry that takes ``entry`` out of every count from ``at`` on; return the new one.

    Raises ReasonNeeded without a reason and AlreadyReplaced when somebody was quicker.
    """
    return _replace(
        entry, actor=actor, at=at, reason=reason, what=pgettext("原因", "作废"), is_void=True, values={}
    )


def _replace(
    entry: E,
    *,
    actor: models.Model | None,
    at: datetime,
    reason: str,
    what: str,
    is_void: bool,
    values: dict[str, Any],
) -> E:
    if not reason.strip():
        raise ReasonNeeded(what=what)
    fields = {
        field.attname: getattr(entry, field.attname)
        for field in entry._meta.concrete_fields
        if field.name not in BOOKKEEPING
    }
    successor = type(entry)(**fields)
    for name, value in (values | {"replaces_id": entry.pk}).items():
        setattr(successor, name, value)
    successor.is_void = is_void
    successor.reason = reason.strip()
    successor.ledger_key = entry.ledger_key
    successor.recorded_at = at
    successor.recorded_by_id = getattr(actor, "pk", None)
    try:
        with transaction.atomic():
            successor.save(force_insert=True)
    except IntegrityError as error:
        if type(entry)._base_manager.filter(replaces_id=entry.pk).exists():
            raise AlreadyReplaced() from error
        raise
    return successor


def said_by(entry: Entry) -> dict[str, Any]:
    """Return what an entry says, without how it was written: for comparing and for showing."""
    return {
        name: value
        for name, value in model_to_dict(entry, fields=[f.name for f in entry._meta.concrete_fields]).items()
        if name not in BOOKKEEPING
    }
