"""送政策进企业 and publicity: who was told of a policy, entered, corrected, voided."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment, ImportBatch
from zhuchao.apps.core.services import add_entries, correct_entry, record_change, void_entry
from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import AlreadyTold, NothingToTell
from ..models import Policy, PolicyTelling, PolicyVersion
from ..selectors import current_version
from .policies import locked

SAID = frozenset({"happened_on", "way", "occasion", "person", "receipt", "evidence_note"})


@transaction.atomic
def tell_firms(
    *,
    actor: User | None,
    policy: Policy,
    enterprises: Sequence[Enterprise],
    way: str,
    on: date | None = None,
    officer: User | None = None,
    occasion: str = "",
    person: str = "",
    receipt: str = "",
    evidence_note: str = "",
    evidence: Attachment | None = None,
    batch: ImportBatch | None = None,
    batch_row: int | None = None,
) -> list[PolicyTelling]:
    """Enter that firms were told of a policy by an officer (the actor) on a day (today), one entry a firm.

    Raises NothingToTell for a policy that was not in force that day, AlreadyTold for a firm that has the same entry,
    and WrongInput for a day to come, no firm, a firm of another zone, or nobody who told them.
    """
    zones.require(actor, Verb.ADD, Thing.OUTREACH, policy.zone)
    policy = locked(policy.pk)
    day = on or zones.today(policy.zone)
    who = officer or actor
    if who is None:
        raise WrongInput(field=_("告知人"), why=_("不能为空。"))
    refuse_future(policy, day)
    firms = list({firm.pk: firm for firm in enterprises}.values())
    if not firms or any(firm.zone_id != policy.zone_id for firm in firms):
        raise WrongInput(field=_("企业"), why=_("请填写本辖区已登记的企业。"))
    version = told_version(policy, current_version(policy, day), day)
    same = PolicyTelling.objects.live().filter(policy=policy, enterprise__in=firms, happened_on=day, way=way)
    told = list(same.select_related("enterprise"))
    if told:
        raise AlreadyTold(
            policy=policy.title, on=day.isoformat(), names=listed(one.enterprise for one in told)
        )
    entries = add_entries(
        [
            PolicyTelling(
                zone=policy.zone,
                policy=policy,
                version=version,
                enterprise=firm,
                happened_on=day,
                way=way,
                officer=who,
                occasion=occasion.strip(),
                person=person.strip(),
                receipt=receipt.strip(),
                evidence_note=evidence_note.strip(),
                evidence=evidence,
                batch=batch,
                batch_row=batch_row,
            )
            for firm in firms
        ],
        actor=actor,
        at=zones.now(policy.zone),
    )
    record_change(actor=actor, verb="add", rows=[*entries, policy], scope=policy.zone_id, firms=len(firms))
    return entries


@transaction.atomic
def correct_telling(*, actor: User | None, entry: PolicyTelling, reason: str, **values: Any) -> PolicyTelling:
    """Replace an entry by one that says it right, a receipt that came later too."""
    zones.require(actor, Verb.CHANGE, Thing.OUTREACH, entry.zone)
    unknown = values.keys() - SAID
    if unknown:
        raise TypeError(f"no such fact of a telling: {sorted(unknown)}")
    if "happened_on" in values:
        refuse_future(entry.policy, values["happened_on"])
    successor = correct_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason, **values)
    record_change(
        actor=actor, verb="correct", rows=[successor, entry.policy], scope=entry.zone_id, reason=reason
    )
    return successor


@transaction.atomic
def void_telling(*, actor: User, entry: PolicyTelling, reason: str) -> PolicyTelling:
    """Take an entry out of every count from now on."""
    zones.require(actor, Verb.VOID, Thing.OUTREACH, entry.zone)
    successor = void_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason)
    record_change(
        actor=actor, verb="void", rows=[successor, entry.policy], scope=entry.zone_id, reason=reason
    )
    return successor


def told_version(policy: Policy, counted: PolicyVersion | None, day: date) -> PolicyVersion:
    """Return the version that firms are told of where the one that counts on a day was in force; raises NothingToTell."""
    if counted is None or (counted.effective_to is not None and counted.effective_to < day):
        raise NothingToTell(policy=policy.title, on=day.isoformat())
    return counted


def refuse_future(policy: Policy, day: date) -> None:
    """Refuse a day to come; raises WrongInput."""
    if day > zones.today(policy.zone):
        raise WrongInput(field=_("日期"), why=_("不能晚于今天。"))
