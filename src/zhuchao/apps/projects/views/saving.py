"""What the forms of this app have in common: they act, say so, and go back to the project."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhuchao.apps.core.errors import DomainError
from zhuchao.web import editing
from zhuchao.web.attachments import kept_evidence

from ..forms import ProjectForm
from ..models import Project


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
    """Show a form, or do what it asks, say ``done`` and go ``back``; ``act`` may return another address to go to.

    A file of evidence is kept for ``evidence_scope`` in the same transaction.
    """

    def run(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, evidence_scope) if evidence_scope is not None else None
        if evidence is not None:
            values["evidence"] = evidence
        try:
            goal = act(values)
        except DomainError as error:
            if error.data.get("candidates") and isinstance(form, ProjectForm):
                form.ask_why_distinct()
            raise
        messages.success(request, done)
        return redirect(goal if isinstance(goal, str) else back)

    return editing.form_response(
        request,
        form,
        run,
        title=title,
        cancel_url=back,
        version=version,
        template=template,
        project=project,
        **context,
    )


def project_url(project: Project | int, tab: str = "") -> str:
    """Return the address of a project's page, or of one of its tabs."""
    pk = project if isinstance(project, int) else project.pk
    return reverse("project-detail", args=[pk]) + (f"?tab={tab}" if tab else "")
