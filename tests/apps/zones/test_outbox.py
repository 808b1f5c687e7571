"""Telling people: once, in the way and at the hour that each wants, again when it failed, and never silently lost."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services import due
from zhuchao.apps.zones import selectors, services
from zhuchao.apps.zones.models import Channel, Delivery, Notice, Role, SendAttempt
from zhuchao.apps.zones.services import outbox as sending

pytestmark = pytest.mark.django_db

SECRET_PATH = "/hook/k3y-that-nobody-may-read"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday, noon in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


class Listener(ThreadingHTTPServer):
    """Somebody's machine on this one: keeps what it is sent and answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listening)
        self.answer = 200
        self.heard: list[dict[str, Any]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{SECRET_PATH}"


class Listening(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        length = int(self.headers["Content-Length"])
        server.heard.append({"path": self.path} | json.loads(self.rfile.read(length)))
        self.send_response(server.answer)
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        """Say nothing: the test asks what was heard."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def zone() -> Any:
    return make_zone()


@pytest.fixture
def person(zone: Any) -> Any:
    return make_user(Role.ADMINISTRATOR, zone=zone)


def channel_to(person: Any, listener: Listener, **values: Any) -> Channel:
    return services.add_channel(
        actor=person, kind=Channel.Kind.WEBHOOK, name="钩子", address=listener.address, **values
    )


def tell(zone: Any, *people: Any, key: str = "policies.window:1:T-7", **values: Any) -> int:
    values = {
        "title": "高企申报 7 个工作日后截止",
        "body": "请在 9 月 30 日前提交。",
        "url": "/policies/1/",
    } | values
    return services.notify(zone=zone, users=people, key=key, kind="policies.window", **values)


def test_the_same_person_is_told_the_same_thing_once(zone, person):
    other = make_user(Role.LIAISON, zone=zone)
    assert tell(zone, person) == 1
    assert tell(zone, person, other) == 1
    assert tell(zone, person, other) == 0
    assert Notice.objects.count() == 2


def test_telling_a_thousand_people_costs_no_more_queries_than_telling_one(
    zone, django_assert_max_num_queries
):
    people = [make_user(Role.LIAISON, zone=zone) for _ in range(40)]
    with django_assert_max_num_queries(8):
        tell(zone, *people)


def test_a_notice_arrives_with_its_words_and_a_link_and_is_logged(zone, person, listener):
    channel_to(person, listener)
    tell(zone, person)
    with override_settings(PUBLIC_ADDRESS="https://qu.example.cn"):
        assert services.send_due() == 1
    heard = listener.heard[0]
    assert heard["title"] == "高企申报 7 个工作日后截止"
    assert heard["message"].endswith("请在 9 月 30 日前提交。\nhttps://qu.example.cn/policies/1/")
    assert heard["path"].startswith(SECRET_PATH)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (Delivery.State.SENT, 1)
    attempt = SendAttempt.objects.get()
    assert (attempt.is_sent, attempt.notices, attempt.why) == (True, 1, "")
    assert services.send_due() == 0
    assert len(listener.heard) == 1


def test_a_failure_is_tried_again_later_and_later_and_then_given_up(zone, person, listener, monkeypatch):
    channel_to(person, listener)
    tell(zone, person, due_at=NOON)
    listener.answer = 500
    clock = [NOON]
    monkeypatch.setattr(sending.timezone, "now", lambda: clock[0])
    waits = []
    for _ in range(len(sending.BACKOFF)):
        assert services.send_due() == 0
        delivery = Delivery.objects.get()
        assert delivery.state == Delivery.State.WAITING
        waits.append(delivery.due_at - clock[0])
        heard = len(listener.heard)
        assert services.send_due() == 0
        assert len(listener.heard) == heard, "before its time nothing is tried"
        clock[0] = delivery.due_at
    assert waits == list(sending.BACKOFF)
    services.send_due()
    assert Delivery.objects.get().state == Delivery.State.GIVEN_UP
    assert SendAttempt.objects.filter(is_sent=False).count() == len(sending.BACKOFF) + 1
    listener.answer = 200
    services.send_again(actor=person, delivery=Delivery.objects.get())
    assert services.send_due() == 1


def test_what_a_killed_sender_had_in_hand_is_sent_by_the_next_when_the_claim_has_run_out(
    zone, person, listener, monkeypatch
):
    channel_to(person, listener)
    tell(zone, person, due_at=NOON)
    clock = [NOON]
    monkeypatch.setattr(sending.timezone, "now", lambda: clock[0])
    assert len(sending._claim()) == 1  # and is killed here
    assert services.send_due() == 0
    clock[0] = NOON + sending.CLAIM + timedelta(seconds=1)
    assert services.send_due() == 1


def test_a_digest_is_one_message_of_many_notices(zone, person, listener, monkeypatch):
    channel_to(person, listener, rhythm=Channel.Rhythm.DAILY)
    for number in range(3):
        tell(zone, person, key=f"k{number}", title=f"第{number}件", due_at=NOON)
    morning = NOON + timedelta(hours=20, minutes=30)
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {morning}
    monkeypatch.setattr(sending.timezone, "now", lambda: morning)
    assert services.send_due() == 3
    assert [heard["title"] for heard in listener.heard] == ["3 条通知"]
    assert all(f"第{number}件" in listener.heard[0]["message"] for number in range(3))
    assert SendAttempt.objects.get().notices == 3


@pytest.mark.parametrize(
    ("quiet", "hour", "expected"),
    [
        ((time(22), time(7)), shanghai(2, 23, 30), shanghai(3, 7, 0)),
        ((time(22), time(7)), shanghai(3, 6, 59), shanghai(3, 7, 0)),
        ((time(22), time(7)), shanghai(3, 7, 0), shanghai(3, 7, 0)),
        ((time(12), time(14)), shanghai(2, 12, 0), shanghai(2, 14, 0)),
        ((time(12), time(14)), shanghai(2, 11, 59), shanghai(2, 11, 59)),
        ((None, None), shanghai(2, 3, 0), shanghai(2, 3, 0)),
    ],
)
def test_quiet_hours_put_a_notice_off_to_their_end(quiet, hour, expected):
    channel = Channel(quiet_from=quiet[0], quiet_to=quiet[1])
    assert selectors.outbox.sending_time(channel, hour) == expected
    assert selectors.outbox.sending_time(channel, hour, is_urgent=True) == hour


@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.none() | st.tuples(st.times(), st.times()).filter(lambda ends: ends[0] != ends[1]),
    st.sampled_from(Channel.Rhythm.values),
)
def test_nothing_goes_out_before_its_time_or_in_quiet_hours(after, quiet, rhythm):
    start, end = quiet or (None, None)
    channel = Channel(quiet_from=start, quiet_to=end, rhythm=rhythm)
    found = selectors.outbox.sending_time(channel, after)
    assert after <= found <= after + timedelta(days=9)
    clock = found.astimezone(SHANGHAI).time()
    if start is not None and found != after:
        assert not (start <= clock < end if start < end else clock >= start or clock < end)


def test_in_a_demo_zone_nothing_leaves_the_house(listener, zone, person):
    channel_to(person, listener)
    zone.demo_day, zone.demo_started_at = date(2023, 6, 15), NOON
    zone.save()
    assert tell(zone, person) == 1
    assert not Delivery.objects.exists()
    assert selectors.outbox.unread_count(person) == 1


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("mail", "张三"),
        ("mail", "a@b.cn?bcc=all@c.cn"),
        ("mail", "a@b.cn,c@d.cn"),
        ("wecom", "https://qyapi.example.cn/cgi-bin/webhook/send?key=693a91f6"),
        ("dingtalk", "short"),
        ("feishu", "a/b/../../../etc/passwd-xxxxxxxx"),
        ("webhook", "file:///etc/passwd"),
        ("webhook", "//no-scheme.example.cn/"),
        ("webhook", "https:///path-only"),
    ],
)
def test_an_address_that_does_not_fit_its_kind_is_refused_and_says_what_would(person, kind, address):
    with pytest.raises(WrongInput) as caught:
        services.add_channel(actor=person, kind=kind, name="", address=address)
    assert address not in str(caught.value)
    assert not Channel.objects.exists()


def test_only_who_looks_after_the_outbox_lets_this_server_call_any_machine(zone, listener):
    clerk = make_user(Role.LIAISON, zone=zone)
    with pytest.raises(NotAllowed):
        channel_to(clerk, listener)
    assert services.add_channel(actor=clerk, kind="mail", name="", address="a@b.cn").name == "邮件"


def test_no_key_stands_in_the_log_of_changes_in_the_attempts_or_in_the_program_log(
    zone, person, listener, caplog
):
    listener.answer = 500
    with caplog.at_level(logging.DEBUG):
        channel = channel_to(person, listener)
        tell(zone, person)
        services.send_due()
        services.send_test(actor=person, channel=channel)
        services.stop_channel(actor=person, channel=channel)
    kept = [json.dumps([change.data, change.rows]) for change in Change.objects.all()]
    kept += list(SendAttempt.objects.values_list("why", flat=True))
    assert len(kept) == 4
    ours = [
        record.getMessage() for record in caplog.records if record.name.startswith(("zhuchao", "apprise"))
    ]
    assert SECRET_PATH not in " ".join(kept + ours)


def test_a_stopped_channel_gets_nothing_of_what_waits_for_it(zone, person, listener):
    channel = channel_to(person, listener)
    tell(zone, person)
    services.stop_channel(actor=person, channel=channel)
    services.stop_channel(actor=person, channel=channel)
    assert services.send_due() == 0
    assert Delivery.objects.get().state == Delivery.State.STOPPED
    assert not listener.heard


def test_changed_quiet_hours_hold_for_what_waits_already(zone, person, listener):
    channel = channel_to(person, listener)
    night = datetime.now(UTC).replace(hour=16, minute=30, second=0, microsecond=0)
    tomorrow = night + timedelta(days=1)  # half past midnight in Shanghai
    tell(zone, person, due_at=tomorrow)
    services.edit_channel(actor=person, channel=channel, seen_version=1, quiet_from=time(0), quiet_to=time(8))
    assert Delivery.objects.get().due_at == tomorrow + timedelta(hours=7, minutes=30)


def test_what_cannot_be_sent_for_want_of_a_mail_server_says_so(zone, person):
    services.add_channel(actor=person, kind="mail", name="", address="a@b.cn")
    tell(zone, person)
    assert services.send_due() == 0
    assert "邮件的服务器" in SendAttempt.objects.get().why


def test_the_outbox_is_among_what_comes_due_by_itself():
    assert "outbox" in {kind.key for kind in due.kinds()}


def test_pages_lead_from_the_bell_to_the_thing_and_count_what_is_unread(client, zone, person):
    tell(zone, person, url="")
    tell(zone, person, key="other", url="/settings/", is_urgent=True)
    browser = signed_in(client, person)
    assert 'hx-get="/notices/count/"' in browser.get("/settings/zones/").content.decode()
    assert ">2<" in browser.get(reverse("notice-count")).content.decode()
    listed = browser.get(reverse("notice-list"))
    assert listed.content.decode().count("高企申报") >= 2
    urgent = Notice.objects.get(key="other")
    assert browser.get(reverse("notice-detail", args=[urgent.pk])).headers["Location"] == "/settings/"
    plain = Notice.objects.exclude(key="other").get()
    assert "请在 9 月 30 日前提交" in browser.get(reverse("notice-detail", args=[plain.pk])).content.decode()
    assert browser.get(reverse("notice-count")).content.decode().strip() == ""
    tell(zone, person, key="third")
    assert browser.post(reverse("notices-read")).status_code == 302
    assert selectors.outbox.unread_count(person) == 0


def test_a_person_sets_up_a_channel_in_the_page_tests_it_and_stops_it(client, zone, person, listener):
    browser = signed_in(client, person)
    added = browser.post(
        reverse("channel-add"),
        {"kind": "webhook", "address": listener.address, "name": "钩子", "rhythm": "at_once"},
    )
    assert added.status_code == 302
    channel = Channel.objects.get()
    page = browser.get(reverse("channel-list")).content.decode()
    assert "钩子" in page
    assert SECRET_PATH not in page
    assert SECRET_PATH not in browser.get(reverse("channel-edit", args=[channel.pk])).content.decode()
    told = browser.post(reverse("channel-test", args=[channel.pk]), follow=True).content.decode()
    assert "已发出" in told
    listener.answer = 404
    told = browser.post(reverse("channel-test", args=[channel.pk]), follow=True).content.decode()
    assert "没有送达" in told
    wrong = browser.post(
        reverse("channel-edit", args=[channel.pk]),
        {"name": "", "rhythm": "at_once", "quiet_from": "22:00", "version": 1},
    )
    assert wrong.status_code == 422
    browser.post(reverse("channel-stop", args=[channel.pk]))
    channel.refresh_from_db()
    assert not channel.is_active


def test_the_outbox_of_a_zone_is_seen_by_who_looks_after_it_and_sent_again_from_there(
    client, zone, person, listener
):
    channel_to(person, listener)
    tell(zone, person)
    Delivery.objects.update(state=Delivery.State.GIVEN_UP)
    browser = signed_in(client, person)
    assert "未送达" in browser.get(reverse("outbox")).content.decode()
    browser.post(reverse("delivery-again", args=[Delivery.objects.get().pk]))
    assert Delivery.objects.get().state == Delivery.State.WAITING
    auditor = make_user(Role.AUDITOR, zone=zone)
    Delivery.objects.update(state=Delivery.State.GIVEN_UP)
    with pytest.raises(NotAllowed):
        services.send_again(actor=auditor, delivery=Delivery.objects.get())


def test_nobody_reads_or_stops_what_is_anothers_not_even_an_administrator(zone, person, listener):
    channel = channel_to(person, listener)
    tell(zone, person)
    other = make_user(Role.ADMINISTRATOR, zone=zone)
    notice = Notice.objects.get()
    with pytest.raises(NotFound):
        selectors.outbox.get_notice(other, notice.pk)
    with pytest.raises(NotFound):
        services.stop_channel(actor=other, channel=channel)
    assert services.read_notices(actor=other) == 0
    assert not selectors.outbox.visible_notices(None).exists()
    assert not selectors.outbox.channels_of(None).exists()


def test_the_api_lists_and_reads_ones_own_notices(client, zone, person):
    tell(zone, person)
    browser = signed_in(client, person)
    found = browser.get("/api/v1/notices?unread=true").json()
    assert [one["title"] for one in found] == ["高企申报 7 个工作日后截止"]
    assert browser.post(f"/api/v1/notices/{found[0]['id']}/read").json() == {"read": 1}
    assert browser.get("/api/v1/notices?unread=true").json() == []
