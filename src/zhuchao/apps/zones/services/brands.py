"""The service brand of a zone and the three catalogues under it."""

import re
from collections.abc import Mapping
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.services.files import keep_file

from ..errors import NameTaken
from ..models import CatalogueItem, User, Zone
from ..selectors import Thing, Verb, require
from ..selectors.brands import BRAND_LINES

COLOUR = re.compile(r"#[0-9a-f]{6}")
# White letters on the colour must be readable: WCAG 2.2, 1.4.3 (AA).
LEAST_CONTRAST = 4.5


@transaction.atomic
def set_brand(
    *,
    actor: User | None,
    zone: Zone,
    seen_version: int | None,
    brand_name: str,
    brand_slogan: str,
    brand_colour: str,
    service_brands: Mapping[str, str],
    logo: tuple[str, IO[bytes]] | None = None,
    remove_logo: bool = False,
) -> Zone:
    """Set the name, slogan, colour (#rrggbb) and logo that a zone's pages and papers carry.

    ``service_brands`` names lines of service of their own ({"matters": "平易办"}); ``logo`` is a file name and
    its bytes. Raises Stale, WrongInput for a colour on which white is not readable, and what ``keep_file`` does.
    """
    require(actor, Verb.CHANGE, Thing.BRAND, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    unknown = service_brands.keys() - BRAND_LINES.keys()
    if unknown:
        raise WrongInput(field=_("分项品牌"), why=_("没有“{line}”这一项").format(line=min(unknown)))
    values: dict[str, Any] = {
        "brand_name": brand_name.strip(),
        "brand_slogan": brand_slogan.strip(),
        "brand_colour": _readable(brand_colour.strip().lower()),
        "service_brands": {line: name.strip() for line, name in service_brands.items() if name.strip()},
    }
    check_version(zone, seen_version, yours=values)
    if logo is not None:
        name, content = logo
        values["brand_logo"] = keep_file(
            content=content, name=name, scope=zone.pk, actor=actor, purpose="brand"
        )
    elif remove_logo:
        values["brand_logo"] = None
    changes = save_record(zone, **values)
    if changes:
        record_change(actor=actor, verb="set_brand", rows=[zone], scope=zone.pk, changes=changes)
    return zone


@transaction.atomic
def add_catalogue_item(
    *,
    actor: User | None,
    zone: Zone,
    kind: str,
    title: str,
    summary: str = "",
    provider: str = "",
    contact: str = "",
    is_open: bool = True,
) -> CatalogueItem:
    """Add something that a zone offers to firms. Raises NameTaken for a title that its catalogue has."""
    require(actor, Verb.ADD, Thing.BRAND, zone)
    _refuse_title(zone, kind, title)
    item = CatalogueItem.objects.create(
        zone=zone,
        kind=kind,
        title=title,
        summary=summary,
        provider=provider,
        contact=contact,
        is_open=is_open,
    )
    record_change(actor=actor, verb="add", rows=[item], scope=zone.pk, kind=kind, title=title)
    return item


@transaction.atomic
def edit_catalogue_item(
    *, actor: User | None, item: CatalogueItem, seen_version: int | None, **values: Any
) -> CatalogueItem:
    """Change a catalogue item, or open or close it. Raises Stale and NameTaken."""
    require(actor, Verb.CHANGE, Thing.BRAND, item.zone_id)
    item = (
        CatalogueItem.objects.select_for_update(of=("self",), no_key=True)
        .select_related("zone")
        .get(pk=item.pk)
    )
    check_version(item, seen_version, yours=values)
    _refuse_title(item.zone, values.get("kind", item.kind), values.get("title", item.title), this=item)
    changes = save_record(item, **values)
    if changes:
        record_change(actor=actor, verb="edit", rows=[item], scope=item.zone_id, changes=changes)
    return item


def _refuse_title(zone: Zone, kind: str, title: str, this: CatalogueItem | None = None) -> None:
    if kind not in CatalogueItem.Kind.values:
        raise WrongInput(field=_("目录"), why=_("没有“{kind}”这个目录").format(kind=kind))
    same = CatalogueItem.objects.filter(zone=zone, kind=kind, title=title)
    if (same.exclude(pk=this.pk) if this else same).exists():
        raise NameTaken(what=_("目录条目"), name=title)


def _readable(colour: str) -> str:
    if not COLOUR.fullmatch(colour):
        raise WrongInput(field=_("品牌颜色"), why=_("应为 #1f6f5c 这样的六位颜色值"))
    if 1.05 / (_luminance(colour) + 0.05) < LEAST_CONTRAST:
        raise WrongInput(field=_("品牌颜色"), why=_("颜色太浅，白色文字看不清，请选深一些的颜色"))
    return colour


def _luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, 0 black to 1 white (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
