"""The people to call at firms: listed, revealed by an audited click, added, changed, removed, taken out as a file."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.identity import mask_phone
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import Column, Kind, ListPage, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import ContactForm
from ..models import Contact
from ..selectors.people import contact_line, listed_contacts, mask_email
from .pages import form_response
from .records import record_context

COLUMNS = (
    Column(
        "enterprise",
        gettext_lazy("企业"),
        lambda contact: contact.enterprise.name,
        link=lambda contact: reverse("enterprise-contacts", args=[contact.enterprise_id]),
        on_phone=True,
    ),
    Column("name", gettext_lazy("姓名"), lambda contact: contact.name, on_phone=True),
    Column("post", gettext_lazy("职务"), lambda contact: contact.post),
    Column("phone", gettext_lazy("电话"), lambda contact: mask_phone(contact.phone), on_phone=True),
    Column("email", gettext_lazy("邮箱"), lambda contact: mask_email(contact.email)),
    Column("is_main", gettext_lazy("主要联系人"), lambda contact: contact.is_main, kind=Kind.BOOL),
)
MASKED = ListPage(
    key="enterprise-contacts",
    title=gettext_lazy("企业联系人"),
    thing="contact",
    columns=COLUMNS,
    default_sort="-pk",
    empty_sentence=gettext_lazy("还没有联系人。请在企业档案的“联系人”中添加。"),
)
FULL = replace(
    MASKED,
    columns=tuple(
        replace(column, value=lambda contact, name=column.key: getattr(contact, name))  # type: ignore[misc]
        if column.key in {"phone", "email"}
        else column
        for column in COLUMNS
    ),
)


@login_required
def contact_list(request: HttpRequest) -> HttpResponseBase:
    """List the contacts of the zone, masked; a file of them in full is for those who may, and is recorded."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CONTACT, zone)
    rows = listed_contacts(actor, zone)
    return list_response(request, FULL if "export" in request.GET else MASKED, rows)


@login_required
@require_POST
def contact_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one contact in full, and record who looked."""
    actor = person_of(request)
    contact = services.reveal_contact(actor=actor, contact=selectors.get_contact(actor, pk))
    line = contact_line(actor, contact, revealed=True)
    if getattr(request, "htmx", False):
        response = render(request, "enterprises/enterprise_contacts.html#contact", {"line": line})
    else:
        firm = selectors.get_enterprise(actor, contact.enterprise_id)
        lines = selectors.contact_lines(actor, selectors.family_ids(firm))
        shown = [line if one.id == line.id else one for one in lines]
        context = {**record_context(request, firm, "contacts"), "lines": shown}
        response = render(request, "enterprises/enterprise_contacts.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
def contact_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a person to call at a firm."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.ADD, Thing.CONTACT, firm.zone_id)
    form = ContactForm(posted(request))

    def act(values: dict[str, Any]) -> str:
        services.add_contact(actor=actor, enterprise=firm, **form.values)
        return _("已添加联系人。")

    back = reverse("enterprise-contacts", args=[firm.pk])
    return form_response(request, form, act, firm=firm, title=_("添加联系人"), back=back)


@login_required
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a contact; numbers stay unseen, and stay as they are when left empty."""
    actor = person_of(request)
    contact = selectors.get_contact(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.CONTACT, contact.zone_id)
    masked = {"phone": mask_phone(contact.phone), "email": mask_email(contact.email)}
    initial = {"name": contact.name, "post": contact.post, "is_main": contact.is_main}
    form = ContactForm(posted(request), initial=initial, masked=masked)

    def act(values: dict[str, Any]) -> str:
        services.edit_contact(actor=actor, contact=contact, seen_version=seen_version(request), **form.values)
        return _("已保存。")

    return form_response(
        request,
        form,
        act,
        firm=contact.enterprise,
        title=_("修改联系人"),
        back=reverse("enterprise-contacts", args=[contact.enterprise_id]),
        version=contact.version,
    )


@login_required
@require_POST
def contact_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a contact."""
    actor = person_of(request)
    contact: Contact = selectors.get_contact(actor, pk)
    services.remove_contact(actor=actor, contact=contact)
    messages.success(request, _("已删除联系人“%(name)s”。") % {"name": contact.name})
    return redirect("enterprise-contacts", pk=contact.enterprise_id)
