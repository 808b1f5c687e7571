"""Edit a record: under lock, against the version that was seen, with what changed written down."""

from copy import copy
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from ..errors import Stale
from ..models import Change, Record
from ..models.changes import ChangedRow
from ..wording import listed

R = TypeVar("R", bound=Record)


def check_version(record: Record, seen: int | None, *, yours: dict[str, Any]) -> None:
    """Refuse an edit of a record that changed since it was opened, showing both versions.

    ``record`` must have been read under ``select_for_update``. ``seen`` None means that the caller edits what
    it has just read (an import, a command).
    """
    if seen is None or seen == record.version:
        return
    last = (
        ChangedRow.objects.filter(thing=record._meta.label_lower, row_id=record.pk)
        .select_related("change")
        .order_by("-pk")
        .first()
    )
    by = last.change.actor_name if last else ""
    wanted = copy(record)
    for name, value in yours.items():
        setattr(wanted, name, value)
    raise Stale(
        what=str(record),
        by=by or _("系统"),
        version=record.version,
        theirs={name: show_value(record, name) for name in yours},
        yours={name: show_value(wanted, name) for name in yours},
        labels={name: label_of(record, name) for name in yours},
    )


def save_record(record: R, **values: Any) -> dict[str, list[Any]]:
    """Set ``values`` on a locked record and save it with the next version; return what changed.

    Returns {field: [old, new]}, empty when nothing did, in which case nothing is saved.
    """
    changed: dict[str, list[Any]] = {}
    for name, value in values.items():
        field = record._meta.get_field(name)
        attname = getattr(field, "attname", name)
        new = value.pk if isinstance(value, models.Model) else value
        old = getattr(record, attname)
        if old != new:
            changed[name] = [old, new]
            setattr(record, attname, new)
    if changed:
        record.version += 1
        record.save(update_fields=[*changed, "version", "updated_at"])
    return changed


def show_value(record: Record, name: str) -> str:
    """Return a field of a record as a person reads it."""
    display = getattr(record, f"get_{name}_display", None)
    value = display() if display else getattr(record, name)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return listed(value)
    return "" if value is None else str(value)


def label_of(record: Record, name: str) -> str:
    """Return what people call a field of a record: its words in the reader's language."""
    try:
        return str(getattr(record._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name


def changes_of(record: models.Model) -> models.QuerySet[Change]:
    """Return the changes that touched a record, newest first."""
    return Change.objects.filter(
        pk__in=ChangedRow.objects.filter(thing=record._meta.label_lower, row_id=record.pk).values("change_id")
    ).order_by("-pk")
