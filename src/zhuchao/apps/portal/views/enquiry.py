"""The public form that becomes a lead."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.web.editing import posted
from zhuchao.web.forms import refuse

from .. import selectors, services
from ..forms import AskForm
from ..models import Door
from .pages import public_response

NUMBER = "enquiry_number"
METHODS = ("GET", "HEAD", "POST")


@never_cache
@require_http_methods(METHODS)
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an enquiry that names no unit."""
    return _ask(request, selectors.open_door(slug), None)


@never_cache
@require_http_methods(METHODS)
def ask_about_unit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an enquiry about a public unit."""
    door = selectors.open_door(slug)
    return _ask(request, door, selectors.get_public_unit(door.zone, zones.today(door.zone), pk))


@never_cache
@require_safe
def done(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the enquiry came in, with its number."""
    door = selectors.open_door(slug)
    return public_response(request, door, "portal/done.html", {"number": request.session.get(NUMBER, "")})


def _ask(request: HttpRequest, door: Door, unit: Unit | None) -> HttpResponse:
    form = AskForm(posted(request), initial={"from_code": request.GET.get("from") == "code"})
    status = 200
    if request.method == "POST":
        if request.POST.get("website", "").strip():
            # A program: it is answered like a person, and nothing is kept.
            return redirect("public-enquiry-done", door.slug)
        status = 422
        try:
            services.count_attempt(zone=door.zone, address=_address(request))
            if form.is_valid():
                enquiry = services.ask(door=door, unit=unit, **_values(form))
                request.session[NUMBER] = enquiry.number
                return redirect("public-enquiry-done", door.slug)
        except DomainError as error:
            status = error.http_status
            form.full_clean()
            refuse(form, error)
    return public_response(request, door, "portal/ask.html", {"form": form, "unit": unit}, status)


def _values(form: AskForm) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    del values["consent"], values["website"]
    return values | {"by_code": values.pop("from_code")}


def _address(request: HttpRequest) -> str:
    """Return where the form came from, as signing in counts it; all that do not say are one."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""
