"""The documents' figures, computed from the demo's ledgers: the demo is the acceptance test."""

from decimal import Decimal
from pathlib import Path

import pytest

from zhuchao.apps.enterprises.models import EnterpriseTag
from zhuchao.apps.enterprises.selectors import listed_enterprises, narrowed_by_tag
from zhuchao.apps.indicators.selectors import figures_of, month_end
from zhuchao.apps.indicators.selectors.figures import entries_of
from zhuchao.apps.premises.models import Revitalisation
from zhuchao.apps.projects.models import Stage, StageEntry
from zhuchao.apps.promotion.models import Activity, ActivityParty, Lead
from zhuchao.apps.promotion.services import set_lead_stage
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone

from .conftest import FigureOf, percent

YI = Decimal(100_000_000)
WAN = Decimal(10_000)


@pytest.mark.document("0-10")
def test_pingjiang_revitalised_14816_square_metres_122_percent_of_its_stretch_target(figure: FigureOf):
    found = figure("pingjiang", "2023-05", "revitalised_area")
    assert found.value == Decimal("14816")
    target = found.main_target
    assert target is not None
    assert (target.target.kind, target.target.value) == ("stretch", Decimal("12144"))
    assert percent(target.completion.ratio) == Decimal("122.0")
    assert found.light == "green"
    rows = Revitalisation.objects.live().filter(zone__code="pingjiang", happened_on__lte="2023-05-31")
    assert sum(row.area_m2 for row in rows) == found.value
    assert found.entry_count == rows.count() > 1
    assert all(row.evidence_note or row.evidence_id for row in rows)


@pytest.mark.document("0-15")
def test_the_trip_to_nanjing_keeps_its_partner_whom_it_met_and_the_lead_it_made(figure: FigureOf):
    trip = Activity.objects.live().get(
        zone__code="pingjiang", kind=Activity.Kind.TRIP, place__contains="南京"
    )
    assert (str(trip.happened_on), str(trip.ended_on)) == ("2023-05-31", "2023-06-01")
    assert "农业银行姑苏支行" in trip.partner
    parties = {(party.kind, party.name) for party in trip.parties.all()}
    assert (ActivityParty.Kind.ENTERPRISE, "南京蓝鲸量子科技有限公司") in parties
    assert (ActivityParty.Kind.AGENCY, "南京南智先进光电集成技术研究院") in parties
    leads = [party for party in trip.parties.all() if party.kind == ActivityParty.Kind.LEAD]
    assert leads
    assert all(party.lead_id for party in leads)


@pytest.mark.document("0-22")
def test_pingjiang_talks_with_48_projects_in_five_sectors_also_after_the_data_changed(figure: FigureOf):
    before = figure("pingjiang", "2023-06", "leads_open")
    assert before.value == 48
    sectors = dict(before.parts)
    assert set(sectors) == {"数字创意", "金融产业", "文旅新消费", "高技术服务", "都市科技"}
    assert sum(sectors.values()) == 48
    zone = Zone.objects.get(code="pingjiang")
    lead = Lead.objects.filter(zone=zone, stage=Lead.Stage.TALKING).first()
    assert lead is not None
    set_lead_stage(actor=None, lead=lead, stage=Lead.Stage.LOST, on=zones.today(zone), note="对方另选他处")
    assert figure("pingjiang", "2023-06", "leads_open").value == 47
    again = next(
        item
        for item in figures_of(None, zone, month=month_end("2023-06"), as_of=before.as_of)
        if item.code == "leads_open"
    )
    assert again.value == 48
    assert dict(again.parts) == sectors


@pytest.mark.document("1-02")
@pytest.mark.parametrize(
    ("code", "growth"), [("projects_ready", 80), ("projects_started", 200), ("projects_completed", 50)]
)
def test_susu_projects_grew_per_gate_over_the_same_half_year(figure: FigureOf, code: str, growth: int):
    found = figure("susu", "2023-06", code)
    assert percent(found.growth.ratio, 0) == growth
    assert not found.growth_is_published


@pytest.mark.document("1-02")
def test_growth_over_nothing_is_not_infinite(figure: FigureOf):
    found = figure("susu", "2023-06", "projects_producing")
    assert found.value
    assert found.growth.ratio is None
    assert found.growth.why is not None


@pytest.mark.document("1-05")
def test_susu_visited_300_odd_firms_which_is_not_the_number_of_visits(figure: FigureOf):
    firms = figure("susu", "2023-06", "enterprises_visited")
    assert firms.value is not None
    assert 300 < firms.value < 400
    assert firms.entry_count > firms.value
    agencies = figure("susu", "2023-06", "agencies_met")
    assert agencies.value is not None
    assert 30 < agencies.value < 40


@pytest.mark.document("1-06")
def test_susu_keeps_46_projects_in_talks_at_the_end_of_june(figure: FigureOf):
    assert figure("susu", "2023-06", "leads_open").value == 46
    names = " ".join(
        StageEntry.objects.live()
        .filter(zone__code="susu", stage=Stage.SIGNED, happened_on__year=2023)
        .values_list("project__name", flat=True)
    )
    assert all(name in names for name in ("聚申元", "印势新材料", "苏大天宫产业园"))


@pytest.mark.document("1-17")
def test_nine_major_projects_invested_13_of_25_yi(figure: FigureOf):
    found = figure("susu", "2023-06", "major_investment")
    assert found.value == 13 * YI
    target = found.main_target
    assert target is not None
    assert target.target.value == 25 * YI
    assert percent(target.completion.ratio, 0) == 52
    assert len(found.parts) == 9


@pytest.mark.document("1-20")
def test_growth_since_the_first_quarter_is_a_difference_in_points(figure: FigureOf):
    for code, growth in (
        ("industrial_output", "0.088"),
        ("industrial_value_added", "0.05"),
        ("invoiced_sales", "0.2296"),
    ):
        found = figure("susu", "2023-06", code)
        assert found.growth.ratio == Decimal(growth)
        assert found.value is None
        assert found.points_on_quarter is not None
        assert found.points_on_quarter >= 20


@pytest.mark.document("1-32")
def test_six_parks_held_30_odd_events_once_each_and_signed_41_projects_23_from_suzhou(figure: FigureOf):
    events = figure("susu-group", "2023-06", "activities")
    assert events.value is not None
    assert 30 < events.value < 40
    assert events.entry_count > events.value, "joint events stand in several parks' ledgers"
    signed = figure("susu-group", "2023-06", "projects_signed")
    assert signed.value == 41
    from_suzhou = dict(signed.parts)["苏州"]
    assert from_suzhou == 23
    assert percent(from_suzhou / signed.value, 0) == 56


@pytest.mark.document("2-08")
def test_xiangcheng_signed_62_projects_of_over_220_yi(figure: FigureOf):
    talks = figure("xiangcheng", "2022-10", "trips_and_talks")
    assert talks.value is not None
    assert 150 <= talks.value < 160
    assert figure("xiangcheng", "2022-10", "projects_signed").value == 62
    invested = figure("xiangcheng", "2022-10", "signed_investment")
    assert invested.value is not None
    assert invested.value > 220 * YI
    assert dict(invested.parts)["新基建产业园"] > 20 * YI
    assert sum(value for _, value in invested.parts) == invested.value
    assert invested.entry_count == 62


@pytest.mark.document("2-12")
def test_a_forecast_says_that_it_is_one(figure: FigureOf):
    found = figure("xiangcheng", "2022-09", "industrial_output")
    assert found.value == 170 * YI
    assert found.status == "forecast"


@pytest.mark.document("2-13")
def test_xiangcheng_statistics_keep_currency_and_parts(figure: FigureOf):
    invested = figure("xiangcheng", "2022-09", "fixed_asset_investment")
    assert (invested.value, invested.growth.ratio) == (40 * YI, Decimal("0.273"))
    industrial = figure("xiangcheng", "2022-09", "industrial_investment")
    assert (industrial.value, industrial.growth.ratio) == (Decimal("5.8") * YI, Decimal("0.17"))
    assert industrial.indicator.part_of == invested.indicator
    assert industrial.value is not None
    assert invested.value is not None
    assert industrial.value <= invested.value
    trade = figure("xiangcheng", "2022-09", "foreign_trade")
    assert (trade.value, trade.indicator.currency) == (Decimal("7.1") * YI, "USD")
    assert figure("xiangcheng", "2022-09", "registered_fdi").value == Decimal("1.1") * YI


@pytest.mark.document("3-06")
def test_choujiang_output_and_last_years_base(figure: FigureOf):
    found = figure("choujiang", "2014-05", "industrial_output")
    assert found.value == Decimal("44.5") * YI
    assert percent(found.growth.ratio, 2) == Decimal("4.83")
    assert found.growth.base is not None
    assert round(found.growth.base / YI, 2) == Decimal("42.45")
    for code, value in (
        ("new_product_output", "11.06"),
        ("high_tech_output", "9.05"),
        ("strategic_output", "6.65"),
        ("equipment_output", "1.95"),
    ):
        assert figure("choujiang", "2014-05", code).value == Decimal(value) * YI


@pytest.mark.document("3-07")
def test_choujiang_capital_by_source(figure: FigureOf):
    assert figure("choujiang", "2014-05", "returned_capital").value == 1798 * WAN
    assert figure("choujiang", "2014-05", "domestic_capital").value == 6400 * WAN


@pytest.mark.document("3-10")
def test_choujiang_has_four_landed_projects_one_producing(figure: FigureOf):
    found = figure("choujiang", "2014-05", "projects_landed")
    assert found.value == 4
    assert dict(found.parts) == {"开工": 3, "投产": 1}


@pytest.mark.document("3-12")
def test_hongxiang_invested_7853_wan_month_by_month(figure: FigureOf):
    found = figure("choujiang", "2014-05", "investment")
    assert dict(found.parts)["鸿翔电子"] == 7853 * WAN
    months = [
        dict(figure("choujiang", f"2014-{month:02}", "investment").parts).get("鸿翔电子", Decimal(0))
        for month in range(1, 6)
    ]
    assert months == sorted(months)
    assert months[0] < months[-1]


@pytest.mark.document("3-16")
@pytest.mark.parametrize(
    ("code", "done", "lights"),
    [
        ("new_product_output", "25.7", {"red"}),
        ("high_tech_output", "31.2", {"red", "amber"}),
        ("strategic_output", "44.6", {"green"}),
    ],
)
def test_two_of_three_targets_are_behind_although_the_article_sounds_glad(
    figure: FigureOf, code: str, done: str, lights: set[str]
):
    found = figure("choujiang", "2014-05", code)
    target = found.main_target
    assert target is not None
    assert percent(target.progress) == Decimal("41.7")
    assert percent(target.completion.ratio) == Decimal(done)
    assert found.light in lights


@pytest.mark.document("4-21")
def test_beihai_held_71_activities_51_in_and_20_out(figure: FigureOf):
    assert figure("beihai", "2024-10", "activities").value == 71
    assert figure("beihai", "2024-10", "activities_in").value == 51
    assert figure("beihai", "2024-10", "activities_out").value == 20


@pytest.mark.document("4-23")
def test_beihai_arrived_funds_are_150_percent_of_target_and_warn_of_their_definition(figure: FigureOf):
    found = figure("beihai", "2024-09", "arrived_funds")
    assert found.value == Decimal("16.2") * YI
    target = found.main_target
    assert target is not None
    assert target.target.value == Decimal("10.8") * YI
    assert percent(target.completion.ratio, 0) == 150
    warning = next(caution for caution in found.warnings if caution.code == "definitions_differ")
    assert "4.6" in warning.sentence


@pytest.mark.document("4-26")
def test_beihai_has_seven_projects_in_the_signing_list_of_two_platforms(figure: FigureOf):
    found = figure("beihai", "2024-10", "batch_signing")
    assert found.value == 7
    assert dict(found.parts) == {"省平台": 4, "市平台": 3}


@pytest.mark.document("4-29")
def test_beihai_statistics_convert_exactly(figure: FigureOf):
    for code, value, growth in (
        ("budget_revenue", 49095 * WAN, "0.051"),
        ("fixed_asset_investment", 34862 * WAN, "0.413"),
        ("industrial_value_added", 5599 * WAN, "0.138"),
    ):
        found = figure("beihai", "2024-09", code)
        assert (found.value, found.growth.ratio) == (value, Decimal(growth))
    assert figure("beihai", "2024-09", "wholesale_sales").value == Decimal("98.4") * YI
    assert figure("beihai", "2024-09", "retail_sales").value == Decimal("6.4") * YI


def test_every_demo_figure_opens_to_the_entries_it_is_made_of(demo: Path):
    checked = 0
    for zone, month in (
        ("pingjiang", "2023-05"),
        ("susu", "2023-06"),
        ("xiangcheng", "2022-09"),
        ("choujiang", "2014-05"),
        ("beihai", "2024-09"),
    ):
        row = Zone.objects.get(code=zone)
        for item in figures_of(None, row, month=month_end(month)):
            made_of = entries_of(None, row, item.indicator, month=month_end(month), as_of=item.as_of)
            if made_of is None or item.value is None:
                continue
            measure, entries = made_of
            lines = [measure.describe(entry) for entry in entries]
            assert len(lines) == item.entry_count, item.code
            if measure.amount:
                assert sum(line.amount for line in lines) == item.value, item.code
            checked += 1
    assert checked > 20


def test_the_demo_imports_the_same_files_again_without_changing_anything(demo: Path):
    from zhuchao.apps.core.models import Change
    from zhuchao.apps.core.services.importing import import_file

    before = Change.objects.latest("pk").pk
    for kind, name in (("revitalisations", "盘活台账"), ("leads", "线索台账"), ("activities", "活动台账")):
        path = next(path for path in (demo / "pingjiang").glob("*.xlsx") if name in path.stem)
        zone = Zone.objects.get(code="pingjiang")
        result = import_file(actor=None, scope=zone.pk, kind=kind, path=path)
        assert result.counts["new"] == result.counts["changed"] == result.counts["refused"] == 0
        assert result.counts["same"] > 0
    assert not Change.objects.filter(pk__gt=before, verb__in=("import", "add", "correct")).exists()


@pytest.mark.document("2-09")
def test_xiangcheng_leading_headquarters_bear_tags_with_who_says_so_and_since_when(demo: Path):
    zone = Zone.objects.get(code="xiangcheng")
    for tag, names in {
        "龙头": {"海富电子总部（示例单位）"},
        "独角兽": {"矽视科技总部（示例单位）"},
        "头部": {"森瑶达野机器人（示例单位）", "德星云设备总部（示例单位）"},
    }.items():
        firms = narrowed_by_tag(listed_enterprises(None, zone), tag)
        assert {firm.name for firm in firms} == names
        for firm in firms:
            given = EnterpriseTag.objects.live().get(enterprise=firm, tag=tag)
            assert given.source == "公开报道 2022-11（示例）"
            assert given.happened_on <= zones.today(zone)
            signed = StageEntry.objects.live().filter(project__company=firm.name, stage=Stage.SIGNED)
            assert signed.exists(), f"{firm.name} has settled"
    assert narrowed_by_tag(listed_enterprises(None, zone), "总部").count() == 4
