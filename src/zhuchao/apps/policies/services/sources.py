"""Ask for the originals of policies, keep what was seen, and tell the owner once of one that cannot be opened."""

from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.services.outbox import notify

from ..models import PolicyVersion, SourceCheck, SourceWatch
from ..selectors.sources import answered_last, last_check, sources_due
from .addresses import Seen, look
from .policies import locked

MOST_A_RUN: Final = 20
TOLD_AFTER: Final = 2
"""After how many failures in a row the owner is told: once may be a night's repair."""
_SILENT: Final = frozenset({SourceCheck.Outcome.TIMED_OUT, SourceCheck.Outcome.UNREACHABLE})

Look = Callable[[str], Seen]


@transaction.atomic
def switch_watch(*, actor: User | None, zone: Zone, is_on: bool, version: int | None) -> SourceWatch:
    """Let this server ask for the originals of a zone's policies by itself, or no longer.

    For the administrators of the zone. Raises Stale with both versions, and WrongInput in a demo zone, from which
    nothing leaves the house.
    """
    zones.require(actor, Verb.MANAGE, Thing.ZONE, zone)
    if is_on and zone.is_demo:
        raise WrongInput(field=_("定期检查原文"), why=_("示例辖区不联网。"))
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    watch = SourceWatch.objects.filter(zone=zone).first()
    if watch is None:
        watch = SourceWatch.objects.create(zone=zone, is_on=is_on)
        record_change(actor=actor, verb="add", rows=[watch], scope=zone.pk, is_on=is_on)
        return watch
    check_version(watch, version, yours={"is_on": is_on})
    changed = save_record(watch, is_on=is_on)
    if changed:
        record_change(actor=actor, verb="change", rows=[watch], scope=zone.pk, changed=changed)
    return watch


def check_sources(*, look_at: Look = look, most: int = MOST_A_RUN) -> int:
    """Ask for the originals that are due in the zones that want it, at most so many; return how many were seen.

    Safe to repeat. No transaction is open while an address is asked. Where nothing at all answers, not even one that
    did before, it is this server's own line that is down: nothing is kept, and the next run asks again.
    """
    seen = 0
    for watch in (
        SourceWatch.objects.filter(is_on=True, zone__demo_day=None).select_related("zone").order_by("pk")
    ):
        if seen >= most:
            break
        seen += _check_zone(watch.zone, look_at, most - seen)
    return seen


def _check_zone(zone: Zone, look_at: Look, most: int) -> int:
    found = [(version, look_at(version.address)) for version in sources_due(zone, zones.today(zone), most)]
    if not found or (all(one.outcome in _SILENT for _version, one in found) and _is_cut_off(zone, look_at)):
        return 0
    return sum(_keep(version, one) for version, one in found)


def _is_cut_off(zone: Zone, look_at: Look) -> bool:
    """Return whether an address that could be opened before cannot be reached either."""
    known = answered_last(zone)
    return bool(known) and look_at(known).outcome in _SILENT


@transaction.atomic
def _keep(version: PolicyVersion, seen: Seen) -> bool:
    """Keep what was seen, unless somebody else has seen it today; tell the owner at the second failure in a row."""
    policy = locked(version.policy_id)
    today = zones.today(policy.zone)
    before = last_check(version)
    if before is not None and before.happened_on >= today:
        return False
    failures = 0 if seen.outcome == SourceCheck.Outcome.OPENED else (before.failures if before else 0) + 1
    entry = SourceCheck(
        zone=policy.zone,
        version=version,
        happened_on=today,
        address=version.address,
        outcome=seen.outcome,
        status=seen.status,
        failures=failures,
    )
    add_entry(entry, actor=None, at=zones.now(policy.zone))
    record_change(actor=None, verb="add", rows=[entry, version], scope=policy.zone_id, outcome=entry.outcome)
    if failures == TOLD_AFTER:
        _tell(version, entry)
    return True


def _tell(version: PolicyVersion, entry: SourceCheck) -> None:
    policy = version.policy
    person = policy.owner or version.prepared_by
    notify(
        zone=policy.zone,
        users=[person] if person is not None else [],
        key=f"policies.source:{version.pk}:{entry.happened_on}",
        kind="policies",
        title=_("原文打不开：%(title)s") % {"title": policy.title[:60]},
        body=_("%(address)s 连续 %(n)d 次打不开（%(why)s）。请核对网址，或核对政策是否仍有效。")
        % {"address": version.address, "n": entry.failures, "why": entry.get_outcome_display()},
        url=reverse("policy-detail", args=[policy.pk]),
    )
