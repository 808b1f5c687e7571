"""目标任务 and 指标数据: the lists and their forms."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhuchao.apps.core.wording import unit_word
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.editing import form_response, posted
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, RowVerb, list_response
from zhuchao.web.requests import Request, zone_of

from .. import selectors, services
from ..forms import ObservationForm, TargetCorrectionForm, TargetForm
from ..models import Indicator, Observation, Target
from ..selectors.figures import YEARS, shown
from ..selectors.indicators import indicators_in


def _year(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    if not text.isdecimal():
        return rows
    year = int(text)
    return rows.filter(happened_on__year=year) if year in YEARS else rows.none()


TARGETS = ListPage(
    key="targets",
    title=gettext_lazy("目标任务"),
    thing=Thing.TARGET,
    columns=(
        Column(
            "indicator",
            gettext_lazy("指标"),
            lambda t: t.indicator.title,
            link=lambda t: reverse("target-correct", args=[t.pk]),
            on_phone=True,
        ),
        Column("kind", gettext_lazy("目标类型"), lambda t: t.get_kind_display()),
        Column("from", gettext_lazy("期间起"), lambda t: t.period_from, kind=Kind.DATE),
        Column("to", gettext_lazy("期间止"), lambda t: t.period_to, kind=Kind.DATE, on_phone=True),
        Column(
            "value",
            gettext_lazy("目标值"),
            lambda t: shown(t.indicator, t.value),
            kind=Kind.NUMBER,
            on_phone=True,
        ),
        Column("unit", gettext_lazy("单位"), lambda t: unit_word(t.indicator.show_unit)),
        Column("department", gettext_lazy("责任单位"), lambda t: str(t.department or "")),
        Column("set_on", gettext_lazy("下达日期"), lambda t: t.happened_on, kind=Kind.DATE),
    ),
    filters=(
        Filter(
            "kind",
            gettext_lazy("目标类型"),
            lambda rows, text: rows.filter(kind=text),
            lambda request: Target.Kind.choices,
        ),
    ),
    main_action=Action(
        gettext_lazy("下达目标"), "target-add", verb="add", thing=Thing.TARGET, icon="tabler-plus"
    ),
    other_actions=(Action(gettext_lazy("导入目标任务"), "import-list", verb="import", thing=Thing.TARGET),),
    row_verbs=(
        RowVerb(
            "correct",
            gettext_lazy("调整"),
            lambda t: reverse("target-correct", args=[t.pk]),
            "tabler-edit",
            "change",
            Thing.TARGET,
        ),
        RowVerb(
            "void",
            gettext_lazy("作废"),
            lambda t: reverse("target-void", args=[t.pk]),
            "tabler-trash",
            "void",
            Thing.TARGET,
        ),
    ),
    empty_sentence=gettext_lazy("还没有目标任务。有了目标，指标才有完成率和红绿灯。"),
    empty_actions=(
        Action(gettext_lazy("下达目标"), "target-add", verb="add", thing=Thing.TARGET),
        Action(gettext_lazy("导入目标任务"), "import-list", verb="import", thing=Thing.TARGET),
    ),
)

OBSERVATIONS = ListPage(
    key="observations",
    title=gettext_lazy("指标数据"),
    thing=Thing.OBSERVATION,
    columns=(
        Column(
            "indicator",
            gettext_lazy("指标"),
            lambda o: o.indicator.title,
            link=lambda o: (
                reverse("figure-detail", args=[o.indicator.code]) + f"?month={o.happened_on:%Y-%m}"
            ),
            on_phone=True,
        ),
        Column("to", gettext_lazy("累计到"), lambda o: f"{o.happened_on:%Y-%m}", on_phone=True),
        Column(
            "value",
            gettext_lazy("数值"),
            lambda o: shown(o.indicator, o.value),
            kind=Kind.NUMBER,
            on_phone=True,
        ),
        Column("unit", gettext_lazy("单位"), lambda o: unit_word(o.indicator.show_unit)),
        Column("growth", gettext_lazy("公布的同比"), lambda o: o.growth, kind=Kind.PERCENT),
        Column(
            "base", gettext_lazy("上年同期"), lambda o: shown(o.indicator, o.base_value), kind=Kind.NUMBER
        ),
        Column("status", gettext_lazy("数据状态"), lambda o: o.get_status_display()),
        Column("source", gettext_lazy("数据来源"), lambda o: o.source),
    ),
    filters=(
        Filter(
            "status",
            gettext_lazy("数据状态"),
            lambda rows, text: rows.filter(status=text),
            lambda request: Observation.Status.choices,
        ),
        Filter("year", gettext_lazy("年度"), _year, kind="text"),
    ),
    main_action=Action(
        gettext_lazy("录入数据"), "observation-add", verb="add", thing=Thing.OBSERVATION, icon="tabler-plus"
    ),
    other_actions=(
        Action(gettext_lazy("导入指标数据"), "import-list", verb="import", thing=Thing.OBSERVATION),
    ),
    row_verbs=(
        RowVerb(
            "void",
            gettext_lazy("作废"),
            lambda o: reverse("observation-void", args=[o.pk]),
            "tabler-trash",
            "void",
            Thing.OBSERVATION,
        ),
    ),
    empty_sentence=gettext_lazy("还没有统计数据。"),
    empty_actions=(
        Action(gettext_lazy("导入指标数据"), "import-list", verb="import", thing=Thing.OBSERVATION),
    ),
)


@login_required
@require_GET
def target_list(request: Request) -> HttpResponseBase:
    """List the targets in force."""
    zone = zone_of(request)
    rows = selectors.visible_targets(request.user).live()
    return list_response(
        request, TARGETS, rows.filter(zone__in=zones.zones_under(request.user, zone, Thing.TARGET))
    )


@login_required
def target_add(request: Request) -> HttpResponse:
    """Set a target."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.set_target(actor=request.user, zone=zone, **values)
        return _done(request, _("目标已下达。"), "target-list")

    form = TargetForm(posted(request), zone=zone, indicators=indicators_in(zone))
    return form_response(request, form, act, title=_("下达目标"), cancel_url=reverse("target-list"))


@login_required
def target_correct(request: Request, pk: int) -> HttpResponse:
    """Change a target's value; the old one stays readable."""
    target = selectors.get_target(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.correct_target(actor=request.user, target=target, **values)
        return _done(request, _("目标已调整，原目标保留在台账中。"), "target-list")

    initial = {"value": shown(target.indicator, target.value), "unit": target.indicator.show_unit}
    form = TargetCorrectionForm(posted(request), initial=initial)
    title = _("调整目标：%(name)s") % {"name": target.indicator.title}
    return form_response(request, form, act, title=title, cancel_url=reverse("target-list"))


@login_required
def target_void(request: Request, pk: int) -> HttpResponse:
    """Take a target out of force."""
    target = selectors.get_target(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_target(actor=request.user, target=target, **values)
        return _done(request, _("已作废 1 条目标。"), "target-list")

    title = _("作废目标：%(name)s") % {"name": target.indicator.title}
    return form_response(
        request,
        VoidForm(posted(request)),
        act,
        title=title,
        cancel_url=reverse("target-list"),
        dangerous=True,
    )


@login_required
@require_GET
def observation_list(request: Request) -> HttpResponseBase:
    """List the observations in force."""
    zone = zone_of(request)
    rows = selectors.visible_observations(request.user).live()
    rows = rows.filter(zone__in=zones.zones_under(request.user, zone, Thing.OBSERVATION))
    return list_response(request, OBSERVATIONS, rows)


@login_required
def observation_add(request: Request) -> HttpResponse:
    """Enter a value; one of the same month and a firmer or equal status replaces the one before."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        percent, month = values.pop("growth_percent"), values.pop("month")
        services.add_observation(
            actor=request.user,
            zone=zone,
            period_to=selectors.month_end(month),
            growth=None if percent is None else percent / 100,
            **values,
        )
        return _done(request, _("数据已录入。"), "observation-list")

    observed = indicators_in(zone).filter(kind=Indicator.Kind.OBSERVED)
    form = ObservationForm(posted(request), indicators=observed)
    return form_response(request, form, act, title=_("录入指标数据"), cancel_url=reverse("observation-list"))


@login_required
def observation_void(request: Request, pk: int) -> HttpResponse:
    """Take an observation out of force."""
    observation = selectors.get_observation(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_observation(actor=request.user, observation=observation, **values)
        return _done(request, _("已作废 1 条数据。"), "observation-list")

    name = f"{observation.indicator.title} {observation.happened_on:%Y-%m}"
    return form_response(
        request,
        VoidForm(posted(request)),
        act,
        title=_("作废数据：%(name)s") % {"name": name},
        cancel_url=reverse("observation-list"),
        dangerous=True,
    )


def _done(request: Request, sentence: str, url_name: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(url_name)
