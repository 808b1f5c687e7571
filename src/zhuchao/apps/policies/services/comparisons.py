"""What an edit of a version does to the firms of a zone, reckoned before it is published, and kept for who publishes it."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.models import Job
from zhuchao.apps.core.services.jobs import register, start_job
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError

from ..errors import ComparisonNeeded, LossesUnseen, RulesUnreadable
from ..models import FirmShift, PolicyVersion, VersionDiff
from ..selectors.comparisons import Comparison, compare, version_before
from ..selectors.matches import count_firms
from ..selectors.rules import Rules, rules_of, text_rules
from ..wording import say
from .matches import last_change

KIND: Final = "compare_rules"
AT_ONCE: Final = 3000
"""Firms up to which people are answered at once; above it a job does the work."""


def digest_of(version: PolicyVersion) -> str:
    """Return what tells the rules of a version from others."""
    return hashlib.sha256(version.rules.strip().encode()).hexdigest()


def is_small(zone: Zone) -> bool:
    """Return whether the firms of a zone are so few that they are asked about while somebody waits."""
    return count_firms(zone) <= AT_ONCE


def compare_text(
    draft: PolicyVersion, text: str, *, progress: Progress | None = None
) -> tuple[Comparison, PolicyVersion | None]:
    """Return what a text of rules does beside the version in force, and that version; writes nothing.

    Raises RulesUnreadable.
    """
    day = zones.today(draft.zone)
    against = version_before(draft, day)
    try:
        after: Rules | None = text_rules(draft, text)
        before = None if against is None else rules_of(against)
    except EngineError as error:
        raise RulesUnreadable(why=say(error), line=error.data.get("line", 0)) from error
    watch, step, total = progress or Progress(), _("匹配企业"), count_firms(draft.zone)
    watch.say(step, 0, total)
    found = compare(
        after, before, draft.zone, day=day, told=lambda done: watch.say(step, done, max(done, total))
    )
    return found, against


def compare_draft(
    *, actor: User | None, draft: PolicyVersion, progress: Progress | None = None
) -> VersionDiff:
    """Reckon what a draft does to the firms of its zone, and keep it in place of what was kept; safe to repeat."""
    zones.require(actor, Verb.VIEW, Thing.POLICY, draft.zone)
    seen = last_change(draft.zone)
    found, against = compare_text(draft, draft.rules, progress=progress)
    return _keep(draft, against, found, seen)


@transaction.atomic
def _keep(draft: PolicyVersion, against: PolicyVersion | None, found: Comparison, seen: int) -> VersionDiff:
    VersionDiff.objects.filter(version=draft).delete()
    diff = VersionDiff.objects.create(
        zone=draft.zone,
        version=draft,
        against=against,
        digest=digest_of(draft),
        day=found.day,
        made_at=zones.now(draft.zone),
        seen=seen,
        gained_least_cny=found.gained[0],
        gained_most_cny=found.gained[1],
        lost_least_cny=found.lost[0],
        lost_most_cny=found.lost[1],
        **plain(found),
    )
    FirmShift.objects.bulk_create(
        (
            FirmShift(
                zone=draft.zone,
                diff=diff,
                enterprise_id=one.firm,
                before=one.before.value,
                after=one.after.value,
                loses=one.loses,
                least_cny=one.least,
                most_cny=one.most,
                conditions=[moved.plain for moved in one.conditions],
            )
            for one in found.shifts
        ),
        batch_size=500,
    )
    return diff


def plain(found: Comparison) -> dict[str, Any]:
    """Return the counts of a comparison as JSON and rows keep them."""
    return {
        "firms": found.firms,
        "losing": found.losing,
        "counts": {answer.value: number for answer, number in found.counts.items()},
        "moves": {f"{was.value}>{now.value}": number for (was, now), number in found.moves.items() if number},
    }


def order_comparison(*, actor: User | None, draft: PolicyVersion, text: str | None = None) -> Job:
    """Order a comparison of a draft, or of a text that is not saved yet; a job does it, and keeps that of a draft."""
    zones.require(actor, Verb.VIEW, Thing.POLICY, draft.zone)
    title = _("比较：{version}").format(version=draft)
    return start_job(
        kind=KIND, title=title, scope=draft.zone_id, actor=actor, version_id=draft.pk, rules=text
    )


def why_unreadable(version: PolicyVersion) -> str:
    """Return why the rules of a version cannot be read, empty where they can."""
    try:
        rules_of(version)
    except EngineError as error:
        return say(error)
    return ""


def is_current(diff: VersionDiff | None, draft: PolicyVersion) -> bool:
    """Return whether what is kept is of these rules, beside the version now in force, of today."""
    day = zones.today(draft.zone)
    against = version_before(draft, day)
    return (
        diff is not None
        and diff.digest == digest_of(draft)
        and diff.against_id == (None if against is None else against.pk)
        and diff.day == day
    )


def fresh_diff(*, actor: User | None, draft: PolicyVersion) -> VersionDiff | None:
    """Return what a draft does as of now: what is kept where it still holds, else reckoned anew.

    None where firms are so many that a job must do it. Raises RulesUnreadable.
    """
    kept = VersionDiff.objects.select_related("against").filter(version=draft).first()
    if not is_small(draft.zone):
        return kept if is_current(kept, draft) else None
    if kept is not None and is_current(kept, draft) and kept.seen == last_change(draft.zone):
        return kept
    return compare_draft(actor=actor, draft=draft)


def check_losses(*, actor: User, draft: PolicyVersion, losses_seen: int | None) -> None:
    """Refuse to publish rules after which firms have less, unless the person says that so many were seen.

    Raises ComparisonNeeded for a zone with so many firms that a job must compare first, and LossesUnseen. Where no
    version in force has rules nobody can lose.
    """
    if version_before(draft, zones.today(draft.zone)) is None:
        return
    diff = VersionDiff.objects.filter(version=draft).first()
    if is_small(draft.zone):
        losing = compare_text(draft, draft.rules)[0].losing
    elif diff is None or not is_current(diff, draft):
        raise ComparisonNeeded(policy=str(draft.policy), number=draft.number)
    else:
        losing = diff.losing
    if losing > (losses_seen or 0):
        raise LossesUnseen(policy=str(draft.policy), number=draft.number, losing=losing)


def money_of(found: Comparison) -> dict[str, Decimal]:
    """Return the sums of a comparison by the names under which they are kept."""
    return {
        "gained_least_cny": found.gained[0],
        "gained_most_cny": found.gained[1],
        "lost_least_cny": found.lost[0],
        "lost_most_cny": found.lost[1],
    }


def _run(job: Job, progress: Progress) -> Mapping[str, Any]:
    draft = PolicyVersion.objects.select_related("zone", "policy").get(pk=job.arguments["version_id"])
    text = job.arguments["rules"]
    if text is None:
        diff = compare_draft(actor=job.created_by, draft=draft, progress=progress)
        return {"diff": diff.pk}
    found, _against = compare_text(draft, text, progress=progress)
    sums = {name: str(value) for name, value in money_of(found).items()}
    return (
        plain(found) | sums | {"day": found.day.isoformat(), "digest": digest_of(PolicyVersion(rules=text))}
    )


def register_jobs() -> None:
    """Make the worker know how to compare a draft with the version in force."""
    register(KIND, _run)
