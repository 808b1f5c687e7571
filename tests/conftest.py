"""What every test stands on: a data folder and a database of its own, on SQLite or on PostgreSQL.

The tests run twice. On SQLite everything runs. On PostgreSQL runs what touches the database, without the
browser: an engine or a rule of the tree gives the same answer on both.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.postgresql import running_postgresql

TESTS = Path(__file__).resolve().parent
# Folders whose tests may always use the database; elsewhere a test asks for it.
WITH_DATABASE = ("apps", "config", "documents", "web")
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}
ON_POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
# A machine that is busy is no failing test; the examples that failed are tried again first.
hypothesis.settings.register_profile(
    "zhuchao", deadline=None, database=DirectoryBasedExampleDatabase(TESTS.parent / "var" / "hypothesis")
)
hypothesis.settings.load_profile("zhuchao")
_folder = Path(tempfile.mkdtemp(prefix="zhuchao-tests-"))


def pytest_configure(config: pytest.Config) -> None:
    """Keep the tests, and the programs they start, away from the data of the person who runs them."""
    os.environ["ZHUCHAO_DATA"] = str(_folder)
    settings.DATA = _folder
    settings.FILES = _folder / "files"
    settings.STORAGES["default"]["OPTIONS"]["location"] = settings.FILES
    settings.STATIC_ROOT = _folder / "static"
    settings.STATIC_ROOT.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Every test's client is a server of its own, which would first read all static files there are.
    settings.WHITENOISE_AUTOREFRESH = True
    # A test's file may be lost in a power cut. The programs that tests start and kill do not know of this.
    os.fsync = lambda descriptor: None
    TransactionTestCase._fixture_teardown = _empty_databases


def _empty_databases(case: TransactionTestCase) -> None:
    from tests.emptying import empty_databases  # only now are the apps there

    empty_databases(case)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(_folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Let a test that asked for pages in another language leave none of it to the next one."""
    yield
    translation.deactivate()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the folder they stand in, and keep those that the database of this run is for.

    First of all, since pytest-django puts the tests that commit behind those that do not by these marks; a folder's
    tests that it takes for different ones are parted, and what they share is made twice.
    """
    kept, left_out = [], []
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if folder == "browser":
            item.add_marker("browser")
        elif folder in WITH_DATABASE and not item.get_closest_marker("django_db"):
            item.add_marker("django_db")
        (kept if _belongs_to_this_run(item) else left_out).append(item)
    items[:] = kept
    # What is loaded by now stays to the end; looking through it for garbage again and again finds none.
    gc.collect()
    gc.freeze()
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def _belongs_to_this_run(item: pytest.Item) -> bool:
    if not ON_POSTGRESQL:
        return not item.get_closest_marker("postgres")
    if item.get_closest_marker("browser") or item.get_closest_marker("sqlite"):
        return False
    asked = bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))
    in_class = (
        isinstance(item, pytest.Function)
        and item.cls is not None
        and issubclass(item.cls, TransactionTestCase)
    )
    return bool(
        asked or in_class or item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
    )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Keep the SQLite of the tests in a file, as the product does, so that writers really meet each other."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(_folder / "test.sqlite3")
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = f"{options.get('init_command', '')}; PRAGMA synchronous=OFF".lstrip("; ")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the address of a PostgreSQL: the one of this run, or one started for the tests that ask."""
    if ON_POSTGRESQL:
        yield os.environ["ZHUCHAO_DATABASE_URL"]
    else:
        with running_postgresql() as address:
            yield address
