"""Pages of cluster targets."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.figures import ValueStatus
from zhuchao.engines.units import show_number
from zhuchao.web.forms import VoidForm
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import entry_item

from .. import selectors
from ..forms.clusters import ClusterCorrectForm, ClusterForm
from ..models import ClusterTarget
from ..selectors import clusters
from ..selectors.clusters import Standing
from ..services import clusters as services
from .pages import form_response


def _url(target: ClusterTarget) -> str:
    return reverse("cluster-detail", args=[target.pk])


@login_required
def cluster_list(request: HttpRequest) -> HttpResponse:
    """Show every target in force with what is there, what is expected and what is missing."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.CLUSTER, zone)
    on, as_of = zones.today(zone), zones.now(zone)
    rows = [_shown(clusters.standing_of(target, on, as_of)) for target in clusters.clusters_of(actor, zone)]
    return render(request, "premises/cluster_list.html", {"rows": rows})


@login_required
def cluster_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a target: who counts, the months, pace and forecast with the rule in words, and the gap list."""
    target = clusters.get_cluster(request.user, pk)
    on, as_of = zones.today(target.zone), zones.now(target.zone)
    standing = clusters.standing_of(target, on, as_of)
    most = max([target.goal, *(n for _day, n in standing.months)])
    return render(
        request,
        "premises/cluster_detail.html",
        {
            "record": target,
            "target": target,
            "is_live": target.is_live,
            "shown": _shown(standing),
            "standing": standing,
            "counted": list(standing.counted.values()),
            "unknown": list(standing.unknown.values()),
            "months": [(day, n, int(n * 100 / most)) for day, n in standing.months],
            "rule": _rule(standing),
            "gap": clusters.gap_of(request.user, target, on, as_of),
            "facts": [
                (_("载体"), target.site or _("全辖区")),
                (_("产业"), target.what),
                (_("截止日期"), target.deadline),
                (_("依据"), target.evidence_note),
            ],
            "timeline": [
                entry_item(
                    target,
                    what=_("设定目标"),
                    detail=_("%(n)d 家") % {"n": target.goal},
                    here=_url(target),
                )
            ],
        },
    )


def _shown(standing: Standing) -> dict[str, Any]:
    """Return a target's bar, headline numbers and light."""
    forecast = standing.forecast
    expected = forecast.expected
    return {
        "target": standing.target,
        "url": _url(standing.target),
        "now": standing.now,
        "goal": standing.target.goal,
        "percent": min(int(standing.now * 100 / standing.target.goal), 100),
        "expected_percent": None
        if expected is None
        else min(int(expected * 100 / standing.target.goal), 100),
        "expected": expected,
        "gap": forecast.gap,
        "is_over": forecast.status is ValueStatus.APPROVED,
        "light": "red" if forecast.gap else "green",
    }


def _rule(standing: Standing) -> str:
    """Return by which rule the forecast was made, with its numbers, in words."""
    forecast = standing.forecast
    if forecast.status is ValueStatus.APPROVED:
        return _("截止日期已到，按当日在驻家数计，不再预计。")
    if forecast.per_month is None:
        return _("房源状态记录不足 90 天，暂不预计；缺口按现有家数计。")
    return _(
        "预计：自 %(since)s 的 %(before)d 家到 %(on)s 的 %(now)d 家，平均每月 %(pace)s 家，"
        "按此直线推到 %(deadline)s 为 %(expected)d 家（取整，不进位）。"
    ) % {
        "since": forecast.before_on.isoformat(),
        "before": forecast.before,
        "on": forecast.on.isoformat(),
        "now": forecast.now,
        "pace": show_number(forecast.per_month, 2),
        "deadline": forecast.deadline.isoformat(),
        "expected": forecast.expected,
    }


@login_required
def cluster_add(request: HttpRequest) -> HttpResponse:
    """Set a target."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        target = services.set_cluster(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已设定集聚目标。"))
        return redirect(_url(target))

    form = ClusterForm(request.POST or None, zone=zone, **_choices(request, zone))
    return form_response(request, form, act, title=_("新增集聚目标"), cancel_url=reverse("cluster-list"))


def _choices(request: HttpRequest, zone: Zone) -> dict[str, Any]:
    return {
        "sites": selectors.visible_sites(request.user).filter(zone=zone).order_by("name", "pk"),
        "sectors": zones.sectors.sectors_on(zone, zones.today(zone)),
    }


@login_required
def cluster_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Set another number or day for a target."""
    target = clusters.get_cluster(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        new = services.correct_cluster(actor=person_of(request), target=target, **values)
        messages.success(request, _("已更正，原条目保留在台账中。"))
        return redirect(_url(new))

    initial = {"goal": target.goal, "deadline": target.deadline}
    form = ClusterCorrectForm(request.POST or None, initial=initial, zone=target.zone)
    return form_response(request, form, act, title=_("更正集聚目标"), cancel_url=_url(target))


@login_required
def cluster_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a target out of force."""
    target = clusters.get_cluster(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_cluster(actor=person_of(request), target=target, **values)
        messages.success(request, _("已作废，原条目保留在台账中。"))
        return redirect("cluster-list")

    form = VoidForm(request.POST or None)
    return form_response(request, form, act, title=_("作废集聚目标"), cancel_url=_url(target), dangerous=True)
