"""The API of the match between firms and policies, and of the facts that firms are matched by."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import family_ids, get_enterprise, survivor_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import FactValue
from zhuchao.engines.rules.stating import read_fact
from zhuchao.web.api import ReasonIn
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import FirmFact, VersionMatch
from ..schemas.matches import FirmFactIn, FirmFactOut, FirmPoliciesOut, SupposeIn, VersionMatchOut
from ..selectors.explaining import in_words
from ..selectors.facts import get_fact, stated_of
from ..selectors.matches import match_firm
from ..selectors.related import may_match
from ..services.facts import field_named, state_fact, void_fact
from ..wording import say

router = Router()


@router.get("/enterprises/{pk}/policies", response=FirmPoliciesOut)
def match_policies(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return what every policy in force says of a firm today."""
    return _matched(_firm(request, pk), {})


@router.post("/enterprises/{pk}/policies/suppose", response=FirmPoliciesOut)
def suppose_policies(request: HttpRequest, pk: int, body: SupposeIn) -> dict[str, Any]:
    """Return what every policy in force would say of a firm with other facts; nothing is kept."""
    changes: dict[str, FactValue | None] = {}
    for name, text in body.facts.items():
        field = field_named(name)
        try:
            changes[field.name] = read_fact(text, field)
        except EngineError as error:
            raise WrongInput(field=field.label, why=say(error, field.label)) from error
    return _matched(_firm(request, pk), changes)


@router.get("/enterprises/{pk}/policy-facts", response=list[FirmFactOut])
def list_firm_facts(request: HttpRequest, pk: int) -> list[FirmFact]:
    """Return the stated facts of a firm, the newest first."""
    return list(stated_of(person_of(request), family_ids(_firm(request, pk))))


@router.post("/enterprises/{pk}/policy-facts", response={201: FirmFactOut})
def add_firm_fact(request: HttpRequest, pk: int, body: FirmFactIn) -> Status[FirmFact]:
    """State a fact of a firm; the same said again on the same day changes nothing."""
    entry = state_fact(actor=person_of(request), enterprise=_firm(request, pk), **body.dict())
    return Status(201, entry)


@router.post("/policy-facts/{pk}/void", response=FirmFactOut)
def void_firm_fact(request: HttpRequest, pk: int, body: ReasonIn) -> FirmFact:
    """Take a stated fact away, with the reason."""
    actor = person_of(request)
    return void_fact(actor=actor, entry=get_fact(actor, pk), reason=body.reason)


@router.get("/policy-versions/{pk}/match", response=VersionMatchOut)
def get_version_match(request: HttpRequest, pk: int) -> VersionMatch:
    """Return how many firms of its zone a version takes, as last reckoned."""
    version = selectors.get_version(person_of(request), pk)
    match = VersionMatch.objects.filter(version=version).first()
    if match is None or not may_match(request.user, version.zone_id):
        raise NotFound(what=_("该政策版本"))
    return match


def _firm(request: HttpRequest, pk: int) -> Enterprise:
    firm = survivor_of(get_enterprise(person_of(request), pk))
    if not may_match(person_of(request), firm.zone_id):
        raise NotFound(what=_("该企业"))
    return firm


def _matched(firm: Enterprise, changes: dict[str, FactValue | None]) -> dict[str, Any]:
    found = match_firm(firm, day=zones.today(firm.zone), changes=changes)
    matches = []
    for line in found.lines:
        words = in_words(line, found.known)
        matches.append(
            {
                "policy_id": line.version.policy_id,
                "version_id": line.version.pk,
                "title": line.version.policy.title,
                "answer": line.answer,
                "conditions": words.conditions,
                "missing": [field.name for field in line.missing],
                "benefit": words.benefit,
                "least": line.benefit.least if line.benefit else None,
                "most": line.benefit.most if line.benefit else None,
                "ways": words.ways,
            }
        )
    ask = [field.name for field, _question in found.questions]
    return {"enterprise_id": firm.pk, "day": found.day, "matches": matches, "ask": ask}
