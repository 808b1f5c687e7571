"""An empty data file leads to the page that makes the first administrator, once."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from tests.factories import make_user
from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Change, Installation
from zhuchao.apps.zones import selectors, services
from zhuchao.apps.zones.errors import AlreadySetUp
from zhuchao.apps.zones.models import Membership, Role, User, Zone

VALUES = {
    "username": "admin",
    "display_name": "张三",
    "password": "a long phrase of words",
    "zone_code": "pingjiang",
    "zone_name": "平江街道",
    "zone_short_name": "平江",
    "zone_kind": "subdistrict",
}


def test_an_empty_data_file_leads_to_the_set_up_page_and_then_inside(client):
    assert client.get("/").headers["Location"] == "/setup/"
    assert client.get("/accounts/login/").headers["Location"] == "/setup/"
    assert "首位管理员" in client.get("/setup/").content.decode()
    answer = client.post("/setup/", VALUES | {"password_again": VALUES["password"]})
    assert answer.headers["Location"] == "/"
    page = client.get("/settings/zones/")
    assert "平江街道" in page.content.decode()
    membership = Membership.objects.get()
    assert (membership.role, membership.user.username) == (Role.ADMINISTRATOR, "admin")
    assert Installation.objects.get().mode == Installation.Mode.REAL
    assert "set_up" in [change.verb for change in Change.objects.filter(scope=membership.zone_id)]


def test_a_data_file_that_is_set_up_shows_the_page_to_nobody(client):
    services.setup.create_first_administrator(**VALUES)
    assert client.get("/setup/").headers["Location"] == "/accounts/login/"
    assert client.post("/setup/", VALUES).headers["Location"] == "/accounts/login/"
    assert User.objects.count() == 1


def test_a_data_file_with_people_is_not_set_up_again():
    make_user()
    with pytest.raises(AlreadySetUp):
        services.setup.create_first_administrator(**VALUES)
    assert not Zone.objects.exists()


@pytest.mark.parametrize("mode", [Installation.Mode.DEMO, Installation.Mode.REAL])
def test_a_data_file_of_another_kind_is_not_set_up_even_without_people(mode):
    Installation.objects.create(mode=mode)
    assert not selectors.installation.needs_setup()
    with pytest.raises(AlreadySetUp):
        services.setup.create_first_administrator(**VALUES)
    assert not Zone.objects.exists()


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123456", "admin"])
def test_an_easy_password_is_refused_and_what_was_typed_is_kept(client, password):
    answer = client.post("/setup/", VALUES | {"password": password, "password_again": password})
    assert answer.status_code == 422
    assert 'value="平江街道"' in answer.content.decode()
    assert not User.objects.exists()
    assert not Zone.objects.exists()


def test_two_passwords_that_differ_are_refused(client):
    answer = client.post("/setup/", VALUES | {"password_again": "another long phrase"})
    assert answer.status_code == 422
    assert "两次输入的密码不一致" in answer.content.decode()


def test_a_weak_password_is_refused_by_the_service_itself():
    with pytest.raises(WrongInput):
        services.setup.create_first_administrator(**(VALUES | {"password": "short"}))


def test_once_set_up_the_question_costs_nothing(django_assert_num_queries):
    assert selectors.installation.needs_setup()
    services.setup.create_first_administrator(**VALUES)
    assert not selectors.installation.needs_setup()
    with django_assert_num_queries(0):
        assert not selectors.installation.needs_setup()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_several_who_set_up_at_the_same_moment_one_wins():
    ready = Barrier(4)
    won: list[int] = []
    lost: list[int] = []

    def race(n: int) -> None:
        try:
            ready.wait()
            values = VALUES | {"username": f"admin{n}", "zone_code": f"zone{n}"}
            services.setup.create_first_administrator(**values)
            won.append(n)
        except AlreadySetUp:
            lost.append(n)
        finally:
            connection.close()

    threads = [Thread(target=race, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert User.objects.get().username == f"admin{won[0]}"
    assert Zone.objects.count() == Membership.objects.count() == 1
