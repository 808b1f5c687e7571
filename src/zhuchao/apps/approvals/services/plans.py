"""Plans of cases are made again on each event and kept; rehearsals are kept for the meetings that refer to them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import CalendarNotKnown, WrongInput
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.wording import sentences
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import PlanImpossible
from ..models import Case, CasePlan, ProcedureVersion, Rehearsal
from ..selectors.case_plans import PlannedCase, plan_case, same_day_or_deadline
from ..selectors.networks import template_of
from ..selectors.plans import (
    Scenario,
    bars_of,
    bottleneck_of,
    chance_of_the_day,
    plan_of,
    rehearsed,
)

_SHARE = Decimal("0.0001")


@transaction.atomic
def replan(case: Case, *, cause: str, at: datetime | None = None) -> CasePlan | None:
    """Plan a case again after an event and keep what came of it, also that nothing can be planned and why.

    Returns None for a case that is over. It writes no change of its own: who calls records the event that caused it.
    """
    if case.is_closed:
        return None
    moment = at or zones.now(case.zone)
    kept = CasePlan(zone_id=case.zone_id, case=case, made_at=moment, cause=cause[:60])
    try:
        found = plan_case(case, moment)
    except (PlanImpossible, CalendarNotKnown) as error:
        kept.problem = sentences((error, error.next_sentence))[:300]
    else:
        kept.finish_at = found.at(found.plan.finish)
        kept.p50_at, kept.p80_at = found.at(found.runs.p50), found.at(found.runs.p80)
        chance = found.runs.chance_by(same_day_or_deadline(found))
        kept.chance = Decimal(chance).quantize(_SHARE)
        kept.is_proved = found.plan.proved
        kept.detail = _detail(found)
    kept.save(force_insert=True)
    return kept


def _detail(found: PlannedCase) -> dict[str, Any]:
    criticality = {key: round(share, 4) for key, share in found.runs.criticality.items()}
    chain = list(dict.fromkeys(link.task for link in found.plan.chain))
    works = [
        {
            "key": dated.work.task,
            "mode": dated.work.mode.value,
            "review": _span(dated.review),
            "notice": _span(dated.notice),
            "issue": _span(dated.issue),
        }
        for dated in found.plan.on(found.line)
    ]
    left = {
        work.task: work.issue[1] - work.issue[0] + (work.review[1] - work.review[0] if work.review else 0)
        for work in found.plan.works
    }
    bottleneck = max(chain, key=lambda key: criticality.get(key, 0.0) * left[key])
    return {"works": works, "chain": chain, "criticality": criticality, "bottleneck": bottleneck}


def _span(span: tuple[datetime, datetime] | None) -> list[str] | None:
    return None if span is None else [span[0].isoformat(), span[1].isoformat()]


@transaction.atomic
def keep_rehearsal(
    *,
    actor: User | None,
    version: ProcedureVersion,
    scenario: Scenario,
    title: str,
    meeting: str = Rehearsal.Meeting.WALK_THROUGH,
    case: Case | None = None,
    attendees: str = "",
    conclusion: str = "",
) -> Rehearsal:
    """Rehearse a version of a procedure and keep assumptions and results for a meeting.

    Raises WrongInput, and as ``plan_of``.
    """
    may_publish = zones.may(actor, Verb.MANAGE, Thing.PROCEDURE, version.zone_id)
    zones.require(actor, Verb.MANAGE if may_publish else Verb.ADD, Thing.PROCEDURE, version.zone)
    words = {"title": title, "attendees": attendees, "conclusion": conclusion}
    said = {name: text.strip() for name, text in words.items()}
    if not said["title"]:
        raise WrongInput(field=_("名称"), why=_("不能为空。"), name="title")
    for name, text in said.items():
        field = Rehearsal._meta.get_field(name)
        most = field.max_length or 0  # type: ignore[union-attr]
        if len(text) > most:
            raise WrongInput(field=str(field.verbose_name), why=_("最多 %(most)s 个字。") % {"most": most})  # type: ignore[union-attr]
    if meeting not in Rehearsal.Meeting.values:
        raise WrongInput(field=_("会议类型"), why=_("请从列出的种类中选择。"))
    kept = Rehearsal.objects.create(
        zone_id=version.zone_id,
        meeting=meeting,
        procedure_version=version,
        case=case,
        starts_at=scenario.start,
        inputs=as_inputs(scenario),
        results=results_of(version, scenario),
        made_by=actor,
        made_at=zones.now(version.zone),
        **said,
    )
    record_change(actor=actor, verb="rehearse", rows=[kept, version], scope=version.zone_id, title=kept.title)
    return kept


def as_inputs(scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario assumes as plain data."""
    return {
        "start": scenario.start.isoformat(),
        "pre_review_days": scenario.pre_review_days,
        "credit": scenario.credit,
        "modes": sorted(mode.value for mode in scenario.modes),
        "reviewers": dict(scenario.reviewers),
        "deadline": scenario.deadline.isoformat() if scenario.deadline else None,
        "shared": scenario.shared,
    }


def results_of(version: ProcedureVersion, scenario: Scenario) -> Mapping[str, Any]:
    """Return what comes of a scenario as plain data, see ``Rehearsal``."""
    planned = plan_of(template_of(version.text), scenario)
    found = rehearsed(planned)
    narrow = bottleneck_of(planned, found)
    return {
        "finish": planned.plan.finish,
        "p50": round(found.p50),
        "p80": round(found.p80),
        "finish_at": planned.finish_at.isoformat(),
        "p50_at": planned.at(found.p50).isoformat(),
        "p80_at": planned.at(found.p80).isoformat(),
        "chance": round(chance_of_the_day(planned, found), 4),
        "proved": planned.plan.proved,
        "bottleneck": {
            "key": narrow.key,
            "name": narrow.name,
            "share": round(narrow.share, 4),
            "minutes": narrow.minutes,
        },
        "criticality": {key: round(share, 4) for key, share in found.criticality.items()},
        "bars": [[round(low), round(high), runs] for low, high, runs in bars_of(found)],
    }
