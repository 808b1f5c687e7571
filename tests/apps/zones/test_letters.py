"""Mail to people outside: once of each thing, tried again with pauses, and how it ended is kept."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import override_settings
from django.utils import timezone

from tests.factories import MOMENT, make_zone
from zhuchao.apps.zones import services
from zhuchao.apps.zones.models import Delivery, Letter
from zhuchao.apps.zones.services import letters, outbox

ADDRESS = "li@firm.example.cn"


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def posted(monkeypatch):
    """Take letters as the library would, and answer as the test says; the first thing is the address it was given."""
    heard, answers = [], []

    def push(address, title, body, *, about):
        heard.append((address, title, body))
        assert ADDRESS not in about
        return answers.pop(0) if answers else ""

    monkeypatch.setattr(letters, "push", push)
    with override_settings(MAIL_ADDRESS="mailtos://server.example.cn?user=u"):
        yield heard, answers


def write(zone, key="k", **values):
    return services.write_letter(
        zone=zone, address=ADDRESS, key=key, title="有 1 项政策可申报", body="您好", **values
    )


def test_a_letter_is_written_once_of_each_thing_and_sent_once(zone, posted):
    heard, _answers = posted
    assert [write(zone), write(zone), write(zone, "other")] == [True, False, True]
    assert services.send_letters_due() == 2
    assert services.send_letters_due() == 0
    address, title, body = heard[0]
    assert address.startswith("mailtos://server.example.cn?user=u&to=li%40firm.example.cn&")
    assert (title, body) == ("有 1 项政策可申报", "您好")
    assert set(Letter.objects.values_list("state", "why")) == {("sent", "")}


def test_a_letter_that_does_not_arrive_is_tried_again_later_and_later_and_given_up(zone, posted, monkeypatch):
    _heard, answers = posted
    write(zone, due_at=MOMENT)
    clock = [timezone.now()]
    monkeypatch.setattr(letters.timezone, "now", lambda: clock[0])
    waits = []
    for _turn in outbox.BACKOFF:
        answers[:] = ["对方没有接受"]
        assert services.send_letters_due() == 0
        row = Letter.objects.get()
        waits.append(row.due_at - clock[0])
        clock[0] = row.due_at
    assert waits == list(outbox.BACKOFF)
    answers[:] = ["对方没有接受"]
    services.send_letters_due()
    row = Letter.objects.get()
    assert (row.state, row.why) == (Delivery.State.GIVEN_UP, "对方没有接受")


def test_what_a_killed_sender_had_in_hand_is_sent_when_the_claim_has_run_out(zone, posted, monkeypatch):
    write(zone, due_at=MOMENT)
    clock = [timezone.now()]
    monkeypatch.setattr(letters.timezone, "now", lambda: clock[0])
    assert letters._claim() is not None  # and is killed here
    assert services.send_letters_due() == 0
    clock[0] += outbox.CLAIM + timedelta(seconds=1)
    assert services.send_letters_due() == 1


def test_without_a_mail_server_a_letter_waits_and_says_why(zone):
    write(zone)
    with override_settings(MAIL_ADDRESS=""):
        assert services.send_letters_due() == 0
    row = Letter.objects.get()
    assert (row.state, bool(row.why)) == (Delivery.State.WAITING, True)


def test_nothing_leaves_a_demo_zone_and_nobody_without_an_address_is_written_to(zone):
    demo = make_zone(demo_day=MOMENT.date(), demo_started_at=MOMENT)
    assert not write(demo)
    assert not services.write_letter(zone=zone, address="", key="k", title="t", body="b")
    assert not Letter.objects.exists()


def test_the_database_refuses_a_letter_that_was_sent_at_no_moment(zone):
    write(zone)
    with pytest.raises(IntegrityError, match="letter_sent_has_its_moment"):
        Letter.objects.update(state=Delivery.State.SENT)
