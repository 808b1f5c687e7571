"""Site inspections: photo, time and place from a phone; what does not fit is said; what is due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from tests.factories import make_project, make_user, make_zone, signed_in
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.photos import taken
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.projects import services as projects
from zhuchao.apps.projects.errors import InspectionExists
from zhuchao.apps.projects.models import Inspection, InspectionPhoto
from zhuchao.apps.projects.selectors import inspections as selectors
from zhuchao.apps.projects.services import inspections as services
from zhuchao.apps.zones.models import Role

NOON = datetime(2023, 6, 14, 4, 0, tzinfo=UTC)
HERE = {"longitude": Decimal("120.123456"), "latitude": Decimal("31.654321")}


def photo(name="现场.jpg", at="2023:06:14 12:05:00", place=(120, 31), colour="red"):
    """Return a JPEG as a phone makes it, with its time (Shanghai) and its place."""
    image = Image.new("RGB", (64, 48), colour)
    exif = Image.Exif()
    if at:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = at
    if place:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLongitudeRef: "E",
                ExifTags.GPS.GPSLongitude: (place[0], 7, 24.44),
                ExifTags.GPS.GPSLatitudeRef: "N",
                ExifTags.GPS.GPSLatitude: (place[1], 39, 15.56),
            }
        )
    made = BytesIO()
    image.save(made, format="JPEG", exif=exif)
    return SimpleUploadedFile(name, made.getvalue(), "image/jpeg")


@pytest.fixture
def inspect(officer, project):
    def run(*photos, findings="主体二层施工", at=NOON, **values):
        return services.add_inspection(
            actor=officer,
            project=project,
            findings=findings,
            inspected_at=at,
            photos=[(one.name, one) for one in photos],
            **(HERE | values),
        )

    return run


@pytest.mark.document("3-09")
def test_a_site_is_inspected_from_a_phone_with_photo_time_and_place(page, project):
    form = f"/projects/{project.pk}/inspections/add/"
    shown = page.get(form).content.decode()
    assert 'data-draft="inspection-' in shown, "what was typed is kept when the net drops"
    assert 'name="longitude"' in shown
    assert "data-undrafted" in shown, "where a person stands is not kept in the browser"
    data = {
        "findings": "主体二层施工",
        "stalled": "缺电缆",
        "on": "2023-06-14",
        "at": "12:00",
        "next_on": "2023-06-30",
    }
    data |= {"longitude": "120.1234560", "latitude": "31.654321", "accuracy_m": "12", "marks_place": "on"}
    answer = page.post(form, data | {"photos": [photo(), photo("二.jpg", colour="blue")]})
    entry = Inspection.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/inspections/{entry.pk}/")
    assert (entry.inspected_at, entry.longitude, entry.accuracy_m) == (NOON, HERE["longitude"], 12)
    first = selectors.photos_of(entry)[0]
    assert first.taken_at == datetime(2023, 6, 14, 4, 5, tzinfo=UTC)
    assert (first.longitude, first.latitude) == (Decimal("120.123456"), Decimal("31.654322"))
    detail = page.get(answer.url).content.decode()
    for said in ("2023-06-14 12:00", "缺电缆", "120.123456", "2023-06-30", "拍摄于 2023-06-14 12:05"):
        assert said in detail
    assert "需要核对" not in detail
    small = page.get(f"/inspections/photos/{first.pk}/?size=small")
    assert small["Content-Type"] == "image/jpeg"
    assert "现场踏勘" in page.get(f"/projects/{project.pk}/?tab=history&line=visit").content.decode()
    assert "缺电缆" in page.get("/inspections/?stalled=1").content.decode()


def test_what_does_not_fit_together_is_shown_and_not_hidden(page, project, inspect):
    inspect(marks_place=True, at=NOON - timedelta(days=9))
    entry = inspect(
        photo(at="2023:06:01 09:00:00", place=(121, 31)),
        photo(at="", place=None),
        longitude=Decimal("120.2"),
        latitude=Decimal("31.7"),
        at=NOON - timedelta(days=3),
    )
    said = page.get(f"/inspections/{entry.pk}/").content.decode()
    for doubt in (
        "天后才登记",
        "定位距项目位置 8.8 公里",
        "拍摄于 2023-06-01 09:00，与踏勘时间不符",
        "没有拍摄时间",
    ):
        assert doubt in said
    assert "第 1 张照片：拍摄位置距踏勘定位" in said


def test_a_phone_that_sends_twice_enters_one_inspection(inspect, project):
    inspect(photo())
    with pytest.raises(InspectionExists):
        inspect(photo(), at=NOON + timedelta(seconds=20))
    assert (Inspection.objects.count(), InspectionPhoto.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"findings": " "}, "现场情况"),
        ({"on": "2023-06-20"}, "不能晚于现在"),
        ({"longitude": "120.1", "latitude": ""}, "要么都填"),
        ({"longitude": "200", "latitude": "31"}, "180"),
        ({"next_on": "2023-06-01"}, "不能早于这次踏勘"),
        ({"marks_place": "on"}, "须先定位"),
        ({"photos": [SimpleUploadedFile("假.jpg", b"<html>no photo</html>")]}, "假.jpg"),
        ({"photos": [photo(f"{n}.jpg") for n in range(13)]}, "最多 12 张"),
    ],
)
def test_what_cannot_be_is_refused_on_the_form_and_nothing_is_kept(page, project, said, word):
    data = {"findings": "主体施工", "on": "2023-06-14", "at": "12:00"} | said
    answer = page.post(f"/projects/{project.pk}/inspections/add/", data)
    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert not Inspection.objects.exists()
    assert not InspectionPhoto.objects.exists()


def test_a_correction_keeps_the_photos_and_a_void_takes_it_off_the_list(page, officer, inspect):
    entry = inspect(photo())
    form = f"/inspections/{entry.pk}/correct/"
    data = {"findings": "主体三层施工", "on": "2023-06-13", "at": "10:00"}
    assert page.post(form, data).status_code == 422, "a correction says why"
    assert page.post(form, data | {"reason": "记错日期"}).status_code == 302
    corrected = selectors.visible_inspections(officer).live().get()
    assert (corrected.happened_on, len(selectors.photos_of(corrected))) == (date(2023, 6, 13), 1)
    page.post(f"/inspections/{corrected.pk}/void/", {"reason": "走错项目"})
    assert not selectors.visible_inspections(officer).live().exists()
    assert Change.objects.filter(verb="void_inspection").count() == 1


def test_more_photos_are_added_later(page, inspect):
    entry = inspect()
    assert page.post(f"/inspections/{entry.pk}/photos/add/", {"photos": photo()}).status_code == 302
    assert len(selectors.photos_of(entry)) == 1


def test_a_photo_that_says_nonsense_of_its_time_says_nothing(tmp_path):
    path = tmp_path / "x.jpg"
    path.write_bytes(photo(at="0000:00:00 00:00:00", place=None).read())
    assert taken(path).at is None
    path.write_bytes(b"no photo at all")
    assert taken(path).at is None


def test_a_site_not_inspected_for_longer_than_the_zones_interval_is_on_todays_page(
    zone, officer, project, inspect
):
    projects.record_stage(actor=officer, project=project, stage="signed", on=date(2023, 5, 1))

    def due():
        return [card.key for card in cards_for(officer, zone)[0] if card.key.startswith("inspection:")]

    assert due() == [], "45 days are within the usual 90"
    services.set_inspection_interval(actor=officer, zone=zone, days=30)
    assert due() == [f"inspection:{project.pk}:20230531"]
    inspect()
    assert due() == []
    services.set_inspection_interval(actor=officer, zone=zone, days=400)
    inspect(at=NOON + timedelta(hours=1), next_on=date(2023, 6, 14))
    assert due() == [f"inspection:{project.pk}:20230614"], "the day that was named comes first"


def test_the_list_of_what_is_due_tells_who_was_never_inspected(page, zone, officer, project):
    projects.record_stage(actor=officer, project=project, stage="signed", on=date(2023, 1, 2))
    make_project(zone, name="还没签约的项目")
    shown = page.get("/inspections/due/?overdue=1").content.decode()
    assert project.name in shown
    assert "2023-04-02" in shown
    assert "还没签约的项目" not in shown
    assert page.post("/inspections/interval/", {"days": "300"}).status_code == 302
    assert project.name not in page.get("/inspections/due/?overdue=1").content.decode()


def test_who_may_not_inspect_is_refused_and_another_zone_sees_no_photo(client, zone, project, inspect):
    entry = inspect(photo())
    one = selectors.photos_of(entry)[0]
    clerk = signed_in(client, make_user(Role.WINDOW_CLERK, zone=zone))
    assert clerk.get(f"/projects/{project.pk}/inspections/add/").status_code == 403
    client.logout()
    stranger = signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone()))
    for url in (f"/inspections/{entry.pk}/", f"/inspections/photos/{one.pk}/"):
        assert stranger.get(url).status_code == 404


def test_the_api_enters_lists_and_voids(client, officer, zone, project):
    caller = signed_in(client, officer)
    body = {
        "findings": "桩基施工",
        "inspected_at": "2023-06-14T12:00:00+08:00",
        "longitude": "120.1",
        "latitude": "31.6",
    }
    made = caller.post(f"/api/v1/projects/{project.pk}/inspections", body, content_type="application/json")
    assert (made.status_code, made.json()["on"]) == (201, "2023-06-14")
    assert len(caller.get(f"/api/v1/inspections?zone={zone.code}").json()["items"]) == 1
    naive = body | {"inspected_at": "2023-06-14T13:00:00"}
    assert (
        caller.post(
            f"/api/v1/projects/{project.pk}/inspections", naive, content_type="application/json"
        ).status_code
        == 422
    )
    void = f"/api/v1/inspections/{made.json()['id']}/void"
    assert caller.post(void, {"reason": "重复"}, content_type="application/json").status_code == 201
