"""The change log of a zone, and the check that no link of it was altered."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services import ChainBroken, verify_changes
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    by_moment_range,
    by_text,
    by_value,
    list_response,
)
from zhuchao.web.requests import zone_of

from .. import selectors
from ..selectors import Thing, Verb
from ..selectors.changes import thing_name, verb_name
from .pages import settings_tabs


def _verbs(request: HttpRequest) -> list[tuple[str, Any]]:
    return [(verb, verb_name(verb)) for verb in selectors.changes.VERB_WORDS]


def _of_thing(rows: QuerySet[Change], text: str) -> QuerySet[Change]:
    return rows.filter(thing__endswith=f".{text}")


CHANGES = ListPage(
    key="changes",
    title=gettext_lazy("变更记录"),
    thing="change_log",
    columns=(
        Column(
            "seq",
            gettext_lazy("序号"),
            lambda row: row.seq,
            sort="seq",
            link=lambda row: reverse("change-detail", args=[row.pk]),
        ),
        Column("moment", gettext_lazy("时间"), lambda row: row.moment, Kind.MOMENT, on_phone=True),
        Column("actor", gettext_lazy("操作人"), lambda row: row.actor_name or "—", on_phone=True),
        Column("verb", gettext_lazy("操作"), lambda row: verb_name(row.verb), on_phone=True),
        Column("thing", gettext_lazy("对象"), lambda row: thing_name(row.thing)),
        Column(
            "rows", gettext_lazy("条数"), lambda row: row.data.get("row_count", len(row.rows)), Kind.NUMBER
        ),
        Column("digest", gettext_lazy("摘要"), lambda row: row.digest[:12]),
    ),
    filters=(
        Filter("verb", gettext_lazy("操作"), by_value("verb"), choices=_verbs),
        Filter(
            "of",
            gettext_lazy("对象"),
            _of_thing,
            choices=lambda request: [(str(thing), thing_name(str(thing))) for thing in Thing],
        ),
        Filter("actor", gettext_lazy("操作人"), by_text("actor_name"), kind="text"),
        Filter("moment", gettext_lazy("时间"), by_moment_range("moment"), kind="date_range"),
    ),
    default_sort="-seq",
    other_actions=(
        Action(gettext_lazy("校验"), "change-verify", "view", "change_log", "tabler-shield-check"),
    ),
    empty_sentence=gettext_lazy("还没有变更。"),
)


@login_required
def change_list(request: HttpRequest) -> HttpResponseBase:
    """List what was done in the zone, newest first."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.VIEW, Thing.CHANGE_LOG, zone)
    rows = selectors.changes.visible_changes(request.user).filter(scope=zone.pk)
    return list_response(
        request,
        CHANGES,
        rows,
        template="zones/settings_list.html",
        settings_tabs=settings_tabs(request, "changes"),
    )


@login_required
def change_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one change: what it said, and the links it hangs between."""
    change = selectors.changes.get_change(request.user, pk)
    context = {
        "record": change,
        "verb": verb_name(change.verb),
        "thing": thing_name(change.thing),
        "content": json.dumps(change.data, ensure_ascii=False, indent=2, sort_keys=True),
        "settings_tabs": settings_tabs(request, "changes"),
    }
    return render(request, "zones/change_detail.html", context)


@login_required
def change_verify(request: HttpRequest) -> HttpResponse:
    """Check the zone's chain and say whether it holds, or where it breaks first."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.VIEW, Thing.CHANGE_LOG, zone)
    found = next(iter(verify_changes(zone.pk)), 0)
    broken = found if isinstance(found, ChainBroken) else None
    context = {
        "broken": broken,
        "why": selectors.changes.WHY_BROKEN[broken.why] if broken else "",
        "count": found if broken is None else None,
        "settings_tabs": settings_tabs(request, "changes"),
    }
    return render(request, "zones/change_verify.html", context)
