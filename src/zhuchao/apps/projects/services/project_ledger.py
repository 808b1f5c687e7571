"""项目台账: one row a project with the days of its gates; a changed day becomes a correcting entry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import State, Text
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.selectors.firms import firms_named
from zhuchao.apps.premises.services import lookups
from zhuchao.apps.premises.services.lookups import Lookups
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.sectors import sectors_by_name
from zhuchao.engines.reading import FieldSpec, Problem

from ..models import Project, Stage
from . import project_book
from .project_book import ProjectBook
from .project_drafts import Carried, Draft, drafts_of, set_right_by_hand
from .project_families import find_above, refuse_carried, take_above
from .project_fields import FACTS, FIELDS, GATES, PLANS, labels_in, year_in
from .project_writing import write_drafts
from .stages import first_clash


@dataclass
class Known:
    """What the zone keeps that the rows of a file may name; read at once for all of them."""

    zone: Zone
    today: date
    book: ProjectBook
    drafts: dict[int, Draft]
    lookups: Lookups
    sectors: dict[str, Sector]
    firms: dict[str, Enterprise]

    def draft_of(self, project: Project | None) -> Draft:
        """Return the draft of a project the book found, or one of a project that is not there yet."""
        if project is None:
            return Draft(Project(zone_id=self.zone.pk), is_new=True)
        return self.drafts[project.pk or id(project)]

    def keep(self, draft: Draft) -> None:
        """Let the rows that follow find a project that this row brought, by what it is called now."""
        self.book.add(draft.project)
        self.drafts.setdefault(draft.project.pk or id(draft.project), draft)


class ProjectLedger:
    """Projects with gates, planned steps, labels, annual plan and batch."""

    key = "projects"
    title: Text = _("项目台账")
    thing = "projects.project"
    description: Text = _(
        "一行一个项目，按项目编号识别，没有编号的按项目名称和项目单位。各阶段日期须按先后顺序；"
        "同一文件再次导入不会重复，日期变化的写成更正条目，空白单元格不改动原值。"
    )
    fields: tuple[FieldSpec, ...] = FIELDS
    examples: Sequence[Mapping[str, Any]] = (
        {
            "code": "2023-001",
            "name": "示例高纯氢制备项目",
            "company": "示例氢能科技有限公司",
            "kind": "新引进",
            "district": "城北片区",
            "source_region": "苏州",
            "total_investment_cny": "120000",
            "labels": "列省、市重大",
            "label_year": "2023",
            "signed_on": "2023-02-18",
            "started_on": "2023-05-06",
            "plan_completed_on": "2024-06-30",
            "plan_year": "2023",
            "plan_amount_cny": "50000",
        },
    )
    sentences: Mapping[str, Any] = {
        **lookups.SENTENCES,
        **project_book.SENTENCES,
        "sector_unknown": _("第 {row} 行{label}“{found}”不在本辖区的产业体系中。"),
        "gates_clash": _("第 {row} 行{later}日期 {later_on} 早于{earlier}日期 {earlier_on}。"),
        "rows_differ": _("第 {row} 行{label}“{found}”与第 {first} 行同一项目的“{expected}”不一致。"),
        "year_unclear": _("第 {row} 行{label}“{found}”不是年份。"),
        "batch_not_whole": _("第 {row} 行批次、批次清单、批次平台没有填全。"),
        "part_not_possible": _("第 {row} 行“{found}”不能作为上级项目。"),
        "part_without_parent": _("第 {row} 行写了分期或子项目“{found}”，没有写上级项目。"),
        "carried_by_family": _("第 {row} 行“{found}”已登记在“{other}”上。"),
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        **project_book.FIXES,
        "sector_unknown": _("可填写：{expected}。新的产业请先由管理员在“产业体系”中添加。"),
        "gates_clash": _("请核对这两个日期。"),
        "rows_differ": _("请改成一致，或填写项目编号区分为两个项目。"),
        "year_unclear": _("请写成 2023。"),
        "batch_not_whole": _("三项要么都填，要么都不填。"),
        "part_not_possible": _("分期和子项目都直接挂在总项目下面，不能再分一层，也不能挂在自己下面。"),
        "part_without_parent": _("请填写上级项目的编号或名称。"),
        "carried_by_family": _("总项目与分期、子项目之间，同一阶段、名单、批次和年度计划只登记在一处。"),
    }

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the actor may import projects into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.PROJECT, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say what each row would do; the gates of a row are checked together with those that are there."""
        known = _known(scope, rows)
        for row in rows:
            yield _outcome(row, known)

    def apply(
        self,
        *,
        scope: int,
        actor: Any,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write the projects that are new or changed, with their entries."""
        touched = [outcome.data for outcome in outcomes if outcome.state in {"new", "changed"}]
        drafts = list({id(draft): draft for draft in touched}.values())
        write_drafts(drafts, zone=Zone.objects.get(pk=scope), actor=actor, batch=batch, progress=progress)


def _known(scope: int, rows: Sequence[Row]) -> Known:
    zone = Zone.objects.get(pk=scope)
    book = ProjectBook(scope, (row.values for row in rows))
    texts = {row.values.get(name) or "" for row in rows for name in ("credit_code", "company")}
    today = zones.today(zone)
    return Known(
        zone=zone,
        today=today,
        book=book,
        drafts=drafts_of(book.projects),
        lookups=Lookups(zone),
        sectors=sectors_by_name(zone, today),
        firms=firms_named(scope, texts),
    )


def _outcome(row: Row, known: Known) -> Outcome:
    values = row.values
    found = known.book.find(values)
    if isinstance(found, Problem):
        return Outcome(row, "refused", problems=[found])
    draft = known.draft_of(found)
    problems: list[Problem] = []
    facts = _facts(values, draft, known, problems)
    days = {
        stage: day for name, stage in GATES.items() if (day := known.lookups.past_day(values, name, problems))
    }
    steps = {stage: values[name] for name, stage in PLANS.items() if values.get(name)}
    years = [_year(values, name, known.today.year, problems) for name in ("label_year", "plan_year")]
    place = _place(values, problems)
    above = find_above(values, draft, known.book, known.draft_of, problems)
    labels = labels_in(values.get("labels"))
    named = ("parent", *FACTS, *GATES, *PLANS)
    said = {name: values[name] for name in named if values.get(name) is not None}
    _refuse_otherwise(draft, said, problems)
    _refuse_clash(draft, above, days, problems)
    carried: dict[Carried, str] = {(stage.value,): str(stage.label) for stage in days}
    carried |= {(label, years[0]): label for label in labels}
    carried |= {place[:2]: place[0]} if place else {}
    carried |= {(years[1],): str(years[1])} if values.get("plan_amount_cny") is not None else {}
    refuse_carried(draft, above, carried, problems)
    known.lookups.past_day(values, "batch_on", problems)
    if problems:
        return Outcome(row, "refused", row_id=draft.project.pk, problems=problems)

    changes = _take_facts(draft, facts)
    draft.project.normal_name = known.book.key_of(draft.project.name)
    changes |= take_above(draft, above)
    draft.carried |= set(carried)
    changes |= _take_gates(draft, days, row.number)
    changes |= _take_steps(draft, steps)
    changes |= _take_lists(draft, labels, years[0], place, values, row.number)
    changes |= _take_plan(draft, years[1], values.get("plan_amount_cny"), row.number)
    draft.said |= {name: (value, row.number) for name, value in said.items() if name not in draft.said}
    draft.changes |= {name: pair for name, pair in changes.items() if not draft.is_new}
    is_first = draft.is_new and found is None
    known.keep(draft)
    state: State = "new" if is_first else "changed" if changes else "same"
    return Outcome(row, state, row_id=draft.project.pk, changes=changes, data=draft)


def _facts(values: Mapping[str, Any], draft: Draft, known: Known, problems: list[Problem]) -> dict[str, Any]:
    """Return what a row says of the project itself, by the name of the model's field; blanks say nothing."""
    facts = {name: values[name] for name in FACTS if values.get(name) is not None}
    facts = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in facts.items()
    }
    sector = values.get("sector")
    if sector:
        if sector in known.sectors:
            facts["sector"] = known.sectors[sector]
        else:
            problems.append(
                Problem("sector_unknown", sector, data={"field": "sector", "options": list(known.sectors)})
            )
    officer = known.lookups.person(values, "officer", problems)
    department = known.lookups.department(values, "department", problems)
    facts |= {"officer": officer} if officer else {}
    facts |= {"department": department} if department else {}
    code = values.get("credit_code")
    firm = known.firms.get(code or "") or known.firms.get(values.get("company") or "")
    if firm is not None and (code or draft.project.enterprise_id is None):
        facts["enterprise"] = firm
        if not facts.get("company") and not draft.project.company:
            facts["company"] = firm.name
    return facts


def _refuse_otherwise(draft: Draft, said: Mapping[str, Any], problems: list[Problem]) -> None:
    """Refuse a row that says of a project something else than an earlier row of the file."""
    for name, value in said.items():
        before = draft.said.get(name)
        if before is not None and before[0] != value:
            data = {"field": name, "first": before[1]}
            problems.append(Problem("rows_differ", str(value), str(before[0]), data))


def _refuse_clash(
    draft: Draft, above: Draft | None, days: Mapping[Stage, date], problems: list[Problem]
) -> None:
    own = {**draft.days, **days}
    families = [{**part.days, **own} for part in draft.parts] or [{**(above.days if above else {}), **own}]
    for together in families:
        clash = first_clash(together)
        if clash is None:
            continue
        earlier, later = clash
        names = {stage: name for name, stage in GATES.items()}
        data = {
            "field": names[later],
            "earlier": str(earlier.label),
            "earlier_on": together[earlier].isoformat(),
            "later": str(later.label),
            "later_on": together[later].isoformat(),
        }
        problems.append(Problem("gates_clash", together[later].isoformat(), "", data))
        return


def _year(values: Mapping[str, Any], name: str, usual: int, problems: list[Problem]) -> int:
    said = values.get(name)
    if not said:
        return usual
    year = year_in(said)
    if year is None:
        problems.append(Problem("year_unclear", said, "2023", {"field": name}))
    return year or usual


def _place(values: Mapping[str, Any], problems: list[Problem]) -> tuple[str, str, str] | None:
    parts = [values.get(name) or "" for name in ("batch_name", "batch_list", "batch_platform")]
    if not any(parts):
        return None
    if not all(parts):
        problems.append(Problem("batch_not_whole", "", "", {"field": "batch_name"}))
    return parts[0], parts[1], parts[2]


def _take_facts(draft: Draft, facts: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set the facts that differ on the draft's project; return what changes, as a person reads it."""
    project, changes = draft.project, {}
    for name, value in facts.items():
        attname = project._meta.get_field(name).attname  # type: ignore[union-attr]
        new = value.pk if hasattr(value, "pk") else value
        old = getattr(project, attname)
        if old == new:
            continue
        changes[name] = [_named(project, name), str(value) if hasattr(value, "pk") else value]
        setattr(project, name, value)
        draft.changed.add(name)
        if name == "officer":
            draft.officer = value
        if name == "department":
            draft.department = value
    return changes


def _named(project: Project, name: str) -> Any:
    value = getattr(project, name)
    return str(value) if hasattr(value, "pk") else value


def _take_gates(draft: Draft, days: Mapping[Stage, date], row: int) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    names = {stage: name for name, stage in GATES.items()}
    for stage, day in days.items():
        live, there = draft.entries.get(stage), draft.days.get(stage)
        if there == day or set_right_by_hand(live, day, draft.history[stage]):
            continue
        if live is None:
            draft.new_stages.append((stage, day, row))
        else:
            draft.moved_stages.append((live, day, row))
        draft.days[stage] = day
        changes[names[stage]] = [there, day]
    return changes


def _take_steps(draft: Draft, steps: Mapping[Stage, date]) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    names = {stage: name for name, stage in PLANS.items()}
    for stage, day in steps.items():
        kept = draft.milestones.get(stage)
        if kept is None and stage not in draft.new_steps:
            draft.new_steps[stage] = day
            changes[names[stage]] = [None, day]
        elif kept is not None and kept.planned_on != day and stage not in draft.moved_steps:
            draft.moved_steps[stage] = day
            changes[names[stage]] = [kept.planned_on, day]
    return changes


def _take_lists(
    draft: Draft,
    labels: Sequence[str],
    year: int,
    place: tuple[str, str, str] | None,
    values: Mapping[str, Any],
    row: int,
) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    fresh = [label for label in labels if (label, year) not in draft.labels]
    if fresh:
        draft.labels |= {(label, year) for label in fresh}
        draft.new_labels += [(label, year, row) for label in fresh]
        changes["labels"] = [None, "、".join(fresh)]
    if place is not None and place not in draft.places:
        draft.places.add(place)
        draft.new_places.append((place, values.get("batch_on"), row))
        changes["batch_name"] = [None, place[0]]
    return changes


def _take_plan(draft: Draft, year: int, amount: Decimal | None, row: int) -> dict[str, list[Any]]:
    if amount is None:
        return {}
    pending = {each: planned for each, planned, _row in draft.new_plans}
    live = draft.plans.get(year)
    there = pending.get(year, live.amount_cny if live else None)
    by_hand = live is not None and live.batch_id is None
    if there == amount or (
        by_hand and any(plan.amount_cny == amount and plan.batch_id for plan in draft.past_plans[year])
    ):
        return {}
    draft.new_plans.append((year, amount, row))
    return {"plan_amount_cny": [there, amount]}
