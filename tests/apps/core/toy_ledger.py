"""A small ledger for the tests of the importer: the departments of a zone."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models

from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row, register
from zhuchao.apps.zones.models import Department
from zhuchao.engines.reading import FieldSpec, Kind, Problem

# Where the process that is to be killed says that it has written half, and then waits to die.
STALL_FILE = "ZHUCHAO_TEST_STALL_FILE"


class ToyLedger:
    """Departments by name; the other columns are only read."""

    key = "toy"
    title = "科室台账"
    thing = "zones.department"
    description = "测试用的台账。"
    sentences: Mapping[str, str] = {"name_forbidden": "第 {row} 行名称“{found}”不许用。"}
    fixes: Mapping[str, str] = {"name_forbidden": "请换一个名称。"}
    fields = (
        FieldSpec("name", "名称", aliases=("科室名称",), required=True, max_length=60, example="招商科"),
        FieldSpec("kind", "类型", Kind.CHOICE, choices={"招商办": "office", "职能部门": "department"}),
        FieldSpec("code", "统一社会信用代码", Kind.CREDIT_CODE),
        FieldSpec("area_m2", "面积", Kind.AREA, unit="㎡"),
        FieldSpec("money_cny", "总投资", Kind.MONEY, unit="万元"),
        FieldSpec("people", "人数", Kind.COUNT),
        FieldSpec("since", "成立日期", Kind.DATE),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {"name": "示例科", "kind": "招商办", "area_m2": Decimal(100), "money_cny": 12, "people": 3},
    )

    def authorise(self, actor: Any, scope: int) -> None:
        if actor is not None and actor.username.startswith("stranger"):
            raise NotAllowed(verb="导入", thing="科室")

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        there = {d.name: d for d in Department.objects.filter(zone_id=scope)}
        for row in rows:
            name, kind = row.values["name"], row.values["kind"] or "department"
            old = there.get(name)
            if name == "禁用":
                yield Outcome(row, "refused", problems=[Problem("name_forbidden", name)])
            elif old is None:
                yield Outcome(row, "new")
            elif old.kind != kind:
                yield Outcome(row, "changed", old.pk, changes={"kind": [old.kind, kind]})
            else:
                yield Outcome(row, "same", old.pk)

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        new = [
            Department(
                zone_id=scope, name=each.row.values["name"], kind=each.row.values["kind"] or "department"
            )
            for each in outcomes
            if each.state == "new"
        ]
        rows = Department.objects.bulk_create(new[: len(new) // 2])
        _stall(progress)
        rows += Department.objects.bulk_create(new[len(new) // 2 :])
        for each in outcomes:
            if each.state == "changed":
                Department.objects.filter(pk=each.row_id).update(kind=each.row.values["kind"])
        record_change(actor=actor, verb="import", rows=rows, scope=scope, thing="zones.department")


def _stall(progress: Progress) -> None:
    """Wait to be killed in the middle of the write, the first time."""
    path = os.environ.get(STALL_FILE)
    if path and not Path(path).exists():
        Path(path).touch()
        while True:
            progress.say("写入")
            time.sleep(0.05)


def register_toy() -> None:
    register(ToyLedger())
