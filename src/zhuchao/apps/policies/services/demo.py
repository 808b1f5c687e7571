"""What becomes of the drafts of a demo zone, out of the ``[policies]`` section of its description."""

from collections.abc import Mapping
from typing import Any

from zhuchao.apps.zones.models import User, Zone

from ..models import PolicyVersion
from .versions import publish_version


def publish_demo(zone: Zone, described: Mapping[str, Any]) -> None:
    """Publish the drafts of a demo zone as the person named; those in ``drafts`` (keys) wait. Safe to repeat."""
    publisher = User.objects.get(username=described["publisher"])
    drafts = PolicyVersion.objects.filter(zone=zone, state=PolicyVersion.State.DRAFT)
    for draft in drafts.exclude(policy__key__in=described.get("drafts", ())).order_by("pk"):
        publish_version(actor=publisher, draft=draft)
