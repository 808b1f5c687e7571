"""Put a firm on the register, and keep what is said of it right."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record
from zhuchao.apps.core.wording import explained, listed, quoted
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import CreditCodeTaken, DuplicateFound, MergedAway
from ..models import Enterprise, EnterpriseName
from ..selectors import family_ids, find_candidates, survivor_of
from .checks import checked
from .index import index_enterprises


@transaction.atomic
def add_enterprise(
    *,
    actor: User | None,
    zone: Zone,
    name: str,
    name_since: date | None = None,
    confirmed_distinct_reason: str = "",
    **values: Any,
) -> Enterprise:
    """Put a firm on a zone's register, with the name it has since ``name_since``.

    Where that is not said, the name counts from the day the firm was established, else from today.

    Raises CreditCodeWrong, IndustryCodeWrong or WrongInput for what is said wrongly; CreditCodeTaken when the code
    is there already; DuplicateFound when a firm with the same number or normal name is, unless
    ``confirmed_distinct_reason`` says why it is another one.
    """
    zones.require(actor, Verb.ADD, Thing.ENTERPRISE, zone)
    kept = checked(zone, {"name": name, **values})
    firm = Enterprise(zone=zone, **kept)
    _refuse_code_taken(firm)
    told = _refuse_duplicates(firm, confirmed_distinct_reason)
    try:
        with transaction.atomic():
            firm.save(force_insert=True)
    except IntegrityError as error:
        _refuse_code_taken(firm)
        raise error
    _add_name(firm, actor=actor, since=name_since or firm.established_on)
    index_enterprises([firm])
    record_change(actor=actor, verb="add", rows=[firm], scope=zone.pk, values=kept, **told)
    return firm


@transaction.atomic
def edit_enterprise(
    *,
    actor: User | None,
    enterprise: Enterprise,
    seen_version: int | None = None,
    name_since: date | None = None,
    confirmed_distinct_reason: str = "",
    **values: Any,
) -> Enterprise:
    """Change what is said of a firm; what is not given stays. A new name keeps the old one findable.

    Raises Stale with both versions when it was changed since ``seen_version``, MergedAway for a merged firm, and
    whatever ``add_enterprise`` raises.
    """
    firm = locked(actor, enterprise)
    kept = checked(firm.zone, values)
    check_version(firm, seen_version, yours={name: kept.get(name) for name in values})
    before = (firm.name, firm.credit_code, firm.legacy_reg_no)
    told: dict[str, Any] = {}
    wanted = Enterprise(
        pk=firm.pk, zone=firm.zone, **{name: kept.get(name, getattr(firm, name)) for name in _WHO}
    )
    if (wanted.name, wanted.credit_code, wanted.legacy_reg_no) != before:
        _refuse_code_taken(wanted)
        told = _refuse_duplicates(wanted, confirmed_distinct_reason)
    try:
        with transaction.atomic():
            changes = save_record(firm, **kept)
    except IntegrityError as error:
        _refuse_code_taken(wanted)
        raise error
    changes.pop("normal_name", None)
    if "name" in changes:
        _add_name(firm, actor=actor, since=name_since)
    if changes:
        index_enterprises([firm])
        record_change(actor=actor, verb="edit", rows=[firm], scope=firm.zone_id, changes=changes, **told)
    return firm


@transaction.atomic
def change_state(
    *, actor: User | None, enterprise: Enterprise, state: str, reason: str, seen_version: int | None = None
) -> Enterprise:
    """Bring a firm into another state (停业, 迁出, 注销 ...), saying why; raises ReasonNeeded, Stale, MergedAway."""
    firm = locked(actor, enterprise)
    kept = checked(firm.zone, {"state": state})
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "变更状态"))
    check_version(firm, seen_version, yours=kept)
    changes = save_record(firm, **kept)
    if changes:
        record_change(
            actor=actor,
            verb="change_state",
            rows=[firm],
            scope=firm.zone_id,
            changes=changes,
            reason=reason.strip(),
        )
    return firm


_WHO = ("name", "normal_name", "credit_code", "legacy_reg_no")


def locked(actor: User | None, enterprise: Enterprise) -> Enterprise:
    """Return the firm under lock for an edit; refuses without the right, and for a merged firm."""
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, enterprise.zone_id)
    firm = (
        Enterprise.objects.select_related("zone")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=enterprise.pk)
    )
    if firm.is_merged:
        raise MergedAway(name=firm.name, survivor=survivor_of(firm).name)
    return firm


def _add_name(firm: Enterprise, *, actor: User | None, since: date | None) -> None:
    entry = EnterpriseName(
        zone_id=firm.zone_id, enterprise=firm, name=firm.name, happened_on=since or zones.today(firm.zone)
    )
    add_entry(entry, actor=actor, at=zones.now(firm.zone))


def _refuse_code_taken(firm: Enterprise) -> None:
    """Refuse a code that another firm of the zone has, a firm merged into a third one included."""
    if not firm.credit_code:
        return
    own = family_ids(firm) if firm.pk else []
    rows = Enterprise.objects.filter(zone_id=firm.zone_id, credit_code=firm.credit_code)
    taken = rows.exclude(pk__in=own).select_related("merged_into").order_by("pk").first()
    if taken is not None:
        holder = survivor_of(taken)
        raise CreditCodeTaken(credit_code=firm.credit_code, name=holder.name, id=holder.pk)


def _refuse_duplicates(firm: Enterprise, reason: str) -> dict[str, Any]:
    """Refuse a firm that may be there already; return what to record when a person said that it is another."""
    found = find_candidates(
        zone_id=firm.zone_id,
        name=firm.name,
        credit_code=firm.credit_code,
        legacy_reg_no=firm.legacy_reg_no,
        exclude=family_ids(firm) if firm.pk else (),
    )
    if not found:
        return {}
    if not reason.strip():
        raise DuplicateFound(
            names=listed(explained(quoted(candidate.name), candidate.why) for candidate in found[:5]),
            candidates=[candidate.as_dict() for candidate in found],
        )
    return {
        "confirmed_distinct": reason.strip()[:200],
        "distinct_from": [candidate.id for candidate in found],
    }
