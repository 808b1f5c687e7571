"""Tags of a firm: given with a source and a day, corrected, taken away."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response, kept_evidence
from zhuchao.web.editing import posted
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import ReasonForm, TagCorrectionForm, TagForm
from .pages import form_response


@login_required
def tag_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a firm a tag."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, firm.zone_id)

    def act(values: dict[str, Any]) -> str:
        evidence = kept_evidence(request, values, firm.zone_id)
        services.add_tag(actor=actor, enterprise=firm, evidence=evidence, **values)
        return _("已添加标签。")

    form = TagForm(posted(request), request.FILES or None, initial={"happened_on": zones.today(firm.zone)})
    back = reverse("enterprise-detail", args=[firm.pk])
    return form_response(request, form, act, firm=firm, title=_("添加标签"), back=back)


@login_required
def tag_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a tag, with the reason."""
    actor = person_of(request)
    entry = selectors.get_tag(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, entry.zone_id)

    def act(values: dict[str, Any]) -> str:
        evidence = kept_evidence(request, values, entry.zone_id)
        services.correct_tag(actor=actor, entry=entry, evidence=evidence, **values)
        return _("已更正。原条目保留在时间线中。")

    initial = {"tag": entry.tag, "source": entry.source, "happened_on": entry.happened_on}
    form = TagCorrectionForm(posted(request), request.FILES or None, initial=initial)
    back = reverse("enterprise-detail", args=[entry.enterprise_id])
    return form_response(request, form, act, firm=entry.enterprise, title=_("更正标签"), back=back)


@login_required
def tag_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the file of evidence of a tag."""
    return evidence_response(selectors.get_tag(person_of(request), pk))


@login_required
def tag_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a tag away, with the reason."""
    actor = person_of(request)
    entry = selectors.get_tag(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, entry.zone_id)

    def act(values: dict[str, Any]) -> str:
        services.void_tag(actor=actor, entry=entry, **values)
        return _("已取消标签。原条目保留在时间线中。")

    return form_response(
        request,
        ReasonForm(posted(request)),
        act,
        firm=entry.enterprise,
        title=_("取消标签：%(tag)s") % {"tag": entry.tag},
        back=reverse("enterprise-detail", args=[entry.enterprise_id]),
        dangerous=True,
    )
