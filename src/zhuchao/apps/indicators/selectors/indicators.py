"""Definitions, targets, observations and reports a person may see."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Indicator, Observation, Report, Target

Actor = User | AnonymousUser | None


def visible_indicators(actor: Actor) -> QuerySet[Indicator]:
    """Return the definitions everybody has and those of the person's zones."""
    return Indicator.objects.filter(
        Q(zone__isnull=True) | Q(zone_id__in=zones.zone_ids(actor, Verb.VIEW, Thing.TARGET))
    ).select_related("part_of")


def indicators_in(zone: Zone) -> QuerySet[Indicator]:
    """Return the definitions in use in one zone, in their order."""
    return Indicator.objects.filter(Q(zone__isnull=True) | Q(zone=zone)).select_related("part_of")


def get_indicator(actor: Actor, zone: Zone, code: str) -> Indicator:
    """Return a definition by its code, the zone's own before everybody's."""
    found = visible_indicators(actor).filter(Q(zone__isnull=True) | Q(zone=zone), code=code)
    indicator = found.order_by("zone_id").last()
    if indicator is None:
        raise NotFound(what=_("指标“{code}”").format(code=code))
    return indicator


def visible_targets(actor: Actor) -> EntryQuerySet:
    """Return every target entry of the person's zones, replaced ones included."""
    rows = Target.objects.select_related("indicator", "zone", "department", "recorded_by")
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.TARGET))


def get_target(actor: Actor, pk: int) -> Target:
    """Return one target entry; raises NotFound."""
    target = visible_targets(actor).filter(pk=pk).first()
    if target is None:
        raise NotFound(what=_("该目标任务"))
    return target


def visible_observations(actor: Actor) -> EntryQuerySet:
    """Return every observation of the person's zones, replaced ones included."""
    rows = Observation.objects.select_related("indicator", "zone", "recorded_by")
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.OBSERVATION))


def get_observation(actor: Actor, pk: int) -> Observation:
    """Return one observation; raises NotFound."""
    observation = visible_observations(actor).filter(pk=pk).first()
    if observation is None:
        raise NotFound(what=_("该指标数据"))
    return observation


def visible_reports(actor: Actor) -> QuerySet[Report]:
    """Return the reports of the person's zones."""
    return zones.in_zones(Report.objects.select_related("zone", "attachment", "job"), actor, Thing.REPORT)


def get_report(actor: Actor, pk: int) -> Report:
    """Return one report; raises NotFound."""
    report = visible_reports(actor).filter(pk=pk).first()
    if report is None:
        raise NotFound(what=_("该报表"))
    return report
