"""Urban renewal: vacated against added, before against after, one tenant in another's place."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse

from tests.apps.zones.isolation import row_in
from tests.factories import make_site, make_user, make_zone, passing_moment, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.premises.errors import PlaceMismatch, RenewalEvidence, RenewalExists
from zhuchao.apps.premises.models import Renewal, RenewalEvent, RenewalFigure
from zhuchao.apps.premises.selectors import renewal as reading
from zhuchao.apps.premises.services import renewal as services
from zhuchao.apps.premises.services.ledgers import RENEWALS
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

DAY = date(2021, 5, 10)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def renewal(steward, zone):
    return services.add_renewal(
        actor=steward,
        zone=zone,
        name="旧厂区更新",
        land_area=Decimal(30),
        land_unit="亩",
        new_land_m2=Decimal(0),
    )


@pytest.fixture
def event(steward, renewal):
    def record(kind="vacated", on=DAY, area=Decimal(11_000), **said):
        return services.record_event(
            actor=steward, renewal=renewal, kind=kind, on=on, area_m2=area, evidence_note="示例协议", **said
        )

    return record


@pytest.fixture
def figure(steward, renewal):
    def record(side, measure, value, year=2020):
        return services.record_figure(
            actor=steward,
            renewal=renewal,
            side=side,
            measure=measure,
            value=Decimal(value),
            year=year,
            evidence_note="示例年报",
        )

    return record


def page_of(client, steward, renewal):
    return signed_in(client, steward).get(reverse("renewal-detail", args=[renewal.pk])).content.decode()


@pytest.mark.document("2-26")
def test_what_was_vacated_stands_against_what_was_added_for_each_renewal(client, steward, renewal, event):
    event("vacated", firms=3)
    event("vacated", area=Decimal(1000))
    event("added", area=Decimal(36_000))
    row = reading.with_areas(reading.visible_renewals(steward)).get()
    assert (row.vacated_m2, row.added_m2, row.upgraded_m2) == (12_000, 36_000, None)
    assert "腾退 12,000 ㎡ → 新增载体 36,000 ㎡" in page_of(client, steward, renewal)
    listed = signed_in(client, steward).get(reverse("renewal-list")).content.decode()
    assert "12,000" in listed
    assert "36,000" in listed


@pytest.mark.document("2-27")
def test_yield_for_each_mu_is_shown_before_and_after_exactly(client, steward, renewal, figure):
    figure("before", "output", 30_000_000)
    figure("before", "tax", 1_000_000)
    figure("after", "output", 240_000_000, year=2022)
    figure("after", "tax", 9_500_000, year=2022)
    found = {row.key: row for row in reading.compare(renewal)}
    assert (found["output"].before, found["output"].after) == (1_000_000, 8_000_000)
    assert found["tax"].before == Fraction(100_000, 3)
    page = page_of(client, steward, renewal)
    for word in ("100.00 万元/亩", "800.00 万元/亩", "↑ +700.00 万元/亩", "3.33 万元/亩"):
        assert word in page


@pytest.mark.document("3-03")
def test_a_plan_without_new_land_is_accepted_and_says_so(client, steward, zone, renewal):
    assert renewal.new_land_m2 == 0
    page = page_of(client, steward, renewal)
    assert "不新增用地" in page
    assert "全部利用存量空间" in page
    with pytest.raises(WrongInput, match="新增用地"):
        services.add_renewal(actor=steward, zone=zone, name="负数", new_land_m2=Decimal(-1))


@pytest.mark.document("3-05")
def test_a_new_tenant_in_the_place_of_the_old_shows_the_difference_for_each_mu(
    client, steward, renewal, event
):
    land = Decimal("6666.67")
    entry = event(
        "replaced",
        area=None,
        old_name="示例针织厂",
        new_name="示例电商公司",
        old_value_cny=Decimal(8_000_000),
        old_land_m2=Decimal(2000),
        new_value_cny=Decimal(45_000_000),
        new_land_m2=Decimal(2000),
    )
    assert entry.delta_per_mu == Fraction(37_000_000, 3)
    page = page_of(client, steward, renewal)
    assert "示例针织厂" in page
    assert "+1,233.33 万元/亩" in page
    assert event("replaced", area=None, old_name="甲", new_name="乙", new_land_m2=land).delta_per_mu is None
    with pytest.raises(WrongInput, match="换租须写明"):
        event("replaced", area=None, old_name="甲")


@pytest.mark.document("3-25")
def test_upgraded_area_adds_up_to_11000_over_a_period_and_plot_ratio_grows(
    client, steward, zone, renewal, event, figure
):
    event("upgraded", on=date(2014, 3, 1), area=Decimal(4500))
    voided = event("upgraded", on=date(2014, 3, 2), area=Decimal(999))
    event("upgraded", on=date(2014, 5, 20), area=Decimal(6500))
    event("upgraded", on=date(2014, 9, 1), area=Decimal(100))
    services.void_renewal_entry(actor=steward, entry=voided, reason="重复")
    half = (date(2014, 1, 1), date(2014, 6, 30))
    assert reading.renewed_between([zone.pk], "upgraded", *half, zones.now(zone)) == 11_000
    listed = signed_in(client, steward).get(
        reverse("renewal-event-list"), {"kind": "upgraded", "on_from": "2014-01-01", "on_to": "2014-06-30"}
    )
    assert "11,000" in listed.content.decode()
    figure("before", "built", 18_000)
    figure("after", "built", 36_000)
    figure("before", "covered", 8_000)
    figure("after", "covered", 10_000)
    found = {row.key: row for row in reading.compare(renewal)}
    assert found["far"].delta == Fraction(9, 10)
    assert found["coverage"].delta == Fraction(1, 10)
    page = page_of(client, steward, renewal)
    assert "↑ +0.90" in page
    assert "+10.0 个百分点" in page


def test_the_land_of_a_side_goes_before_that_of_the_renewal_and_the_latest_year_counts(renewal, figure):
    figure("after", "output", 1_000_000, year=2019)
    figure("after", "output", 3_000_000, year=2020)
    figure("after", "land", 20_000)
    assert reading.compare(renewal)[0].after == 100_000
    assert reading.compare(renewal)[0].before is None
    assert reading.compare(renewal)[0].delta is None


def test_nothing_counts_without_evidence_or_on_a_day_to_come(steward, renewal):
    said = {"actor": steward, "renewal": renewal, "kind": "vacated", "area_m2": Decimal(1)}
    with pytest.raises(RenewalEvidence):
        services.record_event(on=DAY, evidence_note=" ", **said)
    with pytest.raises(WrongInput):
        services.record_event(on=date(2999, 1, 1), evidence_note="协议", **said)
    with pytest.raises(WrongInput, match="必须大于 0"):
        services.record_event(on=DAY, evidence_note="协议", **(said | {"area_m2": None}))
    with pytest.raises(WrongInput, match="必须大于 0"):
        services.record_event(on=DAY, evidence_note="协议", **(said | {"area_m2": Decimal(0)}))
    assert not RenewalEvent.objects.exists()


def test_figures_that_cannot_be_are_refused(figure):
    with pytest.raises(WrongInput, match="年份"):
        figure("before", "output", 1, year=1900)
    with pytest.raises(WrongInput, match="数值"):
        figure("before", "output", -1)


def test_a_correction_replaces_and_earlier_sums_stay(steward, zone, renewal, event):
    entry = event()
    before = passing_moment(zone)
    services.correct_renewal_entry(actor=steward, entry=entry, reason="复测", area_m2=Decimal(12_000))
    year = (date(2021, 1, 1), date(2021, 12, 31))
    assert reading.renewed_between([zone.pk], "vacated", *year, zones.now(zone)) == 12_000
    assert reading.renewed_between([zone.pk], "vacated", *year, before) == 11_000


def test_renewals_are_named_once_and_edited_against_the_version_seen(steward, zone, renewal):
    with pytest.raises(RenewalExists):
        services.add_renewal(actor=steward, zone=zone, name="旧厂区更新")
    with pytest.raises(PlaceMismatch):
        services.add_renewal(actor=steward, zone=zone, name="别处", site=make_site())
    services.change_renewal(actor=steward, renewal=renewal, version=1, programme="三改一拆")
    with pytest.raises(Stale):
        services.change_renewal(actor=steward, renewal=renewal, version=1, programme="腾笼换鸟")


def test_others_neither_see_nor_write(zone, renewal):
    with pytest.raises(NotFound):
        reading.get_renewal(make_user(Role.STEWARD), renewal.pk)
    with pytest.raises(NotAllowed):
        services.change_renewal(
            actor=make_user(Role.LEADER, zone=zone), renewal=renewal, version=1, programme="x"
        )


def test_the_forms_do_what_the_services_do(client, steward):
    signed_in(client, steward)
    facts = {
        "name": "长青厂区",
        "programme": "腾笼换鸟",
        "land_area": "30",
        "land_unit": "亩",
        "new_land_m2": "0",
    }
    assert client.post(reverse("renewal-add"), facts).status_code == 302
    renewal = Renewal.objects.get()
    assert (renewal.land_m2, renewal.new_land_m2) == (20_000, 0)
    edit = reverse("renewal-edit", args=[renewal.pk])
    assert client.post(edit, facts | {"programme": "三改一拆", "version": 1}).status_code == 302
    event = reverse("renewal-event-add", args=[renewal.pk])
    sent = {"kind": "vacated", "on": "2021-05-10", "area_m2": "20亩", "evidence_note": "协议"}
    assert client.post(event, sent | {"evidence_note": ""}).status_code == 422
    assert client.post(event, sent).status_code == 302
    assert RenewalEvent.objects.get().area_m2 == Decimal("13333.33")
    figure = reverse("renewal-figure-add", args=[renewal.pk])
    said = {"side": "before", "measure": "output", "year": "2020", "evidence_note": "年报"}
    assert client.post(figure, said | {"area": "5"}).status_code == 422
    assert client.post(figure, said | {"money": "3000"}).status_code == 302
    assert RenewalFigure.objects.get().value == 30_000_000
    for name, model in (("renewal-event-void", RenewalEvent), ("renewal-figure-void", RenewalFigure)):
        client.post(reverse(name, args=[model.objects.live().get().pk]), {"reason": "误登"})
        assert not model.objects.live().exists()


def test_an_event_and_a_figure_are_corrected_on_their_pages_with_the_reason(
    client, steward, renewal, event, figure
):
    vacated, before = event(area=Decimal(1100)), figure("before", "output", 100)
    shown = page_of(client, steward, renewal)
    page = reverse("renewal-event-correct", args=[vacated.pk])
    other = reverse("renewal-figure-correct", args=[before.pk])
    assert page in shown
    assert other in shown
    assert 'value="1100' in client.get(page).content.decode()
    sent = {"kind": "vacated", "on": "2021-05-10", "area_m2": "11000", "evidence_note": "示例协议"}
    assert client.post(page, sent).status_code == 422
    assert client.post(page, sent | {"reason": "少写一个零"}).status_code == 302
    said = RenewalEvent.objects.live().get()
    assert (said.area_m2, said.reason, said.replaces) == (11_000, "少写一个零", vacated)
    said = {"side": "before", "measure": "tax", "year": "2020", "evidence_note": "年报", "reason": "指标选错"}
    assert client.post(other, said | {"money": "300"}).status_code == 302
    assert (RenewalFigure.objects.live().get().measure, RenewalFigure.objects.live().get().value) == (
        "tax",
        3_000_000,
    )
    again = client.post(page, sent | {"reason": "再改"})
    assert (again.status_code, RenewalEvent.objects.count()) == (422, 2)


def test_a_correction_that_cannot_be_is_refused_and_nothing_is_recorded(steward, event, figure):
    swap = event(kind="replaced", area=None, old_name="甲", new_name="乙")
    value = figure("before", "output", 100)
    for entry, wrong in (
        (swap, {"old_name": " "}),
        (event(), {"area_m2": Decimal(-1)}),
        (event(), {"area_m2": None}),
        (value, {"value": Decimal(-1)}),
        (value, {"year": 1800}),
    ):
        with pytest.raises(WrongInput):
            services.correct_renewal_entry(actor=steward, entry=entry, reason="更正", **wrong)
    with pytest.raises(RenewalEvidence):
        services.correct_renewal_entry(actor=steward, entry=value, reason="更正", evidence_note=" ")
    assert not RenewalEvent.objects.exclude(reason="").exists()


def test_the_api_corrects_events_and_figures(client, steward, event, figure):
    signed_in(client, steward)
    for kind, entry, value in (
        ("events", event(), {"firms": 5}),
        ("figures", figure("after", "tax", 9), {"year": 2019}),
    ):
        url = f"/api/v1/renewals/{kind}/{entry.pk}/correct"
        answer = client.post(url, value | {"reason": "更正"}, content_type="application/json")
        assert answer.status_code == 200
        assert answer.json()[next(iter(value))] == next(iter(value.values()))


def test_the_api_shares_the_rules(client, steward, zone):
    signed_in(client, steward)
    send = {"content_type": "application/json"}
    made = client.post(
        f"/api/v1/renewals?zone={zone.code}", {"name": "更新", "land_area": "30", "new_land_m2": "0"}, **send
    ).json()
    url = f"/api/v1/renewals/{made['id']}"
    event = {"kind": "vacated", "on": "2021-05-10", "area_m2": "100", "evidence_note": ""}
    assert client.post(f"{url}/events", event, **send).json()["code"] == "renewal_evidence"
    kept = client.post(f"{url}/events", event | {"evidence_note": "协议"}, **send).json()
    figure = {"side": "after", "measure": "output", "value": "3000000", "year": 2020, "evidence_note": "年报"}
    entered = client.post(f"{url}/figures", figure, **send).json()
    assert client.get(f"{url}/comparison").json()[0]["after"] == 100_000
    assert client.get(url).json()["name"] == "更新"
    assert len(client.get(f"/api/v1/renewals?zone={zone.code}").json()["items"]) == 1
    for name, pk in (("events", kept["id"]), ("figures", entered["id"])):
        void = f"/api/v1/renewals/{name}/{pk}/void"
        assert client.post(void, {"reason": "误登"}, **send).json()["is_void"] is True


def test_the_ledger_takes_a_file_once_and_does_not_bring_back_what_was_voided(steward, zone):
    base = {"name": "旧厂", "on": DAY, "evidence_note": "协议", "land_m2": Decimal("20000.00")}
    rows = [
        Row(2, base | {"what": "vacated", "area_m2": Decimal(11_000), "plan_new_land_m2": Decimal(0)}),
        Row(3, base | {"what": "before", "output_cny": Decimal(30_000_000), "area_m2": Decimal(9000)}),
        Row(4, base | {"what": "added", "evidence_note": "图纸"}),
        Row(5, base | {"what": "added", "site": "没有的园", "area_m2": Decimal(1)}),
    ]
    outcomes = list(RENEWALS.compare(scope=zone.pk, rows=rows))
    assert [outcome.state for outcome in outcomes] == ["new", "new", "refused", "refused"]
    assert not Renewal.objects.exists()
    _apply(zone, outcomes[:2])
    assert Renewal.objects.get().new_land_m2 == 0
    assert RenewalFigure.objects.live().count() == 2
    assert {one.state for one in RENEWALS.compare(scope=zone.pk, rows=rows[:2])} == {"same"}
    services.void_renewal_entry(actor=steward, entry=RenewalEvent.objects.get(), reason="误登")
    assert next(iter(RENEWALS.compare(scope=zone.pk, rows=rows[:1]))).state == "same"
    more = [
        Row(3, base | {"what": "before", "output_cny": Decimal(31_000_000), "land_m2": Decimal("30000.00")})
    ]
    _apply(zone, list(RENEWALS.compare(scope=zone.pk, rows=more)))
    assert Renewal.objects.get().land_m2 == 30_000
    live = RenewalFigure.objects.live().get(measure="output")
    assert (live.value, live.reason) == (31_000_000, "台账更正（第 3 行）")


def _apply(zone, outcomes):
    RENEWALS.apply(
        scope=zone.pk, actor=None, batch=row_in(zone, ImportBatch), outcomes=outcomes, progress=Progress()
    )
