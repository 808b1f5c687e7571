"""Applications: which of them a person may see, their steps, their documents, and what waits for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.enterprises.models import DocumentKind, DocumentUse, Enterprise, FirmDocument
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow, visible_contacts
from zhuchao.apps.enterprises.selectors.vault import documents_for, visible_uses
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Application, ApplicationState, ApplicationStep, PolicyVersion
from .policies import Actor
from .terms import terms_of

THING = "policies.application"
SHOWN = 20
SOON = timedelta(days=7)
PREPARING = (
    ApplicationStep.Kind.DRAFT,
    ApplicationStep.Kind.SUBMIT,
    ApplicationStep.Kind.RESUBMIT,
    ApplicationStep.Kind.ACCEPT,
    ApplicationStep.Kind.PROPOSE,
)
"""The steps by which an application is prepared: whoever took one of them does not decide."""


@dataclass(frozen=True)
class Material:
    """A document that the version asks for: what the firm has of it, and whether it need not be given again.

    ``document`` None: it is missing. ``is_reused``: it was given before the application was begun.
    """

    kind: DocumentKind
    document: FirmDocument | None
    is_reused: bool


def visible_applications(actor: Actor) -> QuerySet[Application]:
    """Return the applications this person may see. Every read for a request starts here."""
    rows = Application.objects.select_related(
        "zone", "policy", "version_of", "enterprise", "project", "prepared_by", "decided_by"
    )
    return zones.in_zones(rows, actor, Thing.APPLICATION)


def listed_applications(actor: Actor, zone: Zone) -> QuerySet[Application]:
    """Return the applications of a zone and the zones below it."""
    return visible_applications(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.APPLICATION))


def get_application(actor: Actor, pk: int) -> Application:
    """Return one application; raises NotFound when it is hidden or missing."""
    found = visible_applications(actor).select_related("policy__zone", "version_of__policy__zone")
    application = found.filter(pk=pk).first()
    if application is None:
        raise NotFound(what=_("该申报"))
    return application


def searched_applications(
    rows: QuerySet[Application], scopes: Sequence[int], text: str
) -> QuerySet[Application]:
    """Narrow applications to those found by number, firm, policy or project."""
    ids = matching_row_ids(THING, scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(enterprise__name__icontains=text)


def steps_of(application: Application) -> EntryQuerySet:
    """Return the steps of an application, those taken back included, the latest first."""
    rows = ApplicationStep.objects.filter(application=application, is_void=False)
    return rows.select_related("officer", "recorded_by", "replaced_by", "evidence").order_by("-pk")


def live_steps(application: Application) -> list[ApplicationStep]:
    """Return the steps of an application in force, in order."""
    rows = ApplicationStep.objects.live().filter(application=application)
    return list(rows.select_related("officer").order_by("pk"))


def preparers_of(application: Application) -> dict[int, str]:
    """Return {id: name} of the people who prepared an application, and so do not decide on it."""
    return {
        step.officer.pk: str(step.officer)
        for step in live_steps(application)
        if step.kind in PREPARING and step.officer is not None
    }


def materials_of(actor: Actor, application: Application, on: date) -> list[Material]:
    """Return the documents that the version asks for and what the firm has of each on a day."""
    kinds = terms_of(application.version_of).documents
    if not kinds:
        return []
    begun = live_steps(application)[0].happened_on if application.pk else on
    holding = documents_for(actor, application.enterprise, kinds, on)
    best: dict[str, FirmDocument] = {}
    for document in holding.valid:
        best.setdefault(document.kind, document)
    return [
        Material(DocumentKind(kind), found, is_reused=found is not None and found.received_on < begun)
        for kind in dict.fromkeys(kinds)
        for found in (best.get(kind),)
    ]


def uses_of(actor: Actor, application: Application) -> EntryQuerySet:
    """Return the documents that were used for an application, with whether they had been given before."""
    return visible_uses(actor).live().filter(thing=THING, row_id=application.pk).order_by("kind", "pk")


def spared(applications: QuerySet[Application]) -> int:
    """Return how many documents firms were not asked for again in applications: 免交材料."""
    rows = DocumentUse.objects.live().filter(thing=THING, came_with=False)
    return rows.filter(row_id__in=applications.order_by().values("pk")).count()


def prefilled(actor: Actor, version: PolicyVersion, enterprise: Enterprise) -> dict[str, Any]:
    """Return what is known already of an application to be made: amount, contact and account."""
    contacts = visible_contacts(actor).filter(enterprise=enterprise).order_by("-is_main", "pk")
    known = Application.objects.filter(enterprise=enterprise).exclude(account="").order_by("-pk")
    contact = contacts.first()
    return {
        "requested_cny": terms_of(version).amount_cny,
        "contact": contact.name if contact else "",
        "account": known.values_list("account", flat=True).first() or "",
    }


def applications_waiting(actor: Actor, zone: Zone, on: date) -> QuerySet[Application]:
    """Return the applications that wait: to be accepted or decided, and those whose day is near or past."""
    rows = listed_applications(actor, zone)
    waiting = rows.filter(state__in=(ApplicationState.SUBMITTED, ApplicationState.ACCEPTED))
    due = rows.filter(state__in=(ApplicationState.RETURNED, ApplicationState.OBJECTED), due_on__lte=on + SOON)
    return (waiting | due).order_by("due_on", "state_since", "pk")


def applications_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return what a firm and those merged into it applied for, the latest first; one query."""
    rows = visible_applications(actor).filter(enterprise__in=enterprise_ids).order_by("-state_since", "-pk")
    return RelatedGroup(
        "applications",
        gettext_lazy("政策申报"),
        [
            RelatedRow(
                title=row.policy.title,
                url=reverse("application-detail", args=[row.pk]),
                state=str(row.get_state_display()),
                detail=row.number,
                on=row.state_since,
            )
            for row in rows[:SHOWN]
        ],
    )
