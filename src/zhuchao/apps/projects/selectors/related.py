"""The projects of a firm, for its page; those that a new lead may be; and those that were signed, for the calendar."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Min, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.promotion.models import Lead, LeadStage
from zhuchao.apps.promotion.selectors import Described, DuplicateCandidate, Signing
from zhuchao.apps.zones.models import User
from zhuchao.engines.identity import normal_name

from ..models import Project, Stage, StageEntry
from .projects import project_key, visible_projects

MOST = 20


def projects_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return the projects of a firm and the firms merged into it that this person may see; one query."""
    rows = visible_projects(actor).filter(enterprise__in=enterprise_ids).order_by("-pk")[:MOST]
    return RelatedGroup(
        "projects",
        _("项目"),
        [
            RelatedRow(
                title=project.name,
                url=reverse("project-detail", args=[project.pk]),
                state=str(project.get_stage_display()),
                detail=str(project.get_kind_display()),
                on=project.stage_since,
            )
            for project in rows
        ],
    )


def projects_signed(
    actor: User | AnonymousUser | None, zone_ids: Sequence[int], start: date, end: date
) -> list[Signing]:
    """Return the projects that came to be signed in a period and whose lead, if they had one, was never signed itself.

    A project counts on the first day it stood as signed; an investment of a firm that is here already counts too.
    """
    signed = StageEntry.objects.live().filter(zone_id__in=zone_ids, stage=Stage.SIGNED)
    first = signed.order_by().values("project_id").annotate(first=Min("happened_on"))
    days = dict(first.filter(first__range=(start, end)).values_list("project_id", "first"))
    leads = LeadStage.objects.live().filter(stage=Lead.Stage.SIGNED).values("lead_id")
    rows = visible_projects(actor).filter(pk__in=list(days)).order_by("name", "pk")
    return [
        Signing(days[row.pk], row.name, reverse("project-detail", args=[row.pk]))
        for row in rows.filter(Q(lead=None) | ~Q(lead__in=leads))
    ]


def projects_like_lead(said: Described) -> list[DuplicateCandidate]:
    """Return the projects that a lead may already be: of its code, its name or its normal name; one query.

    Two whose companies are both known and differ are not the same, nor is a project that came of the lead itself. A
    lead that is tied to the firm's file is the firm's next project, whatever the code.
    """
    wanted = Q(normal_name=project_key(said.name))
    if said.credit_code and said.enterprise_id is None:
        wanted |= Q(enterprise__credit_code=said.credit_code)
    rows = Project.objects.filter(wanted, zone_id=said.zone_id).select_related("enterprise")
    investor = normal_name(said.investor)
    found = []
    for project in rows.exclude(lead__in=said.lead_ids).order_by("pk")[:MOST]:
        firm = project.enterprise
        if said.credit_code and firm is not None and firm.credit_code == said.credit_code:
            why = gettext("已是项目，单位信用代码相同：%(code)s") % {"code": said.credit_code}
        elif investor and project.company and normal_name(project.company) != investor:
            continue
        elif project.name == said.name:
            why = gettext("已是项目，项目名称相同")
        else:
            why = gettext("已是项目，名称规范后相同：%(name)s") % {"name": project.normal_name}
        url = reverse("project-detail", args=[project.pk])
        found.append(DuplicateCandidate("project", project.pk, project.name, why, url))
    return found
