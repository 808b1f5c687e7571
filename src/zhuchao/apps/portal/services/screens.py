"""The register of screens, and their heartbeats."""

import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.errors import NameTaken
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Screen

BEAT: Final = timedelta(seconds=50)
"""A heartbeat within this time of the last one is not written again."""


@transaction.atomic
def add_screen(*, actor: User | None, zone: Zone, **values: Any) -> Screen:
    """Enter a screen: name, place, width_m, height_m, is_naked_eye_3d, owner, owner_name, shows, note.

    Raises NameTaken and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.PORTAL, zone)
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    screen = Screen(zone=zone, key=secrets.token_urlsafe(24), **_checked(zone, values))
    screen.save()
    record_change(actor=actor, verb="add", rows=[screen], scope=zone.pk, name=screen.name)
    return screen


@transaction.atomic
def change_screen(*, actor: User | None, screen: Screen, version: int | None, **values: Any) -> Screen:
    """Edit a screen. Raises Stale, NameTaken and WrongInput."""
    zones.require(actor, Verb.CHANGE, Thing.PORTAL, screen.zone_id)
    screen = (
        Screen.objects.select_for_update(of=("self",), no_key=True).select_related("zone").get(pk=screen.pk)
    )
    check_version(screen, version, yours=values)
    if changed := save_record(screen, **_checked(screen.zone, values, this=screen)):
        record_change(actor=actor, verb="change", rows=[screen], scope=screen.zone_id, changed=changed)
    return screen


@transaction.atomic
def remove_screen(*, actor: User | None, screen: Screen) -> None:
    """Take a screen that is no longer there out of the register."""
    zones.require(actor, Verb.CHANGE, Thing.PORTAL, screen.zone_id)
    kept = Screen.objects.select_for_update(of=("self",)).filter(pk=screen.pk).first()
    if kept is not None:
        record_change(actor=actor, verb="remove", rows=[kept], scope=kept.zone_id, name=kept.name)
        kept.delete()


def hear_screen(*, zone: Zone, key: str) -> None:
    """Note that a screen is alive, at most once in ``BEAT``; raises NotFound for a key of no screen of the zone."""
    now = timezone.now()
    rows = Screen.objects.filter(zone=zone, key=key)
    if (
        not rows.filter(Q(heard_at=None) | Q(heard_at__lt=now - BEAT)).update(heard_at=now)
        and not rows.exists()
    ):
        raise NotFound(what=_("该屏幕"))


def _checked(zone: Zone, values: dict[str, Any], this: Screen | None = None) -> dict[str, Any]:
    kept: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value for name, value in values.items()
    }
    for name in ("name", "place"):
        if name in kept and not kept[name]:
            raise WrongInput(field=_label(name), why=_("不能为空。"))
    same = Screen.objects.filter(zone=zone, name=kept.get("name", ""))
    if (same.exclude(pk=this.pk) if this else same).exists():
        raise NameTaken(what=_("屏幕名称"), name=kept["name"])
    owner: Department | None = kept.get("owner")
    if owner is not None and owner.zone_id != zone.pk:
        raise WrongInput(
            field=_("产权单位"), why=_("{department}不属于{zone}。").format(department=owner, zone=zone)
        )
    for name in ("width_m", "height_m"):
        length: Decimal | None = kept.get(name)
        if length is not None and length <= 0:
            raise WrongInput(field=_label(name), why=_("应大于 0。"))
    return kept


def _label(name: str) -> str:
    return str(getattr(Screen._meta.get_field(name), "verbose_name", name))
