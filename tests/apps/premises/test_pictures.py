"""Photos and plans of a site, its floors and its units: kept, shown, exchanged, taken away, never active."""

from hashlib import sha256
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from PIL import Image, PngImagePlugin

from tests.factories import make_department, make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import (
    FileTooLarge,
    FileTypeRefused,
    NotAllowed,
    NotFound,
    PhotoRefused,
    ReasonNeeded,
    Stale,
    SvgRefused,
    WrongInput,
)
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services import files, photos
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import PlaceMismatch
from zhuchao.apps.premises.models import Building, Floor, Picture
from zhuchao.apps.zones.models import Role

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000"
    "001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
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


ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def photo(kind: str, *, orientation: int = 1) -> bytes:
    """Return a photo that says where it was taken: its left half red, its right half blue."""
    image = Image.new("RGB", (64, 32), (220, 20, 20))
    image.paste((20, 20, 220), (32, 0, 64, 32))
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "MAKER-WORD", orientation
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 18.0, 7.0)})
    said: dict = {"exif": exif}
    if kind == "PNG":
        said["pnginfo"] = PngImagePlugin.PngInfo()
        said["pnginfo"].add_text("Author", "SOMEBODY")
    if kind == "JPEG":
        said["comment"] = b"SOMEBODY"
    else:
        said["xmp"] = b"<x>SOMEBODY</x>"
    held = BytesIO()
    image.save(
        held, kind, icc_profile=b"profile-of-colours", **(said if kind != "PNG" else said | {"xmp": None})
    )
    return held.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_without_where_when_and_by_whom_it_was_taken(steward, site, kind):
    given = photo(kind)
    assert b"MAKER-WORD" in given
    assert b"SOMEBODY" in given
    kept = add(steward, site, given, f"a.{kind.lower()}").file
    content = files.attachment_path(kept).read_bytes()
    assert b"MAKER-WORD" not in content
    assert b"SOMEBODY" not in content
    assert (kept.file.sha256, kept.file.size_bytes) == (sha256(content).hexdigest(), len(content))
    with Image.open(BytesIO(content)) as image:
        assert not image.getexif()
        assert image.info["icc_profile"] == b"profile-of-colours"
        assert (image.format, image.size) == (kind, (64, 32))


def test_a_photo_that_lies_on_its_side_is_turned_for_good(steward, site):
    kept = add(steward, site, photo("JPEG", orientation=6), "a.jpg").file
    with Image.open(files.attachment_path(kept)) as image:
        assert image.size == (32, 64)
        red, _green, blue = image.convert("RGB").getpixel((16, 4))
        assert red > 150 > 100 > blue


def test_a_photo_that_says_nothing_besides_keeps_its_bytes_and_evidence_keeps_all_it_says(steward, site):
    held = BytesIO()
    Image.new("RGB", (8, 8)).save(held, "JPEG")
    kept = add(steward, site, held.getvalue(), "a.jpg").file
    assert files.attachment_path(kept).read_bytes() == held.getvalue()
    given = photo("JPEG")
    evidence = files.keep_file(content=BytesIO(given), name="b.jpg", scope=site.zone_id, actor=steward)
    assert files.attachment_path(evidence).read_bytes() == given


def test_a_photo_that_cannot_be_read_or_would_fill_the_memory_is_refused(steward, site, monkeypatch):
    with pytest.raises(PhotoRefused):
        add(steward, site, photo("PNG")[:-40], "a.png")
    monkeypatch.setattr(photos, "MOST_PIXELS", 64 * 32 - 1)
    with pytest.raises(PhotoRefused, match="像素"):
        add(steward, site, photo("JPEG"), "a.jpg")
    assert not Picture.objects.exists()


def test_the_api_takes_a_picture_through_the_same_rules(client, steward, site, zone):
    unit, other = make_unit(site), make_unit(make_site(zone))
    address, page = f"/api/v1/sites/{site.pk}/pictures", signed_in(client, steward)
    sent = {"kind": "plan", "caption": "三层平面", "unit_id": unit.pk}
    made = page.post(address, sent | {"file": SimpleUploadedFile("a.jpg", photo("JPEG"))})
    assert made.status_code == 201, made.content
    assert (made.json()["caption"], made.json()["unit_id"]) == ("三层平面", unit.pk)
    path = files.attachment_path(Picture.objects.get().file)
    assert b"MAKER-WORD" not in path.read_bytes()
    bad = page.post(address, {"file": SimpleUploadedFile("a.png", SCRIPT)})
    assert (bad.status_code, bad.json()["code"]) == (415, "svg_refused")
    elsewhere = page.post(address, {"unit_id": other.pk, "file": SimpleUploadedFile("a.png", PNG)})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "place_mismatch")
    assert page.post(address, {"floor_id": 999, "file": SimpleUploadedFile("a.png", PNG)}).status_code == 404
    assert Picture.objects.count() == 1
