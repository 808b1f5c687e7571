"""The consent of a firm's contact to be written to of policies: entered, taken back; and the letters."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.enterprises.models import Contact, Enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.services import write_letter

from ..models import MailConsent, Reason, Recommendation
from ..selectors.mail_consents import letter_key, writable
from ..selectors.recommendations import public_page_of, reason_of


@transaction.atomic
def give_mail_consent(
    *, actor: User | None, contact: Contact, given_by: str, means: str, on: date | None = None
) -> MailConsent:
    """Enter that a contact of a firm agreed to be written to of policies. Safe to repeat.

    Raises WrongInput for a contact without a mail address, nobody who agreed, and a day to come.
    """
    zones.require(actor, Verb.ADD, Thing.OUTREACH, contact.zone_id)
    firm = Enterprise.objects.select_related("zone").select_for_update(of=("self",), no_key=True)
    enterprise = firm.get(pk=contact.enterprise_id)
    day = on or zones.today(enterprise.zone)
    if not contact.email:
        raise WrongInput(field=_("联系人"), why=_("没有登记邮箱。"))
    if not given_by.strip():
        raise WrongInput(field=_("同意人"), why=_("不能为空。"))
    if day > zones.today(enterprise.zone):
        raise WrongInput(field=_("日期"), why=_("不能晚于今天。"))
    standing = MailConsent.objects.live().filter(contact=contact).first()
    if standing is not None:
        return standing
    entry = MailConsent(
        zone=enterprise.zone,
        enterprise=enterprise,
        contact=contact,
        happened_on=day,
        given_by=given_by.strip(),
        means=means,
    )
    add_entry(entry, actor=actor, at=zones.now(enterprise.zone))
    record_change(actor=actor, verb="add", rows=[entry, enterprise], scope=enterprise.zone_id, means=means)
    return entry


@transaction.atomic
def take_back_mail_consent(*, actor: User | None, entry: MailConsent, reason: str) -> MailConsent:
    """Write to a contact no longer, from now on."""
    zones.require(actor, Verb.CHANGE, Thing.OUTREACH, entry.zone_id)
    successor = void_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void",
        rows=[successor, entry.enterprise],
        scope=entry.zone_id,
        reason=reason.strip(),
    )
    return successor


def write_to_firms(zone: Zone, rows: Iterable[Recommendation]) -> int:
    """Write to the contacts that agreed what fits their firm, one letter a firm and day; return how many letters."""
    of_firm: dict[int, list[Recommendation]] = defaultdict(list)
    for row in rows:
        of_firm[row.enterprise_id].append(row)
    day, written = zones.today(zone).isoformat(), 0
    for consent in writable(of_firm):
        lines = of_firm[consent.enterprise_id]
        count = len(lines)
        written += write_letter(
            zone=zone,
            address=consent.contact.email,
            key=letter_key(zone.pk, day, consent.enterprise_id),
            title=ngettext("为贵单位推荐 %(n)d 项政策", "为贵单位推荐 %(n)d 项政策", count) % {"n": count},
            body=_words(zone, consent, lines),
        )
    return written


def _words(zone: Zone, consent: MailConsent, lines: Iterable[Recommendation]) -> str:
    said = [_("%(contact)s，您好：") % {"contact": consent.contact.name}]
    for row in lines:
        version, policy = row.version, row.version.policy
        said.append("")
        said.append(f"· {policy.title}（{policy.department}）")
        if row.reason == Reason.ONE_FACT:
            said.append(reason_of(row.reason, row.missing))
        if version.window_close:
            said.append(_("%(day)s 截止申报") % {"day": version.window_close.isoformat()})
        path = public_page_of(policy)
        if path and settings.PUBLIC_ADDRESS:
            said.append(f"{settings.PUBLIC_ADDRESS}{path}")
    said += [
        "",
        _("%(zone)s根据现有资料推荐，以政策原文和审核结果为准。不想再收到，请告知联络您的人。")
        % {"zone": zone.name},
    ]
    return "\n".join(said)
