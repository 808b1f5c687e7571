"""无差别受理: any window takes any matter or theme; a rule sends each task to its department. And 跨省通办."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User, Zone

from ..errors import HandedOver
from ..models import Case, CaseTask, EventKind, Matter, TaskEvent, Theme
from .events import record_event
from .opening import open_case

LONGEST = 120


@transaction.atomic
def take_in(
    *,
    actor: User | None,
    zone: Zone,
    title: str,
    enterprise: Enterprise | None = None,
    theme: Theme | None = None,
    matter: Matter | None = None,
    answers: Mapping[str, Any] | None = None,
    contact: str = "",
    elsewhere: str = "",
    request_key: str = "",
) -> Case:
    """Take in a case at the window of who takes it, whatever department its matters are of.

    ``elsewhere`` names the region and window it came from. As ``open_case``.
    """
    case = open_case(
        actor=actor,
        zone=zone,
        title=title,
        enterprise=enterprise,
        theme=theme,
        matter=matter,
        answers=answers,
        contact=contact,
        window=window_of(actor, zone),
        request_key=request_key,
    )
    elsewhere = " ".join(elsewhere.split())
    if elsewhere:
        save_record(case, elsewhere=elsewhere[:LONGEST])
    return case


def window_of(actor: User | None, zone: Zone) -> Department | None:
    """Return the window of a zone, or of one above it, that a person works at."""
    ids = zones.own_department_ids(actor)
    rows = Department.objects.filter(
        pk__in=ids, kind=Department.Kind.WINDOW, zone__in=zones.lineage_ids(zone), is_active=True
    )
    return rows.order_by("pk").first()


@transaction.atomic
def hand_over(*, actor: User | None, task: CaseTask, region: str, note: str = "") -> TaskEvent:
    """Hand a task to the window of another region, which decides; the clock of the case goes on.

    Raises HandedOver where the matter is not handled across regions, WrongInput without a region.
    """
    region = " ".join(region.split())
    if not 0 < len(region) <= LONGEST:
        raise WrongInput(
            field=_("通办地区"), why=_("请写明哪个地区、哪个窗口，不超过 120 字。"), name="region"
        )
    version = task.matter_version
    step = str(EventKind.HAND_OVER.label)
    if version is None or not version.hands_over:
        raise HandedOver(task=task.name, step=step, why=_("该事项没有开通跨省通办。"))
    said = f"{region} {note}".strip()[:300]
    event = record_event(actor=actor, task=task, kind=EventKind.HAND_OVER, note=said)
    case = Case.objects.get(pk=task.case_id)
    save_record(case, elsewhere=region)
    record_change(actor=actor, verb="hand_over", rows=[case, task], scope=case.zone_id, region=region)
    return event


@transaction.atomic
def hand_back(*, actor: User | None, task: CaseTask, note: str) -> TaskEvent:
    """Note that a task came back from the other region with what was decided there."""
    note = " ".join(note.split())
    if not note:
        raise WrongInput(field=_("说明"), why=_("请写明对方办理的结果。"), name="note")
    return record_event(actor=actor, task=task, kind=EventKind.HAND_BACK, note=note[:300])
