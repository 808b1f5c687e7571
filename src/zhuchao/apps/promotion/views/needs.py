"""Pages of what a lead asks of premises."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhuchao.web.editing import posted, seen_version
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..forms import NeedsForm
from .leads import done, lead_url
from .pages import form_response
from .wants_shown import wants_shown


@login_required
def lead_needs(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a lead asks of premises."""
    lead = selectors.get_lead_to_change(request.user, pk)
    needs = selectors.needs_of(lead)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.set_lead_needs(actor=person_of(request), lead=lead, version=seen_version(request), **values)
        return done(request, lead, _("已保存载体需求。"))

    return form_response(
        request,
        NeedsForm(
            posted(request), zone=lead.zone, initial=NeedsForm.of(needs or services.needs_written(lead))
        ),
        act,
        title=_("载体需求：%(lead)s") % {"lead": lead},
        cancel_url=lead_url(lead),
        version=needs.version if needs else 0,
        lead=lead,
        read=wants_shown(lead.needs if needs is None else needs.source_text, lead.found_on),
    )
