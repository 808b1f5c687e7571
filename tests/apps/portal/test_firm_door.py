"""The door of one firm: a link that opens once, shows one firm, and takes what the firm says as a proposal."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse

from tests.apps.portal.policies import TITLES, TODAY, Policies, make_policies, publish_rules
from tests.config.reading import Page, has_chinese
from tests.factories import make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.enterprises import services as firms
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import related_to
from zhuchao.apps.policies.models import Application, ApplicationState, FirmFact
from zhuchao.apps.policies.selectors.facts import facts_of
from zhuchao.apps.policies.services.facts import state_fact
from zhuchao.apps.portal import services
from zhuchao.apps.portal.errors import AlreadyDecided, LinkNotValid
from zhuchao.apps.portal.models import Door, Enquiry, FactProposal, FirmLink
from zhuchao.apps.portal.views import firm_door
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones.models import Role

OTHER = "密档丙企业"
SECRET = "73915"
PAGES = [
    pattern.name
    for pattern in get_resolver().url_patterns[0].url_patterns
    if str(pattern.pattern).startswith("firm/")
]
HOSTILE = "<script>alert(1)</script>"


@dataclass(frozen=True)
class Firms:
    """Two firms of one zone, one of which has a door."""

    shown: Policies
    firm: Enterprise
    other: Enterprise
    token: str
    link: FirmLink


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def reported(zone, name: str, revenue: int) -> Enterprise:  # type: ignore[no-untyped-def]
    firm = make_enterprise(zone, name=name, industry_code="C3962")
    firms.file_values(
        actor=None,
        enterprise=firm,
        period="year",
        on=date(2022, 12, 31),
        status="approved",
        values={"revenue": Decimal(revenue)},
    )
    return firm


@pytest.fixture
def two() -> Firms:
    shown = make_policies()
    publish_rules(shown)
    firm = reported(shown.zone, "青岚精密有限公司", 50_000_000)
    other = reported(shown.zone, f"{OTHER}有限公司", 739_150_000)
    state_fact(actor=None, enterprise=other, field="staff", value=SECRET, source="企业填报")
    link, token = services.make_link(actor=shown.owner, enterprise=firm, person="财务王经理")
    return Firms(shown, firm, other, token, link)


@pytest.fixture
def inside(client: Client, two: Firms) -> Client:
    """A browser that came by the link of the firm."""
    assert client.post(f"/firm/enter/{two.token}/").status_code == 302
    return client


def url_of(name: str) -> str:
    if name == "firm-enter":
        return reverse(name, args=["x.y"])
    return reverse(name, args=["rd"]) if name == "firm-fact" else reverse(name)


def test_a_link_opens_once_and_only_when_asked_to(client: Client, two: Firms):
    url = f"/firm/enter/{two.token}/"
    for _look in range(3):
        assert "只能打开一次" in client.get(url).content.decode()
    assert client.get("/firm/").status_code == 404
    assert client.post(url).status_code == 302
    page = client.get("/firm/").content.decode()
    assert "青岚精密有限公司" in page
    assert Client().post(url).status_code == 404
    assert Client().get(url).status_code == 404
    assert client.get("/firm/").status_code == 200
    assert [change.verb for change in Change.objects.filter(verb__endswith="_link").order_by("pk")] == [
        "make_link",
        "open_link",
    ]


def test_no_secret_is_kept_that_could_open_the_door(client: Client, two: Firms):
    client.post(f"/firm/enter/{two.token}/")
    two.link.refresh_from_db()
    said = f"{two.link.secret}{two.link.key}" + " ".join(str(one.data) for one in Change.objects.all())
    assert two.token.split(".")[0] not in said
    cookie = client.cookies[firm_door.COOKIE]
    assert (cookie["httponly"], cookie["path"], cookie["samesite"]) == (True, "/firm/", "Lax")


def test_a_link_that_is_past_or_taken_back_or_altered_opens_nothing(client: Client, two: Firms):
    with pytest.raises(LinkNotValid):
        services.open_link(token=two.token[:-1] + ("A" if two.token[-1] != "A" else "B"))
    services.revoke_link(actor=two.shown.owner, link=two.link)
    assert client.post(f"/firm/enter/{two.token}/").status_code == 404
    _link, later = services.make_link(actor=None, enterprise=two.firm, person="王", days=1)
    two.shown.zone.demo_day = TODAY + timedelta(days=2)
    two.shown.zone.save()
    assert client.post(f"/firm/enter/{later}/").status_code == 404


def test_taking_a_link_back_closes_the_door_at_once_and_so_does_leaving(inside: Client, two: Firms):
    services.revoke_link(actor=two.shown.owner, link=two.link)
    assert {inside.get(url_of(name)).status_code for name in PAGES} <= {404, 405}
    _link, token = services.make_link(actor=None, enterprise=two.firm, person="王")
    inside.post(f"/firm/enter/{token}/")
    assert inside.get("/firm/").status_code == 200
    assert inside.post("/firm/leave/").status_code == 200
    assert inside.get("/firm/").status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_without_a_link_there_is_no_page_of_any_firm(client: Client, two: Firms, name: str):
    signed_in(client, make_user(Role.ADMINISTRATOR, zone=two.shown.zone))
    for browser in (client, Client()):
        for method in ("get", "post"):
            assert getattr(browser, method)(url_of(name)).status_code in (404, 405)
    forged = Client()
    forged.cookies[firm_door.COOKIE] = f"{two.link.pk}.x:1:y"
    assert forged.get(url_of(name)).status_code in (404, 405)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_a_firm_says_a_word_of_another_whatever_is_asked(inside: Client, two: Firms, name: str):
    url = url_of(name)
    for query in (
        "",
        f"?firm={two.other.pk}",
        f"?enterprise={two.other.pk}&pk={two.other.pk}",
        f"?q={OTHER}",
    ):
        page = inside.get(f"{url}{query}").content.decode()
        assert OTHER not in page or f"?q={OTHER}" == query
        for secret in (SECRET, "73,915"):
            assert secret not in page
    if name != "firm-leave":
        sent = {"enterprise": two.other.pk, "firm": two.other.pk, "link": "1", "value": "3万元"}
        page = inside.post(url, sent).content.decode()
        assert OTHER not in page
        assert SECRET not in page
    assert not FactProposal.objects.filter(enterprise=two.other).exists()
    assert not Enquiry.objects.filter(enterprise=two.other).exists()


def test_a_key_of_one_link_does_not_open_another(inside: Client, two: Firms):
    other, token = services.make_link(actor=None, enterprise=two.other, person="李")
    services.open_link(token=token)
    with pytest.raises(LinkNotValid):
        services.see_link(pk=other.pk, key=two.token.split(".")[0])


def test_a_firm_sees_its_policies_with_clause_and_what_to_fill_in(inside: Client, two: Firms):
    page = inside.get("/firm/").content.decode()
    for words in (TITLES["research"], "第二条 “最高 20 万元。”", "去填写", "研发费用的 10%"):
        assert words in page, words
    assert TITLES["withheld"] not in page
    services.list_policy(actor=None, policy=two.shown.by_key["research"], is_withheld=True)
    assert TITLES["research"] not in inside.get("/firm/").content.decode()
    facts = inside.get("/firm/facts/").content.decode()
    assert "5,000.00 万元" in facts
    assert "2022" in facts


def test_a_correction_is_a_proposal_that_changes_nothing_until_an_officer_accepts_it(
    inside: Client, two: Firms
):
    answer = inside.post("/firm/facts/rd/", {"value": "200万元", "note": "2022 年审计报告"})
    assert answer.status_code == 302
    proposal = FactProposal.objects.get()
    assert (proposal.enterprise, proposal.before, proposal.state) == (two.firm, "", "waiting")
    assert not FirmFact.objects.filter(enterprise=two.firm).exists()
    card = f"proposal:{proposal.pk}"
    assert card in {one.key for one in cards_for(two.shown.owner, two.shown.zone)[0]}
    officer = signed_in(Client(), two.shown.owner)
    page = officer.get(f"/portal/proposals/{proposal.pk}/").content.decode()
    assert "200万元" in page
    assert officer.post(f"/portal/proposals/{proposal.pk}/accept/", {"reason": ""}).status_code == 302
    known = facts_of([two.firm], day=TODAY)[two.firm.pk]
    assert known.values["rd"] == Decimal(2_000_000)
    assert known.origins["rd"].said == "企业填报"
    assert card not in {one.key for one in cards_for(two.shown.owner, two.shown.zone)[0]}
    assert "已采纳" in inside.get("/firm/facts/").content.decode()
    with pytest.raises(AlreadyDecided):
        services.accept_proposal(actor=two.shown.owner, proposal=proposal)


def test_what_a_filing_says_is_not_overwritten_by_accepting(inside: Client, two: Firms):
    inside.post("/firm/facts/revenue/", {"value": "6000万元"})
    proposal = FactProposal.objects.get()
    assert proposal.before == "5,000.00 万元"
    page = signed_in(Client(), two.shown.owner).get(f"/portal/proposals/{proposal.pk}/").content.decode()
    assert "不会自动改动" in page
    services.accept_proposal(actor=two.shown.owner, proposal=proposal)
    assert facts_of([two.firm], day=TODAY)[two.firm.pk].values["revenue"] == Decimal(50_000_000)
    assert not FirmFact.objects.filter(enterprise=two.firm).exists()


def test_a_refusal_tells_the_firm_why_and_only_officers_of_filings_decide(inside: Client, two: Firms):
    inside.post("/firm/facts/staff/", {"value": "18人"})
    inside.post("/firm/facts/staff/", {"value": "19人"})
    old, new = FactProposal.objects.order_by("pk")
    assert (old.state, new.state) == ("replaced", "waiting")
    with pytest.raises(NotAllowed):
        services.accept_proposal(actor=make_user(Role.STEWARD, zone=two.shown.zone), proposal=new)
    with pytest.raises(WrongInput):
        services.refuse_proposal(actor=two.shown.owner, proposal=new, reason=" ")
    services.refuse_proposal(actor=two.shown.owner, proposal=new, reason="与参保人数不符")
    page = inside.get("/firm/facts/").content.decode()
    assert "与参保人数不符" in page
    assert "18人" not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("rd", "很多"), ("rd", HOSTILE), ("rd", "1e400元"), ("staff", ""), ("dishonest", "x" * 401)],
)
def test_what_cannot_be_a_value_is_refused_by_the_field(inside: Client, two: Firms, field: str, value: str):
    answer = inside.post(f"/firm/facts/{field}/", {"value": value})
    assert answer.status_code == 422
    assert HOSTILE not in answer.content.decode()
    assert not FactProposal.objects.exists()
    assert inside.get("/firm/facts/no-such-field/").status_code == 404


def test_hostile_text_of_a_firm_is_text_on_the_pages_of_officers(inside: Client, two: Firms):
    inside.post("/firm/facts/rd/", {"value": "200万元", "note": HOSTILE})
    inside.post("/firm/ask/", {"person": HOSTILE, "phone": "13800001234", "need": HOSTILE, "consent": "on"})
    officer = signed_in(Client(), two.shown.owner)
    for url in (
        "/portal/proposals/",
        f"/portal/proposals/{FactProposal.objects.get().pk}/",
        f"/portal/enquiries/{Enquiry.objects.get().pk}/",
        "/today/",
    ):
        assert HOSTILE not in officer.get(url).content.decode(), url


def test_a_question_of_a_firm_is_known_to_be_its_own_and_is_no_lead(inside: Client, two: Firms):
    sent = {
        "policy": two.shown.by_key["research"].pk,
        "person": "王经理",
        "phone": "13800001234",
        "need": "委外研发算不算？",
        "consent": "on",
    }
    answer = inside.post("/firm/ask/", sent)
    enquiry = Enquiry.objects.get()
    assert enquiry.number in answer.content.decode()
    assert (enquiry.enterprise, enquiry.link, enquiry.owner, Lead.objects.count()) == (
        two.firm,
        two.link,
        two.shown.owner,
        0,
    )
    page = signed_in(Client(), two.shown.owner).get(f"/portal/enquiries/{enquiry.pk}/").content.decode()
    assert "身份没有核实" not in page
    assert "企业专属链接" in page
    assert inside.post("/firm/ask/", sent | {"policy": 987654}).status_code == 422


def test_a_zone_without_a_public_door_answers_its_firms_all_the_same(inside: Client, two: Firms):
    Door.objects.all().delete()
    assert inside.get("/firm/").status_code == 200
    sent = {"person": "王", "phone": "13800001234", "need": "问", "consent": "on"}
    assert inside.post("/firm/ask/", sent).status_code == 200


def test_a_firm_follows_its_applications_and_sees_neither_drafts_nor_those_of_others(
    inside: Client, two: Firms
):
    policy = two.shown.by_key["research"]
    given = {
        "zone": two.shown.zone,
        "policy": policy,
        "version_of": policy.versions.get(),
        "state_since": TODAY,
    }
    for firm, number, state in (
        (two.firm, "SB-1", ApplicationState.REJECTED),
        (two.firm, "SB-2", ApplicationState.DRAFT),
        (two.other, "SB-3", ApplicationState.SUBMITTED),
    ):
        Application.objects.create(enterprise=firm, number=number, state=state, **given)
    page = inside.get("/firm/").content.decode()
    assert "SB-1" in page
    assert "不予通过" in page
    assert "SB-2" not in page
    assert "SB-3" not in page


def test_forms_of_a_firm_are_throttled(inside: Client, two: Firms, monkeypatch):
    monkeypatch.setattr(firm_door, "FROM_ONE_FIRM", 3)
    statuses = [inside.post("/firm/facts/rd/", {"value": f"{n + 1}万元"}).status_code for n in range(5)]
    assert statuses == [302, 302, 302, 429, 429]


def test_officers_make_see_and_take_back_links_on_the_page_of_the_firm(client: Client, two: Firms):
    page = signed_in(client, two.shown.owner)
    groups = {group.key: group.rows for group in related_to(two.shown.owner, two.firm)}
    assert groups["firm_links"][0].title == "财务王经理"
    made = page.post(f"/portal/firms/{two.firm.pk}/links/add/", {"person": "总经办", "days": "3"})
    assert "<svg" in made.content.decode()
    assert "/firm/enter/" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    listed = page.get(f"/portal/firms/{two.firm.pk}/links/").content.decode()
    assert "总经办" in listed
    assert "/firm/enter/" not in listed
    assert page.post(f"/portal/links/{two.link.pk}/revoke/").status_code == 302
    two.link.refresh_from_db()
    assert two.link.revoked_at is not None
    for values in ({"person": " ", "days": "3"}, {"person": "王", "days": "31"}):
        assert page.post(f"/portal/firms/{two.firm.pk}/links/add/", values).status_code == 422


def test_who_may_not_make_links_makes_none(two: Firms):
    for actor in (make_user(Role.ANALYST, zone=two.shown.zone), make_user(Role.LIAISON, zone=make_zone())):
        with pytest.raises((NotAllowed, NotFound)):
            services.make_link(actor=actor, enterprise=two.firm, person="王")
    with pytest.raises(NotAllowed):
        services.revoke_link(actor=make_user(Role.LEADER, zone=two.shown.zone), link=two.link)


def test_a_firm_that_was_merged_has_no_door_any_more(inside: Client, two: Firms):
    Enterprise.objects.filter(pk=two.firm.pk).update(merged_into=two.other)
    assert inside.get("/firm/").status_code == 404


def test_pages_are_private_small_and_without_scripts_in_both_languages(inside: Client, two: Firms):
    for language in ("zh-hans", "en"):
        for name in ("firm-home", "firm-facts", "firm-fact", "firm-ask"):
            answer = inside.get(url_of(name), headers={"accept-language": language})
            page = Page.read(answer.content.decode())
            assert (page.headings, page.language) == (1, language)
            assert b"<script" not in answer.content
            assert len(answer.content) < 60_000
            assert "no-store" in answer["Cache-Control"]
            assert "noindex" in answer["X-Robots-Tag"]
            if language == "en":
                buttons = [one for one in page.wording if one != "中文" and "政策" in one]
                assert not [one for one in buttons if has_chinese(one)], buttons
