"""Firms a person may see, the firms merged into them, and how a million of them are narrowed to a page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models.ids import id_list
from zhuchao.apps.core.selectors.search import matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Enterprise, EnterpriseName, EnterpriseQuerySet, EnterpriseTag

THING = "enterprises.enterprise"

ENOUGH = 1001
"""More than a list counts before it says "1,000+"."""
FEW = 1200
"""Up to so many rows are sorted as they are; more are met soon enough along the index of the sort.

More than ``ENOUGH`` by what merged firms and former names may take away.
"""


@dataclass(frozen=True)
class Family:
    """A firm with every firm that was merged into it, directly or through another."""

    survivor: Enterprise
    merged: tuple[Enterprise, ...]

    @property
    def ids(self) -> list[int]:
        return [self.survivor.pk, *(firm.pk for firm in self.merged)]


def visible_enterprises(actor: User | AnonymousUser | None) -> EnterpriseQuerySet:
    """Return the firms this person may see, merged ones included. Every read for a request starts here."""
    rows: EnterpriseQuerySet = Enterprise.objects.select_related("sector")
    return zones.in_zones(rows, actor, Thing.ENTERPRISE)  # type: ignore[return-value]


def listed_enterprises(actor: User | AnonymousUser | None, zone: Zone) -> EnterpriseQuerySet:
    """Return the firms of a zone and the zones below it that this person may see, without merged ones."""
    rows = visible_enterprises(actor).filter(merged_into__isnull=True)
    scopes = scopes_of(actor, zone)
    return rows.filter(zone_id=scopes[0]) if len(scopes) == 1 else rows.filter(zone_id__in=scopes)


def scopes_of(actor: User | AnonymousUser | None, zone: Zone) -> list[int]:
    """Return the zones whose firms a list opened in ``zone`` shows to this person."""
    return zones.zones_under(actor, zone, Thing.ENTERPRISE)


def get_enterprise(actor: User | AnonymousUser | None, pk: int) -> Enterprise:
    """Return a firm; raises NotFound when it is hidden or missing."""
    firm = visible_enterprises(actor).select_related("zone").filter(pk=pk).first()
    if firm is None:
        raise NotFound(what=_("该企业"))
    return firm


def family_of(enterprise: Enterprise) -> Family:
    """Return a firm with all that was merged into it; one query a level, and there is seldom a second."""
    found: dict[int, Enterprise] = {}
    level = [enterprise.pk]
    while level:
        firms = Enterprise.objects.filter(merged_into__in=level).order_by("pk")
        fresh = [firm for firm in firms if firm.pk not in found and firm.pk != enterprise.pk]
        found.update({firm.pk: firm for firm in fresh})
        level = [firm.pk for firm in fresh]
    return Family(enterprise, tuple(found.values()))


def family_ids(enterprise: Enterprise) -> list[int]:
    """Return the ids whose entries are this firm's: its own and those of the firms merged into it.

    Everything that reads a firm's filings, tags, names or contacts filters by these: a merge rewrites nothing.
    """
    return family_of(enterprise).ids


def survivor_of(enterprise: Enterprise) -> Enterprise:
    """Return the firm in which a merged firm lives on; the firm itself when it was not merged."""
    seen = {enterprise.pk}
    firm = enterprise
    while firm.merged_into is not None and firm.merged_into_id not in seen:
        firm = firm.merged_into
        seen.add(firm.pk)
    return firm


def names_of(enterprise: Enterprise, ids: Sequence[int] | None = None) -> QuerySet[EnterpriseName]:
    """Return the live name entries of a firm's family, the newest first."""
    of = family_ids(enterprise) if ids is None else ids
    return EnterpriseName.objects.live().filter(enterprise__in=of).order_by("-happened_on", "-pk")


def narrowed(rows: EnterpriseQuerySet, condition: Q, along: Q | None = None) -> EnterpriseQuerySet:
    """Return ``rows`` under one more condition, in a form that any sort stays quick with.

    Where few rows meet it they are named one by one, so that no planner reads a million along the sort's index to
    find them. Where many do, a page of them is met soon along that index: ``along`` is the condition in a form that
    no index serves, for a range, which a planner would rather read whole and sort.
    """
    alone = rows if rows.wider is None else rows.wider
    ids = list(alone.order_by().filter(condition).values_list("pk", flat=True)[:FEW])
    if len(ids) < FEW:
        return only(rows, ids if alone is rows else _among(rows, ids))
    found = rows.filter(condition if along is None else along).narrowed_from(alone)
    return found.known_at_least(FEW if alone is rows else len(_among(rows, ids)))


def _among(rows: EnterpriseQuerySet, ids: Collection[int]) -> list[int]:
    """Return those of ``ids`` that are among ``rows``."""
    return list(rows.order_by().filter(pk__in=id_list(ids)).values_list("pk", flat=True))


def only(rows: EnterpriseQuerySet, ids: Collection[int]) -> EnterpriseQuerySet:
    """Return those of ``rows`` that ``ids`` names; all of them must be among ``rows``."""
    # Nothing but the ids: with the zone beside them a planner may think that the zone is the smaller set.
    named: EnterpriseQuerySet = Enterprise.objects.filter(pk__in=id_list(ids))
    return named.select_related("sector").known_exactly(len(ids))


def narrowed_by_industry(rows: EnterpriseQuerySet, code: str) -> EnterpriseQuerySet:
    """Return the firms of a section (C), a division (C39) or a finer code (C3962), with all that is below it."""
    if not code.isascii():
        return rows.none()
    below = Q(industry_code__gte=code, industry_code__lt=code[:-1] + chr(ord(code[-1]) + 1))
    rows = rows.alias(industry_begins=Left("industry_code", len(code)))
    return narrowed(rows, below, along=Q(industry_begins=code))


def narrowed_by_age(rows: EnterpriseQuerySet, first: date | None, last: date | None) -> EnterpriseQuerySet:
    """Return the firms established between two days, either of which may be open; those without a day are left out."""
    low, high = first or date.min, last or date.max
    within = Q(established_on__gte=low, established_on__lte=high)
    rows = rows.alias(established_known=Coalesce("established_on", Value(date.min)))
    # The day before all days stands for no day at all.
    along = Q(established_known__gte=max(low, date.min + timedelta(days=1)), established_known__lte=high)
    return narrowed(rows, within, along=along)


def narrowed_by_tag(rows: EnterpriseQuerySet, tag: str) -> EnterpriseQuerySet:
    """Return the firms that carry a tag now, a merged firm's tag counting for its survivor."""
    bearers = EnterpriseTag.objects.live().filter(tag=tag).order_by()
    # From the merged firms, who are few, to the tags: the other way round reads every bearer.
    merged = Enterprise.objects.filter(
        Exists(bearers.filter(enterprise=OuterRef("pk"))), merged_into__isnull=False
    )
    survivors = {survivor_of(firm).pk for firm in merged.select_related("merged_into")}
    ids = set(bearers.values_list("enterprise_id", flat=True)[:FEW])
    if len(ids) < FEW:
        return narrowed(rows, Q(pk__in=id_list(ids | survivors)))
    # The other half of the condition, even if nobody meets it, keeps a planner from reading all bearers and sorting.
    found = rows.filter(Exists(bearers.filter(enterprise=OuterRef("pk"))) | Q(pk__in=survivors or {0}))
    return found.known_at_least(rows.order_by().filter(pk__in=id_list(ids))[:ENOUGH].count())


_TAGS_KNOWN = """
WITH RECURSIVE known (zone, tag) AS (
    SELECT id, (SELECT min(tag) FROM {tags} WHERE zone_id = {zones}.id) FROM {zones} WHERE id IN ({marks})
    UNION ALL
    SELECT zone, (SELECT min(tag) FROM {tags} WHERE zone_id = known.zone AND tag > known.tag)
    FROM known WHERE tag IS NOT NULL
)
SELECT DISTINCT tag FROM known WHERE tag IS NOT NULL
"""


def tags_known(actor: User | AnonymousUser | None, zone: Zone) -> list[str]:
    """Return the tags that were ever given in a zone and the zones below it, in order.

    Steps from tag to tag along the index: reading every entry to find a dozen words would cost more than the list.
    """
    scopes = scopes_of(actor, zone)
    if not scopes:
        return []
    marks = ", ".join(["%s"] * len(scopes))
    tables = {"tags": EnterpriseTag._meta.db_table, "zones": Zone._meta.db_table}
    with connection.cursor() as cursor:
        cursor.execute(_TAGS_KNOWN.format(marks=marks, **tables), scopes)
        return sorted(row[0] for row in cursor.fetchall())


def searched(
    rows: EnterpriseQuerySet, actor: User | AnonymousUser | None, zone: Zone, text: str
) -> EnterpriseQuerySet:
    """Return the firms found by a part of a name they have or had, by pinyin initials, or by their code.

    A word that many firms have in common is looked for in the present names along the order of the list.
    """
    ids = matching_row_ids(THING, scopes_of(actor, zone), text, limit=FEW)
    if len(ids) < FEW:
        return narrowed(rows, Q(pk__in=id_list(ids)))
    wanted = Q()
    for word in text.split():
        # Where there is no case to ignore, a database knows better how many names contain a word.
        wanted &= Q(name__contains=word) if word.lower() == word.upper() else Q(name__icontains=word)
    found = rows.filter(wanted)
    if (
        rows.wider is not None
    ):  # of the matches met first, a filter leaves few: they say nothing of how many there are
        return found
    return found.known_at_least(found.order_by().filter(pk__in=id_list(ids))[:ENOUGH].count())
