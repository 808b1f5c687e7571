"""The projects of a firm, for the firm's own page."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.zones.models import User

from .projects import visible_projects

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
