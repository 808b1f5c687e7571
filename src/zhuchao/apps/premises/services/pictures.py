"""Pictures of premises: added, described, exchanged, taken away; the public sees those that are marked so."""

from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import PlaceMismatch
from ..models import Floor, Picture, Site, Unit

CHANGEABLE = frozenset({"kind", "caption", "is_public"})


@transaction.atomic
def add_picture(
    *,
    actor: User | None,
    site: Site,
    kind: str,
    name: str,
    content: IO[bytes],
    caption: str = "",
    floor: Floor | None = None,
    unit: Unit | None = None,
    is_public: bool = False,
) -> Picture:
    """Add a photo or plan (PNG, JPEG, WebP, or an SVG that only draws) of a site, of a floor or of a unit of it.

    Raises PlaceMismatch for a floor or unit of another site, NotAllowed, and what ``keep_file`` does: the content is
    what counts, so that a script with the name of a picture is refused.
    """
    _require(actor, site)
    if is_public:
        zones.require(actor, Verb.CHANGE, Thing.PORTAL, site.zone_id)
    if floor is not None and unit is not None:
        raise WrongInput(field=_("楼层"), why=_("楼层和房源只选一个。"))
    if unit is not None and unit.site_id != site.pk:
        raise PlaceMismatch(place=str(unit), site=str(site))
    if floor is not None and floor.building.site_id != site.pk:
        raise PlaceMismatch(place=str(floor), site=str(site))
    kept = keep_file(content=content, name=name, scope=site.zone_id, actor=actor, purpose="picture")
    picture = Picture.objects.create(
        zone_id=site.zone_id,
        site=site,
        floor=floor,
        unit=unit,
        kind=Picture.Kind(kind),
        file=kept,
        caption=caption.strip(),
        is_public=is_public,
    )
    record_change(
        actor=actor,
        verb="add",
        rows=[picture, site],
        scope=site.zone_id,
        site=site.name,
        file=kept.name,
        sha256=kept.file.sha256,
    )
    return picture


@transaction.atomic
def change_picture(
    *,
    actor: User | None,
    picture: Picture,
    version: int | None,
    name: str = "",
    content: IO[bytes] | None = None,
    **values: Any,
) -> Picture:
    """Change what a picture says (kind, caption, is_public), or exchange its file; the former file stays kept.

    Raises Stale, NotAllowed to who may not publish and does, and what ``keep_file`` does.
    """
    if unknown := set(values) - CHANGEABLE:
        raise TypeError(f"not part of a picture: {sorted(unknown)}")
    _require(actor, picture.site)
    kept = _locked(picture.pk)
    check_version(kept, version, yours=values)
    if values.get("is_public", kept.is_public) != kept.is_public or (kept.is_public and content is not None):
        zones.require(actor, Verb.CHANGE, Thing.PORTAL, kept.zone_id)
    if content is not None:
        values["file"] = keep_file(
            content=content, name=name, scope=kept.zone_id, actor=actor, purpose="picture"
        )
    changed = save_record(kept, **values)
    if changed:
        record_change(actor=actor, verb="change", rows=[kept], scope=kept.zone_id, changed=changed)
    return kept


@transaction.atomic
def remove_picture(*, actor: User | None, picture: Picture, reason: str) -> None:
    """Take a picture away, with the reason; its file stays kept for the record. Safe to repeat."""
    _require(actor, picture.site)
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "删除图片"))
    kept = Picture.objects.select_for_update(of=("self",)).filter(pk=picture.pk).first()
    if kept is None:
        return
    if kept.is_public:
        zones.require(actor, Verb.CHANGE, Thing.PORTAL, kept.zone_id)
    record_change(
        actor=actor,
        verb="remove",
        rows=[kept],
        scope=kept.zone_id,
        file=kept.file.name,
        sha256=kept.file.file.sha256,
        reason=reason.strip(),
    )
    kept.delete()


def _require(actor: User | None, site: Site) -> None:
    if actor is None or selectors.may_publish(actor, site):
        return
    selectors.require_at(actor, Verb.CHANGE, Thing.UNIT, site)


def _locked(pk: int) -> Picture:
    rows = Picture.objects.select_related("zone", "site", "file__file")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
