"""我能享受吗: questions to a firm that need no name, and three answers.

What is answered travels in the signed form from page to page. It stands in no address, no session and no log, and is
kept only where somebody consents, with what they fill in then.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.policies.models import Answer, Policy
from zhuchao.apps.policies.selectors.rules import Ready, vocabulary
from zhuchao.apps.policies.wording import say
from zhuchao.apps.zones import selectors as zones
from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import Field
from zhuchao.web.editing import posted
from zhuchao.web.forms import refuse

from .. import selectors, services
from ..forms import KeepForm
from ..models import Door
from ..selectors.explained import groups_of, hint_for, shown_answers
from ..selectors.fit import (
    NONE,
    Answers,
    Fit,
    code_length,
    fit,
    read_answer,
    rules_to_ask,
    words_of,
)
from .enquiry import NUMBER, address_of
from .pages import public_response

FROM_ONE_ADDRESS: Final = 300
FROM_ALL: Final = 12_000
"""How many answers one address, and all together, may send to a zone in an hour."""
LONGEST_SECONDS: Final = 6 * 3600
"""How long a page may lie open before its answers are asked again."""
METHODS: Final = ("GET", "HEAD", "POST")
_SALT: Final = "zhuchao.portal.fit"


@dataclass(frozen=True)
class Asking:
    """What a firm is asked about: the policies of a zone or one of them, and what it answered so far."""

    door: Door
    policy: Policy | None
    made: Ready
    answers: Answers

    @property
    def token(self) -> str:
        """Return the answers as the form carries them: signed, for these policies only."""
        return signing.dumps(self.answers, salt=_salt(self.door, self.policy), compress=True)

    def without(self, name: str) -> "Asking":
        answers = {key: value for key, value in self.answers.items() if key != name}
        return Asking(self.door, self.policy, self.made, answers)

    def given(self, name: str, value: Any) -> "Asking":
        return Asking(self.door, self.policy, self.made, {**self.without(name).answers, name: value})


@never_cache
@sensitive_post_parameters()
@require_http_methods(METHODS)
def fit_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a firm question after question, and say what the public policies of the zone say of it."""
    return _ask(request, _asking(request, slug, None))


@never_cache
@sensitive_post_parameters()
@require_http_methods(METHODS)
def fit_one(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask a firm about one public policy."""
    return _ask(request, _asking(request, slug, pk))


@never_cache
@sensitive_post_parameters()
@require_POST
def keep_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the answers of a firm that asks for advice and consents."""
    return _keep(request, _asking(request, slug, None))


@never_cache
@sensitive_post_parameters()
@require_POST
def keep_one(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Keep the answers about one policy of a firm that asks for advice and consents."""
    return _keep(request, _asking(request, slug, pk))


def _asking(request: HttpRequest, slug: str, pk: int | None) -> Asking:
    door = selectors.policy_door(slug)
    on = zones.today(door.zone)
    policy = selectors.get_public_policy(door.zone, on, pk).policy if pk is not None else None
    answers: Answers = {}
    if request.method == "POST":
        try:
            found = signing.loads(
                request.POST.get("answers", ""), salt=_salt(door, policy), max_age=LONGEST_SECONDS
            )
            answers = {name: value for name, value in found.items() if name in vocabulary()}
        except signing.BadSignature:
            # Too old, or of another page: the questions begin again, and nothing that cannot be proved is taken.
            answers = {}
    return Asking(door, policy, rules_to_ask(door.zone, on, pk), answers)


def _ask(request: HttpRequest, asking: Asking) -> HttpResponse:
    if request.method != "POST":
        return _next(request, asking)
    name, said = request.POST.get("field", ""), request.POST.get("do", "answer")
    try:
        services.count_attempt(
            zone=asking.door.zone,
            address=address_of(request),
            kind="fit:",
            from_one=FROM_ONE_ADDRESS,
            from_all=FROM_ALL,
        )
    except DomainError as error:
        return _question(request, asking, _field(name), str(error), error.http_status)
    change = said.removeprefix("change:")
    if change != said:
        return _question(request, asking.without(change), _field(change))
    field = _field(name)
    if field is None or said in ("result", "restart"):
        kept = asking.answers if said == "result" else {}
        asking = Asking(asking.door, asking.policy, asking.made, kept)
        return _result(request, asking) if said == "result" else _next(request, asking)
    if said == "unknown":
        return _next(request, asking.given(name, None))
    try:
        value = read_answer(request.POST.getlist("answer"), field, asking.made)
    except EngineError as error:
        return _question(request, asking, field, _refusal(error, field, asking.made), 422)
    return _next(request, asking.given(name, value))


def _next(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Show the next question, or the result where there is none."""
    found = fit(asking.door.zone, asking.made, asking.answers)
    if found.question is None and asking.answers:
        return _result(request, asking)
    return _question(request, asking, found.question, found=found)


def _question(
    request: HttpRequest,
    asking: Asking,
    field: Field | None,
    error: str = "",
    status: int = 200,
    found: Fit | None = None,
) -> HttpResponse:
    found = found or fit(asking.door.zone, asking.made, asking.answers)
    context = _context(asking, found) | {
        "field": field,
        "kind": field.kind.value if field else "",
        "words": words_of(field, asking.made) if field else (),
        "none": NONE,
        "hint": hint_for(field) if field else "",
        "error": error,
        "typed": request.POST.get("answer", "")[:400] if error else "",
        "is_indexed": not asking.answers and request.method != "POST",
    }
    return public_response(request, asking.door, "portal/fit.html", context, status, line="service")


def _result(
    request: HttpRequest, asking: Asking, form: KeepForm | None = None, status: int = 200
) -> HttpResponse:
    found = fit(asking.door.zone, asking.made, asking.answers, with_gaps=True)
    context = _context(asking, found) | {
        "groups": groups_of(found),
        "form": form or KeepForm(),
        "keep_url": _keep_url(asking),
    }
    return public_response(request, asking.door, "portal/fit_result.html", context, status, line="service")


def _keep(request: HttpRequest, asking: Asking) -> HttpResponse:
    form = KeepForm(posted(request))
    if request.POST.get("website", "").strip():
        # A program: it is answered like a person, and nothing is kept.
        return redirect("public-enquiry-done", asking.door.slug)
    status = 422
    try:
        services.count_attempt(zone=asking.door.zone, address=address_of(request))
        if form.is_valid() and asking.answers:
            values = form.cleaned_data
            enquiry = services.ask(
                door=asking.door,
                unit=None,
                policy=asking.policy,
                answers=asking.answers,
                need=values["need"] or _need(asking),
                **{name: values[name] for name in ("company", "person", "phone")},
            )
            request.session[NUMBER] = enquiry.number
            return redirect("public-enquiry-done", asking.door.slug)
    except DomainError as error:
        status = error.http_status
        form.full_clean()
        refuse(form, error)
    return _result(request, asking, form, status)


def _need(asking: Asking) -> str:
    found = fit(asking.door.zone, asking.made, asking.answers)
    return _("政策自测：符合 %(yes)d 项，待核实 %(open)d 项，请联系我。") % {
        "yes": found.count(Answer.ELIGIBLE),
        "open": found.count(Answer.UNKNOWN),
    }


def _context(asking: Asking, found: Fit) -> dict[str, Any]:
    return {
        "policy": asking.policy,
        "answers": asking.token,
        "given": shown_answers(asking.answers),
        "settled": found.settled,
        "total": found.total,
        "eligible": found.count(Answer.ELIGIBLE),
        "is_done": found.settled == found.total,
    }


def _refusal(error: EngineError, field: Field, made: Ready) -> str:
    if error.code == "code_too_short":
        length = code_length(field, made) - 1
        return _("请填到 %(digits)d 位数字，否则无法判断。") % {"digits": length}
    if error.code == "fact_malformed" and not error.data.get("found"):
        return _("请填写或选择，也可以选“不知道”。")
    return say(error, field.label)


def _field(name: str) -> Field | None:
    return next((field for field in vocabulary() if field.name == name), None)


def _salt(door: Door, policy: Policy | None) -> str:
    return f"{_SALT}:{door.zone_id}:{policy.pk if policy else 0}"


def _keep_url(asking: Asking) -> str:
    if asking.policy is None:
        return reverse("public-fit-keep", args=[asking.door.slug])
    return reverse("public-policy-fit-keep", args=[asking.door.slug, asking.policy.pk])
