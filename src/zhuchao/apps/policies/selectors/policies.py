"""Policies: which of them a person may see, and where each stands on a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Policy, PolicyClause, PolicyVersion

THING = "policies.policy"

Actor = User | AnonymousUser | None


class Standing(models.TextChoices):
    """Where a policy stands on a day, by the version that holds then."""

    OPEN = "open", gettext_lazy("可申报")
    SOON = "soon", gettext_lazy("即将开始")
    CLOSED = "closed", gettext_lazy("申报已截止")
    EXPIRED = "expired", gettext_lazy("已失效")
    DRAFT = "draft", gettext_lazy("未发布")


def visible_policies(actor: Actor) -> QuerySet[Policy]:
    """Return the policies this person may see. Every read for a request starts here."""
    return zones.in_zones(Policy.objects.select_related("zone", "owner"), actor, Thing.POLICY)


def listed_policies(actor: Actor, zone: Zone, on: date) -> QuerySet[Policy]:
    """Return the policies of a zone and the zones below it with their standing on a day."""
    rows = visible_policies(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.POLICY))
    return with_standing(rows, on)


def open_policies(actor: Actor, zone: Zone, on: date) -> QuerySet[Policy]:
    """Return the policies that a firm may apply for on a day: never one that has expired."""
    rows: QuerySet[Any] = listed_policies(actor, zone, on)
    return rows.filter(standing=Standing.OPEN)


def get_policy(actor: Actor, pk: int) -> Policy:
    """Return one policy with its standing today; raises NotFound when it is hidden or missing."""
    policy = visible_policies(actor).filter(pk=pk).first()
    if policy is None:
        raise NotFound(what=_("该政策"))
    return with_standing(visible_policies(actor), zones.today(policy.zone)).get(pk=pk)


def visible_versions(actor: Actor) -> QuerySet[PolicyVersion]:
    """Return the versions of the policies this person may see, drafts included."""
    rows = PolicyVersion.objects.select_related("zone", "policy__zone", "prepared_by", "published_by")
    return zones.in_zones(rows, actor, Thing.POLICY)


def get_version(actor: Actor, pk: int) -> PolicyVersion:
    """Return one version; raises NotFound when it is hidden or missing."""
    version = visible_versions(actor).filter(pk=pk).first()
    if version is None:
        raise NotFound(what=_("该政策版本"))
    return version


def versions_of(policy: Policy) -> QuerySet[PolicyVersion]:
    """Return the versions of a policy, the newest first."""
    rows = PolicyVersion.objects.filter(policy=policy).select_related("prepared_by", "published_by")
    return rows.prefetch_related("clauses").order_by("-number")


def current_version(policy: Policy, on: date) -> PolicyVersion | None:
    """Return the published version to show on a day: the one that holds or held last, else the first to come."""
    return counted_on(list(versions_of(policy).filter(state=PolicyVersion.State.PUBLISHED)), on)


def counted_on(published: Sequence[PolicyVersion], on: date) -> PolicyVersion | None:
    """Return which of the published versions of a policy, the newest first, counts on a day."""
    begun = [version for version in published if version.effective_from <= on]
    return begun[0] if begun else published[-1] if published else None


def draft_of(policy: Policy) -> PolicyVersion | None:
    """Return the draft of a policy where there is one."""
    return versions_of(policy).filter(state=PolicyVersion.State.DRAFT).first()


def clauses_of(version: PolicyVersion) -> list[PolicyClause]:
    """Return the clauses of a version in order."""
    return list(version.clauses.order_by("position"))


def with_standing(rows: QuerySet[Policy], on: date) -> QuerySet[Policy]:
    """Add to policies the version that counts on a day and ``standing``; one query, whatever the number.

    The newest published version that has begun counts; before any has, the first to begin. A version that has ended
    makes only its own policy expired.
    """
    published = PolicyVersion.objects.filter(policy=OuterRef("pk"), state=PolicyVersion.State.PUBLISHED)
    begun = published.filter(effective_from__lte=on).order_by("-number")
    coming = published.order_by("number")

    def fact(name: str) -> Any:
        return Subquery(PolicyVersion.objects.filter(pk=OuterRef("version_id")).values(name)[:1])

    rows = rows.annotate(
        begun_id=Subquery(begun.values("pk")[:1]),
        version_id=Coalesce(Subquery(begun.values("pk")[:1]), Subquery(coming.values("pk")[:1])),
    ).annotate(
        ends_on=fact("effective_to"),
        opens_on=fact("window_open"),
        closes_on=fact("window_close"),
        document_no=fact("document_no"),
        source_status=fact("source_status"),
    )
    return rows.annotate(
        standing=Case(
            When(version_id__isnull=True, then=Value(Standing.DRAFT)),
            When(begun_id__isnull=True, then=Value(Standing.SOON)),
            When(ends_on__lt=on, then=Value(Standing.EXPIRED)),
            When(closes_on__lt=on, then=Value(Standing.CLOSED)),
            When(opens_on__gt=on, then=Value(Standing.SOON)),
            default=Value(Standing.OPEN),
            output_field=models.CharField(),
        )
    )


def with_word(rows: QuerySet[Policy], field: str, word: str) -> QuerySet[Policy]:
    """Return the policies that name a word in ``industries`` or ``audiences``; those that name none are for all."""
    said = dict(rows.order_by().values_list("pk", field))
    return rows.filter(pk__in=[pk for pk, words in said.items() if not words or word in words])


def searched(rows: QuerySet[Policy], scopes: Sequence[int], text: str) -> QuerySet[Policy]:
    """Narrow policies to those found by ``text``: title, pinyin initials, key, department, document, clauses."""
    ids = matching_row_ids(THING, scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(title__icontains=text)


def departments_in_use(actor: Actor, zone: Zone) -> list[str]:
    """Return the departments that a zone's policies are of, in order."""
    rows = _of(actor, zone).order_by("department")
    return list(rows.values_list("department", flat=True).distinct())


def industries_in_use(actor: Actor, zone: Zone) -> list[str]:
    """Return the industries that a zone's policies name, in order."""
    return _words(actor, zone, "industries")


def audiences_in_use(actor: Actor, zone: Zone) -> list[str]:
    """Return the kinds of firm that a zone's policies name, in order."""
    return _words(actor, zone, "audiences")


def _of(actor: Actor, zone: Zone) -> QuerySet[Policy]:
    return visible_policies(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.POLICY))


def _words(actor: Actor, zone: Zone, field: str) -> list[str]:
    said = _of(actor, zone).order_by().values_list(field, flat=True)
    return sorted({word for words in said for word in words})
