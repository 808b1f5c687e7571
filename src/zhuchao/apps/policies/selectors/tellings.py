"""Who was told of a policy: the entries a person may see, for the policy, for the firm, and how far they reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Policy, PolicyTelling
from .policies import Actor

MOST = 20


@dataclass(frozen=True)
class Reach:
    """How many firms were told of a policy, and how many of them confirmed it."""

    firms: int
    receipts: int


def visible_tellings(actor: Actor) -> QuerySet[PolicyTelling]:
    """Return the entries this person may see, replaced and void ones included. Every read for a request starts here."""
    rows = PolicyTelling.objects.select_related(
        "zone", "policy", "version", "enterprise", "officer", "recorded_by", "replaced_by"
    )
    return zones.in_zones(rows, actor, Thing.OUTREACH)


def listed_tellings(actor: Actor, zone: Zone) -> QuerySet[PolicyTelling]:
    """Return the entries in force of a zone and the zones below it."""
    scopes = zones.zones_under(actor, zone, Thing.OUTREACH)
    return visible_tellings(actor).filter(zone_id__in=scopes, replaced_by=None, is_void=False)


def tellings_of(actor: Actor, policy: Policy) -> QuerySet[PolicyTelling]:
    """Return the entries in force of a policy, the latest first."""
    rows = visible_tellings(actor).filter(policy=policy, replaced_by=None, is_void=False)
    return rows.order_by("-happened_on", "-pk")


def get_telling(actor: Actor, pk: int) -> PolicyTelling:
    """Return one entry; raises NotFound when it is hidden or missing."""
    entry = visible_tellings(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该宣传条目"))
    return entry


def reach_of(actor: Actor, policy: Policy) -> Reach:
    """Return how many firms were told of a policy and how many confirmed it; a firm told twice counts once."""
    said = list(tellings_of(actor, policy).order_by().values_list("enterprise_id", "receipt"))
    return Reach(len({firm for firm, _receipt in said}), len({firm for firm, receipt in said if receipt}))


def tellings_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return what a firm and those merged into it were told of, the latest first; one query."""
    rows = visible_tellings(actor).filter(enterprise__in=enterprise_ids, replaced_by=None, is_void=False)
    return RelatedGroup(
        "policy_tellings",
        gettext_lazy("送政策进企业"),
        [
            RelatedRow(
                title=entry.policy.title,
                url=reverse("policy-detail", args=[entry.policy_id]),
                state=str(entry.get_way_display()),
                detail=_("告知人：%(officer)s；回执：%(receipt)s")
                % {"officer": entry.officer, "receipt": entry.receipt or _("没有")},
                on=entry.happened_on,
            )
            for entry in rows.order_by("-happened_on", "-pk")[:MOST]
        ],
    )
