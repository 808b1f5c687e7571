"""The API of the rules of a version: whether a text can be read, what it does to firms, and who they are."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.api import page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..errors import ComparisonNeeded
from ..models import FirmShift, VersionDiff
from ..schemas.authoring import FirmShiftOut, FirmShiftPage, RulesEffectOut
from ..selectors.shifts import shifts_of
from ..services import comparisons

router = Router()


@router.post("/policies/versions/{int:pk}/compare", response=RulesEffectOut)
def compare_version(request: HttpRequest, pk: int) -> VersionDiff:
    """Reckon what a draft does to the firms of its zone and return it; of very many firms what a job reckoned last."""
    actor = person_of(request)
    draft = selectors.get_version(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.POLICY, draft.zone)
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
