"""Approval networks: tasks, the documents that pass between them, and departments; what cannot be is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from zhuchao.engines import EngineError

_NO_DEPARTMENTS: Final[Mapping[str, int]] = MappingProxyType({})


class Mode(StrEnum):
    """How a task is handled."""

    NORMAL = "normal"  # the review waits for all that the task needs
    LATE = "late"  # 容缺: the review waits for what may not come late, the issue for the rest
    PLEDGE = "pledge"  # 告知承诺: no review, and credit is used
    EARLY = "early"  # 预审: reviewed on drafts before the start, the issue waits for all


@dataclass(frozen=True, slots=True)
class Task:
    """One thing a department does: it reviews, then it issues.

    Attributes:
        key: once in a network.
        review, issue: working minutes that one reviewer of the department spends.
        after: tasks that must be over before this one begins.
        needs: documents that it needs; `late` are those of them that may come after the review.
        gives: documents that it issues.
        pledge: whether a pledge may replace its review, and `credit` what that uses.
        early: whether it may be reviewed before the start, on drafts.
        notice: calendar days of public notice (公示) between its review and its issue; under a pledge from when all
            that it needs is there.

    Raises:
        EngineError: task_malformed for minutes, days or credit below 0, or a late document that is not needed.
    """

    key: str
    department: str
    review: int
    issue: int
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    late: frozenset[str] = frozenset()
    gives: tuple[str, ...] = ()
    pledge: bool = False
    credit: int = 1
    early: bool = False
    notice: int = 0

    def __post_init__(self) -> None:
        if min(self.review, self.issue, self.credit, self.notice) < 0 or not self.late <= set(self.needs):
            raise EngineError("task_malformed", f"{self.key} cannot be planned", task=self.key)

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The ways in which it may be handled, the ordinary one first."""
        allowed = ((Mode.LATE, bool(self.late)), (Mode.PLEDGE, self.pledge), (Mode.EARLY, self.early))
        return (Mode.NORMAL, *(mode for mode, may in allowed if may))


@dataclass(frozen=True, slots=True)
class Link:
    """One task waits for another; `document` is what passes between them, "" where only the order is set."""

    first: str
    then: str
    document: str = ""

    def __str__(self) -> str:
        return f"{self.first} -{self.document or 'order'}-> {self.then}"


@dataclass(frozen=True, slots=True)
class Network:
    """Tasks that can all be done, in an order that respects what each waits for.

    Attributes:
        tasks: as given; the order of drawing never decides a plan, only which of two equal ones is told.
        departments: how many tasks each can handle at the same time.
        held: documents that are there from the beginning.

    Raises:
        EngineError: network_empty, task_twice, department_unknown, capacity_missing (a department that works
            on a task and has nobody), predecessor_unknown, document_twice (two tasks issue it),
            document_nobody_gives, network_cycle (data `links`, each with its document).
    """

    tasks: tuple[Task, ...]
    departments: Mapping[str, int] = field(default_factory=lambda: _NO_DEPARTMENTS)
    held: frozenset[str] = frozenset()
    links: tuple[Link, ...] = field(init=False, compare=False)
    order: tuple[str, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        self._refuse_doubles()
        self._refuse_departments()
        links = tuple(self._find_links())
        object.__setattr__(self, "links", links)
        object.__setattr__(self, "order", _order([task.key for task in self.tasks], links))

    @property
    def counts(self) -> tuple[int, int]:
        """How many tasks, and how many departments work on them."""
        return len(self.tasks), len({task.department for task in self.tasks})

    @property
    def by_key(self) -> dict[str, Task]:
        """Each task by its key."""
        return {task.key: task for task in self.tasks}

    def _refuse_doubles(self) -> None:
        if not self.tasks:
            raise EngineError("network_empty", "a network needs a task")
        if (twice := _twice(task.key for task in self.tasks)) is not None:
            raise EngineError("task_twice", f"{twice} stands twice", task=twice)
        if (twice := _twice(document for task in self.tasks for document in task.gives)) is not None:
            raise EngineError("document_twice", f"{twice} is issued twice", document=twice)

    def _refuse_departments(self) -> None:
        for task in self.tasks:
            if task.department not in self.departments:
                message = f"{task.key} is handled by {task.department}, which is not known"
                raise EngineError("department_unknown", message, task=task.key, department=task.department)
            if self.departments[task.department] < 1:
                message = f"{task.department} has nobody to handle {task.key}"
                raise EngineError("capacity_missing", message, task=task.key, department=task.department)

    def _find_links(self) -> Iterable[Link]:
        known = self.by_key
        giver = {document: task.key for task in self.tasks for document in task.gives}
        for task in self.tasks:
            for key in dict.fromkeys(task.after):
                if key not in known:
                    message = f"{task.key} comes after {key}, which is not known"
                    raise EngineError("predecessor_unknown", message, task=task.key, predecessor=key)
                yield Link(key, task.key)
            for document in dict.fromkeys(task.needs):
                if document in self.held:
                    continue
                if document not in giver:
                    message = f"{task.key} needs {document}, which nobody gives"
                    raise EngineError("document_nobody_gives", message, task=task.key, document=document)
                yield Link(giver[document], task.key, document)


def _twice(words: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            return word
        seen.add(word)
    return None


def _order(keys: list[str], links: tuple[Link, ...]) -> tuple[str, ...]:
    """Return the keys so that each comes after what it waits for; raises network_cycle, link by link."""
    waits: dict[str, list[Link]] = {key: [] for key in keys}
    for link in links:
        waits[link.then].append(link)
    done: dict[str, None] = {}
    while len(done) < len(keys):
        ready = [key for key in keys if key not in done and all(link.first in done for link in waits[key])]
        if not ready:
            cycle = _cycle({key: waits[key] for key in keys if key not in done})
            message = "the tasks wait for each other: " + ", ".join(map(str, cycle))
            raise EngineError("network_cycle", message, links=cycle)
        done.update(dict.fromkeys(ready))
    return tuple(done)


def _cycle(waits: Mapping[str, list[Link]]) -> tuple[Link, ...]:
    """Return a cycle among tasks that each wait for another of them, in the order of work."""
    walked: dict[str, Link] = {}
    key = next(iter(waits))
    while key not in walked:
        walked[key] = next(link for link in waits[key] if link.first in waits)
        key = walked[key].first
    links = list(walked.values())
    begins = next(number for number, link in enumerate(links) if link.then == key)
    return tuple(reversed(links[begins:]))
