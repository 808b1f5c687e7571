"""The door of one firm: make a link, open it once, take it back."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.enterprises.errors import MergedAway
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import survivor_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import LinkNotValid
from ..models import FirmLink

MOST_DAYS: Final = 30
SEEN_AGAIN: Final = timedelta(minutes=10)
"""A visit within this time of the last one is not written again."""
_SALT: Final = "zhuchao.portal.firm_link"


@transaction.atomic
def make_link(
    *, actor: User | None, enterprise: Enterprise, person: str, days: int = 7
) -> tuple[FirmLink, str]:
    """Make a link for one firm, good for ``days`` (1 to 30); return it with the secret, which is kept nowhere.

    Raises WrongInput, and MergedAway for a firm that is another one now.
    """
    zones.require(actor, Verb.ADD, Thing.FIRM_LINK, enterprise.zone_id)
    firm = Enterprise.objects.select_related("zone").get(pk=enterprise.pk)
    if firm.is_merged:
        raise MergedAway(name=firm.name, survivor=survivor_of(firm).name)
    person = " ".join(person.split())
    if not person:
        raise WrongInput(field=_("交给谁"), why=_("不能为空。"))
    if not 1 <= days <= MOST_DAYS:
        raise WrongInput(field=_("有效天数"), why=_("应在 1 到 {most} 天之间。").format(most=MOST_DAYS))
    secret = secrets.token_urlsafe(24)
    link = FirmLink(
        zone=firm.zone,
        enterprise=firm,
        person=person,
        secret=_hashed(secret),
        made_by=actor,
        expires_at=zones.now(firm.zone) + timedelta(days=days),
    )
    link.save(force_insert=True)
    record_change(
        actor=actor, verb="make_link", rows=[link, firm], scope=firm.zone_id, days=days, person=person
    )
    return link, _signer().sign(secret)


@transaction.atomic
def open_link(*, token: str) -> tuple[FirmLink, str]:
    """Open a link for the first and only time; return it with the key that its browser holds from now on.

    Raises LinkNotValid for what no officer made, and for a link that was opened, taken back or is past.
    """
    known = _found(token)
    link = (
        FirmLink.objects.select_for_update(of=("self",), no_key=True)
        .select_related("zone", "enterprise")
        .get(pk=known.pk)
    )
    _check(link)
    key, now = secrets.token_urlsafe(24), zones.now(link.zone)
    save_record(link, key=_hashed(key), opened_at=now, seen_at=now)
    record_change(
        actor=None, verb="open_link", rows=[link, link.enterprise], scope=link.zone_id, person=link.person
    )
    return link, key


def closed_link(*, token: str) -> FirmLink:
    """Return a link that may still be opened, and leave it closed: a program that looks at it does not use it up."""
    link = _found(token)
    _check(link)
    return link


def see_link(*, pk: int, key: str) -> FirmLink:
    """Return the link whose key a browser holds and note that it was used; raises LinkNotValid."""
    link = (
        FirmLink.objects.select_related("zone", "enterprise__zone", "enterprise__sector")
        .filter(pk=pk)
        .first()
    )
    if link is None or not link.key or not constant_time_compare(link.key, _hashed(key)):
        raise LinkNotValid(why=_("链接无效。"))
    now = zones.now(link.zone)
    if link.revoked_at is not None or link.expires_at <= now or link.enterprise.is_merged:
        raise LinkNotValid(why=_("链接已撤销或过期。"))
    late = Q(seen_at=None) | Q(seen_at__lt=now - SEEN_AGAIN)
    FirmLink.objects.filter(late, pk=link.pk).update(seen_at=now)
    return link


@transaction.atomic
def leave_link(*, link: FirmLink) -> None:
    """Use a link up because who opened it is done; nobody comes in by it any more."""
    kept = (
        FirmLink.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enterprise")
        .get(pk=link.pk)
    )
    if kept.revoked_at is None:
        save_record(kept, revoked_at=zones.now(link.zone))
        record_change(actor=None, verb="leave_link", rows=[kept, kept.enterprise], scope=kept.zone_id)


@transaction.atomic
def revoke_link(*, actor: User | None, link: FirmLink) -> FirmLink:
    """Take a link back: whoever opened it is outside from now on. Safe to repeat."""
    zones.require(actor, Verb.CHANGE, Thing.FIRM_LINK, link.zone_id)
    link = (
        FirmLink.objects.select_for_update(of=("self",), no_key=True)
        .select_related("zone", "enterprise")
        .get(pk=link.pk)
    )
    if link.revoked_at is None:
        save_record(link, revoked_at=zones.now(link.zone))
        record_change(
            actor=actor,
            verb="revoke_link",
            rows=[link, link.enterprise],
            scope=link.zone_id,
            person=link.person,
        )
    return link


def _found(token: str) -> FirmLink:
    try:
        secret = _signer().unsign(token)
    except signing.BadSignature:
        raise LinkNotValid(why=_("链接无效。")) from None
    link = FirmLink.objects.select_related("zone", "enterprise").filter(secret=_hashed(secret)).first()
    if link is None:
        raise LinkNotValid(why=_("链接无效。"))
    return link


def _check(link: FirmLink) -> None:
    if link.opened_at is not None:
        raise LinkNotValid(why=_("链接只能打开一次，已经打开过。"))
    if link.revoked_at is not None or link.expires_at <= zones.now(link.zone) or link.enterprise.is_merged:
        raise LinkNotValid(why=_("链接已撤销或过期。"))


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
