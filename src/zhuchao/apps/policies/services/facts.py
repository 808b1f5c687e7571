"""Facts of firms that no other ledger keeps: stated with a day and a source, corrected and voided as entries."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.enterprises.errors import MergedAway
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import family_ids, survivor_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import SIZED, Field, Kind
from zhuchao.engines.rules.stating import fact_of, plain_fact, read_fact

from ..models import FirmFact
from ..selectors.rules import declared, vocabulary
from ..wording import say

KEPT_ELSEWHERE = frozenset({"industry", "established", "above_scale", "sector"})
"""Facts that the register of firms keeps; they are put right there and stated nowhere else."""


@transaction.atomic
def state_fact(
    *,
    actor: User | None,
    enterprise: Enterprise,
    field: str,
    value: str,
    source: str,
    on: date | None = None,
    holds_until: date | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> FirmFact:
    """State a fact of a firm as it was on a day (today); return the entry that stands.

    ``value`` is what people write (5000万元, 5%, 是). A sized fact holds until the end of the year of its day where
    nothing else is said. The same said again writes nothing; another value for the same day replaces the one that stands.
    Raises WrongInput and MergedAway.
    """
    zones.require(actor, Verb.ADD, Thing.FILING, enterprise.zone_id)
    firm = (
        Enterprise.objects.select_related("zone")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=enterprise.pk)
    )
    if firm.is_merged:
        raise MergedAway(name=firm.name, survivor=survivor_of(firm).name)
    today = zones.today(firm.zone)
    said = checked_fact(
        field=field, value=value, source=source, on=on or today, holds_until=holds_until, today=today
    )
    said |= {"evidence": evidence, "evidence_note": evidence_note.strip()[:200]}
    standing = (
        FirmFact.objects.live()
        .filter(enterprise__in=family_ids(firm), field=said["field"], happened_on=said["happened_on"])
        .order_by("-pk")
        .first()
    )
    at = zones.now(firm.zone)
    if standing is None:
        entry = add_entry(FirmFact(zone_id=firm.zone_id, enterprise=firm, **said), actor=actor, at=at)
    elif all(getattr(standing, name) == said[name] for name in ("value", "source", "holds_until")):
        return standing
    else:
        changed = {name: said[name] for name in ("value", "source", "holds_until")}
        if evidence is not None:
            changed["evidence"] = evidence
        entry = correct_entry(standing, actor=actor, at=at, reason=_("同日重新填报"), **changed)
    record_change(
        actor=actor, verb="file", rows=[entry, firm], scope=firm.zone_id, field=field, value=entry.value
    )
    return entry


@transaction.atomic
def void_fact(*, actor: User | None, entry: FirmFact, reason: str) -> FirmFact:
    """Take a stated fact away, with the reason: from now on it is as if it had not been stated."""
    zones.require(actor, Verb.VOID, Thing.FILING, entry.zone_id)
    successor = void_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void",
        rows=[successor, entry.enterprise],
        scope=entry.zone_id,
        field=entry.field,
        reason=reason.strip(),
    )
    return successor


def field_named(text: str) -> Field:
    """Return the field of a name or a label; raises WrongInput."""
    name = text.strip()
    if name in vocabulary():
        return vocabulary()[name]
    for field in vocabulary():
        if name in (field.label, declared()[field.name].label):
            return field
    raise WrongInput(field=_("事实"), why=_("没有“%(name)s”这个字段。") % {"name": name[:64]})


def checked_fact(
    *, field: str, value: str, source: str, on: date, holds_until: date | None, today: date
) -> dict[str, Any]:
    """Return what a stated fact is kept as; raises WrongInput. Reads only."""
    asked = field_named(field)
    if asked.name in KEPT_ELSEWHERE:
        why = _("“%(label)s”记在企业档案里，请在那里修改。") % {"label": asked.label}
        raise WrongInput(field=_("事实"), why=why)
    try:
        kept = plain_fact(read_fact(value, asked))
    except EngineError as error:
        raise WrongInput(field=asked.label, why=say(error, asked.label)) from error
    source = source.strip()
    if not 0 < len(source) <= 120:
        raise WrongInput(field=_("来源"), why=_("请写明来源，如“企业申报”“年度审计报告”，不超过 120 字。"))
    if on > today:
        raise WrongInput(field=_("日期"), why=_("不能晚于今天。"))
    if holds_until is None and asked.kind in SIZED and asked.kind is not Kind.DATE:
        holds_until = date(on.year, 12, 31)
    if holds_until is not None and holds_until < on:
        raise WrongInput(field=_("适用至"), why=_("不能早于日期。"))
    assert fact_of(kept, asked) is not None
    return {
        "field": asked.name,
        "value": kept,
        "source": source,
        "happened_on": on,
        "holds_until": holds_until,
    }
