"""Take an enquiry from the public page: throttled, never merged in silence, its personal data kept only as needed."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import find_candidates
from zhuchao.apps.policies.models import Policy
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.promotion.selectors import find_duplicate_leads
from zhuchao.apps.promotion.services import add_lead
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.people import works_in

from ..errors import NothingToForget, TooManyEnquiries
from ..models import AttemptCount, Door, Enquiry, FirmLink

FROM_ONE_ADDRESS: Final = 5
"""How many forms one address may send in an hour; an office behind one address has a telephone."""

FROM_ALL: Final = 120
"""How many forms all addresses together may send to one zone in an hour."""

HOUR: Final = timedelta(hours=1)


def count_attempt(
    *,
    zone: Zone,
    address: str,
    at: datetime | None = None,
    kind: str = "",
    from_one: int = FROM_ONE_ADDRESS,
    from_all: int = FROM_ALL,
) -> None:
    """Count one form sent from an address, in a transaction of its own so that a refusal is counted too.

    ``kind`` tells forms apart that are counted by themselves, with limits of their own. Raises TooManyEnquiries. What
    is kept is a keyed hash, and that only until the next hour is over.
    """
    hour = (at or timezone.now()).replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        AttemptCount.objects.filter(hour__lt=hour - HOUR).delete()
        own = _counted(f"address:{zone.pk}:{kind}{address}", hour)
        everybody = _counted(f"zone:{zone.pk}{kind}", hour) if own <= from_one else 0
    if own > from_one or everybody > from_all:
        raise TooManyEnquiries()


def _counted(said: str, hour: datetime) -> int:
    key = hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()
    row, _made = AttemptCount.objects.get_or_create(key=key, hour=hour)
    AttemptCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
    row.refresh_from_db()
    return row.count


@transaction.atomic
def ask(
    *,
    door: Door | None,
    unit: Unit | None,
    policy: Policy | None = None,
    link: FirmLink | None = None,
    answers: Mapping[str, Any] | None = None,
    company: str,
    person: str,
    phone: str,
    need: str,
    area_m2: Decimal | None = None,
    by_code: bool = False,
) -> Enquiry:
    """Keep an enquiry and make a lead of it; ``area_m2`` in m².

    A firm that is an open lead already gets no second one: the enquiry hangs on that lead (``joined``) and waits
    for an officer, who sees both. The enquiry is what 今日 shows until somebody answers. One about a policy waits for
    the policy's owner, and is no lead where a firm of this name is on the register, or where it came by the ``link``
    of a firm. ``answers`` are what the firm consented to leave.
    """
    zone = Zone.objects.select_for_update(no_key=True).get(pk=door.zone_id if door else link.zone_id)  # type: ignore[union-attr]
    officer = door.officer if door else None
    forget_contacts(zone=zone)
    about_premises = policy is None and link is None and not answers
    company, need = " ".join(company.split()), need.strip()
    enquiry = Enquiry(
        zone=zone,
        number=f"{zones.today(zone):%Y%m%d}-{secrets.token_hex(4).upper()}",
        received_at=zones.now(zone),
        unit=unit,
        kind=Enquiry.Kind.PREMISES if about_premises else Enquiry.Kind.POLICY,
        policy=policy,
        link=link,
        answers=dict(answers or {}),
        company=company,
        person=person.strip(),
        phone=phone.strip(),
        need=need,
        area_m2=area_m2,
        by_code=by_code,
    )
    if not about_premises:
        enquiry.owner = _in_office(zone, policy.owner if policy else None) or _in_office(zone, officer)
        enquiry.enterprise = link.enterprise if link else _firm_named(zone, company)
    if enquiry.enterprise is None:
        enquiry.lead, enquiry.joined = _lead_for(zone, officer, enquiry)
    enquiry.save()
    rows = [enquiry, *([enquiry.lead] if enquiry.lead and enquiry.joined else [])]
    record_change(actor=None, verb="enquire", rows=rows, scope=zone.pk, number=enquiry.number)
    return enquiry


def _in_office(zone: Zone, person: User | None) -> User | None:
    """Return a person who still works in a zone, else None."""
    return person if person is not None and works_in(person, zone) else None


def _firm_named(zone: Zone, company: str) -> Enterprise | None:
    """Return the firm of the register that has or had this very name, None where none or several have."""
    alike = find_candidates(zone_id=zone.pk, name=company)
    return Enterprise.objects.get(pk=alike[0].id) if len(alike) == 1 else None


def _lead_for(zone: Zone, person: User | None, enquiry: Enquiry) -> tuple[Lead, bool]:
    name = f"{enquiry.company}{'选址需求' if enquiry.kind == Enquiry.Kind.PREMISES else '政策咨询'}"
    alike = find_duplicate_leads(zone_id=zone.pk, name=name, investor=enquiry.company)
    leads = Lead.objects.filter(pk__in=[one.pk for one in alike if one.kind == "lead"]).order_by("-pk")
    known = next((lead for lead in leads if lead.is_open), None)
    if known is not None:
        return known, True
    today = zones.today(zone)
    officer = enquiry.owner or _in_office(zone, person)
    about = enquiry.policy or enquiry.unit
    place = f"，{about}" if about else ""
    area = f"；面积约 {enquiry.area_m2.normalize():f} ㎡" if enquiry.area_m2 else ""
    lead = add_lead(
        actor=None,
        zone=zone,
        name=name,
        investor=enquiry.company,
        found_on=today,
        owner=officer,
        duplicate_reason=f"公开页面咨询 {enquiry.number}，由责任人核对" if alike else "",
        source=Lead.Source.INQUIRY,
        source_note=f"公开页面 {enquiry.number}{place}"[:120],
        needs=f"{enquiry.need}{area}"[:500],
        next_action="答复公开页面咨询",
        next_action_on=today,
    )
    return lead, False


@transaction.atomic
def answer_enquiry(*, actor: User | None, enquiry: Enquiry, answer: str) -> Enquiry:
    """Note how an enquiry was answered; it leaves 今日. Safe to repeat."""
    zones.require(actor, Verb.CHANGE, Thing.ENQUIRY, enquiry.zone_id)
    enquiry = (
        Enquiry.objects.select_for_update(of=("self",), no_key=True).select_related("zone").get(pk=enquiry.pk)
    )
    values = {"answer": answer.strip()}
    if enquiry.is_waiting:
        values |= {"answered_at": zones.now(enquiry.zone), "answered_by": actor}  # type: ignore[dict-item]
    if save_record(enquiry, **values):
        record_change(
            actor=actor, verb="answer", rows=[enquiry], scope=enquiry.zone_id, number=enquiry.number
        )
    return enquiry


@transaction.atomic
def reveal_enquiry(*, actor: User | None, enquiry: Enquiry) -> Enquiry:
    """Return an enquiry to be shown with its telephone, and record who looked; raises NotAllowed."""
    zones.require(actor, Verb.REVEAL, Thing.ENQUIRY, enquiry.zone_id)
    record_change(actor=actor, verb="reveal", rows=[enquiry], scope=enquiry.zone_id, number=enquiry.number)
    return enquiry


@transaction.atomic
def forget_contacts(*, zone: Zone) -> int:
    """Forget the name and telephone of those whose enquiry was answered longer ago than the door keeps them.

    Returns how many were forgotten; safe to repeat.
    """
    door = Door.objects.filter(zone=zone).first()
    if door is None:
        return 0
    now = zones.now(zone)
    before = now - timedelta(days=door.keep_days)
    # What somebody consented to leave is not kept longer because nobody answered.
    over = Q(answered_at__lt=before) | ~Q(answers={}) & Q(received_at__lt=before)
    past = Enquiry.objects.filter(~Q(person="", phone=""), over, zone=zone)
    return _forget(None, zone, list(past.select_for_update(no_key=True)))


@transaction.atomic
def forget_on_request(*, zone: Zone, number: str, phone: str) -> Enquiry:
    """Forget at once what somebody left, who proves it by number and telephone; raises NothingToForget.

    Whether the number or the telephone was wrong is not said.
    """
    rows = Enquiry.objects.select_for_update(no_key=True, of=("self",)).filter(zone=zone)
    enquiry = rows.filter(number=number.strip().upper()).exclude(phone="").first()
    if enquiry is None or _digits(enquiry.phone) != _digits(phone):
        raise NothingToForget()
    _forget(None, zone, [enquiry])
    return enquiry


@transaction.atomic
def forget_enquiry(*, actor: User | None, enquiry: Enquiry) -> Enquiry:
    """Forget the contact and the answers of an enquiry because the person asks for it. Safe to repeat."""
    zones.require(actor, Verb.CHANGE, Thing.ENQUIRY, enquiry.zone_id)
    enquiry = (
        Enquiry.objects.select_for_update(of=("self",), no_key=True).select_related("zone").get(pk=enquiry.pk)
    )
    if enquiry.forgotten_at is None:
        _forget(actor, enquiry.zone, [enquiry])
    return enquiry


def _forget(actor: User | None, zone: Zone, rows: list[Enquiry]) -> int:
    if rows:
        Enquiry.objects.filter(pk__in=[row.pk for row in rows]).update(
            person="", phone="", answers={}, forgotten_at=zones.now(zone)
        )
        record_change(actor=actor, verb="forget", rows=rows, scope=zone.pk)
    return len(rows)


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))


def forget_past_contacts() -> int:
    """Forget, zone by zone, the contacts whose time is over; return how many. Safe to repeat."""
    return sum(forget_contacts(zone=door.zone) for door in Door.objects.select_related("zone"))
