"""金牌店小二: one officer a project, what is open when it changes hands, a ranking that opens to its entries."""

from datetime import date

import pytest

from tests.factories import make_project, make_user, make_zone, passing_moment, signed_in
from zhuchao.apps.core.models import Change
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.projects import services
from zhuchao.apps.projects.selectors import officers as selectors
from zhuchao.apps.zones.models import Notice, Role
from zhuchao.apps.zones.selectors import today

YEAR = (date(2023, 1, 1), date(2023, 6, 15))


@pytest.fixture
def other(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="王接手")


@pytest.fixture
def busy(officer, project):
    services.add_milestone(actor=officer, project=project, name="封顶", planned_on=date(2023, 6, 1))
    done = services.add_milestone(actor=officer, project=project, name="桩基", planned_on=date(2023, 4, 1))
    services.meet_milestone(actor=officer, milestone=done, on=date(2023, 3, 30))
    services.record_stage(actor=officer, project=project, stage="signed", on=date(2023, 2, 1))
    services.add_investment(
        actor=officer, project=project, kind="arrived_funds", on=date(2023, 5, 1), amount_cny=1000
    )
    return project


@pytest.mark.document("0-24")
def test_a_hand_over_lists_what_is_open_tells_both_and_is_kept_with_its_reason(
    client, zone, officer, other, busy
):
    page, form = signed_in(client, officer), f"/projects/{busy.pk}/officer/"
    shown = page.get(form).content.decode()
    assert "计划节点：封顶" in shown
    assert "1 笔投资未核实" in shown
    passing_moment(zone)
    assert page.post(form, {"officer": other.pk}).status_code == 422, "a hand-over says why"
    assert page.post(form, {"officer": other.pk, "reason": "轮岗"}).status_code == 302
    busy.refresh_from_db()
    assert busy.officer == other, "a project has one officer"
    told = Notice.objects.filter(kind="projects.hand_over")
    assert {one.user for one in told} == {officer, other}
    assert "计划节点：封顶（2023-06-01）" in told[0].body
    assert Change.objects.get(verb="hand_over", data__has_key="open_items").data["open_items"]
    for person, said in ((other, "李店小二把高纯氢制备项目交接给您"), (officer, "交接给了王接手")):
        titles = [card.title for card in cards_for(person, zone)[0] if card.key.startswith("hand-over:")]
        assert len(titles) == 1
        assert said in titles[0]
    history = page.get(f"/projects/{busy.pk}/?tab=history").content.decode()
    assert "金牌店小二：王接手" in history
    assert "轮岗" in history


@pytest.mark.document("0-24")
def test_the_ranking_is_computed_from_entries_shows_its_formula_and_opens_to_them(page, zone, officer, busy):
    make_project(zone, name="无人负责的项目")
    ranking = page.get("/projects/officers/?from=2023-01-01&to=2023-06-15").content.decode()
    assert "1 个项目没有金牌店小二" in ranking
    assert "推进阶段 × 3" in ranking
    (score,) = selectors.officer_scores(officer, zone, *YEAR)
    assert (len(score.stages), len(score.on_time), len(score.overdue)) == (1, 1, 1)
    assert score.points(selectors.USUAL_WEIGHTS) == 3 + 2 - 2
    weighed = page.get("/projects/officers/?stages=50&overdue=0").content.decode()
    assert ">52</a>" in weighed
    opened = page.get(f"/projects/officers/{officer.pk}/?from=2023-01-01&to=2023-06-15").content.decode()
    for entry in ("签约", "桩基", "封顶"):
        assert entry in opened
    assert page.get("/projects/officers/987654321/").status_code == 404


def test_entries_stay_with_who_answered_on_their_day(zone, officer, other, busy):
    passing_moment(zone)
    services.hand_over_project(actor=officer, project=busy, officer=other, reason="轮岗")
    services.record_stage(actor=other, project=busy, stage="ready", on=today(zone))
    scores = {one.officer: one for one in selectors.officer_scores(officer, zone, *YEAR)}
    assert [entry.stage for entry in scores[officer].stages] == ["signed"]
    assert [entry.stage for entry in scores[other].stages] == ["ready"]
    assert (scores[officer].given, scores[other].taken) == (1, 1)
    assert (len(scores[officer].overdue), len(scores[other].overdue)) == (0, 1)


def test_another_zone_sees_nothing_of_the_officers(client, officer, busy):
    stranger = make_user(Role.ADMINISTRATOR, zone=make_zone())
    page = signed_in(client, stranger)
    assert officer.display_name not in page.get("/projects/officers/").content.decode()
    assert page.get(f"/projects/officers/{officer.pk}/").status_code == 404


def test_weights_that_are_none_are_left_as_they_were():
    said = selectors.weights_from({"stages": "x", "late": "-500", "overdue": "-7"})
    assert said == selectors.USUAL_WEIGHTS | {"overdue": -7}
