"""What the tests of zones share: a zone with an administrator, and a clean memory of the installation."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.zones.models import Role, User, Zone


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Forget rate limits and whether the installation is set up: they live in the process."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def zone() -> Zone:
    return make_zone("pingjiang", name="平江街道", short_name="平江")


@pytest.fixture
def admin(zone: Zone) -> User:
    return make_user(Role.ADMINISTRATOR, zone=zone, display_name="管理员")


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    """A browser in which the zone's administrator is signed in."""
    return signed_in(client, admin)
