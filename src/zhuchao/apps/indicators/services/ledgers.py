"""The ledgers of indicators: 目标任务 and 指标数据."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, correct_entry, record_change
from zhuchao.apps.core.services.importing import Outcome, Row, register
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.reading import FieldSpec, Kind, Problem
from zhuchao.engines.reading.periods import Period, parse_period

from ..models import Indicator, Observation, Target
from ..selectors.figures import shown
from ..selectors.indicators import indicators_in
from .observations import check_status, observation_key
from .targets import target_key
from .values import base_value

SENTENCES = {
    "indicator_unknown": _("第 {row} 行指标“{found}”不认识。"),
    "indicator_counted": _("第 {row} 行“{found}”由台账自动计算，不能直接填数。"),
    "period_not_understood": _("第 {row} 行期间“{found}”看不懂。"),
    "unit_does_not_fit": _("第 {row} 行单位“{found}”不能用于这个指标。"),
    "lower_status": _("第 {row} 行的数据状态比已有的低，不能覆盖。"),
    "department_unknown": _("第 {row} 行责任单位“{found}”不在本辖区。"),
    "nothing_said": _("第 {row} 行没有数值，也没有同比。"),
    "twice_in_file": _("第 {row} 行与第 {first} 行重复。"),
}
FIXES = {
    "indicator_unknown": _("应为其中之一：{expected}"),
    "indicator_counted": _("请删去这一行，改为导入相应的台账。"),
    "period_not_understood": _("请写成 2023年1-5月、2023-05 或 2023年。"),
    "unit_does_not_fit": _("应为 {expected} 一类的单位。"),
    "lower_status": _("已有“{expected}”数，请用同级或更高级的数据更正。"),
    "department_unknown": _("请先在“设置—组织与人员”中添加，或改成：{expected}"),
    "nothing_said": _("请至少填写数值或同比。"),
    "twice_in_file": _("请删去其中一行。"),
}


@dataclass(frozen=True)
class _Known:
    """What the rows of one file are checked against, read once."""

    zone: Zone
    indicators: Mapping[str, Indicator]
    departments: Mapping[str, Department]

    @classmethod
    def of(cls, scope: int) -> "_Known":
        zone = Zone.objects.get(pk=scope)
        indicators = {}
        for indicator in indicators_in(zone):
            indicators[indicator.name] = indicators[indicator.code] = indicator
        departments = {d.name: d for d in Department.objects.filter(zone=zone)}
        return cls(zone, indicators, departments)

    def indicator(self, text: str) -> Indicator | Problem:
        found = self.indicators.get(text.strip())
        if found is None:
            names = sorted({indicator.name for indicator in self.indicators.values()})
            near = [name for name in names if set(name) & set(text)][:8]
            return Problem("indicator_unknown", text, listed(near or names[:8]))
        return found


def _period(text: str) -> Period | Problem:
    try:
        return parse_period(text)
    except EngineError as error:
        return Problem(error.code, text)


def _refuse(row: Row, *problems: Problem) -> Outcome:
    return Outcome(row, "refused", problems=problems)


class _Ledger(ABC):
    """What both ledgers share."""

    sentences = SENTENCES
    fixes = FIXES
    permission: Thing

    def authorise(self, actor: Any, scope: int) -> None:
        zones.require(actor, Verb.IMPORT, self.permission, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        known = _Known.of(scope)
        kept = self._kept(known.zone)
        seen: dict[str, int] = {}
        for row in rows:
            outcome = self._compare(known, kept, row)
            key = outcome.data["ledger_key"] if outcome.data else ""
            if key and key in seen:
                outcome = _refuse(row, Problem("twice_in_file", data={"first": seen[key]}))
            elif key:
                seen[key] = row.number
            yield outcome

    @abstractmethod
    def _kept(self, zone: Zone) -> dict[str, Any]:
        """Return the entries in force by their ledger key."""

    @abstractmethod
    def _compare(self, known: _Known, kept: Mapping[str, Any], row: Row) -> Outcome:
        """Say what one row would do."""

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        zone = Zone.objects.select_for_update(no_key=True).get(pk=scope)
        at = zones.now(zone)
        new = [self._entry(zone, batch, outcome) for outcome in outcomes if outcome.state == "new"]
        written = add_entries(new, actor=actor, at=at)
        reason = str(_("台账更新：{file}")).format(file=batch.attachment.name)[:200]
        for place, outcome in enumerate(outcomes):
            if outcome.state == "changed":
                values = {
                    name: value for name, value in outcome.data.items() if name not in {"old", "ledger_key"}
                }
                old = outcome.data["old"]
                written.append(correct_entry(old, actor=actor, at=at, reason=reason, **values))
            progress.say(str(_("写入")), place + 1, len(outcomes))
        if written:
            record_change(actor=actor, verb="import", rows=written, scope=scope, batch=batch.pk)

    @abstractmethod
    def _entry(self, zone: Zone, batch: ImportBatch, outcome: Outcome) -> Any:
        """Return the new entry of a row, not yet written."""


class TargetLedger(_Ledger):
    """目标任务: what is aimed at, by indicator and period."""

    key = "targets"
    title: Text = _("目标任务")
    thing = "indicators.target"
    permission = Thing.TARGET
    description: Text = _("各项指标的年度计划和月度奋斗目标，用来计算完成率和红绿灯。")
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "indicator",
            "指标",
            aliases=("指标名称", "考核指标", "任务名称"),
            required=True,
            example="盘活载体面积",
        ),
        FieldSpec("period", "期间", aliases=("考核期", "年度", "时间"), required=True, example="2023年"),
        FieldSpec(
            "kind",
            "目标类型",
            Kind.CHOICE,
            aliases=("类型",),
            choices={"年度计划": "plan", "计划": "plan", "奋斗目标": "stretch", "奋斗指标": "stretch"},
            example="年度计划",
        ),
        FieldSpec(
            "value",
            "目标值",
            Kind.NUMBER,
            aliases=("目标", "任务数", "计划数", "全年目标"),
            required=True,
            example="12144",
        ),
        FieldSpec("unit", "单位", aliases=("计量单位",), required=True, max_length=10, example="㎡"),
        FieldSpec("department", "责任单位", aliases=("牵头单位", "责任部门"), max_length=60),
        FieldSpec("happened_on", "下达日期", Kind.DATE, aliases=("下达时间",), example="2023-01-10"),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "indicator": "盘活载体面积",
            "period": "2023年1-5月",
            "kind": "奋斗目标",
            "value": 12144,
            "unit": "㎡",
        },
    )

    def _kept(self, zone: Zone) -> dict[str, Any]:
        return {target.ledger_key: target for target in Target.objects.live().filter(zone=zone)}

    def _compare(self, known: _Known, kept: Mapping[str, Any], row: Row) -> Outcome:
        said = row.values
        indicator, period = known.indicator(said["indicator"]), _period(said["period"])
        problems = [item for item in (indicator, period) if isinstance(item, Problem)]
        name = said.get("department")
        department = known.departments.get(name) if name else None
        if name and department is None:
            problems.append(Problem("department_unknown", name, listed(list(known.departments)[:8])))
        if problems or isinstance(indicator, Problem) or isinstance(period, Problem):
            return _refuse(row, *problems)
        try:
            value = base_value(indicator, said["value"], said["unit"])
        except DomainError:
            return _refuse(row, Problem("unit_does_not_fit", said["unit"], indicator.show_unit))
        kind = said.get("kind") or Target.Kind.PLAN
        key = target_key(indicator, kind, period.first, period.last, str(department or ""))
        old = kept.get(key)
        data = {"value": value, "ledger_key": key}
        if old is not None:
            if old.value == value:
                return Outcome(row, "same", old.pk, data=data)
            change = {"value": [shown(indicator, old.value), shown(indicator, value)]}
            return Outcome(row, "changed", old.pk, changes=change, data=data | {"old": old})
        data |= {
            "indicator": indicator,
            "kind": kind,
            "period_from": period.first,
            "period_to": period.last,
            "department": department,
            "happened_on": said.get("happened_on") or zones.today(known.zone),
        }
        return Outcome(row, "new", data=data)

    def _entry(self, zone: Zone, batch: ImportBatch, outcome: Outcome) -> Target:
        return Target(zone=zone, batch=batch, batch_row=outcome.row.number, **outcome.data)


class ObservationLedger(_Ledger):
    """指标数据: what statistics say, cumulative from January."""

    key = "observations"
    title: Text = _("指标数据")
    thing = "indicators.observation"
    permission = Thing.OBSERVATION
    description: Text = _("统计部门的累计数据：数值、同比、上年同期和数据状态。预计数不会覆盖核定数。")
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("indicator", "指标", aliases=("指标名称",), required=True, example="规上工业总产值"),
        FieldSpec("period", "期间", aliases=("时间", "月份"), required=True, example="2023年1-5月"),
        FieldSpec(
            "value", "数值", Kind.NUMBER, aliases=("累计", "本期累计", "完成数", "绝对值"), example="44.5"
        ),
        FieldSpec("unit", "单位", aliases=("计量单位",), required=True, max_length=10, example="亿元"),
        FieldSpec(
            "growth", "同比", Kind.PERCENT, aliases=("同比增长", "增幅", "增速"), unit="%", example="4.83"
        ),
        FieldSpec("base", "上年同期", Kind.NUMBER, aliases=("同期数", "去年同期")),
        FieldSpec(
            "status",
            "数据状态",
            Kind.CHOICE,
            aliases=("状态",),
            required=True,
            choices={"预计": "forecast", "快报": "flash", "初步": "preliminary", "核定": "approved"},
            example="快报",
        ),
        FieldSpec("source", "数据来源", aliases=("来源",), max_length=120),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "indicator": "规上工业总产值",
            "period": "2023年1-5月",
            "value": 44.5,
            "unit": "亿元",
            "growth": 4.83,
            "status": "快报",
        },
    )

    def _kept(self, zone: Zone) -> dict[str, Any]:
        rows = Observation.objects.live().filter(zone=zone).select_related("indicator")
        return {row.ledger_key: row for row in rows}

    def _compare(self, known: _Known, kept: Mapping[str, Any], row: Row) -> Outcome:
        said = row.values
        indicator, period = known.indicator(said["indicator"]), _period(said["period"])
        problems = [item for item in (indicator, period) if isinstance(item, Problem)]
        if isinstance(indicator, Indicator) and indicator.kind == Indicator.Kind.COUNTED:
            problems.append(Problem("indicator_counted", indicator.name))
        if said.get("value") is None and said.get("growth") is None:
            problems.append(Problem("nothing_said"))
        if problems or isinstance(indicator, Problem) or isinstance(period, Problem):
            return _refuse(row, *problems)
        try:
            data = _observation_values(indicator, said)
        except DomainError:
            return _refuse(row, Problem("unit_does_not_fit", said["unit"], indicator.show_unit))
        key = observation_key(indicator, period.last)
        data["ledger_key"] = key
        old: Observation | None = kept.get(key)
        if old is None:
            first = date(period.last.year, 1, 1)
            data |= {"indicator": indicator, "period_from": first, "happened_on": period.last}
            return Outcome(row, "new", data=data)
        try:
            check_status(indicator, old, data["status"])
        except DomainError:
            return _refuse(row, Problem("lower_status", expected=str(old.get_status_display())))
        # A blank cell is "not said": it never wipes what is known.
        said_values = {
            name: value for name, value in data.items() if value not in (None, "") and name != "ledger_key"
        }
        changes = {
            name: [_shown(indicator, name, getattr(old, name)), _shown(indicator, name, value)]
            for name, value in said_values.items()
            if getattr(old, name) != value
        }
        if not changes:
            return Outcome(row, "same", old.pk, data={"ledger_key": key})
        return Outcome(
            row, "changed", old.pk, changes=changes, data=said_values | {"old": old, "ledger_key": key}
        )

    def _entry(self, zone: Zone, batch: ImportBatch, outcome: Outcome) -> Observation:
        return Observation(zone=zone, batch=batch, batch_row=outcome.row.number, **outcome.data)


def _observation_values(indicator: Indicator, said: Mapping[str, Any]) -> dict[str, Any]:
    def kept(value: Decimal | None) -> Decimal | None:
        return None if value is None else base_value(indicator, value, said["unit"])

    return {
        "value": kept(said.get("value")),
        "base_value": kept(said.get("base")),
        "growth": said.get("growth"),
        "status": said["status"],
        "source": said.get("source") or "",
    }


def _shown(indicator: Indicator, name: str, value: Any) -> Any:
    return shown(indicator, value) if name in {"value", "base_value"} else value


def register_ledgers() -> None:
    """Offer both ledgers to the importer."""
    register(TargetLedger())
    register(ObservationLedger())
