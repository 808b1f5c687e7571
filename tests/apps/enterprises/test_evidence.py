"""The papers behind what is said of a firm: sent along, opened from its pages, kept when something else is corrected."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.enterprises.models import EnterpriseTag, Filing
from zhuchao.apps.zones.models import Role

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TAG = {"tag": "龙头", "source": "市工信局 2025 年度认定名单", "happened_on": "2025-05-01"}
MONTH = {"year": "2025", "period": "month-5", "status": "flash", "revenue": "1250.5"}


@pytest.fixture
def firm(add):
    return add()


def paper(name="认定文件.pdf"):
    return SimpleUploadedFile(name, PDF, "application/pdf")


def test_a_tag_leads_to_its_paper_from_the_record_and_the_timeline(firm, browser):
    add_url = reverse("enterprise-tag-add", args=[firm.pk])
    assert 'enctype="multipart/form-data"' in browser.get(add_url).content.decode()
    assert browser.post(add_url, TAG | {"evidence": paper()}).status_code == 302
    entry = EnterpriseTag.objects.get()
    assert entry.evidence.name == "认定文件.pdf"
    url = reverse("enterprise-tag-evidence", args=[entry.pk])
    for page in ("enterprise-detail", "enterprise-timeline"):
        assert f'href="{url}"' in browser.get(reverse(page, args=[firm.pk])).content.decode()
    assert b"".join(browser.get(url).streaming_content) == PDF


def test_a_value_leads_to_its_paper_from_its_page(firm, browser):
    url = reverse("enterprise-filing-add", args=[firm.pk])
    assert browser.post(url, MONTH | {"evidence": paper("报表.pdf")}).status_code == 302
    entry = Filing.objects.get()
    url = reverse("enterprise-filing-evidence", args=[entry.pk])
    page = browser.get(reverse("enterprise-filing-detail", args=[entry.pk])).content.decode()
    assert f'href="{url}"' in page
    assert b"".join(browser.get(url).streaming_content) == PDF


def test_a_correction_keeps_the_paper_unless_another_one_is_sent(firm, browser):
    browser.post(reverse("enterprise-tag-add", args=[firm.pk]), TAG | {"evidence": paper()})
    browser.post(reverse("enterprise-filing-add", args=[firm.pk]), MONTH | {"evidence": paper()})
    tag, filing = EnterpriseTag.objects.get(), Filing.objects.get()
    tag_said = TAG | {"source": "市工信局 2025 年度认定公告", "reason": "来源写错"}
    filing_said = {"value": "1200", "status": "flash", "reason": "抄错"}
    assert (
        browser.post(reverse("enterprise-tag-correct", args=[tag.pk]), tag_said).status_code,
        browser.post(reverse("enterprise-filing-correct", args=[filing.pk]), filing_said).status_code,
    ) == (302, 302)
    tag, filing = EnterpriseTag.objects.live().get(), Filing.objects.live().get()
    assert {tag.evidence.name, filing.evidence.name} == {"认定文件.pdf"}
    browser.post(
        reverse("enterprise-tag-correct", args=[tag.pk]),
        TAG | {"reason": "换文件", "evidence": paper("公告.pdf")},
    )
    browser.post(
        reverse("enterprise-filing-correct", args=[filing.pk]),
        filing_said | {"value": "1201", "evidence": paper("公告.pdf")},
    )
    assert EnterpriseTag.objects.live().get().evidence.name == "公告.pdf"
    assert Filing.objects.live().get().evidence.name == "公告.pdf"


def test_a_refused_entry_leaves_no_paper_behind(firm, browser):
    refused = browser.post(
        reverse("enterprise-tag-add", args=[firm.pk]),
        TAG | {"happened_on": "2999-01-01", "evidence": paper()},
    )
    assert refused.status_code == 422
    assert not Attachment.objects.exists()


def test_a_paper_is_for_those_who_may_see_its_entry(firm, browser, client, zone):
    browser.post(reverse("enterprise-tag-add", args=[firm.pk]), TAG | {"evidence": paper()})
    browser.post(reverse("enterprise-filing-add", args=[firm.pk]), MONTH)
    tag, filing = EnterpriseTag.objects.get(), Filing.objects.get()
    url = reverse("enterprise-tag-evidence", args=[tag.pk])
    assert (
        browser.get(reverse("enterprise-filing-evidence", args=[filing.pk])).status_code == 404
    )  # none there
    assert signed_in(client, make_user(Role.AUDITOR, zone=zone)).get(url).status_code == 200
    assert signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone())).get(url).status_code == 404
