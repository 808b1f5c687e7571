"""Set up the door of a zone, open and close it, and say what stands in it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.wording import listed
from zhuchao.apps.policies.models import Policy
from zhuchao.apps.premises.models import Site, Unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.errors import NameTaken
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import DoorNotReady
from ..models import Door, Listing, PolicyListing, UnitListing

MOST_KEEP_DAYS = 730


@transaction.atomic
def set_door(*, actor: User | None, zone: Zone, version: int | None, **values: Any) -> Door:
    """Set up the door of a zone, or change how it looks; a new door is closed.

    ``values``: slug, introduction, phone, privacy, keep_days (1 to 730), officer, shows_screen. Raises Stale,
    NameTaken for an address that another zone has, and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.PORTAL, zone)
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    door = Door.objects.filter(zone=zone).first() or Door(zone=zone, slug=zone.code)
    if door.pk:
        check_version(door, version, yours=values)
    values = {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}
    _check(zone, values)
    if not door.pk:
        for name, value in values.items():
            setattr(door, name, value)
        door.save()
        record_change(actor=actor, verb="add", rows=[door], scope=zone.pk, slug=door.slug)
        return door
    if changed := save_record(door, **values):
        record_change(actor=actor, verb="change", rows=[door], scope=zone.pk, changed=changed)
    return door


def _check(zone: Zone, values: dict[str, Any]) -> None:
    slug = values.get("slug")
    if slug is not None:
        taken = Door.objects.filter(slug=slug).exclude(zone=zone).exists()
        if taken or Zone.objects.filter(code=slug).exclude(pk=zone.pk).exists():
            raise NameTaken(what=_("网址中的名称"), name=slug)
    days = values.get("keep_days")
    if days is not None and not 1 <= days <= MOST_KEEP_DAYS:
        raise WrongInput(
            field=_("联系方式保留天数"), why=_("应在 1 到 {most} 天之间。").format(most=MOST_KEEP_DAYS)
        )
    officer: User | None = values.get("officer")
    if officer is not None and not zones.roles_of(officer, zone.pk):
        raise WrongInput(
            field=_("咨询责任人"), why=_("{owner}不是{zone}的工作人员。").format(owner=officer, zone=zone)
        )


@transaction.atomic
def open_door(*, actor: User | None, door: Door) -> Door:
    """Open the door: from now on anybody sees what is published. Raises DoorNotReady while something is missing."""
    zones.require(actor, Verb.MANAGE, Thing.PORTAL, door.zone_id)
    door = Door.objects.select_for_update(no_key=True).get(pk=door.pk)
    missing = [
        str(label)
        for name, label in (("phone", _("公开电话")), ("privacy", _("个人信息说明")))
        if not getattr(door, name)
    ]
    if missing:
        raise DoorNotReady(missing=_("缺少{what}").format(what=listed(missing)))
    if save_record(door, is_open=True):
        record_change(actor=actor, verb="open_door", rows=[door], scope=door.zone_id)
    return door


@transaction.atomic
def close_door(*, actor: User | None, door: Door) -> Door:
    """Close the door: nothing of the zone is public any more."""
    zones.require(actor, Verb.MANAGE, Thing.PORTAL, door.zone_id)
    door = Door.objects.select_for_update(no_key=True).get(pk=door.pk)
    if save_record(door, is_open=False):
        record_change(actor=actor, verb="close_door", rows=[door], scope=door.zone_id)
    return door


@transaction.atomic
def list_site(*, actor: User | None, site: Site, is_published: bool, headline: str = "") -> Listing:
    """Publish a site with its free units, or take it from the public pages."""
    zones.require(actor, Verb.CHANGE, Thing.PORTAL, site.zone_id)
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    listing, made = Listing.objects.get_or_create(zone_id=site.zone_id, site=site)
    changed = save_record(listing, is_published=is_published, headline=headline.strip())
    if changed or made:
        verb = "publish" if is_published else "withdraw"
        record_change(actor=actor, verb=verb, rows=[listing], scope=site.zone_id, site=site.name)
    return listing


@transaction.atomic
def list_unit(*, actor: User | None, unit: Unit, is_withheld: bool, headline: str = "") -> UnitListing:
    """Keep one unit back although its site is published, or give it a line of its own."""
    zones.require(actor, Verb.CHANGE, Thing.PORTAL, unit.zone_id)
    Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=unit.pk)
    listing, made = UnitListing.objects.get_or_create(zone_id=unit.zone_id, unit=unit)
    changed = save_record(listing, is_withheld=is_withheld, headline=headline.strip())
    if changed or made:
        verb = "withdraw" if is_withheld else "publish"
        record_change(actor=actor, verb=verb, rows=[listing], scope=unit.zone_id, unit=unit.name)
    return listing


@transaction.atomic
def show_policies(*, actor: User | None, door: Door, shows: bool) -> Door:
    """Make the policies of a zone public, all but those kept back, or take them all from the public pages."""
    zones.require(actor, Verb.MANAGE, Thing.PORTAL, door.zone_id)
    door = Door.objects.select_for_update(no_key=True).get(pk=door.pk)
    if save_record(door, shows_policies=shows):
        verb = "show_policies" if shows else "hide_policies"
        record_change(actor=actor, verb=verb, rows=[door], scope=door.zone_id)
    return door


@transaction.atomic
def list_policy(*, actor: User | None, policy: Policy, is_withheld: bool) -> PolicyListing:
    """Keep one policy back although the policies of its zone are public, or show it again."""
    zones.require(actor, Verb.MANAGE, Thing.PORTAL, policy.zone_id)
    Policy.objects.select_for_update(no_key=True, of=("self",)).get(pk=policy.pk)
    listing, made = PolicyListing.objects.get_or_create(zone_id=policy.zone_id, policy=policy)
    if save_record(listing, is_withheld=is_withheld) or made:
        verb = "withdraw" if is_withheld else "publish"
        record_change(actor=actor, verb=verb, rows=[listing], scope=policy.zone_id, policy=policy.title)
    return listing
