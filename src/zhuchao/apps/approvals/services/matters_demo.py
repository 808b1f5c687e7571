"""What the demo shows of the catalogue: the shipped matters and themes in force, and cases that a window took in."""

from collections.abc import Mapping
from typing import Any

from zhuchao.apps.projects.models import Project
from zhuchao.apps.zones.models import User, Zone

from ..models import DRAFT, Case, CaseDocument, Matter, MatterVersion, Theme
from ..selectors.packs import shipped_matters
from .adoption import adopt_matters
from .intake import take_in
from .late import accept_late
from .matter_versions import publish_matter_version
from .papers import hand_in
from .pledges import sign_pledge
from .themes import adopt_theme


def show_matters(zone: Zone, said: Mapping[str, Any]) -> None:
    """Take the shipped matters and themes into a demo zone, publish them as the person named, and take in its cases.

    Safe to repeat: what the zone has already, a case by its title, is left.
    """
    publisher = User.objects.get(username=said["publisher"])
    pack = shipped_matters()
    adopt_matters(actor=None, zone=zone, pack=pack)
    for code in pack.themes:
        adopt_theme(actor=None, zone=zone, pack=pack, code=code)
    for draft in MatterVersion.objects.filter(zone=zone, state=DRAFT).order_by("pk"):
        publish_matter_version(actor=publisher, draft=draft)
    for one in said.get("cases", ()):
        if not Case.objects.filter(zone=zone, title=one["title"]).exists():
            _case(zone, publisher, one)


def _case(zone: Zone, clerk: User, one: Mapping[str, Any]) -> None:
    project = (
        Project.objects.select_related("enterprise").filter(zone=zone, code=one.get("project", "")).first()
    )
    case = take_in(
        actor=clerk,
        zone=zone,
        title=one["title"],
        enterprise=project.enterprise if project is not None else None,
        theme=Theme.objects.get(zone=zone, code=one["theme"]) if "theme" in one else None,
        matter=Matter.objects.get(zone=zone, code=one["matter"]) if "matter" in one else None,
        answers=one.get("answers"),
        contact=one.get("contact", ""),
    )
    for document in case.documents.filter(is_result=False, state=CaseDocument.State.MISSING).order_by("pk"):
        document.refresh_from_db()
        if document.name in one.get("handed", ()) and document.state == CaseDocument.State.MISSING:
            hand_in(actor=clerk, document=document, seen_on_paper=True)
    task = case.tasks.order_by("position").first()
    if task is not None and "late" in one:
        accept_late(actor=clerk, task=task, promised_by=one["late"])
    if task is not None and "pledge" in one and case.enterprise is not None:
        sign_pledge(actor=clerk, task=task, signed_by=one["pledge"], witness=one["witness"])
