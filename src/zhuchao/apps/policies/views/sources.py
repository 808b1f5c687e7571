"""来源检查: what the originals of policies answered, and the switch that lets this server ask."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web import editing
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from ..forms import WatchForm
from ..models import SourceCheck
from ..selectors import sources
from ..services import sources as services


def seen_state(outcome: str | None) -> tuple[str, str, str]:
    """Return what an original answered last as a list shows it: value, label, colour."""
    if outcome is None:
        return "", "", "secondary"
    kind = SourceCheck.Outcome(outcome)
    return kind.value, str(kind.label), "green" if kind == SourceCheck.Outcome.OPENED else "red"


CHECKS = ListPage(
    key="policy-source-checks",
    title=_("来源检查"),
    thing="policy",
    columns=(
        Column("day", _("日期"), lambda e: e.happened_on, Kind.DATE, sort="happened_on", on_phone=True),
        Column(
            "policy",
            _("政策"),
            lambda e: e.version.policy.title,
            link=lambda e: reverse("policy-detail", args=[e.version.policy_id]),
            on_phone=True,
        ),
        Column("outcome", _("结果"), lambda e: seen_state(e.outcome), Kind.STATE, on_phone=True),
        Column("status", _("状态码"), lambda e: e.status, Kind.NUMBER),
        Column("failures", _("连续打不开"), lambda e: e.failures or None, Kind.NUMBER),
        Column("address", _("原文网址"), lambda e: e.address),
    ),
    filters=(
        Filter("outcome", _("结果"), by_value("outcome"), lambda request: SourceCheck.Outcome.choices),
        Filter("day", _("日期"), by_date_range("happened_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(version__policy__title__icontains=text) | rows.filter(address__icontains=text)
    ),
    search_hint=_("政策名称、网址"),
    default_sort="-happened_on",
    other_actions=(Action(_("检查设置"), "policy-source-watch", "view", "policy", "tabler-settings"),),
    empty_sentence=_("还没有检查过原文。管理员在“检查设置”里打开后，系统每 30 天看一次每项政策的原文网址。"),
)


@login_required
def check_list(request: HttpRequest) -> HttpResponseBase:
    """List what the originals of the policies answered, each time."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.POLICY, zone)
    return list_response(request, CHECKS, sources.listed_checks(actor, zone))


@login_required
def watch_edit(request: HttpRequest) -> HttpResponse:
    """Show whether the originals are asked for by themselves; the administrator switches it."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.POLICY, zone)
    watch = sources.watch_of(zone)
    may_switch = zones.may(actor, Verb.MANAGE, Thing.ZONE, zone)
    back = reverse("policy-source-list")
    form = WatchForm(editing.posted(request), initial={"is_on": watch.is_on})
    form.fields["is_on"].disabled = not may_switch

    def act(values: dict[str, Any]) -> HttpResponse:
        services.switch_watch(
            actor=actor, zone=zone, is_on=values["is_on"], version=editing.seen_version(request)
        )
        messages.success(request, gettext("已保存。"))
        return redirect(back)

    return editing.form_response(
        request,
        form,
        act,
        title=gettext("检查设置"),
        cancel_url=back,
        version=watch.version,
        template="policies/watch.html",
        may_switch=may_switch,
        watch=watch,
    )
