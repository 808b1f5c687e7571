"""Firms that may be the same: found, put side by side, merged, and parted again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import MergeForm, ReasonForm
from ..models import Enterprise
from ..services.merging import TAKEABLE


@login_required
def enterprise_duplicates(request: HttpRequest) -> HttpResponse:
    """List the firms of the zone that may be the same, a page at a time."""
    zone = zone_of(request)
    zones.require(request.user, Verb.CHANGE, Thing.ENTERPRISE, zone)
    groups, after = selectors.duplicate_groups(request.user, zone, after=request.GET.get("after", "")[:120])
    return render(request, "enterprises/enterprise_duplicates.html", {"groups": groups, "after": after})


@login_required
def enterprise_merge(request: HttpRequest) -> HttpResponse:
    """Put two records side by side, choose which one stays, and merge them."""
    actor = person_of(request)
    asked = _number(request, "left"), _number(request, "right")
    left, right = (selectors.get_enterprise(actor, pk) for pk in asked)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, left.zone_id)
    form = MergeForm(request.POST or None, fields=TAKEABLE)
    if form.is_valid():
        said = form.cleaned_data
        pair = [(left, said["left_version"]), (right, said["right_version"])]
        if said["survivor"] == right.pk:
            pair.reverse()
        (survivor, seen_survivor), (merged, seen_merged) = pair
        services.merge_enterprises(
            actor=actor,
            survivor=survivor,
            merged=merged,
            take=said["take"],
            reason=said["reason"],
            seen_versions=(seen_survivor, seen_merged),
        )
        done = _("“%(merged)s”已并入“%(survivor)s”，可随时撤销。")
        messages.success(request, done % {"merged": merged.name, "survivor": survivor.name})
        return redirect("enterprise-detail", pk=survivor.pk)
    context = {"form": form, "left": left, "right": right, "fields": _side_by_side(left, right)}
    return render(request, "enterprises/enterprise_merge.html", context, status=422 if form.is_bound else 200)


@login_required
def enterprise_unmerge(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a merge, with the reason."""
    actor = person_of(request)
    merged = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.ENTERPRISE, merged.zone_id)
    survivor = selectors.survivor_of(merged)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.unmerge_enterprise(actor=actor, merged=merged, reason=values["reason"])
        messages.success(request, _("已撤销合并，“%(name)s”恢复为独立档案。") % {"name": merged.name})
        return redirect("enterprise-detail", pk=merged.pk)

    return editing.form_response(
        request,
        ReasonForm(editing.posted(request)),
        act,
        title=_("撤销合并：%(merged)s") % {"merged": merged.name},
        cancel_url=reverse("enterprise-detail", args=[survivor.pk]),
        template="enterprises/small_form.html",
        firm=survivor,
    )


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name) or request.GET.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise WrongInput(field=_("合并"), why=_("请先选择两份企业档案。"))
    return int(text)


def _side_by_side(left: Enterprise, right: Enterprise) -> list[dict[str, Any]]:
    """Return every field of two records as people read it, and whether they differ."""
    rows = []
    for name in ("name", *TAKEABLE):
        field: Any = Enterprise._meta.get_field(name)
        shown = [_shown(firm, name) for firm in (left, right)]
        rows.append(
            {
                "name": name,
                "label": field.verbose_name,
                "left": shown[0],
                "right": shown[1],
                "differs": shown[0] != shown[1],
                "takeable": name in TAKEABLE,
            }
        )
    return rows


def _shown(firm: Enterprise, name: str) -> str:
    if name == "state":
        return str(firm.get_state_display())
    value = getattr(firm, name)
    if value is None:
        return ""
    return (_("是") if value else _("否")) if isinstance(value, bool) else str(value)
