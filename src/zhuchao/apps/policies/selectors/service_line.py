"""What policies did for a project: the line 政策扶持 of its timeline."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import clauses, remarks, said_money
from zhuchao.apps.enterprises.selectors.enterprises import family_ids
from zhuchao.apps.projects.models import Project
from zhuchao.apps.projects.selectors import Happening, ServiceLine
from zhuchao.apps.projects.selectors.officers import OpenItem
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import ApplicationState, ApplicationStep, ProjectPolicy
from .applications import visible_applications
from .payments import visible_payments
from .policies import Actor
from .recommendations import reason_of
from .tellings import visible_tellings

MOST = 200


def policy_happenings(actor: Actor, project: Project) -> Iterator[Happening]:
    """Yield what policies did for a project: found to fit it, told to its firm, applied for, decided, paid.

    An application of the firm for another of its projects is not this one's.
    """
    yield from _attached(actor, project)
    firms = family_ids(project.enterprise) if project.enterprise is not None else []
    mine = Q(project=project) | Q(project=None, enterprise__in=firms)
    applications = visible_applications(actor).filter(mine, zone_id=project.zone_id)
    yield from _steps(applications.order_by().values("pk"))
    paid = visible_payments(actor).filter(replaced_by=None, is_void=False)
    for entry in paid.filter(application__in=applications.order_by().values("pk")).order_by("-pk")[:MOST]:
        yield Happening(
            ServiceLine.POLICY,
            entry.happened_on,
            _("拨付%(amount)s：%(policy)s")
            % {"amount": said_money(entry.amount_cny, entry.zone.money_unit), "policy": entry.policy},
            str(entry.recorded_by or _("系统")),
            reverse("application-detail", args=[entry.application_id]),
            entry.evidence_note,
            entry.recorded_at,
        )
    told = visible_tellings(actor).filter(
        replaced_by=None, is_void=False, enterprise__in=firms, zone_id=project.zone_id
    )
    for telling in told.order_by("-happened_on", "-pk")[:MOST]:
        yield Happening(
            ServiceLine.POLICY,
            telling.happened_on,
            _("告知政策：%(policy)s") % {"policy": telling.policy},
            str(telling.officer),
            reverse("policy-detail", args=[telling.policy_id]),
            remarks((telling.get_way_display(), telling.occasion)),
            telling.recorded_at,
        )


def policies_open(actor: Actor, project: Project) -> Iterator[OpenItem]:
    """Yield the applications of a project that are under way, for whoever takes the project over."""
    rows = visible_applications(actor).filter(project=project)
    states = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.RETURNED)
    for row in rows.filter(state__in=(*states, ApplicationState.ACCEPTED)).order_by("pk"):
        what = _("政策申报%(state)s：%(policy)s") % {"state": row.get_state_display(), "policy": row.policy}
        yield OpenItem(what, reverse("application-detail", args=[row.pk]), row.due_on)


def _attached(actor: Actor, project: Project) -> Iterator[Happening]:
    if not zones.may(actor, Verb.VIEW, Thing.POLICY, project.zone_id):
        return
    rows = ProjectPolicy.objects.filter(project=project, withdrawn_at=None).select_related("version__policy")
    for row in rows.order_by("-found_on", "-pk")[:MOST]:
        yield Happening(
            ServiceLine.POLICY,
            row.found_on,
            _("匹配到政策：%(policy)s") % {"policy": row.version.policy},
            _("系统"),
            reverse("policy-detail", args=[row.version.policy_id]),
            clauses(
                (_("%(stage)s阶段匹配") % {"stage": row.stage_label}, reason_of(row.reason, row.missing))
            ),
        )


def _steps(applications: object) -> Iterator[Happening]:
    steps = ApplicationStep.objects.live().filter(application__in=applications)
    rows = steps.select_related("application__policy", "officer", "recorded_by", "zone")
    for step in rows.order_by("-happened_on", "-pk")[:MOST]:
        amount = said_money(step.amount_cny, step.zone.money_unit) if step.amount_cny is not None else ""
        yield Happening(
            ServiceLine.POLICY,
            step.happened_on,
            _("%(step)s：%(policy)s") % {"step": step.get_kind_display(), "policy": step.application.policy},
            str(step.officer or step.recorded_by or _("系统")),
            reverse("application-detail", args=[step.application_id]),
            remarks((step.application.number, amount, step.evidence_note)),
            step.recorded_at,
        )
