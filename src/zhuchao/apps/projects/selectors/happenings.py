"""One timeline of a project: what every service line did for it. Other apps register a source of their own here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.wording import clauses, remarks, said_money
from zhuchao.apps.enterprises.selectors.enterprises import family_ids
from zhuchao.apps.enterprises.selectors.vault import visible_documents
from zhuchao.apps.premises.models import Works, WorksProgress
from zhuchao.apps.premises.selectors import renewal
from zhuchao.apps.premises.selectors import works as building
from zhuchao.apps.premises.selectors.leases import visible_leases
from zhuchao.apps.promotion.selectors.activities import visible_activities
from zhuchao.apps.promotion.selectors.viewings import visible_viewings
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.units import show_number

from ..models import Project, ProjectWorks
from .projects import Actor

MOST_OF_A_SOURCE = 200
"""So many entries of one kind stand on a timeline; a firm with more has a list of its own for them."""


class ServiceLine(models.TextChoices):
    """What an entry of a timeline is about; the first three are what a project is served with from end to end."""

    POLICY = "policy", gettext_lazy("政策扶持")
    PERMIT = "permit", gettext_lazy("手续办理")
    WORKS = "works", gettext_lazy("改造建设")
    VISIT = "visit", gettext_lazy("走访踏勘")
    REQUEST = "request", gettext_lazy("企业诉求")
    PROJECT = "project", gettext_lazy("项目推进")


SERVED = (ServiceLine.POLICY, ServiceLine.PERMIT, ServiceLine.WORKS)
"""The three service lines that every project has: shown even where nothing was done yet."""


@dataclass(frozen=True)
class Happening:
    """Something that happened for a project: the day, the line, what, who did it, and where it is seen.

    ``moment`` is when it was recorded, None where that is not kept.
    """

    line: ServiceLine
    on: date
    what: str
    who: str = ""
    url: str = ""
    detail: str = ""
    moment: datetime | None = None


Source = Callable[[User | AnonymousUser | None, Project], Iterable[Happening]]
_sources: list[Source] = []


def register_timeline_source(source: Source) -> None:
    """Add a source of what was done for a project, scoped by whoever looks; the same one twice counts once."""
    if source not in _sources:
        _sources.append(source)


def happenings_of(actor: Actor, project: Project) -> list[Happening]:
    """Return what every registered app did for a project that this person may see, the latest first."""
    found = [one for source in _sources for one in source(actor, project)]
    return sorted(found, key=lambda one: one.on, reverse=True)


def works_of(actor: Actor, project: Project) -> QuerySet[Works]:
    """Return the building works of a project that this person may see: those tied to it, and those on units that
    its firm rents."""
    mine = Q(project_links__project=project)
    if project.enterprise is not None:
        rented = visible_leases(actor).filter(tenant__in=family_ids(project.enterprise), is_void=False)
        mine |= Q(units__in=rented.values("units"))
    ids = Works.objects.filter(mine).values("pk")
    return building.visible_works(actor).filter(pk__in=ids, zone_id=project.zone_id)


def tied_works(project: Project) -> list[Works]:
    """Return the works that were tied to a project, by name."""
    rows = ProjectWorks.objects.filter(project=project).select_related("works__site").order_by("works__name")
    return [row.works for row in rows]


def works_done(actor: Actor, project: Project) -> Iterator[Happening]:
    """Yield the entries in force of a project's building works, and of the renewal of the places they are on."""
    works = list(works_of(actor, project))
    if not works:
        return
    rows = building.visible_progress(actor).live().filter(works__in=works).order_by("-happened_on", "-pk")
    for entry in rows[:MOST_OF_A_SOURCE]:
        yield Happening(
            ServiceLine.WORKS,
            entry.happened_on,
            _("%(works)s：%(event)s") % {"works": entry.works, "event": entry.get_event_display()},
            str(entry.recorded_by or _("系统")),
            reverse("works-detail", args=[entry.works_id]),
            remarks((_progress(entry), entry.evidence_note)),
            entry.recorded_at,
        )
    sites = {one.site_id for one in works}
    events = renewal.visible_events(actor).live().filter(renewal__site__in=sites)
    for event in events.order_by("-happened_on", "-pk")[:MOST_OF_A_SOURCE]:
        yield Happening(
            ServiceLine.WORKS,
            event.happened_on,
            _("%(works)s：%(event)s") % {"works": event.renewal, "event": event.get_kind_display()},
            str(event.recorded_by or _("系统")),
            reverse("renewal-detail", args=[event.renewal_id]),
            event.evidence_note,
            event.recorded_at,
        )


def documents_given(actor: Actor, project: Project) -> Iterator[Happening]:
    """Yield the licences and certificates that the project's firm obtained and that were received."""
    if project.enterprise is None:
        return
    rows = visible_documents(actor).filter(
        enterprise__in=family_ids(project.enterprise), zone_id=project.zone_id
    )
    for document in rows.order_by("-received_on", "-pk")[:MOST_OF_A_SOURCE]:
        yield Happening(
            ServiceLine.PERMIT,
            document.received_on,
            _("收到%(document)s") % {"document": document},
            document.issuer,
            reverse("firm-document-detail", args=[document.pk]),
            document.note,
        )


def visits_made(actor: Actor, project: Project) -> Iterator[Happening]:
    """Yield the visits to the project's firm and to the lead it came of, and what the lead was shown."""
    met = Q()
    if project.lead_id is not None:
        met |= Q(parties__lead=project.lead_id)
    if project.enterprise is not None:
        met |= Q(parties__enterprise__in=family_ids(project.enterprise))
    if not met:
        return
    rows = visible_activities(actor).live().filter(zone_id=project.zone_id).filter(met).distinct()
    for visit in rows.order_by("-happened_on", "-pk")[:MOST_OF_A_SOURCE]:
        yield Happening(
            ServiceLine.VISIT,
            visit.happened_on,
            _("%(kind)s：%(title)s") % {"kind": visit.get_kind_display(), "title": visit.title},
            visit.members or str(visit.recorded_by or ""),
            reverse("activity-detail", args=[visit.pk]),
            visit.place,
            visit.recorded_at,
        )
    if project.lead_id is None or not zones.may(actor, Verb.VIEW, Thing.LEAD, project.zone_id):
        return
    for viewing in visible_viewings(actor).filter(lead=project.lead_id).order_by("-on")[:MOST_OF_A_SOURCE]:
        yield Happening(
            ServiceLine.VISIT,
            viewing.on,
            _("踏勘房源：%(lead)s") % {"lead": viewing.lead},
            str(viewing.escort),
            reverse("viewing-detail", args=[viewing.pk]),
            remarks((str(viewing.get_outcome_display()), viewing.outcome_note)),
        )


def _progress(entry: WorksProgress) -> str:
    said = []
    if entry.percent is not None:
        said.append(_("形象进度 %(percent)s%%") % {"percent": show_number(entry.percent, 0)})
    if entry.spent_cny is not None:
        said.append(
            _("累计完成 %(amount)s") % {"amount": said_money(entry.spent_cny, entry.works.zone.money_unit)}
        )
    if entry.detail:
        said.append(entry.detail)
    return clauses(said)


for _own in (works_done, documents_given, visits_made):
    register_timeline_source(_own)
