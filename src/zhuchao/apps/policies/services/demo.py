"""What becomes of the drafts of a demo zone, and whom it told of its policies, out of its description."""

from collections.abc import Mapping
from typing import Any

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import User, Zone

from ..models import Policy, PolicyTelling, PolicyVersion
from ..selectors.library import read_files, shipped
from .adoption import adopt, keep_pack
from .matches import refresh_due
from .project_policies import attach_due, tell_projects_due
from .recommending import recommend_due, tell_due
from .tellings import tell_firms
from .versions import publish_version


def publish_demo(zone: Zone, described: Mapping[str, Any]) -> None:
    """Publish the drafts of a demo zone as the person named; those in ``drafts`` (keys) wait. Safe to repeat.

    What the policies say of the firms is reckoned, kept and told at once, so that the demo need not wait for it.
    ``clerk`` takes the local pack that stands beside the description, under the name ``pack``, and those of the
    national one that ``national`` names.
    """
    publisher = User.objects.get(username=described["publisher"])
    if "clerk" in described:
        _adopt_packs(zone, User.objects.get(username=described["clerk"]), described)
    drafts = PolicyVersion.objects.filter(zone=zone, state=PolicyVersion.State.DRAFT)
    for draft in drafts.exclude(policy__key__in=described.get("drafts", ())).order_by("pk"):
        publish_version(actor=publisher, draft=draft)
    refresh_due()
    recommend_due()
    tell_due()
    attach_due()
    tell_projects_due()


def _adopt_packs(zone: Zone, clerk: User, described: Mapping[str, Any]) -> None:
    files = sorted((described["folder"] / "policies").glob("*.yaml"))
    sent = [(path.name, path.read_bytes()) for path in files]
    kept = keep_pack(actor=clerk, zone=zone, name=described["pack"], files=sent)
    adopt(actor=clerk, zone=zone, pack=read_files(kept.files, name=kept.name))
    there = set(Policy.objects.filter(zone=zone).values_list("key", flat=True))
    if ids := [key for key in described.get("national", ()) if key not in there]:
        adopt(actor=clerk, zone=zone, pack=shipped(), ids=ids)


def tell_demo(zone: Zone, described: Mapping[str, Any]) -> None:
    """Enter whom a demo zone told of its policies, out of the ``[outreach]`` section. Safe to repeat."""
    officer = User.objects.get(username=described["officer"])
    for one in described["tellings"]:
        policy = Policy.objects.get(zone=zone, key=one["policy"])
        said = {"happened_on": one["on"], "way": one["way"], "enterprise__name__in": one["firms"]}
        if not PolicyTelling.objects.filter(policy=policy, **said).exists():
            tell_firms(
                actor=officer,
                policy=policy,
                enterprises=list(Enterprise.objects.filter(zone=zone, name__in=one["firms"]).order_by("pk")),
                way=one["way"],
                on=one["on"],
                occasion=one.get("occasion", ""),
                person=one.get("person", ""),
                receipt=one.get("receipt", ""),
                evidence_note=one.get("note", ""),
            )
