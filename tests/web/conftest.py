"""What the tests of the pages stand on: their own addresses, and somebody signed in."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.zones.models import Role, User, Zone


@pytest.fixture(autouse=True)
def _pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.web.pages"


@pytest.fixture
def zone() -> Zone:
    return make_zone("pj")


@pytest.fixture
def officer(zone: Zone) -> User:
    return make_user(Role.ADMINISTRATOR, zone=zone)


@pytest.fixture
def browser(client: Client, officer: User) -> Client:
    return signed_in(client, officer)
