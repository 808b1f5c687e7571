"""Networks to test with: a small one that can be read, the nineteen tasks, and drawn ones."""

import random
from datetime import date, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from zhuchao.engines.scheduling import Mode, Network, Task, WorkLine
from zhuchao.engines.workdays import WorkCalendar, WorkHours

CHINA = timezone(timedelta(hours=8))


def a_task(key: str, review: int = 60, issue: int = 30, department: str = "甲", **how: Any) -> Task:
    return Task(key, department, review, issue, **how)


def a_network(*tasks: Task, held: tuple[str, ...] = (), **departments: int) -> Network:
    known = {task.department: 1 for task in tasks}
    return Network(tasks, {**known, **departments}, frozenset(held))


# Illustrative durations in working minutes: key, department, review, issue, how.
_NINETEEN: tuple[tuple[str, str, int, int, dict[str, Any]], ...] = (
    ("T01", "经发", 60, 15, {"gives": ("项目代码",), "early": True}),
    ("T02", "资规", 420, 30, {"gives": ("规划条件",), "early": True}),
    ("T03", "资规", 840, 30, {"needs": ("规划条件",), "gives": ("成交确认书",), "early": True}),
    ("T04", "资规", 0, 60, {"needs": ("成交确认书",), "gives": ("出让合同",)}),
    ("T05", "财政", 0, 60, {"needs": ("出让合同",), "gives": ("缴款凭证",)}),
    ("T06", "税务", 0, 30, {"needs": ("出让合同", "缴款凭证"), "gives": ("完税证明",)}),
    (
        "T07",
        "登记",
        420,
        60,
        {
            "needs": ("出让合同", "缴款凭证", "完税证明"),
            "late": frozenset({"缴款凭证", "完税证明"}),
            "gives": ("不动产权证书",),
            "early": True,
        },
    ),
    (
        "T08",
        "资规",
        420,
        30,
        {"needs": ("项目代码", "出让合同", "规划条件"), "gives": ("用地规划证",), "early": True},
    ),
    (
        "T09",
        "生态",
        2940,
        30,
        {"needs": ("项目代码",), "gives": ("环评批复",), "pledge": True, "early": True},
    ),
    (
        "T10",
        "水务",
        1260,
        30,
        {"needs": ("项目代码",), "gives": ("水保许可",), "pledge": True, "early": True},
    ),
    (
        "T11",
        "经发",
        2100,
        30,
        {"needs": ("项目代码",), "gives": ("节能意见",), "pledge": True, "early": True},
    ),
    ("T12", "应急", 4200, 60, {"needs": ("项目代码",), "gives": ("安全意见",), "early": True}),
    ("T13", "资规", 2940, 30, {"needs": ("规划条件",), "gives": ("方案意见",), "early": True}),
    (
        "T14",
        "资规",
        420,
        30,
        {
            "needs": ("方案意见", "用地规划证", "不动产权证书"),
            "late": frozenset({"不动产权证书"}),
            "gives": ("工程规划证",),
            "early": True,
        },
    ),
    (
        "T15",
        "人防",
        1260,
        30,
        {"needs": ("方案意见",), "gives": ("人防意见",), "pledge": True, "early": True},
    ),
    ("T16", "住建", 4200, 30, {"needs": ("方案意见",), "gives": ("施工图合格书",), "early": True}),
    ("T17", "住建", 420, 30, {"gives": ("监督登记",), "early": True}),
    (
        "T18",
        "审批",
        420,
        30,
        {
            "needs": (
                *("不动产权证书", "用地规划证", "工程规划证", "施工图合格书", "监督登记"),
                *("人防意见", "环评批复", "水保许可", "节能意见", "安全意见"),
            ),
            "gives": ("施工许可证",),
            "early": True,
        },
    ),
    ("T19", "住建", 60, 0, {"needs": ("项目代码",), "pledge": True, "early": True}),
)


def nineteen(reviewers: int = 1) -> Network:
    """Make a network of 19 tasks and 11 departments in the shape of land and construction approval."""
    tasks = tuple(Task(key, office, review, issue, **how) for key, office, review, issue, how in _NINETEEN)
    return Network(tasks, {task.department: reviewers for task in tasks})


def drawn(seed: int, *, tasks: int = 7, offices: int = 3, notices: float = 0.0) -> Network:
    """Make a network by chance, the same for the same seed; `notices` is the share of tasks with a public notice."""
    chance = random.Random(seed)
    made: list[Task] = []
    for number in range(tasks):
        before = [task.key for task in made if chance.random() < 0.3]
        after = [key for key in before if chance.random() < 0.3]
        needs = [f"doc {key}" for key in before if key not in after]
        made.append(
            Task(
                f"t{number}",
                f"o{chance.randrange(offices)}",
                chance.randrange(0, 9) * 15,
                chance.randrange(0, 4) * 15,
                tuple(after),
                tuple(needs),
                frozenset(document for document in needs if chance.random() < 0.4),
                (f"doc t{number}",),
                chance.random() < 0.3,
                1,
                chance.random() < 0.3,
                chance.randint(1, 9) if notices and chance.random() < notices else 0,
            )
        )
    return Network(tuple(made), {f"o{number}": chance.randint(1, 2) for number in range(offices)})


def a_line(day: int = 2, hour: int = 9, minute: int = 0, *, last: date = date(2026, 12, 31)) -> WorkLine:
    """Make the working time of an office from a moment of March 2026 on; the 2nd is a Monday, the 9th a holiday."""
    calendar = WorkCalendar(date(2026, 1, 1), last, holidays=frozenset({date(2026, 3, 9)}))
    return WorkLine(calendar, WorkHours(), CHINA, datetime(2026, 3, day, hour, minute, tzinfo=CHINA))


NETWORKS = st.integers(0, 10_000).map(drawn)


@st.composite
def handled(draw: st.DrawFn) -> tuple[Network, dict[str, Mode]]:
    """Draw a network and a mode for each of its tasks."""
    network = draw(NETWORKS)
    return network, {task.key: draw(st.sampled_from(task.modes)) for task in network.tasks}
