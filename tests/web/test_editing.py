"""A form that acts, and two people who edit one row at once."""

import pytest
from django.test import Client

from tests.web.test_pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]

MINE = {"name": "西园", "kind": "park", "version": "2"}
URL = "/sites/edit/"


def test_a_form_acts_on_what_was_sent(browser: Client) -> None:
    assert text_of(browser.post(URL, MINE | {"version": "3"})) == "西园 park False"


def test_both_versions_stand_under_the_names_that_people_know(browser: Client) -> None:
    answer = browser.post(URL, MINE)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "在您编辑期间已被李四修改" in page
    for label in ("载体名称", "类型", "已开放", "占地面积"):
        assert f'<th scope="row">{label}</th>' in page
    assert "<span>是</span>" in page
    assert "area_m2</th>" not in page
    assert 'name="take-area_m2"' not in page  # no field of this form takes it
    assert 'name="take-kind" value="theirs" data-take="tower"' in page
    assert 'name="take-kind" value="mine" data-take="park"' in page
    assert 'value="西园"' in page


def test_the_next_save_is_against_the_version_that_was_shown(browser: Client) -> None:
    assert 'name="version" value="3"' in text_of(browser.post(URL, MINE))


def test_a_choice_for_the_other_version_counts_without_scripts(browser: Client) -> None:
    chosen = MINE | {"version": "3", "take-name": "mine", "take-kind": "theirs", "take-is_open": "theirs"}
    assert text_of(browser.post(URL, chosen)) == "西园 tower True"


def test_a_mistake_in_the_form_does_not_hide_that_it_is_old(browser: Client) -> None:
    answer = browser.post(URL, MINE | {"name": ""})
    assert answer.status_code == 422
    assert 'name="version" value="2"' in text_of(answer)


def test_a_version_that_is_no_number_is_one_that_no_row_has(browser: Client) -> None:
    assert browser.post(URL, MINE | {"version": "x"}).status_code == 409


def test_what_a_person_cannot_mend_goes_its_usual_way(browser: Client) -> None:
    answer = browser.post(URL, MINE | {"name": "没有"})
    assert answer.status_code == 404
    assert "找不到该载体" in text_of(answer)
