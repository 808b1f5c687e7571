"""Which firms fit which policies, who was told how soon, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import CalendarNotKnown as NoCalendar
from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.selectors.calendar import work_calendar
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.projects.models import Project
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.workdays import CalendarNotKnown, add_working_days

from ..models import (
    Application,
    ApplicationState,
    Policy,
    PolicyVersion,
    ProjectPolicy,
    Reason,
    Recommendation,
)
from .policies import Actor
from .rules import vocabulary

LIMIT: Final = 1
"""Within how many working days after the day of publication a firm that fits is told (0-34)."""


class Standing(models.TextChoices):
    """How far a recommendation has come."""

    WAITING = "waiting", gettext_lazy("待通知")
    TOLD = "told", gettext_lazy("已通知")
    OPENED = "opened", gettext_lazy("已打开")
    APPLIED = "applied", gettext_lazy("已申报")
    WITHDRAWN = "withdrawn", gettext_lazy("不再符合")


@dataclass(frozen=True)
class Speed:
    """How soon the firms that one version fits were told. Times in working minutes; None before anybody was told."""

    version: PolicyVersion
    found: int
    told: int
    late: int
    median_minutes: float | None
    most_minutes: int | None

    @property
    def waiting(self) -> int:
        return self.found - self.told


def visible_recommendations(actor: Actor) -> QuerySet[Recommendation]:
    """Return the recommendations for the firms of the zones this person looks after. Every read starts here."""
    rows = Recommendation.objects.select_related("zone", "version__policy__zone", "enterprise")
    return zones.in_zones(rows, actor, Thing.OUTREACH)


def get_recommendation(actor: Actor, pk: int) -> Recommendation:
    """Return one recommendation; raises NotFound when it is hidden or missing."""
    row = visible_recommendations(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound(what=_("该推荐"))
    return row


def listed_recommendations(actor: Actor, zone: Zone) -> QuerySet[Any]:
    """Return the recommendations of a zone and the zones below it with how far each has come and whether it was late."""
    scopes = zones.zones_under(actor, zone, Thing.OUTREACH)
    return with_progress(visible_recommendations(actor).filter(zone_id__in=scopes), zones.today(zone))


def with_progress(rows: QuerySet[Recommendation], on: date) -> QuerySet[Any]:
    """Add ``is_applied``, ``progress`` and ``is_late`` to recommendations, as of a day."""
    applied = Application.objects.filter(
        policy=OuterRef("version__policy"), enterprise=OuterRef("enterprise")
    ).exclude(state__in=(ApplicationState.DRAFT, ApplicationState.WITHDRAWN))
    waiting = Q(told_at=None, withdrawn_at=None, counted_from__lt=_late_before(on))
    return rows.annotate(is_applied=Exists(applied)).annotate(
        progress=Case(
            When(is_applied=True, then=Value(Standing.APPLIED)),
            When(withdrawn_at__isnull=False, then=Value(Standing.WITHDRAWN)),
            When(opened_at__isnull=False, then=Value(Standing.OPENED)),
            When(told_at__isnull=False, then=Value(Standing.TOLD)),
            default=Value(Standing.WAITING),
            output_field=models.CharField(),
        ),
        is_late=Case(
            When(Q(working_days__gt=LIMIT) | waiting, then=Value(True)),
            default=Value(False),
            output_field=models.BooleanField(),
        ),
    )


def _late_before(on: date) -> datetime:
    """Return the moment before which what could be known and was not told by today is late."""
    try:
        first = add_working_days(on, -LIMIT, work_calendar(provisional=True)).day
    except (CalendarNotKnown, NoCalendar):
        first = on - timedelta(days=LIMIT)
    return datetime.combine(first, time.min, timezone.get_default_timezone())


def speeds(actor: Actor, zone: Zone) -> list[Speed]:
    """Return how soon the firms of a zone were told of each version that fits any, the newest version first.

    What was withdrawn before anybody was told counts nowhere.
    """
    rows = listed_recommendations(actor, zone).exclude(told_at=None, withdrawn_at__isnull=False)
    found: dict[int, list[tuple[Any, int | None, bool]]] = {}
    for version, told_at, minutes, late in rows.order_by().values_list(
        "version_id", "told_at", "working_minutes", "is_late"
    ):
        found.setdefault(version, []).append((told_at, minutes, late))
    versions = PolicyVersion.objects.filter(pk__in=found).select_related("policy")
    return [_speed(version, found[version.pk]) for version in versions.order_by("-published_at", "-pk")]


def _speed(version: PolicyVersion, rows: list[tuple[Any, int | None, bool]]) -> Speed:
    minutes = [took for told, took, _late in rows if told is not None and took is not None]
    return Speed(
        version,
        found=len(rows),
        told=sum(told is not None for told, _took, _late in rows),
        late=sum(late for _told, _took, late in rows),
        median_minutes=median(minutes) if minutes else None,
        most_minutes=max(minutes, default=None),
    )


def policies_of_project(actor: User | AnonymousUser, project: Project) -> RelatedGroup | None:
    """Return the policies attached to a project that it may still claim, for its page, newest first."""
    rows = ProjectPolicy.objects.filter(project=project, withdrawn_at=None)
    return RelatedGroup(
        "policies",
        gettext_lazy("可申报的政策"),
        [
            RelatedRow(
                title=row.version.policy.title,
                url=reverse("policy-detail", args=[row.version.policy_id]),
                state=reason_of(row.reason, row.missing),
                detail=_("%(stage)s阶段匹配") % {"stage": row.stage_label},
                on=row.found_on,
            )
            for row in _seen(rows, actor).order_by("-found_on", "-pk")
        ],
    )


def projects_of_policy(actor: Actor, policy: Policy) -> QuerySet[ProjectPolicy]:
    """Return the projects that a policy is attached to, those that this person may see, the newest first."""
    rows = ProjectPolicy.objects.filter(version__policy=policy, withdrawn_at=None)
    return _seen(rows, actor).order_by("-found_on", "-pk")


def reason_of(reason: str, missing: str) -> str:
    """Return why a policy is recommended, naming the fact that is still asked for."""
    if reason == Reason.ELIGIBLE:
        return str(Reason.ELIGIBLE.label)
    return _("还差%(fact)s") % {"fact": vocabulary()[missing].label if missing in vocabulary() else missing}


def _seen(rows: QuerySet[ProjectPolicy], actor: Actor) -> QuerySet[ProjectPolicy]:
    rows = rows.select_related("version__policy", "project__zone", "project__officer")
    return zones.in_zones(rows, actor, Thing.PROJECT)


_public_pages: list[Callable[[Policy], str]] = []


def register_public_page(find: Callable[[Policy], str]) -> None:
    """Say where anybody may read a policy: the path of its public page, empty where it has none."""
    _public_pages[:] = [find]


def public_page_of(policy: Policy) -> str:
    """Return the path of the public page of a policy, empty where there is none."""
    return _public_pages[0](policy) if _public_pages else ""
