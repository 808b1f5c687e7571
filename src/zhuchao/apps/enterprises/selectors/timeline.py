"""What happened to a firm: entries of its names and tags, and the changes of its record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import Change
from zhuchao.apps.core.models.changes import ChangedRow
from zhuchao.apps.core.wording import explained, labelled, remarks
from zhuchao.apps.zones.models import Sector, User

from ..models import Enterprise, EnterpriseName, EnterpriseTag
from .enterprises import THING
from .tags import visible_tags

MOST = 100

CHANGE_NAMES: Mapping[str, str | Promise] = {
    "add": _("建立档案"),
    "edit": _("修改档案"),
    "change_state": _("变更状态"),
    "import": _("导入台账"),
    "merge": _("合并"),
    "unmerge": _("撤销合并"),
}


@dataclass(frozen=True)
class Event:
    """One thing that happened: an entry, or a change of the record."""

    moment: datetime
    happened_on: date | None
    who: str
    what: str | Promise
    detail: str = ""
    reason: str = ""
    is_void: bool = False
    is_replaced: bool = False
    evidence_id: int | None = None
    tag_id: int | None = None


def timeline_of(
    actor: User | AnonymousUser | None, enterprise: Enterprise, ids: Sequence[int]
) -> list[Event]:
    """Return what happened to a firm and the firms merged into it, the latest first, the last hundred of each kind."""
    names = (
        EnterpriseName.objects.filter(enterprise__in=ids)
        .select_related("recorded_by", "replaced_by")
        .order_by("-pk")
    )
    tags = visible_tags(actor).filter(enterprise__in=ids).select_related("replaced_by").order_by("-pk")
    events = [_name_event(entry) for entry in names[:MOST]]
    events += [_tag_event(entry) for entry in tags[:MOST]]
    touched = ChangedRow.objects.filter(thing=THING, row_id__in=list(ids)).order_by("-pk")[:MOST]
    changes = list(Change.objects.filter(pk__in=[row.change_id for row in touched]).order_by("-pk"))
    sectors = _sectors_named(changes, ids)
    events += [_change_event(change, ids, sectors) for change in changes if change.verb in CHANGE_NAMES]
    events.sort(key=lambda event: event.moment, reverse=True)
    return events


def merges_into(enterprise: Enterprise) -> dict[int, Change]:
    """Return, for each firm merged into this one, the merge that did it: what an undo takes back."""
    changes = Change.objects.filter(
        pk__in=ChangedRow.objects.filter(thing=THING, row_id=enterprise.pk).values("change_id"), verb="merge"
    ).order_by("pk")
    return {
        change.data["merged"]: change for change in changes if change.data.get("survivor") == enterprise.pk
    }


def _name_event(entry: EnterpriseName) -> Event:
    return Event(
        moment=entry.recorded_at,
        happened_on=entry.happened_on,
        who=str(entry.recorded_by or ""),
        what=_("启用名称"),
        detail=entry.name,
        reason=entry.reason,
        is_void=entry.is_void,
        is_replaced=hasattr(entry, "replaced_by"),
        evidence_id=entry.evidence_id,
    )


def _tag_event(entry: EnterpriseTag) -> Event:
    return Event(
        moment=entry.recorded_at,
        happened_on=entry.happened_on,
        who=str(entry.recorded_by or ""),
        what=_("取消标签") if entry.is_void else (_("更正标签") if entry.replaces_id else _("标签")),
        detail=explained(entry.tag, entry.source),
        reason=entry.reason,
        is_void=entry.is_void,
        is_replaced=hasattr(entry, "replaced_by"),
        evidence_id=entry.evidence_id,
        tag_id=entry.pk,
    )


def _changed_fields(change: Change, ids: Sequence[int]) -> dict[str, list[Any]]:
    """Return what a change did to the family: an import keeps what it did row by row."""
    rows = change.data.get("row_changes") or {}
    fields: dict[str, list[Any]] = dict(change.data.get("changes") or {})
    for pk in ids:
        fields |= rows.get(str(pk)) or {}
    return fields


def _change_event(change: Change, ids: Sequence[int], sectors: Mapping[int, str]) -> Event:
    data = change.data
    if change.verb in {"merge", "unmerge"}:
        detail = f"{data.get('merged_name', '')} → {data.get('survivor_name', '')}"
    else:
        detail = remarks(_said(name, pair, sectors) for name, pair in _changed_fields(change, ids).items())
    return Event(
        moment=change.moment,
        happened_on=None,
        who=change.actor_name,
        what=CHANGE_NAMES[change.verb],
        detail=detail,
        reason=str(data.get("reason") or data.get("confirmed_distinct") or ""),
    )


def _sectors_named(changes: Sequence[Change], ids: Sequence[int]) -> dict[int, str]:
    pairs = [_changed_fields(change, ids).get("sector") or () for change in changes]
    keys = {pk for pair in pairs for pk in pair if isinstance(pk, int)}
    return dict(Sector.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _said(name: str, pair: Sequence[Any], sectors: Mapping[int, str]) -> str:
    """Return one changed field as a person reads it: 状态：在营 → 停业."""
    field = Enterprise._meta.get_field(name)
    choices = dict(getattr(field, "flatchoices", ()))

    def shown(value: Any) -> str:
        if value is None or value == "":
            return "—"
        if name == "sector":
            return sectors.get(value, str(value))
        if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
        return str(choices.get(value, value))

    old, new = pair
    return labelled(getattr(field, "verbose_name", name), f"{shown(old)} → {shown(new)}")
