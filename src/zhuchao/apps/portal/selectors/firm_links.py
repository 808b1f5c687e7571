"""The doors of single firms, as the people of the zone see them."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow, get_enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import FirmLink
from .doors import Actor


def visible_links(actor: Actor) -> QuerySet[FirmLink]:
    """Return the links this person may see, the newest first; their secrets are in none of them."""
    rows = FirmLink.objects.select_related("zone", "enterprise", "made_by").order_by("-pk")
    return zones.in_zones(rows, actor, Thing.FIRM_LINK)


def get_link(actor: Actor, pk: int) -> FirmLink:
    """Return one link; raises NotFound when it is hidden or missing."""
    link = visible_links(actor).filter(pk=pk).first()
    if link is None:
        raise NotFound(what=_("该链接"))
    return link


def get_firm_for_links(actor: Actor, pk: int) -> Enterprise:
    """Return a firm whose links this person may see; raises NotFound for any other."""
    firm = get_enterprise(actor, pk)
    if not zones.may(actor, Verb.VIEW, Thing.FIRM_LINK, firm.zone_id):
        raise NotFound(what=_("该企业"))
    return firm


def state_of_link(link: FirmLink) -> tuple[str, str, str]:
    """Return where a link stands as a list shows it: value, label, colour."""
    if link.revoked_at is not None:
        return "revoked", _("已撤销"), "secondary"
    if link.expires_at <= zones.now(link.zone):
        return "past", _("已过期"), "secondary"
    return ("open", _("使用中"), "green") if link.opened_at else ("made", _("未打开"), "blue")


def links_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return the way to a firm's own door for those who may make one, with the links that were made.

    ``enterprise_ids`` are a firm and those merged into it, in this order.
    """
    links = list(visible_links(actor).filter(enterprise__in=enterprise_ids)[:3])
    makes = zones.zone_ids(actor, Verb.ADD, Thing.FIRM_LINK)
    # Whoever makes links wherever they see firms is not asked about where this firm is.
    everywhere = bool(makes) and zones.zone_ids(actor, Verb.VIEW, Thing.ENTERPRISE) <= makes
    here = Enterprise.objects.filter(pk=enterprise_ids[0], zone__in=makes)
    if not links and not everywhere and not here.exists():
        return None
    address = reverse("firm-links", args=[enterprise_ids[0]])
    rows = [
        RelatedRow(
            link.person,
            address,
            state_of_link(link)[1],
            _("有效期至 %(day)s") % {"day": zones.day_of(link.expires_at).isoformat()},
        )
        for link in links
    ]
    return RelatedGroup(
        "firm_links",
        gettext_lazy("企业专属链接"),
        rows or [RelatedRow(_("生成企业专属链接"), address)],
        more_url=address,
    )
