"""The list of firms: who sees which, how it is narrowed and searched, and what it costs."""

from datetime import date

import pytest
from django.db.models import Q
from django.urls import reverse

from tests.factories import make_enterprise, make_sector, make_user, make_zone, signed_in
from zhuchao.apps.enterprises import selectors, services
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import enterprises as reading
from zhuchao.apps.enterprises.services.index import index_enterprises
from zhuchao.apps.zones.models import Role

from .conftest import code

URL = "/enterprises/"


@pytest.fixture
def firms(zone):
    sector = make_sector(zone, "智能制造")
    made = [
        make_enterprise(
            zone,
            name=f"苏州{'甲乙丙丁戊己庚辛壬癸'[n]}{'科技' if n % 2 else '贸易'}有限公司",
            normal_name=f"苏州{n}",
            credit_code=code(n),
            state="operating" if n < 8 else "revoked",
            sector=sector if n < 3 else None,
            industry_code="C3962" if n < 5 else "F51",
            is_above_scale=(True, False, None)[n % 3],
            established_on=date(2010 + n, 1, 1) if n < 9 else None,
        )
        for n in range(10)
    ]
    index_enterprises(made)
    return made


def names(page):
    return [row.cells[0].text for row in page.context["shown"].rows]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 10),
        ("state=operating", 8),
        ("state=revoked", 2),
        ("sector=-", 7),
        ("above_scale=1", 4),
        ("above_scale=0", 3),
        ("above_scale=-", 3),
        ("industry=C", 5),
        ("industry=F", 5),
        ("industry=T", 0),
        ("established=2012-01-01..2014-12-31", 3),
        ("established=2018-01-01..", 1),
        ("established=..2010-12-31", 1),
        ("state=operating&industry=C&above_scale=1", 2),
        ("q=科技", 5),
        ("q=科技&state=revoked", 1),
        ("q=kj", 5),
        ("q=" + code(3), 1),
    ],
)
def test_the_list_is_narrowed_by_its_filters_and_its_search(browser, firms, query, count):
    page = browser.get(f"{URL}?{query}")
    assert page.status_code == 200
    assert len(names(page)) == count
    assert str(page.context["shown"].count) == str(count)


def test_a_sector_filter_offers_the_sectors_of_the_zone(browser, firms):
    page = browser.get(URL, {"sector": firms[0].sector_id})
    assert names(page) == sorted(firm.name for firm in firms[:3])


@pytest.mark.parametrize(
    "sort", ["name", "code", "industry", "established", "-name", "-code", "-industry", "-established"]
)
def test_every_sort_shows_every_firm_once_over_its_pages(browser, firms, monkeypatch, sort):
    seen, url = [], f"{URL}?sort={sort}&size=20"
    while url:
        page = browser.get(url)
        seen += names(page)
        url = page.context["shown"].next_url
    assert sorted(seen) == sorted(firm.name for firm in firms)


@pytest.mark.parametrize("few", [3, 2000])
@pytest.mark.parametrize("sort", ["name", "-established"])
def test_few_and_many_give_the_same_rows(browser, firms, monkeypatch, few, sort):
    """A filter names few rows one by one and reads many along the order: the answer is the same."""
    monkeypatch.setattr(reading, "FEW", few)
    page = browser.get(URL, {"state": "operating", "sort": sort, "q": "科技"})
    expected = [firm for firm in firms if firm.state == "operating" and "科技" in firm.name]
    assert sorted(names(page)) == sorted(firm.name for firm in expected)
    assert str(page.context["shown"].count) == str(len(expected))


def test_a_capped_count_believes_what_is_known_and_anything_else_counts(firms):
    rows = Enterprise.objects.filter(pk__in=[firm.pk for firm in firms])
    known = rows.known_at_least(500)
    assert known.order_by().values("pk")[:100].count() == 100
    assert known[:501].count() == 10
    assert known.count() == 10
    assert known.filter(state="revoked")[:100].count() == 2
    assert known.exclude(state="revoked")[:100].count() == 8
    exact = rows.known_exactly(7)
    assert (exact.count(), exact[:5].count(), exact.values("pk")[:9].count(), exact[2:].count()) == (
        7,
        5,
        7,
        5,
    )
    assert exact.filter(state="revoked").count() == 2


def test_narrowing_names_few_rows_and_leaves_many_to_the_order(firms, monkeypatch):
    rows = Enterprise.objects.all()
    assert "state" not in str(selectors.narrowed(rows, Q(state="revoked")).query).split("WHERE")[1]
    monkeypatch.setattr(reading, "FEW", 2)
    assert "state" in str(selectors.narrowed(rows, Q(state="revoked")).query).split("WHERE")[1]


def test_a_firm_of_a_zone_below_is_listed_above_and_not_the_other_way(client, zone, firms):
    below = make_zone(parent=zone)
    make_enterprise(below, name="苏州下级园区有限公司")
    above = signed_in(client, make_user(Role.LIAISON, zone=zone))
    assert "苏州下级园区有限公司" in names(above.get(URL))
    inside = signed_in(client, make_user(Role.LIAISON, zone=below))
    assert names(inside.get(URL)) == ["苏州下级园区有限公司"]


def test_nothing_of_another_zone_is_listed_found_or_exported(client, firms, zone):
    stranger = make_user(Role.ADMINISTRATOR)
    browser = signed_in(client, stranger)
    assert names(browser.get(URL)) == []
    assert names(browser.get(URL, {"q": "科技"})) == []
    assert browser.get(URL, {"zone": zone.code}).status_code == 404
    exported = b"".join(browser.get(URL, {"export": "csv"}).streaming_content).decode()
    assert "苏州" not in exported
    for name in (
        "detail",
        "edit",
        "filings",
        "contacts",
        "related",
        "timeline",
        "state",
        "filing-add",
        "contact-add",
    ):
        assert browser.get(reverse(f"enterprise-{name}", args=[firms[0].pk])).status_code == 404, name


def test_somebody_who_is_not_signed_in_is_asked_to(client, firms):
    for url in (URL, reverse("enterprise-detail", args=[firms[0].pk]), reverse("enterprise-duplicates")):
        assert client.get(url).status_code == 302


def test_an_export_holds_exactly_what_is_shown(browser, firms):
    text = b"".join(browser.get(URL, {"export": "csv", "state": "revoked"}).streaming_content).decode(
        "utf-8-sig"
    )
    assert text.count("有限公司") == 2
    assert "138" not in text


def queries_of(django_assert_max_num_queries, browser, url):
    with django_assert_max_num_queries(60) as counted:
        assert browser.get(url).status_code == 200
    return len(counted)


@pytest.mark.parametrize(
    "query", ["", "?state=operating", "?q=科技", "?sort=-established", "?industry=C&above_scale=1"]
)
def test_a_list_costs_the_same_for_few_and_for_many(
    browser, zone, firms, django_assert_max_num_queries, query
):
    browser.get(URL)
    few = queries_of(django_assert_max_num_queries, browser, URL + query)
    index_enterprises(
        [
            make_enterprise(
                zone, name=f"苏州{n}科技有限公司", industry_code="C39", is_above_scale=True, established_on=date(2020, 1, 1),
                sector=firms[0].sector,
            )
            for n in range(30)
        ]
    )  # fmt: skip
    assert queries_of(django_assert_max_num_queries, browser, URL + query) <= few
    assert few <= 21


@pytest.mark.parametrize("tab", ["detail", "filings", "contacts", "related", "timeline"])
def test_a_record_costs_the_same_for_few_entries_and_for_many(
    browser, add, officer, django_assert_max_num_queries, tab
):
    firm = add()

    def fill(start, count):
        for n in range(start, start + count):
            services.add_tag(
                actor=officer, enterprise=firm, tag=f"标签{n}", source="某局", happened_on=date(2025, 1, 1)
            )
            services.add_contact(actor=officer, enterprise=firm, name=f"联系人{n}", phone="13812341234")
            services.file_values(
                actor=officer, enterprise=firm, period="year", on=date(2000 + n, 12, 31), status="approved",
                values={"revenue": 100 + n},
            )  # fmt: skip

    fill(0, 1)
    url = reverse(f"enterprise-{tab}", args=[firm.pk])
    browser.get(url)
    few = queries_of(django_assert_max_num_queries, browser, url)
    fill(1, 12)
    assert queries_of(django_assert_max_num_queries, browser, url) <= few
    assert few <= 22
