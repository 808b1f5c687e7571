"""Projects: entered, edited, handed over from one officer to another."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.wording import explained, listed
from zhuchao.apps.premises.selectors.firms import firms_named
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Assignment, Department, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.services import assignments

from .. import selectors
from ..errors import DuplicateFound, ProjectCodeTaken
from ..models import Project
from .index import index_projects
from .officers import tell_hand_over
from .parts import check_part, check_part_change, follow_stages, locked

FACTS = frozenset(
    {
        *("code", "name", "company", "enterprise", "lead", "kind", "sector", "theme", "district", "address"),
        *("source_region", "total_investment_cny", "department", "note", "parent", "part"),
    }
)
# Who answers for a project, and in which unit, changes by hand-over only.
EDITABLE = FACTS - {"department"}
LARGEST_CNY = Decimal(10) ** 16


@transaction.atomic
def add_project(
    *,
    actor: User | None,
    zone: Zone,
    name: str,
    officer: User | None = None,
    distinct_reason: str = "",
    **facts: Any,
) -> Project:
    """Enter a project; ``officer`` is its one responsible officer 金牌店小二.

    ``facts``: code, company, enterprise, lead, kind, sector, theme, district, address, source_region,
    total_investment_cny (yuan), department, note, and for a phase or sub-project parent and part. Raises
    ProjectCodeTaken, PartNotPossible, WrongInput, and DuplicateFound when a project of the same normal name is there,
    unless ``distinct_reason`` says why it is another one.
    """
    zones.require(actor, Verb.ADD, Thing.PROJECT, zone)
    refuse_unknown(facts, FACTS)
    # The zone's row is what two people who enter the same project race for.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    facts = with_firm(zone, tidy_facts(facts | {"name": name}))
    check_facts(zone, facts)
    _refuse_known(zone, facts["name"], facts, distinct_reason)
    project = Project(zone=zone, normal_name=selectors.project_key(facts["name"]), officer=officer, **facts)
    check_part(project)
    project.save(force_insert=True)
    if project.parent is not None:
        follow_stages([project])
        project.refresh_from_db(fields=["stage", "stage_since", "version"])
    if officer is not None:
        _assign(actor, project, officer, reason="")
    index_projects([project.pk])
    record_change(
        actor=actor,
        verb="add",
        rows=[project],
        scope=zone.pk,
        name=project.name,
        officer=officer,
        distinct_reason=distinct_reason.strip(),
    )
    return project


@transaction.atomic
def change_project(
    *, actor: User | None, project: Project, version: int | None, distinct_reason: str = "", **values: Any
) -> Project:
    """Edit the facts of a project; entries made before keep what they were counted by.

    Raises Stale with both versions when somebody saved it since ``version``, and as ``add_project`` does.
    Officer and department change by ``hand_over_project``.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    refuse_unknown(values, EDITABLE)
    values = tidy_facts(values)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=project.zone_id)
    project = locked(project.pk)
    check_version(project, version, yours=values)
    values = with_firm(zone, values)
    check_facts(zone, values)
    if "name" in values or "code" in values or "company" in values:
        said = {name: values.get(name, getattr(project, name)) for name in ("code", "company")}
        renamed = values.get("name", project.name) != project.name
        _refuse_known(
            zone, values.get("name", project.name) if renamed else "", said, distinct_reason, but=project
        )
    if "name" in values:
        values["normal_name"] = selectors.project_key(values["name"])
    before = project.parent
    if "parent" in values or "part" in values:
        check_part_change(project, values)
    changed = save_record(project, **values)
    if "parent" in changed:
        follow_stages([project, before] if before is not None else [project])
        project.refresh_from_db(fields=["stage", "stage_since", "version"])
    if changed:
        index_projects([project.pk])
        record_change(
            actor=actor,
            verb="change",
            rows=[project],
            scope=zone.pk,
            changed=changed,
            distinct_reason=distinct_reason.strip(),
        )
    return project


@transaction.atomic
def hand_over_project(
    *,
    actor: User | None,
    project: Project,
    officer: User,
    department: Department | None = None,
    reason: str = "",
) -> Project:
    """Make somebody the one officer of a project; who answered before, since when and why it changed is kept.

    A reason is needed when it changes hands; both are told, with what is open on it.
    Raises what ``zones.services`` raises for people who do not work here.
    """
    zones.require(actor, Verb.ASSIGN, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    giver = project.officer
    _assign(actor, project, officer, department=department, reason=reason)
    values: dict[str, Any] = {"officer": officer}
    if department is not None:
        values["department"] = department
    changed = save_record(project, **values)
    if changed:
        index_projects([project.pk])
        left = []
        if giver is not None and giver.pk != officer.pk:
            left = tell_hand_over(project=project, giver=giver, taker=officer, reason=reason)
        record_change(
            actor=actor,
            verb="hand_over",
            rows=[project],
            scope=project.zone_id,
            changed=changed,
            reason=reason.strip(),
            open_items=[item.what for item in left],
        )
    return project


def refuse_unknown(values: dict[str, Any], known: frozenset[str]) -> None:
    """Refuse facts that a verb does not know: a slip of the caller, not of a person."""
    unknown = set(values) - known
    if unknown:
        raise TypeError(f"not facts that this verb edits: {sorted(unknown)}")


def refuse_future(on: date, zone: Zone) -> None:
    """Refuse a day that has not come yet in the zone."""
    today = zones.today(zone)
    if on > today:
        raise WrongInput(field=_("日期"), why=_("不能晚于今天（%(today)s）。") % {"today": today.isoformat()})


def own_evidence(evidence: Attachment | None, zone: Zone) -> Attachment | None:
    """Return the attachment when it is the zone's own; another zone's looks as if it did not exist."""
    if evidence is not None and evidence.scope != zone.pk:
        raise NotFound(what=_("该佐证材料"))
    return evidence


def tidy_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts with texts without spaces around and doubled."""
    return {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in facts.items()
    }


def with_firm(zone: Zone, facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts with the registered firm that the company's name or credit code means, where it means one."""
    company, firm = facts.get("company"), facts.get("enterprise")
    if company is None and firm is None:
        return facts
    if "enterprise" not in facts and company is not None:
        firm = firms_named(zone.pk, [company]).get(company)
        facts = facts | {"enterprise": firm}
    if firm is not None and (not company or company.upper() == firm.credit_code):
        facts = facts | {"company": firm.name}
    return facts


def check_facts(zone: Zone, facts: dict[str, Any]) -> None:
    """Refuse facts that cannot be right: no name, an amount of nothing, a row of another zone."""
    if facts.get("name") == "":
        raise WrongInput(field=_("项目名称"), why=_("不能为空。"))
    if "kind" in facts and facts["kind"] not in Project.Kind.values:
        raise WrongInput(field=_("类别"), why=_("没有“%(kind)s”这个类别。") % {"kind": facts["kind"]})
    total = facts.get("total_investment_cny")
    if total is not None and not 0 < total < LARGEST_CNY:
        raise WrongInput(field=_("总投资"), why=_("必须大于 0。"))
    for name, label in (
        ("sector", _("产业领域")),
        ("department", _("责任单位")),
        ("enterprise", _("企业档案")),
        ("lead", _("来源线索")),
        ("parent", _("上级项目")),
    ):
        row = facts.get(name)
        if row is not None and row.zone_id != zone.pk:
            raise WrongInput(field=label, why=_("“%(row)s”不属于%(zone)s。") % {"row": row, "zone": zone})


def _refuse_known(
    zone: Zone, name: str, facts: dict[str, Any], distinct_reason: str, but: Project | None = None
) -> None:
    exclude = [but.pk] if but is not None else []
    code = facts.get("code")
    if code:
        known = Project.objects.filter(zone=zone, code=code).exclude(pk__in=exclude).first()
        if known is not None:
            raise ProjectCodeTaken(project_code=code, name=known.name, pk=known.pk)
    if name and not distinct_reason.strip():
        found = selectors.find_duplicates(
            zone_id=zone.pk, name=name, company=facts.get("company") or "", exclude=exclude
        )
        if found:
            raise DuplicateFound(
                names=listed(explained(candidate.name, candidate.why) for candidate in found),
                candidates=[candidate.as_dict() for candidate in found],
            )


def _assign(
    actor: User | None, project: Project, officer: User, *, department: Department | None = None, reason: str
) -> None:
    held = Assignment.objects.filter(thing=selectors.THING, row_id=project.pk, until=None).first()
    if held is not None and held.officer_id != officer.pk:
        assignments.hand_over(
            actor=actor, assignment=held, officer=officer, department=department, reason=reason
        )
        return
    assignments.assign(
        actor=actor,
        zone=project.zone,
        thing=selectors.THING,
        row_id=project.pk,
        label=project.name,
        officer=officer,
        department=department or project.department,
        reason=reason.strip(),
    )
