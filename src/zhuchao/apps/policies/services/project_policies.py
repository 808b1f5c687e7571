"""政策跟着项目走: match the firm of a project anew when it passes a gate, attach what it may claim, tell its officer."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.models import Change
from zhuchao.apps.core.models.changes import ChangedRow
from zhuchao.apps.core.services import record_change
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.projects.models import Project
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Notice, Role, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.apps.zones.selectors.zones import lineage_ids
from zhuchao.apps.zones.services.outbox import notify
from zhuchao.engines.rules.fields import FactValue

from ..models import Answer, ProjectPolicy, ProjectSweep, Reason
from ..selectors.facts import Known, facts_of
from ..selectors.matches import FirmMatches, match_facts
from ..selectors.project_facts import facts_of_projects
from ..selectors.rules import Ready, is_open, ready, vocabulary
from .recommending import MOST_LINES, is_working_moment

MOST_AT_ONCE: Final = 200
"""Projects that one run matches at most."""
DIGEST: Final = "policies.projects"

Fitting = Mapping[int, tuple[Reason, str]]


def attach_due(*, most: int = MOST_AT_ONCE) -> int:
    """Match the projects of which something has changed since; return how many. Safe to repeat.

    A project is matched again when it or its firm is changed, a version is published, a ledger is imported, or a new
    day has come: a gate passed, corrected or voided changes the project.
    """
    done = 0
    rows = Project.objects.filter(enterprise__isnull=False, enterprise__merged_into__isnull=True)
    rows = rows.exclude(stage="", policy_sweep__isnull=True)
    for zone in Zone.objects.filter(pk__in=rows.order_by().values("zone_id")).order_by("pk"):
        if done >= most:
            break
        done += _attach_zone(zone, most - done)
    return done


def _attach_zone(zone: Zone, most: int) -> int:
    today, made = zones.today(zone), ready(zone, zones.today(zone))
    due = [(project, seen) for project, seen in _due(zone) if made.rules or _is_known(project)][:most]
    firms = {project.enterprise_id: project.enterprise for project, _seen in due if project.enterprise}
    known = facts_of([firm for firm in firms.values() if firm is not None], day=today)
    said = facts_of_projects([project for project, _seen in due], day=today)
    for project, seen in due:
        if project.enterprise is None:
            continue
        fitting = fitting_of(project.enterprise, known[project.enterprise.pk], made, said[project.pk])
        _attach(project, fitting if project.stage else {}, seen)
    return len(due)


def _due(zone: Zone) -> Iterator[tuple[Project, int]]:
    """Yield the projects of a zone to be matched, each with the last change that counts for it."""
    today, around = zones.today(zone), lineage_ids(zone)
    things = ("policies.policyversion", "core.importbatch")
    of_zone = Change.objects.filter(scope__in=around, thing__in=things).aggregate(last=Max("pk"))["last"] or 0
    rows = Project.objects.filter(zone=zone, enterprise__isnull=False, enterprise__merged_into__isnull=True)
    projects = list(
        rows.select_related(
            "zone", "enterprise__zone", "enterprise__sector", "officer", "policy_sweep"
        ).order_by("pk")
    )
    firms = [project.enterprise_id for project in projects if project.enterprise_id is not None]
    changed = ChangedRow.objects.filter(thing="enterprises.enterprise", row_id__in=firms)
    of_firm = dict(
        changed.order_by().values("row_id").annotate(last=Max("change_id")).values_list("row_id", "last")
    )
    for project in projects:
        sweep: ProjectSweep | None = getattr(project, "policy_sweep", None)
        if not project.stage and sweep is None:
            continue
        seen = max(of_zone, of_firm.get(project.enterprise_id or 0, 0))
        if sweep is None or (sweep.day, sweep.project_version, sweep.seen) != (today, project.version, seen):
            yield project, seen


def _is_known(project: Project) -> bool:
    return ProjectPolicy.objects.filter(project=project, withdrawn_at=None).exists()


def fitting_of(
    firm: Enterprise, known: Known, made: Ready, said: Mapping[str, FactValue | None]
) -> dict[int, tuple[Reason, str]]:
    """Return the versions that the firm may claim for a project that says this, or could be seen to with one more fact."""
    found: FirmMatches = match_facts(firm, known, made, changes=said, with_gaps=False)
    fitting: dict[int, tuple[Reason, str]] = {}
    for line in found.lines:
        if line.answer is Answer.ELIGIBLE:
            fitting[line.version.pk] = (Reason.ELIGIBLE, "")
        elif line.answer is Answer.UNKNOWN and len(line.missing) == 1 and not line.manual:
            fitting[line.version.pk] = (Reason.ONE_FACT, line.missing[0].name)
    return fitting


@transaction.atomic
def _attach(project: Project, fitting: Fitting, seen: int) -> None:
    """Attach to a project what it may claim, with its stage, and withdraw what it may not any more."""
    now, today = zones.now(project.zone), zones.today(project.zone)
    # The sweep's row is what two who match the same project race for.
    sweep_of = {"zone": project.zone, "day": today, "project_version": project.version, "seen": seen}
    ProjectSweep.objects.update_or_create(project=project, defaults=sweep_of)
    known = {row.version_id: row for row in ProjectPolicy.objects.filter(project=project)}
    fresh = [
        ProjectPolicy(
            zone=project.zone,
            project=project,
            version_id=pk,
            stage=project.stage,
            reason=reason,
            missing=missing,
            found_on=today,
        )
        for pk, (reason, missing) in fitting.items()
        if pk not in known
    ]
    changed, withdrawn = [], 0
    for pk, row in known.items():
        if pk not in fitting:
            if row.withdrawn_at is None:
                row.withdrawn_at = now
                withdrawn += 1
                changed.append(row)
            continue
        reason, missing = fitting[pk]
        if row.withdrawn_at is not None:
            row.withdrawn_at, row.stage, row.found_on = None, project.stage, today
        elif (row.reason, row.missing) == (reason, missing):
            continue
        row.reason, row.missing = reason, missing
        changed.append(row)
    ProjectPolicy.objects.bulk_create(fresh)
    ProjectPolicy.objects.bulk_update(changed, ("reason", "missing", "stage", "found_on", "withdrawn_at"))
    if fresh or changed:
        record_change(
            actor=None,
            verb="recommend",
            rows=[*fresh, *changed, project],
            scope=project.zone_id,
            stage=project.stage,
            found=len(fresh),
            withdrawn=withdrawn,
        )


def tell_projects_due() -> int:
    """Tell the officers of projects what was attached to them: one digest a day and person; return how many lines.

    Only in working hours, never what has ended or closed meanwhile, nothing twice. A project without an officer is told
    to the zone's leaders.
    """
    told = 0
    waiting = ProjectPolicy.objects.filter(told_at=None, withdrawn_at=None)
    for zone in Zone.objects.filter(pk__in=waiting.order_by().values("zone_id")).order_by("pk"):
        told += _tell_zone(zone)
    return told


@transaction.atomic
def _tell_zone(zone: Zone) -> int:
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    now, today = zones.now(zone), zones.today(zone)
    if not is_working_moment(now):
        return 0
    key = f"{DIGEST}:{zone.pk}:{today}"
    had = set(Notice.objects.filter(key=key).values_list("user_id", flat=True))
    leaders = list(officers_of(zone, today, roles=(Role.LEADER,)))
    of_person: dict[User, list[ProjectPolicy]] = defaultdict(list)
    rows = ProjectPolicy.objects.filter(zone=zone, told_at=None, withdrawn_at=None)
    told: dict[int, ProjectPolicy] = {}
    for row in rows.select_related("version__policy", "project__officer").order_by("project", "pk"):
        officer = row.project.officer
        people = [officer] if officer is not None and officer.is_active else leaders
        for person in people:
            may = zones.may(person, Verb.VIEW, Thing.PROJECT, zone)
            if person.pk not in had and may and is_open(row.version, today):
                of_person[person].append(row)
                told[row.pk] = row
    for person, lines in of_person.items():
        _notify(zone, person, key, lines)
    for row in told.values():
        row.told_at = now
    ProjectPolicy.objects.bulk_update(told.values(), ("told_at",))
    if told:
        record_change(actor=None, verb="tell", rows=[zone], scope=zone.pk, projects=len(told))
    return len(told)


def _notify(zone: Zone, person: User, key: str, lines: Sequence[ProjectPolicy]) -> None:
    projects = {row.project_id: row.project for row in lines}
    shown = [_line(row) for row in lines[:MOST_LINES]]
    left = len(lines) - len(shown)
    if left:
        shown.append(ngettext("还有 %(n)d 条，见项目页", "还有 %(n)d 条，见项目页", left) % {"n": left})
    one = next(iter(projects.values()))
    url = reverse("project-detail", args=[one.pk]) if len(projects) == 1 else reverse("project-list")
    notify(
        zone=zone,
        users=[person],
        key=key,
        kind="policies",
        title=_("%(n)d 个项目有新的可申报政策") % {"n": len(projects)}
        if len(projects) > 1
        else _("%(project)s有新的可申报政策") % {"project": one.name[:60]},
        body="\n".join(shown),
        url=url,
    )


def _line(row: ProjectPolicy) -> str:
    said = {
        "project": row.project.name,
        "stage": row.project.get_stage_display(),
        "policy": row.version.policy.title,
    }
    if row.reason == Reason.ONE_FACT and row.missing in vocabulary():
        return _("%(project)s（%(stage)s）：%(policy)s，还差%(fact)s") % (
            said | {"fact": vocabulary()[row.missing].label}
        )
    return _("%(project)s（%(stage)s）：%(policy)s") % said
