"""The public policy pages: what is in force and what is only kept to read, found, counted, and asked about."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests.apps.portal.policies import OWNER, TITLES, TODAY, Policies, make_policies
from tests.config.reading import Page, has_chinese
from tests.factories import make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.enterprises.selectors import related_to
from zhuchao.apps.portal import selectors, services
from zhuchao.apps.portal.models import Door, Enquiry
from zhuchao.apps.portal.services.enquiries import FROM_ONE_ADDRESS
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones.models import Role

CURRENT = ("open", "soon", "closed", "year")
HIDDEN = ("draft", "withheld")
MINUTE = re.compile(r"\d\d:\d\d")
QUESTION = {
    "company": "青岚精密有限公司",
    "person": "周来访",
    "phone": "13800001234",
    "need": "我们租的是二房东的房子，算不算？",
    "consent": "on",
}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def shown() -> Policies:
    return make_policies()


def text(client: Client, url: str, status: int = 200, **headers: str) -> str:
    answer = client.get(url, headers=headers or None)
    assert answer.status_code == status, url
    return answer.content.decode()


def said_in(page: str) -> set[str]:
    return {key for key, title in TITLES.items() if title in page}


def test_only_policies_in_force_are_listed_and_expired_ones_stand_in_the_archive(
    client: Client, shown: Policies
):
    assert said_in(text(client, "/p/hepan/policies/")) == set(CURRENT)
    archive = text(client, "/p/hepan/policies/archive/")
    assert said_in(archive) == {"expired"}
    assert "都已失效" in archive
    page = text(client, shown.url("expired"))
    assert "已于 2023-03-31 失效" in page
    assert "enquiry/" not in page
    assert "noindex" in page


def test_those_that_close_next_come_first_and_say_the_days_left(client: Client, shown: Policies):
    page = text(client, "/p/hepan/policies/")
    assert [page.index(TITLES[key]) for key in ("open", "year", "soon", "closed")] == sorted(
        page.index(TITLES[key]) for key in CURRENT
    )
    for words in ("还有 15 天", "常年受理", "2023-07-01 开始申报"):
        assert words in page
    shown.zone.demo_day = TODAY + timedelta(days=15)
    shown.zone.save()
    assert "今天截止" in text(client, shown.url("open"))
    shown.zone.demo_day = TODAY + timedelta(days=16)
    shown.zone.save()
    assert "本轮申报已截止" in text(client, shown.url("open"))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("q=入驻", {"open"}),
        ("q=szcy", {"open"}),
        ("q=首店开业奖励的企业", {"soon"}),
        ("q=示例〔2023〕year", {"year"}),
        ("level=city", {"year"}),
        ("department=市工信局", {"year"}),
        ("industry=文旅", {"soon", "closed", "year"}),
        ("audience=小微企业", set(CURRENT)),
        ("standing=open", {"open", "year"}),
        ("standing=open&industry=文旅", {"year"}),
        ("q=旧房租减免", set()),
        ("q=内部掌握", set()),
        ("q=上云补贴", set()),
        ("standing=expired", set(CURRENT)),
        ("level=nowhere&page=x", set(CURRENT)),
        ("q=%00", set(CURRENT)),
    ],
)
def test_policies_are_found_by_word_pinyin_clause_and_filter_and_no_other_ever(
    client: Client, shown: Policies, query: str, wanted: set[str]
):
    assert said_in(text(client, f"/p/hepan/policies/?{query}")) == wanted


def test_a_policy_page_quotes_the_clauses_and_says_when_its_source_was_not_checked(
    client: Client, shown: Policies
):
    page = text(client, shown.url("open"))
    for words in (
        "第二条",
        "最高 20 万元。",
        "来源未核实",
        "示例〔2023〕open号",
        "还有 15 天截止",
        "2023-08-31",
    ):
        assert words in page, words
    checked = text(client, shown.url("year"))
    assert "未核实" not in checked
    assert "2023-05-01" in checked
    for said in (page, checked, text(client, "/p/hepan/policies/")):
        assert OWNER not in said
        assert "13900007316" not in said


def test_what_is_not_public_looks_like_what_is_not_there(client: Client, shown: Policies):
    elsewhere = make_policies_of_another_zone()
    guesses = [*(shown.by_key[key].pk for key in HIDDEN), elsewhere, 987654321]
    for end in ("", "sheet/", "enquiry/", "qr.svg", "dates.ics"):
        answers = [client.get(f"/p/hepan/policies/{pk}/{end}") for pk in guesses]
        assert {answer.status_code for answer in answers} == {404}
        said = {tuple(words_of(answer.content.decode())) for answer in answers}
        assert len(said) == 1, said


def words_of(page: str) -> list[str]:
    """Return what a page says, without the minute in which it was made."""
    return [word for word in Page.read(page).words if not MINUTE.search(word)]


def make_policies_of_another_zone() -> int:
    from tests.apps.portal.policies import publish_policy

    zone = make_zone()
    Door.objects.create(zone=zone, slug="elsewhere", is_open=True, shows_policies=True)
    return publish_policy(zone, None, "other").pk


@pytest.mark.parametrize("closed", [{"is_open": False}, {"shows_policies": False}])
def test_nothing_is_public_before_the_door_is_open_and_shows_policies(
    client: Client, shown: Policies, closed: dict[str, bool]
):
    Door.objects.update(**closed)
    for url in (
        "/p/hepan/policies/",
        "/p/hepan/policies/archive/",
        "/p/hepan/policies/calendar/",
        "/p/hepan/policies/calendar.ics",
        shown.url("open"),
        shown.url("open", "enquiry/"),
    ):
        assert client.get(url).status_code == 404, url


def test_only_an_administrator_makes_policies_public_and_keeps_one_back(client: Client, shown: Policies):
    administrator = make_user(Role.ADMINISTRATOR, zone=shown.zone)
    for verb in (
        lambda actor: services.show_policies(actor=actor, door=shown.door, shows=False),
        lambda actor: services.list_policy(actor=actor, policy=shown.by_key["open"], is_withheld=True),
    ):
        with pytest.raises(NotAllowed):
            verb(shown.officer)
    page = signed_in(client, administrator)
    assert "内部掌握的扶持办法" in text(page, "/portal/policies/?public=no")
    url = f"/portal/policies/{shown.by_key['open'].pk}/"
    assert page.post(url, {"is_withheld": "on"}).status_code == 302
    assert client.get(shown.url("open")).status_code == 404
    assert page.post(url, {}).status_code == 302
    assert client.get(shown.url("open")).status_code == 200
    assert "5 项" in text(page, "/portal/policies/show/")
    assert page.post("/portal/policies/hide/").status_code == 302
    assert client.get("/p/hepan/policies/").status_code == 404
    assert page.post("/portal/policies/show/").status_code == 302
    assert "公开 5 项" in text(page, "/portal/")


def test_the_calendar_and_its_feed_hold_public_days_only(client: Client, shown: Policies):
    page = text(client, "/p/hepan/policies/calendar/")
    assert "2023-08-31" in page
    answer = client.get("/p/hepan/policies/calendar.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    feed = answer.content.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20230630" in feed
    assert f"http://testserver{shown.url('open')}" in feed
    for said in (page, feed):
        assert TITLES["withheld"] not in said
        assert TITLES["draft"] not in said
    own = client.get(shown.url("soon", "dates.ics")).content.decode()
    assert own.count("BEGIN:VEVENT") == 2
    assert "20230701" in own


def test_every_policy_has_a_code_and_a_sheet_that_bears_it(client: Client, shown: Policies):
    answer = client.get(shown.url("open", "qr.svg"))
    assert answer["Content-Type"] == "image/svg+xml"
    sheet = text(client, shown.url("open", "sheet/"))
    for words in ("<svg", "0512-67201234", "最高 20 万元。", "来源未核实"):
        assert words in sheet


def test_a_question_about_a_policy_waits_for_its_owner_and_an_unknown_firm_is_a_lead(
    client: Client, shown: Policies
):
    assert "area_m2" not in text(client, shown.url("open", "enquiry/"))
    assert client.post(shown.url("open", "enquiry/"), QUESTION).status_code == 302
    enquiry = Enquiry.objects.get()
    assert (enquiry.policy, enquiry.owner, enquiry.enterprise) == (
        shown.by_key["open"],
        shown.owner,
        None,
    )
    lead = Lead.objects.get()
    assert (lead.owner, enquiry.lead) == (shown.owner, lead)
    assert TITLES["open"] in lead.source_note
    key = f"enquiry:{enquiry.pk}"
    assert key in {card.key for card in cards_for(shown.owner, shown.zone)[0]}
    assert key not in {card.key for card in cards_for(shown.officer, shown.zone)[0]}
    Enquiry.objects.update(received_at=enquiry.received_at - timedelta(days=1))
    assert key in {card.key for card in cards_for(shown.officer, shown.zone)[0]}
    page = signed_in(client, shown.owner)
    assert "138****1234" in text(page, f"/portal/enquiries/{enquiry.pk}/")
    assert page.post(f"/portal/enquiries/{enquiry.pk}/answer/", {"answer": "已回电"}).status_code == 302


def test_a_firm_of_the_register_becomes_no_lead_and_its_page_shows_the_question(
    client: Client, shown: Policies
):
    firm = make_enterprise(shown.zone, name="青岚精密有限公司", normal_name="青岚精密")
    client.post(shown.url("open", "enquiry/"), QUESTION)
    enquiry = Enquiry.objects.get()
    assert (enquiry.enterprise, enquiry.lead, Lead.objects.count()) == (firm, None, 0)
    groups = {group.key: group.rows for group in related_to(shown.owner, firm)}
    assert groups["policy_enquiries"][0].title == TITLES["open"]
    assert "身份没有核实" in text(signed_in(client, shown.owner), f"/portal/enquiries/{enquiry.pk}/")


def test_a_question_on_premises_is_no_matter_for_who_only_answers_on_policies(shown: Policies):
    given = {"company": "青岚", "person": "周", "phone": "13800001234", "need": "车间"}
    enquiry = services.ask(door=shown.door, unit=None, **given)
    assert f"enquiry:{enquiry.pk}" not in {card.key for card in cards_for(shown.owner, shown.zone)[0]}


def test_an_owner_who_left_gets_no_question(shown: Policies):
    shown.owner.memberships.all().delete()
    given = {"company": "青岚", "person": "周", "phone": "13800001234", "need": "问"}
    asked = services.ask(door=shown.door, unit=None, policy=shown.by_key["open"], **given)
    assert asked.owner == shown.officer


def test_questions_are_throttled_and_programs_are_thanked(client: Client, shown: Policies):
    url = shown.url("open", "enquiry/")
    assert client.post(url, QUESTION | {"website": "x"}).status_code == 302
    assert not Enquiry.objects.exists()
    answers = [client.post(url, QUESTION).status_code for _n in range(FROM_ONE_ADDRESS + 1)]
    assert answers == [302] * FROM_ONE_ADDRESS + [429]


def test_pages_are_small_whole_without_scripts_and_in_both_languages(client: Client, shown: Policies):
    for language in ("zh-hans", "en"):
        for url in (
            "/p/",
            "/p/hepan/policies/",
            "/p/hepan/policies/archive/",
            "/p/hepan/policies/calendar/",
            shown.url("open"),
            shown.url("expired"),
            shown.url("open", "sheet/"),
            shown.url("open", "enquiry/"),
        ):
            answer = client.get(url, headers={"accept-language": language})
            page = Page.read(answer.content.decode())
            assert (page.headings, page.language) == (1, language), url
            assert len(answer.content) < 50_000, url
            assert b"<script" not in answer.content
            if language == "en":
                wording = [one for one in page.wording if one != "中文"]
                assert not any(has_chinese(one) for one in wording), (url, wording)


def test_a_list_costs_the_same_for_many_policies(
    client: Client, shown: Policies, django_assert_max_num_queries
):
    from tests.apps.portal.policies import publish_policy

    for number in range(12):
        publish_policy(shown.zone, None, f"more-{number}")
    with django_assert_max_num_queries(8):
        client.get("/p/hepan/policies/?q=补贴&standing=open")


def test_a_zone_without_public_policies_has_no_policy_door(shown: Policies):
    Door.objects.update(shows_policies=False)
    with pytest.raises(NotFound):
        selectors.policy_door("hepan")
