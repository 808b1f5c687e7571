"""Pages made for these tests only: one of each kind, over rows that exist anyway."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import include, path

from zhuchao.apps.core.errors import NotFound, Stale, WrongInput
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import Zone
from zhuchao.web.editing import form_response, posted, seen_version
from zhuchao.web.forms import ZForm, refuse
from zhuchao.web.lists import (
    Action,
    BulkVerb,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    by_flag,
    by_number_range,
    by_value,
    list_response,
    ticked_rows,
)


def _search(request: HttpRequest, rows: Any, text: str) -> Any:
    return rows.filter(name__icontains=text)


STATES = {"operating": "green", "moved_out": "orange"}

FIRMS = ListPage(
    key="test-firm",
    title="企业",
    thing="enterprise",
    columns=(
        Column("name", "企业名称", lambda row: row.name, sort="name", link=lambda row: f"/firms/{row.pk}/"),
        Column("code", "统一社会信用代码", lambda row: row.credit_code, sort="credit_code"),
        Column(
            "state",
            "状态",
            lambda row: (row.state, row.get_state_display(), STATES.get(row.state, "secondary")),
            Kind.STATE,
            on_phone=True,
        ),
        Column(
            "founded",
            "成立日期",
            lambda row: row.established_on,
            Kind.DATE,
            sort="established_on",
            on_phone=True,
        ),
        Column(
            "capital",
            "注册资本",
            lambda row: row.registered_capital_cny,
            Kind.MONEY,
            sort="registered_capital_cny",
            total="registered_capital_cny",
            on_phone=True,
        ),
        Column("zone", "辖区", lambda row: row.zone.name, sort="zone__name"),
        Column("scale", "规上", lambda row: row.is_above_scale, Kind.BOOL),
        Column(
            "updated", "更新时间", lambda row: row.updated_at, Kind.MOMENT, sort="updated_at", hidden=True
        ),
        Column("address", "地址", lambda row: row.address, hidden=True),
    ),
    filters=(
        Filter("state", "状态", by_value("state"), choices=lambda request: Enterprise.State.choices),
        Filter(
            "scale", "规上", by_flag("is_above_scale"), choices=lambda request: (("1", "是"), ("0", "否"))
        ),
        Filter("founded", "成立日期", by_date_range("established_on"), kind="date_range"),
        Filter(
            "capital",
            "注册资本",
            by_number_range("registered_capital_cny", "万元"),
            kind="number_range",
            unit="万元",
        ),
    ),
    search=_search,
    search_hint="企业名称",
    default_sort="-founded",
    row_verbs=(
        RowVerb("open", "打开", lambda row: f"/firms/{row.pk}/", icon="tabler-eye"),
        RowVerb("edit", "修改", lambda row: f"/firms/{row.pk}/edit/", "tabler-edit", "change", "enterprise"),
    ),
    bulk_verbs=(BulkVerb("drop", "作废", "test-bulk", "view", "enterprise", dangerous=True),),
    main_action=Action("新建企业", "test-form", icon="tabler-plus"),
    empty_sentence="还没有企业",
    empty_actions=(Action("新建企业", "test-form", icon="tabler-plus"),),
    page_size=10,
    tabs=(("在营", "state=operating"), ("规上", "scale=1&sort=-capital")),
)


def visible_firms(request: HttpRequest) -> Any:
    return Enterprise.objects.filter(zone__in=[zone.pk for zone in request.zones]).select_related("zone")


@login_required
def firms(request: HttpRequest) -> HttpResponseBase:
    return list_response(request, FIRMS, visible_firms(request))


@login_required
def bulk(request: HttpRequest) -> HttpResponse:
    rows = ticked_rows(request, visible_firms(request), page=FIRMS, dangerous=True)
    return HttpResponse(str(rows.count()))


class FirmForm(ZForm):
    name = forms.CharField(
        label="企业名称", max_length=40, help_text="与营业执照一致，例如：示例精密机械有限公司"
    )
    founded = forms.DateField(label="成立日期", required=False)
    agreed = forms.BooleanField(label="已核对营业执照", required=False)


def form(request: HttpRequest) -> HttpResponse:
    shown = FirmForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if shown.is_valid():
            refuse(shown, WrongInput(field="企业名称", why="已有同名企业。"))
    context = {"form": shown, "title": "新建企业", "cancel_url": "/firms/", "version": 3}
    return render(request, "web/form.html", context, status=status)


def refusal(request: HttpRequest) -> HttpResponse:
    raise WrongInput(field="面积", why="应大于 0。")


def stale(request: HttpRequest) -> HttpResponse:
    raise Stale(
        what="示例企业",
        by="李四",
        version=3,
        theirs={"name": "甲", "state": "在营"},
        yours={"name": "乙", "state": "在营"},
        labels={"name": "企业名称", "state": "状态"},
    )


class SiteForm(ZForm):
    name = forms.CharField(label="载体名称", max_length=10)
    kind = forms.ChoiceField(label="类型", choices=[("park", "园区"), ("tower", "楼宇")])
    is_open = forms.BooleanField(label="已开放", required=False)


# The row as somebody else left it, in its third version.
STANDING = {"name": "东园", "kind": "tower", "is_open": True}


def edit(request: HttpRequest) -> HttpResponse:
    def act(values: dict[str, Any]) -> HttpResponse:
        if values["name"] == "没有":
            raise NotFound(what="该载体")
        if seen_version(request) != 3:
            raise Stale(
                what="东园",
                by="李四",
                version=3,
                theirs={"name": "东园", "kind": "楼宇", "is_open": "True", "area_m2": "10"},
                yours={"name": values["name"], "kind": "园区", "is_open": "False", "area_m2": "12"},
                labels={"area_m2": "占地面积"},
            )
        return HttpResponse(f"{values['name']} {values['kind']} {values['is_open']}")

    form = SiteForm(posted(request), initial=STANDING)
    return form_response(request, form, act, title="修改载体", cancel_url="/", version=3)


def zone_list(request: HttpRequest) -> HttpResponseBase:
    return list_response(request, ZONES, Zone.objects.all())


ZONES = ListPage(
    key="test-zone", title="辖区", thing="zone", columns=(Column("name", "名称", lambda row: row.name),)
)

urlpatterns = [
    path("", include("zhuchao.web.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("firms/", firms, name="test-firms"),
    path("firms/bulk/", bulk, name="test-bulk"),
    path("firms/form/", form, name="test-form"),
    path("sites/edit/", edit),
    path("refusal/", refusal),
    path("stale/", stale),
    path("zones/", zone_list),
]
