"""The green channel: asked for, granted or refused by a second person, withdrawn, taken back."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import GreenDecided, GreenDecidedByAsker, GreenOpen
from ..models import GreenDecision, GreenRequest, Project
from ..selectors.green import GreenState, decision_of, open_request, state_of
from .parts import locked

LONGEST_DAYS = 365


@transaction.atomic
def ask_green(*, actor: User | None, project: Project, expedited: str, why: str, until: date) -> GreenRequest:
    """Ask that a project be expedited until a day; a second person decides.

    Raises GreenOpen while another request of the project waits or holds, and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.GREEN, project.zone)
    project = locked(project.pk)
    today = zones.today(project.zone)
    if not expedited.strip():
        raise WrongInput(field=_("加快办理事项"), why=_("不能为空。"))
    if not why.strip():
        raise WrongInput(field=_("申请理由"), why=_("不能为空。"))
    if not 0 <= (until - today).days <= LONGEST_DAYS:
        raise WrongInput(field=_("有效期至"), why=_("应在今天起一年以内。"))
    there = open_request(project, today)
    if there is not None:
        raise GreenOpen(project=project.name, on=there.happened_on.isoformat(), until=there.until.isoformat())
    entry = GreenRequest(
        zone_id=project.zone_id,
        project=project,
        happened_on=today,
        expedited=expedited.strip(),
        why=why.strip(),
        until=until,
    )
    add_entry(entry, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor,
        verb="ask_green",
        rows=[project, entry],
        scope=project.zone_id,
        until=until,
        reason=entry.why,
    )
    return entry


@transaction.atomic
def decide_green(
    *, actor: User | None, entry: GreenRequest, granted: bool, opinion: str = ""
) -> GreenDecision:
    """Grant or refuse a request as a second person; a refusal says why.

    Raises GreenDecidedByAsker for who asked, GreenDecided where it does not wait any more, and ReasonNeeded.
    """
    zones.require(actor, Verb.MANAGE, Thing.GREEN, entry.zone)
    project = locked(entry.project_id)
    today = zones.today(project.zone)
    if actor is not None and entry.recorded_by_id == actor.pk:
        raise GreenDecidedByAsker(project=project.name)
    state = state_of(entry, decision_of(entry), today)
    if state is not GreenState.WAITING:
        raise GreenDecided(project=project.name, state=str(state.label))
    if not granted and not opinion.strip():
        raise ReasonNeeded(what=pgettext("原因", "不同意绿色通道"))
    decision = GreenDecision(
        zone_id=entry.zone_id, request=entry, happened_on=today, granted=granted, opinion=opinion.strip()
    )
    add_entry(decision, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor,
        verb="grant_green" if granted else "refuse_green",
        rows=[project, entry, decision],
        scope=project.zone_id,
        until=entry.until,
        reason=decision.opinion,
    )
    return decision


@transaction.atomic
def end_green(*, actor: User | None, entry: GreenRequest, reason: str) -> None:
    """Withdraw a request that waits, or take back what was granted, with the reason.

    Who asked may withdraw; only who decides may take back. Raises GreenDecided where there is nothing to end.
    """
    project = locked(entry.project_id)
    decision = decision_of(entry)
    state = state_of(entry, decision, zones.today(project.zone))
    if state is GreenState.WAITING:
        zones.require(actor, Verb.ADD, Thing.GREEN, entry.zone)
        void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    elif state is GreenState.GRANTED and decision is not None:
        zones.require(actor, Verb.MANAGE, Thing.GREEN, entry.zone)
        void_entry(decision, actor=actor, at=zones.now(project.zone), reason=reason)
    else:
        raise GreenDecided(project=project.name, state=str(state.label))
    record_change(
        actor=actor, verb="end_green", rows=[project, entry], scope=project.zone_id, reason=reason.strip()
    )
