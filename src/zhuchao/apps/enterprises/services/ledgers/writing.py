"""Write firms that a ledger brought, many in a statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import (
    add_entries,
    add_entry_values,
    index_rows,
    insert_new,
    insert_values,
    record_change,
)
from zhuchao.apps.core.services.importing import Outcome, Progress
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.identity import mask_phone

from ...errors import CreditCodeTaken
from ...models import Contact, Enterprise, EnterpriseName, EnterpriseTag
from ...selectors.enterprises import THING
from ..index import findable, index_enterprises
from .known import AT_ONCE, parts_of
from .understood import Understood

NO_NAME = "联系人"
STEP = "写入企业"
FOUND_BY = frozenset({"name", "credit_code", "legacy_reg_no", "industry_code", "address"})
"""Fields that the search index holds; a change of another leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write for a firm that is there: what changes of it, a contact (with its id to change it), and tags."""

    pk: int
    values: dict[str, Any]
    contact: tuple[str, str] | tuple[str, str, int] = ("", "")
    tags: tuple[str, ...] = ()
    source: str = ""


def say_contact(
    said: tuple[str, str], known: Sequence[tuple[int, str, str]]
) -> tuple[tuple[str, str] | tuple[str, str, int], dict[str, Sequence[Any]]]:
    """Return the contact to write for a firm that is there, and the change as people may read it: masked.

    ``known`` holds id, name and telephone of the firm's contacts. A telephone without a name that is there already,
    under whatever name, changes nothing.
    """
    name, phone = said
    if not name and not phone:
        return ("", ""), {}
    for pk, known_name, known_phone in known:
        if known_name == name or (not name and known_phone == phone):
            if not phone or known_phone == phone:
                return ("", ""), {}
            return (name, phone, pk), {"phone": [mask_phone(known_phone), mask_phone(phone)]}
    return (name or NO_NAME, phone), {"contact": [None, name or NO_NAME]}


@transaction.atomic
def write_outcomes(
    *,
    scope: int,
    actor: User | None,
    batch: ImportBatch,
    outcomes: Sequence[Outcome],
    progress: Progress,
) -> None:
    """Write what the rows of a ledger say, ``AT_ONCE`` at a time."""
    zone, done, asked = Zone.objects.get(pk=scope), 0, False
    for part in parts_of(outcomes):
        progress.say(STEP, done, len(outcomes))
        if not asked and any(any(outcome.data.contact[:2]) for outcome in part):
            zones.require(actor, Verb.ADD, Thing.CONTACT, scope)
            asked = True
        _write_new(zone, actor, batch, [outcome.data for outcome in part if outcome.state == "new"])
        _write_changed(zone, actor, batch, [outcome for outcome in part if outcome.state == "changed"])
        done += len(part)
    progress.say(STEP, done, len(outcomes))
    if done >= AT_ONCE:
        tell_planner(Enterprise, EnterpriseName, EnterpriseTag, Contact)


def tell_planner(*models: type[Model]) -> None:
    """Let the database count what has come in: a planner that takes a full table for an empty one reads all of it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 100000")
        for model in models:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _write_new(zone: Zone, actor: User | None, batch: ImportBatch, items: Sequence[Understood]) -> None:
    if not items:
        return
    firms = [
        Enterprise(zone_id=zone.pk, name=item.name, normal_name=item.normal, **item.said()) for item in items
    ]
    try:
        with transaction.atomic():
            insert_new(firms)
    except IntegrityError as error:
        raise _code_taken(zone, [firm.credit_code for firm in firms]) from error
    today, now = zones.today(zone), zones.now(zone)
    add_entry_values(
        EnterpriseName,
        ("enterprise_id", "name", "happened_on", "batch_row"),
        [
            (firm.pk, firm.name, firm.established_on or today, item.row.number)
            for firm, item in zip(firms, items, strict=True)
        ],
        actor=actor,
        at=now,
        zone_id=zone.pk,
        batch_id=batch.pk,
    )
    contacts = [
        (firm.pk, name or NO_NAME, phone)
        for firm, item in zip(firms, items, strict=True)
        for name, phone in (item.contact,)
        if name or phone
    ]
    same = {"zone_id": zone.pk, "is_main": True}
    insert_values(Contact, ("enterprise_id", "name", "phone"), contacts, same=same)
    tags = [
        tag
        for firm, item in zip(firms, items, strict=True)
        if item.tags
        for tag in _tags(zone, batch, firm.pk, item.tags, item.source, item.row.number)
    ]
    add_entries(tags, actor=actor, at=now)
    index_rows(THING, (findable(firm) for firm in firms))
    record_change(actor=actor, verb="import", rows=firms, scope=zone.pk, batch=batch.pk, new=len(firms))


def _write_changed(zone: Zone, actor: User | None, batch: ImportBatch, outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        return
    rows = Enterprise.objects.select_for_update(no_key=True).filter(
        pk__in=[outcome.data.pk for outcome in outcomes]
    )
    firms = {firm.pk: firm for firm in rows}
    touched: list[Enterprise] = []
    renamed: list[EnterpriseName] = []
    tags: list[EnterpriseTag] = []
    fields: set[str] = set()
    for outcome in outcomes:
        plan: Plan = outcome.data
        firm, number = firms[plan.pk], outcome.row.number
        tags += _tags(zone, batch, firm.pk, plan.tags, plan.source, number)
        if plan.values:
            for name, value in plan.values.items():
                setattr(firm, name, value)
            firm.version += 1
            fields |= {name.removesuffix("_id") for name in plan.values}
            touched.append(firm)
        if "name" in plan.values:
            entry = EnterpriseName(zone_id=zone.pk, enterprise_id=firm.pk, name=firm.name)
            entry.happened_on, entry.batch_id, entry.batch_row = zones.today(zone), batch.pk, number
            renamed.append(entry)
    if touched:
        try:
            with transaction.atomic():
                # One statement for many rows: each is there, so that each meets its own id and is updated.
                Enterprise.objects.bulk_create(
                    touched,
                    update_conflicts=True,
                    unique_fields=("id",),
                    update_fields=(*sorted(fields), "version", "updated_at"),
                    batch_size=AT_ONCE,
                )
        except IntegrityError as error:
            raise _code_taken(zone, [firm.credit_code for firm in touched]) from error
    add_entries(renamed, actor=actor, at=zones.now(zone))
    add_entries(tags, actor=actor, at=zones.now(zone))
    _write_contacts(zone, [outcome.data for outcome in outcomes])
    if fields & FOUND_BY:
        index_enterprises(touched)
    record_change(
        actor=actor,
        verb="import",
        rows=[firms[outcome.data.pk] for outcome in outcomes],
        scope=zone.pk,
        batch=batch.pk,
        row_changes={str(outcome.data.pk): _recorded(outcome.changes) for outcome in outcomes},
    )


def _write_contacts(zone: Zone, plans: Sequence[Plan]) -> None:
    """Add the contacts that firms which are there did not have, and change the numbers of those they had."""
    phones = {plan.contact[2]: plan.contact[1] for plan in plans if len(plan.contact) == 3}
    insert_new(
        [
            Contact(zone_id=zone.pk, enterprise_id=plan.pk, name=plan.contact[0], phone=plan.contact[1])
            for plan in plans
            if len(plan.contact) == 2 and any(plan.contact)
        ]
    )
    for part in parts_of(list(phones)):
        known = list(Contact.objects.select_for_update(no_key=True).filter(pk__in=part))
        for contact in known:
            contact.phone = phones[contact.pk]
            contact.version += 1
        Contact.objects.bulk_update(known, ["phone", "version"], batch_size=200)


def _tags(
    zone: Zone, batch: ImportBatch, firm_id: int, tags: Iterable[str], source: str, number: int
) -> list[EnterpriseTag]:
    today = zones.today(zone)
    return [
        EnterpriseTag(
            zone_id=zone.pk,
            enterprise_id=firm_id,
            tag=tag,
            source=source,
            happened_on=today,
            batch_id=batch.pk,
            batch_row=number,
        )
        for tag in tags
    ]


def _recorded(changes: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return a row's changes for the change log, which never holds a telephone number."""
    return {name: list(pair) for name, pair in changes.items() if name not in {"phone", "contact", "tags"}}


def _code_taken(zone: Zone, codes: Iterable[str]) -> CreditCodeTaken:
    """Return the refusal for codes of which somebody else registered one at the same moment."""
    wanted = [code for code in codes if code]
    holder = Enterprise.objects.filter(zone=zone, credit_code__in=wanted, merged_into__isnull=True).first()
    if holder is None:
        return CreditCodeTaken(credit_code="、".join(wanted[:3]), name="", id=0)
    return CreditCodeTaken(credit_code=holder.credit_code, name=holder.name, id=holder.pk)
