"""What each gate asks for in a zone on a day, what a project has of it, and what it lacks."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import GateEvidence, GateItem, GateRule, Project, Stage, StageEntry
from .projects import Actor


@dataclass(frozen=True)
class Lack:
    """Something that a gate asks for and a project has not, and what to do about it."""

    name: str
    what_to_do: str


GateCheck = Callable[[Project, date], Sequence[Lack]]
_checks: dict[Stage, list[GateCheck]] = defaultdict(list)


@dataclass(frozen=True)
class ItemStand:
    """One item that a gate asks for, and what the project has for it."""

    item: GateItem
    given: GateEvidence | None

    @property
    def is_met(self) -> bool:
        return self.given is not None and meets(self.item, self.given)


@dataclass(frozen=True)
class GateStand:
    """A gate of a project: what it asks for, what is there, and what the registered checks miss."""

    stage: Stage
    rule: GateRule | None
    items: tuple[ItemStand, ...]
    checks: tuple[Lack, ...]

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Return everything that is required and missing."""
        missing = (each.item for each in self.items if each.item.is_required and not each.is_met)
        return (*(Lack(item.name, what_to_do(item)) for item in missing), *self.checks)

    @property
    def asked(self) -> int:
        return sum(each.item.is_required for each in self.items)

    @property
    def met(self) -> int:
        return sum(each.item.is_required and each.is_met for each in self.items)


def register_gate_check(stage: Stage, check: GateCheck) -> None:
    """Let a gate also ask for what another part of the product keeps; the same check twice counts once.

    ``check(project, on)`` returns what is missing for passing the gate on a day, nothing when all is there.
    """
    if check not in _checks[stage]:
        _checks[stage].append(check)


def meets(item: GateItem, given: GateEvidence) -> bool:
    """Return whether what was given is of the form that the item asks for."""
    if item.accepts == GateItem.Accepts.FILE:
        return given.evidence_id is not None
    if item.accepts == GateItem.Accepts.NUMBER:
        return bool(given.number)
    return bool(given.evidence_id or given.number or given.evidence_note)


def what_to_do(item: GateItem) -> str:
    """Return how an item is given, for those who have to."""
    named = item.number_label or _("编号")
    if item.accepts == GateItem.Accepts.FILE:
        return _("请上传文件")
    if item.accepts == GateItem.Accepts.NUMBER:
        return _("请填写%(label)s") % {"label": named}
    return _("请上传文件，或填写%(label)s或说明") % {"label": named}


class GateRules:
    """The rules of a zone and of those above it, read once; the nearest zone that has one decides, gate by gate."""

    def __init__(self, zone: Zone) -> None:
        line = zones.lineage_ids(zone)
        self._near = {pk: place for place, pk in enumerate(line)}
        self._by_stage: dict[str, list[GateRule]] = defaultdict(list)
        rows = GateRule.objects.live().filter(zone_id__in=line).select_related("zone")
        for rule in rows.prefetch_related("items").order_by("-happened_on", "-pk"):
            self._by_stage[rule.stage].append(rule)

    def on(self, stage: str, day: date) -> GateRule | None:
        """Return the rule of a gate in force on a day, None where no zone of the line has one."""
        in_force = [rule for rule in self._by_stage[stage] if rule.happened_on <= day]
        return min(in_force, key=lambda rule: self._near[rule.zone_id], default=None)


def gate_stand(project: Project, stage: Stage, on: date, rules: GateRules | None = None) -> GateStand:
    """Return what a gate asks of a project on a day, and what is there; four queries without ``rules``."""
    return _stand(project, stage, on, (rules or GateRules(project.zone)).on(stage, on), evidence_of(project))


def gate_stands(project: Project, on: date, *, with_checks: bool = True) -> list[GateStand]:
    """Return every gate of a project with what it asks for on a day: on its own day where it has been passed.

    Without checks only the items of the rules are looked at: five queries.
    """
    rules = GateRules(project.zone)
    entries = StageEntry.objects.live().filter(project=project)
    days = dict(entries.order_by().values_list("stage", "happened_on"))
    given = evidence_of(project)
    return [
        _stand(project, stage, days.get(stage, on), rules.on(stage, days.get(stage, on)), given, with_checks)
        for stage in Stage
    ]


def evidence_of(project: Project) -> dict[str, GateEvidence]:
    """Return the evidence in force by item, the latest of each; what the parent has, its parts have."""
    rows = GateEvidence.objects.live().filter(Q(project=project) | Q(project=project.parent_id))
    rows = rows.select_related("evidence", "recorded_by", "project")
    return {each.item: each for each in rows.order_by("happened_on", "pk")}


def _stand(
    project: Project,
    stage: Stage,
    on: date,
    rule: GateRule | None,
    given: dict[str, GateEvidence],
    with_checks: bool = True,
) -> GateStand:
    items = tuple(ItemStand(item, given.get(item.name)) for item in rule.items.all()) if rule else ()
    asked = _checks[stage] if with_checks and (rule is None or rule.uses_checks) else ()
    return GateStand(stage, rule, items, tuple(lack for check in asked for lack in check(project, on)))


def lacks_evidence() -> Q:
    """Return the condition for stage entries that lack something their gate asked for, as things stand now."""
    given = GateEvidence.objects.live().filter(
        Q(project=OuterRef(OuterRef("project"))) | Q(project__parts=OuterRef(OuterRef("project"))),
        item=OuterRef("name"),
    )
    accepts = GateItem.Accepts
    missing = GateItem.objects.filter(rule=OuterRef("rule"), is_required=True).filter(
        (Q(accepts=accepts.FILE) & ~Exists(given.filter(evidence__isnull=False)))
        | (Q(accepts=accepts.NUMBER) & ~Exists(given.exclude(number="")))
        | (Q(accepts=accepts.ANY) & ~Exists(given))
    )
    return Q(Exists(missing))


def visible_gate_rules(actor: Actor) -> EntryQuerySet:
    """Return the versions of gate rules that this person may see, replaced and void ones included."""
    rows = GateRule.objects.select_related("zone", "recorded_by", "evidence", "replaced_by").prefetch_related(
        "items"
    )
    return zones.in_zones(rows, actor, Thing.GATE)  # type: ignore[return-value]


def get_gate_rule(actor: Actor, pk: int) -> GateRule:
    """Return one version of a gate rule; raises NotFound when it is hidden or missing."""
    rule: GateRule | None = visible_gate_rules(actor).filter(pk=pk).first()
    if rule is None:
        raise NotFound(what=_("该阶段要求"))
    return rule


def visible_gate_evidence(actor: Actor) -> EntryQuerySet:
    """Return the evidence entries of the projects this person may see, replaced and void ones included."""
    rows = GateEvidence.objects.select_related(
        "zone", "project__zone", "recorded_by", "evidence", "replaced_by"
    )
    return zones.in_zones(rows, actor, Thing.PROJECT)  # type: ignore[return-value]


def get_gate_evidence(actor: Actor, pk: int) -> GateEvidence:
    """Return one evidence entry; raises NotFound when it is hidden or missing."""
    entry: GateEvidence | None = visible_gate_evidence(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该阶段佐证"))
    return entry
