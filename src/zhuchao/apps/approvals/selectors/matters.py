"""The catalogue: the matters and themes that a person may see, and which version of a matter holds on a day."""

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing

from ..models import PUBLISHED, Matter, MatterVersion, Theme

Actor = User | AnonymousUser | None


def visible_matters(actor: Actor) -> QuerySet[Matter]:
    """Return the matters this person may see."""
    return zones.in_zones(Matter.objects.select_related("zone", "department"), actor, Thing.MATTER)


def get_matter(actor: Actor, pk: int) -> Matter:
    """Return one matter; raises NotFound when it is hidden or missing."""
    matter = visible_matters(actor).filter(pk=pk).first()
    if matter is None:
        raise NotFound(what=_("该事项"))
    return matter


def matter_version_on(matter: Matter, on: date) -> MatterVersion | None:
    """Return the published version of a matter that holds on a day."""
    held = MatterVersion.objects.filter(matter=matter, state=PUBLISHED, effective_from__lte=on)
    last = held.order_by("-effective_from", "-number").first()
    return last if last is not None and (last.effective_to is None or last.effective_to >= on) else None


def visible_themes(actor: Actor) -> QuerySet[Theme]:
    """Return the themes this person may see."""
    return zones.in_zones(Theme.objects.select_related("zone"), actor, Thing.MATTER)


def get_theme(actor: Actor, pk: int) -> Theme:
    """Return one theme; raises NotFound when it is hidden or missing."""
    theme = visible_themes(actor).filter(pk=pk).first()
    if theme is None:
        raise NotFound(what=_("该主题"))
    return theme
