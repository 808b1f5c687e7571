"""Who of a firm agreed to be written to of policies, and what became of the letters."""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Letter, User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import MailConsent
from .policies import Actor

LETTER = "policies.fits"
SHOWN = 10


def visible_mail_consents(actor: Actor) -> QuerySet[MailConsent]:
    """Return the consents this person may see, those taken back included. Every read for a request starts here."""
    rows = MailConsent.objects.select_related("zone", "enterprise", "contact", "recorded_by")
    return zones.in_zones(rows, actor, Thing.OUTREACH)


def get_mail_consent(actor: Actor, pk: int) -> MailConsent:
    """Return one consent; raises NotFound when it is hidden or missing."""
    entry = visible_mail_consents(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该同意"))
    return entry


def mail_consents_of(actor: Actor, enterprise: Enterprise) -> list[MailConsent]:
    """Return the consents of a firm that stand, the newest first."""
    rows = visible_mail_consents(actor).filter(enterprise=enterprise, replaced_by=None, is_void=False)
    return list(rows.order_by("-pk"))


def writable(enterprise_ids: Iterable[int]) -> QuerySet[MailConsent]:
    """Return the consents that stand of firms whose contact has an address."""
    rows = MailConsent.objects.live().filter(enterprise__in=list(enterprise_ids)).exclude(contact__email="")
    found: QuerySet[MailConsent] = rows.select_related("contact", "enterprise").order_by("pk")
    return found


def letter_key(zone_id: int, day: str, enterprise_id: int) -> str:
    """Return the key of the letter that a firm gets on a day."""
    return f"{LETTER}:{zone_id}:{day}:{enterprise_id}"


def letters_of(actor: Actor, enterprise: Enterprise) -> list[Letter]:
    """Return the last letters of policies to a firm, the newest first; who may not see its outreach gets none."""
    rows = Letter.objects.filter(
        key__startswith=f"{LETTER}:{enterprise.zone_id}:", key__endswith=f":{enterprise.pk}"
    )
    return list(zones.in_zones(rows, actor, Thing.OUTREACH).order_by("-pk")[:SHOWN])


def mail_consents_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return the consents that stand of a firm and those merged into it, for its page."""
    rows = visible_mail_consents(actor).filter(enterprise__in=enterprise_ids, replaced_by=None, is_void=False)
    return RelatedGroup(
        "policy_mail",
        gettext_lazy("同意接收政策邮件"),
        [
            RelatedRow(
                title=entry.contact.name,
                url=_way_on(actor, entry),
                state=str(entry.get_means_display()),
                detail=_("%(who)s同意") % {"who": entry.given_by},
                on=entry.happened_on,
            )
            for entry in rows.order_by("-pk")[:SHOWN]
        ],
    )


def _way_on(actor: Actor, entry: MailConsent) -> str:
    if zones.may(actor, Verb.CHANGE, Thing.OUTREACH, entry.zone_id):
        return reverse("policy-mail-consent-end", args=[entry.pk])
    return reverse("enterprise-detail", args=[entry.enterprise_id])
