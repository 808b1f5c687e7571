"""Signing in: throttled, with a second factor, in sessions that are listed and ended, and written down."""

import os
import re
import subprocess
import sys
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from tests.factories import make_user, signed_in
from zhuchao.apps.core.models import Change, Installation
from zhuchao.apps.core.services import verify_changes
from zhuchao.apps.zones.models import Role

PASSWORD = "correct horse battery"
WRONG = "wrong horse battery"


def sign_in(browser: Client, username: str, password: str = PASSWORD):
    return browser.post("/accounts/login/", {"login": username, "password": password})


def is_in(browser: Client) -> bool:
    return browser.get("/me/").status_code == 200


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone, username="zhaoyi")


def test_somebody_signs_in_by_name_and_password_and_out(officer, client):
    assert not is_in(client)
    assert sign_in(client, "zhaoyi").headers["Location"] == "/"
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)


def test_after_five_failures_even_the_right_password_is_refused_for_a_while(officer, client):
    for _n in range(5):
        sign_in(client, "zhaoyi", WRONG)
    assert sign_in(client, "zhaoyi").status_code == 200
    assert not is_in(client)
    # From another address too: the account itself is throttled.
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    sign_in(elsewhere, "zhaoyi")
    assert not is_in(elsewhere)


def test_a_guesser_of_many_names_is_throttled_by_address(zone, officer, client):
    for n in range(10):
        sign_in(client, f"name{n}", WRONG)
    sign_in(client, "zhaoyi")
    assert not is_in(client)
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    sign_in(elsewhere, "zhaoyi")
    assert is_in(elsewhere)


def test_a_throttled_person_may_sign_in_again_when_the_time_is_over(officer, client, monkeypatch):
    for _n in range(5):
        sign_in(client, "zhaoyi", WRONG)
    later = time.time() + 301
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: later)
    sign_in(client, "zhaoyi")
    assert is_in(client)


def test_sessions_are_listed_and_can_be_ended(officer):
    here = Client(HTTP_USER_AGENT="Browser of the office")
    phone = Client(HTTP_USER_AGENT="Browser of the phone")
    for browser in (here, phone):
        sign_in(browser, "zhaoyi")
        assert is_in(browser)
    text = here.get("/accounts/sessions/").content.decode()
    assert "Browser of the office" in text
    assert "Browser of the phone" in text
    here.post("/accounts/sessions/")
    assert is_in(here)
    assert not is_in(phone)


def test_a_second_factor_is_activated_and_asked_for_from_then_on(
    officer, client, django_capture_on_commit_callbacks
):
    sign_in(client, "zhaoyi")
    assert "未启用" in client.get("/me/").content.decode()
    form = client.get(reverse("mfa_activate_totp"))
    if form.status_code == 302:
        client.post(form.headers["Location"], {"password": PASSWORD})
        form = client.get(reverse("mfa_activate_totp"))
    secret = form.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}).status_code == 302
    assert "未启用" not in client.get("/me/").content.decode()
    assert Change.objects.filter(verb="activate_totp", actor=officer).exists()

    again = Client()
    answer = sign_in(again, "zhaoyi")
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(again)
    again.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not is_in(again)
    codes = client.get(reverse("mfa_view_recovery_codes"))
    recovery = codes.context["unused_codes"][0]
    again.post(reverse("mfa_authenticate"), {"code": recovery})
    assert is_in(again)
    signed = Change.objects.filter(verb="sign_in", actor=officer)
    assert signed.count() == 2


@pytest.mark.parametrize(
    ("mode", "opens"),
    [
        (None, False),
        (Installation.Mode.EMPTY, False),
        (Installation.Mode.REAL, False),
        (Installation.Mode.DEMO, True),
    ],
)
def test_a_demo_account_signs_in_only_where_the_data_file_is_a_demo(zone, client, mode, opens):
    make_user(Role.LEADER, zone=zone, username="demo", is_demo=True)
    if mode is not None:
        Installation.objects.create(mode=mode)
    sign_in(client, "demo")
    assert is_in(client) is opens
    assert Change.objects.filter(verb="sign_in").exists() is opens


def test_a_demo_session_ends_when_the_data_file_becomes_a_real_one(zone, client):
    Installation.objects.create(mode=Installation.Mode.DEMO)
    signed_in(client, make_user(Role.LEADER, zone=zone, is_demo=True))
    assert is_in(client)
    Installation.objects.update(mode=Installation.Mode.REAL)
    assert not is_in(client)


def test_sign_ins_are_written_down_without_password_name_typed_or_address(zone, officer):
    browser = Client(REMOTE_ADDR="203.0.113.9")
    sign_in(browser, "zhaoyi", WRONG)
    sign_in(browser, WRONG, "zhaoyi")
    sign_in(browser, "zhaoyi")
    browser.post("/accounts/logout/")
    changes = Change.objects.filter(scope=zone.pk).order_by("seq")
    assert [(change.verb, change.actor_id) for change in changes] == [
        ("sign_in_failed", None),
        ("sign_in", officer.pk),
        ("sign_out", officer.pk),
    ]
    written = str(list(Change.objects.values()))
    assert not re.search(rf"{PASSWORD}|{WRONG}|203\.0\.113", written)
    assert list(verify_changes(zone.pk)) == [3]


def test_nobody_signs_up_or_resets_a_password_by_themselves(officer, client):
    answer = client.post(
        "/accounts/signup/", {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert "new" not in str(answer.context and answer.context.get("user"))
    assert type(officer).objects.count() == 1
    client.post("/accounts/password/reset/", {"email": "somebody@example.org"})


def test_a_changed_password_is_written_down_and_ends_the_other_sessions(officer, client):
    other = Client()
    for browser in (client, other):
        sign_in(browser, "zhaoyi")
    new = "another phrase of words"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_in(client)
    assert not is_in(other)
    assert Change.objects.filter(verb="change_password", actor=officer).count() == 1


def test_a_page_leads_to_signing_in_and_back(officer, client):
    answer = client.get("/people/")
    assert answer.headers["Location"] == "/accounts/login/?next=/people/"
    answer = client.post(
        "/accounts/login/?next=/people/", {"login": "zhaoyi", "password": PASSWORD, "next": "/people/"}
    )
    assert answer.headers["Location"] == "/people/"


def test_signing_in_never_leads_to_another_site(officer, client):
    values = {"login": "zhaoyi", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/accounts/login/", values).headers["Location"] == "/"


OIDC = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": "城市统一认证",
                "client_id": "zhuchao",
                "secret": "a secret of the test",
                "settings": {"server_url": "https://id.example"},
            }
        ]
    }
}


def test_open_id_connect_leads_to_the_server_that_the_environment_names(zone, client, settings, monkeypatch):
    settings.SOCIALACCOUNT_PROVIDERS = OIDC
    monkeypatch.setattr(
        "allauth.socialaccount.providers.openid_connect.views.OpenIDConnectOAuth2Adapter.openid_config",
        {
            "authorization_endpoint": "https://id.example/authorize",
            "token_endpoint": "https://id.example/token",
        },
    )
    answer = client.post("/accounts/oidc/oidc/login/")
    assert answer.headers["Location"].startswith("https://id.example/authorize?client_id=zhuchao")


def test_the_environment_names_the_open_id_connect_server(tmp_path):
    program = (
        "from zhuchao.config import settings as s; print(s.SOCIALACCOUNT_PROVIDERS['openid_connect']['APPS'])"
    )
    named = {
        "ZHUCHAO_OIDC_CLIENT_ID": "zhuchao",
        "ZHUCHAO_OIDC_URL": "https://id.example",
        "ZHUCHAO_DATA": str(tmp_path),
    }
    found = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | extra,
            capture_output=True,
            text=True,
            check=True,
        )
        for extra in (named, {"ZHUCHAO_DATA": str(tmp_path)})
    ]
    assert "https://id.example" in found[0].stdout
    assert found[1].stdout.strip() == "[]"
