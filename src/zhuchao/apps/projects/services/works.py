"""Which building works are part of a project."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change
from zhuchao.apps.premises.models import Works
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Project, ProjectWorks
from .parts import locked


@transaction.atomic
def set_project_works(*, actor: User | None, project: Project, works: Iterable[Works]) -> list[Works]:
    """Say which building works belong to a project; those named before and not now are untied. Safe to repeat.

    Raises WrongInput for works of another zone.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    wanted = {one.pk: one for one in works}
    for one in wanted.values():
        if one.zone_id != project.zone_id:
            raise WrongInput(
                field=_("建设项目"), why=_("“%(row)s”不属于%(zone)s。") % {"row": one, "zone": project.zone}
            )
    kept = {row.works_id: row for row in ProjectWorks.objects.filter(project=project).select_related("works")}
    fresh = [one for pk, one in wanted.items() if pk not in kept]
    gone = [row for pk, row in kept.items() if pk not in wanted]
    ProjectWorks.objects.bulk_create(
        [ProjectWorks(zone_id=project.zone_id, project=project, works=one) for one in fresh]
    )
    ProjectWorks.objects.filter(pk__in=[row.pk for row in gone]).delete()
    if fresh or gone:
        record_change(
            actor=actor,
            verb="tie_works",
            rows=[project, *fresh],
            scope=project.zone_id,
            works=[one.name for one in fresh],
            untied=[row.works.name for row in gone],
        )
    return list(wanted.values())
