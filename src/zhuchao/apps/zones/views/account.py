"""A person's own page: who they are here, how they sign in, in which language."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.web.editing import posted, seen_version
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import ProfileForm
from .pages import form_response


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show the person's own page."""
    person = person_of(request)
    context = {
        "person": person,
        "roles": [
            role for role in selectors.people.memberships_of(person, person) if selectors.people.is_open(role)
        ],
        "tokens": selectors.tokens.visible_tokens(person).filter(user=person, revoked_at=None).count(),
        "has_mfa": selectors.people.has_second_factor(person),
    }
    return render(request, "zones/account.html", context)


@login_required
def account_edit(request: HttpRequest) -> HttpResponse:
    """Change one's own title, phone or skills."""
    person = person_of(request)
    form = ProfileForm(
        posted(request),
        initial={"title": person.title, "skills": person.skills},
        own=True,
        masked_phone=selectors.mask(person.phone),
    )

    def act(values: dict[str, Any]) -> HttpResponse:
        services.edit_person(actor=person, person=person, seen_version=seen_version(request), **form.values())
        messages.success(request, _("已保存。"))
        return redirect("account")

    return form_response(
        request,
        form,
        act,
        title=gettext_lazy("我的资料"),
        cancel_url=reverse("account"),
        version=person.version,
    )
