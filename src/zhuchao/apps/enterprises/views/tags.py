"""Tags of a firm: given with a source and a day, corrected, taken away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.forms import refuse

from .. import selectors, services
from ..forms import ReasonForm, TagCorrectionForm, TagForm
from ..models import Enterprise
from .requests import actor_of


@login_required
def tag_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a firm a tag."""
    actor = actor_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, firm.zone_id)
    form = TagForm(request.POST or None, initial={"happened_on": zones.today(firm.zone)})
    if form.is_valid() and _done(
        form, lambda: services.add_tag(actor=actor, enterprise=firm, **form.cleaned_data)
    ):
        messages.success(request, _("已添加标签。"))
        return redirect("enterprise-detail", pk=firm.pk)
    return _form_page(request, form, firm, _("添加标签"))


@login_required
def tag_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a tag, with the reason."""
    actor = actor_of(request)
    entry = selectors.get_tag(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, entry.zone_id)
    initial = {"tag": entry.tag, "source": entry.source, "happened_on": entry.happened_on}
    form = TagCorrectionForm(request.POST or None, initial=initial)
    if form.is_valid() and _done(
        form, lambda: services.correct_tag(actor=actor, entry=entry, **form.cleaned_data)
    ):
        messages.success(request, _("已更正。原条目保留在时间线中。"))
        return redirect("enterprise-detail", pk=entry.enterprise_id)
    return _form_page(request, form, entry.enterprise, _("更正标签"))


@login_required
def tag_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a tag away, with the reason."""
    actor = actor_of(request)
    entry = selectors.get_tag(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, entry.zone_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.void_tag(actor=actor, entry=entry, **form.cleaned_data)
        messages.success(request, _("已取消标签。原条目保留在时间线中。"))
        return redirect("enterprise-detail", pk=entry.enterprise_id)
    return _form_page(request, form, entry.enterprise, _("取消标签：%(tag)s") % {"tag": entry.tag})


def _done(form: Any, verb: Any) -> bool:
    """Return whether the verb was done; what it refuses of the input stands on the form."""
    try:
        verb()
    except WrongInput as error:
        refuse(form, error)
        return False
    return True


def _form_page(request: HttpRequest, form: Any, firm: Enterprise, heading: str) -> HttpResponse:
    context = {
        "form": form,
        "firm": firm,
        "heading": heading,
        "cancel_url": reverse("enterprise-detail", args=[firm.pk]),
    }
    return render(request, "enterprises/small_form.html", context, status=422 if form.is_bound else 200)
