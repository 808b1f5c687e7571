"""What firms report stands with its status, is replaced only by a value as firm, and is never lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.factories import make_user, signed_in
from zhuchao.apps.core.errors import AlreadyReplaced, NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.enterprises import selectors, services
from zhuchao.apps.enterprises.errors import FirmerValueStands
from zhuchao.apps.enterprises.models import Filing
from zhuchao.apps.enterprises.selectors.filings import label_of
from zhuchao.apps.enterprises.services.filings import ends_period, first_day, last_day
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

from .conftest import wan

MAY = date(2025, 5, 31)


@pytest.fixture
def firm(add):
    return add()


@pytest.fixture
def file(firm, officer):
    def write(status="flash", on=MAY, period="month", enterprise=firm, **values):
        values = values or {"revenue": wan("1250.50")}
        return services.file_values(
            actor=officer, enterprise=enterprise, period=period, on=on, status=status, values=values
        )

    return write


def standing(officer, firm):
    series = selectors.series_of(officer, selectors.family_ids(firm))
    return {
        (s.period, s.measure, v.label): (v.filing.value, v.filing.status) for s in series for v in s.values
    }


def test_a_value_is_filed_with_its_status_as_an_entry(file, firm, officer):
    (entry,) = file()
    assert (entry.value, entry.status, entry.recorded_by, entry.zone_id) == (
        Decimal("12505000.00"), "flash", officer, firm.zone_id,
    )  # fmt: skip
    assert Change.objects.order_by("seq").last().verb == "file"
    assert standing(officer, firm) == {("month", "revenue", "2025年1-5月"): (Decimal("12505000.00"), "flash")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("forecast", "flash"),
        ("flash", "flash"),
        ("flash", "preliminary"),
        ("preliminary", "approved"),
        ("approved", "approved"),
    ],
)
def test_a_value_as_firm_or_firmer_replaces_and_the_old_one_stays_to_be_read(file, firm, officer, old, new):
    (first,) = file(old)
    (second,) = file(new, revenue=wan("1300"))
    assert second.replaces_id == first.pk
    assert second.reason
    assert standing(officer, firm) == {("month", "revenue", "2025年1-5月"): (wan("1300"), new)}
    assert [entry.pk for entry in selectors.history_of(officer, second, [firm.pk])] == [second.pk, first.pk]


@pytest.mark.parametrize(
    ("old", "new"), [("approved", "preliminary"), ("preliminary", "flash"), ("flash", "forecast")]
)
def test_a_value_less_firm_never_replaces_and_the_refusal_says_which_stands(file, firm, officer, old, new):
    file(old)
    with pytest.raises(FirmerValueStands) as caught:
        file(new, revenue=wan("9"))
    sentence = str(caught.value)
    assert "2025年1-5月营业收入" in sentence
    assert str(Filing.Status(old).label) in sentence
    assert str(Filing.Status(new).label) in sentence
    assert "12,505,000.00" in sentence
    assert standing(officer, firm) == {("month", "revenue", "2025年1-5月"): (wan("1250.50"), old)}


def test_the_same_value_again_writes_nothing(file):
    file()
    before = Change.objects.count()
    assert file() == []
    assert (Filing.objects.count(), Change.objects.count()) == (1, before)


def test_what_was_known_on_a_day_can_be_read_again(file, firm, officer):
    (first,) = file("flash")
    between = zones.now(firm.zone)
    file("approved", revenue=wan("1300"))
    assert [entry.pk for entry in Filing.objects.as_of(between)] == [first.pk]


def test_a_correction_and_a_void_need_a_reason_and_keep_the_entry(file, firm, officer):
    (first,) = file("approved")
    with pytest.raises(ReasonNeeded):
        services.correct_filing(actor=officer, filing=first, value=wan("1"), reason=" ")
    second = services.correct_filing(actor=officer, filing=first, value=wan("1200"), reason="原表抄错")
    assert standing(officer, firm)["month", "revenue", "2025年1-5月"] == (wan("1200"), "approved")
    with pytest.raises(AlreadyReplaced):
        services.correct_filing(actor=officer, filing=first, value=wan("1"), reason="再改")
    services.void_filing(actor=officer, filing=second, reason="报错企业")
    assert standing(officer, firm) == {}
    assert Filing.objects.count() == 3
    # A voided value no longer stands in the way of a less firm one.
    file("forecast", revenue=wan("7"))
    assert standing(officer, firm)["month", "revenue", "2025年1-5月"] == (wan("7"), "forecast")


def test_a_correction_cannot_lower_the_status(file, officer):
    (entry,) = file("approved")
    with pytest.raises(FirmerValueStands):
        services.correct_filing(actor=officer, filing=entry, value=wan("1"), status="flash", reason="x")


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"on": date(2025, 5, 30)}, "不是一个完整的月"),
        ({"period": "year"}, "不是一个完整的年"),
        ({"period": "week"}, "请从列表中选择"),
        ({"status": "certain"}, "请从列表中选择"),
        ({"on": date(1980, 1, 31)}, "完整的月"),
        ({"on": date(2099, 1, 31)}, "还没有开始"),
        ({"on": date(2099, 1, 31), "status": "forecast"}, "五年"),
        ({"revenue": Decimal("-1")}, "不能为负数"),
        ({"employees": Decimal("1.5")}, "应为整数"),
        ({"revenue": Decimal("1e18")}, "过大"),
        ({"turnover": Decimal("1")}, "没有“turnover”这个指标"),
    ],
)
def test_what_cannot_be_reported_is_refused_with_what_is_wrong(file, values, part):
    with pytest.raises(WrongInput) as caught:
        file(**values)
    assert part in str(caught.value)
    assert not Filing.objects.exists()


def test_a_loss_is_a_value_like_any_other(file):
    assert file(profit=wan("-30"))[0].value == wan("-30")


def test_years_and_cumulative_months_are_series_of_their_own_with_their_growth(file, firm, officer):
    file("approved", on=date(2024, 5, 31), revenue=wan("1000"))
    file("flash", on=MAY, revenue=wan("1100"))
    file("approved", on=date(2023, 12, 31), period="year", revenue=wan("2500"), employees=Decimal(120))
    file("approved", on=date(2024, 2, 29), revenue=wan("300"))
    file("approved", on=date(2025, 2, 28), revenue=wan("330"))
    series = {(s.period, s.measure): s for s in selectors.series_of(officer, [firm.pk])}
    assert set(series) == {("month", "revenue"), ("year", "revenue"), ("year", "employees")}
    months = series["month", "revenue"]
    assert [value.label for value in months.values] == [
        "2024年1-2月",
        "2024年1-5月",
        "2025年1-2月",
        "2025年1-5月",
    ]
    assert months.latest.growth == Decimal("0.1")
    assert months.values[2].growth == Decimal("0.1")
    assert months.values[0].growth is None


def test_of_two_firms_merged_the_firmer_value_stands_and_is_the_one_replaced(file, firm, add, officer):
    other = add("苏州苏鲲电子有限公司")
    file("approved", revenue=wan("5"))
    (weak,) = file("flash", enterprise=other, revenue=wan("6"))
    services.merge_enterprises(actor=officer, survivor=other, merged=firm)
    assert standing(officer, other)["month", "revenue", "2025年1-5月"] == (wan("5"), "approved")
    with pytest.raises(FirmerValueStands):
        file("preliminary", enterprise=other, revenue=wan("8"))
    assert selectors.history_of(officer, weak, selectors.family_ids(other))


def test_periods_end_where_they_end():
    assert ends_period("month", date(2024, 2, 29))
    assert not ends_period("month", date(2025, 2, 27))
    assert ends_period("quarter", date(2025, 6, 30))
    assert not ends_period("quarter", date(2025, 5, 31))
    assert ends_period("year", date(2025, 12, 31))
    assert first_day("quarter", date(2025, 6, 30)) == date(2025, 4, 1)
    assert last_day("quarter", 2025, 3) == date(2025, 9, 30)
    assert last_day("month", 2024, 2) == date(2024, 2, 29)
    assert label_of("quarter", date(2025, 9, 30)) == "2025年三季度"
    assert label_of("month", date(2025, 1, 31)) == "2025年1月"
    assert label_of("year", date(2025, 12, 31)) == "2025年"


def test_who_may_file_correct_and_see(file, firm, zone):
    (entry,) = file()
    promoter, stranger = make_user(Role.PROMOTION_OFFICER, zone=zone), make_user(Role.ANALYST)
    with pytest.raises(NotAllowed):
        services.file_values(
            actor=promoter, enterprise=firm, period="month", on=MAY, status="flash", values={}
        )
    with pytest.raises(NotAllowed):
        services.void_filing(actor=promoter, filing=entry, reason="x")
    assert selectors.get_filing(promoter, entry.pk) == entry
    with pytest.raises(NotFound):
        selectors.get_filing(stranger, entry.pk)
    assert selectors.series_of(stranger, [firm.pk]) == []


def test_a_value_on_the_page_opens_to_every_entry_made_for_it(file, firm, browser):
    file("flash")
    (entry,) = file("approved", revenue=wan("1300"))
    page = browser.get(reverse("enterprise-filings", args=[firm.pk])).content.decode()
    url = reverse("enterprise-filing-detail", args=[entry.pk])
    assert url in page
    assert "echarts" in page
    opened = browser.get(url).content.decode()
    for part in ("1,300", "1,250.5", "快报", "核定", "已被替换"):
        assert part in opened


def test_only_the_filings_tab_loads_the_charts(firm, browser, file):
    for name in ("enterprise-detail", "enterprise-contacts", "enterprise-related", "enterprise-timeline"):
        assert "echarts" not in browser.get(reverse(name, args=[firm.pk])).content.decode()
    assert "echarts" not in browser.get(reverse("enterprise-filings", args=[firm.pk])).content.decode()
    file()
    assert "echarts" in browser.get(reverse("enterprise-filings", args=[firm.pk])).content.decode()


def test_a_form_files_a_month_in_the_units_people_use(firm, browser, officer):
    url = reverse("enterprise-filing-add", args=[firm.pk])
    assert browser.get(url).status_code == 200
    said = {
        "year": "2025",
        "period": "month-5",
        "status": "flash",
        "revenue": "1250.5",
        "employees": "126",
        "energy_tce": "",
    }
    assert browser.post(url, said).status_code == 302
    assert standing(officer, firm) == {
        ("month", "revenue", "2025年1-5月"): (wan("1250.50"), "flash"),
        ("month", "employees", "2025年1-5月"): (Decimal(126), "flash"),
    }


def test_a_form_without_a_value_or_with_a_weaker_one_says_so_and_loses_nothing(firm, browser, file):
    url = reverse("enterprise-filing-add", args=[firm.pk])
    empty = browser.post(url, {"year": "2025", "period": "month-5", "status": "flash"})
    assert empty.status_code == 422
    assert "请至少填写一个数值" in empty.content.decode()
    file("approved")
    weaker = browser.post(url, {"year": "2025", "period": "month-5", "status": "flash", "revenue": "77.7"})
    assert weaker.status_code == 422
    assert "不能用“快报”数替换" in weaker.content.decode()
    assert "77.7" in weaker.content.decode()


def test_forms_correct_and_void_a_value(firm, browser, file, officer):
    (entry,) = file()
    said = {"value": "1200", "status": "flash", "reason": "抄错"}
    assert browser.post(reverse("enterprise-filing-correct", args=[entry.pk]), said).status_code == 302
    latest = Filing.objects.live().get()
    assert latest.value == wan("1200")
    assert (
        browser.post(reverse("enterprise-filing-void", args=[latest.pk]), {"reason": ""}).status_code == 422
    )
    assert (
        browser.post(reverse("enterprise-filing-void", args=[latest.pk]), {"reason": "重复"}).status_code
        == 302
    )
    assert not Filing.objects.live().exists()
    assert (
        "没有有效数据" in browser.get(reverse("enterprise-filing-detail", args=[entry.pk])).content.decode()
    )


def test_an_auditor_reads_filings_and_has_no_buttons_to_write(firm, file, zone, client):
    (entry,) = file()
    reader = signed_in(client, make_user(Role.AUDITOR, zone=zone))
    page = reader.get(reverse("enterprise-filing-detail", args=[entry.pk])).content.decode()
    assert reverse("enterprise-filing-void", args=[entry.pk]) not in page
    assert reader.post(reverse("enterprise-filing-void", args=[entry.pk]), {"reason": "x"}).status_code == 403
