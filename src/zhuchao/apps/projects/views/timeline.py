"""The timeline of a project: every entry about it, those replaced and void included."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.printing import money
from zhuchao.web.requests import person_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors
from ..models import (
    AnnualPlan,
    BatchPlace,
    GateEvidence,
    Investment,
    Project,
    ProjectLabel,
    Stage,
    StageEntry,
)
from .lights import override_items, progress_items
from .saving import project_url


def timeline_of(request: HttpRequest, project: Project) -> list[Item]:
    """Return what happened to a project itself, the latest first: gates, labels, batches, officers, and for those who
    may see it money and plans."""
    actor = person_of(request)
    may_change = zones.may(actor, Verb.CHANGE, Thing.PROJECT, project.zone_id)
    may_void = zones.may(actor, Verb.VOID, Thing.PROJECT, project.zone_id)
    items = [
        *_items(
            selectors.visible_stage_entries(actor).filter(project=project),
            _said_of_stage,
            correct="project-stage-correct" if may_change else "",
            void="project-stage-void" if may_void else "",
            evidence="project-stage-evidence",
        ),
        *_items(
            selectors.visible_labels(actor).filter(project=project),
            _said_of_label,
            void="project-label-void" if may_void else "",
        ),
        *_items(
            selectors.visible_batch_places(actor).filter(project=project),
            _said_of_place,
            void="project-batch-void" if may_void else "",
        ),
        *_items(
            selectors.visible_gate_evidence(actor).filter(project=project),
            _said_of_evidence,
            correct="gate-evidence-correct" if may_change else "",
            void="gate-evidence-void" if may_void else "",
            evidence="gate-evidence-file",
        ),
        *_officers(request, project),
        *progress_items(request, project),
        *override_items(request, project),
    ]
    if zones.may(actor, Verb.VIEW, Thing.INVESTMENT, project.zone_id):
        items += [*investment_items(request, project), *plan_items(request, project)]
    return latest_first(items)


def mixed_timeline(request: HttpRequest, project: Project) -> list[tuple[selectors.ServiceLine, Item]]:
    """Return what every service line did for a project and what happened to it, each with its line, the latest first.

    An entry of another line than the project's own says in which it stands; only what this person may see is there.
    """
    found = [(selectors.ServiceLine.PROJECT, item) for item in timeline_of(request, project)]
    for one in selectors.happenings_of(person_of(request), project):
        item = Item(
            moment=one.moment,
            happened_on=one.on,
            who=one.who,
            what=one.what,
            detail=one.detail,
            line=one.line.label,
            url=one.url,
        )
        found.append((one.line, item))
    return sorted(found, key=lambda pair: _when(pair[1]), reverse=True)


def latest_first(items: Iterable[Item]) -> list[Item]:
    """Return items by the day they happened, within a day by when they were recorded, the latest first."""
    return sorted(items, key=_when, reverse=True)


def _when(item: Item) -> tuple[date, datetime]:
    return item.happened_on or date.min, item.moment or datetime.min.replace(tzinfo=UTC)


def investment_items(request: HttpRequest, project: Project) -> list[Item]:
    """Return the money of a project as items of a timeline."""
    actor = person_of(request)
    may_change = zones.may(actor, Verb.CHANGE, Thing.INVESTMENT, project.zone_id)
    may_void = zones.may(actor, Verb.VOID, Thing.INVESTMENT, project.zone_id)
    return _items(
        selectors.visible_investments(actor).filter(project=project),
        lambda entry: _said_of_money(entry, project),
        correct="investment-correct" if may_change else "",
        void="investment-void" if may_void else "",
        evidence="investment-evidence",
    )


def plan_items(request: HttpRequest, project: Project) -> list[Item]:
    """Return the annual plans of a project as items of a timeline."""
    plans = selectors.visible_annual_plans(person_of(request)).filter(project=project)
    return _items(plans, lambda entry: _said_of_plan(entry, project))


def version_items(request: HttpRequest, entry: Investment) -> list[Item]:
    """Return every version of one piece of money, the one in force first."""
    rows = selectors.visible_investments(person_of(request)).filter(project=entry.project_id)
    same = rows.filter(ledger_key=entry.ledger_key) if entry.ledger_key else rows.filter(pk=entry.pk)
    return _items(
        same.order_by("-pk"), lambda each: _said_of_money(each, entry.project), evidence="investment-evidence"
    )


def _items(
    entries: Iterable[Any], said: Any, *, correct: str = "", void: str = "", evidence: str = ""
) -> list[Item]:
    """Return one item an entry; one that was voided shows why, and the voiding itself is not shown twice."""
    items = []
    for entry in entries:
        if entry.is_void:
            continue
        what, detail = said(entry)
        items.append(
            entry_item(
                entry,
                what=what,
                detail=detail,
                here=project_url(entry.project_id, "history"),
                evidence=evidence,
                correct_url=reverse(correct, args=[entry.pk]) if correct else "",
                void_url=reverse(void, args=[entry.pk]) if void else "",
            )
        )
    return items


def _officers(request: HttpRequest, project: Project) -> list[Item]:
    return [
        Item(
            moment=assignment.since,
            happened_on=timezone.localdate(assignment.since),
            who="",
            what=_("金牌店小二：%(officer)s") % {"officer": assignment.officer},
            detail=str(assignment.department or ""),
            reason=assignment.reason,
        )
        for assignment in selectors.officers_of(person_of(request), project)
    ]


def _said_of_stage(entry: StageEntry) -> tuple[str, str]:
    facts = (
        money(entry.total_investment_cny, entry.zone) if entry.total_investment_cny is not None else "",
        str(entry.sector or ""),
        entry.source_region,
        _("新引进") if entry.is_new else "",
        _("越过：%(stages)s") % {"stages": listed(Stage(each).label for each in entry.skipped)}
        if entry.skipped
        else "",
        _("登记时缺：%(items)s") % {"items": listed(entry.lacking)} if entry.lacking else "",
    )
    return _("阶段：%(stage)s") % {"stage": entry.get_stage_display()}, " · ".join(
        fact for fact in facts if fact
    )


def _said_of_evidence(entry: GateEvidence) -> tuple[str, str]:
    what = _("“%(stage)s”材料：%(item)s") % {"stage": entry.get_stage_display(), "item": entry.item}
    return what, entry.number


def _said_of_label(entry: ProjectLabel) -> tuple[str, str]:
    return _("%(year)s 年列入“%(label)s”") % {"year": entry.year, "label": entry.label}, ""


def _said_of_place(entry: BatchPlace) -> tuple[str, str]:
    what = _("“%(batch)s”%(list)s") % {"batch": entry.batch_name, "list": entry.get_list_display()}
    return what, str(entry.get_platform_display())


def _said_of_money(entry: Investment, project: Project) -> tuple[str, str]:
    what = f"{entry.get_kind_display()} {money(entry.amount_cny, project.zone)}"
    voucher = _("凭证号 %(no)s") % {"no": entry.voucher_no} if entry.voucher_no else ""
    standing = "" if entry.is_verified else _("未核实")
    above = _("超计划：%(why)s") % {"why": entry.over_plan_reason} if entry.over_plan_reason else ""
    document = str(entry.get_document_kind_display())
    return what, " · ".join(fact for fact in (entry.payer, document, voucher, standing, above) if fact)


def _said_of_plan(entry: AnnualPlan, project: Project) -> tuple[str, str]:
    what = _("%(year)s 年计划投资 %(amount)s") % {
        "year": entry.year,
        "amount": money(entry.amount_cny, project.zone),
    }
    return what, ""
