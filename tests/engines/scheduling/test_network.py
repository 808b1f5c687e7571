"""What a network refuses, its pieces, its critical path and what would shorten it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.scheduling.making import a_network, a_task, handled, nineteen
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import (
    Link,
    Means,
    Mode,
    Network,
    Part,
    Step,
    Task,
    find_critical_path,
    take_apart,
)


def refusal(make: object, *args: object, **named: object) -> EngineError:
    with pytest.raises(EngineError) as caught:
        make(*args, **named)  # type: ignore[operator]
    return caught.value


def test_a_cycle_is_named_link_by_link_in_the_order_of_work() -> None:
    tasks = (
        a_task("outside", after=("b",)),
        a_task("a", needs=("from c",), gives=("from a",)),
        a_task("b", needs=("from a",)),
        a_task("c", after=("b",), gives=("from c",)),
    )
    found = refusal(a_network, *tasks)
    assert found.code == "network_cycle"
    links = found.data["links"]
    assert isinstance(links, tuple)
    assert set(links) == {Link("a", "b", "from a"), Link("b", "c"), Link("c", "a", "from c")}
    assert all(link.then == following.first for link, following in pairwise(links))
    assert "a -from a-> b" in str(found)
    assert "b -order-> c" in str(found)


@pytest.mark.parametrize(
    ("tasks", "departments", "code", "data"),
    [
        ((), {}, "network_empty", {}),
        ((a_task("a"), a_task("a")), {"甲": 1}, "task_twice", {"task": "a"}),
        (
            (a_task("a", gives=("x",)), a_task("b", gives=("x",))),
            {"甲": 1},
            "document_twice",
            {"document": "x"},
        ),
        ((a_task("a"),), {}, "department_unknown", {"task": "a", "department": "甲"}),
        ((a_task("a"),), {"甲": 0}, "capacity_missing", {"task": "a", "department": "甲"}),
        ((a_task("a", after=("z",)),), {"甲": 1}, "predecessor_unknown", {"task": "a", "predecessor": "z"}),
        ((a_task("a", needs=("x",)),), {"甲": 1}, "document_nobody_gives", {"task": "a", "document": "x"}),
    ],
)
def test_what_cannot_be_planned_is_refused_with_what_is_wrong(
    tasks: tuple[Task, ...], departments: dict[str, int], code: str, data: dict[str, str]
) -> None:
    found = refusal(Network, tasks, departments)
    assert (found.code, found.data) == (code, data)


def test_a_task_that_waits_for_itself_is_a_cycle() -> None:
    assert refusal(a_network, a_task("a", after=("a",))).data["links"] == (Link("a", "a"),)


@pytest.mark.parametrize("wrong", [{"review": -1}, {"issue": -1}, {"credit": -1}, {"late": frozenset("x")}])
def test_a_task_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    assert refusal(a_task, "a", **wrong).code == "task_malformed"


def test_a_document_that_the_firm_holds_needs_nobody_to_give_it() -> None:
    network = a_network(a_task("a", needs=("licence",)), held=("licence",))
    assert network.links == ()


def test_nineteen_tasks_of_eleven_departments_are_counted() -> None:
    assert nineteen().counts == (19, 11)


def test_each_mode_waits_for_what_it_must() -> None:
    first = a_task("first", 60, 30, gives=("x",), early=True)
    then = a_task("then", 90, 15, needs=("x",), late=frozenset("x"), pledge=True, early=True)
    network = a_network(first, then)
    assert then.modes == (Mode.NORMAL, Mode.LATE, Mode.PLEDGE, Mode.EARLY)

    def minutes(**modes: Mode) -> int:
        return find_critical_path(network, modes, pre_review=150).minutes

    assert minutes() == 60 + 30 + 90 + 15
    assert minutes(then=Mode.LATE) == 60 + 30 + 15
    assert minutes(then=Mode.PLEDGE) == 60 + 30 + 15
    assert minutes(then=Mode.EARLY) == 60 + 30 + 15
    assert minutes(first=Mode.EARLY) == 30 + 90 + 15
    assert minutes(first=Mode.EARLY, then=Mode.EARLY) == 30 + 15


def test_early_reviews_wait_for_each_other_and_must_fit_before_the_start() -> None:
    network = a_network(a_task("a", gives=("x",), early=True), a_task("b", needs=("x",), early=True))
    modes = {"a": Mode.EARLY, "b": Mode.EARLY}
    assert find_critical_path(network, modes, pre_review=120).minutes == 60
    found = refusal(find_critical_path, network, modes, pre_review=119)
    assert (found.code, found.data) == ("pre_review_too_short", {"task": "b", "short": 1})


@pytest.mark.parametrize("modes", [{"a": Mode.PLEDGE}, {"z": Mode.NORMAL}])
def test_a_mode_that_a_task_does_not_allow_is_refused(modes: dict[str, Mode]) -> None:
    assert refusal(take_apart, a_network(a_task("a")), modes).code == "mode_refused"


def test_the_path_tells_its_steps_the_slack_and_what_would_shorten_it() -> None:
    network = a_network(
        a_task("contract", 0, 60, gives=("contract",)),
        a_task("title", 120, 30, needs=("contract",), late=frozenset({"contract"}), gives=("title",)),
        a_task("side", 30, 30),
        a_task("permit", 60, 30, needs=("title",), pledge=True, early=True),
    )
    path = find_critical_path(network)
    assert path.minutes == 60 + 150 + 90
    assert path.steps[:2] == (
        Step("contract", Part.ISSUE, 0, 60),
        Step("title", Part.REVIEW, 60, 180, "contract"),
    )
    assert path.slack == {"contract": 0, "title": 0, "side": 240, "permit": 0}
    gains = {(lever.task, lever.mode): lever.gain for lever in path.levers if lever.means is Means.MODE}
    assert gains == {("title", Mode.LATE): 60, ("permit", Mode.PLEDGE): 60}
    assert not path.binds
    modes = {"title": Mode.LATE, "permit": Mode.PLEDGE}
    path = find_critical_path(network, modes)
    assert path.minutes == 120 + 30 + 30
    instant = [lever for lever in path.levers if lever.means is Means.AT_ONCE]
    assert (instant[0].task, instant[0].part, instant[0].gain) == ("title", Part.REVIEW, 60)


def test_a_path_binds_when_no_mode_that_is_left_shortens_it() -> None:
    path = find_critical_path(a_network(a_task("a", late=frozenset(), pledge=True)), {"a": Mode.PLEDGE})
    assert path.binds
    assert [(lever.means, lever.gain) for lever in path.levers] == [
        (Means.AT_ONCE, 30),
        (Means.MODE, 0),
    ]


def test_an_early_review_is_a_lever_where_there_is_time_before_the_start() -> None:
    network = a_network(a_task("a", early=True))
    assert find_critical_path(network, pre_review=59).binds
    path = find_critical_path(network, pre_review=60)
    assert [(lever.mode, lever.gain) for lever in path.levers if lever.mode] == [(Mode.EARLY, 60)]


@given(handled())
def test_the_path_is_an_unbroken_chain_that_no_piece_outlasts(found: tuple[Network, dict[str, Mode]]) -> None:
    network, modes = found
    path = find_critical_path(network, modes, pre_review=2_000)
    assert path.steps[0].start == 0
    assert path.steps[-1].finish == path.minutes
    assert all(step.finish == then.start for step, then in pairwise(path.steps))
    assert min(path.slack.values()) == 0
    assert all(lever.gain >= 0 for lever in path.levers)


@given(handled(), st.integers(1, 120))
def test_a_longer_step_of_the_path_makes_it_longer_by_as_much(
    found: tuple[Network, dict[str, Mode]], more: int
) -> None:
    network, modes = found
    path = find_critical_path(network, modes, pre_review=2_000)
    last = path.steps[-1].task
    tasks = tuple(
        Task(**{**{name: getattr(task, name) for name in Task.__slots__}, "issue": task.issue + more})
        if task.key == last
        else task
        for task in network.tasks
    )
    assert find_critical_path(Network(tasks, network.departments), modes, pre_review=2_000).minutes == (
        path.minutes + more
    )
