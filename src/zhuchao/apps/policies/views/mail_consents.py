"""The consent of a firm's contact to be written to of policies: entered and taken back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.enterprises.selectors import get_enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of

from ..forms.mail_consents import MailConsentForm
from ..selectors.mail_consents import get_mail_consent
from ..services import mail_consents as services


@login_required
def mail_consent_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that a contact of a firm agreed to be written to of policies."""
    actor = person_of(request)
    enterprise = get_enterprise(actor, pk)
    zones.require(actor, Verb.ADD, Thing.OUTREACH, enterprise.zone)
    back = reverse("enterprise-related", args=[pk])
    form = MailConsentForm(
        editing.posted(request), initial={"on": zones.today(enterprise.zone)}, enterprise=enterprise
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        services.give_mail_consent(actor=actor, **values)
        messages.success(request, _("已登记。以后有符合的政策，会发邮件给这位联系人。"))
        return redirect(back)

    return editing.form_response(
        request,
        form,
        act,
        title=_("登记同意接收政策邮件：%(firm)s") % {"firm": enterprise.name},
        cancel_url=back,
        template="policies/form.html",
    )


@login_required
def mail_consent_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to a contact no longer."""
    actor = person_of(request)
    entry = get_mail_consent(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.OUTREACH, entry.zone)
    back = reverse("enterprise-related", args=[entry.enterprise_id])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.take_back_mail_consent(actor=actor, entry=entry, reason=values["reason"])
        messages.success(request, _("已撤回，不再发邮件。"))
        return redirect(back)

    return editing.form_response(
        request,
        VoidForm(editing.posted(request)),
        act,
        title=_("撤回：%(entry)s") % {"entry": entry},
        cancel_url=back,
        template="policies/form.html",
    )
