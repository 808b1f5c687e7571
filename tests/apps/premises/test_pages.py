"""The pages of premises: what they show, what they take, whom they turn away."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import make_department, make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.premises import services
from zhuchao.apps.premises.models import Revitalisation, Site, SiteName, Unit, UnitState
from zhuchao.apps.zones.models import Role

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def page(client, steward):
    return signed_in(client, steward)


@pytest.fixture
def site(zone, steward):
    return services.add_site(actor=None, zone=zone, name="苏鲲产业园", on=MAY, steward=steward)


@pytest.fixture
def unit(site, steward):
    building = services.add_building(actor=steward, site=site, name="1号楼")
    return services.add_unit(
        actor=steward, site=site, building=building, level=3, name="301", gross_area_m2=Decimal(500), on=MAY
    )


def test_a_site_is_entered_on_its_form_and_opened(page, zone):
    answer = page.post("/premises/add/", {"name": "云智慧产业园", "kind": "park", "land_area_m2": "1200.5"})
    site = Site.objects.get(zone=zone)
    assert answer.status_code == 302
    assert answer.url == f"/premises/{site.pk}/"
    assert "云智慧产业园" in page.get(answer.url).content.decode()


def test_what_was_typed_stays_on_the_form_when_it_is_refused(page, site):
    answer = page.post("/premises/add/", {"name": "苏鲲产业园", "kind": "park", "address": "人民路1401号"})
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "已有载体使用或曾使用名称" in words
    assert "人民路1401号" in words
    assert Site.objects.count() == 1


def test_the_list_of_sites_shows_the_space_of_each_and_who_has_no_steward(page, zone, unit):
    make_site(zone, name="无人园")
    words = page.get("/premises/").content.decode()
    assert "苏鲲产业园" in words
    assert "500" in words
    only = page.get("/premises/?steward=none").content.decode()
    assert "无人园" in only
    assert "苏鲲产业园" not in only


def test_a_site_shows_its_floors_its_vacancy_and_its_names(page, site, unit):
    words = page.get(f"/premises/{site.pk}/").content.decode()
    assert "1号楼" in words
    assert "3F" in words
    assert "301" in words
    assert "空置率 100.0%" in words
    assert f"/premises/units/?site={site.pk}&amp;state=vacant" in words
    assert "启用名称：苏鲲产业园" in words
    assert "这一天还没有房源" in page.get(f"/premises/{site.pk}/?on=2026-04-30").content.decode()
    assert page.get(f"/premises/{site.pk}/?on=2026-13-01").status_code == 422


def test_the_facts_of_a_site_are_edited_and_a_stale_form_shows_both_versions(page, site, steward):
    services.change_site(actor=steward, site=site, version=1, address="人民路1401号")
    form = {"kind": "park", "address": "中张家巷27号", "version": "1"}
    answer = page.post(f"/premises/{site.pk}/edit/", form)
    words = answer.content.decode()
    assert answer.status_code == 409
    assert "人民路1401号" in words
    assert "中张家巷27号" in words
    assert 'name="version" value="2"' in words
    assert page.post(f"/premises/{site.pk}/edit/", form | {"version": "2"}).status_code == 302
    site.refresh_from_db()
    assert site.address == "中张家巷27号"


def test_a_steward_is_handed_over_by_who_may_and_the_history_stays(client, zone, site, steward):
    heir = make_user(Role.STEWARD, zone=zone)
    page = signed_in(client, make_user(Role.ADMINISTRATOR, zone=zone))
    answer = page.post(f"/premises/{site.pk}/steward/", {"steward": heir.pk, "reason": "轮岗"})
    assert answer.status_code == 302
    site.refresh_from_db()
    assert site.steward == heir
    assert steward.assignments.get().until is not None
    assert heir.assignments.get().until is None


def test_a_unit_is_let_on_its_form_and_the_timeline_tells(page, unit):
    seen = UnitState.objects.get(unit=unit)
    url = f"/premises/units/{unit.pk}/state/"
    assert f'value="{seen.pk}"' in page.get(url).content.decode()
    answer = page.post(url, {"state": "let", "on": "2026-06-01", "occupant": "比亚迪展厅", "seen": seen.pk})
    assert answer.status_code == 302
    words = page.get(answer.url).content.decode()
    assert "在用" in words
    assert "比亚迪展厅" in words
    assert "比亚迪展厅" in page.get("/premises/units/").content.decode()
    assert "比亚迪展厅" in page.get(f"/premises/{unit.site_id}/").content.decode()
    assert "2026-06-01" in words


def test_who_filled_in_the_form_too_late_is_told_on_the_form(page, unit, steward):
    seen = UnitState.objects.get(unit=unit)
    services.change_unit_state(actor=steward, unit=unit, state="reserved", on=JUNE)
    answer = page.post(
        f"/premises/units/{unit.pk}/state/", {"state": "let", "on": "2026-06-01", "seen": seen.pk}
    )
    assert answer.status_code == 422
    assert "在您填写期间已由" in answer.content.decode()


def test_a_state_is_corrected_and_voided_with_a_reason_and_both_stay_visible(page, unit, steward):
    entry = services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE)
    url = f"/premises/units/states/{entry.pk}/correct/"
    form = {"state": "reserved", "on": "2026-06-02", "area_m2": "500"}
    assert page.post(url, form).status_code == 422
    assert page.post(url, form | {"reason": "录错状态"}).status_code == 302
    successor = UnitState.objects.get(replaces=entry)
    assert page.post(f"/premises/units/states/{successor.pk}/void/", {"reason": "未签"}).status_code == 302
    words = page.get(f"/premises/units/{unit.pk}/").content.decode()
    assert "已更正" in words
    assert "已作废" in words
    assert "录错状态" in words
    assert "未签" in words
    unit.refresh_from_db()
    assert unit.state == Unit.State.VACANT


def test_a_unit_is_edited_and_another_area_becomes_an_entry(page, unit):
    form = {
        "name": "301",
        "kind": "office",
        "gross_area_m2": "510",
        "version": unit.version,
        "on": "2026-06-01",
    }
    assert page.post(f"/premises/units/{unit.pk}/edit/", form).status_code == 302
    assert [s.area_m2 for s in UnitState.objects.filter(unit=unit).order_by("pk")] == [500, 510]


def test_the_list_of_units_filters_and_adds_up_what_it_shows(page, site, steward, unit):
    other = services.add_unit(actor=steward, site=site, name="B1", gross_area_m2=Decimal(1200), on=MAY)
    services.change_unit_state(actor=steward, unit=other, state="let", on=JUNE)
    words = page.get("/premises/units/").content.decode()
    assert "301" in words
    assert "1,700" in words
    vacant = page.get("/premises/units/?state=vacant").content.decode()
    assert "301" in vacant
    assert "1,200" not in vacant
    large = page.get("/premises/units/?area_from=1000").content.decode()
    assert "B1" in large
    assert "301" not in large


def test_a_revitalisation_is_entered_with_its_file_and_opens_from_the_list(page, zone, unit):
    form = {"on": "2026-06-01", "area_m2": "300", "place": "1号楼301", "used_by": "京东电器"}
    assert page.post(f"/premises/revitalisations/add/?unit={unit.pk}", form).status_code == 422
    file = SimpleUploadedFile("合同.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    answer = page.post(f"/premises/revitalisations/add/?unit={unit.pk}", form | {"evidence": file})
    assert answer.status_code == 302
    entry = Revitalisation.objects.get()
    assert entry.evidence.name == "合同.pdf"
    assert entry.unit == unit
    words = page.get("/premises/revitalisations/").content.decode()
    assert "京东电器" in words
    assert "300" in words
    words = page.get(answer.url).content.decode()
    assert "合同.pdf" in words
    assert f"{answer.url}evidence/" in words
    opened = page.get(f"{answer.url}evidence/")
    assert b"".join(opened.streaming_content) == b"%PDF-1.4\n%%EOF\n"


def test_evidence_opens_for_who_may_see_its_entry_only(client, zone, unit, steward):
    file = SimpleUploadedFile("照片.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    page = signed_in(client, steward)
    form = {"state": "let", "on": "2026-06-01", "evidence": file}
    assert page.post(f"/premises/units/{unit.pk}/state/", form).status_code == 302
    entry = UnitState.objects.get(unit=unit, state="let")
    url = f"/premises/units/states/{entry.pk}/evidence/"
    assert url in page.get(f"/premises/units/{unit.pk}/").content.decode()
    assert page.get(url).status_code == 200
    without = unit.states.exclude(pk=entry.pk).get()
    assert page.get(f"/premises/units/states/{without.pk}/evidence/").status_code == 404
    assert signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone())).get(url).status_code == 404


def test_a_refused_revitalisation_leaves_no_file_behind(page, zone, unit):
    file = SimpleUploadedFile("合同.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    form = {"on": "2026-06-01", "area_m2": "99999", "evidence": file}
    assert page.post(f"/premises/revitalisations/add/?unit={unit.pk}", form).status_code == 422
    from zhuchao.apps.core.models import Attachment

    assert not Attachment.objects.exists()


def test_a_revitalisation_is_corrected_and_voided_and_the_list_counts_what_is_left(page, zone, unit):
    entry = services.record_revitalisation(
        actor=None, zone=zone, on=JUNE, unit=unit, area_m2=Decimal(300), evidence_note="合同 1 号"
    )
    form = {
        "on": "2026-06-01",
        "area_m2": "280",
        "place": "301",
        "evidence_note": "合同 1 号",
        "reason": "面积有误",
    }
    answer = page.post(f"/premises/revitalisations/{entry.pk}/correct/", form)
    assert answer.status_code == 302
    assert "280" in page.get("/premises/revitalisations/").content.decode()
    old = page.get(f"/premises/revitalisations/{entry.pk}/").content.decode()
    assert "已更正" in old
    assert "面积有误" in old
    successor = Revitalisation.objects.get(replaces=entry)
    assert page.post(f"/premises/revitalisations/{successor.pk}/void/", {"reason": "重复"}).status_code == 302
    assert "还没有盘活条目" in page.get("/premises/revitalisations/").content.decode()


@pytest.mark.document("1-52")
def test_an_operator_sees_its_own_sites_only_on_every_page(client, zone, site, unit):
    developer = make_department(zone, kind="developer")
    own = make_site(zone, name="拓园自有园", operator=developer)
    own_unit = make_unit(own, name="自有101")
    page = signed_in(client, make_user(Role.OPERATOR, zone=zone, department=developer))
    sites, units = page.get("/premises/").content.decode(), page.get("/premises/units/").content.decode()
    assert "拓园自有园" in sites
    assert "苏鲲产业园" not in sites
    assert "自有101" in units
    assert "301" not in units
    assert page.get(f"/premises/{own.pk}/").status_code == 200
    assert page.get(f"/premises/units/{own_unit.pk}/").status_code == 200
    for hidden in (
        f"/premises/{site.pk}/",
        f"/premises/{site.pk}/units/add/",
        f"/premises/units/{unit.pk}/",
        f"/premises/units/{unit.pk}/state/",
        f"/premises/units/states/{unit.states.get().pk}/correct/",
        f"/premises/revitalisations/add/?unit={unit.pk}",
    ):
        assert page.get(hidden).status_code == 404, hidden
    assert page.get(f"/premises/{own.pk}/steward/").status_code == 403
    form = {"on": "2026-06-01", "area_m2": "10", "place": "某处", "evidence_note": "照片"}
    assert page.post("/premises/revitalisations/add/", form).status_code == 404


def test_another_zone_finds_nothing_on_any_page(client, zone, site, unit):
    entry = services.record_revitalisation(
        actor=None, zone=zone, on=JUNE, unit=unit, area_m2=Decimal(300), evidence_note="合同 1 号"
    )
    page = signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone()))
    name = SiteName.objects.get(site=site)
    state = unit.states.get()
    for url in (
        f"/premises/{site.pk}/",
        f"/premises/{site.pk}/edit/",
        f"/premises/{site.pk}/name/",
        f"/premises/{site.pk}/steward/",
        f"/premises/{site.pk}/buildings/add/",
        f"/premises/{site.pk}/units/add/",
        f"/premises/names/{name.pk}/void/",
        f"/premises/units/{unit.pk}/",
        f"/premises/units/{unit.pk}/edit/",
        f"/premises/units/{unit.pk}/state/",
        f"/premises/units/states/{state.pk}/correct/",
        f"/premises/units/states/{state.pk}/void/",
        f"/premises/revitalisations/{entry.pk}/",
        f"/premises/revitalisations/{entry.pk}/correct/",
        f"/premises/revitalisations/{entry.pk}/void/",
    ):
        assert page.get(url).status_code == 404, url
    for url in ("/premises/", "/premises/units/", "/premises/revitalisations/"):
        assert "苏鲲产业园" not in page.get(url).content.decode()


def test_who_may_only_look_is_not_offered_a_verb_and_is_refused_one(client, zone, unit):
    page = signed_in(client, make_user(Role.AUDITOR, zone=zone))
    assert "变更状态" not in page.get(f"/premises/units/{unit.pk}/").content.decode()
    answer = page.post(f"/premises/units/{unit.pk}/state/", {"state": "let", "on": "2026-06-01"})
    assert answer.status_code == 403


def test_nobody_reads_a_page_without_signing_in(client, site):
    for url in ("/premises/", f"/premises/{site.pk}/", "/premises/units/", "/premises/revitalisations/"):
        assert client.get(url).status_code == 302


@pytest.mark.parametrize("url", ["/premises/", "/premises/units/", "/premises/revitalisations/"])
def test_a_list_costs_the_same_for_two_rows_and_for_twenty(
    page, zone, steward, url, django_assert_max_num_queries
):
    def grow(count):
        for _ in range(count):
            unit = make_unit(make_site(zone, steward=steward), gross_area_m2=Decimal(300))
            services.record_revitalisation(
                actor=None, zone=zone, on=JUNE, unit=unit, area_m2=Decimal(300), evidence_note="照片"
            )

    grow(2)
    page.get(url)
    with django_assert_max_num_queries(100) as few:
        page.get(url)
    grow(18)
    with django_assert_max_num_queries(len(few)):
        page.get(url)


def test_a_site_and_a_unit_cost_the_same_however_long_their_history(
    page, site, unit, steward, django_assert_max_num_queries
):
    urls = (f"/premises/{site.pk}/", f"/premises/units/{unit.pk}/")
    costs = []
    for url in urls:
        page.get(url)
        with django_assert_max_num_queries(100) as few:
            page.get(url)
        costs.append(len(few))
    for n in range(6):
        state = "let" if n % 2 == 0 else "vacant"
        services.change_unit_state(actor=steward, unit=unit, state=state, on=date(2026, 6, n + 1))
        services.add_unit(actor=steward, site=site, name=f"X{n}", gross_area_m2=Decimal(10), on=MAY)
        services.name_site(actor=steward, site=site, name=f"曾用名{n}", on=date(2026, 1, n + 1))
    for url, cost in zip(urls, costs, strict=True):
        # what is kept of the zone's free units is made anew after a change
        page.get(url)
        with django_assert_max_num_queries(cost):
            page.get(url)
