"""The forms that enter, correct and void who invests in a project."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of

from ..forms.investors import InvestorCorrectForm, InvestorForm
from ..selectors import get_project
from ..selectors.investors import get_investor
from ..services import investors as verbs
from .saving import form_response, project_url


@login_required
def investor_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a party that invests in a project."""
    actor = person_of(request)
    project = get_project(actor, pk)
    zones.require(actor, Verb.ADD, Thing.INVESTMENT, project.zone)
    return form_response(
        request,
        InvestorForm(posted(request), zone=project.zone),
        lambda values: verbs.add_investor(actor=actor, project=project, **values),
        title=_("登记投资方"),
        back=project_url(project, "money"),
        done=_("已登记投资方。"),
        project=project,
    )


@login_required
def investor_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what was said of an investor, with the reason."""
    actor = person_of(request)
    entry = get_investor(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.INVESTMENT, entry.zone)
    return form_response(
        request,
        InvestorCorrectForm(posted(request), initial=InvestorCorrectForm.of(entry), zone=entry.zone),
        lambda values: verbs.correct_investor(actor=actor, entry=entry, **values),
        title=_("更正投资方"),
        back=project_url(entry.project_id, "money"),
        done=_("已更正。原条目保留在时间线中。"),
        project=entry.project,
    )


@login_required
def investor_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an investor off a project, with the reason."""
    actor = person_of(request)
    entry = get_investor(actor, pk)
    zones.require(actor, Verb.VOID, Thing.INVESTMENT, entry.zone)
    return form_response(
        request,
        VoidForm(posted(request)),
        lambda values: verbs.void_investor(actor=actor, entry=entry, **values),
        title=_("移除投资方“%(name)s”") % {"name": entry.name},
        back=project_url(entry.project_id, "money"),
        done=_("已作废。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=_("移除"),
    )
