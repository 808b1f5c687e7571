"""The form that ties building works to a project."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhuchao.apps.premises.selectors.works import visible_works
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms.works import ProjectWorksForm
from .saving import form_response, project_url


@login_required
def project_works(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which building works belong to a project."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    form = ProjectWorksForm(
        posted(request),
        initial={"works": [one.pk for one in selectors.tied_works(project)]},
        works=visible_works(actor).filter(zone=project.zone_id).order_by("name", "pk"),
    )
    return form_response(
        request,
        form,
        lambda values: services.set_project_works(actor=actor, project=project, **values),
        title=_("关联建设项目"),
        back=project_url(project),
        done=_("已保存关联的建设项目。"),
        project=project,
    )
