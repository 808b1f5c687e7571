"""Views of a list: kept under a name, seen by their owner or the whole zone, thrown away."""

import pytest

from tests.factories import make_user
from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.core.models import Change, SavedView
from zhuchao.apps.core.selectors.saved_views import visible_saved_views
from zhuchao.apps.core.services.saved_views import MOST_OF_ONE_LIST, delete_view, save_view
from zhuchao.apps.zones.models import User


@pytest.fixture
def person() -> User:
    return make_user()


def keep(person: User, name: str = "本月到期", **values: object) -> SavedView:
    given = {"scope": 1, "list_key": "lead", "query": "stage=signed"} | values
    return save_view(actor=person, name=name, **given)  # type: ignore[arg-type]


def test_keeping_a_view_is_recorded(person: User) -> None:
    view = keep(person)
    assert (view.owner, view.scope, view.list_key, view.query) == (person, 1, "lead", "stage=signed")
    change = Change.objects.get()
    assert (change.verb, change.scope, change.rows) == ("save_view", 1, [view.pk])


def test_the_same_name_again_replaces_the_view(person: User) -> None:
    first = keep(person, "  本月  到期 ")
    again = keep(person, "本月 到期", query="stage=lost", is_shared=True)
    assert again.pk == first.pk
    assert SavedView.objects.get().query == "stage=lost"


def test_the_same_name_of_somebody_else_is_another_view(person: User) -> None:
    keep(person)
    keep(make_user())
    assert SavedView.objects.count() == 2


@pytest.mark.parametrize("name", ["", "   ", "长" * 41, "a\x00b"])
def test_a_view_needs_a_name_of_fitting_length(person: User, name: str) -> None:
    with pytest.raises(WrongInput):
        keep(person, name)
    assert not Change.objects.exists()


def test_a_query_too_long_to_keep_is_refused(person: User) -> None:
    with pytest.raises(WrongInput):
        keep(person, query="q=" + "长" * 1000)


def test_views_of_one_list_are_limited(person: User) -> None:
    for n in range(MOST_OF_ONE_LIST):
        keep(person, f"视图{n}")
    with pytest.raises(WrongInput):
        keep(person, "还有一个")
    keep(person, "视图0", query="")


def test_a_person_sees_their_own_views_and_the_shared_ones_of_the_zone(person: User) -> None:
    other = make_user()
    mine = keep(person)
    shared = keep(other, "大家的", is_shared=True)
    keep(other, "别人的")
    keep(other, "别处的", is_shared=True, scope=2)
    keep(person, "别的列表", list_key="project")
    assert list(visible_saved_views(person, scope=1, list_key="lead")) == [mine, shared]


def test_a_view_is_thrown_away_by_its_owner_or_who_manages_the_zone(person: User) -> None:
    mine, shared = keep(person), keep(make_user(), "大家的", is_shared=True)
    delete_view(actor=person, scope=1, view_id=mine.pk)
    delete_view(actor=person, scope=1, view_id=shared.pk, manages=True)
    assert not SavedView.objects.exists()
    assert list(Change.objects.order_by("pk").values_list("verb", flat=True)[2:]) == ["delete_view"] * 2


@pytest.mark.parametrize("manages", [False, True])
def test_a_view_that_is_not_ones_to_throw_away_is_not_found(person: User, manages: bool) -> None:
    private = keep(make_user())
    elsewhere = keep(person, scope=2)
    for view in (private, elsewhere):
        with pytest.raises(NotFound):
            delete_view(actor=person, scope=1, view_id=view.pk, manages=manages)
    with pytest.raises(NotFound):
        delete_view(actor=person, scope=1, view_id=0, manages=manages)
    assert SavedView.objects.count() == 2


def test_a_shared_view_stays_when_somebody_who_does_not_manage_tries(person: User) -> None:
    shared = keep(make_user(), "大家的", is_shared=True)
    with pytest.raises(NotFound):
        delete_view(actor=person, scope=1, view_id=shared.pk)
