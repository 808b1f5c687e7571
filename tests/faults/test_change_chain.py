"""Who meddles with the change log is found out: the first link that does not hold is named."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier, Event
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from tests.append_only import put_back, take_away
from tests.factories import make_user, make_zone
from zhuchao.apps.core.models import ChainHead, Change
from zhuchao.apps.core.services import changes, record_change, verify_changes
from zhuchao.apps.core.services.changes import ChainBroken
from zhuchao.apps.zones.models import User

pytestmark = pytest.mark.django_db

SCOPE, LINKS = 7001, 5


@pytest.fixture
def actor() -> User:
    return make_user()


@pytest.fixture
def chain(actor: User) -> list[Change]:
    """Return five links of one chain, with a chain beside it that nobody meddles with."""
    links = []
    for number in range(LINKS):
        links.append(record_change(actor=actor, verb="edit", rows=[actor], scope=SCOPE, number=number))
        record_change(actor=None, verb="edit", rows=[actor], scope=SCOPE + 1)
    return links


def meddle(link: Change, **values: Any) -> None:
    """Change a link as somebody with the whole database in their hands would."""
    triggers = take_away(connection)
    Change.objects.filter(pk=link.pk).update(**values)
    put_back(connection, triggers)


def take_out(*links: Change) -> None:
    triggers = take_away(connection)
    with connection.cursor() as cursor:
        for link in links:
            cursor.execute("DELETE FROM core_changedrow WHERE change_id = %s", [link.pk])
            cursor.execute("DELETE FROM core_change WHERE id = %s", [link.pk])
    put_back(connection, triggers)


def found() -> ChainBroken | int:
    (answer,) = verify_changes(SCOPE)
    return answer


def test_a_chain_nobody_touched_holds(chain):
    assert found() == LINKS
    assert list(verify_changes()) == [LINKS, LINKS]


@pytest.mark.parametrize(
    "values",
    [
        {"scope": 9},
        {"seq": 99},
        {"moment": F("moment") + timedelta(microseconds=1)},
        {"actor": None},
        {"actor_name": "别人"},
        {"verb": "view"},
        {"thing": "zones.zone"},
        {"rows": [1, 2]},
        {"data": {"number": 3}},
        {"data": {}},
        {"previous": "0" * 64},
        {"digest": "f" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_whatever_is_altered_in_a_link_that_link_is_named(chain, values):
    meddle(chain[2], **values)
    broken = found()
    assert isinstance(broken, ChainBroken)
    assert (broken.scope, broken.seq) == (SCOPE, 3)
    assert LINKS in list(verify_changes()), "the chain beside it still holds"


def test_every_part_of_a_link_is_under_the_seal(chain):
    sealed = {"scope", "seq", "moment", "actor", "actor_name", "verb", "thing", "rows", "data", "previous"}
    assert {field.name for field in Change._meta.concrete_fields} == sealed | {"id", "digest"}


def test_a_link_with_a_seal_of_its_own_making_breaks_the_next(chain):
    link = Change.objects.get(pk=chain[1].pk)
    link.verb = "view"
    meddle(link, verb="view", digest=changes._digest(link))
    broken = found()
    assert isinstance(broken, ChainBroken)
    assert (broken.seq, broken.why) == (3, "not_linked")


@pytest.mark.parametrize("place", range(LINKS))
def test_a_link_that_was_taken_out_is_named(chain, place):
    take_out(chain[place])
    assert found() == ChainBroken(SCOPE, place + 1, "missing")


def test_an_end_that_was_cut_off_is_named(chain):
    take_out(*chain[3:])
    assert found() == ChainBroken(SCOPE, 4, "missing")
    take_out(*chain[:3])
    assert found() == ChainBroken(SCOPE, 1, "missing")


def test_a_chain_that_was_taken_away_whole_or_has_lost_its_head_is_named(chain):
    ChainHead.objects.filter(scope=SCOPE).delete()
    assert found() == ChainBroken(SCOPE, 1, "headless")
    assert ChainBroken(SCOPE, 1, "headless") in list(verify_changes())


def test_a_link_that_was_put_behind_the_end_is_named(chain):
    forged = Change.objects.get(pk=chain[-1].pk)
    forged.pk, forged.seq, forged.previous = None, LINKS + 1, chain[-1].digest
    forged.digest = changes._digest(forged)
    forged.save(force_insert=True)
    assert found() == ChainBroken(SCOPE, LINKS + 1, "behind_the_end")


def test_two_links_that_changed_places_are_named(chain):
    meddle(chain[1], seq=100)
    meddle(chain[2], seq=2)
    meddle(chain[1], seq=3)
    broken = found()
    assert isinstance(broken, ChainBroken)
    assert broken.seq == 2


def test_the_command_names_the_first_broken_link_and_ends_with_an_error(chain):
    out = StringIO()
    call_command("verify_changes", stdout=out, stderr=out)
    meddle(chain[2], verb="view")
    with pytest.raises((CommandError, SystemExit)) as refusal:
        call_command("verify_changes", stdout=out, stderr=out)
    said = out.getvalue() + str(refusal.value)
    assert str(SCOPE) in said
    assert "3" in said
    assert getattr(refusal.value, "code", getattr(refusal.value, "returncode", 1)) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_who_write_at_once_leave_neither_a_gap_nor_a_double():
    zone, people, each = make_zone(), [make_user() for _ in range(8)], 6
    barrier = Barrier(len(people))

    def write(person: User) -> None:
        try:
            barrier.wait()
            for number in range(each):
                with transaction.atomic():
                    record_change(actor=person, verb="edit", rows=[person], scope=zone.pk, number=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(write, people))
    places = Change.objects.filter(scope=zone.pk).order_by("seq").values_list("seq", flat=True)
    assert list(places) == list(range(1, len(people) * each + 1))
    assert list(verify_changes(zone.pk)) == [len(people) * each]
    assert ChainHead.objects.get(scope=zone.pk).seq == len(people) * each
    for person in people:
        own = Change.objects.filter(actor=person).order_by("seq")
        assert [link.data["number"] for link in own] == list(range(each))


@pytest.mark.django_db(transaction=True)
def test_a_chain_that_grows_while_it_is_verified_holds():
    zone, person, links = make_zone(), make_user(), 60
    begun, written = Barrier(2), Event()

    def write() -> None:
        try:
            begun.wait()
            for number in range(links):
                with transaction.atomic():
                    record_change(actor=person, verb="edit", rows=[person], scope=zone.pk, number=number)
        finally:
            written.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        begun.wait()
        answers = [next(verify_changes(zone.pk), 0)]
        while not written.is_set():
            answers += verify_changes(zone.pk)
        writing.result()
    assert [answer for answer in answers if isinstance(answer, ChainBroken)] == []
    assert list(verify_changes(zone.pk)) == [links]
