"""The public form that becomes a lead, or a question to the owner of a policy."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.policies.models import Policy
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.web.editing import posted
from zhuchao.web.forms import refuse

from .. import selectors, services
from ..forms import AskForm, ForgetForm, PolicyAskForm
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
@require_http_methods(METHODS)
def ask_about_policy(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an enquiry about a public policy; it waits for the policy's owner."""
    door = selectors.policy_door(slug)
    shown = selectors.get_public_policy(door.zone, zones.today(door.zone), pk)
    return _ask(request, door, None, shown.policy)


@never_cache
@sensitive_post_parameters()
@require_http_methods(METHODS)
def forget(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete, at once, what somebody left: the number and the telephone prove that it was they."""
    door = selectors.open_door(slug)
    form = ForgetForm(posted(request), initial={"number": request.session.get(NUMBER, "")})
    status, is_done = 200, False
    if request.method == "POST":
        status = 422
        try:
            services.count_attempt(zone=door.zone, address=address_of(request), kind="forget:")
            if form.is_valid():
                services.forget_on_request(zone=door.zone, **form.cleaned_data)
                status, is_done = 200, True
        except DomainError as error:
            status = error.http_status
            form.full_clean()
            refuse(form, error)
    context = {"form": form, "is_done": is_done}
    return public_response(request, door, "portal/forget.html", context, status, line="service")


@never_cache
@require_safe
def done(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the enquiry came in, with its number."""
    door = selectors.open_door(slug)
    return public_response(request, door, "portal/done.html", {"number": request.session.get(NUMBER, "")})


def _ask(request: HttpRequest, door: Door, unit: Unit | None, policy: Policy | None = None) -> HttpResponse:
    made = AskForm if policy is None else PolicyAskForm
    form = made(posted(request), initial={"from_code": request.GET.get("from") == "code"})
    status = 200
    if request.method == "POST":
        if request.POST.get("website", "").strip():
            # A program: it is answered like a person, and nothing is kept.
            return redirect("public-enquiry-done", door.slug)
        status = 422
        try:
            services.count_attempt(zone=door.zone, address=address_of(request))
            if form.is_valid():
                enquiry = services.ask(door=door, unit=unit, policy=policy, **_values(form))
                request.session[NUMBER] = enquiry.number
                return redirect("public-enquiry-done", door.slug)
        except DomainError as error:
            status = error.http_status
            form.full_clean()
            refuse(form, error)
    context = {"form": form, "unit": unit, "policy": policy}
    line = "premises" if policy is None else "service"
    return public_response(request, door, "portal/ask.html", context, status, line=line)


def _values(form: AskForm) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    del values["consent"], values["website"]
    return values | {"by_code": values.pop("from_code")}


def address_of(request: HttpRequest) -> str:
    """Return where the form came from, as signing in counts it; all that do not say are one."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""
