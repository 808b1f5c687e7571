"""来源检查: what an original answers, over a real line; what is kept of it, shown and told, and that it is off at first."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, Stale, WrongInput
from zhuchao.apps.policies import selectors, services
from zhuchao.apps.policies.models import SourceCheck
from zhuchao.apps.policies.selectors.sources import (
    by_source_seen,
    sources_due,
    visible_checks,
    with_source_seen,
)
from zhuchao.apps.policies.services.addresses import Seen, is_public, look
from zhuchao.apps.policies.services.sources import check_sources, switch_watch
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Notice, Role

Outcome = SourceCheck.Outcome
OPENED, GONE, DOWN = Seen(Outcome.OPENED, 200), Seen(Outcome.GONE, 404), Seen(Outcome.UNREACHABLE)


class Site(ThreadingHTTPServer):
    """A web site on this machine that answers each path in its own way and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.asked: list[tuple[str, str, str]] = []
        self.closing = threading.Event()

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.server_port}{path}"


class Page(BaseHTTPRequestHandler):
    server: Site

    def do_HEAD(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers["User-Agent"]))
        name = self.path.partition("?")[0].strip("/")
        if name == "silent":
            self.server.closing.wait(20)
            return
        if name == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.server.closing.wait(0.02):
                try:
                    self.wfile.write(b"X-Drip: 1\r\n"[:1])
                except OSError:
                    return
            return
        goals = {"loop": "/loop2", "loop2": "/loop", "moved": "/200", "out": "file:///etc/passwd"}
        if name == "get-only":
            status = 200 if self.command == "GET" else 405
        else:
            status = 302 if name in goals else int(name)
        self.send_response(status)
        if name in goals:
            self.send_header("Location", goals[name])
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *words: Any) -> None:
        """Say nothing: the test asks what was heard."""


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def seen(address: str, seconds: float = 5) -> Seen:
    return look(address, seconds=seconds, may_call=lambda machine: machine == "127.0.0.1")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/200", Seen(Outcome.OPENED, 200)),
        ("/moved", Seen(Outcome.OPENED, 200)),
        ("/200?题=研 发", Seen(Outcome.OPENED, 200)),
        ("/get-only", Seen(Outcome.OPENED, 200)),
        ("/404", Seen(Outcome.GONE, 404)),
        ("/410", Seen(Outcome.GONE, 410)),
        ("/403", Seen(Outcome.REFUSED, 403)),
        ("/503", Seen(Outcome.FAILED, 503)),
        ("/loop", Seen(Outcome.LOOPED)),
        ("/out", Seen(Outcome.FORBIDDEN)),
    ],
)
def test_each_answer_of_a_site_has_its_name(site, path, expected):
    assert seen(site.url(path)) == expected
    assert {agent for _method, _path, agent in site.asked} == {"Zhuchao-source-check/1.0"}


@pytest.mark.parametrize("path", ["/silent", "/drip"])
def test_a_site_that_says_nothing_or_drips_is_given_up(site, path):
    assert seen(site.url(path), seconds=0.3) == Seen(Outcome.TIMED_OUT)


def test_a_line_that_is_not_secure_though_it_says_so_and_one_that_nobody_answers(site):
    assert seen(site.url("/200", "https")) == Seen(Outcome.UNTRUSTED)
    address = site.url("/200")
    site.closing.set()
    site.shutdown()
    site.server_close()
    assert seen(address) == Seen(Outcome.UNREACHABLE)


def test_a_machine_inside_is_never_called(site):
    assert look(site.url("/200")) == Seen(Outcome.FORBIDDEN)
    assert look("ftp://example.org/x") == Seen(Outcome.FORBIDDEN)
    assert site.asked == []
    for machine in ("127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.1.1", "::1", "fe80::1%eth0", "0.0.0.0"):
        assert not is_public(machine)
    assert is_public("8.8.8.8")


@pytest.fixture
def zone():
    """A zone on its real day: from a demo zone nothing leaves the house."""
    return make_zone()


@pytest.fixture
def admin(zone):
    return make_user(Role.ADMINISTRATOR, zone=zone)


@pytest.fixture
def linked(make_policy, second):
    def run(key="P-1", **facts):
        said = {"address": f"https://example.org/{key}", "head": {"owner": second}}
        return make_policy(key, **said | facts)

    return run


def on(zone, admin):
    return switch_watch(actor=admin, zone=zone, is_on=True, version=None)


def run(*answers: Seen) -> tuple[int, list[str]]:
    """Check what is due; each address gets the next answer, and the last for ever."""
    left, asked = list(answers), []

    def answer(address: str) -> Seen:
        asked.append(address)
        return left.pop(0) if len(left) > 1 else left[0]

    return check_sources(look_at=answer), asked


def let_pass(zone, monkeypatch, days):
    """Let the checks of a zone see a later day."""
    later = zones.today(zone) + timedelta(days=days)
    monkeypatch.setattr(zones, "today", lambda zone: later)


def test_nothing_is_asked_before_the_administrator_switches_it_on(zone, admin, clerk, linked, client):
    linked()
    assert run(OPENED) == (0, [])
    with pytest.raises(NotAllowed):
        switch_watch(actor=clerk, zone=zone, is_on=True, version=None)
    url = reverse("policy-source-watch")
    assert signed_in(client, clerk).post(url, {"is_on": "on", "version": 0}).status_code == 403
    assert signed_in(client, admin).post(url, {"is_on": "on", "version": 0}).status_code == 302
    assert run(OPENED) == (1, ["https://example.org/P-1"])
    watch = switch_watch(actor=admin, zone=zone, is_on=False, version=1)
    with pytest.raises(Stale):
        switch_watch(actor=admin, zone=zone, is_on=True, version=watch.version - 1)


def test_a_demo_zone_is_never_asked_for(admin):
    demo = make_zone(demo_day=date(2023, 6, 15), demo_started_at=zones.now(make_zone()))
    with pytest.raises(WrongInput):
        switch_watch(actor=None, zone=demo, is_on=True, version=None)


def test_only_what_counts_or_comes_is_asked_for_once_a_day_and_at_most_so_many(zone, admin, linked):
    on(zone, admin)
    linked("OLD", effective_to=date(2023, 5, 1))
    linked("DRAFT", is_draft=True)
    linked("NONE", address="")
    for number in range(3):
        linked(f"P-{number}")
    assert check_sources(look_at=lambda address: OPENED, most=2) == 2
    count, asked = run(OPENED)
    assert (count, asked) == (1, ["https://example.org/P-2"])
    assert run(OPENED) == (0, [])


def test_after_failures_it_is_asked_again_later_and_later_and_the_owner_is_told_once(
    zone, admin, linked, second, monkeypatch
):
    on(zone, admin)
    linked()
    asked_on = []
    for day in range(60):
        with monkeypatch.context() as patch:
            let_pass(zone, patch, day)
            if run(GONE)[0]:
                asked_on.append(day)
    assert asked_on == [0, 1, 4, 11, 25, 55]
    assert list(SourceCheck.objects.order_by("pk").values_list("failures", flat=True)) == [1, 2, 3, 4, 5, 6]
    notice = Notice.objects.get(user=second)
    assert "example.org/P-1" in notice.body
    let_pass(zone, monkeypatch, 90)
    assert run(OPENED)[0] == 1
    assert SourceCheck.objects.latest("pk").failures == 0


def test_a_line_that_is_down_accuses_no_original(zone, admin, linked):
    on(zone, admin)
    linked("A")
    assert run(OPENED)[0] == 1
    linked("B")
    assert run(DOWN) == (0, ["https://example.org/B", "https://example.org/A"])
    assert SourceCheck.objects.count() == 1
    count, asked = run(DOWN, OPENED)
    assert (count, asked) == (1, ["https://example.org/B", "https://example.org/A"])


def test_the_policy_its_list_and_the_ledger_say_that_an_original_cannot_be_opened(
    zone, admin, linked, clerk, page, monkeypatch
):
    on(zone, admin)
    dead, alive = linked("DEAD"), linked("LIVE")
    linked("NONE", address="")
    run(GONE, OPENED)
    assert "原文打不开" in page.get(reverse("policy-detail", args=[dead.pk])).content.decode()
    assert "原文能打开" in page.get(reverse("policy-detail", args=[alive.pk])).content.decode()
    rows = with_source_seen(selectors.listed_policies(clerk, zone, zones.today(zone)))
    found = {
        word: {row.key for row in by_source_seen(rows, word)} for word in ("broken", "opened", "unknown")
    }
    assert found == {"broken": {"DEAD"}, "opened": {"LIVE"}, "unknown": {"NONE"}}
    listed = page.get(reverse("policy-list") + "?seen=broken").content.decode()
    assert dead.title in listed
    assert alive.title not in listed
    ledger = page.get(reverse("policy-source-list") + "?outcome=gone").content.decode()
    assert dead.title in ledger
    assert alive.title not in ledger
    assert not visible_checks(make_user(Role.LIAISON, zone=make_zone())).exists()


def test_two_who_check_at_once_keep_it_once(zone, admin, linked):
    on(zone, admin)
    policy = linked()

    def answer(address: str) -> Seen:
        if not SourceCheck.objects.exists():
            check_sources(look_at=lambda address: OPENED)
        return OPENED

    assert check_sources(look_at=answer) == 0
    assert SourceCheck.objects.count() == 1
    version = selectors.current_version(policy, zones.today(zone))
    services.change_policy(actor=None, policy=policy, version=None, summary="改")
    assert version not in sources_due(zone, zones.today(zone), 5)
