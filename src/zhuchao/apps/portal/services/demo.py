"""What a zone of the demo shows to the public, out of the ``[portal]`` section of its description."""

from collections.abc import Mapping
from typing import Any

from zhuchao.apps.premises.models import Site
from zhuchao.apps.zones.models import User, Zone

from ..models import Door, Screen
from .doors import list_site, open_door, set_door, show_policies
from .screens import add_screen


def publish_demo(zone: Zone, described: Mapping[str, Any]) -> None:
    """Open the door of a demo zone with its sites and screens; a door that is there already stays as it is."""
    if Door.objects.filter(zone=zone).exists():
        return
    officer = User.objects.filter(username=described.get("officer", "")).first()
    door = set_door(
        actor=None,
        zone=zone,
        version=None,
        introduction=described.get("introduction", ""),
        phone=described.get("phone", ""),
        privacy=described.get("privacy", ""),
        shows_screen=described.get("shows_screen", False),
        officer=officer,
    )
    for item in described.get("sites", ()):
        site = Site.objects.get(zone=zone, name=item["name"])
        list_site(actor=None, site=site, is_published=True, headline=item.get("headline", ""))
    for item in described.get("screens", ()):
        if not Screen.objects.filter(zone=zone, name=item["name"]).exists():
            add_screen(actor=None, zone=zone, **item)
    if described.get("shows_policies"):
        show_policies(actor=None, door=door, shows=True)
    open_door(actor=None, door=door)
