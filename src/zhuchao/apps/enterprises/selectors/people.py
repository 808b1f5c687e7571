"""The people to call at a firm, masked for everybody until they are revealed by an audited click."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.identity import mask_phone

from ..models import Contact
from .enterprises import scopes_of


@dataclass(frozen=True)
class ContactLine:
    """A contact as it may be shown: telephone and mail masked unless ``is_revealed``."""

    id: int
    enterprise_id: int
    name: str
    post: str
    phone: str
    email: str
    is_main: bool
    is_revealed: bool
    may_reveal: bool
    may_change: bool


def visible_contacts(actor: User | AnonymousUser | None) -> QuerySet[Contact]:
    """Return the contacts this person may see, masked. Every read for a request starts here."""
    return zones.in_zones(Contact.objects.select_related("enterprise"), actor, Thing.CONTACT)


def listed_contacts(actor: User | AnonymousUser | None, zone: Zone) -> QuerySet[Contact]:
    """Return the contacts of a zone and the zones below it, each with its firm."""
    return visible_contacts(actor).filter(zone_id__in=scopes_of(actor, zone))


def get_contact(actor: User | AnonymousUser | None, pk: int) -> Contact:
    """Return a contact; raises NotFound when it is hidden or missing."""
    contact = visible_contacts(actor).select_related("zone").filter(pk=pk).first()
    if contact is None:
        raise NotFound(what=_("该联系人"))
    return contact


def contact_lines(actor: User | AnonymousUser | None, ids: Sequence[int]) -> list[ContactLine]:
    """Return the contacts of a firm's family as this person may see them, the main one first."""
    contacts = visible_contacts(actor).filter(enterprise__in=ids).order_by("-is_main", "pk")
    return [contact_line(actor, contact) for contact in contacts]


def contact_line(
    actor: User | AnonymousUser | None, contact: Contact, *, revealed: bool = False
) -> ContactLine:
    """Return one contact for showing, in full only when it was just revealed."""
    return ContactLine(
        id=contact.pk,
        enterprise_id=contact.enterprise_id,
        name=contact.name,
        post=contact.post,
        phone=contact.phone if revealed else mask_phone(contact.phone),
        email=contact.email if revealed else mask_email(contact.email),
        is_main=contact.is_main,
        is_revealed=revealed,
        may_reveal=zones.may(actor, Verb.REVEAL, Thing.CONTACT, contact.zone_id),
        may_change=zones.may(actor, Verb.CHANGE, Thing.CONTACT, contact.zone_id),
    )


def mask_email(text: str) -> str:
    """Keep the first character and the host of a mail address.

    >>> mask_email("wang.xm@example.com")
    'w***@example.com'
    """
    name, at, host = text.partition("@")
    return f"{name[:1]}***{at}{host}" if at else ("***" if name else "")
