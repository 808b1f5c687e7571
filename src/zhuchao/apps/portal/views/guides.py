"""The guide that anybody may open: what can be handled here, by whom, with which documents, how long it takes."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhuchao.apps.approvals.selectors.matter_versions import days_said, instruments_of
from zhuchao.apps.zones import selectors as zones

from ..selectors import guides
from ..selectors.guides import Guide
from ..selectors.offers import open_door
from .pages import public_response


@require_safe
def guide_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List the themes and matters that can be asked for today, by department."""
    door = open_door(slug)
    on, text = zones.today(door.zone), request.GET.get("q", "").strip()[:60]
    rows = list(guides.public_matters(door.zone, on, text))
    context = {
        "q": text,
        "themes": guides.public_themes(door.zone, text),
        "groups": [
            (name, [(one, days_said(one.held_promised_working_days)) for one in found])
            for name, found in groupby(rows, key=lambda one: one.department.name if one.department else "")
        ],
        "total": len(rows),
        "is_indexed": not request.GET,
    }
    return public_response(request, door, "portal/guide_list.html", context, line="service")


@require_safe
def guide_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show how one matter is handled."""
    door = open_door(slug)
    guide = guides.get_guide(door.zone, zones.today(door.zone), pk)
    context = {
        "guide": guide,
        "facts": _facts(guide),
        "instruments": instruments_of(guide.version),
        "is_indexed": True,
    }
    return public_response(request, door, "portal/guide.html", context, line="service")


@require_safe
def theme_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show how several matters are handled as one, with one form and each document once."""
    door = open_door(slug)
    guide = guides.get_theme_guide(door.zone, zones.today(door.zone), pk)
    context = {
        "guide": guide,
        "lines": [(one, days_said(one.version.promised_working_days)) for one in guide.guides],
        "is_indexed": True,
    }
    return public_response(request, door, "portal/guide_theme.html", context, line="service")


def _facts(guide: Guide) -> list[tuple[str, Any]]:
    version = guide.version
    return [
        (_("办理部门"), guide.matter.department),
        (_("承诺时限"), days_said(version.promised_working_days)),
        (_("法定时限"), days_said(version.legal_days, version.legal_day_kind)),
        (_("办理渠道"), version.get_channel_display()),
        (_("收费"), version.fee or _("不收费")),
        (_("受理条件"), version.audience),
        (_("设定依据"), version.legal_basis),
    ]
