"""直达率: the funnel from those who qualify to those who were paid, and the firms behind each of its numbers."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.services.exporting import ExportColumn, record_export, write_xlsx
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import visible_enterprises
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..models import Policy
from ..selectors import reach
from ..selectors.reach import STEPS, Funnel, ReachStep, Track
from .payments import XLSX

SHOWN = 500


@login_required
@require_GET
def reach_page(request: HttpRequest) -> HttpResponse:
    """Show the funnel of a zone's policies, or of one (``?policy=``), each number leading to its firms."""
    actor, zone = person_of(request), zone_of(request)
    policy = _policy(request, actor)
    funnels = reach.funnels_of(actor, reach.tracks_of(actor, zone, policy.pk if policy else None))
    whole, single = funnels[0], funnels[1:]
    context = {
        "policy": policy,
        "whole": whole,
        "parts": [_part(whole, step) for step in STEPS],
        "rows": [(one, [_part(one, step) for step in STEPS]) for one in single],
        "chart": _chart(whole) if whole.counts[ReachStep.ELIGIBLE] else None,
        "steps": [step.label for step in STEPS],
        "may_export": zones.may(actor, Verb.EXPORT, Thing.PAYMENT, zone),
    }
    return render(request, "policies/reach.html", context)


@login_required
@require_GET
def reach_firms(request: HttpRequest) -> HttpResponse:
    """Show the firms that a number of the funnel counts, with the day of each step."""
    actor, zone = person_of(request), zone_of(request)
    policy = _policy(request, actor)
    said = request.GET.get("step", "")
    step = ReachStep(said) if said in ReachStep.values else ReachStep.ELIGIBLE
    tracks = reach.tracks_at(reach.tracks_of(actor, zone, policy.pk if policy else None), step)
    policies, firms = _named(actor, tracks[:SHOWN])
    context = {
        "policy": policy,
        "step": step,
        "count": len(tracks),
        "steps": [one.label for one in STEPS],
        "rows": [
            (policies[one.policy_id], firms[one.enterprise_id], [one.days.get(each) for each in STEPS])
            for one in tracks[:SHOWN]
            if one.enterprise_id in firms and one.policy_id in policies
        ],
        "is_cut": len(tracks) > SHOWN,
    }
    return render(request, "policies/reach_firms.html", context)


@login_required
@require_GET
def reach_file(request: HttpRequest) -> HttpResponseBase:
    """Send the funnel with every firm and the day of each step as .xlsx; it is recorded."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.EXPORT, Thing.PAYMENT, zone)
    policy = _policy(request, actor)
    tracks = reach.tracks_of(actor, zone, policy.pk if policy else None)
    policies, firms = _named(actor, tracks)
    columns = [ExportColumn(_("政策")), ExportColumn(_("企业")), ExportColumn(_("符合条件"), "bool")]
    columns += [ExportColumn(str(step.label), "date") for step in STEPS]

    def lines() -> Iterator[list[Any]]:
        for one in tracks:
            if one.policy_id in policies and one.enterprise_id in firms:
                taken = _("是") if one.is_taken else _("否")
                named = [policies[one.policy_id].title, firms[one.enterprise_id].name, taken]
                yield named + [one.days.get(step) for step in STEPS]

    title = _("政策直达率")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    count = write_xlsx(file, sheet=title, columns=columns, rows=lines(), notes=list(_notes(zone, policy)))
    record_export(
        actor=actor,
        scope=zone.pk,
        thing="policies.policy",
        list_key="policy-reach",
        kind="xlsx",
        count=count,
        columns=[column.label for column in columns],
        query={"policy": str(policy.pk)} if policy else {},
    )
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)


def _notes(zone: Zone, policy: Policy | None) -> Iterator[str]:
    yield _("辖区：%(zone)s") % {"zone": zone}
    yield _("截至 %(day)s") % {"day": zones.today(zone).isoformat()}
    if policy is not None:
        yield policy.title


def _policy(request: HttpRequest, actor: User) -> Policy | None:
    said = request.GET.get("policy", "")
    return (
        selectors.get_policy(actor, int(said))
        if said.isascii() and said.isdigit() and len(said) < 19
        else None
    )


def _named(actor: User, tracks: Sequence[Track]) -> tuple[dict[int, Policy], dict[int, Enterprise]]:
    policies = selectors.visible_policies(actor).filter(pk__in={one.policy_id for one in tracks})
    ids = sorted({one.enterprise_id for one in tracks})
    firms: dict[int, Enterprise] = {}
    for start in range(0, len(ids), SHOWN):
        firms |= {
            firm.pk: firm for firm in visible_enterprises(actor).filter(pk__in=ids[start : start + SHOWN])
        }
    return {policy.pk: policy for policy in policies}, firms


def _part(funnel: Funnel, step: ReachStep) -> dict[str, Any]:
    pace = funnel.paces.get(step)
    return {
        "step": step,
        "label": step.label,
        "count": funnel.counts[step],
        "rate": funnel.rate(step),
        "days": pace.working_days if pace else None,
        "firms": pace.firms if pace else 0,
    }


def _chart(funnel: Funnel) -> dict[str, Any]:
    """Return the funnel as bars: they stay true where a later step has more firms than an earlier one."""
    return {
        "tooltip": {"trigger": "item", "formatter": "{b}: {c}"},
        "grid": {"left": 8, "right": 56, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "show": False, "min": 0},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "axisTick": {"show": False},
            "axisLine": {"show": False},
            "data": [str(step.label) for step in STEPS],
        },
        "series": [
            {
                "type": "bar",
                "barWidth": "68%",
                "showBackground": True,
                "label": {"show": True, "position": "right"},
                "data": [{"name": str(step.label), "value": funnel.counts[step]} for step in STEPS],
            }
        ],
    }
