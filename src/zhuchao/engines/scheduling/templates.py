"""Templates of procedures: a network with what people must know of it to draw, explain and print it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.network import Network, Task

MOST_TASKS: Final = 500


@dataclass(frozen=True, slots=True)
class TemplateTask:
    """A task with its descriptions; what `Task` has too means the same here.

    Attributes:
        name: what people call it.
        stage: one of the stages of the template.
        kind: what it is by law, such as 许可, 备案 or 合同.
        notice_calendar_days: days of 公示 between its review and its issue, calendar days.
        legal_days: the limit that `legal_basis` sets, in working days; None where the law sets none.
        promise_days: what the office promises, in working days.
        status: how sure all this is, such as "confirmed" or "memory".
        certificate: whether it issues one of the certificates that the case is about (五证).
        lane: the parallel line that it belongs to (兵分三路).
        instruments: what helps to do it, such as a form or a device.

    Raises:
        EngineError: task_malformed as `Task`, and for days below 0 or credit without a pledge.
    """

    key: str
    name: str
    stage: str
    department: str
    review: int
    issue: int
    kind: str = ""
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    late: frozenset[str] = frozenset()
    gives: tuple[str, ...] = ()
    pledge: bool = False
    credit: int = 1
    early: bool = False
    notice_calendar_days: int = 0
    legal_days: Decimal | None = None
    legal_basis: str = ""
    promise_days: Decimal | None = None
    status: str = ""
    certificate: bool = False
    lane: str = ""
    instruments: str = ""

    def __post_init__(self) -> None:
        days = (self.legal_days or 0, self.promise_days or 0)
        if min(days) < 0 or (self.credit != 1 and not self.pledge):
            raise EngineError("task_malformed", f"{self.key} cannot be planned", task=self.key)
        _ = self.task

    @property
    def task(self) -> Task:
        """What is planned of it."""
        return Task(
            self.key,
            self.department,
            self.review,
            self.issue,
            after=self.after,
            needs=self.needs,
            late=self.late,
            gives=self.gives,
            pledge=self.pledge,
            credit=self.credit,
            early=self.early,
            notice=self.notice_calendar_days,
        )


@dataclass(frozen=True, slots=True)
class Template:
    """A procedure that can be planned.

    Attributes:
        departments: how many reviewers each has for it.
        stages: in their order.
        held: documents that a firm has from the beginning.
        baseline_working_days: how long the procedure took before, None where nobody knows.
        network: what is planned of it.

    Raises:
        EngineError: as `Network`; stage_unknown, stage_twice, baseline_malformed (below 0), tasks_too_many.
    """

    name: str
    tasks: tuple[TemplateTask, ...]
    departments: Mapping[str, int]
    stages: tuple[str, ...]
    held: tuple[str, ...] = ()
    baseline_working_days: Decimal | None = None
    network: Network = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.tasks) > MOST_TASKS:
            raise EngineError("tasks_too_many", f"more than {MOST_TASKS} tasks", most=MOST_TASKS)
        if self.baseline_working_days is not None and self.baseline_working_days < 0:
            raise EngineError("baseline_malformed", "a procedure takes no time below 0")
        for number, stage in enumerate(self.stages):
            if stage in self.stages[:number]:
                raise EngineError("stage_twice", f"{stage} stands twice", stage=stage)
        for task in self.tasks:
            if task.stage not in self.stages:
                message = f"{task.key} belongs to {task.stage}, which is no stage"
                raise EngineError("stage_unknown", message, task=task.key, stage=task.stage)
        tasks = tuple(task.task for task in self.tasks)
        object.__setattr__(self, "network", Network(tasks, self.departments, frozenset(self.held)))

    @property
    def by_key(self) -> dict[str, TemplateTask]:
        """Each task by its key."""
        return {task.key: task for task in self.tasks}

    @property
    def certificates(self) -> tuple[str, ...]:
        """Keys of the tasks that issue the certificates that the case is about."""
        return tuple(task.key for task in self.tasks if task.certificate)

    @property
    def lanes(self) -> tuple[str, ...]:
        """The parallel lines, in the order in which tasks name them first."""
        return tuple(dict.fromkeys(task.lane for task in self.tasks if task.lane))
