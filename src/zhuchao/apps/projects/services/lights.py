"""The rule by which a zone's projects are lit, and the lights that people set themselves."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import LightOverridden, LightRuleExists
from ..models import LightOverride, LightRule, Project
from .parts import locked
from .projects import own_evidence, refuse_unknown

LONGEST_OVERRIDE = timedelta(days=92)
"""A light set by hand is looked at again within a quarter."""

MOST_DAYS = 250


@transaction.atomic
def set_light_rule(
    *,
    actor: User | None,
    zone: Zone,
    since: date,
    late_days: int,
    near_days: int,
    ready_percent: int,
    evidence_note: str = "",
) -> LightRule:
    """Let a zone's projects be lit by these limits from a day on; ``evidence_note`` says where they come from.

    Raises LightRuleExists for a day that has a rule, and WrongInput.
    """
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    for name, days in ((_("迟延不超过"), late_days), (_("临期"), near_days)):
        if not 0 <= days <= MOST_DAYS:
            raise WrongInput(field=name, why=_("应为 0 到 %(most)d 个工作日。") % {"most": MOST_DAYS})
    if not 0 <= ready_percent <= 100:
        raise WrongInput(field=_("就绪"), why=_("应为 0 到 100。"))
    if LightRule.objects.live().filter(zone=zone, happened_on=since).exists():
        raise LightRuleExists(zone=str(zone), since=since.isoformat())
    entry = LightRule(
        zone=zone,
        happened_on=since,
        late_days=late_days,
        near_days=near_days,
        ready_percent=ready_percent,
        evidence_note=evidence_note.strip(),
        ledger_key=f"light-rule|{zone.pk}|{since}",
    )
    add_entry(entry, actor=actor, at=zones.now(zone))
    record_change(
        actor=actor,
        verb="set_light_rule",
        rows=[entry],
        scope=zone.pk,
        since=since,
        late_days=late_days,
        near_days=near_days,
        ready_percent=ready_percent,
    )
    return entry


@transaction.atomic
def void_light_rule(*, actor: User | None, entry: LightRule, reason: str) -> LightRule:
    """Take a light rule away: the one before it holds again."""
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, entry.zone)
    successor = void_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_light_rule",
        rows=[entry, successor],
        scope=entry.zone_id,
        since=entry.happened_on,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def override_light(
    *,
    actor: User | None,
    project: Project,
    colour: str,
    until: date,
    why: str,
    evidence: Attachment | None = None,
) -> LightOverride:
    """Set a project's light to another colour than the computed one, up to and including a day, with the reason.

    It ends by itself after the day, and when the milestone that decided is met. Raises LightOverridden while another
    one holds, and WrongInput.
    """
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    today = zones.today(project.zone)
    light = selectors.lights_of([project], today)[project.pk]
    if light.override is not None:
        raise LightOverridden(
            project=project.name,
            colour=str(light.override.get_colour_display()),
            until=light.override.until.isoformat(),
        )
    _check(colour, until, why, today, light.computed)
    entry = LightOverride(
        zone_id=project.zone_id,
        project=project,
        happened_on=today,
        colour=colour,
        computed=light.computed,
        step_id=light.decided_by.step_id if light.decided_by else None,
        until=until,
        why=" ".join(why.split()),
        evidence=own_evidence(evidence, project.zone),
        ledger_key=f"light|{project.pk}|{today}",
    )
    add_entry(entry, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor,
        verb="override_light",
        rows=[project, entry],
        scope=project.zone_id,
        colour=colour,
        computed=light.computed,
        until=until,
        reason=entry.why,
    )
    return entry


@transaction.atomic
def correct_light_override(
    *, actor: User | None, entry: LightOverride, reason: str, **values: Any
) -> LightOverride:
    """Replace a light set by hand by one that says it right; ``values`` may be colour, until, why."""
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, entry.zone)
    refuse_unknown(values, frozenset({"colour", "until", "why"}))
    project = locked(entry.project_id)
    said = {name: values.get(name, getattr(entry, name)) for name in ("colour", "until", "why")}
    _check(said["colour"], said["until"], said["why"], entry.happened_on, entry.computed)
    successor = correct_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason, **said)
    record_change(
        actor=actor,
        verb="correct_light_override",
        rows=[project, entry, successor],
        scope=project.zone_id,
        values=values,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def void_light_override(*, actor: User | None, entry: LightOverride, reason: str) -> LightOverride:
    """End a light set by hand: the computed one shows again."""
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, entry.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_light_override",
        rows=[project, entry, successor],
        scope=project.zone_id,
        colour=entry.colour,
        reason=reason.strip(),
    )
    return successor


def _check(colour: str, until: date, why: str, since: date, computed: str) -> None:
    if colour not in LightOverride.Colour.values:
        raise WrongInput(field=_("灯色"), why=_("没有“%(colour)s”这种灯。") % {"colour": colour})
    if colour == computed:
        raise WrongInput(field=_("灯色"), why=_("按规则已经是这个颜色，不必人工定灯。"))
    if not since <= until <= since + LONGEST_OVERRIDE:
        last = since + LONGEST_OVERRIDE
        raise WrongInput(
            field=_("有效至"),
            why=_("应在 %(first)s 至 %(last)s 之间。")
            % {"first": since.isoformat(), "last": last.isoformat()},
        )
    if not why.strip():
        raise WrongInput(field=_("人工定灯理由"), why=_("不能为空。"))
