"""``zhuchao serve``: what a person meets who starts it, stops it, or starts it wrongly."""

import socket
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_user
from tests.faults.conftest import SETUP, House
from tests.faults.house import CHECKOUT, Visitor, free_port, kill, processes_below, until
from zhuchao.apps.core.models import Installation
from zhuchao.apps.desk.management.commands import serve

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_an_empty_installation_leads_to_the_page_that_makes_the_first_administrator(founding):
    assert founding.first_page.status == 200
    assert founding.first_page.path == "/setup/"
    assert 'name="zone_code"' in founding.first_page.text


def test_the_first_administrator_is_signed_in_when_it_is_made(founding):
    assert founding.after_setup.status == 200, founding.after_setup.text
    assert founding.after_setup.path == "/today/"
    assert SETUP["display_name"] in founding.after_setup.text


def test_a_server_says_where_it_is_and_ends_in_peace_with_ctrl_c(founding):
    assert "http://127.0.0.1:" in founding.said
    assert (founding.left_with, founding.left_behind) == (0, [])
    assert "Traceback" not in founding.said


def test_a_second_start_keeps_the_secret_and_whoever_was_signed_in(founding, house):
    kept = (house.place.folder / "secret.key").read_text()
    assert kept == (founding.place.folder / "secret.key").read_text()
    assert len(kept) >= 40
    assert (founding.place.folder / "secret.key").stat().st_mode & 0o077 == 0
    answer = house.administrator.get("/")
    assert (answer.status, answer.path) == (200, "/today/")


def test_nobody_makes_a_second_first_administrator(house):
    assert Visitor(house.server.address).get("/setup/").path == "/accounts/login/"
    answer = Visitor(house.server.address).post("/setup/", **SETUP | {"username": "second"})
    assert answer.path == "/accounts/login/"
    assert house.place.count("zones_user WHERE username = 'second'") == 0


def test_the_administrator_signs_in_with_the_password_and_with_no_other(house):
    visitor = Visitor(house.server.address)
    wrong = visitor.post("/accounts/login/", login=SETUP["username"], password="something else")
    assert wrong.path == "/accounts/login/"
    assert visitor.get("/people/").path == "/accounts/login/"
    right = visitor.post("/accounts/login/", login=SETUP["username"], password=SETUP["password"])
    assert (right.status, right.path) == (200, "/today/")
    assert visitor.get("/people/").path == "/people/"


def test_a_running_server_serves_its_style_and_no_debugging_page(house):
    visitor = Visitor(house.server.address)
    assert visitor.get("/static/web/zhuchao.css").status == 200
    missing = visitor.get("/no/such/page/")
    assert missing.status == 404
    assert "urlpatterns" not in missing.text
    assert "Traceback" not in house.server.said()


def test_a_port_that_another_server_has_is_refused_with_the_next_free_one(settings, house):
    settings.SECRET_KEY, port = "x" * 60, house.server.port
    with pytest.raises(CommandError, match=f"端口 {port} 已被占用") as refusal:
        call_command("serve", port=port)
    advised = int(str(refusal.value).partition("--port ")[2].partition("。")[0])
    assert advised > port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", advised))


@pytest.mark.sqlite
def test_the_entry_of_a_checkout_names_the_next_free_port(house):
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "dev.py"), "run", "--port", str(house.server.port)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert f"端口 {house.server.port} 已被占用" in done.stdout
    advised = int(done.stdout.rpartition("--port ")[2].split()[0])
    assert advised > house.server.port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", advised))


@pytest.fixture
def real_data(monkeypatch):
    """Make this a file of real data that is ready to be served, to nobody."""
    monkeypatch.setattr(serve.Command, "_serve", lambda *args: pytest.fail("it serves"))
    monkeypatch.setattr(serve.Command, "_migrate", lambda *args: None)
    Installation.objects.create(mode=Installation.Mode.REAL)


def test_real_data_is_not_served_with_debugging_pages(settings, real_data):
    settings.SECRET_KEY, settings.DEBUG = "x" * 60, True
    with pytest.raises(CommandError, match="ZHUCHAO_DEBUG"):
        call_command("serve", port=free_port(), empty=True)


def test_real_data_is_not_served_with_demo_sign_ins(settings, real_data):
    settings.SECRET_KEY = "x" * 60
    make_user(is_demo=True)
    with pytest.raises(CommandError, match="示例账号"):
        call_command("serve", port=free_port(), empty=True)


@pytest.mark.parametrize("secret", ["short", "django-insecure-" + "x" * 60])
def test_real_data_is_not_served_with_a_secret_that_can_be_guessed(settings, real_data, secret):
    settings.SECRET_KEY = secret
    with pytest.raises(CommandError, match="密钥"):
        call_command("serve", port=free_port(), empty=True)


def test_nothing_is_served_with_the_secret_that_everybody_knows(settings):
    settings.SECRET_KEY = settings.DEFAULT_SECRET
    with pytest.raises(CommandError, match="密钥"):
        call_command("serve", port=1)


@pytest.mark.sqlite
def test_a_process_that_dies_is_started_again(house: House):
    """Both at once: the one that answers, and the one that does the queued work."""
    before = (house.server.answerer(), house.server.worker())
    for pid in before:
        kill(pid)
    until(lambda: house.server.worker() not in (0, before[1]), "the next worker")
    until(lambda: house.server.answerer() not in (0, before[0]), "the next process that answers")
    house.server.family += processes_below(house.server.pid)

    def answer() -> int:
        try:
            return house.administrator.get("/today/").status
        except OSError:
            return 0

    assert until(answer, "an answer") == 200
