"""Write firms that a ledger brought, many in a statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, index_rows, record_change
from zhuchao.apps.core.services.importing import Progress
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.identity import mask_phone

from ...errors import CreditCodeTaken
from ...models import Contact, Enterprise, EnterpriseName, EnterpriseTag
from ...selectors.enterprises import THING
from ..index import findable, index_enterprises
from .known import AT_ONCE

NO_NAME = "联系人"
STEP = "写入企业"

Numbered = tuple[int, "Plan", Mapping[str, Sequence[Any]]]
"""Row number, what to write, and what that changes as people read it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write for one row: a new firm (``pk`` None) or changes of one, a contact, and tags."""

    pk: int | None
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
def write_plans(
    *,
    scope: int,
    actor: User | None,
    batch: ImportBatch,
    plans: Iterable[Numbered],
    count: int,
    progress: Progress,
) -> None:
    """Write what the rows of a ledger say, ``AT_ONCE`` at a time."""
    zone = Zone.objects.get(pk=scope)
    rows, done, asked = iter(plans), 0, False
    while part := list(islice(rows, AT_ONCE)):
        progress.say(STEP, done, count)
        if not asked and any(any(plan.contact[:2]) for _number, plan, _changes in part):
            zones.require(actor, Verb.ADD, Thing.CONTACT, scope)
            asked = True
        _write_new(zone, actor, batch, [row for row in part if row[1].pk is None])
        _write_changed(zone, actor, batch, [row for row in part if row[1].pk is not None])
        done += len(part)
    progress.say(STEP, done, count)
    if done >= AT_ONCE:
        tell_planner(Enterprise, EnterpriseName, EnterpriseTag, Contact)


def tell_planner(*models: type[Model]) -> None:
    """Let the database count what has come in: a planner that takes a full table for an empty one reads all of it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 100000")
        for model in models:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _write_new(zone: Zone, actor: User | None, batch: ImportBatch, rows: Sequence[Numbered]) -> None:
    if not rows:
        return
    firms = [Enterprise(zone=zone, **plan.values) for _number, plan, _changes in rows]
    try:
        with transaction.atomic():
            Enterprise.objects.bulk_create(firms, batch_size=AT_ONCE)
    except IntegrityError as error:
        raise _code_taken(zone, [firm.credit_code for firm in firms]) from error
    today = zones.today(zone)
    names = [
        EnterpriseName(
            zone=zone,
            enterprise=firm,
            name=firm.name,
            happened_on=firm.established_on or today,
            batch=batch,
            batch_row=number,
        )
        for firm, (number, _plan, _changes) in zip(firms, rows, strict=True)
    ]
    add_entries(names, actor=actor, at=zones.now(zone))
    _write_beside(zone, actor, batch, zip(firms, rows, strict=True))
    index_rows(THING, (findable(firm) for firm in firms))
    record_change(actor=actor, verb="import", rows=firms, scope=zone.pk, batch=batch.pk, new=len(firms))


def _write_changed(zone: Zone, actor: User | None, batch: ImportBatch, rows: Sequence[Numbered]) -> None:
    if not rows:
        return
    locked = {
        firm.pk: firm
        for firm in Enterprise.objects.select_for_update().filter(pk__in=[plan.pk for _n, plan, _c in rows])
    }
    touched: list[Enterprise] = []
    renamed: list[EnterpriseName] = []
    fields: set[str] = set()
    pairs: list[tuple[Enterprise, Numbered]] = []
    for number, plan, changes in rows:
        assert plan.pk is not None
        firm = locked[plan.pk]
        pairs.append((firm, (number, plan, changes)))
        if plan.values:
            for name, value in plan.values.items():
                setattr(firm, name, value)
            firm.version += 1
            fields |= {name.removesuffix("_id") for name in plan.values}
            touched.append(firm)
        if "name" in plan.values:
            renamed.append(
                EnterpriseName(
                    zone=zone,
                    enterprise=firm,
                    name=firm.name,
                    happened_on=zones.today(zone),
                    batch=batch,
                    batch_row=number,
                )
            )
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
    _write_beside(zone, actor, batch, pairs)
    index_enterprises(touched)
    record_change(
        actor=actor,
        verb="import",
        rows=[firm for firm, _row in pairs],
        scope=zone.pk,
        batch=batch.pk,
        row_changes={str(firm.pk): _recorded(changes) for firm, (_n, _p, changes) in pairs},
    )


def _write_beside(
    zone: Zone, actor: User | None, batch: ImportBatch, pairs: Iterable[tuple[Enterprise, Numbered]]
) -> None:
    """Write the contacts and tags that came with some firms."""
    contacts: list[Contact] = []
    phones: dict[int, str] = {}
    tags: list[EnterpriseTag] = []
    today = zones.today(zone)
    for firm, (number, plan, _changes) in pairs:
        if len(plan.contact) == 3:
            phones[plan.contact[2]] = plan.contact[1]
        elif any(plan.contact):
            name, phone = plan.contact
            main = plan.pk is None
            contacts.append(
                Contact(zone=zone, enterprise=firm, name=name or NO_NAME, phone=phone, is_main=main)
            )
        tags += [
            EnterpriseTag(
                zone=zone, enterprise=firm, tag=tag, source=plan.source, happened_on=today, batch=batch,
                batch_row=number,
            )
            for tag in plan.tags
        ]  # fmt: skip
    Contact.objects.bulk_create(contacts, batch_size=AT_ONCE)
    if phones:
        known = list(Contact.objects.select_for_update().filter(pk__in=phones))
        for contact in known:
            contact.phone = phones[contact.pk]
            contact.version += 1
        Contact.objects.bulk_update(known, ["phone", "version"], batch_size=200)
    add_entries(tags, actor=actor, at=zones.now(zone))


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
