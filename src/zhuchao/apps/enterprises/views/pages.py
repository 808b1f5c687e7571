"""What the pages of this app have in common: what may be done to a firm, and a form that acts on one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.forms import ZForm

from ..models import Enterprise


def rights_in(request: HttpRequest, zone_id: int) -> dict[str, bool]:
    """Return what the person may do to firms of a zone, for the buttons of a page."""
    asked: dict[str, tuple[Verb, Thing]] = {
        "may_change": (Verb.CHANGE, Thing.ENTERPRISE),
        "may_see_filings": (Verb.VIEW, Thing.FILING),
        "may_file": (Verb.ADD, Thing.FILING),
        "may_correct_filings": (Verb.CHANGE, Thing.FILING),
        "may_void_filings": (Verb.VOID, Thing.FILING),
        "may_see_contacts": (Verb.VIEW, Thing.CONTACT),
        "may_add_contacts": (Verb.ADD, Thing.CONTACT),
        "may_see_documents": (Verb.VIEW, Thing.FIRM_DOCUMENT),
        "may_add_documents": (Verb.ADD, Thing.FIRM_DOCUMENT),
        "may_change_documents": (Verb.CHANGE, Thing.FIRM_DOCUMENT),
        "may_void_documents": (Verb.VOID, Thing.FIRM_DOCUMENT),
    }
    return {name: zones.may(request.user, verb, thing, zone_id) for name, (verb, thing) in asked.items()}


def form_response(
    request: HttpRequest,
    form: ZForm,
    act: Callable[[dict[str, Any]], str],
    *,
    firm: Enterprise,
    title: str,
    back: str,
    **context: Any,
) -> HttpResponse:
    """Show a form about a firm, or do what it asks, say what ``act`` returns and go ``back``."""

    def run(values: dict[str, Any]) -> HttpResponse:
        messages.success(request, act(values))
        return redirect(back)

    return editing.form_response(
        request,
        form,
        run,
        title=title,
        cancel_url=back,
        template="enterprises/small_form.html",
        firm=firm,
        **context,
    )
