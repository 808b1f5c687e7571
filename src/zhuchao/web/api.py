"""What the API of every app has in common: pages of rows by id, moments with their time zone, entries."""

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Schema

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Entry

MOST = 200


class ReasonIn(Schema):
    """Why an entry is voided."""

    reason: Annotated[str, Field(max_length=200)]


class EntryOut(Schema):
    """What every entry says of itself."""

    id: int
    happened_on: date
    recorded_at: datetime
    recorded_by: str | None
    evidence_note: str
    evidence_id: int | None
    replaces_id: int | None
    is_void: bool
    reason: str

    @staticmethod
    def resolve_recorded_by(entry: Entry) -> str | None:
        return str(entry.recorded_by) if entry.recorded_by else None


def page_of(rows: QuerySet[Any], after: int, limit: int) -> dict[str, Any]:
    """Return at most ``limit`` rows (200 at most) with an id above ``after``, and the id to go on from."""
    size = max(1, min(limit, MOST))
    found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
    return {"items": found[:size], "after": found[size - 1].pk if len(found) > size else None}


def with_time_zone(moment: datetime | None, name: str = "as_of") -> datetime | None:
    """Return a moment that was asked for; raises WrongInput when it does not say its time zone."""
    if moment is not None and moment.tzinfo is None:
        raise WrongInput(field=name, why=_("请写明时区，如 2023-06-30T23:59:59+08:00。"))
    return moment
