"""Referrals between parks: which of them a person may see, and which wait for whom."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Alliance, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Lead, LeadStage, Referral
from .leads import Actor
from .pipeline import IN_TALKS


@dataclass(frozen=True)
class TalksAnswer:
    """What a park is told of a firm: whether another park of the alliance is in talks with it, and since which month.

    Neither the park, nor the lead, nor a name is in it.
    """

    since: date | None

    @property
    def is_in_talks(self) -> bool:
        return self.since is not None


def visible_referrals(actor: Actor) -> QuerySet[Referral]:
    """Return the referrals that a zone of this person gives or takes."""
    rows = Referral.objects.select_related(
        "zone", "to_zone", "lead__sector", "offered_by", "answered_by", "new_lead"
    )
    if actor is None:
        return rows
    mine = zones.zone_ids(actor, Verb.VIEW, Thing.LEAD, whole=True)
    return rows.filter(Q(zone_id__in=mine) | Q(to_zone_id__in=mine))


def get_referral(actor: Actor, pk: int) -> Referral:
    """Return one referral; raises NotFound when it is hidden or missing."""
    referral = visible_referrals(actor).filter(pk=pk).first()
    if referral is None:
        raise NotFound(what=_("该转介"))
    return referral


def referrals_of(actor: Actor, zone: Zone) -> QuerySet[Referral]:
    """Return the referrals that a zone gives or takes."""
    ids = zones.zones_under(actor, zone, Thing.LEAD)
    return visible_referrals(actor).filter(Q(zone_id__in=ids) | Q(to_zone_id__in=ids))


def open_referrals(actor: Actor, zone: Zone) -> QuerySet[Referral]:
    """Return the referrals of a zone that wait for an answer, the first due first."""
    rows = referrals_of(actor, zone).filter(state=Referral.State.OFFERED)
    return rows.order_by("due_on", "pk")


def zones_to_refer_to(zone: Zone) -> QuerySet[Zone]:
    """Return the other zones that share an alliance with a zone."""
    mine = Alliance.objects.filter(members=zone)
    return Zone.objects.filter(alliances__in=mine).exclude(pk=zone.pk).distinct().order_by("name")


def talks_elsewhere(zone: Zone, *, credit_code: str, normal_name: str) -> TalksAnswer:
    """Return whether another zone of an alliance of ``zone`` is in talks with a firm, by code or normal name."""
    same = Q(pk__in=())
    if credit_code:
        same |= Q(credit_code=credit_code)
    if normal_name:
        same |= Q(normal_name=normal_name)
    others = zones_to_refer_to(zone).order_by().values("pk")
    leads = Lead.objects.filter(same, zone_id__in=others, stage__in=IN_TALKS)
    talks = LeadStage.objects.live().filter(lead__in=leads.values("pk"), stage__in=IN_TALKS)
    first: date | None = talks.aggregate(first=Min("happened_on"))["first"]
    return TalksAnswer(first.replace(day=1) if first else None)
