"""The change log page, and the check of its chain."""

import pytest
from django.db import connection

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.models.append_only import install, remove
from zhuchao.apps.zones import services
from zhuchao.apps.zones.models import Department, Role


@pytest.fixture
def written(zone, admin):
    for name in ("招商办", "一分局", "二分局"):
        services.add_department(actor=admin, zone=zone, kind=Department.Kind.BRANCH, name=name)


def test_the_log_shows_who_did_what_with_its_digest(page, zone, admin, written):
    text = page.get("/settings/changes/").content.decode()
    change = Change.objects.filter(scope=zone.pk).order_by("seq").last()
    assert admin.display_name in text
    assert change.digest[:12] in text
    one = page.get(f"/settings/changes/{change.pk}/").content.decode()
    assert all(word in one for word in ("二分局", change.digest, change.previous))


def test_a_whole_chain_is_said_to_hold(page, written):
    assert "共 3 条，首尾相连" in page.get("/settings/changes/verify/").content.decode()


@pytest.mark.parametrize("fault", ["altered", "deleted"])
def test_a_broken_chain_is_named_by_its_first_broken_link(page, zone, written, fault):
    second = Change.objects.get(scope=zone.pk, seq=2)
    remove(connection, "core_change")
    try:
        if fault == "altered":
            Change.objects.filter(pk=second.pk).update(data={"name": "假"})
        else:
            second.touched.all().delete()
            second.delete()
    finally:
        install(connection, "core_change")
    assert "链在第 2 条断开" in page.get("/settings/changes/verify/").content.decode()


def test_the_log_is_narrowed_by_verb_and_thing(page, zone, admin, written):
    make_user(Role.LIAISON, zone=zone, phone="13812345678")
    services.add_sector(actor=admin, zone=zone, name="数字创意")
    sectors = page.get("/settings/changes/?of=sector").content.decode()
    assert "共 1 条" in sectors
    assert page.get("/settings/changes/?verb=nothing").status_code == 422


@pytest.mark.parametrize("role", [Role.PROMOTION_OFFICER, Role.ANALYST])
def test_who_may_not_read_the_log_gets_no_page_of_it(zone, written, client, role):
    browser = signed_in(client, make_user(role, zone=zone))
    change = Change.objects.filter(scope=zone.pk).first()
    for path in ("/settings/changes/", "/settings/changes/verify/"):
        assert browser.get(path).status_code == 403
    assert browser.get(f"/settings/changes/{change.pk}/").status_code == 404


def test_the_log_of_another_zone_is_not_shown(page, zone):
    other = make_zone()
    services.add_department(actor=None, zone=other, kind=Department.Kind.OFFICE, name="别处的招商办")
    change = Change.objects.get(scope=other.pk)
    assert page.get(f"/settings/changes/{change.pk}/").status_code == 404
    assert "共 0 条" in page.get("/settings/changes/").content.decode()


def test_an_auditor_exports_the_log_as_it_is_shown(zone, written, client):
    browser = signed_in(client, make_user(Role.AUDITOR, zone=zone))
    answer = browser.get("/settings/changes/?export=csv")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.count("\n") == 4


def test_the_content_of_a_change_is_shown_as_text_and_not_as_page(page, zone, admin):
    services.add_department(
        actor=admin, zone=zone, kind=Department.Kind.OFFICE, name="<script>alert(1)</script>"
    )
    change = Change.objects.filter(scope=zone.pk).last()
    text = page.get(f"/settings/changes/{change.pk}/").content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text
