"""The one list component, over real rows."""

import base64
import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_enterprise, make_user, signed_in
from zhuchao.apps.core.models import Change, SavedView
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.web.lists import Column, Filter, ListPage, by_value


def firm(zone: Zone, name: str, **values: Any) -> Any:
    return make_enterprise(zone, name=name, **values)


def text_of(response: Any) -> str:
    content: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def names_on(response: Any) -> list[str]:
    rows = re.findall(r'<th scope="row" class="z-first">(.*?)</th>', text_of(response), re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", row)).strip() for row in rows if "合计" not in row]


def queries_on_firms(browser: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(url)
        assert response.status_code == 200
        text_of(response)
    return [query["sql"] for query in queries if "enterprises_enterprise" in query["sql"]]


def cursor(*content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


# --- What is shown --------------------------------------------------------------------------------------


def test_a_row_shows_its_values_in_the_form_of_their_kind(browser: Client, zone: Zone) -> None:
    firm(
        zone,
        "甲有限公司",
        established_on=date(2020, 6, 15),
        registered_capital_cny=Decimal("-12345678.90"),
        is_above_scale=True,
    )
    page = text_of(browser.get("/firms/"))
    assert "−1,234.57" in page
    assert "z-negative" in page
    assert "2020-06-15" in page
    assert '<span class="z-state z-state-green">在营</span>' in page
    assert "（万元）" in page


def test_what_is_missing_is_a_dash_and_never_zero(browser: Client, zone: Zone) -> None:
    firm(zone, "甲有限公司")
    page = text_of(browser.get("/firms/"))
    assert len(re.findall(r">—\s*</td>", page)) == 5  # code, founded, capital, scale, and the total


def test_a_name_that_is_markup_stays_text(browser: Client, zone: Zone) -> None:
    firm(zone, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in text_of(browser.get("/firms/"))


def test_the_totals_row_sums_the_filtered_set_and_not_the_page(browser: Client, zone: Zone) -> None:
    for n in range(12):
        firm(zone, f"企业{n}", registered_capital_cny=Decimal(10_000), state="operating")
    firm(zone, "迁出企业", registered_capital_cny=Decimal(990_000), state="moved_out")
    page = text_of(browser.get("/firms/?state=operating"))
    assert "合计（12 条）" in page
    assert re.search(r'<td class="z-number[^"]*" data-label="注册资本（万元）">12\.00</td>', page)


def test_the_count_is_capped_and_exact_on_demand(
    browser: Client, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhuchao.web.lists.shown.COUNT_CAP", 3)
    for n in range(5):
        firm(zone, f"企业{n}")
    assert "共 3+ 条" in text_of(browser.get("/firms/"))
    assert "共 5 条" in text_of(browser.get("/firms/?count=exact"))


def test_three_facts_stand_on_the_phones_card(browser: Client, zone: Zone) -> None:
    firm(zone, "甲有限公司")
    labels = re.findall(
        r'<td class="[^"]*z-on-phone[^"]*" data-label="([^"]*)"', text_of(browser.get("/firms/"))
    )
    assert labels[:3] == ["状态", "成立日期", "注册资本（万元）"]


def test_verbs_that_are_not_the_persons_to_do_are_not_offered(client: Client, zone: Zone) -> None:
    row = firm(zone, "甲有限公司")
    reader = signed_in(client, make_user(Role.LEADER, zone=zone))
    page = text_of(reader.get("/firms/"))
    assert f"/firms/{row.pk}/edit/" not in page
    assert f"/firms/{row.pk}/" in page


def test_an_empty_list_says_what_to_do_first(browser: Client, zone: Zone) -> None:
    page = text_of(browser.get("/firms/"))
    assert "还没有企业" in page
    assert page.count('btn-primary" href="/firms/form/"') == 2  # the page's verb and the empty list's way on


def test_a_list_that_the_filters_emptied_offers_to_clear_them(browser: Client, zone: Zone) -> None:
    firm(zone, "甲有限公司")
    page = text_of(browser.get("/firms/?state=revoked"))
    assert "没有符合条件的内容" in page
    assert "还没有企业" not in page
    assert 'href="/firms/" hx-get' in page


def test_a_list_costs_the_same_queries_for_many_rows_as_for_few(browser: Client, zone: Zone) -> None:
    costs = []
    browser.get("/firms/")  # the first request also writes the session
    for n in range(1, 41):
        firm(zone, f"企业{n}", registered_capital_cny=Decimal(n), established_on=date(2020, 1, 1))
        if n in {3, 40}:
            costs.append(len(queries_on_firms(browser, "/firms/?size=20")))
    # One page (in two parts, for those without a value), one count, one total, and one count for each other tab.
    assert costs == [6, 5]


# --- Filters, search, tabs, columns ---------------------------------------------------------------------------


def test_each_filter_has_a_chip_whose_link_takes_it_away(browser: Client, zone: Zone) -> None:
    firm(zone, "甲有限公司", established_on=date(2021, 5, 1))
    page = text_of(browser.get("/firms/?state=operating&founded_from=2021-01-01&founded_to=20211231&q=有限"))
    assert "<b>2021-01-01 至 2021-12-31</b>" in page
    assert "<b>在营</b>" in page
    assert 'href="/firms/?q=%E6%9C%89%E9%99%90&amp;founded=2021-01-01..2021-12-31"' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=moved_out", ["乙"]),
        ("scale=1", ["甲"]),
        ("founded=2021-01-01..", ["乙"]),
        ("founded=..2020-12-31", ["甲"]),
        ("founded=2020-06-15", ["甲"]),
        ("founded=2022-01-01..2021-01-01", ["乙"]),
        ("capital=..100", ["甲"]),
        ("capital=100.01..", ["乙"]),
        ("q=乙有", ["乙"]),
        ("q=乙", ["甲", "乙"]),
    ],
)
def test_filters_keep_what_they_say(browser: Client, zone: Zone, query: str, found: list[str]) -> None:
    firm(
        zone,
        "甲有限",
        established_on=date(2020, 6, 15),
        registered_capital_cny=1_000_000,
        is_above_scale=True,
    )
    firm(
        zone, "乙有限", established_on=date(2021, 6, 15), registered_capital_cny=2_000_000, state="moved_out"
    )
    names = names_on(browser.get(f"/firms/?{query}"))
    assert sorted(name[0] for name in names) == sorted(found)


def test_one_character_is_too_little_to_search_by_and_says_so(browser: Client, zone: Zone) -> None:
    firm(zone, "甲有限")
    page = text_of(browser.get("/firms/?q=无"))
    assert "请至少输入两个字再搜索" in page
    assert "甲有限" in page


def test_tabs_count_their_rows_and_the_one_shown_is_marked(browser: Client, zone: Zone) -> None:
    firm(zone, "甲有限", is_above_scale=True)
    firm(zone, "乙有限", state="moved_out")
    page = text_of(browser.get("/firms/?state=operating"))
    tabs = re.findall(r'<a class="nav-link( active)?"[^>]*>(.*?)</a>', page, re.DOTALL)
    plain = [(bool(active), re.sub(r"<[^>]+>", " ", text).split()) for active, text in tabs]
    assert plain == [(False, ["全部", "2"]), (True, ["在营", "1"]), (False, ["规上", "1"])]


def test_a_saved_view_that_no_longer_fits_does_not_break_the_list(
    browser: Client, zone: Zone, officer: User
) -> None:
    SavedView.objects.create(
        owner=officer, scope=zone.pk, list_key="test-firm", name="旧视图", query="state=gone&sort=x"
    )
    page = browser.get("/firms/")
    assert page.status_code == 200
    assert "旧视图" in text_of(page)


def test_chosen_columns_stand_in_the_address_and_the_first_always_stays(browser: Client, zone: Zone) -> None:
    firm(zone, "甲有限", address="示例路 1 号", credit_code="91320000000000001X")
    page = text_of(browser.get("/firms/?cols=address"))
    assert "示例路 1 号" in page
    assert "甲有限" in page
    assert "91320000000000001X" not in page


def test_a_filter_may_not_take_a_name_that_the_list_uses_itself() -> None:
    column = Column("name", "名称", str)
    with pytest.raises(ImproperlyConfigured, match="sort"):
        ListPage(
            key="x", title="x", thing="", columns=(column,), filters=(Filter("sort", "x", by_value("x")),)
        )


# --- Hostile addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "sort=nope",
        "sort=-",
        "sort=password",
        "sort=zone__code",
        "state=nowhere",
        "state=%27%20OR%201=1--",
        "scale=2",
        "founded=yesterday",
        "founded=2023-13-45",
        "founded=2023-02-30..",
        "founded_from=99999999",
        "capital=NaN..",
        "capital=1e999999",
        "capital=Infinity..",
        "capital=9" + "9" * 60,
        "size=7",
        "size=-1",
        "size=99999999999",
        "q=%00",
        "state=%00",
        "%00=1",
        "after=x",
        "after=%F0%9F%92%A9",
        "after=" + "A" * 5000,
        "before=bm90IGpzb24",
        "after=" + cursor(),
        "after=" + cursor(1, 2, 3),
        "after=" + cursor({"a": 1}, 2),
        "after=" + cursor("2020-01-01", None),
        "after=" + cursor("2020-01-01", "one"),
        "after=" + cursor("2020-99-01", 1),
        "after=" + cursor("\x00", 1),
        "after=" + cursor("\ud800", 1),
        "after=" + base64.urlsafe_b64encode(b"[" * 1400).decode(),
        "sort=capital&after=" + cursor("NaN", 1),
        "sort=name&after=" + cursor(None, 1),
        "export=exe",
        "export=xlsx&state=nowhere",
    ],
)
def test_an_address_that_asks_for_nonsense_is_refused_kindly(browser: Client, zone: Zone, query: str) -> None:
    firm(zone, "甲有限")
    response = browser.get(f"/firms/?{query}")
    assert response.status_code == 422
    assert "返回列表" in text_of(response)


@pytest.mark.parametrize(
    "query",
    [
        "cols=nope,%27",
        "unknown=1",
        "page=9999999",
        "q=" + "长" * 5000,
        "state=",
        "count=many",
        "founded=..",
        "after=" + cursor("2020-01-01", 10**30),
        "before=" + cursor("0001-01-01", -5),
        "sort=updated&after=" + cursor("2020-01-01T00:00:00+00:00", 1),
    ],
)
def test_an_address_with_harmless_nonsense_is_followed(browser: Client, zone: Zone, query: str) -> None:
    firm(zone, "甲有限")
    assert browser.get(f"/firms/?{query}").status_code == 200


# --- Parts for htmx -----------------------------------------------------------------------------------------------


def test_htmx_gets_only_the_part_it_will_replace(browser: Client, zone: Zone) -> None:
    firm(zone, "甲有限")
    for target, has_form in (("list", True), ("list-body", False)):
        headers = {"HX-Request": "true", "HX-Target": target}
        response = browser.get("/firms/?state=operating", headers=headers)
        part = text_of(response)
        assert "<html" not in part
        assert ("data-filters" in part) is has_form
        assert response["HX-Push-Url"] == "/firms/?state=operating"


def test_going_back_gets_the_whole_page(browser: Client, zone: Zone) -> None:
    headers = {"HX-Request": "true", "HX-Target": "list", "HX-History-Restore-Request": "true"}
    assert "<html" in text_of(browser.get("/firms/", headers=headers))


def test_a_refused_filter_is_told_in_place(browser: Client, zone: Zone) -> None:
    headers = {"HX-Request": "true", "HX-Target": "list"}
    response = browser.get("/firms/?state=nowhere", headers=headers)
    assert response["HX-Retarget"] == "#notices"
    assert "<html" not in text_of(response)


# --- Files ----------------------------------------------------------------------------------------------------------


def test_an_export_holds_exactly_what_is_shown_in_its_order(browser: Client, zone: Zone) -> None:
    for n in range(15):
        firm(zone, f"企业{n:02}", registered_capital_cny=Decimal(n * 10_000), established_on=date(2020, 1, 1))
    firm(zone, "无资本")
    firm(zone, "迁出", state="moved_out")
    response = browser.get("/firms/?state=operating&sort=-capital&cols=capital,founded&export=xlsx")
    assert "attachment" in response["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book.worksheets[0].values)
    assert rows[0] == ("企业名称", "成立日期", "注册资本（万元）")
    assert [row[0] for row in rows[1:]] == [f"企业{n:02}" for n in reversed(range(15))] + ["无资本"]
    assert rows[1][2] == 14
    assert rows[1][1].date() == date(2020, 1, 1)
    assert rows[-1][2] is None
    assert any("在营" in str(cell) or "operating" in str(cell) for (cell,) in book.worksheets[1].values)


def test_an_export_to_csv_opens_in_a_spreadsheet_and_holds_no_formula(browser: Client, zone: Zone) -> None:
    firm(zone, "=HYPERLINK(1)", registered_capital_cny=Decimal("-15000.00"))
    content = b"".join(browser.get("/firms/?cols=capital&export=csv").streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows == [["企业名称", "注册资本（万元）"], ["'=HYPERLINK(1)", "-1.5"]]


def test_who_may_not_export_is_not_offered_it_and_is_refused(client: Client, zone: Zone) -> None:
    firm(zone, "甲有限")
    reader = signed_in(client, make_user(Role.WINDOW_CLERK, zone=zone))
    assert "export=xlsx" not in text_of(reader.get("/firms/"))
    response = reader.get("/firms/?export=xlsx")
    assert response.status_code == 403
    assert "甲有限" not in text_of(response)


def test_an_export_is_recorded_with_who_what_and_how_narrowed(
    browser: Client, officer: User, zone: Zone
) -> None:
    firm(zone, "甲有限")
    firm(zone, "乙有限", state="moved_out")
    assert browser.get("/firms/?state=operating&cols=capital&export=csv").status_code == 200
    change = Change.objects.filter(scope=zone.pk).latest("seq")
    assert (change.verb, change.actor, change.thing) == ("export", officer, "enterprises.enterprise")
    assert change.data == {
        "list": "test-firm",
        "kind": "csv",
        "row_count": 1,
        "columns": ["name", "capital"],
        "query": {"state": "operating"},
    }


def test_neither_a_refused_export_nor_a_look_at_the_list_is_recorded_as_one(
    browser: Client, client: Client, zone: Zone
) -> None:
    browser.get("/firms/")
    browser.get("/firms/?export=exe")
    signed_in(client, make_user(Role.WINDOW_CLERK, zone=zone)).get("/firms/?export=csv")
    assert not Change.objects.filter(verb="export").exists()


def test_a_telephone_number_that_was_searched_for_stays_out_of_the_log(browser: Client) -> None:
    browser.get("/firms/?q=13900005678&export=csv")
    assert Change.objects.get(verb="export").data["query"] == {"q": "139****5678"}


def test_an_export_too_large_to_wait_for_is_refused(
    browser: Client, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhuchao.web.lists.response.MOST_EXPORTED", 2)
    for n in range(3):
        firm(zone, f"企业{n}")
    response = browser.get("/firms/?export=csv")
    assert response.status_code == 422
    assert "缩小范围" in text_of(response)


def test_an_export_reads_in_few_queries(browser: Client, zone: Zone) -> None:
    for n in range(30):
        firm(zone, f"企业{n}")
    assert len(queries_on_firms(browser, "/firms/?export=csv")) == 2  # how many, then all of them


# --- Bulk verbs --------------------------------------------------------------------------------------------------------


def test_a_bulk_verb_gets_the_ticked_rows_that_the_person_may_see(browser: Client, zone: Zone) -> None:
    mine, hidden = firm(zone, "甲有限"), make_enterprise()
    response = browser.post("/firms/bulk/", {"rows": [mine.pk, hidden.pk]})
    assert text_of(response) == "1"


@pytest.mark.parametrize("rows", [["x"], ["-1"], ["９"], ["1" * 30], [""]])
def test_ticked_rows_that_are_not_rows_are_refused(browser: Client, rows: list[str]) -> None:
    assert browser.post("/firms/bulk/", {"rows": rows}).status_code == 422


def test_nothing_ticked_is_said(browser: Client) -> None:
    response = browser.post("/firms/bulk/")
    assert response.status_code == 422
    assert "没有选择任何一行" in text_of(response)


def test_a_dangerous_verb_over_more_than_fifty_rows_needs_their_number_typed(
    browser: Client, zone: Zone
) -> None:
    for n in range(51):
        firm(zone, f"企业{n}", state="operating")
    firm(zone, "迁出", state="moved_out")
    asked = {"all": "1", "list_query": "state=operating"}
    assert browser.post("/firms/bulk/", asked).status_code == 422
    assert browser.post("/firms/bulk/", {**asked, "confirm_count": "50"}).status_code == 422
    assert text_of(browser.post("/firms/bulk/", {**asked, "confirm_count": "51"})) == "51"


def test_more_rows_than_one_request_carries_are_refused(
    browser: Client, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhuchao.web.lists.ticked.MOST_AT_ONCE", 1)
    keys = [firm(zone, f"企业{n}").pk for n in range(2)]
    assert browser.post("/firms/bulk/", {"rows": keys}).status_code == 422
    assert browser.post("/firms/bulk/", {"all": "1"}).status_code == 422
