"""The catalogue outside its pages: the public guide, the cards of 今日, the demo."""

from datetime import date

import pytest

from tests.apps.approvals.conftest import PAPERS
from tests.factories import signed_in
from zhuchao.apps.approvals.models import Case, LateNotice, MatterVersion, Theme
from zhuchao.apps.approvals.selectors.matter_versions import Paper
from zhuchao.apps.approvals.services.late import accept_late
from zhuchao.apps.approvals.services.matters import change_matter
from zhuchao.apps.approvals.services.matters_demo import show_matters
from zhuchao.apps.approvals.services.pledges import sign_pledge
from zhuchao.apps.desk.selectors.matter_cards import matter_cards
from zhuchao.apps.portal.models import Door

LATE = Paper("监理合同", is_main=False, may_be_late=True)


@pytest.fixture
def door(zone):
    return Door.objects.create(zone=zone, slug="shili", is_open=True)


def test_anybody_reads_how_a_matter_is_handled_and_only_open_ones(client, door, make_matter, make_theme):
    matter = make_matter("A", name="甲许可", documents=PAPERS)
    make_matter("B", name="乙许可", is_draft=True)
    theme = make_theme(matter)
    listed = client.get("/p/shili/guides/").content.decode()
    assert ("甲许可" in listed, "乙许可" in listed, theme.name in listed) == (True, False, True)
    page = client.get(f"/p/shili/guides/{matter.pk}/").content.decode()
    for words in ("示例审批局", "2 个工作日", "监理合同", "可以后补", "依据未核实", "综合窗口"):
        assert words in page
    assert "营业执照" in client.get(f"/p/shili/guides/themes/{theme.pk}/").content.decode()
    assert "甲许可" not in client.get("/p/shili/guides/?q=没有的").content.decode()
    change_matter(actor=None, matter=matter, version=None, is_open=False)
    assert client.get(f"/p/shili/guides/{matter.pk}/").status_code == 404
    assert client.get(f"/p/shili/guides/themes/{theme.pk}/").status_code == 404


def test_a_closed_door_shows_no_guide(client, zone, make_matter):
    matter = make_matter()
    Door.objects.create(zone=zone, slug="shut", is_open=False)
    assert client.get("/p/shut/guides/").status_code == 404
    assert client.get(f"/p/shut/guides/{matter.pk}/").status_code == 404


def test_today_shows_drafts_late_documents_and_pledges_to_whom_they_concern(
    make_case, make_matter, window, clerk, second, zone
):
    make_matter("A", is_draft=True)
    accept_late(
        actor=window, task=make_case(matter=make_matter("B", documents=(LATE,))).tasks.get(), promised_by="王"
    )
    pledged = make_matter("C", pledge_allowed=True, pledge_text="告知与承诺", check_working_days=2)
    sign_pledge(actor=window, task=make_case(matter=pledged).tasks.get(), signed_by="王", witness="钱")
    on = date(2026, 10, 9)
    keys = {who: {card.key.split(":")[0] for card in matter_cards(who, zone, on)} for who in (clerk, window)}
    assert keys == {clerk: {"late", "pledge"}, window: {"late"}}
    assert "matter-draft" in {card.key.split(":")[0] for card in matter_cards(second, zone, on)}


def test_the_demo_takes_the_catalogue_in_once_with_its_cases(zone, second, calendar):
    said = {
        "publisher": second.username,
        "cases": [
            {"title": "示例施工许可", "matter": "GJ-T18", "late": "孙示例",
             "handed": ["建设用地规划许可证", "建设工程规划许可证", "施工图审查合格书", "施工合同"]},
        ],
    }  # fmt: skip
    for _turn in range(2):
        show_matters(zone, said)
    assert set(MatterVersion.objects.values_list("state", flat=True)) == {"published"}
    assert (Theme.objects.count(), Case.objects.count()) == (2, 1)
    assert LateNotice.objects.get().documents == ["不动产权证书", "建设资金落实承诺书"]


def test_the_window_signs_in_and_sees_the_way_to_take_in(client, window, make_matter):
    make_matter()
    signed_in(client, window)
    assert "/approvals/intake/" in client.get("/approvals/matters/").content.decode()
