"""Installations to start, to fill and to kill; each server is started as few times as the tests allow."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.house import Answer, Place, Server, Visitor, lives, new_database

SETUP = {
    "zone_name": "试验街道办事处",
    "zone_short_name": "试验",
    "zone_code": "trial",
    "zone_kind": "subdistrict",
    "display_name": "首位",
    "username": "first",
    "password": "a nest for a phoenix",
    "password_again": "a nest for a phoenix",
}


@dataclass(frozen=True)
class Founding:
    """What somebody saw who started an empty installation, and what it left behind."""

    place: Place
    first_page: Answer
    after_setup: Answer
    administrator: Visitor
    left_with: int
    left_behind: list[int]
    said: str


@dataclass(frozen=True)
class House:
    """An installation in which twenty people have keys for their programs."""

    server: Server
    zone: str
    tokens: list[str]
    administrator: Visitor

    @property
    def place(self) -> Place:
        return self.server.place

    def opened(self) -> "House":
        """Return the house with its server running; a test may have left it killed."""
        if not self.server.is_running:
            self.server.start()
        return self


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("houses")


@pytest.fixture(scope="package")
def founding(folder: Path, request: pytest.FixtureRequest) -> Founding:
    """Start an empty installation, make its first administrator by HTTP, and stop it."""
    url = ""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        url = new_database(request.getfixturevalue("postgres_url"))
    place = Place(folder / "founded", url)
    server = Server(place).start()
    try:
        visitor = Visitor(server.address)
        first_page = visitor.get("/")
        after_setup = visitor.post("/setup/", **SETUP)
        family = list(server.family)
        left_with = server.interrupt()
        said = server.said()
        left_behind = [pid for pid in family if lives(pid)]
    finally:
        server.away()
    return Founding(place, first_page, after_setup, visitor, left_with, left_behind, said)


@pytest.fixture(scope="package")
def lasting_house(founding: Founding, folder: Path) -> Iterator[House]:
    """Start a copy of the installation."""
    place = founding.place.copied_to(folder / "house")
    known = place.tell("tests.faults.people")
    server = Server(place, options=()).start()
    visitor = Visitor(server.address)
    for cookie in founding.administrator.cookies:
        visitor.cookies.set_cookie(cookie)
    yield House(server, known["zone"], known["tokens"], visitor)
    server.away()


@pytest.fixture
def house(lasting_house: House) -> House:
    """Return the house, open."""
    return lasting_house.opened()
