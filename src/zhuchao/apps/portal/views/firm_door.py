"""The door of one firm: who came by its link sees its policies, and nothing of any other firm.

No address of these pages names a firm: the firm is that of the link, which the browser's signed cookie proves.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhuchao.apps.core.errors import DomainError, NotFound
from zhuchao.apps.policies.models import Policy
from zhuchao.apps.policies.selectors.facts import facts_of
from zhuchao.apps.policies.selectors.matches import match_firm
from zhuchao.apps.policies.selectors.rules import vocabulary
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors.brands import brand_of
from zhuchao.web.colours import brand_style
from zhuchao.web.editing import posted
from zhuchao.web.forms import refuse

from .. import selectors, services
from ..errors import LinkNotValid
from ..forms import FactProposalForm, FirmAskForm
from ..models import Door, FirmLink
from ..selectors.explained import groups_of, hint_for, label_of_field
from ..selectors.fit import Fit, fit_of, rules_to_ask

COOKIE: Final = "firm_door"
_SALT: Final = "zhuchao.portal.firm_door"
FROM_ONE_FIRM: Final = 40
FROM_ALL: Final = 2_000
"""How many forms one firm, and all together, may send to a zone in an hour."""
MOST: Final = 20
METHODS: Final = ("GET", "HEAD", "POST")
Page = Callable[..., HttpResponse]


def firm_page(view: Callable[..., HttpResponse]) -> Page:
    """Let a page be seen only by who came by the link of a firm, and hand it that link."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _private(view(request, link_of(request), *args, **kwargs))

    return page


def link_of(request: HttpRequest) -> FirmLink:
    """Return the link by which a browser came; raises LinkNotValid."""
    said = str(request.get_signed_cookie(COOKIE, "", salt=_SALT) or "")
    pk, _dot, key = said.partition(".")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19 and key):
        raise LinkNotValid(why=_("请用工作人员发来的链接打开这个页面。"))
    return services.see_link(pk=int(pk), key=key)


@never_cache
@require_http_methods(METHODS)
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the link opens; open it when asked to, so that a program that looks at it does not use it up."""
    if request.method != "POST":
        link = services.closed_link(token=token)
        return _private(firm_response(request, link, "portal/firm_enter.html", {"is_outside": True}))
    link, key = services.open_link(token=token)
    response = redirect("firm-home")
    left = link.expires_at - zones.now(link.zone)
    response.set_signed_cookie(
        COOKIE,
        f"{link.pk}.{key}",
        salt=_SALT,
        max_age=int(left.total_seconds()),
        path=reverse("firm-home"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return _private(response)


@firm_page
@require_POST
def leave(request: HttpRequest, link: FirmLink) -> HttpResponse:
    """Close the door on this browser: the link is used up."""
    services.leave_link(link=link)
    response = firm_response(request, link, "portal/firm_left.html", {"is_outside": True})
    response.delete_cookie(COOKIE, path=reverse("firm-home"))
    return response


@firm_page
@require_safe
def home(request: HttpRequest, link: FirmLink) -> HttpResponse:
    """Show what the policies in force say of the firm, and what became of its applications."""
    found = _matches(link)
    context = {
        "groups": groups_of(found),
        "question": found.question,
        "applications": selectors.applications_of(link)[:MOST],
        "can_ask": True,
    }
    return firm_response(request, link, "portal/firm_home.html", context)


@firm_page
@require_safe
def facts(request: HttpRequest, link: FirmLink) -> HttpResponse:
    """Show what is known of the firm and where from, what is missing, and what became of its corrections."""
    found = _matches(link)
    known = found.matches.known
    asked = {field.name for field, _use in found.matches.questions}
    rows = [
        (field, selectors.shown_value(known, field), known.origins[field.name])
        for field in vocabulary()
        if field.name in known.values
    ]
    context = {
        "rows": rows,
        "missing": [field for field, _use in found.matches.questions if field.name in asked][:MOST],
        "proposals": [(one, label_of_field(one.field)) for one in selectors.proposals_of(link)[:MOST]],
    }
    return firm_response(request, link, "portal/firm_facts.html", context)


@firm_page
@sensitive_post_parameters()
@require_http_methods(METHODS)
def fact(request: HttpRequest, link: FirmLink, name: str) -> HttpResponse:
    """Let the firm say what a fact of it is; an officer looks at it before it counts."""
    field = next((one for one in vocabulary() if one.name == name), None)
    if field is None:
        raise NotFound(what=_("该事实"))
    on = zones.today(link.zone)
    known = facts_of([link.enterprise], day=on)[link.enterprise_id]
    form = FactProposalForm(posted(request))
    form.fields["value"].help_text = hint_for(field)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            _count(request, link)
            if form.is_valid():
                services.propose_fact(link=link, field=name, **form.cleaned_data)
                return redirect("firm-facts")
        except DomainError as error:
            status = error.http_status
            form.full_clean()
            refuse(form, error)
    context = {"form": form, "field": field, "before": selectors.shown_value(known, field)}
    return firm_response(request, link, "portal/firm_fact.html", context, status)


@firm_page
@sensitive_post_parameters()
@require_http_methods(METHODS)
def ask(request: HttpRequest, link: FirmLink) -> HttpResponse:
    """Take a question of the firm; it is known who asks."""
    door = Door.objects.filter(zone=link.zone).first()
    choices = [
        (line.version.policy_id, line.version.policy.title) for line in _matches(link, with_gaps=False).lines
    ]
    form = FirmAskForm(posted(request), policies=choices, initial={"policy": request.GET.get("policy", "")})
    status = 200
    if request.method == "POST":
        status = 422
        try:
            _count(request, link)
            if form.is_valid():
                values = dict(form.cleaned_data)
                policy = Policy.objects.filter(zone=link.zone, pk=values.pop("policy") or 0).first()
                for name in ("consent", "website"):
                    del values[name]
                enquiry = services.ask(
                    door=door, unit=None, policy=policy, link=link, company=link.enterprise.name, **values
                )
                return firm_response(request, link, "portal/firm_asked.html", {"number": enquiry.number})
        except DomainError as error:
            status = error.http_status
            form.full_clean()
            refuse(form, error)
    context = {"form": form, "privacy": door.privacy if door else ""}
    return firm_response(request, link, "portal/firm_ask.html", context, status)


def _matches(link: FirmLink, *, with_gaps: bool = True) -> Fit:
    on = zones.today(link.zone)
    made = rules_to_ask(link.zone, on)
    return fit_of(match_firm(link.enterprise, day=on, among=made, with_gaps=with_gaps), {})


def _count(request: HttpRequest, link: FirmLink) -> None:
    """Count a form of the firm; the limit is that of one firm, not of an address."""
    services.count_attempt(
        zone=link.zone, address=f"{link.pk}", kind="firm:", from_one=FROM_ONE_FIRM, from_all=FROM_ALL
    )


def firm_response(
    request: HttpRequest, link: FirmLink, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a page of a firm's door under the brand of the zone."""
    zone = link.zone
    given = {
        "zone": zone,
        "link": link,
        "firm": link.enterprise,
        "brand": brand_of(zone, "service"),
        "brand_style": brand_style(zone.brand_colour),
        **context,
    }
    return render(request, template, given, status=status)


def _private(response: HttpResponse) -> HttpResponse:
    """Keep a page from caches, from programs, and its address from every other site."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
