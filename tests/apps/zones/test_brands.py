"""Brands are settings; three catalogues stand under them; sectors are dated and never renamed."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.factories import make_sector, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import DomainError, NotAllowed, Stale, WrongInput
from zhuchao.apps.zones import selectors, services
from zhuchao.apps.zones.errors import NameTaken, SectorNotInForce
from zhuchao.apps.zones.models import CatalogueItem, Role, Sector
from zhuchao.apps.zones.selectors.brands import brand_of, catalogues_of


def logo() -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (8, 8), "#1f6f5c").save(content, "PNG")
    return SimpleUploadedFile("标志.png", content.getvalue(), content_type="image/png")


def brand_values(zone, **values):
    return {"brand_name": "", "brand_slogan": "", "brand_colour": "#1f6f5c", "version": zone.version} | values


@pytest.mark.document("0-28")
def test_the_brand_and_its_logo_are_settings_and_three_catalogues_are_live(page, zone, client):
    path = f"/settings/zones/{zone.pk}/brand/"
    values = brand_values(
        zone,
        brand_name="平e",
        brand_slogan="便捷、高效、经济",
        line_matters="平易办",
        line_premises="平e空间",
        logo=logo(),
    )
    assert page.post(path, values).status_code == 302
    zone.refresh_from_db()
    assert [brand_of(zone, line) for line in ("", "matters", "premises", "talent")] == [
        "平e",
        "平易办",
        "平e空间",
        "平e",
    ]
    shown = page.get(f"/settings/zones/{zone.pk}/")
    assert all(word in shown.content.decode() for word in ("平e", "便捷、高效、经济", "平易办", "平e空间"))
    picture = page.get(f"/settings/zones/{zone.pk}/logo/")
    assert picture["Content-Type"] == "image/png"
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")

    offers = {"service": "企业代办", "talent": "人才公寓", "finance": "首贷贴息"}
    for kind, title in offers.items():
        answer = page.post("/settings/catalogue/add/", {"kind": kind, "title": title, "is_open": "on"})
        assert answer.status_code == 302
    reader = signed_in(client, make_user(Role.LIAISON, zone=zone))
    text = reader.get("/settings/catalogue/").content.decode()
    assert all(title in text for title in offers.values())
    assert "“平e”服务目录" in text
    found = catalogues_of(None, zone)
    assert {kind.value: [item.title for item in items] for kind, items in found.items()} == {
        kind: [title] for kind, title in offers.items()
    }


@pytest.mark.document("2-41", "4-20")
@pytest.mark.parametrize("name", ["相心力", "争当店小二，环境再优化"])
def test_a_brand_is_renamed_without_code(page, zone, name):
    services.set_brand(
        actor=None,
        zone=zone,
        seen_version=None,
        brand_name="旧品牌",
        brand_slogan="",
        brand_colour="#1f6f5c",
        service_brands={},
    )
    assert "旧品牌" in page.get("/settings/catalogue/").content.decode()
    zone.refresh_from_db()
    assert (
        page.post(f"/settings/zones/{zone.pk}/brand/", brand_values(zone, brand_name=name)).status_code == 302
    )
    for path in ("/settings/catalogue/", "/settings/zones/", "/me/", "/duty/"):
        text = page.get(path).content.decode()
        assert name in text
        assert "旧品牌" not in text


@pytest.mark.parametrize("colour", ["#ffff00", "red", "#12345", "#1f6f5g", "", "url(x)"])
def test_a_colour_that_is_none_or_too_light_for_white_letters_is_refused(page, zone, colour):
    answer = page.post(
        f"/settings/zones/{zone.pk}/brand/", brand_values(zone, brand_colour=colour, brand_name="新")
    )
    assert answer.status_code == 422
    assert 'value="新"' in answer.content.decode()
    zone.refresh_from_db()
    assert zone.brand_colour == "#1f6f5c"


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90", b""])
def test_a_logo_that_is_no_picture_is_refused_and_the_brand_stays(page, zone, content):
    file = SimpleUploadedFile("logo.png", content, content_type="image/png")
    answer = page.post(f"/settings/zones/{zone.pk}/brand/", brand_values(zone, brand_name="新", logo=file))
    assert answer.status_code in (415, 422)
    zone.refresh_from_db()
    assert (zone.brand_name, zone.brand_logo) == ("", None)


def test_a_logo_is_taken_away_again(page, zone):
    page.post(f"/settings/zones/{zone.pk}/brand/", brand_values(zone, logo=logo()))
    zone.refresh_from_db()
    page.post(f"/settings/zones/{zone.pk}/brand/", brand_values(zone, remove_logo="on"))
    assert page.get(f"/settings/zones/{zone.pk}/logo/").status_code == 404


def test_a_line_of_service_that_is_none_is_refused(zone):
    with pytest.raises(WrongInput):
        services.set_brand(
            actor=None,
            zone=zone,
            seen_version=None,
            brand_name="",
            brand_slogan="",
            brand_colour="#1f6f5c",
            service_brands={"unknown": "x"},
        )


def test_a_catalogue_item_that_is_closed_is_seen_by_those_who_keep_it_only(page, zone, client):
    item = services.add_catalogue_item(actor=None, zone=zone, kind="talent", title="人才公寓", is_open=False)
    assert "人才公寓" in page.get("/settings/catalogue/").content.decode()
    reader = signed_in(type(client)(), make_user(Role.LIAISON, zone=zone))
    assert "人才公寓" not in reader.get("/settings/catalogue/").content.decode()
    values = {"kind": "talent", "title": "人才公寓", "is_open": "on", "version": item.version}
    page.post(f"/settings/catalogue/{item.pk}/edit/", values)
    assert "人才公寓" in reader.get("/settings/catalogue/").content.decode()


def test_a_title_stands_once_in_a_catalogue(admin, zone):
    item = services.add_catalogue_item(actor=admin, zone=zone, kind="talent", title="人才公寓")
    services.add_catalogue_item(actor=admin, zone=zone, kind="service", title="人才公寓")
    with pytest.raises(NameTaken):
        services.add_catalogue_item(actor=admin, zone=zone, kind="talent", title="人才公寓")
    with pytest.raises(NameTaken):
        services.edit_catalogue_item(actor=admin, item=item, seen_version=item.version, kind="service")
    with pytest.raises(WrongInput):
        services.add_catalogue_item(actor=admin, zone=zone, kind="other", title="x")
    with pytest.raises(Stale):
        services.edit_catalogue_item(actor=admin, item=item, seen_version=item.version + 1, title="y")
    assert CatalogueItem.objects.count() == 2


def test_a_sector_ends_and_another_takes_its_place_and_no_name_changes(page, zone):
    old = services.add_sector(actor=None, zone=zone, name="电子信息", tier="主导", since=date(2023, 1, 1))
    values = {"name": "新一代电子信息", "tier": "主导", "industry_codes": "39、c3962", "since": "2024-01-01"}
    assert page.post(f"/settings/sectors/{old.pk}/replace/", values).status_code == 302
    old.refresh_from_db()
    new = Sector.objects.get(name="新一代电子信息")
    assert (old.name, old.until, new.since) == ("电子信息", date(2023, 12, 31), date(2024, 1, 1))
    assert new.industry_codes == ["39", "C3962"]
    assert list(selectors.sectors.sectors_by_name(zone, date(2023, 6, 15))) == ["电子信息"]
    assert list(selectors.sectors.sectors_by_name(zone, date(2024, 6, 15))) == ["新一代电子信息"]
    with pytest.raises(SectorNotInForce):
        services.end_sector(actor=None, sector=old, on=date(2025, 1, 1))
    for path in (f"/settings/sectors/{old.pk}/edit/", f"/settings/sectors/{old.pk}/rename/"):
        assert page.post(path, {"name": "改名"}).status_code == 404


def test_a_taxonomy_of_two_and_three_and_more_stands_in_its_tiers(page, zone):
    for tier, names in (("2", "生物医药 装备制造"), ("3", "新能源 新材料 数字经济"), ("X", "未来产业")):
        for name in names.split():
            services.add_sector(actor=None, zone=zone, name=name, tier=tier)
    rows = list(selectors.sectors.visible_sectors(None).filter(zone=zone))
    assert [row.tier for row in rows] == ["2", "2", "3", "3", "3", "X"]


@pytest.mark.parametrize("code", ["Z9", "123456", "C", "c39", "３９", "39-1"])
def test_an_industry_code_is_of_the_standard_or_refused(zone, code):
    good = code in {"C", "c39"}
    try:
        services.add_sector(actor=None, zone=zone, name="产业", industry_codes=[code])
    except WrongInput:
        assert not good
    else:
        assert good


def test_a_sector_name_is_free_again_after_its_end(zone):
    sector = services.add_sector(actor=None, zone=zone, name="旅游", since=date(2020, 1, 1))
    with pytest.raises(NameTaken):
        services.add_sector(actor=None, zone=zone, name="旅游")
    services.end_sector(actor=None, sector=sector, on=date(2022, 12, 31))
    with pytest.raises(NameTaken):
        services.add_sector(actor=None, zone=zone, name="旅游", since=date(2022, 6, 1))
    services.add_sector(actor=None, zone=zone, name="旅游", since=date(2023, 1, 1))
    with pytest.raises(WrongInput):
        services.end_sector(
            actor=None, sector=Sector.objects.get(name="旅游", until=None), on=date(2022, 12, 31)
        )


def test_a_refused_replacement_leaves_the_old_one_in_force(zone):
    one, two = make_sector(zone, "甲"), make_sector(zone, "乙")
    with pytest.raises(DomainError):
        services.replace_sector(actor=None, sector=one, name="乙", on=date(2026, 1, 1))
    one.refresh_from_db()
    assert (one.until, two.until) == (None, None)


def test_an_analyst_keeps_the_taxonomy_and_a_liaison_does_not(zone):
    services.add_sector(actor=make_user(Role.ANALYST, zone=zone), zone=zone, name="甲")
    with pytest.raises(NotAllowed):
        services.add_sector(actor=make_user(Role.LIAISON, zone=zone), zone=zone, name="乙")
    assert not selectors.sectors.visible_sectors(make_user(Role.LEADER, zone=make_zone())).exists()
