"""我能享受吗: three answers for a firm that gives no name, and nothing kept of it unless it says so."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests.apps.portal.policies import (
    RESEARCH,
    TITLES,
    Policies,
    make_policies,
    publish_policy,
    publish_rules,
)
from tests.config.reading import Page, has_chinese
from tests.factories import make_user, signed_in
from zhuchao.apps.core.models import Change
from zhuchao.apps.portal import services
from zhuchao.apps.portal.models import AttemptCount, Door, Enquiry
from zhuchao.apps.portal.views import fit as views
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

FIT = "/p/hepan/policies/fit/"
SAID = {"industry": "C3962", "revenue": "5000万元", "rd": "150万元", "dishonest": "否"}
CONTACT = {
    "company": "青岚精密有限公司",
    "person": "周来访",
    "phone": "13800001234",
    "need": "",
    "consent": "on",
}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def shown() -> Policies:
    made = make_policies()
    publish_rules(made)
    return made


class Walk:
    """A visitor who answers what is asked: the last page, and what its form carries."""

    def __init__(self, client: Client, url: str = FIT) -> None:
        self.client, self.url = client, url
        self.take(client.get(url))

    def take(self, answer) -> "Walk":  # type: ignore[no-untyped-def]
        self.answer, self.status = answer, answer.status_code
        self.page = answer.content.decode()
        self.answers = _value(self.page, "answers")
        self.field = _value(self.page, "field")
        return self

    def send(self, *said: str, do: str = "answer", field: str = "") -> "Walk":
        sent = {"answers": self.answers, "field": field or self.field, "do": do, "answer": list(said)}
        return self.take(self.client.post(self.url, sent))

    def all(self, said: dict[str, str]) -> "Walk":
        """Answer every question; what is not in ``said`` is not known."""
        for _turn in range(20):
            if not self.field:
                return self
            self.send(said[self.field]) if self.field in said else self.send(do="unknown")
        raise AssertionError("it never ends")

    @property
    def groups(self) -> dict[str, set[str]]:
        """Return the titles under each answer on the page of the result."""
        found: dict[str, set[str]] = {}
        for part in self.page.split("<h2>")[1:]:
            if head := re.match(r"([^<]+) <small>", part):
                said = re.findall(r"<h3>(?:<a [^>]*>)?([^<]+)<", part)
                found[head[1]] = {key for key, title in TITLES.items() if title in said}
        return found


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def test_a_firm_answers_and_gets_three_answers_with_clause_amount_gap_and_what_is_missing(
    client: Client, shown: Policies
):
    walk = Walk(client).all(SAID | {"rd": "100万元", "staff": "20"})
    assert walk.groups == {
        "待核实": {"small", "titled"},
        "只差一项": {"research"},
    }
    for words in (
        "上年研发费用增加 50.00 万元，达到 150.00 万元，即符合",
        "2% （≥ 3%）",
        "第二条 “最高 20 万元。”",
        "还要知道：注册日期",
        "须人工核对",
    ):
        assert words in walk.page, words
    good = Walk(client).all(SAID | {"staff": "21", "established": "2022-01-01"})
    assert good.groups["符合"] == {"research"}
    assert "15.00 万元</b>" in good.page
    assert "研发费用的 10%" in good.page


def test_the_most_useful_question_comes_first_and_progress_says_how_much_is_settled(
    client: Client, shown: Policies
):
    walk = Walk(client)
    assert "已确定 0 / 3 项政策" in walk.page
    asked = []
    while walk.field:
        asked.append(walk.field)
        walk.send(do="unknown")
    assert len(asked) == len(set(asked)) == 7
    assert walk.groups == {"待核实": {"research", "small", "titled"}}
    walk = Walk(client)
    walk.send("F5211", field="industry")
    assert "已确定 1 / 3 项政策" in walk.page
    assert walk.field not in ("revenue", "rd", "dishonest")


def test_one_policy_asks_only_for_itself(client: Client, shown: Policies):
    walk = Walk(client, shown.url("small", "fit/"))
    assert walk.field in ("staff", "established")
    walk.all({"staff": "20 人", "established": "2021年5月20日"})
    assert walk.groups == {"符合": {"small"}}
    assert "5.00 万元" in walk.page
    assert "条件还不能在网上自测" in client.get(shown.url("open", "fit/")).content.decode()
    assert 'fit/"' in client.get(shown.url("small")).content.decode()
    assert 'fit/"' not in client.get(shown.url("open")).content.decode().replace(FIT, "")


def test_what_was_answered_can_be_changed_and_begun_again(client: Client, shown: Policies):
    walk = Walk(client, shown.url("small", "fit/")).all({"staff": "21", "established": "2022-01-01"})
    assert walk.groups == {"只差一项": {"small"}}
    walk.send(do="change:staff")
    assert walk.field == "staff"
    walk.send("20")
    assert walk.groups == {"符合": {"small"}}
    walk.send(do="restart")
    assert "已确定 0 / 1 项政策" in walk.page


def test_words_are_ticked_and_none_of_them_is_an_answer_too(client: Client, shown: Policies):
    walk = Walk(client, shown.url("titled", "fit/"))
    assert walk.field == "honours"
    assert walk.send().status == 422
    assert walk.send("-").groups == {"不符合": {"titled"}}
    walk = Walk(client, shown.url("titled", "fit/")).send("专精特新中小企业", "没有的称号")
    assert walk.groups == {"待核实": {"titled"}}
    assert "须由人认定" in walk.page


@pytest.mark.parametrize(
    ("field", "said", "why"),
    [
        ("revenue", "", "请填写或选择"),
        ("revenue", "5000", "请写明单位"),
        ("revenue", "很多", ""),
        ("revenue", HOSTILE, ""),
        ("revenue", "9" * 80 + "万元", ""),
        ("revenue", "1e400元", ""),
        ("revenue", "NaN元", ""),
        ("revenue", "5000㎡", ""),
        ("revenue", "revenue", ""),
        ("staff", "-3", ""),
        ("staff", "3.5", ""),
        ("established", "2023-02-30", ""),
        ("established", "昨天", ""),
        ("dishonest", "也许", ""),
        ("industry", "C", ""),
        ("industry", "Z99", ""),
    ],
)
def test_what_cannot_be_an_answer_is_said_by_the_field_and_never_shown_as_anything_but_text(
    client: Client, shown: Policies, field: str, said: str, why: str
):
    walk = Walk(client)
    if (field, said) == ("industry", "C"):
        assert walk.send(said, field=field).status == 200  # the policies ask for the letter alone
        return
    walk.send(said, field=field)
    assert walk.status == 422
    assert 'id="error"' in walk.page
    assert why in walk.page
    assert walk.field == field
    assert HOSTILE not in walk.page


def test_a_code_that_is_too_short_to_tell_is_not_taken(client: Client, shown: Policies):
    publish_policy(shown.zone, None, "exact", rules=RESEARCH.replace("'C%'", "'C396%'"))
    walk = Walk(client).send("C39", field="industry")
    assert walk.status == 422
    assert "请填到 3 位数字" in walk.page
    assert walk.send("C3962", field="industry").status == 200


def test_zero_by_zero_is_not_known_and_not_asked_again(client: Client, shown: Policies):
    walk = Walk(client, shown.url("research", "fit/"))
    walk.all({"industry": "C3962", "revenue": "0万元", "rd": "0万元", "dishonest": "否"})
    assert walk.groups == {"不符合": {"research"}}  # for the revenue; the share itself is not known
    said = walk.page.split("研发费用占营业收入 3% 以上")[1].split("</dt>")[0]
    assert "分母为零" in said


def test_answers_are_in_no_address_no_session_no_log_and_no_row(client: Client, shown: Policies, caplog):
    before = Change.objects.count()
    walk = Walk(client).all(SAID)
    assert walk.groups
    assert "5000" not in str(walk.answer.request["QUERY_STRING"])
    assert dict(client.session) == {}
    assert "5000" not in caplog.text
    assert Change.objects.count() == before
    assert not Enquiry.objects.exists()
    for row in AttemptCount.objects.all():
        assert re.fullmatch(r"[0-9a-f]{64}", row.key)
    assert "no-store" in walk.answer["Cache-Control"]


def test_answers_of_another_page_or_altered_ones_are_not_taken(client: Client, shown: Policies):
    walk = Walk(client).send("C3962", field="industry")
    other = Walk(client, shown.url("small", "fit/"))
    other.answers = walk.answers
    assert "行业" not in other.send(do="result", field="staff").page.split("<h1>")[1].split("<form")[0]
    walk.answers = walk.answers[:-1] + ("A" if walk.answers[-1] != "A" else "B")
    assert "C3962" not in walk.send(do="result").page
    assert client.post(FIT, {"answers": "x" * 5000, "do": "result"}).status_code == 200


def test_answers_are_kept_only_with_consent_and_reach_an_officer(client: Client, shown: Policies):
    walk = Walk(client).all(SAID)
    url = f"{FIT}keep/"
    refused = client.post(url, CONTACT | {"answers": walk.answers, "consent": ""})
    assert refused.status_code == 422
    assert "周来访" in refused.content.decode()
    assert not Enquiry.objects.exists()
    assert client.post(url, CONTACT | {"answers": walk.answers, "website": "x"}).status_code == 302
    assert not Enquiry.objects.exists()
    assert client.post(url, CONTACT | {"answers": walk.answers}).status_code == 302
    enquiry = Enquiry.objects.get()
    assert enquiry.answers["revenue"] == "50000000"
    assert (enquiry.kind, enquiry.owner) == (Enquiry.Kind.POLICY, shown.officer)
    assert "符合 1 项" in enquiry.need
    assert "50000000" not in " ".join(str(change.data) for change in Change.objects.all())
    assert "5000" not in Lead.objects.get().needs
    page = signed_in(client, shown.officer).get(f"/portal/enquiries/{enquiry.pk}/").content.decode()
    assert "上年营业收入" in page
    assert "5,000.00 万元" in page
    assert TITLES["research"] in page


def test_what_was_kept_is_deleted_on_request_and_when_its_time_is_over(client: Client, shown: Policies):
    def kept() -> Enquiry:
        walk = Walk(client).all(SAID)
        client.post(f"{FIT}keep/", CONTACT | {"answers": walk.answers})
        return Enquiry.objects.order_by("-pk")[0]

    first = kept()
    url = "/p/hepan/enquiry/forget/"
    assert client.post(url, {"number": first.number, "phone": "13800009999"}).status_code == 422
    assert Enquiry.objects.get(pk=first.pk).answers
    done = client.post(url, {"number": first.number.lower(), "phone": "138 0000 1234"})
    assert "已删除" in done.content.decode()
    first.refresh_from_db()
    assert (first.person, first.phone, first.answers, bool(first.forgotten_at)) == ("", "", {}, True)
    assert client.post(url, {"number": first.number, "phone": "13800001234"}).status_code == 422
    second = kept()
    Enquiry.objects.filter(pk=second.pk).update(
        received_at=zones.now(shown.zone) - timedelta(days=shown.door.keep_days + 1)
    )
    assert services.forget_contacts(zone=shown.zone) == 1
    assert Enquiry.objects.get(pk=second.pk).answers == {}


def test_an_officer_deletes_what_was_left_when_asked_to(client: Client, shown: Policies):
    walk = Walk(client).all(SAID)
    client.post(f"{FIT}keep/", CONTACT | {"answers": walk.answers})
    enquiry = Enquiry.objects.get()
    url = f"/portal/enquiries/{enquiry.pk}/forget/"
    stranger = Client()
    assert signed_in(stranger, make_user(Role.STEWARD, zone=shown.zone)).post(url).status_code == 403
    assert signed_in(client, shown.owner).post(url).status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.phone, enquiry.answers) == ("", {})


def test_a_flood_of_answers_is_throttled_and_nothing_typed_is_lost(
    client: Client, shown: Policies, monkeypatch
):
    monkeypatch.setattr(views, "FROM_ONE_ADDRESS", 3)
    walk = Walk(client).send("C3962", field="industry")
    statuses = [walk.send("x", field="revenue").status for _n in range(4)]
    assert statuses == [422, 422, 429, 429]
    assert "请稍后再试" in walk.page or "过多" in walk.page
    assert "已答 1 题" in walk.page


def test_only_public_policies_that_may_be_applied_for_are_asked_about(client: Client, shown: Policies):
    services.list_policy(actor=None, policy=shown.by_key["small"], is_withheld=True)
    assert "/ 2 项政策" in Walk(client).page
    assert client.get(shown.url("small", "fit/")).status_code == 404
    Door.objects.update(shows_policies=False)
    assert client.get(FIT).status_code == 404
    assert client.post(FIT, {}).status_code == 404
    assert client.post(f"{FIT}keep/", CONTACT).status_code == 404


def test_a_question_and_a_result_cost_the_same_for_many_policies(
    client: Client, shown: Policies, django_assert_max_num_queries
):
    for number in range(12):
        publish_policy(shown.zone, None, f"more-{number}", rules=RESEARCH)
    walk = Walk(client)
    with django_assert_max_num_queries(24):
        walk.send("C3962", field="industry")
    assert "/ 15 项政策" in walk.page
    with django_assert_max_num_queries(24):
        walk.send(do="result")
    assert len(walk.page) < 200_000


def test_the_questions_need_no_script_and_speak_both_languages(client: Client, shown: Policies):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    walk = Walk(client)
    for page in (walk.page, walk.all(SAID).page):
        assert "<script" not in page
        read = Page.read(page)
        assert (read.headings, read.language) == (1, "en")
        buttons = re.findall(r"<button[^>]*>([^<]+)</button>", page)
        assert not [one for one in buttons if has_chinese(one) and one != "中文"]
