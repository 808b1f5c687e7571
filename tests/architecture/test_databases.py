"""The databases of the tests: append-only as in the product, and empty again after each test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests import append_only
from zhuchao.apps.core.models import Change


def make_change() -> Change:
    return Change.objects.create(
        scope=0, seq=1, moment=timezone.now(), verb="make", thing="zone", digest="0" * 64
    )


def assert_a_change_cannot_be_deleted(change: Change) -> None:
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        Change.objects.filter(pk=change.pk).delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_that_commits_finds_no_row_of_another_and_leaves_the_refusal_in_place(time):
    assert not Change.objects.exists()
    assert_a_change_cannot_be_deleted(make_change())


@pytest.mark.django_db
def test_without_its_triggers_a_table_can_be_emptied_and_with_them_no_more():
    change = make_change()
    taken = append_only.take_away(connection)
    Change.objects.filter(pk=change.pk).delete()
    append_only.put_back(connection, taken)
    assert append_only.triggers_of(connection) == taken
    assert_a_change_cannot_be_deleted(make_change())


def test_the_tests_keep_away_from_the_data_of_the_person_who_runs_them():
    checkout = Path(__file__).resolve().parents[2]
    kept = [settings.DATA, settings.FILES, os.environ["ZHUCHAO_DATA"]]
    kept += [settings.STORAGES["default"]["OPTIONS"]["location"]]
    assert [path for path in kept if Path(path).is_relative_to(checkout)] == []


@pytest.mark.slow
@pytest.mark.sqlite
def test_the_migrations_run_on_sqlite_and_a_second_time_have_nothing_to_do(tmp_path):
    env = os.environ | {"ZHUCHAO_DATA": str(tmp_path)}
    migrate = [sys.executable, "-m", "zhuchao", "migrate", "--no-color"]
    first, second = (
        subprocess.run(migrate, env=env, capture_output=True, encoding="utf-8") for _ in range(2)
    )
    assert "Applying core.0001_initial... OK" in first.stdout, first.stderr
    assert "No migrations to apply." in second.stdout


@pytest.mark.postgres
def test_postgresql_is_reached_through_a_socket_that_no_other_machine_sees(django_db_setup, postgres_url):
    assert connection.settings_dict["HOST"].startswith("/")
    assert "@/" in postgres_url
