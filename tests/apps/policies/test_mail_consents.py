"""政策邮件: a firm's contact is written to of what fits the firm only after agreeing, and no longer once it is taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import override_settings
from django.urls import reverse

from tests.factories import make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.enterprises import services as firm_services
from zhuchao.apps.enterprises.models import Contact
from zhuchao.apps.policies.models import MailConsent, Recommendation
from zhuchao.apps.policies.selectors.mail_consents import get_mail_consent, letters_of
from zhuchao.apps.policies.services import recommending
from zhuchao.apps.policies.services.mail_consents import give_mail_consent, take_back_mail_consent
from zhuchao.apps.policies.services.matches import refresh_due
from zhuchao.apps.policies.services.recommending import recommend_due, tell_due
from zhuchao.apps.portal.models import Door
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Letter, Role

from .conftest import RULES


@pytest.fixture
def zone():
    """A zone on its real day: from a demo zone nothing leaves the house."""
    return make_zone()


@pytest.fixture(autouse=True)
def at_work(monkeypatch):
    monkeypatch.setattr(recommending, "is_working_moment", lambda moment: True)


@pytest.fixture
def firm(zone):
    firm = make_enterprise(zone, name="甲（示例）有限公司", industry_code="C3962")
    last = zones.today(zone).year - 1
    firm_services.file_values(
        actor=None,
        enterprise=firm,
        period="year",
        on=zones.today(zone).replace(year=last, month=12, day=31),
        status="approved",
        values={"revenue": Decimal(50_000_000), "rnd": Decimal(1_500_000)},
    )
    return firm


@pytest.fixture
def contact(firm):
    return Contact.objects.create(
        zone=firm.zone, enterprise=firm, name="李示例", post="财务", email="li@firm.example.cn"
    )


def run():
    refresh_due()
    return recommend_due(), tell_due()


def agree(clerk, contact, **values):
    return give_mail_consent(actor=clerk, contact=contact, given_by="李示例", means="paper", **values)


@override_settings(PUBLIC_ADDRESS="https://qu.example.cn")
def test_who_agreed_is_written_to_once_a_day_with_the_policy_and_its_public_page(
    zone, clerk, contact, firm, make_policy
):
    agree(clerk, contact)
    Door.objects.create(zone=zone, slug="tui", is_open=True, shows_policies=True)
    policy = make_policy(rules=RULES)
    assert run() == (1, 1)
    letter = Letter.objects.get()
    assert letter.address == contact.email
    assert policy.title in letter.body
    assert f"https://qu.example.cn/p/tui/policies/{policy.pk}/" in letter.body
    make_policy("P-2", rules=RULES)
    run()
    assert Letter.objects.count() == 1
    assert letters_of(clerk, firm) == [letter]
    assert letters_of(make_user(Role.LIAISON, zone=make_zone()), firm) == []


def test_who_did_not_agree_or_took_it_back_is_not_written_to(clerk, contact, make_policy):
    entry = agree(clerk, contact)
    take_back_mail_consent(actor=clerk, entry=entry, reason="企业要求")
    make_policy(rules=RULES)
    assert run() == (1, 1)
    assert not Letter.objects.exists()


def test_a_consent_is_entered_and_taken_back_on_its_pages(clerk, contact, firm, page, make_policy):
    make_policy(rules=RULES)
    run()
    today = zones.today(firm.zone).isoformat()
    add = reverse("policy-mail-consent-add", args=[firm.pk])
    form = {"contact": contact.pk, "given_by": "李示例", "means": "message", "on": today}
    assert contact.email not in page.get(add).content.decode()
    assert page.post(add, form).status_code == 302
    entry = MailConsent.objects.get()
    url = reverse("policy-recommendation-detail", args=[Recommendation.objects.get().pk])
    assert "李示例" in page.get(url).content.decode()
    assert "李示例" in page.get(reverse("enterprise-related", args=[firm.pk])).content.decode()
    end = reverse("policy-mail-consent-end", args=[entry.pk])
    assert page.post(end, {"reason": "换人"}).status_code == 302
    assert not MailConsent.objects.live().exists()


def test_what_no_consent_can_be_is_refused(zone, clerk, contact, firm, client):
    silent = Contact.objects.create(zone=zone, enterprise=firm, name="无邮箱")
    with pytest.raises(WrongInput):
        agree(clerk, silent)
    with pytest.raises(WrongInput):
        give_mail_consent(actor=clerk, contact=contact, given_by=" ", means="paper")
    with pytest.raises(WrongInput):
        agree(clerk, contact, on=zones.today(zone) + timedelta(days=1))
    analyst = make_user(Role.ANALYST, zone=zone)
    with pytest.raises(NotAllowed):
        agree(analyst, contact)
    assert (
        signed_in(client, analyst).get(reverse("policy-mail-consent-add", args=[firm.pk])).status_code == 403
    )
    assert agree(clerk, contact) == agree(clerk, contact)
    with pytest.raises(NotFound):
        get_mail_consent(make_user(Role.LIAISON, zone=make_zone()), MailConsent.objects.get().pk)
