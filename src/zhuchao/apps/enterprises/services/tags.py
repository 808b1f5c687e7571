"""What is said of a firm (龙头, 独角兽, 总部 ...): given with a source and a day, corrected and taken away as entries."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import TagStands
from ..models import Enterprise, EnterpriseTag
from ..selectors import family_ids
from .register import locked


@transaction.atomic
def add_tag(
    *,
    actor: User | None,
    enterprise: Enterprise,
    tag: str,
    source: str,
    happened_on: date,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> EnterpriseTag:
    """Give a firm a tag, with who says so and since when.

    Raises WrongInput without a source or for a day to come, and TagStands when this source has said it already.
    """
    firm = locked(actor, enterprise)
    kept = checked_tag(firm.zone, tag=tag, source=source, happened_on=happened_on)
    standing = EnterpriseTag.objects.live().filter(
        enterprise__in=family_ids(firm), tag=kept["tag"], source=kept["source"]
    )
    if standing.exists():
        raise TagStands(name=firm.name, tag=kept["tag"], source=kept["source"])
    entry = EnterpriseTag(
        zone_id=firm.zone_id,
        enterprise=firm,
        evidence=evidence,
        evidence_note=evidence_note.strip()[:200],
        **kept,
    )
    add_entry(entry, actor=actor, at=zones.now(firm.zone))
    record_change(
        actor=actor, verb="tag", rows=[firm, entry], scope=firm.zone_id, tag=entry.tag, source=entry.source
    )
    return entry


@transaction.atomic
def correct_tag(
    *,
    actor: User | None,
    entry: EnterpriseTag,
    reason: str,
    evidence: Attachment | None = None,
    **values: Any,
) -> EnterpriseTag:
    """Correct what a tag says, its source or its day, with the reason; return the entry that replaces it.

    Its evidence stays unless another is given.
    """
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, entry.zone_id)
    said: dict[str, Any] = {
        "tag": entry.tag,
        "source": entry.source,
        "happened_on": entry.happened_on,
    } | values
    kept = checked_tag(entry.zone, **said)
    if evidence is not None:
        kept["evidence"] = evidence
    successor = correct_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason, **kept)
    record_change(
        actor=actor,
        verb="correct_tag",
        rows=[entry.enterprise, successor],
        scope=entry.zone_id,
        reason=reason,
    )
    return successor


@transaction.atomic
def void_tag(*, actor: User | None, entry: EnterpriseTag, reason: str) -> EnterpriseTag:
    """Take a tag away, with the reason; return the entry that says so."""
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, entry.zone_id)
    successor = void_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason)
    record_change(
        actor=actor, verb="void_tag", rows=[entry.enterprise, successor], scope=entry.zone_id, reason=reason
    )
    return successor


def checked_tag(zone: Zone, *, tag: str, source: str, happened_on: date) -> dict[str, Any]:
    """Return what a tag says in the form it is kept in; raises WrongInput."""
    kept = {"tag": " ".join(tag.split()), "source": " ".join(source.split())}
    for name, label in (("tag", _("标签")), ("source", _("来源"))):
        most = getattr(EnterpriseTag._meta.get_field(name), "max_length", None) or 0
        if not kept[name]:
            raise WrongInput(field=label, why=_("请填写，例如“市工信局 2023 年度认定名单”。"), name=name)
        if len(kept[name]) > most:
            raise WrongInput(field=label, why=_("最多 %(most)s 个字。") % {"most": most}, name=name)
    if happened_on > zones.today(zone):
        raise WrongInput(field=_("日期"), why=_("不能晚于今天。"), name="happened_on")
    return kept | {"happened_on": happened_on}
