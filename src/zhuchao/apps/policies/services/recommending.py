"""Find the firms that policies fit, and tell those who look after them: once a day, in working hours, never twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import CalendarNotKnown as NoCalendar
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.selectors.calendar import work_calendar
from zhuchao.apps.core.services import record_change
from zhuchao.apps.projects.models import Project
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Notice, Role, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.apps.zones.selectors.zones import ids_under
from zhuchao.apps.zones.services.outbox import notify
from zhuchao.engines.workdays import (
    CalendarNotKnown,
    WorkHours,
    working_days_between,
    working_time_between,
)

from ..models import Answer, FirmMatch, PolicyVersion, Reason, Recommendation, VersionSweep
from ..selectors.rules import is_open, vocabulary
from .mail_consents import write_to_firms
from .matches import ABOUT_FIRMS

MOST_AT_ONCE: Final = 2000
"""Recommendations that one run writes at most; the next goes on where it stopped."""
MOST_LINES: Final = 20
HOURS: Final = WorkHours()
DIGEST: Final = "policies.fits"


def recommend_due(*, most: int = MOST_AT_ONCE) -> int:
    """Keep a recommendation for each firm that a version in force fits since it was gone through last; return how many.

    Safe to repeat. What was found and fits no longer is withdrawn. A version that fits more firms than one run writes is
    gone on with by the next.
    """
    done = 0
    rows = PolicyVersion.objects.filter(state=PolicyVersion.State.PUBLISHED, match__isnull=False)
    for version in rows.select_related("zone", "policy", "match", "sweep").order_by("pk"):
        sweep = getattr(version, "sweep", None)
        fresh = sweep is not None and sweep.match_made_at == version.match.made_at
        if done >= most or fresh or not is_open(version, zones.today(version.zone)):
            continue
        done += _sweep(version, most - done)
    return done


@transaction.atomic
def _sweep(version: PolicyVersion, most: int) -> int:
    """Go through the firms that one version fits; return how many recommendations changed."""
    version = (
        PolicyVersion.objects.select_related("zone", "policy", "match")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=version.pk)
    )
    sweep = VersionSweep.objects.filter(version=version).first()
    now, since = zones.now(version.zone), _counted_from(version, sweep)
    known = {row.enterprise_id: row for row in Recommendation.objects.filter(version=version)}
    fitting = {
        row.enterprise_id: row
        for row in fits(FirmMatch.objects.filter(version=version)).select_related("enterprise")
    }
    fresh, again = list[Recommendation](), list[Recommendation]()
    for pk, match in fitting.items():
        row = known.get(pk)
        said = _said(match)
        if row is None:
            if len(fresh) < most:
                fresh.append(
                    Recommendation(
                        zone_id=match.enterprise.zone_id,
                        version=version,
                        enterprise_id=pk,
                        found_on=zones.day_of(now),
                        counted_from=since,
                        **said,
                    )
                )
        elif row.withdrawn_at is not None or any(getattr(row, name) != value for name, value in said.items()):
            # Who was told and fits again is not told again; who was not is counted from the day it fits again.
            if row.withdrawn_at is not None and row.told_at is None:
                row.found_on, row.counted_from = zones.day_of(now), since
            row.withdrawn_at = None
            for name, value in said.items():
                setattr(row, name, value)
            again.append(row)
    gone = [row for pk, row in known.items() if pk not in fitting and row.withdrawn_at is None]
    for row in gone:
        row.withdrawn_at = now
    Recommendation.objects.bulk_create(fresh, batch_size=500)
    fields = ("reason", "missing", "found_on", "counted_from", "withdrawn_at")
    Recommendation.objects.bulk_update([*again, *gone], fields, batch_size=500)
    new = sum(1 for pk in fitting if pk not in known)
    if new == len(fresh):
        said_sweep = {
            "zone": version.zone,
            "seen": version.match.seen,
            "match_made_at": version.match.made_at,
        }
        VersionSweep.objects.update_or_create(version=version, defaults=said_sweep)
    changed = len(fresh) + len(again) + len(gone)
    if changed:
        record_change(
            actor=None,
            verb="recommend",
            rows=[version],
            scope=version.zone_id,
            found=len(fresh),
            withdrawn=len(gone),
        )
    return changed


def fits(rows: QuerySet[FirmMatch]) -> QuerySet[FirmMatch]:
    """Return the answers by which a policy is recommended: eligible, or unknown for one fact that can be asked."""
    one = Q(answer=Answer.UNKNOWN, missing_count=1, needs_judgement=False)
    return rows.filter(Q(answer=Answer.ELIGIBLE) | one)


def _said(match: FirmMatch) -> dict[str, str]:
    if match.answer == Answer.ELIGIBLE:
        return {"reason": str(Reason.ELIGIBLE.value), "missing": ""}
    return {"reason": str(Reason.ONE_FACT.value), "missing": str(match.missing[0])}


def _counted_from(version: PolicyVersion, sweep: VersionSweep | None) -> datetime:
    """Return from when on it could be known that the firms found now fit a version.

    The first time that is its publication, or the first moment of the day from which it holds. Later it is the first
    change of a firm since, and where there was none (a day came that a rule asks for) the beginning of today.
    """
    zone = version.zone
    if sweep is None:
        begins = _start_of(version.effective_from)
        return max(version.published_at or begins, begins)
    changes = Change.objects.filter(scope__in=ids_under(zone), thing__in=ABOUT_FIRMS, pk__gt=sweep.seen)
    first = changes.order_by("pk").values_list("moment", flat=True).first()
    return min(first or _start_of(zones.today(zone)), zones.now(zone))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def tell_due() -> int:
    """Tell those who look after firms which policies fit them: one digest a day and zone; return how many firms' lines.

    Only in working hours. A version that has ended or closed meanwhile is not told of any more. Safe to repeat.
    """
    told = 0
    waiting = Recommendation.objects.filter(told_at=None, withdrawn_at=None)
    for zone in Zone.objects.filter(pk__in=waiting.order_by().values("zone_id")).order_by("pk"):
        told += _tell_zone(zone)
    return told


@transaction.atomic
def _tell_zone(zone: Zone) -> int:
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    now, today = zones.now(zone), zones.today(zone)
    key = f"{DIGEST}:{zone.pk}:{today}"
    if not is_working_moment(now) or Notice.objects.filter(key=key).exists():
        return 0
    rows = Recommendation.objects.filter(zone=zone, told_at=None, withdrawn_at=None)
    waiting = [
        row
        for row in rows.select_related("version__policy", "version__zone", "enterprise").order_by(
            "version", "pk"
        )
        if is_open(row.version, today)
    ]
    of_person: dict[User, list[Recommendation]] = defaultdict(list)
    told: dict[int, Recommendation] = {}
    for row, people in _with_people(zone, waiting):
        for person in people:
            of_person[person].append(row)
            told[row.pk] = row
    for person, lines in of_person.items():
        _notify(zone, person, key, lines)
    for row in told.values():
        row.told_at = now
        row.working_minutes, row.working_days = took(row.counted_from, now)
    Recommendation.objects.bulk_update(
        told.values(), ("told_at", "working_minutes", "working_days"), batch_size=500
    )
    if told:
        letters = write_to_firms(zone, told.values())
        record_change(actor=None, verb="tell", rows=[zone], scope=zone.pk, firms=len(told), letters=letters)
    return len(told)


def _with_people(
    zone: Zone, rows: Sequence[Recommendation]
) -> Iterable[tuple[Recommendation, Sequence[User]]]:
    """Yield each recommendation with who looks after its firm: who leads a project of it, and the zone's liaisons.

    A zone without a liaison tells its leaders. Who may not see the firms of the zone is told nothing.
    """
    house = list(officers_of(zone, zones.today(zone), roles=(Role.LIAISON,)))
    house = house or list(officers_of(zone, zones.today(zone), roles=(Role.LEADER,)))
    leading: dict[int, list[User]] = defaultdict(list)
    projects = Project.objects.filter(
        enterprise__in={row.enterprise_id for row in rows}, officer__is_active=True
    )
    for project in projects.select_related("officer"):
        if project.officer is not None and project.enterprise_id is not None:
            leading[project.enterprise_id].append(project.officer)
    may: dict[int, bool] = {}
    for row in rows:
        people = {person.pk: person for person in [*leading[row.enterprise_id], *house]}
        for pk, person in people.items():
            if pk not in may:
                may[pk] = zones.may(person, Verb.VIEW, Thing.OUTREACH, zone)
        yield row, [person for pk, person in people.items() if may[pk]]


def _notify(zone: Zone, person: User, key: str, lines: Sequence[Recommendation]) -> None:
    firms, policies = {row.enterprise_id for row in lines}, {row.version_id for row in lines}
    shown = [line_of(row) for row in lines[:MOST_LINES]]
    left = len(lines) - len(shown)
    if left:
        shown.append(ngettext("还有 %(n)d 条，见推荐列表", "还有 %(n)d 条，见推荐列表", left) % {"n": left})
    notify(
        zone=zone,
        users=[person],
        key=key,
        kind="policies",
        title=_("%(firms)d 家企业有 %(policies)d 项政策推荐")
        % {"firms": len(firms), "policies": len(policies)},
        body="\n".join(shown),
        url=reverse("policy-recommendation-list") + "?state=told",
    )


def line_of(row: Recommendation) -> str:
    """Return one recommendation as a line of a digest."""
    said = {"firm": row.enterprise.name, "policy": row.version.policy.title}
    if row.reason == Reason.ONE_FACT and row.missing in vocabulary():
        return _("%(firm)s：%(policy)s（还差%(fact)s）") % (said | {"fact": vocabulary()[row.missing].label})
    return _("%(firm)s：%(policy)s") % said


def is_working_moment(moment: datetime) -> bool:
    """Return whether people may be told at a moment: within working hours; at any where no calendar is loaded."""
    try:
        calendar = work_calendar(provisional=True)
        minute = working_time_between(
            moment, moment + timedelta(minutes=1), calendar, HOURS, timezone.get_default_timezone()
        )
    except (CalendarNotKnown, NoCalendar):
        return True
    return minute > timedelta(0)


def took(start: datetime, end: datetime) -> tuple[int | None, int | None]:
    """Return how many working minutes and working days lie between two moments; None where no calendar reaches."""
    try:
        calendar = work_calendar(provisional=True)
        worked = working_time_between(start, end, calendar, HOURS, timezone.get_default_timezone())
        days = working_days_between(zones.day_of(start), zones.day_of(end), calendar)
    except (CalendarNotKnown, NoCalendar):
        return None, None
    return max(0, worked // timedelta(minutes=1)), max(0, days)


@transaction.atomic
def open_recommendation(*, actor: User, row: Recommendation) -> Recommendation:
    """Write down that one of those who look after a firm has opened a recommendation; the first time counts."""
    zones.require(actor, Verb.VIEW, Thing.OUTREACH, row.zone_id)
    row = Recommendation.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if row.opened_at is None:
        row.opened_at = zones.now(Zone.objects.get(pk=row.zone_id))
        row.save(update_fields=["opened_at"])
        record_change(actor=actor, verb="open", rows=[row], scope=row.zone_id)
    return row
