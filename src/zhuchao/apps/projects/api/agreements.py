"""The API of agreements, covenants and letters of reminder."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import Agreement, Covenant, CovenantKind, CovenantLetter, CovenantState, Side
from ..schemas.agreements import (
    AgreementEndIn,
    AgreementIn,
    AgreementOut,
    AgreementPage,
    AgreementReviewIn,
    AmendmentIn,
    CovenantIn,
    CovenantOut,
    CovenantPage,
    CoverageOut,
    FindingIn,
    LetterAnswerIn,
    LetterOut,
    LetterPage,
    LetterSendIn,
    SignatureIn,
)
from ..selectors.standings import Standing, standings_of

router = Router(tags=["projects"])


@router.get("/agreements", response=AgreementPage)
def list_agreements(
    request: HttpRequest,
    zone: str,
    state: str = "",
    project: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """List the agreements of a zone and the zones below it."""
    here = zones.get_zone(request.user, zone)
    rows: QuerySet[Agreement] = selectors.listed_agreements(person_of(request), here)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(project_id=project) if project is not None else rows
    return page_of(rows, after, limit)


@router.get("/agreements/coverage", response=CoverageOut)
def agreement_coverage(request: HttpRequest, zone: str) -> dict[str, Any]:
    """Say how many signed projects have a signed agreement with a covenant, and which have none."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    scopes = zones.zones_under(actor, here, Thing.COVENANT)
    found = selectors.coverage(scopes, as_of=zones.now(here))
    return {
        "signed": found.signed,
        "covered": found.covered,
        "ratio": found.rate.ratio,
        "missing_ids": [project.pk for project in found.missing],
    }


@router.get("/agreements/{pk}", response=AgreementOut)
def get_agreement(request: HttpRequest, pk: int) -> Agreement:
    """Return one agreement."""
    return selectors.get_agreement(person_of(request), pk)


@router.post("/projects/{pk}/agreements", response={201: AgreementOut})
def add_agreement(request: HttpRequest, pk: int, body: AgreementIn) -> Status[Agreement]:
    """Draft an agreement about a project."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    return Status(201, services.add_agreement(actor=actor, project=project, **body.dict()))


@router.post("/agreements/{pk}/reviews", response=AgreementOut)
def review_agreement(request: HttpRequest, pk: int, body: AgreementReviewIn) -> Agreement:
    """Enter that an agreement was reviewed for fair competition."""
    actor = person_of(request)
    services.review_agreement(actor=actor, agreement=selectors.get_agreement(actor, pk), **body.dict())
    return selectors.get_agreement(actor, pk)


@router.post("/agreements/{pk}/sign", response=AgreementOut)
def sign_agreement(request: HttpRequest, pk: int, body: SignatureIn) -> Agreement:
    """Enter that an agreement was signed; refused with a promise of reward that was not reviewed."""
    actor = person_of(request)
    return services.sign_agreement(actor=actor, agreement=selectors.get_agreement(actor, pk), on=body.on)


@router.post("/agreements/{pk}/amend", response={201: AgreementOut})
def amend_agreement(request: HttpRequest, pk: int, body: AmendmentIn) -> Status[Agreement]:
    """Draft an amendment with all covenants of a signed agreement."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    return Status(201, services.amend_agreement(actor=actor, agreement=agreement, number=body.number))


@router.post("/agreements/{pk}/end", response=AgreementOut)
def end_agreement(request: HttpRequest, pk: int, body: AgreementEndIn) -> Agreement:
    """Enter that a signed agreement ended."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    return services.end_agreement(actor=actor, agreement=agreement, **body.dict())


@router.post("/agreements/{pk}/covenants", response={201: CovenantOut})
def add_covenant(request: HttpRequest, pk: int, body: CovenantIn) -> Status[dict[str, Any]]:
    """Write a promise into an agreement that is not signed."""
    actor = person_of(request)
    agreement = selectors.get_agreement(actor, pk)
    facts = body.dict(exclude={"department_id", "rewards_id"})
    if body.department_id is not None:
        facts["department"] = agreement.zone.departments.filter(pk=body.department_id).first()
        if facts["department"] is None:
            raise NotFound(what=str(Covenant._meta.get_field("department").verbose_name))
    if body.rewards_id is not None:
        facts["rewards"] = selectors.get_covenant(actor, body.rewards_id)
    made = services.add_covenant(actor=actor, agreement=agreement, **facts)
    return Status(201, _one(selectors.get_covenant(actor, made.pk)))


@router.get("/covenants", response=CovenantPage)
def list_covenants(
    request: HttpRequest,
    zone: str,
    side: str = "",
    kind: str = "",
    state: str = "",
    project: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """List the covenants of signed agreements with what became of each."""
    here = zones.get_zone(request.user, zone)
    rows = selectors.followed_covenants(person_of(request), here)
    for name, said, known in (("side", side, Side.values), ("kind", kind, CovenantKind.values)):
        if said:
            _refuse_unknown(name, said, known)
            rows = rows.filter(**{name: said})
    rows = rows.filter(agreement__project_id=project) if project is not None else rows
    if state:
        _refuse_unknown("state", state, CovenantState.values)
        found = standings_of(list(rows))
        rows = rows.filter(pk__in=[pk for pk, one in found.items() if one.state == state])
    page = page_of(rows, after, limit)
    return {**page, "items": _shown(page["items"])}


@router.get("/covenants/letters", response=LetterPage)
def list_letters(
    request: HttpRequest, zone: str, state: str = "", after: int = 0, limit: int = 50
) -> dict[str, Any]:
    """List the letters of reminder of a zone and the zones below it."""
    here = zones.get_zone(request.user, zone)
    rows: QuerySet[CovenantLetter] = selectors.listed_letters(person_of(request), here)
    return page_of(rows.filter(state=state) if state else rows, after, limit)


@router.get("/covenants/letters/{pk}", response=LetterOut)
def get_letter(request: HttpRequest, pk: int) -> CovenantLetter:
    """Return one letter of reminder."""
    return selectors.get_letter(person_of(request), pk)


@router.post("/covenants/letters/{pk}/approve", response=LetterOut)
def approve_letter(request: HttpRequest, pk: int) -> CovenantLetter:
    """Say that a letter may go out."""
    actor = person_of(request)
    return services.approve_letter(actor=actor, letter=selectors.get_letter(actor, pk))


@router.post("/covenants/letters/{pk}/send", response=LetterOut)
def send_letter(request: HttpRequest, pk: int, body: LetterSendIn) -> CovenantLetter:
    """Enter that an approved letter went out."""
    actor = person_of(request)
    return services.send_letter(actor=actor, letter=selectors.get_letter(actor, pk), **body.dict())


@router.post("/covenants/letters/{pk}/answer", response=LetterOut)
def answer_letter(request: HttpRequest, pk: int, body: LetterAnswerIn) -> CovenantLetter:
    """Enter the answer to a letter."""
    actor = person_of(request)
    return services.answer_letter(actor=actor, letter=selectors.get_letter(actor, pk), **body.dict())


@router.post("/covenants/letters/{pk}/drop", response=LetterOut)
def drop_letter(request: HttpRequest, pk: int, body: ReasonIn) -> CovenantLetter:
    """Decide not to send a letter."""
    actor = person_of(request)
    return services.drop_letter(actor=actor, letter=selectors.get_letter(actor, pk), reason=body.reason)


@router.get("/covenants/{pk}", response=CovenantOut)
def get_covenant(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return one covenant with what became of it."""
    return _one(selectors.get_covenant(person_of(request), pk))


@router.post("/covenants/{pk}/findings", response={201: CovenantOut})
def record_finding(request: HttpRequest, pk: int, body: FindingIn) -> Status[dict[str, Any]]:
    """Enter what was found of a covenant on a document."""
    actor = person_of(request)
    services.record_finding(actor=actor, covenant=selectors.get_covenant(actor, pk), **body.dict())
    return Status(201, _one(selectors.get_covenant(actor, pk)))


@router.post("/covenants/{pk}/letters", response={201: LetterOut})
def draft_letter(request: HttpRequest, pk: int) -> Status[CovenantLetter]:
    """Draft a letter about a broken covenant."""
    actor = person_of(request)
    covenant = selectors.get_covenant(actor, pk)
    return Status(201, services.draft_letter(actor=actor, covenant=covenant))


def _refuse_unknown(name: str, said: str, known: Sequence[str]) -> None:
    if said not in known:
        raise WrongInput(field=name, why=", ".join(known))


def _one(covenant: Covenant) -> dict[str, Any]:
    return _shown([covenant])[0]


def _shown(covenants: Sequence[Covenant]) -> list[dict[str, Any]]:
    found = standings_of(covenants)
    return [_said(one, found[one.pk] if one.agreement.signed_on else None) for one in covenants]


def _said(covenant: Covenant, standing: Standing | None) -> dict[str, Any]:
    names = (
        *("id", "agreement_id", "side", "kind", "clause", "said", "target", "due_on", "year"),
        *("source", "rewards_id", "grant_number"),
    )
    said: dict[str, Any] = {name: getattr(covenant, name) for name in names}
    agreement = covenant.agreement
    said |= {
        "agreement": agreement.number,
        "project_id": agreement.project_id,
        "project": agreement.project.name,
    }
    if standing is None:
        return said | dict.fromkeys(("state", "value", "done_on", "gap")) | {"days": 0, "why": ""}
    read = {name: getattr(standing, name) for name in ("value", "done_on", "gap", "days", "why")}
    return said | read | {"state": standing.state.value}
