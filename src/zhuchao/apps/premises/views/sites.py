"""Pages of sites."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import seen_version
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors, services
from ..forms import BuildingForm, SiteAddForm, SiteForm, SiteNameForm, StewardForm
from ..models import Site, SiteName, Unit
from .pages import form_response
from .pictures import gallery
from .space import chart_of
from .stacks import LEGEND, STATE_COLOURS, drawn
from .works import site_works

TENANTS_SHOWN = 20


def _site_url(site: Site) -> str:
    return reverse("site-detail", args=[site.pk])


def _sectors(request: HttpRequest) -> list[tuple[str, str]]:
    zone = zone_of(request)
    named = zones.sectors.sectors_on(zone, zones.today(zone)).values_list("pk", "name")
    return [*((str(pk), name) for pk, name in named), ("-", _("不限产业"))]


def _themes(request: HttpRequest) -> list[tuple[str, str]]:
    rows = selectors.visible_sites(request.user).filter(zone_id__in=_scopes(request)).exclude(theme="")
    return [(theme, theme) for theme in rows.order_by("theme").values_list("theme", flat=True).distinct()]


SITES = ListPage(
    key="sites",
    title=gettext_lazy("载体"),
    thing="site",
    columns=(
        Column(
            "name",
            gettext_lazy("载体名称"),
            lambda site: site.name,
            sort="name",
            link=_site_url,
            on_phone=True,
        ),
        Column("kind", gettext_lazy("类型"), lambda site: site.get_kind_display()),
        Column("carrier_class", gettext_lazy("类别"), lambda site: site.get_carrier_class_display()),
        Column("address", gettext_lazy("地址"), lambda site: site.address),
        Column("district", gettext_lazy("片区"), lambda site: site.district, hidden=True),
        Column(
            "steward",
            gettext_lazy("园长"),
            lambda site: site.steward or ("none", _("未指定"), "red"),
            Kind.STATE,
            on_phone=True,
        ),
        Column("operator", gettext_lazy("开发运营主体"), lambda site: site.operator),
        Column("parent", gettext_lazy("上级载体"), lambda site: site.parent, hidden=True),
        Column("theme", gettext_lazy("主题"), lambda site: site.theme, hidden=True),
        Column("partner", gettext_lazy("合作方"), lambda site: site.partner, hidden=True),
        Column("scope", gettext_lazy("准入产业"), lambda site: listed(site.admission_scope), hidden=True),
        Column("plan", gettext_lazy("规划禁止用途"), lambda site: listed(site.plan_constraints), hidden=True),
        Column(
            "incubator",
            gettext_lazy("孵化载体"),
            lambda site: _("是") if site.incubator else "",
            hidden=True,
        ),
        Column(
            "land_area",
            gettext_lazy("占地面积"),
            lambda site: site.land_area_m2,
            Kind.AREA,
            total="land_area_m2",
            hidden=True,
        ),
        Column("units", gettext_lazy("房源数"), lambda site: site.unit_count, Kind.NUMBER),
        Column("gross", gettext_lazy("建筑面积"), lambda site: site.gross_m2, Kind.AREA),
        Column("vacant", gettext_lazy("空置面积"), lambda site: site.vacant_m2, Kind.AREA, on_phone=True),
    ),
    filters=(
        Filter("kind", gettext_lazy("类型"), by_value("kind"), choices=lambda request: Site.Kind.choices),
        Filter(
            "class",
            gettext_lazy("类别"),
            by_value("carrier_class"),
            choices=lambda request: Site.CarrierClass.choices,
        ),
        Filter("theme", gettext_lazy("主题"), by_value("theme"), choices=_themes),
        Filter("sector", gettext_lazy("产业领域"), selectors.sites_admitting, choices=_sectors),
        Filter(
            "steward",
            gettext_lazy("园长"),
            lambda rows, text: rows.filter(steward__isnull=text == "none"),
            choices=lambda request: [("none", _("未指定")), ("named", _("已指定"))],
        ),
    ),
    search=lambda request, rows, text: selectors.search_sites(rows, _scopes(request), text),
    search_hint=gettext_lazy("名称、曾用名、地址、园长"),
    default_sort="name",
    main_action=Action(gettext_lazy("新增载体"), "site-add", "add", "site", "tabler-plus"),
    empty_sentence=gettext_lazy("还没有载体。导入载体台账，或新增第一个载体。"),
    empty_actions=(Action(gettext_lazy("新增载体"), "site-add", "add", "site", "tabler-plus"),),
    tabs=((gettext_lazy("全部"), ""), (gettext_lazy("没有园长"), "steward=none")),
)


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, request.zone, Thing.SITE)  # type: ignore[attr-defined]


@login_required
def site_list(request: HttpRequest) -> HttpResponseBase:
    """List the sites of the zone, each with its space."""
    rows = selectors.with_space(selectors.visible_sites(request.user).filter(zone_id__in=_scopes(request)))
    return list_response(request, SITES, rows)


@login_required
def site_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a site: its space on a day, its buildings as a stack, the names it has had."""
    site = selectors.get_site(request.user, pk)
    on = _day(request, site)
    stock = selectors.area_by_state(
        [site.zone_id], on, zones.now(site.zone), units=Unit.objects.filter(site=site)
    )
    units_url = reverse("unit-list")
    return render(
        request,
        "premises/site_detail.html",
        {
            "record": site,
            "site": site,
            "on": on,
            "stock": stock,
            "parts": [
                {
                    "part": part,
                    "colour": STATE_COLOURS[Unit.State(part.state)],
                    "url": f"{units_url}?site={pk}&state={part.state}",
                }
                for part in stock.by_state
            ],
            "stacks": drawn(selectors.stack_of(site), zones.today(site.zone)),
            "legend": LEGEND,
            "colours": STATE_COLOURS,
            **_space(request, site, on),
            **gallery(request, site, selectors.pictures_of_site(request.user, site)),
            "facts": [
                (_("类型"), site.get_kind_display()),
                (_("类别"), site.get_carrier_class_display()),
                (_("地址"), site.address),
                (_("片区"), site.district),
                (_("园长"), site.steward),
                (_("开发运营主体"), site.operator),
                *_more_facts(site),
            ],
            "site_works": site_works(request, site),
            "timeline": _timeline(request, site),
        },
    )


def _space(request: HttpRequest, site: Site, on: date) -> dict[str, Any]:
    """Return what a site's page says beside its stack: kinds, trend, tenants, sites inside, who left."""
    actor = request.user
    units = Unit.objects.filter(site=site)
    steps = selectors.unit_steps([site.zone_id], on, zones.now(site.zone), units)
    supplies = selectors.supply_by_kind(steps, dict(units.order_by().values_list("pk", "kind")), on)
    trend = selectors.vacancy_trend(steps, on)
    may_see_firms = zones.may(actor, Verb.VIEW, Thing.ENTERPRISE, site.zone_id)
    tenants = selectors.tenancies(actor).filter(site=site).order_by("-gross_area_m2", "pk")
    return {
        "supplies": supplies,
        "total": selectors.whole(supplies),
        "trend": trend,
        "chart": chart_of(trend) if any(month.stock_m2 for month in trend) else None,
        "tenants": [
            (unit, selectors.tags_shown(unit)) for unit in (tenants[:TENANTS_SHOWN] if may_see_firms else ())
        ],
        "tenants_shown": TENANTS_SHOWN,
        "inside": selectors.with_space(selectors.visible_sites(actor).filter(parent=site)).order_by("name"),
        "alumni": selectors.alumni_of(site) if site.incubator and may_see_firms else None,
    }


def _more_facts(site: Site) -> list[tuple[str, Any]]:
    """Return the facts of a site that only some have: no line for what is empty."""
    facts = [
        (_("准入产业"), listed(site.admission_scope)),
        (_("规划禁止用途"), listed(site.plan_constraints)),
    ]
    return [(label, value) for label, value in facts if value]


def _day(request: HttpRequest, site: Site) -> date:
    text = request.GET.get("on", "")
    if not text:
        return zones.today(site.zone)
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise WrongInput(field=_("截至日期"), why=_("应为 2023-05-31 这样的日期。"))
    return found


def _timeline(request: HttpRequest, site: Site) -> list[Item]:
    may_void = request.may("change", "site")  # type: ignore[attr-defined]
    rows = SiteName.objects.filter(site=site, is_void=False).select_related(
        "recorded_by", "replaced_by", "evidence"
    )
    return [
        entry_item(
            entry,
            what=_("启用名称：%(name)s") % {"name": entry.name},
            here=_site_url(site),
            void_url=reverse("site-name-void", args=[entry.pk]) if may_void else "",
        )
        for entry in rows
    ]


@login_required
def site_add(request: HttpRequest) -> HttpResponse:
    """Enter a site."""
    zone = zone_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        site = services.add_site(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已新增载体“%(name)s”，请继续登记楼栋和房源。") % {"name": site})
        return redirect("site-detail", pk=site.pk)

    form = SiteAddForm(request.POST or None, zone=zone)
    return form_response(
        request, form, act, title=_("新增载体"), cancel_url=reverse("site-list"), form_key="site-add"
    )


@login_required
def site_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the facts of a site."""
    site = selectors.get_site(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_site(actor=person_of(request), site=site, version=seen_version(request), **values)
        return _done(request, site, _("已保存。"))

    initial = {name: getattr(site, name) for name in SiteForm.base_fields}
    form = SiteForm(request.POST or None, zone=site.zone, site=site, initial=initial)
    return form_response(
        request, form, act, title=_("修改载体"), cancel_url=_site_url(site), version=site.version, site=site
    )


@login_required
def site_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a name the site has or had."""
    site = selectors.get_site(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.name_site(actor=person_of(request), site=site, **values)
        return _done(request, site, _("已登记名称，新旧名称都能搜到。"))

    form = SiteNameForm(request.POST or None, initial={"on": zones.today(site.zone)})
    return form_response(
        request, form, act, title=_("更名或补登曾用名"), cancel_url=_site_url(site), site=site
    )


@login_required
def site_name_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a name that was entered by mistake."""
    entry = selectors.get_site_name(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.void_site_name(actor=person_of(request), entry=entry, **values)
        return _done(request, entry.site, _("已作废。"))

    return form_response(
        request,
        VoidForm(request.POST or None),
        act,
        title=_("作废名称“%(name)s”") % {"name": entry.name},
        cancel_url=_site_url(entry.site),
        site=entry.site,
        dangerous=True,
    )


@login_required
def site_steward(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the steward of a site, or hand it over."""
    site = selectors.get_site(request.user, pk)
    # The form names the zone's officers: it is for those who may choose among them.
    verb = Verb.CHANGE if site.steward is None else Verb.ASSIGN
    selectors.require_at(person_of(request), verb, Thing.SITE, site)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.hand_over_site(actor=person_of(request), site=site, **values)
        return _done(request, site, _("已指定园长：%(name)s。") % {"name": values["steward"]})

    form = StewardForm(request.POST or None, zone=site.zone, initial={"steward": site.steward_id})
    title = _("指定园长") if site.steward is None else _("交接园长")
    return form_response(request, form, act, title=title, cancel_url=_site_url(site), site=site)


@login_required
def building_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a building of a site."""
    site = selectors.get_site(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.add_building(actor=person_of(request), site=site, **values)
        return _done(request, site, _("已新增楼栋“%(name)s”。") % {"name": values["name"]})

    form = BuildingForm(request.POST or None)
    return form_response(request, form, act, title=_("新增楼栋"), cancel_url=_site_url(site), site=site)


def _done(request: HttpRequest, site: Site, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("site-detail", pk=site.pk)
