"""Two records of one firm become one, and can be parted again: no entry is ever rewritten."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import CreditCodeTaken, MergedAway, MergeRefused, NotMerged
from ..models import Enterprise
from ..selectors import family_ids, merges_into, survivor_of
from .checks import FIELDS
from .index import index_enterprises

TAKEABLE = tuple(name for name in FIELDS if name != "name")
"""What the survivor may take over from the merged record; its name stays its own."""


@transaction.atomic
def merge_enterprises(
    *,
    actor: User | None,
    survivor: Enterprise,
    merged: Enterprise,
    take: Collection[str] = (),
    reason: str = "",
    seen_versions: tuple[int, int] | None = None,
) -> Enterprise:
    """Merge one firm's record into another's; return the survivor.

    The merged record keeps its entries and points to the survivor, where everything reads both. ``take`` names the
    fields whose value the survivor takes from the merged record. Raises MergeRefused for one record with itself or
    over two zones, MergedAway when one of them is merged already, and Stale.
    """
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, survivor.zone_id)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, merged.zone_id)
    rows = Enterprise.objects.select_related("zone").select_for_update(no_key=True, of=("self",))
    firms = {firm.pk: firm for firm in rows.filter(pk__in=(survivor.pk, merged.pk)).order_by("pk")}
    if len(firms) < 2:
        raise MergeRefused(why=_("请选择两份不同的档案。"))
    kept, gone = firms[survivor.pk], firms[merged.pk]
    if kept.zone_id != gone.zone_id:
        raise MergeRefused(why=_("两份档案不在同一辖区。"))
    for firm in (kept, gone):
        if firm.is_merged:
            raise MergedAway(name=firm.name, survivor=survivor_of(firm).name)
    for firm, seen in zip((kept, gone), seen_versions or (None, None), strict=True):
        check_version(firm, seen, yours={})
    # The merged record leaves its code before the survivor may take it.
    save_record(gone, merged_into=kept)
    taken = save_record(kept, **{name: getattr(gone, name) for name in TAKEABLE if name in set(take)})
    index_enterprises([kept, gone])
    record_change(
        actor=actor,
        verb="merge",
        rows=[kept, gone],
        scope=kept.zone_id,
        survivor=kept.pk,
        survivor_name=kept.name,
        merged=gone.pk,
        merged_name=gone.name,
        taken=taken,
        reason=reason.strip()[:200],
    )
    return kept


@transaction.atomic
def unmerge_enterprise(*, actor: User | None, merged: Enterprise, reason: str = "") -> Enterprise:
    """Undo a merge; return the record that stands on its own again.

    What the survivor took over goes back to what it was, unless somebody has changed it since. Raises NotMerged,
    and CreditCodeTaken when the code was given to another firm meanwhile.
    """
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, merged.zone_id)
    rows = Enterprise.objects.select_related("zone").select_for_update(no_key=True, of=("self",))
    gone = rows.get(pk=merged.pk)
    if gone.merged_into_id is None:
        raise NotMerged(name=gone.name)
    kept = rows.get(pk=gone.merged_into_id)
    change = merges_into(kept).get(gone.pk)
    taken = change.data["taken"] if change is not None else {}
    try:
        with transaction.atomic():
            given_back = save_record(kept, **_as_before(kept, taken))
            save_record(gone, merged_into=None)
    except IntegrityError as error:
        raise _code_taken(gone) from error
    index_enterprises([survivor_of(kept), gone])
    record_change(
        actor=actor,
        verb="unmerge",
        rows=[kept, gone],
        scope=kept.zone_id,
        survivor=kept.pk,
        survivor_name=kept.name,
        merged=gone.pk,
        merged_name=gone.name,
        given_back=given_back,
        reason=reason.strip()[:200],
    )
    return gone


def _as_before(kept: Enterprise, taken: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the old value of every field that still has the value it took over, read back from the change log."""
    before = {}
    for name, (old, new) in taken.items():
        field: Any = Enterprise._meta.get_field(name)
        if getattr(kept, field.attname) == field.to_python(new):
            before[name] = field.to_python(old)
    return before


def _code_taken(gone: Enterprise) -> CreditCodeTaken:
    rows = Enterprise.objects.filter(
        zone_id=gone.zone_id, credit_code=gone.credit_code, merged_into__isnull=True
    )
    holder = rows.exclude(pk__in=family_ids(gone)).order_by("pk").first()
    name, pk = (holder.name, holder.pk) if holder else (gone.name, gone.pk)
    return CreditCodeTaken(credit_code=gone.credit_code, name=name, id=pk)
