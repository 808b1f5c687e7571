"""The change log: add a link, and find the first one that does not hold."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Max
from django.utils import timezone

from ..models import ChainHead, Change
from ..models.changes import FIRST, ChangedRow
from .bulk import insert_values


@dataclass(frozen=True)
class ChainBroken:
    """The first link of a chain that does not hold: where it is and what is wrong with it."""

    scope: int
    seq: int
    why: str


def record_change(
    *,
    actor: models.Model | None,
    verb: str,
    rows: Sequence[models.Model],
    scope: int,
    thing: str | None = None,
    **data: Any,
) -> Change:
    """Add one link to the chain of ``scope`` for what ``actor`` did to ``rows``.

    Must run inside the transaction that made the change. ``thing`` names the kind of rows and is needed only
    when there are none. Values of ``data`` become text where JSON has no type for them.
    """
    head, _ = ChainHead.objects.get_or_create(scope=scope)
    head = ChainHead.objects.select_for_update(no_key=True).get(scope=scope)
    label = thing or rows[0]._meta.label_lower
    change = Change(
        scope=scope,
        seq=head.seq + 1,
        moment=timezone.now(),
        actor_id=getattr(actor, "pk", None),
        actor_name=str(actor)[:60] if actor is not None else "",
        verb=verb,
        thing=label,
        rows=[row.pk for row in rows[:1000]],
        data=plain(data) | ({"row_count": len(rows)} if len(rows) > 1000 else {}),
        previous=head.digest,
    )
    change.digest = _digest(change)
    change.save(force_insert=True)
    insert_values(
        ChangedRow,
        ("change_id", "thing", "row_id"),
        [(change.pk, row._meta.label_lower, row.pk) for row in rows],
    )
    ChainHead.objects.filter(pk=scope).update(seq=change.seq, digest=change.digest)
    return change


def verify_changes(scope: int | None = None) -> Iterator[ChainBroken | int]:
    """Yield, for each chain, the first broken link or the number of links that hold.

    A link is broken when its content was altered, when one before it was taken out, when the end of the chain is
    not where the head says, and when something was put behind that end. A chain may grow meanwhile.
    """
    for each in _all_scopes() if scope is None else (scope,):
        yield _verify(each)


def _all_scopes() -> list[int]:
    """Return the scopes that have a chain, or the rest of one."""
    heads = set(ChainHead.objects.values_list("scope", flat=True))
    return sorted(heads | set(Change.objects.values_list("scope", flat=True).distinct()))


def _verify(scope: int) -> ChainBroken | int:
    head = ChainHead.objects.filter(scope=scope).first() or ChainHead(scope=scope)
    previous, seq = FIRST, 0
    links = Change.objects.filter(scope=scope, seq__lte=head.seq).order_by("seq")
    for change in links.iterator(chunk_size=2000):
        if change.seq != seq + 1:
            return ChainBroken(scope, seq + 1, "missing")
        seq = change.seq
        if change.previous != previous:
            return ChainBroken(scope, seq, "not_linked")
        if change.digest != _digest(change):
            return ChainBroken(scope, seq, "altered")
        previous = change.digest
    if (head.seq, head.digest) != (seq, previous):
        return ChainBroken(scope, seq + 1, "missing")
    # First the last link and then the head: both move together, so a head that was read later is never behind.
    last = Change.objects.filter(scope=scope).aggregate(last=Max("seq"))["last"] or 0
    now = ChainHead.objects.filter(scope=scope).first()
    if last > (now.seq if now else 0):
        return ChainBroken(scope, seq + 1, "behind_the_end" if now else "headless")
    return seq


def _digest(change: Change) -> str:
    content = [
        change.scope,
        change.seq,
        change.moment.astimezone(UTC).isoformat(),
        change.actor_id,
        change.actor_name,
        change.verb,
        change.thing,
        change.rows,
        change.data,
        change.previous,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """Return ``value`` as JSON-ready data, the same for the same content."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, (float, Decimal)):
        return str(value)
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)
