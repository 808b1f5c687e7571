"""The API of applications, of how versions are delivered, and of their reviews."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.enterprises.selectors import get_enterprise
from zhuchao.apps.projects.selectors import get_project
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import Application, CompetitionReview, DeliveryTerms, PolicyVersion
from ..schemas.applications import (
    ApplicationEdit,
    ApplicationIn,
    ApplicationOut,
    ApplicationPage,
    ApplicationStepIn,
    ApplicationStepOut,
    CompetitionReviewIn,
    CompetitionReviewOut,
    DeliveryTermsIn,
    DeliveryTermsOut,
)
from ..selectors import applications
from ..selectors.terms import get_review, terms_of, why_not_reviewed
from ..services import application_steps as steps
from ..services import applications as services
from ..services import terms as terms_services

router = Router(tags=["policies"])


@router.get("/policies/applications", response=ApplicationPage)
def list_applications(
    request: HttpRequest,
    zone: str,
    q: str = "",
    state: str = "",
    policy_id: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """List the applications of a zone and the zones below it, by id."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    rows = applications.listed_applications(actor, here)
    if len(q.strip()) > 1:
        scopes = zones.zones_under(actor, here, Thing.APPLICATION)
        rows = applications.searched_applications(rows, scopes, q.strip())
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(policy_id=policy_id) if policy_id else rows
    return page_of(rows, after, limit)


@router.post("/policies/applications", response={201: ApplicationOut})
def draft_application(request: HttpRequest, body: ApplicationIn) -> Status[Application]:
    """Begin the application of a firm for a version."""
    actor = person_of(request)
    version = selectors.get_version(actor, body.version_id)
    firm = get_enterprise(actor, body.enterprise_id)
    project = get_project(actor, body.project_id) if body.project_id else None
    facts = body.dict(exclude={"version_id", "enterprise_id", "project_id"})
    made = services.draft_application(actor=actor, version=version, enterprise=firm, project=project, **facts)
    return Status(201, applications.get_application(actor, made.pk))


@router.get("/policies/applications/{int:pk}", response=ApplicationOut)
def get_application(request: HttpRequest, pk: int) -> Application:
    """Return one application."""
    return applications.get_application(person_of(request), pk)


@router.patch("/policies/applications/{int:pk}", response=ApplicationOut)
def change_application(request: HttpRequest, pk: int, body: ApplicationEdit) -> Application:
    """Change what an application says; refused with both versions when it was changed meanwhile."""
    actor = person_of(request)
    application = applications.get_application(actor, pk)
    said = body.dict(exclude_unset=True, exclude={"version"})
    values = {name: value for name, value in said.items() if value is not None or name == "requested_cny"}
    services.change_application(actor=actor, application=application, version=body.version, **values)
    return applications.get_application(actor, pk)


@router.get("/policies/applications/{int:pk}/steps", response=list[ApplicationStepOut])
def list_steps(request: HttpRequest, pk: int) -> Any:
    """Return the steps of an application in force, in order."""
    return applications.live_steps(applications.get_application(person_of(request), pk))


@router.post("/policies/applications/{int:pk}/steps", response=ApplicationOut)
def take_step(request: HttpRequest, pk: int, body: ApplicationStepIn) -> Application:
    """Take a step of an application, by the same rules as on its page."""
    actor = person_of(request)
    _take(actor, applications.get_application(actor, pk), body)
    return applications.get_application(actor, pk)


def _take(actor: User, application: Application, body: ApplicationStepIn) -> None:
    named: dict[str, Any] = {"actor": actor, "application": application}
    dated = named | {"on": body.on}
    argued = dated | {"reason": body.reason}
    if body.step in ("approve", "revise") and body.amount_cny is None:
        raise WrongInput(field=_("核定金额"), why=_("请填写。"))
    answers = {"uphold": "uphold", "revise": "approve", "deny": "reject"}
    plain = {
        "return": steps.return_application,
        "reject": steps.reject_application,
        "object": steps.object_to_decision,
        "withdraw": steps.withdraw_application,
    }
    if body.step == "submit":
        steps.submit_application(**dated, consent_by=body.consent_by)
    elif body.step == "accept":
        steps.accept_application(**dated)
    elif body.step == "approve" and body.amount_cny is not None:
        steps.approve_application(**argued, amount_cny=body.amount_cny)
    elif body.step == "take_back":
        steps.take_back_step(**named, reason=body.reason)
    elif body.step in answers:
        steps.answer_objection(**argued, answer=answers[body.step], amount_cny=body.amount_cny)
    else:
        plain[body.step](**argued)


@router.get("/policies/versions/{int:pk}/terms", response=DeliveryTermsOut)
def get_terms(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return how a version is delivered."""
    return _terms(selectors.get_version(person_of(request), pk))


@router.put("/policies/versions/{int:pk}/terms", response=DeliveryTermsOut)
def set_terms(request: HttpRequest, pk: int, body: DeliveryTermsIn) -> dict[str, Any]:
    """Say how a version is delivered."""
    actor = person_of(request)
    version = selectors.get_version(actor, pk)
    values = body.dict(exclude={"version"})
    values["documents"] = [kind.value for kind in body.documents]
    terms_services.set_terms(actor=actor, of=version, version=body.version, **values)
    return _terms(version)


@router.post("/policies/versions/{int:pk}/reviews", response={201: CompetitionReviewOut})
def add_review(request: HttpRequest, pk: int, body: CompetitionReviewIn) -> Status[CompetitionReview]:
    """Enter that a version was reviewed for fair competition."""
    actor = person_of(request)
    version = selectors.get_version(actor, pk)
    return Status(201, terms_services.add_review(actor=actor, version=version, **body.dict()))


@router.post("/policies/reviews/{int:pk}/void", response=CompetitionReviewOut)
def void_review(request: HttpRequest, pk: int, body: ReasonIn) -> CompetitionReview:
    """Take a review out of force."""
    actor = person_of(request)
    return terms_services.void_review(actor=actor, review=get_review(actor, pk), reason=body.reason)


def _terms(version: PolicyVersion) -> dict[str, Any]:
    terms: DeliveryTerms = terms_of(version)
    names = ("mode", "documents", "amount_cny", "cap_cny", "correction_days", "objection_days")
    said = {name: getattr(terms, name) for name in (*names, "answer_days", "version")}
    return said | {"unreviewed": why_not_reviewed(version)}
