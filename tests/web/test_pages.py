"""The shell, the kinds of page, and refusals."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.models import SavedView
from zhuchao.apps.zones.apps import ZonesConfig
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.web import shell
from zhuchao.web.printing import moment
from zhuchao.web.shell import NavItem
from zhuchao.web.templatetags.zhuchao import css_text
from zhuchao.web.timeline import Item


def text_of(response: Any) -> str:
    content: bytes = response.content
    return content.decode()


# --- The shell ---------------------------------------------------------------------------------------------


def test_every_page_says_whose_it_is_and_what_it_is_about(browser: Client, zone: Zone) -> None:
    zone.brand_name = "平江有你"
    zone.save()
    page = text_of(browser.get("/firms/"))
    assert re.search(r"<title>企业 · 平江有你</title>", page)
    assert '<h1 class="z-title">企业</h1>' in page
    assert 'href="#main"' in page
    assert f'data-zone="{zone.code}"' in page


def test_a_demo_zone_wears_its_mark_and_a_real_one_does_not(browser: Client, zone: Zone) -> None:
    assert "示例数据" not in text_of(browser.get("/firms/"))
    zone.demo_day, zone.demo_started_at = date(2023, 6, 15), timezone.now()
    zone.save()
    assert "示例数据 · 示例日期 2023-06-15" in text_of(browser.get("/firms/"))


def test_a_zones_colour_reaches_the_page_and_a_crooked_one_does_not(browser: Client, zone: Zone) -> None:
    zone.brand_colour = "#c2410c"
    zone.save()
    assert "--z-brand:#c2410c" in text_of(browser.get("/firms/"))
    zone.brand_colour = '";x:y'
    zone.save()
    page = text_of(browser.get("/firms/"))
    assert "--z-brand:#1f6f5c" in page
    assert "x:y" not in page


def test_zones_are_switched_only_where_there_are_several(client: Client, zone: Zone) -> None:
    user = make_user(Role.LEADER, zone=zone)
    assert "?zone=" not in text_of(signed_in(client, user).get("/firms/"))
    make_zone("under", name="下属园区", parent=zone)
    page = text_of(signed_in(client, user).get("/firms/"))
    assert 'href="/firms/?zone=under"' in page


@pytest.fixture
def items(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a navigation of our own in the place of the apps'."""
    tree = (
        NavItem("b", "载体", "test-firms", "tabler-building", 20, "site"),
        NavItem(
            "a",
            "今日",
            "test-form",
            "tabler-sun",
            10,
            "",
            children=(NavItem("c", "表单", "test-form", "tabler-edit", 1, ""),),
        ),
        NavItem("d", "设置", "test-firms", "tabler-settings", 200, "change_log"),
        NavItem("e", "没有的", "no-such-address", "tabler-x", 5, ""),
    )
    monkeypatch.setattr("zhuchao.web.shell.apps.get_app_configs", lambda: [ZonesConfig])
    monkeypatch.setattr(ZonesConfig, "navigation", tree, raising=False)


def asked(path: str, user: Any, **values: Any) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user
    for name, value in values.items():
        setattr(request, name, value)
    return request


@pytest.mark.usefixtures("items")
def test_the_navigation_shows_what_works_and_is_allowed_in_the_loops_order() -> None:
    request = asked("/firms/form/", User(), may=lambda verb, thing: thing == "site")
    found = shell.navigation(request)
    assert [item.label for item in found] == ["今日", "载体"]
    assert found[0].is_open
    assert [child.is_here for child in found[0].children] == [True]
    assert not found[1].is_here


@pytest.mark.usefixtures("items")
def test_nobody_has_a_navigation_before_signing_in(client: Client, officer: User) -> None:
    assert shell.navigation(RequestFactory().get("/")) == []
    page = text_of(client.get("/accounts/login/"))
    assert "载体</span>" not in page


def test_messages_stand_as_toasts_and_warnings_stay(rf: RequestFactory) -> None:
    class Message:
        def __init__(self, level_tag: str, text: str) -> None:
            self.level_tag, self.text = level_tag, text

        def __str__(self) -> str:
            return self.text

    messages = [Message("success", "已保存"), Message("error", "没有保存")]
    toasts = render_to_string("web/parts/messages.html", {"messages": messages, "staying": False})
    staying = render_to_string("web/parts/messages.html", {"messages": messages, "staying": True})
    assert ("已保存" in toasts, "没有保存" in toasts) == (True, False)
    assert ("已保存" in staying, "没有保存" in staying) == (False, True)


def test_pages_load_nothing_from_elsewhere_and_charts_only_where_they_are_drawn(browser: Client) -> None:
    page = text_of(browser.get("/firms/"))
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "echarts" not in page
    assert "echarts.min.js" in render_to_string("web/figures.html", {"headline": "投资增长 12%"})


def test_no_page_carries_a_script_of_its_own(browser: Client) -> None:
    for path in ("/firms/", "/firms/form/", "/accounts/login/"):
        assert not re.search(r"<script(?![^>]*\bsrc=)", text_of(browser.get(path)))


def test_pages_speak_english_when_asked(browser: Client) -> None:
    browser.post("/i18n/setlang/", {"language": "en", "next": "/firms/"})
    page = text_of(browser.get("/firms/"))
    assert '<html lang="en"' in page
    assert "Skip to content" in page


# --- Refusals -------------------------------------------------------------------------------------------------


def test_a_refusal_is_a_page_a_part_or_json_as_asked(browser: Client) -> None:
    page = browser.get("/refusal/", headers={"Referer": "http://testserver/firms/form/"})
    assert page.status_code == 422
    assert "面积：应大于 0。" in text_of(page)
    assert 'href="http://testserver/firms/form/"' in text_of(page)
    part = browser.get("/refusal/", headers={"HX-Request": "true"})
    assert part["HX-Retarget"] == "#notices"
    assert "<html" not in text_of(part)
    assert "应大于 0" in text_of(part)
    answer = browser.get("/refusal/", headers={"Accept": "application/json"})
    assert answer.json()["code"] == "wrong_input"


def test_a_refusal_never_leads_to_somebody_elses_page(browser: Client) -> None:
    page = text_of(browser.get("/refusal/", headers={"Referer": "https://example.org/"}))
    assert "example.org" not in page


@pytest.mark.parametrize("signed", [True, False])
def test_an_address_that_leads_nowhere_says_so(client: Client, officer: User, signed: bool) -> None:
    if signed:
        signed_in(client, officer)
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "没有这个页面" in text_of(response)


def test_a_form_sent_without_its_token_says_what_to_do(officer: User) -> None:
    client = signed_in(Client(enforce_csrf_checks=True), officer)
    response = client.post("/views/save/", {})
    assert response.status_code == 403
    assert "页面已过期" in text_of(response)


def test_the_last_resort_pages_need_nothing() -> None:
    for name in ("500.html", "400.html"):
        assert "回到首页" in render_to_string(name)


def test_two_versions_are_shown_side_by_side_and_chosen_field_by_field(browser: Client) -> None:
    response = browser.post("/stale/", {"name": "乙", "version": "1"})
    page = text_of(response)
    assert response.status_code == 409
    assert 'action="/stale/"' in page
    assert 'name="take-name" value="theirs"' in page
    assert '<input type="hidden" name="mine-name" value="乙">' in page
    assert '<tr data-name="state">' in page
    assert '<th scope="row">企业名称</th>' in page
    assert 'name="take-state"' not in page  # both say the same


def test_what_was_chosen_stands_in_the_form_again(browser: Client) -> None:
    kept = text_of(browser.get("/firms/form/?take-name=mine&mine-name=乙公司"))
    assert 'value="乙公司"' in kept
    assert "您刚才填写的内容" in kept
    assert "乙公司" not in text_of(browser.get("/firms/form/?take-name=theirs&mine-name=乙公司"))


# --- Kinds of page ----------------------------------------------------------------------------------------------


def test_a_timeline_strikes_what_was_replaced_and_leads_to_what_replaced_it() -> None:
    long_ago = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
    html = render_to_string(
        "web/parts/timeline.html",
        {
            "timeline": [
                Item(
                    long_ago,
                    date(2026, 2, 28),
                    "张三",
                    "签约",
                    evidence_url="/files/1/",
                    correct_url="/1/correct/",
                ),
                Item(
                    long_ago,
                    date(2026, 2, 1),
                    "李四",
                    "在谈",
                    replaced_by_url="/entries/2/",
                    correct_url="/2/correct/",
                ),
                Item(
                    long_ago,
                    date(2026, 1, 1),
                    "李四",
                    "来访",
                    is_void=True,
                    reason="重复",
                    void_url="/3/void/",
                ),
            ]
        },
    )
    assert html.count("is-replaced") == 1
    assert html.count("is-void") == 1
    assert 'href="/entries/2/"' in html
    assert "原因：重复" in html
    assert "/1/correct/" in html
    assert "/2/correct/" not in html
    assert "/3/void/" not in html
    assert 'title="2026-03-01 10:30">2026-03-01</time>' in html


@pytest.mark.parametrize(
    ("colour", "word", "shape"),
    [
        ("red", "红灯", "M1 1h10v10H1z"),
        ("amber", "黄灯", "M6 .8"),
        ("green", "绿灯", '<circle cx="6"'),
        ("", "未评", "z-light-none"),
    ],
)
def test_a_light_has_a_shape_and_a_word(colour: str, word: str, shape: str) -> None:
    html = render_to_string("web/parts/light.html", {"colour": colour})
    assert word in html
    assert shape in html


def test_a_wizard_marks_the_step_and_says_what_will_happen() -> None:
    html = render_to_string(
        "web/wizard.html", {"steps": ["上传", "核对", "完成"], "step_now": 2, "will_happen": "将新增 3 条。"}
    )
    assert html.count('aria-current="step"') == 1
    assert html.count("is-done") == 1
    assert "将新增 3 条。" in html


def test_a_job_that_runs_asks_again_and_one_that_is_over_does_not() -> None:
    class Job:
        title, is_over = "导入", False

        def get_state_display(self) -> str:
            return "进行中"

    job = Job()
    context = {
        "job": job,
        "far": {"step": "核对", "done": 3200, "total": 8000, "percent": 40},
        "here": "/jobs/1/",
    }
    html = render_to_string("web/parts/job.html", context)
    assert 'hx-get="/jobs/1/"' in html
    assert 'aria-valuenow="40"' in html
    assert "3,200 / 8,000" in html
    job.is_over = True
    assert "hx-get" not in render_to_string("web/parts/job.html", context)


# --- Account pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["password/change/", "2fa/", "2fa/totp/activate/", "sessions/", "logout/"])
def test_account_pages_look_like_the_product(browser: Client, officer: User, path: str) -> None:
    page = text_of(browser.get(f"/accounts/{path}", follow=True))
    assert "web/zhuchao.css" in page
    assert "Menu:" not in page


def test_demo_sign_ins_are_shown_where_the_page_is_given_them() -> None:
    ways = [{"username": "demo-pj", "display_name": "陈晨", "zone": "平江", "roles": "招商专员"}]
    context = {"demo_sign_ins": ways, "demo_password": "shown to all", "user": None}
    page = render_to_string("account/login.html", context)
    assert 'name="login" value="demo-pj"' in page
    assert "平江 · 招商专员" in page
    assert "示例数据" not in render_to_string("account/login.html", {"user": None})


# --- Saved views ----------------------------------------------------------------------------------------------------


def test_a_list_is_kept_under_a_name_shown_as_a_tab_and_thrown_away(
    browser: Client, officer: User, zone: Zone
) -> None:
    kept = browser.post(
        "/views/save/",
        {"list": "test-firm", "name": "本月", "query": "state=operating", "next": "/firms/?state=operating"},
    )
    assert kept["Location"] == "/firms/?state=operating"
    view = SavedView.objects.get()
    assert (view.owner, view.scope, view.is_shared) == (officer, zone.pk, False)
    assert "本月" in text_of(browser.get("/firms/"))
    browser.post("/views/delete/", {"view": view.pk, "next": "/firms/"})
    assert not SavedView.objects.exists()


def test_only_who_manages_the_zone_shares_a_view(client: Client, zone: Zone) -> None:
    for role, shared in ((Role.ADMINISTRATOR, True), (Role.PROMOTION_OFFICER, False)):
        person = signed_in(client, make_user(role, zone=zone))
        person.post("/views/save/", {"list": "test-firm", "name": role, "query": "", "is_shared": "1"})
        assert SavedView.objects.get(name=role).is_shared is shared


@pytest.mark.parametrize("key", ["", "x", "-1", "９", "1" * 30, "999999"])
def test_a_view_that_is_not_there_cannot_be_thrown_away(browser: Client, key: str) -> None:
    assert browser.post("/views/delete/", {"view": key}).status_code == 404


def test_saving_a_view_never_leads_off_the_site(browser: Client) -> None:
    asked_for = {"list": "test-firm", "name": "视图", "query": "", "next": "https://example.org/"}
    assert browser.post("/views/save/", asked_for)["Location"] == "/"


# --- Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("past", "text"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=5), "5 分钟前"),
        (timedelta(hours=23, minutes=59), "23 小时前"),
        (timedelta(days=1), "2026-06-14"),
        (timedelta(hours=-2), "2 小时后"),
        (timedelta(minutes=-3), "3 分钟后"),
    ],
)
def test_moments_are_relative_under_a_day(past: timedelta, text: str) -> None:
    now = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
    with translation.override("zh-hans"):
        assert moment(now - past, now) == text


def test_paper_says_as_of_when(browser: Client, zone: Zone) -> None:
    assert re.search(
        r"--z-as-of:&quot;打印时间 \d{4}-\d\d-\d\d \d\d:\d\d&quot;", text_of(browser.get("/firms/"))
    )
    zone.demo_day, zone.demo_started_at = date(2023, 6, 15), timezone.now()
    zone.save()
    assert "--z-as-of:&quot;示例数据，截至 2023-06-15&quot;" in text_of(browser.get("/firms/"))


def test_a_text_for_a_style_sheet_cannot_end_its_quotes() -> None:
    assert css_text('a"; x: y \\') == '"a\\"; x: y \\\\"'
