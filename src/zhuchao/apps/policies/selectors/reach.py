"""直达率: how many of the firms that a policy takes heard of it, opened it, applied and were paid, and how fast."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from statistics import median

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import CalendarNotKnown as NoCalendar
from zhuchao.apps.core.selectors.calendar import work_calendar
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.workdays import CalendarNotKnown, WorkCalendar, working_days_between

from ..models import (
    Answer,
    ApplicationStep,
    FirmMatch,
    Payment,
    PaymentReceipt,
    Policy,
    PolicyTelling,
    Reason,
    Recommendation,
)
from .payments import with_arrived
from .policies import Actor, visible_policies


class ReachStep(models.TextChoices):
    """How far a policy has come to a firm, in order."""

    ELIGIBLE = "eligible", _("符合条件")
    NOTIFIED = "notified", _("已告知")
    OPENED = "opened", _("已打开")
    APPLIED = "applied", _("已申报")
    PAID = "paid", _("已兑付")


STEPS = tuple(ReachStep)
Days = dict[ReachStep, date]
Place = tuple[int, int]


@dataclass(frozen=True)
class Track:
    """How far one policy has come to one firm: by step the first day on which it was so.

    ``is_taken`` False: the firm was told or applied, and was never found to qualify.
    """

    policy_id: int
    enterprise_id: int
    days: Mapping[ReachStep, date]

    @property
    def is_taken(self) -> bool:
        return ReachStep.ELIGIBLE in self.days


@dataclass(frozen=True)
class Pace:
    """The median of working days from a step to the next, and over how many firms; None where nothing can be told."""

    working_days: float | None
    firms: int


@dataclass(frozen=True)
class Funnel:
    """How many firms each step has, of those that qualify; ``outside`` applied and were never found to qualify.

    ``paces`` are the working times to a step from the one before it. ``policy`` None: all policies together, where a
    firm counts once for each.
    """

    policy: Policy | None
    counts: Mapping[ReachStep, int]
    paces: Mapping[ReachStep, Pace]
    outside: int

    def rate(self, step: ReachStep) -> float | None:
        """Return what part of the firms that qualify came to a step; None where none qualifies."""
        whole = self.counts[ReachStep.ELIGIBLE]
        return self.counts[step] / whole if whole else None

    @property
    def reached(self) -> float | None:
        """Return what part of the firms that qualify was paid: the reach of the policy."""
        return self.rate(ReachStep.PAID)


def tracks_of(actor: Actor, zone: Zone, policy_id: int | None = None) -> list[Track]:
    """Return how far the policies of a zone and the zones below it came to firms; seven queries, whatever the number.

    A firm qualifies from the day on which it was first found to, or on which something was granted to it. It was told
    by a notice to those who look after it, or on a visit; it opened the policy where the notice was opened, or where
    it gave a receipt. Money that came back was not paid.
    """
    zones.require(actor, Verb.VIEW, Thing.PAYMENT, zone)
    scopes = zones.zones_under(actor, zone, Thing.PAYMENT)
    found: dict[Place, Days] = {}
    for step, policy, firm, day in _facts(scopes, policy_id):
        days = found.setdefault((policy, firm), {})
        days[step] = min(day, days.get(step, day))
    return [Track(policy, firm, days) for (policy, firm), days in sorted(found.items())]


def funnels_of(actor: Actor, tracks: Sequence[Track]) -> list[Funnel]:
    """Return the funnel of each policy that came to a firm, by title, and first that of all together."""
    calendar = _calendar()
    by_policy: dict[int, list[Track]] = {}
    for track in tracks:
        by_policy.setdefault(track.policy_id, []).append(track)
    policies = visible_policies(actor).filter(pk__in=by_policy).order_by("title", "pk")
    single = [_funnel(policy, by_policy[policy.pk], calendar) for policy in policies]
    return [_funnel(None, tracks, calendar), *single]


def tracks_at(tracks: Iterable[Track], step: ReachStep) -> list[Track]:
    """Return the tracks of the firms that a funnel counts at a step."""
    return [track for track in tracks if track.is_taken and step in track.days]


def _facts(scopes: Sequence[int], policy_id: int | None) -> Iterator[tuple[ReachStep, int, int, date]]:
    """Yield (step, policy, firm, day) of all that the ledgers say; a step may come more than once."""

    def narrowed(path: str) -> dict[str, object]:
        return {"zone_id__in": scopes} | ({path: policy_id} if policy_id is not None else {})

    matched = FirmMatch.objects.filter(answer=Answer.ELIGIBLE, **narrowed("version__policy_id"))
    for policy, firm, day in matched.values_list("version__policy_id", "enterprise_id", "since"):
        yield ReachStep.ELIGIBLE, policy, firm, day
    rows = Recommendation.objects.filter(**narrowed("version__policy_id"))
    names = ("version__policy_id", "enterprise_id", "reason", "found_on", "told_at", "opened_at")
    for policy, firm, reason, day, told, opened in rows.values_list(*names):
        if reason == Reason.ELIGIBLE:
            yield ReachStep.ELIGIBLE, policy, firm, day
        if told is not None:
            yield ReachStep.NOTIFIED, policy, firm, _day(told)
        if opened is not None:
            yield ReachStep.OPENED, policy, firm, _day(opened)
    tellings = PolicyTelling.objects.live().filter(**narrowed("policy_id"))
    for policy, firm, day, receipt in tellings.values_list(
        "policy_id", "enterprise_id", "happened_on", "receipt"
    ):
        yield ReachStep.NOTIFIED, policy, firm, day
        if receipt:
            yield ReachStep.OPENED, policy, firm, day
    kinds = ApplicationStep.Kind
    steps = ApplicationStep.objects.live().filter(**narrowed("application__policy_id"))
    steps = steps.filter(kind__in=(kinds.SUBMIT, kinds.PROPOSE, kinds.APPROVE, kinds.REVISE))
    for policy, firm, kind, day in steps.values_list(
        "application__policy_id", "application__enterprise_id", "kind", "happened_on"
    ):
        granted = kind in (kinds.APPROVE, kinds.REVISE)
        yield ReachStep.ELIGIBLE if granted else ReachStep.APPLIED, policy, firm, day
    paid = with_arrived(Payment.objects.live()).filter(**narrowed("policy_id"))
    kept = paid.filter(Q(result__isnull=True) | ~Q(result=PaymentReceipt.Result.RETURNED))
    for policy, firm, day in kept.values_list("policy_id", "enterprise_id", "happened_on"):
        yield ReachStep.PAID, policy, firm, day


def _day(moment: datetime) -> date:
    return zones.day_of(moment)


def _funnel(policy: Policy | None, tracks: Sequence[Track], calendar: WorkCalendar | None) -> Funnel:
    return Funnel(
        policy,
        counts={step: len(tracks_at(tracks, step)) for step in STEPS},
        paces={later: _pace(tracks, earlier, later, calendar) for earlier, later in pairwise(STEPS)},
        outside=sum(ReachStep.APPLIED in track.days and not track.is_taken for track in tracks),
    )


def _pace(
    tracks: Sequence[Track], earlier: ReachStep, later: ReachStep, calendar: WorkCalendar | None
) -> Pace:
    """Return the working time between two steps over the firms that took both in this order."""
    spans = []
    for track in tracks_at(tracks, later):
        start, end = track.days.get(earlier), track.days[later]
        if calendar is not None and start is not None and start <= end:
            try:
                spans.append(working_days_between(start, end, calendar))
            except CalendarNotKnown:
                continue
    return Pace(median(spans) if spans else None, len(spans))


def _calendar() -> WorkCalendar | None:
    try:
        return work_calendar(provisional=True)
    except NoCalendar:
        return None
