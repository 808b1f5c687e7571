"""Which facts to collect first: for each, how many answers of firms and policies wait for it."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import Cast

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.rules.fields import Field

from ..models import Answer, FirmMatch
from .matches import Actor
from .rules import versions_in_force, vocabulary


@dataclass(frozen=True)
class Wanted:
    """A fact that firms have not given, counted in answers (a firm and a policy).

    Attributes:
        settles: answers that it alone settles; ``helps`` those that need it beside something else.
        policies: how many policies ask for it where it is wanting.
    """

    field: Field
    settles: int
    helps: int
    policies: int

    @property
    def answers(self) -> int:
        return self.settles + self.helps


def open_matches(actor: Actor, zone: Zone) -> QuerySet[FirmMatch]:
    """Return the answers that wait for a fact, of the versions in force and the firms whose filings a person may see."""
    scopes = zones.zones_under(actor, zone, Thing.FILING)
    versions = [version.pk for version in versions_in_force(scopes, zones.today(zone))]
    rows = FirmMatch.objects.filter(version__in=versions, enterprise__zone__in=scopes)
    return rows.filter(answer=Answer.UNKNOWN, missing_count__gt=0)


def wanted_facts(actor: Actor, zone: Zone) -> list[Wanted]:
    """Return the facts that answers wait for, those that settle the most first; one query."""
    settles: dict[str, int] = defaultdict(int)
    helps: dict[str, int] = defaultdict(int)
    asking: dict[str, set[int]] = defaultdict(set)
    groups = open_matches(actor, zone).order_by().values_list("version", "missing", "needs_judgement")
    for version, missing, judged, count in groups.annotate(count=Count("pk")):
        for name in missing:
            asking[name].add(version)
            if len(missing) == 1 and not judged:
                settles[name] += count
            else:
                helps[name] += count
    found = [
        Wanted(vocabulary()[name], settles[name], helps[name], len(versions))
        for name, versions in asking.items()
        if name in vocabulary()
    ]
    return sorted(found, key=lambda one: (-one.settles, -one.helps, one.field.name))


def waiting_for(actor: Actor, zone: Zone, field: str) -> QuerySet[FirmMatch]:
    """Return the answers that wait for one fact."""
    rows = open_matches(actor, zone).select_related("enterprise__zone", "version__policy")
    return rows.annotate(names=Cast("missing", TextField())).filter(names__contains=f'"{field}"')
