"""Photos and plans of a site, its floors and its units: kept, shown, exchanged, taken away, never active."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from tests.factories import make_department, make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import (
    FileTooLarge,
    FileTypeRefused,
    NotAllowed,
    NotFound,
    ReasonNeeded,
    Stale,
    SvgRefused,
    WrongInput,
)
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services import files
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import PlaceMismatch
from zhuchao.apps.premises.models import Building, Floor, Picture
from zhuchao.apps.zones.models import Role

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63000100000005000100" + "0d0a2db40000000049454e44ae426082"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>plan</title><rect width="9" height="9"/></svg>'
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES = tmp_path / "files"


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def site(zone):
    return make_site(zone)


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


def add(actor, site, content=PNG, name="a.png", **values):
    given = {"kind": "photo", "caption": "大门"} | values
    return services.add_picture(actor=actor, site=site, name=name, content=BytesIO(content), **given)


def test_a_steward_adds_pictures_of_the_site_a_floor_and_a_unit(steward, site):
    unit = make_unit(site)
    building = Building.objects.create(zone=site.zone, site=site, name="1 号楼")
    floor = Floor.objects.create(zone=site.zone, building=building, level=3)
    unit.floor, unit.building = floor, building
    unit.save()
    of_site = add(steward, site)
    of_floor = add(steward, site, SVG, "三层.svg", kind="plan", floor=floor)
    of_unit = add(steward, site, unit=unit)
    assert list(selectors.pictures_of_site(steward, site)) == [of_site]
    assert list(selectors.pictures_of_unit(steward, unit)) == [of_unit, of_floor]
    assert list(selectors.pictures_of_building(steward, building)) == [of_floor]
    assert (of_floor.file.file.media_type, of_floor.file.purpose) == ("image/svg+xml", "picture")
    assert Change.objects.filter(verb="add", data__site=site.name).count() == 3


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (SCRIPT, "a.svg", SvgRefused),
        (SCRIPT, "a.png", SvgRefused),
        (b"<script>alert(1)</script>", "a.png", FileTypeRefused),
        (b"<html><body>hello</body></html>", "a.jpg", FileTypeRefused),
        (b"#!/bin/sh\nrm -rf x\n", "a.webp", FileTypeRefused),
        (b"%PDF-1.4\n%\xe2\xe3", "a.png", FileTypeRefused),
        (b"GIF89a" + b"\0" * 40, "a.gif", FileTypeRefused),
    ],
)
def test_an_image_that_is_a_script_is_refused_and_nothing_is_kept(steward, site, content, name, error):
    with pytest.raises(error):
        add(steward, site, content, name)
    assert not Picture.objects.exists()
    assert not list(files.Path(files.settings.FILES).glob("**/*.*"))


def test_a_picture_over_its_limit_is_refused(steward, site, monkeypatch):
    monkeypatch.setitem(files.MOST_BYTES, "picture", 60)
    with pytest.raises(FileTooLarge):
        add(steward, site)


def test_a_drawing_is_served_so_that_nothing_of_it_can_run(client, steward, site):
    picture = add(steward, site, SVG, "平面.svg", kind="plan")
    answer = signed_in(client, steward).get(f"/premises/pictures/{picture.pk}/")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy


def test_a_floor_or_unit_of_another_site_is_refused(steward, site, zone):
    other = make_unit(make_site(zone))
    building = Building.objects.create(zone=zone, site=other.site, name="2 号楼")
    floor = Floor.objects.create(zone=zone, building=building, level=1)
    with pytest.raises(PlaceMismatch):
        add(steward, site, unit=other)
    with pytest.raises(PlaceMismatch):
        add(steward, site, floor=floor)
    with pytest.raises(WrongInput):
        add(steward, other.site, unit=other, floor=floor)
    with pytest.raises(IntegrityError, match="picture_of_floor_or_unit"):
        Picture.objects.create(
            zone=zone, site=other.site, unit=other, floor=floor, file=add(steward, site).file
        )


def test_only_who_keeps_the_public_pages_makes_a_picture_public(officer, zone):
    firm = make_department(zone)
    site, operator = make_site(zone, operator=firm), make_user(Role.OPERATOR, zone=zone, department=firm)
    with pytest.raises(NotAllowed):
        add(operator, site, is_public=True)
    picture = add(operator, site)
    with pytest.raises(NotAllowed):
        services.change_picture(actor=operator, picture=picture, version=1, is_public=True)
    services.change_picture(actor=officer, picture=picture, version=1, is_public=True)
    picture.refresh_from_db()
    assert picture.is_public
    with pytest.raises(NotAllowed):
        services.change_picture(
            actor=operator, picture=picture, version=2, name="b.png", content=BytesIO(PNG + b"\0")
        )
    with pytest.raises(NotAllowed):
        services.remove_picture(actor=operator, picture=picture, reason="旧照片")


def test_an_operator_changes_pictures_of_its_own_sites_only(zone):
    firm = make_department(zone)
    operator = make_user(Role.OPERATOR, zone=zone, department=firm)
    add(operator, make_site(zone, operator=firm))
    with pytest.raises(NotFound):
        add(operator, make_site(zone))


def test_a_picture_is_exchanged_with_a_record_of_both_files_and_a_stale_edit_is_refused(steward, site):
    picture = add(steward, site)
    before = picture.file_id
    changed = services.change_picture(
        actor=steward, picture=picture, version=1, name="b.svg", content=BytesIO(SVG), caption="新大门"
    )
    assert changed.file_id != before
    recorded = Change.objects.filter(verb="change").latest("pk").data["changed"]
    assert recorded["file"][0] == before
    assert recorded["caption"] == ["大门", "新大门"]
    with pytest.raises(Stale):
        services.change_picture(actor=steward, picture=picture, version=1, caption="旧")


def test_a_picture_is_taken_away_with_its_reason_and_its_file_stays(steward, site):
    picture = add(steward, site)
    with pytest.raises(ReasonNeeded):
        services.remove_picture(actor=steward, picture=picture, reason=" ")
    services.remove_picture(actor=steward, picture=picture, reason="已改建")
    services.remove_picture(actor=steward, picture=picture, reason="已改建")
    change = Change.objects.get(verb="remove")
    assert (change.data["reason"], change.data["sha256"]) == ("已改建", picture.file.file.sha256)
    assert files.attachment_path(picture.file).is_file()


def test_pictures_are_added_shown_edited_and_removed_on_the_pages(client, steward, site):
    unit, page = make_unit(site), signed_in(client, steward)
    assert "还没有照片和平面图" in page.get(f"/premises/units/{unit.pk}/").content.decode()
    address = f"/premises/{site.pk}/pictures/add/"
    assert f'value="{unit.pk}" selected' in page.get(f"{address}?unit={unit.pk}").content.decode()
    sent = {"kind": "plan", "caption": "三层平面", "unit": unit.pk}
    bad = page.post(address, sent | {"file": SimpleUploadedFile("a.svg", SCRIPT)})
    assert (bad.status_code, "script" in bad.content.decode()) == (422, True)
    assert page.post(address, sent | {"file": SimpleUploadedFile("a.svg", SVG)}).status_code == 302
    picture = Picture.objects.get()
    shown = page.get(f"/premises/units/{unit.pk}/").content.decode()
    assert f'<img src="/premises/pictures/{picture.pk}/" alt="三层平面"' in shown
    edit = f"/premises/pictures/{picture.pk}/edit/"
    assert page.post(edit, {"kind": "plan", "caption": "平面图", "version": 1}).status_code == 302
    picture.refresh_from_db()
    assert picture.caption == "平面图"
    gone = page.post(f"/premises/pictures/{picture.pk}/remove/", {"reason": "已改建"})
    assert gone.status_code == 302
    assert not Picture.objects.exists()
    assert page.get(f"/premises/{site.pk}/").status_code == 200


def test_the_api_lists_the_pictures_of_a_site(client, steward, site):
    picture = add(steward, site)
    (said,) = signed_in(client, steward).get(f"/api/v1/sites/{site.pk}/pictures").json()
    assert (said["caption"], said["media_type"], said["url"]) == (
        "大门",
        "image/png",
        f"/premises/pictures/{picture.pk}/",
    )
