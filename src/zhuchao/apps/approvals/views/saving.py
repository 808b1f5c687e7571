"""What the forms of this app have in common: they act, say so, and go back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhuchao.web import editing
from zhuchao.web.attachments import kept_evidence


def form_response(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    back: str,
    done: str,
    version: int | None = None,
    evidence_scope: int | None = None,
    template: str = "approvals/form.html",
    crumbs: tuple[tuple[str, str], ...] = (),
    **context: Any,
) -> HttpResponse:
    """Show a form, or do what it asks, say ``done`` and go ``back``; ``act`` may return another address to go to.

    ``crumbs`` are the pages above, (words, address). A file of evidence is kept for ``evidence_scope`` in the same
    transaction.
    """

    def run(values: dict[str, Any]) -> HttpResponse:
        evidence = kept_evidence(request, values, evidence_scope) if evidence_scope is not None else None
        if evidence is not None:
            values["evidence"] = evidence
        goal = act(values)
        messages.success(request, done)
        return redirect(goal if isinstance(goal, str) else back)

    return editing.form_response(
        request, form, run, title=title, cancel_url=back, version=version, template=template, crumbs=crumbs,
        **context,
    )  # fmt: skip
