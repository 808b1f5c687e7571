"""The API of the rules of a version: whether a text can be read, what it does to firms, and who they are."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.web.api import page_of
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..errors import ComparisonNeeded
from ..models import FirmShift, PolicyVersion, VersionDiff
from ..schemas import PolicyVersionOut
from ..schemas.authoring import (
    FirmShiftOut,
    FirmShiftPage,
    RulesCheckOut,
    RulesEdit,
    RulesEffectOut,
    RulesIn,
    RulesProblemOut,
)
from ..selectors.rules import failures, text_rules
from ..selectors.shifts import shifts_of
from ..services import comparisons
from ..wording import say

router = Router()


def _draft(request: HttpRequest, pk: int) -> PolicyVersion:
    draft = selectors.get_version(request.user, pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.POLICY, draft.zone)
    return draft


@router.post("/policies/versions/{int:pk}/rules/check", response=RulesCheckOut)
def check_rules(request: HttpRequest, pk: int, body: RulesIn) -> RulesCheckOut:
    """Say whether a text of rules can be read, and which of its tests fail or are wanting; keeps nothing."""
    return checked_text(_draft(request, pk), body.rules)


@router.post("/policies/versions/{int:pk}/rules/count", response=RulesEffectOut)
def count_rules(request: HttpRequest, pk: int, body: RulesIn) -> dict[str, Any]:
    """Say what a text of rules does to the firms of the zone; keeps nothing. Refused where firms are very many."""
    draft = _draft(request, pk)
    if not comparisons.is_small(draft.zone):
        raise ComparisonNeeded(policy=str(draft.policy), number=draft.number)
    found, against = comparisons.compare_text(draft, body.rules)
    sums = comparisons.money_of(found)
    against_id = None if against is None else against.pk
    return {"day": found.day, "against_id": against_id, **comparisons.plain(found), **sums}


@router.patch("/policies/versions/{int:pk}/rules", response=PolicyVersionOut)
def change_rules(request: HttpRequest, pk: int, body: RulesEdit) -> PolicyVersion:
    """Save the rules of a draft; refused with both texts when it was changed meanwhile."""
    actor, draft = person_of(request), _draft(request, pk)
    return services.change_version(actor=actor, draft=draft, version=body.version, rules=body.rules)


@router.post("/policies/versions/{int:pk}/compare", response=RulesEffectOut)
def compare_version(request: HttpRequest, pk: int) -> VersionDiff:
    """Reckon what a draft does to the firms of its zone and return it; of very many firms what a job reckoned last."""
    actor, draft = person_of(request), _draft(request, pk)
    diff = comparisons.fresh_diff(actor=actor, draft=draft)
    if diff is None:
        raise ComparisonNeeded(policy=str(draft.policy), number=draft.number)
    return diff


@router.get("/policies/versions/{int:pk}/shifts", response=FirmShiftPage)
def list_firm_shifts(
    request: HttpRequest, pk: int, was: str = "", now: str = "", after: int = 0, limit: int = 50
) -> dict[str, Any]:
    """List the firms that a draft answers otherwise than the version in force, as it was reckoned last."""
    actor = person_of(request)
    rows = shifts_of(actor, selectors.get_version(actor, pk))
    for name, value in (("before", was), ("after", now)):
        rows = rows.filter(**{name: value}) if value else rows
    page = page_of(rows, after, limit)
    return page | {"items": [_shift(row) for row in page["items"]]}


def checked_text(draft: PolicyVersion, text: str) -> RulesCheckOut:
    """Return what is wrong with a text of rules."""
    try:
        rules = text_rules(draft, text)
    except EngineError as error:
        problem = RulesProblemOut(
            code=error.code, message=say(error), line=int(str(error.data.get("line") or 0))
        )
        return RulesCheckOut(is_readable=False, conditions=0, problems=[problem])
    found = failures(rules) if rules is not None else ()
    problems = [RulesProblemOut(code=one.code, message=one.message, line=one.line) for one in found]
    conditions = len(rules.version.conditions) if rules is not None else 0
    return RulesCheckOut(is_readable=True, conditions=conditions, problems=problems)


def _shift(row: FirmShift) -> FirmShiftOut:
    return FirmShiftOut(
        id=row.pk,
        enterprise_id=row.enterprise_id,
        enterprise=row.enterprise.name,
        before=row.before,
        after=row.after,
        loses=row.loses,
        least_cny=row.least_cny,
        most_cny=row.most_cny,
        conditions=row.conditions,
    )
