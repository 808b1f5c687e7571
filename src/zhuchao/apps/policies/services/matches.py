"""What the versions in force say of the firms of a zone, reckoned from the books and kept for lists and counts.

Nothing is decided here: the rows can be made anew at any time, and say as of which day and which change they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from zhuchao.apps.core.models import Change, Job
from zhuchao.apps.core.models.ids import id_list
from zhuchao.apps.core.services.bulk import insert_values
from zhuchao.apps.core.services.jobs import register, start_job
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.zones import ids_under

from ..models import Answer, FirmMatch, PolicyVersion, VersionMatch
from ..selectors.matches import VersionAnswers, count_firms, firm_chunks, match_versions
from ..selectors.rules import Rules, rules_of, versions_in_force

KIND = "match_policies"
ABOUT_FIRMS = (
    *(
        "enterprises.enterprise",
        "enterprises.filing",
        "enterprises.enterprisetag",
        "enterprises.firmdocument",
    ),
    *("policies.firmfact", "policies.policyversion", "core.importbatch", "projects.project"),
)
"""What a change is about after which firms may be answered otherwise."""
LISTED_UP_TO = 50_000
"""Firms up to which every answer is kept; of more, those that lack several things are counted and not listed."""


def order_match(*, actor: User | None, zone: Zone) -> Job:
    """Order that every version in force is matched with the firms of a zone anew; a job does it."""
    zones.require(actor, Verb.VIEW, Thing.FILING, zone)
    title = _("政策速配：{zone}").format(zone=zone.short_name)
    return start_job(kind=KIND, title=title, scope=zone.pk, actor=actor, zone_id=zone.pk)


def refresh_zone(zone: Zone, *, progress: Progress | None = None) -> int:
    """Match every version in force with the firms of a zone and those below it; return how many versions.

    Safe to repeat. What is said of a version that is not in force any more stays as it was last.
    """
    day = zones.today(zone)
    versions = versions_in_force([zone.pk], day)
    rules: list[Rules] = [found for version in versions if (found := rules_of(version)) is not None]
    watch, total, step = progress or Progress(), count_firms(zone), _("匹配企业")
    seen = last_change(zone)
    watch.say(step, 0, total)
    answers = match_versions(
        rules, firm_chunks(zone), day=day, told=lambda done: watch.say(step, done, max(done, total))
    )
    for version, one in zip(versions, answers, strict=True):
        keep_match(version, one, seen=seen)
    return len(versions)


@transaction.atomic
def keep_match(version: PolicyVersion, answers: VersionAnswers, *, seen: int) -> VersionMatch:
    """Keep what a version says of firms in place of what it said before; who has the same answer keeps its day."""
    day = zones.today(version.zone)
    counts = answers.counts()
    said = {
        "zone": version.zone,
        "day": day,
        "made_at": zones.now(version.zone),
        "seen": seen,
        "firms": len(answers.ids),
        **{str(answer.value): count for answer, count in counts.items()},
    }
    match, _made = VersionMatch.objects.update_or_create(version=version, defaults=said)
    rows = FirmMatch.objects.filter(version=version)
    known = {
        firm: (pk, since, said)
        for firm, pk, since, *said in rows.values_list("enterprise", "pk", "since", *_SAID)
    }
    fresh, changed = [], []
    for firm, now in _rows(answers):
        pk, since, before = known.pop(firm, (None, day, None))
        if pk is None:
            fresh.append((firm, day, *now))
        elif before != now:
            kept_since = since if before and before[0] == now[0] else day
            changed.append(FirmMatch(pk=pk, since=kept_since, **dict(zip(_SAID, now, strict=True))))
    rows.filter(pk__in=id_list([pk for pk, _since, _said in known.values()])).delete()
    FirmMatch.objects.bulk_update(changed, ("since", *_SAID), batch_size=500)
    insert_values(
        FirmMatch,
        ("enterprise_id", "since", *_SAID),
        fresh,
        same={"zone_id": version.zone_id, "version_id": version.pk},
    )
    return match


_SAID = ("answer", "missing", "missing_count", "needs_judgement")


def _rows(answers: VersionAnswers) -> Iterator[tuple[int, list[Any]]]:
    """Yield of each firm to be listed what is said of it, in the order of ``_SAID``."""
    names = sorted(answers.missing)
    lacks = [answers.missing[name] for name in names]
    for answer in Answer:
        if answer is Answer.INELIGIBLE and len(answers.ids) > LISTED_UP_TO:
            continue
        for row in np.flatnonzero(answers.rows(answer)):
            missing = [name for name, rows in zip(names, lacks, strict=True) if rows[row]]
            yield int(answers.ids[row]), [str(answer.value), missing, len(missing), bool(answers.judged[row])]


def last_change(zone: Zone) -> int:
    """Return the last change of a zone and those below it after which firms may be answered otherwise; 0 for none."""
    rows = Change.objects.filter(scope__in=ids_under(zone), thing__in=ABOUT_FIRMS)
    return int(rows.aggregate(last=Max("pk"))["last"] or 0)


def is_stale(zone: Zone, versions: Sequence[PolicyVersion]) -> bool:
    """Return whether some version in force was not matched yet, on another day, or before the last change."""
    kept = VersionMatch.objects.filter(version__in=versions).values_list("day", "seen")
    found = list(kept)
    if len(found) < sum(bool(version.rules.strip()) for version in versions):
        return True
    day, last = zones.today(versions[0].zone) if versions else None, last_change(zone)
    return any(one != day or seen != last for one, seen in found)


def refresh_due() -> int:
    """Match the firms of every zone where something has changed since; return how many versions. Safe to repeat."""
    done = 0
    published = PolicyVersion.objects.filter(state=PolicyVersion.State.PUBLISHED).exclude(rules="")
    for zone in Zone.objects.filter(pk__in=published.order_by().values("zone_id")):
        versions = versions_in_force([zone.pk], zones.today(zone))
        if versions and is_stale(zone, versions):
            done += refresh_zone(zone)
    return done


def _run(job: Job, progress: Progress) -> Mapping[str, Any]:
    zone = Zone.objects.get(pk=job.arguments["zone_id"])
    return {"versions": refresh_zone(zone, progress=progress)}


def register_jobs() -> None:
    """Make the worker know how to match the firms of a zone."""
    register(KIND, _run)
