"""What a firm gave once is kept, used again under its consent, and not asked again."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import (
    AlreadyReplaced,
    FileTypeRefused,
    NotAllowed,
    NotFound,
    ReasonNeeded,
    Stale,
    WrongInput,
)
from zhuchao.apps.core.models import Attachment, Change
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.desk.selectors.search import search_everything
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.enterprises import services
from zhuchao.apps.enterprises.errors import ConsentMissing, DocumentNotInUse, DocumentStands
from zhuchao.apps.enterprises.models import DocumentConsent, DocumentUse, FirmDocument
from zhuchao.apps.enterprises.selectors import vault
from zhuchao.apps.enterprises.services.ledgers import DOCUMENTS
from zhuchao.apps.zones.models import Role

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TODAY = date(2026, 3, 2)
MATTER = "建筑工程施工许可"
Standing = FirmDocument.Standing


@pytest.fixture(autouse=True)
def _today(zone):
    zone.demo_day, zone.demo_started_at = TODAY, timezone.now()
    zone.save()


@pytest.fixture
def firm(add):
    return add()


@pytest.fixture
def give(firm, officer):
    """Return a function that takes a document into the firm's vault."""

    def make(kind="permit", **values):
        said = {"number": "许-001", "valid_to": date(2026, 12, 31), "received_on": date(2025, 6, 1)} | values
        return services.add_document(actor=officer, enterprise=firm, kind=kind, **said)

    return make


def consent(officer, firm, **values):
    said = {"matter": MATTER, "given_by": "赵某", "means": "spoken", "until": date(2026, 12, 31)}
    said |= {"evidence_note": "2026-03-01 电话，李专员听取", "on": date(2026, 3, 1)}
    return services.give_consent(actor=officer, enterprise=firm, **said | values)


def use(officer, document, **values):
    said = {"matter": MATTER, "subject": "一期厂房"} | values
    return services.use_document(actor=officer, document=document, **said)


def paper(name="许可证.pdf", content=PDF):
    return SimpleUploadedFile(name, content, "application/pdf")


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "standing"),
    [
        (None, None, Standing.VALID),
        (None, TODAY + timedelta(days=31), Standing.VALID),
        (None, TODAY + timedelta(days=30), Standing.EXPIRING),
        (None, TODAY, Standing.EXPIRING),
        (None, TODAY - timedelta(days=1), Standing.EXPIRED),
        (TODAY + timedelta(days=1), None, Standing.NOT_YET),
        (TODAY, None, Standing.VALID),
    ],
)
def test_a_document_stands_by_its_first_and_last_day(give, zone, officer, valid_from, valid_to, standing):
    document = give(valid_from=valid_from, valid_to=valid_to)
    assert document.standing_on(TODAY) == standing
    for each in (one for one in Standing if one not in (Standing.REPLACED, Standing.WITHDRAWN)):
        found = vault.in_standing(vault.visible_documents(officer), each, TODAY)
        assert found.exists() is (each == standing)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"kind": "passport"}, "kind"),
        ({"kind": "other"}, "title"),
        ({"valid_from": date(2027, 1, 1)}, "valid_to"),
        ({"number": "长" * 61}, "number"),
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
    ],
)
def test_a_document_said_wrongly_is_refused_and_leaves_nothing(give, values, named):
    with pytest.raises(WrongInput) as caught:
        give(**values)
    assert caught.value.data["name"] == named
    assert not FirmDocument.objects.exists()
    assert not Change.objects.filter(verb="add", data__has_key="kind").exists()


def test_a_number_of_a_kind_is_in_use_once_and_the_database_says_so_too(give, firm, zone):
    give()
    with pytest.raises(DocumentStands):
        give()
    with pytest.raises(IntegrityError), transaction.atomic():
        FirmDocument.objects.create(
            zone=zone, enterprise=firm, kind="permit", number="许-001", received_on=TODAY
        )
    give(kind="audit")


def test_a_newer_document_takes_the_place_of_the_old_one_which_stays_readable(give, officer, firm):
    old = give(valid_to=date(2026, 3, 20))
    new = give(valid_to=date(2029, 3, 20), received_on=TODAY, replaces=old)
    old.refresh_from_db()
    assert (old.state, old.ended_on, new.replaces) == ("replaced", TODAY, old)
    assert old.standing_on(TODAY) == Standing.REPLACED
    assert old.serves_on(TODAY - timedelta(days=1))
    assert [one.pk for one in vault.documents_for(officer, firm, ["permit"]).valid] == [new.pk]
    before = vault.documents_for(officer, firm, ["permit"], TODAY - timedelta(days=1))
    assert [one.pk for one in before.valid] == [old.pk]
    with pytest.raises(DocumentNotInUse):
        give(number="许-002", replaces=old)
    with pytest.raises(WrongInput):
        give(kind="audit", number="审-1", replaces=new)


def test_a_withdrawn_document_serves_no_more_and_says_why(give, officer, firm):
    document = give()
    with pytest.raises(ReasonNeeded):
        services.withdraw_document(actor=officer, document=document, reason=" ")
    services.withdraw_document(actor=officer, document=document, reason="企业要求撤回")
    document.refresh_from_db()
    assert (document.state, document.end_reason) == ("withdrawn", "企业要求撤回")
    consent(officer, firm)
    with pytest.raises(DocumentNotInUse):
        use(officer, document)
    with pytest.raises(DocumentNotInUse):
        services.withdraw_document(actor=officer, document=document, reason="再来")
    with pytest.raises(DocumentNotInUse):
        services.edit_document(actor=officer, document=document, issuer="x")


def test_two_people_who_edit_one_document_are_shown_both_versions(give, officer):
    document = give()
    services.edit_document(actor=officer, document=document, seen_version=1, issuer="市场监管局")
    with pytest.raises(Stale) as caught:
        services.edit_document(actor=officer, document=document, seen_version=1, issuer="审批局")
    assert caught.value.data["theirs"]["issuer"] == "市场监管局"


def test_what_is_valid_expiring_and_missing_of_the_kinds_asked_for(
    give, firm, officer, django_assert_max_num_queries
):
    lasting = give("licence", number="照-1", valid_to=None)
    soon = give("permit", valid_to=TODAY + timedelta(days=10))
    gone = give("audit", number="审-2024", valid_to=TODAY - timedelta(days=1))
    give("tax", number="不问", valid_to=None)
    with django_assert_max_num_queries(4):
        found = vault.documents_for(officer, firm, ["licence", "permit", "audit", "safety"])
    assert set(found.valid) == {lasting, soon}
    assert found.expiring == (soon,)
    assert [(one.kind, one.last) for one in found.missing] == [("audit", gone), ("safety", None)]


def test_a_merged_firms_documents_are_its_survivors(give, firm, add, officer):
    document = give()
    kept = add("苏州苏鲲电子有限公司")
    services.merge_enterprises(actor=officer, survivor=kept, merged=firm)
    assert vault.documents_for(officer, kept, ["permit"]).valid == (document,)
    consent(officer, kept)
    use(officer, document)
    assert vault.saved_of(officer, [kept.pk, firm.pk]) == 1


@pytest.mark.document("0-29")
def test_the_second_matter_asks_for_no_document_that_is_valid_already_and_the_counter_says_so(
    give, firm, officer, zone, browser
):
    """The first matter brings three documents; the second, with consent, asks for none of them."""
    kinds = ["licence", "permit", "audit"]
    assert [one.kind for one in vault.documents_for(officer, firm, kinds).missing] == kinds
    given = [give(kind, number=f"{kind}-1", received_on=TODAY) for kind in kinds]
    for document in given:
        use(officer, document, matter="企业投资项目备案", subject="一期备案", came_with=True)
    assert vault.saved_of(officer, [firm.pk]) == 0

    consent(officer, firm)
    holding = vault.documents_for(officer, firm, kinds)
    assert holding.missing == ()
    for document in holding.valid:
        use(officer, document)
    assert vault.saved_of(officer, [firm.pk]) == 3
    assert vault.saved_by_month(officer, zone) == [(date(2026, 3, 1), 3)]
    assert vault.saved_by_firm(officer, zone) == [(firm.pk, firm.name, 3)]
    page = browser.get(reverse("firm-document-saved")).content.decode()
    opens = f"{reverse('firm-document-use-list')}?on=2026-03-01..2026-03-31"
    assert opens in page
    entries = browser.get(opens).content.decode()
    assert entries.count("一期厂房") == 3
    assert "一期备案" not in entries


def test_a_document_is_used_only_for_the_matter_and_the_time_that_the_firm_agreed_to(give, firm, officer):
    document = give()
    with pytest.raises(ConsentMissing):
        use(officer, document)
    consent(officer, firm, kind="audit")
    with pytest.raises(ConsentMissing):
        use(officer, document)
    given = consent(officer, firm, kind="permit", on=TODAY)
    with pytest.raises(ConsentMissing):
        use(officer, document, matter="其他事项")
    with pytest.raises(ConsentMissing):
        use(officer, document, on=TODAY - timedelta(days=1))
    assert use(officer, document).consent == given
    assert DocumentUse.objects.count() == 1


def test_a_consent_taken_back_or_run_out_opens_nothing_more_and_past_uses_stay(give, firm, officer):
    document = give()
    given = consent(officer, firm)
    use(officer, document)
    with pytest.raises(ReasonNeeded):
        services.withdraw_consent(actor=officer, consent=given, reason="")
    services.withdraw_consent(actor=officer, consent=given, reason="企业来函撤回")
    with pytest.raises(AlreadyReplaced):
        services.withdraw_consent(actor=officer, consent=given, reason="再来")
    consent(officer, firm, until=TODAY - timedelta(days=1))
    with pytest.raises(ConsentMissing):
        use(officer, document, subject="二期厂房")
    assert vault.saved_of(officer, [firm.pk]) == 1


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"means": "paper"}, "evidence"),
        ({"evidence_note": " "}, "evidence_note"),
        ({"until": date(2026, 2, 1)}, "until"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"matter": " "}, "matter"),
        ({"given_by": ""}, "given_by"),
        ({"means": "guess"}, "means"),
        ({"kind": "passport"}, "kind"),
    ],
)
def test_a_consent_that_does_not_show_how_it_was_given_is_refused(firm, officer, values, named):
    with pytest.raises(WrongInput) as caught:
        consent(officer, firm, **values)
    assert caught.value.data["name"] == named
    assert not DocumentConsent.objects.exists()


def test_the_same_thing_uses_a_document_once_and_a_mistaken_use_leaves_the_count(give, firm, officer):
    document = give()
    consent(officer, firm)
    first = use(officer, document, thing="approvals.case", row_id=7)
    assert use(officer, document, thing="approvals.case", row_id=7, subject="改了名字") == first
    plain = use(officer, document)
    assert use(officer, document) == plain
    assert vault.saved_of(officer, [firm.pk]) == 2
    services.void_use(actor=officer, use=plain, reason="登记错")
    assert vault.saved_of(officer, [firm.pk]) == 1
    assert DocumentUse.objects.count() == 3


def test_the_database_refuses_a_use_again_without_a_consent(give, firm, zone):
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentUse.objects.create(
            zone=zone, enterprise=firm, document=give(), kind="permit", matter=MATTER, subject="x",
            happened_on=TODAY, recorded_at="2026-03-02T00:00:00Z",
        )  # fmt: skip


@pytest.mark.parametrize("role", [Role.PROMOTION_OFFICER, Role.STEWARD, Role.ANALYST])
def test_who_must_not_read_documents_sees_none_by_page_list_search_file_or_api(
    give, firm, zone, client, role
):
    document = give(file=keep_file(content=BytesIO(PDF), name="证.pdf", scope=zone.pk, actor=None))
    actor = make_user(role, zone=zone)
    browser = signed_in(client, actor)
    for name, args in (
        ("firm-document-detail", [document.pk]),
        ("firm-document-file", [document.pk]),
        ("enterprise-documents", [firm.pk]),
        ("firm-document-list", []),
        ("firm-document-use-list", []),
    ):
        assert browser.get(reverse(name, args=args)).status_code in (403, 404)
    assert "材料库" not in browser.get(reverse("enterprise-detail", args=[firm.pk])).content.decode()
    assert browser.get(f"/api/v1/firm-documents/{document.pk}").status_code == 404
    assert not search_everything(actor, "许-001")
    with pytest.raises(NotAllowed):
        services.add_document(actor=actor, enterprise=firm, kind="audit")
    with pytest.raises(NotFound):
        vault.get_document(make_user(Role.ADMINISTRATOR), document.pk)


def test_a_document_is_found_by_its_number_until_it_is_withdrawn(give, officer):
    document = give(number="苏环许2026018")
    assert [hit.url for hit in search_everything(officer, "苏环许2026018")] == [
        reverse("firm-document-detail", args=[document.pk])
    ]
    services.withdraw_document(actor=officer, document=document, reason="吊销")
    assert not search_everything(officer, "苏环许2026018")


def test_the_list_is_narrowed_by_kind_and_standing_and_finds_numbers(give, browser):
    give("permit", number="近-1", valid_to=TODAY + timedelta(days=5))
    give("audit", number="过-2", valid_to=TODAY - timedelta(days=5))
    give("licence", number="长-3", valid_to=None)

    def shown(query):
        page = browser.get(f"{reverse('firm-document-list')}{query}").content.decode()
        return {number for number in ("近-1", "过-2", "长-3") if number in page}

    assert shown("") == {"近-1", "过-2", "长-3"}
    assert shown("?standing=expiring") == {"近-1"}
    assert shown("?standing=expired") == {"过-2"}
    assert shown("?kind=licence") == {"长-3"}
    assert shown("?q=过-2") == {"过-2"}
    exported = browser.get(f"{reverse('firm-document-list')}?standing=expired&export=csv")
    text = b"".join(exported.streaming_content) if exported.streaming else exported.content
    assert "过-2" in text.decode("utf-8-sig")
    assert "近-1" not in text.decode("utf-8-sig")


def test_documents_that_end_within_thirty_days_are_on_the_desk_of_those_who_keep_them(give, zone, officer):
    give("permit", number="近-1", valid_to=TODAY + timedelta(days=30))
    give("audit", number="过-2", valid_to=TODAY - timedelta(days=1))
    give("tax", number="远-3", valid_to=TODAY + timedelta(days=31))
    cards = [card for card in cards_for(officer, zone)[0] if card.key.startswith("document:")]
    assert [(card.urgency, card.light) for card in cards] == [("overdue", "red"), ("week", "amber")]
    analyst = make_user(Role.ANALYST, zone=zone)
    assert not [card for card in cards_for(analyst, zone)[0] if card.key.startswith("document:")]


def test_pages_take_in_use_replace_and_withdraw_a_document(firm, browser):
    add_url = reverse("firm-document-add", args=[firm.pk])
    assert 'enctype="multipart/form-data"' in browser.get(add_url).content.decode()
    said = {"kind": "permit", "number": "许-9", "received_on": "2026-03-01"}
    assert browser.post(add_url, said).status_code == 422  # neither a last day nor for good
    assert browser.post(add_url, said | {"valid_to": "2026-03-20", "file": paper()}).status_code == 302
    old = FirmDocument.objects.get()
    assert old.file.purpose == "document"
    assert b"".join(browser.get(reverse("firm-document-file", args=[old.pk])).streaming_content) == PDF

    use_url = reverse("firm-document-use", args=[old.pk])
    used = {"matter": MATTER, "subject": "一期厂房", "on": "2026-03-02"}
    assert browser.post(use_url, used).status_code == 422
    agreed = {
        "matter": MATTER,
        "given_by": "赵某",
        "means": "paper",
        "on": "2026-03-01",
        "until": "2026-12-31",
    }
    consent_url = reverse("firm-document-consent", args=[firm.pk])
    assert browser.post(consent_url, agreed).status_code == 422
    assert browser.post(consent_url, agreed | {"evidence": paper("同意书.pdf")}).status_code == 302
    assert browser.post(use_url, used).status_code == 302
    given = DocumentConsent.objects.get()
    evidence = browser.get(reverse("firm-document-consent-evidence", args=[given.pk]))
    assert b"".join(evidence.streaming_content) == PDF

    newer = {"number": "许-10", "does_not_expire": "on", "received_on": "2026-03-02"}
    assert browser.post(reverse("firm-document-replace", args=[old.pk]), newer).status_code == 302
    new = FirmDocument.objects.get(state="current")
    assert (new.replaces, new.valid_to) == (old, None)
    edited = {"version": new.version, "kind": "permit", "number": "许-11", "does_not_expire": "on"}
    assert browser.post(reverse("firm-document-edit", args=[new.pk]), edited).status_code == 302
    tab = browser.get(reverse("enterprise-documents", args=[firm.pk])).content.decode()
    assert "许-11" in tab
    assert "许-9" in tab
    assert "已免交材料 1 次" in tab
    detail = browser.get(reverse("firm-document-detail", args=[new.pk])).content.decode()
    assert reverse("firm-document-detail", args=[old.pk]) in detail

    gone = {"on": "2026-03-02", "reason": "企业要求撤回"}
    assert browser.post(reverse("firm-document-withdraw", args=[new.pk]), gone).status_code == 302
    logged = DocumentUse.objects.get()
    void_url = reverse("firm-document-use-void", args=[logged.pk])
    assert browser.post(void_url, {"reason": "登记错"}).status_code == 302
    back_url = reverse("firm-document-consent-withdraw", args=[given.pk])
    assert browser.post(back_url, {"reason": "企业来函"}).status_code == 302
    assert "企业来函" in browser.get(reverse("enterprise-documents", args=[firm.pk])).content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("证.pdf", b"<html><script>alert(1)</script></html>"),
        ("证.pdf", b"MZ\x90\x00" + b"\x00" * 64),
        ("证.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
        ("证.pdf", b"a,b\n1,2\n"),
    ],
)
def test_a_hostile_file_is_refused_and_nothing_is_kept(firm, browser, name, content):
    said = {"kind": "permit", "number": "许-9", "received_on": "2026-03-01", "does_not_expire": "on"}
    url = reverse("firm-document-add", args=[firm.pk])
    assert browser.post(url, said | {"file": paper(name, content)}).status_code == 422
    assert not FirmDocument.objects.exists()
    assert not Attachment.objects.exists()


def test_a_document_file_has_its_own_list_of_what_is_taken(zone):
    with pytest.raises(FileTypeRefused):
        keep_file(content=BytesIO(b"a,b\n"), name="x.csv", scope=zone.pk, actor=None, purpose="document")


def test_the_api_shares_the_rules(firm, browser, zone):
    url = f"/api/v1/enterprises/{firm.pk}/documents"
    body = {"kind": "permit", "number": "许-1", "valid_to": "2026-03-10"}
    made = browser.post(url, body, content_type="application/json")
    assert (made.status_code, made.json()["standing"]) == (201, "expiring")
    again = browser.post(url, body, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "document_stands")
    pk = made.json()["id"]
    used = {"matter": MATTER, "subject": "一期"}
    refused = browser.post(f"/api/v1/firm-documents/{pk}/use", used, content_type="application/json")
    assert refused.json()["code"] == "consent_missing"
    agreed = {"matter": MATTER, "given_by": "赵某", "until": "2026-12-31", "evidence_note": "电话"}
    given = browser.post(
        f"/api/v1/enterprises/{firm.pk}/document-consents", agreed, content_type="application/json"
    )
    assert given.status_code == 201
    logged = browser.post(f"/api/v1/firm-documents/{pk}/use", used, content_type="application/json")
    assert logged.status_code == 201
    months = browser.get(f"/api/v1/document-uses/months?zone={zone.code}").json()
    assert months == [{"month": "2026-03-01", "count": 1}]
    held = browser.get(f"{url}?kinds=permit,audit").json()
    assert ([one["id"] for one in held["expiring"]], [one["kind"] for one in held["missing"]]) == (
        [pk],
        ["audit"],
    )
    assert browser.get(f"{url}?kinds=passport").status_code == 422
    listed = browser.get(f"/api/v1/firm-documents?zone={zone.code}&standing=expiring").json()["items"]
    assert [one["id"] for one in listed] == [pk]
    edit = {"version": 1, "issuer": "审批局"}
    url = f"/api/v1/firm-documents/{pk}"
    assert browser.patch(url, edit, content_type="application/json").json()["issuer"] == "审批局"
    assert browser.patch(url, edit, content_type="application/json").status_code == 409
    for path in (
        f"/api/v1/document-uses/{logged.json()['id']}/void",
        f"/api/v1/document-consents/{given.json()['id']}/withdraw",
        f"{url}/withdraw",
    ):
        assert browser.post(path, {"reason": "撤"}, content_type="application/json").status_code == 200
    assert browser.get(f"/api/v1/document-uses?zone={zone.code}").json()["items"] == []


def rows_of(firm, **values):
    said = {"name": firm.name, "kind": "permit", "number": "许-1", "valid_to": date(2027, 1, 1)}
    return said | values


def test_the_ledger_takes_in_puts_right_and_replaces_and_a_second_time_changes_nothing(
    firm, zone, officer, run_ledger
):
    rows = [
        rows_of(firm, issuer="审批局"),
        rows_of(firm, kind="licence", number="照-1", valid_to=None, forever=True),
    ]
    assert [one.state for one in run_ledger(DOCUMENTS, *rows)] == ["new", "new"]
    assert [one.state for one in run_ledger(DOCUMENTS, *rows)] == ["same", "same"]
    (changed,) = run_ledger(DOCUMENTS, rows_of(firm, valid_to=date(2028, 1, 1)))
    assert changed.changes == {"valid_to": [date(2027, 1, 1), date(2028, 1, 1)]}
    kept = FirmDocument.objects.get(number="许-1")
    assert (kept.valid_to, kept.issuer) == (date(2028, 1, 1), "审批局")
    newer = rows_of(firm, number="许-2", old_number="许-1", valid_to=date(2031, 1, 1))
    assert [one.state for one in run_ledger(DOCUMENTS, newer)] == ["new"]
    assert FirmDocument.objects.get(number="许-2").replaces == kept
    assert [one.state for one in run_ledger(DOCUMENTS, rows[0], newer)] == ["same", "same"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"valid_to": None}, "no_end_said"),
        ({"forever": True}, "two_ends_said"),
        ({"name": "没有这家有限公司"}, "enterprise_unknown"),
        ({"valid_from": date(2030, 1, 1)}, "document_refused"),
        ({"kind": "other"}, "document_refused"),
        ({"received_on": date(2999, 1, 1)}, "document_refused"),
        ({"old_number": "没有"}, "old_number_unknown"),
    ],
)
def test_a_row_of_the_ledger_that_is_wrong_is_refused_with_its_reason(firm, run_ledger, values, code):
    (outcome,) = run_ledger(DOCUMENTS, rows_of(firm, **values))
    assert [problem.code for problem in outcome.problems] == [code]
    assert not FirmDocument.objects.exists()


def test_two_rows_of_one_document_are_refused_and_only_who_may_imports(firm, run_ledger, zone):
    first, second = run_ledger(DOCUMENTS, rows_of(firm), rows_of(firm), write=False)
    assert (first.state, second.problems[0].code) == ("new", "document_repeated")
    DOCUMENTS.authorise(make_user(Role.LIAISON, zone=zone), zone.pk)
    with pytest.raises(NotAllowed):
        DOCUMENTS.authorise(make_user(Role.WINDOW_CLERK, zone=zone), zone.pk)


def test_a_zone_counts_its_own_savings_and_those_below_it(give, firm, officer, zone):
    consent(officer, firm)
    use(officer, give())
    city = make_zone()
    assert vault.saved_by_month(make_user(Role.LEADER, zone=city), city) == []
    zone.parent = city
    zone.save()
    assert vault.saved_by_month(make_user(Role.LEADER, zone=city), city) == [(date(2026, 3, 1), 1)]
    other = make_enterprise(make_zone())
    assert vault.saved_of(officer, [other.pk]) == 0
