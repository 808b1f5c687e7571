"""A zone's ledgers of firms and of what they report come in many rows at a time, and twice changes nothing."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_enterprise, make_sector, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.models import Change, SearchDoc
from zhuchao.apps.core.services.importing import Progress, Row, get_ledger
from zhuchao.apps.core.services.importing.wording import words
from zhuchao.apps.enterprises import selectors, services
from zhuchao.apps.enterprises.models import Contact, Enterprise, EnterpriseName, EnterpriseTag, Filing
from zhuchao.apps.enterprises.services.ledgers import ENTERPRISES, FILINGS
from zhuchao.apps.enterprises.services.ledgers.filings import read_period
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

from .conftest import code, make_batch, old_number, wan

FULL = {
    "name": "苏州苏鲲科技有限公司",
    "credit_code": code(1),
    "industry_code": "3962",
    "state": "operating",
    "is_above_scale": True,
    "established_on": date(2018, 5, 4),
    "registered_capital_cny": Decimal("10000000.00"),
    "legal_person": "王某",
    "address": "人民路 1401 号",
    "business": "车载设备",
    "contact": "张三",
    "phone": "13812341234",
    "tags": "龙头、总部",
    "tag_source": "市工信局 2025 年度名单",
}


def states(outcomes):
    return [outcome.state for outcome in outcomes]


def codes(outcomes):
    return [[problem.code for problem in outcome.problems] for outcome in outcomes]


def said(outcome, ledger=ENTERPRISES):
    return words(outcome.problems[0], ledger, outcome.row.number).whole


def test_both_ledgers_are_offered_and_their_examples_fit_their_fields():
    for ledger in (ENTERPRISES, FILINGS):
        assert get_ledger(ledger.key) is ledger
        names = {field.name for field in ledger.fields}
        assert all(set(example) <= names for example in ledger.examples)
        assert set(ledger.sentences) == set(ledger.fixes)


def test_a_new_firm_comes_in_whole_with_its_name_contact_tags_and_search_words(run_ledger, zone, admin):
    make_sector(zone, "智能制造")
    (outcome,) = run_ledger(ENTERPRISES, FULL | {"sector": "智能制造"})
    assert outcome.state == "new"
    firm = Enterprise.objects.get()
    assert (firm.name, firm.credit_code, firm.industry_code) == (FULL["name"], code(1), "C3962")
    assert (firm.registered_capital_cny, firm.established_on) == (wan("1000"), date(2018, 5, 4))
    assert (firm.sector.name, firm.is_above_scale, firm.normal_name) == ("智能制造", True, "苏州苏鲲科技")
    entry = EnterpriseName.objects.get()
    assert (entry.name, entry.batch_row) == (firm.name, 2)
    contact = Contact.objects.get()
    assert (contact.name, contact.phone, contact.is_main) == ("张三", "13812341234", True)
    tags = {(tag.tag, tag.source, tag.batch_row) for tag in EnterpriseTag.objects.all()}
    assert tags == {("龙头", FULL["tag_source"], 2), ("总部", FULL["tag_source"], 2)}
    assert list(selectors.searched(selectors.listed_enterprises(admin, zone), admin, zone, "苏鲲")) == [firm]
    assert Change.objects.get(verb="import").rows == [firm.pk]


def test_the_same_rows_again_change_nothing(run_ledger, zone):
    make_sector(zone, "智能制造")
    rows = [FULL | {"sector": "智能制造"}, {"name": "苏州无码有限公司", "phone": "0512-65432109"}]
    assert states(run_ledger(ENTERPRISES, *rows)) == ["new", "new"]
    counts = [
        model.objects.count()
        for model in (Enterprise, EnterpriseName, Contact, EnterpriseTag, Change, SearchDoc)
    ]
    assert states(run_ledger(ENTERPRISES, *rows)) == ["same", "same"]
    assert [
        m.objects.count() for m in (Enterprise, EnterpriseName, Contact, EnterpriseTag, Change, SearchDoc)
    ] == counts


def test_a_blank_never_wipes_and_a_change_says_old_and_new(run_ledger):
    run_ledger(ENTERPRISES, FULL)
    (outcome,) = run_ledger(
        ENTERPRISES,
        {
            "name": FULL["name"],
            "credit_code": code(1),
            "address": "新址",
            "state": "suspended",
            "phone": "13900001111",
            "contact": "张三",
        },
    )
    assert outcome.state == "changed"
    assert dict(outcome.changes) == {
        "address": ["人民路 1401 号", "新址"],
        "state": ["operating", "suspended"],
        "phone": ["138****1234", "139****1111"],
    }
    firm = Enterprise.objects.get()
    assert (firm.address, firm.state, firm.business, firm.version) == ("新址", "suspended", "车载设备", 2)
    assert firm.registered_capital_cny == wan("1000")
    assert Contact.objects.get().phone == "13900001111"
    change = Change.objects.order_by("seq").last()
    assert change.data["row_changes"] == {
        str(firm.pk): {"address": ["人民路 1401 号", "新址"], "state": ["operating", "suspended"]}
    }
    assert "1390000" not in str(change.data)


def test_the_timeline_of_a_firm_tells_what_an_import_changed(run_ledger, admin):
    run_ledger(ENTERPRISES, FULL)
    run_ledger(ENTERPRISES, {"name": FULL["name"], "credit_code": code(1), "address": "新址"})
    firm = Enterprise.objects.get()
    details = [event.detail for event in selectors.timeline_of(admin, firm, [firm.pk])]
    assert "地址：人民路 1401 号 → 新址" in details


def test_a_code_with_another_name_renames_the_firm_and_keeps_the_old_name(run_ledger, zone, admin):
    run_ledger(ENTERPRISES, FULL)
    (outcome,) = run_ledger(ENTERPRISES, {"name": "苏州新启用科技有限公司", "credit_code": code(1)})
    assert dict(outcome.changes) == {"name": [FULL["name"], "苏州新启用科技有限公司"]}
    firm = Enterprise.objects.get()
    assert (firm.name, firm.normal_name) == ("苏州新启用科技有限公司", "苏州新启用科技")
    rows = selectors.listed_enterprises(admin, zone)
    assert list(selectors.searched(rows, admin, zone, "苏鲲")) == [firm]
    assert EnterpriseName.objects.count() == 2


def test_a_name_that_differs_only_in_width_and_spaces_is_no_new_name(run_ledger):
    run_ledger(ENTERPRISES, {"name": "苏鲲科技（苏州）有限公司", "credit_code": code(1)})
    assert states(run_ledger(ENTERPRISES, {"name": "苏鲲科技(苏州) 有限公司", "credit_code": code(1)})) == [
        "same"
    ]


def test_a_row_without_a_code_means_the_firm_of_its_normal_name_and_does_not_rename_it(run_ledger):
    run_ledger(ENTERPRISES, FULL)
    (outcome,) = run_ledger(ENTERPRISES, {"name": "苏州 苏鲲科技公司", "address": "新址"})
    assert (outcome.state, dict(outcome.changes)) == ("changed", {"address": ["人民路 1401 号", "新址"]})
    assert Enterprise.objects.get().name == FULL["name"]


def test_a_row_with_a_code_gives_it_to_the_firm_of_its_name_that_had_none(run_ledger):
    run_ledger(ENTERPRISES, {"name": "苏州无码有限公司"})
    (outcome,) = run_ledger(ENTERPRISES, {"name": "苏州无码有限公司", "credit_code": code(9)})
    assert dict(outcome.changes) == {"credit_code": ["", code(9)]}
    assert Enterprise.objects.get().credit_code == code(9)


def test_a_row_means_the_firm_of_its_old_number(run_ledger, zone):
    firm = make_enterprise(zone, name="苏州老字号有限公司", legacy_reg_no=old_number("32050000000001"))
    (outcome,) = run_ledger(
        ENTERPRISES,
        {"name": "苏州老字号食品有限公司", "legacy_reg_no": firm.legacy_reg_no, "credit_code": code(4)},
    )
    assert (outcome.row_id, dict(outcome.changes)) == (firm.pk, {"credit_code": ["", code(4)]})


def test_a_whole_name_with_another_code_is_refused_and_says_which_code_is_known(run_ledger):
    run_ledger(ENTERPRISES, FULL)
    (outcome,) = run_ledger(ENTERPRISES, {"name": FULL["name"], "credit_code": code(2)})
    assert codes([outcome]) == [["code_differs"]]
    assert code(1) in said(outcome)
    assert FULL["name"] in said(outcome)


def test_a_like_name_with_another_code_is_another_firm(run_ledger):
    run_ledger(ENTERPRISES, FULL)
    assert states(run_ledger(ENTERPRISES, {"name": "苏州苏鲲科技股份有限公司", "credit_code": code(2)})) == [
        "new"
    ]
    (outcome,) = run_ledger(ENTERPRISES, {"name": "苏州苏鲲科技"})
    assert codes([outcome]) == [["name_ambiguous"]]
    assert "苏州苏鲲科技股份有限公司" in said(outcome)


def test_a_similar_name_without_a_code_is_refused_with_the_firm_it_is_like(run_ledger):
    run_ledger(ENTERPRISES, {"name": "苏州恒通精密机械有限公司", "credit_code": code(3)})
    (outcome,) = run_ledger(ENTERPRISES, {"name": "苏州恒通精蜜机械有限公司"})
    assert codes([outcome]) == [["enterprise_similar"]]
    assert "苏州恒通精密机械有限公司" in said(outcome)
    assert Enterprise.objects.count() == 1


def test_a_similar_name_within_the_file_is_refused_with_the_row_it_is_like(run_ledger):
    outcomes = run_ledger(
        ENTERPRISES,
        {"name": "苏州恒通精蜜机械有限公司"},
        {"name": "苏州恒通精密机械有限公司", "credit_code": code(3)},
        {"name": "苏州另外一家贸易有限公司"},
    )
    assert codes(outcomes) == [["enterprise_similar"], [], []]
    assert "第 3 行" in said(outcomes[0])


def test_a_former_name_without_a_code_is_refused_with_the_present_one(run_ledger, add, officer):
    firm = add("苏州旧时名科技有限公司")
    services.edit_enterprise(actor=officer, enterprise=firm, name="苏州新启用贸易有限公司")
    (outcome,) = run_ledger(ENTERPRISES, {"name": "苏州旧时名科技有限公司"})
    assert codes([outcome]) == [["former_name"]]
    assert "苏州新启用贸易有限公司" in said(outcome)


def test_a_merged_firm_leads_to_its_survivor(run_ledger, add, officer):
    kept, gone = add("苏州苏鲲科技有限公司"), add("苏州苏鲲电子有限公司", credit_code=code(5))
    services.merge_enterprises(actor=officer, survivor=kept, merged=gone)
    (outcome,) = run_ledger(ENTERPRISES, {"name": "苏州苏鲲电子有限公司", "address": "新址"})
    assert outcome.row_id == kept.pk
    kept.refresh_from_db()
    assert kept.address == "新址"


def test_a_firm_twice_in_a_file_is_refused_unless_both_rows_say_the_same(run_ledger):
    other = {"name": FULL["name"], "credit_code": code(1), "address": "别处"}
    outcomes = run_ledger(
        ENTERPRISES, FULL, FULL, other, {"name": "苏州无码有限公司"}, {"name": "苏州无码有限公司"}
    )
    assert states(outcomes) == ["new", "same", "refused", "new", "same"]
    assert "第 2 行" in said(outcomes[2])
    assert Enterprise.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "problem", "part"),
    [
        ({"industry_code": "I3962"}, "industry_unknown", "C"),
        ({"industry_code": "软件"}, "industry_unknown", "GB/T 4754"),
        ({"sector": "没有的产业"}, "sector_unknown", "智能制造"),
        ({"established_on": date(2999, 1, 1)}, "not_yet", "2999-01-01"),
        ({"registered_capital_cny": Decimal(-1)}, "negative", "-1"),
        ({"tags": "龙头"}, "tag_source_missing", "标签来源"),
        ({"tags": "长" * 31, "tag_source": "x"}, "tag_too_long", "30"),
        ({"legacy_reg_no": code(2)}, "code_in_number", "18 位"),
        (
            {
                "legacy_reg_no": old_number("32050000000001")[:14]
                + str((int(old_number("32050000000001")[-1]) + 1) % 10)
            },
            "legacy_code_check",
            "校验位应为",
        ),
    ],
)
def test_a_row_that_cannot_be_says_what_is_wrong_and_what_would_be_right(
    run_ledger, zone, values, problem, part
):
    make_sector(zone, "智能制造")
    (outcome,) = run_ledger(ENTERPRISES, {"name": "苏州某某有限公司"} | values)
    assert codes([outcome]) == [[problem]]
    assert part in said(outcome)
    assert outcome.problems[0].data["field"] in {field.name for field in ENTERPRISES.fields}
    assert not Enterprise.objects.exists()


def test_a_telephone_without_a_name_is_kept_and_is_not_added_twice(run_ledger):
    row = {"name": "苏州无码有限公司", "phone": "13812341234"}
    run_ledger(ENTERPRISES, row)
    assert Contact.objects.get().name == "联系人"
    assert states(run_ledger(ENTERPRISES, row)) == ["same"]
    run_ledger(ENTERPRISES, row | {"contact": "李四", "phone": "13900001111"})
    assert set(Contact.objects.values_list("name", "is_main")) == {("联系人", True), ("李四", False)}


def test_contacts_come_in_only_with_the_right_to_add_them(run_ledger, zone):
    analyst = make_user(Role.ANALYST, zone=zone)
    ENTERPRISES.authorise(analyst, zone.pk)
    with pytest.raises(NotAllowed):
        run_ledger(ENTERPRISES, FULL, actor=analyst)


def test_a_ledger_is_for_those_who_may_import_it(zone):
    promoter = make_user(Role.PROMOTION_OFFICER, zone=zone)
    ENTERPRISES.authorise(promoter, zone.pk)
    with pytest.raises(NotAllowed):
        FILINGS.authorise(promoter, zone.pk)


def test_rows_of_another_zone_are_not_known_here(run_ledger):
    make_enterprise(make_zone(), name=FULL["name"], credit_code=code(1))
    assert states(run_ledger(ENTERPRISES, FULL)) == ["new"]


def test_what_is_added_after_an_import_gets_an_id_of_its_own(run_ledger, add, officer):
    run_ledger(ENTERPRISES, FULL, {"name": "苏州无码有限公司", "phone": "0512-65432109"})
    firm = add("苏州后来登记有限公司")
    services.add_contact(actor=officer, enterprise=firm, name="李四")
    run_ledger(ENTERPRISES, {"name": "苏州再次导入有限公司", "contact": "王五"})
    assert Enterprise.objects.count() == EnterpriseName.objects.count() == 4
    assert Contact.objects.count() == 4
    assert len(set(Enterprise.objects.values_list("pk", flat=True))) == 4


def test_many_rows_cost_few_statements(zone, admin, django_assert_max_num_queries):
    def rows(count):
        blank = dict.fromkeys(field.name for field in ENTERPRISES.fields)
        return [
            Row(
                n + 2,
                blank
                | {
                    "name": f"苏州第{n}号实验科技有限公司",
                    "credit_code": code(n),
                    "contact": "张三",
                    "phone": "13812341234",
                },
            )
            for n in range(count)
        ]

    batch = make_batch(zone, "enterprises")
    with django_assert_max_num_queries(12):
        outcomes = list(ENTERPRISES.compare(scope=zone.pk, rows=rows(600)))
    assert set(states(outcomes)) == {"new"}
    # The search index and the change log take a few dozen rows a statement; beside those nothing grows with the file.
    with django_assert_max_num_queries(60):
        ENTERPRISES.apply(scope=zone.pk, actor=admin, batch=batch, outcomes=outcomes, progress=Progress())
    assert Enterprise.objects.count() == SearchDoc.objects.count() == Contact.objects.count() == 600
    assert Change.objects.filter(verb="import").count() == 1


@pytest.mark.parametrize(
    ("text", "period", "day"),
    [
        ("2023-05", "month", date(2023, 5, 31)),
        ("2023年5月", "month", date(2023, 5, 31)),
        ("2023.5", "month", date(2023, 5, 31)),
        ("202305", "month", date(2023, 5, 31)),
        ("2023年1-5月", "month", date(2023, 5, 31)),
        ("2024年1—2月", "month", date(2024, 2, 29)),
        ("2023-05-01 00:00:00", "month", date(2023, 5, 31)),
        ("2023年", "year", date(2023, 12, 31)),
        ("2023", "year", date(2023, 12, 31)),
        ("2023年度", "year", date(2023, 12, 31)),
        ("2023年一季度", "quarter", date(2023, 3, 31)),
        ("2023Q3", "quarter", date(2023, 9, 30)),
    ],
)
def test_a_period_is_read_as_people_write_it(text, period, day):
    assert read_period(text) == (period, day)


@pytest.mark.parametrize("text", ["五月", "2023-13", "23-05", "去年", "2023年5-8月"])
def test_what_names_no_period_is_not_guessed(text):
    assert read_period(text) is None


@pytest.fixture
def firm(add):
    return add(credit_code=code(1))


def filing(**values):
    return {
        "name": "苏州苏鲲科技有限公司",
        "credit_code": code(1),
        "period": "2025-05",
        "status": "flash",
    } | values


def test_filings_come_in_one_entry_a_value_and_twice_changes_nothing(run_ledger, firm):
    rows = [
        filing(revenue=wan("1250.5"), employees=Decimal(126)),
        filing(period="2024年", revenue=wan("2980"), status="approved"),
    ]
    assert states(run_ledger(FILINGS, *rows)) == ["new", "new"]
    found = set(
        Filing.objects.values_list("measure", "period", "happened_on", "value", "status", "batch_row")
    )
    assert found == {
        ("revenue", "month", date(2025, 5, 31), wan("1250.50"), "flash", 2),
        ("employees", "month", date(2025, 5, 31), Decimal("126.00"), "flash", 2),
        ("revenue", "year", date(2024, 12, 31), wan("2980"), "approved", 3),
    }
    assert states(run_ledger(FILINGS, *rows)) == ["same", "same"]
    assert Filing.objects.count() == 3


def test_a_firmer_filing_replaces_and_a_weaker_one_is_refused_with_a_sentence(run_ledger, firm, admin):
    run_ledger(FILINGS, filing(revenue=wan("1000")))
    (outcome,) = run_ledger(FILINGS, filing(revenue=wan("1100"), status="approved"))
    assert (outcome.state, dict(outcome.changes)) == (
        "changed", {"revenue": [wan("1000"), wan("1100")], "status": ["flash", "approved"]},
    )  # fmt: skip
    latest = Filing.objects.live().get()
    assert (latest.value, latest.status, latest.replaces.value) == (wan("1100"), "approved", wan("1000"))
    assert latest.reason
    (outcome,) = run_ledger(FILINGS, filing(revenue=wan("9"), status="flash"))
    assert codes([outcome]) == [["firmer_stands"]]
    assert "“核定”数 1,100.00万元，不能用“快报”数替换" in said(outcome, FILINGS)


def test_a_filing_means_its_firm_by_code_by_name_or_by_former_name(run_ledger, add, officer, firm):
    named = add("苏州旧时名贸易有限公司")
    services.edit_enterprise(actor=officer, enterprise=named, name="苏州新启用贸易有限公司")
    outcomes = run_ledger(
        FILINGS,
        filing(revenue=wan("1")),
        filing(credit_code=None, revenue=wan("2"), period="2025-06"),
        filing(name="苏州旧时名贸易有限公司", credit_code=None, revenue=wan("3")),
        filing(name="苏州新启用贸易有限公司", credit_code=code(7), revenue=wan("4"), period="2025-06"),
    )
    assert [outcome.row_id for outcome in outcomes] == [firm.pk, firm.pk, named.pk, named.pk]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"name": "苏州没有这家有限公司", "credit_code": None}, "enterprise_unknown"),
        ({"name": "苏州没有这家有限公司", "credit_code": code(8)}, "enterprise_unknown"),
        ({"name": "苏州张冠李戴有限公司"}, "name_not_of_code"),
        ({"period": "五月"}, "period_not_understood"),
        ({"period": "2999-05"}, "period_not_understood"),
        ({"revenue": None}, "no_values"),
    ],
)
def test_a_filing_that_cannot_be_says_what_is_wrong(run_ledger, firm, values, problem):
    (outcome,) = run_ledger(FILINGS, filing(revenue=wan("1")) | values)
    assert codes([outcome]) == [[problem]]
    assert "第 2 行" in said(outcome, FILINGS)
    assert not Filing.objects.exists()


def test_only_a_forecast_is_taken_for_a_period_to_come(run_ledger, firm, zone):
    year = zones.today(zone).year + 1
    assert codes(run_ledger(FILINGS, filing(revenue=wan("1"), period=f"{year}年"))) == [["period_to_come"]]
    assert states(run_ledger(FILINGS, filing(revenue=wan("1"), period=f"{year}年", status="forecast"))) == [
        "new"
    ]


def test_two_rows_on_one_value_are_refused_unless_they_say_the_same(run_ledger, firm):
    outcomes = run_ledger(
        FILINGS,
        filing(revenue=wan("1")),
        filing(revenue=wan("1")),
        filing(revenue=wan("2")),
        filing(tax=wan("3")),
    )
    assert states(outcomes) == ["new", "same", "refused", "new"]
    assert codes(outcomes)[2] == ["value_repeated"]
    assert Filing.objects.count() == 2


def test_a_filing_for_a_merged_firm_stands_beside_those_of_its_survivor(run_ledger, add, officer, firm):
    other = add("苏州苏鲲电子有限公司")
    services.file_values(
        actor=officer, enterprise=other, period="month", on=date(2025, 5, 31), status="approved",
        values={"revenue": wan("5")},
    )  # fmt: skip
    services.merge_enterprises(actor=officer, survivor=firm, merged=other)
    assert codes(run_ledger(FILINGS, filing(revenue=wan("9")))) == [["firmer_stands"]]
