"""Forms that put a project on a list, and take it off: labels by year, batches 三个一批."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import BatchConvertForm, BatchPlaceForm, LabelForm
from .saving import form_response, project_url


@login_required
def label_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a project on a list of a year."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    form = LabelForm(request.POST or None, initial={"year": zones.today(project.zone).year})
    return form_response(
        request,
        form,
        lambda values: services.add_label(actor=actor, project=project, **values),
        title=_("添加标签"),
        back=project_url(project),
        done=_("已添加标签。"),
        project=project,
    )


@login_required
def label_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a project off a list of a year, with the reason."""
    actor = person_of(request)
    entry = selectors.get_label(actor, pk)
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.zone_id)
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_label(actor=actor, entry=entry, **values),
        title=_("取消 %(year)s 年标签“%(label)s”") % {"year": entry.year, "label": entry.label},
        back=project_url(entry.project_id),
        done=_("已作废。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
def batch_place_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a project on a list of a batch."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    return form_response(
        request,
        BatchPlaceForm(request.POST or None),
        lambda values: services.add_batch_place(actor=actor, project=project, **values),
        title=_("列入三个一批"),
        back=project_url(project),
        done=_("已列入批次。"),
        project=project,
    )


@login_required
def batch_place_convert(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a project of one list of a batch onto a later list."""
    actor = person_of(request)
    entry = selectors.get_batch_place(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, entry.zone_id)
    initial = {"platform": entry.platform}
    words = {"batch": entry.batch_name, "list": entry.get_list_display()}
    return form_response(
        request,
        BatchConvertForm(request.POST or None, initial=initial, place=entry),
        lambda values: services.convert_batch_place(actor=actor, place=entry, **values),
        title=_("“%(batch)s”%(list)s转入下一清单") % words,
        back=project_url(entry.project_id),
        done=_("已转入。原批次的条目保留。"),
        project=entry.project,
    )


@login_required
def batch_place_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a project off a list of a batch, with the reason."""
    actor = person_of(request)
    entry = selectors.get_batch_place(actor, pk)
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.zone_id)
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_batch_place(actor=actor, entry=entry, **values),
        title=_("移出批次“%(batch)s”") % {"batch": entry.batch_name},
        back=project_url(entry.project_id),
        done=_("已作废。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=_("作废"),
    )
