"""What the pages of this app have in common: who asks, where, and a form that does something."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError, NotFound, Stale
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.zones.models import User, Zone
from zhuchao.web.forms import refuse
from zhuchao.web.printing import money

from ..forms import ProjectForm
from ..models import Project

# What a person cannot mend on the form goes its usual way.
NOT_FOR_THE_FORM = frozenset({403, 404})


def actor_of(request: HttpRequest) -> User:
    """Return who is signed in; for views behind ``login_required``."""
    assert isinstance(request.user, User)
    return request.user


def zone_of(request: HttpRequest) -> Zone:
    """Return the zone the page is about; raises NotFound for a person who has none."""
    zone: Zone | None = getattr(request, "zone", None)
    if zone is None:
        raise NotFound(what=_("您的辖区"))
    return zone


def seen_version(request: HttpRequest) -> int:
    """Return the version of the row that the form was opened with; 0, which is never one, when it does not say."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def form_response(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    back: str,
    done: str,
    project: Project | None = None,
    version: int | None = None,
    evidence_scope: int | None = None,
    template: str = "projects/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or do what it asks and go ``back``.

    A refusal stands on the form, so that nothing typed is lost; ``act`` may return the address to go to. A file
    of evidence is kept for ``evidence_scope`` in the same transaction. When somebody else saved in between, both
    versions are shown and the next save is against theirs.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    goal = act(_values(request, form, evidence_scope))
            except Stale as error:
                status, version = error.http_status, error.data["version"]
                if "version" in form.fields:
                    form.data = {**form.data.dict(), "version": str(version)}  # type: ignore[attr-defined]
                context |= {
                    "stale": error,
                    "theirs": _labelled(form, error.data["theirs"]),
                    "yours": _labelled(form, error.data["yours"]),
                }
            except DomainError as error:
                if error.http_status in NOT_FOR_THE_FORM:
                    raise
                refuse(form, error)
                context["candidates"] = error.data.get("candidates", ())
                if context["candidates"] and isinstance(form, ProjectForm):
                    form.ask_why_distinct()
            else:
                messages.success(request, done)
                return redirect(goal if isinstance(goal, str) else back)
    context |= {"form": form, "title": title, "cancel_url": back, "version": version, "project": project}
    return render(request, template, context, status=status)


def project_url(project: Project | int, tab: str = "") -> str:
    """Return the address of a project's page, or of one of its tabs."""
    pk = project if isinstance(project, int) else project.pk
    return reverse("project-detail", args=[pk]) + (f"?tab={tab}" if tab else "")


def _values(request: HttpRequest, form: forms.Form, scope: int | None) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    if "evidence" in form.fields:
        file = values.pop("evidence", None)
        if file is not None and scope is not None:
            values["evidence"] = _kept(request, file, scope)
    return values


def _kept(request: HttpRequest, file: Any, scope: int) -> Attachment:
    return keep_file(content=file, name=file.name, scope=scope, actor=actor_of(request))


def _labelled(form: forms.Form, values: dict[str, str]) -> dict[str, str]:
    """Return the values of a row under the labels that the form gives them, amounts in the form's unit."""
    shown = {}
    for name, value in values.items():
        if name in form.fields:
            unit = form.fields[name].widget.attrs.get("data-unit")
            shown[str(form.fields[name].label)] = money(value, unit) if unit and value else value
    return shown
