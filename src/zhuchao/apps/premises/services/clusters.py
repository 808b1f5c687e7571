"""Cluster targets: set, corrected, voided. A new version replaces the old one, which stays."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import ClusterExists, PlaceMismatch
from ..models import ClusterTarget, Site
from .states import refuse_future


@transaction.atomic
def set_cluster(
    *,
    actor: User | None,
    zone: Zone,
    goal: int,
    deadline: date,
    site: Site | None = None,
    sector: Sector | None = None,
    tag: str = "",
    on: date | None = None,
    evidence_note: str = "",
    batch: ImportBatch | None = None,
    batch_row: int | None = None,
) -> ClusterTarget:
    """Set how many firms of a sector, or with a tag, are to be in a site (or the zone) by a day.

    Raises ClusterExists for firms and a place that have a target already, PlaceMismatch for a site or sector of
    another zone, and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.CLUSTER, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    target = ClusterTarget(
        zone=zone,
        site=site,
        sector=sector,
        tag=tag.strip(),
        goal=goal,
        deadline=deadline,
        happened_on=on or zones.today(zone),
        evidence_note=evidence_note.strip(),
        batch=batch,
        batch_row=batch_row,
    )
    _check(target)
    add_entry(target, actor=actor, at=zones.now(zone))
    record_change(actor=actor, verb="add", rows=[target], scope=zone.pk, goal=goal)
    return target


@transaction.atomic
def correct_cluster(
    *, actor: User | None, target: ClusterTarget, reason: str, **values: Any
) -> ClusterTarget:
    """Replace a target by one with another ``goal`` or ``deadline``; the old one stays readable."""
    zones.require(actor, Verb.CHANGE, Thing.CLUSTER, target.zone_id)
    if set(values) - {"goal", "deadline", "evidence_note"}:
        raise TypeError(f"not to be corrected: {sorted(values)}")
    wanted = ClusterTarget(
        zone=target.zone,
        happened_on=target.happened_on,
        site=target.site,
        sector=target.sector,
        tag=target.tag,
        goal=values.get("goal", target.goal),
        deadline=values.get("deadline", target.deadline),
    )
    _check(wanted, replaced=target)
    new = correct_entry(target, actor=actor, at=zones.now(target.zone), reason=reason, **values)
    record_change(
        actor=actor, verb="correct", rows=[target, new], scope=target.zone_id, old=target.goal, new=new.goal
    )
    return new


@transaction.atomic
def void_cluster(*, actor: User | None, target: ClusterTarget, reason: str) -> ClusterTarget:
    """Take a target out of force, with a reason."""
    zones.require(actor, Verb.VOID, Thing.CLUSTER, target.zone_id)
    new = void_entry(target, actor=actor, at=zones.now(target.zone), reason=reason)
    record_change(actor=actor, verb="void", rows=[target, new], scope=target.zone_id, reason=reason)
    return new


def _check(target: ClusterTarget, replaced: ClusterTarget | None = None) -> None:
    check_target(target)
    same = ClusterTarget.objects.live().filter(
        zone=target.zone, site=target.site, sector=target.sector, tag=target.tag
    )
    if same.exclude(pk=replaced.pk if replaced else None).exists():
        raise ClusterExists(target=str(target))


def check_target(target: ClusterTarget) -> None:
    """Refuse what a target may not say, whatever others there are; reads nothing of the targets."""
    refuse_future(target.happened_on, target.zone)
    if target.sector is None and not target.tag:
        raise WrongInput(field=_("产业"), why=_("产业和标签至少填一项。"))
    if target.goal <= 0:
        raise WrongInput(field=_("目标家数"), why=_("必须大于 0。"))
    if target.deadline < target.happened_on:
        raise WrongInput(field=_("截止日期"), why=_("不能早于设定日期。"))
    for place in (target.site, target.sector):
        if place is not None and place.zone_id != target.zone_id:
            raise PlaceMismatch(place=str(place), site=str(target.zone))
