"""What the pages of this app have in common: a form that does something, an entry on a timeline."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError, NotFound, Stale
from zhuchao.apps.core.models import Attachment, Entry
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.zones.models import User, Zone
from zhuchao.web.attachments import attachment_response
from zhuchao.web.forms import ZForm, refuse
from zhuchao.web.timeline import Item

Text = str | Promise


def person_of(request: HttpRequest) -> User:
    """Return who is signed in; for views behind ``login_required``."""
    assert isinstance(request.user, User)
    return request.user


def zone_of(request: HttpRequest) -> Zone:
    """Return the zone a request is about; raises NotFound for somebody who works in none."""
    zone: Zone | None = getattr(request, "zone", None)
    if zone is None:
        raise NotFound(what=_("您的辖区"))
    return zone


def form_response(
    request: HttpRequest,
    form: ZForm,
    act: Callable[[dict[str, Any]], HttpResponse],
    *,
    title: Text,
    cancel_url: str,
    version: int | None = None,
    template: str = "promotion/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or do what it asks in one transaction and answer with what ``act`` answers.

    A refusal stands on the form, so that nothing typed is lost. When somebody else saved in between, both
    versions are shown and the next save is against theirs.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    return act(dict(form.cleaned_data))
            except Stale as error:
                status = error.http_status
                version = error.data["version"]
                context["conflict"] = error
                context |= {side: labelled(form, error.data[side]) for side in ("theirs", "yours")}
            except DomainError as error:
                if error.http_status in {403, 404}:
                    raise
                refuse(form, error)
                context["candidates"] = error.data.get("candidates", ())
    context = {"form": form, "title": title, "cancel_url": cancel_url, "version": version, **context}
    return render(request, template, context, status=status)


def seen_version(request: HttpRequest) -> int:
    """Return the version of the row that the form was opened with; 0, which no row has, when it is not said."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def labelled(form: forms.Form, values: dict[str, str]) -> dict[str, str]:
    """Return the values of a row under the labels that the form gives them."""
    return {
        str(form.fields[name].label) if name in form.fields else name: value for name, value in values.items()
    }


def kept_evidence(request: HttpRequest, values: dict[str, Any], zone: Zone) -> Attachment | None:
    """Keep the file of evidence a form came with, if any, and take it out of the form's values."""
    file = values.pop("evidence", None)
    if file is None:
        return None
    return keep_file(content=file, name=file.name, scope=zone.pk, actor=person_of(request))


def evidence_url(entry: Entry, url_name: str) -> str:
    """Return where the entry's file of evidence opens, empty without one."""
    return reverse(url_name, args=[entry.pk]) if entry.evidence_id else ""


def evidence_response(entry: Entry) -> HttpResponseBase:
    """Answer with the entry's file of evidence; raises NotFound without one."""
    if entry.evidence is None:
        raise NotFound(what=_("这份佐证材料"))
    return attachment_response(entry.evidence)


def entry_item(
    entry: Any,
    *,
    what: Text,
    detail: Text = "",
    here: str,
    evidence: str = "",
    correct_url: str = "",
    void_url: str = "",
) -> Item:
    """Return an entry as the timeline shows it; ``entry`` was read with ``recorded_by`` and ``replaced_by``.

    ``evidence`` is the name of the address its file opens at.
    """
    successor = getattr(entry, "replaced_by", None)
    is_void = successor is not None and successor.is_void
    why_void = successor.reason if successor is not None and is_void else ""
    return Item(
        moment=entry.recorded_at,
        happened_on=entry.happened_on,
        who=str(entry.recorded_by or _("系统")),
        what=what,
        detail="；".join(str(part) for part in (detail, entry.evidence_note) if part),
        evidence_url=evidence_url(entry, evidence) if evidence else "",
        replaced_by_url=here if successor is not None and not is_void else "",
        is_void=is_void,
        reason="；".join(part for part in (entry.reason, why_void) if part),
        correct_url=correct_url,
        void_url=void_url,
    )
