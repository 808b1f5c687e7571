"""For officers: the links of one firm, made, shown once, and taken back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.qr import qr_svg
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import ConfirmForm, FirmLinkForm
from .pages import form_response


@login_required
@require_safe
def firm_links(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the links that were made for a firm: for whom, by whom, opened or not, until when."""
    firm = selectors.get_firm_for_links(request.user, pk)
    links = selectors.visible_links(request.user).filter(enterprise=firm)[:50]
    context = {
        "record": firm,
        "firm": firm,
        "links": [(link, selectors.state_of_link(link)) for link in links],
        "may_add": zones.may(request.user, Verb.ADD, Thing.FIRM_LINK, firm.zone_id),
        "may_change": zones.may(request.user, Verb.CHANGE, Thing.FIRM_LINK, firm.zone_id),
    }
    return render(request, "portal/firm_links.html", context)


@login_required
@never_cache
def firm_link_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link for a firm and show it, as a code too: this one time."""
    actor = person_of(request)
    firm = selectors.get_firm_for_links(actor, pk)
    zones.require(actor, Verb.ADD, Thing.FIRM_LINK, firm.zone_id)
    back = reverse("firm-links", args=[firm.pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        link, token = services.make_link(actor=actor, enterprise=firm, **values)
        address = request.build_absolute_uri(reverse("firm-enter", args=[token]))
        context = {
            "record": firm,
            "firm": firm,
            "link": link,
            "address": address,
            "code": qr_svg(address),
        }
        response = render(request, "portal/firm_link_made.html", context)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return form_response(
        request,
        FirmLinkForm(posted(request)),
        act,
        title=_("生成“{name}”的专属链接").format(name=firm),
        lead=_("打开链接的人能看到这家企业的政策匹配和用到的资料，可以填报更正。请只交给企业授权的人。"),
        submit_label=_("生成链接"),
        cancel_url=back,
        firm=firm,
    )


@login_required
def firm_link_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a link back."""
    link = selectors.get_link(request.user, pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.FIRM_LINK, link.zone_id)
    back = reverse("firm-links", args=[link.enterprise_id])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.revoke_link(actor=person_of(request), link=link)
        messages.success(request, _("链接已撤销。"))
        return redirect(back)

    return form_response(
        request,
        ConfirmForm(posted(request)),
        act,
        title=_("撤销链接"),
        lead=_("撤销后，用“{person}”的链接打开的页面立即失效。").format(person=link.person),
        submit_label=_("撤销链接"),
        cancel_url=back,
        dangerous=True,
        firm=link.enterprise,
    )
