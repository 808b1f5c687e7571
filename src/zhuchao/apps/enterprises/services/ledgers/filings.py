"""企业报表: what firms report, one row a firm and a period, one column a measure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zhuchao.apps.core.errors import AlreadyReplaced
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.figures import ValueStatus, may_replace
from zhuchao.engines.reading import FieldSpec, Kind, Problem
from zhuchao.engines.units import show_number

from ...models import Filing, Measure
from ...selectors.filings import MONEY, label_of, standing_filings
from ..filings import MAY_BE_NEGATIVE, filing_key, first_day, last_day, why_replaced
from .known import family_of_each, parts_of
from .naming import FIRM_FIXES, FIRM_SENTENCES, Named, find_firms, problem

STEP = "写入报表"
_YEAR = re.compile(r"(\d{4})年?(?:度|全年|年报|1-12月)?")
_MONTH = re.compile(r"(\d{4})[-./年](\d{1,2})月?(?:份)?(?:累计)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})")
_DAY = re.compile(r"(\d{4})-(\d{2})-\d{2}(?:00:00:00)?")
_CUMULATIVE = re.compile(r"(\d{4})[-./年]0?1月?[-–—~～至到]+(\d{1,2})月(?:份)?(?:累计)?")
_QUARTER = re.compile(r"(\d{4})年?(?:第?([一二三四1-4])季度?|Q([1-4]))")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_STATUSES = {str(label): value for value, label in Filing.Status.choices} | {
    "预计数": "forecast", "快报数": "flash", "初步数": "preliminary", "核定数": "approved", "年报": "approved",
}  # fmt: skip
_ALIASES: Mapping[str, tuple[str, ...]] = {
    Measure.REVENUE: ("营收", "主营业务收入", "销售收入"),
    Measure.INVOICED_SALES: ("开票销售收入", "应税销售"),
    Measure.OUTPUT: ("产值", "工业产值", "规上工业产值"),
    Measure.VALUE_ADDED: ("增加值",),
    Measure.TAX: ("纳税额", "税收收入", "实缴税金"),
    Measure.PROFIT: ("利润",),
    Measure.RND: ("研发投入", "研发经费"),
    Measure.EMPLOYEES: ("员工数", "职工人数", "从业人员"),
    Measure.ENERGY_TCE: ("综合能源消费量", "能耗"),
}


@dataclass(frozen=True, slots=True)
class Values:
    """What one row writes: firm, period, status, and for each measure its value and the entry it replaces."""

    firm_id: int
    period: str
    on: date
    status: str
    values: tuple[tuple[str, Decimal, int | None, str], ...]


@dataclass(slots=True)
class _Read(Named):
    period: str = ""
    on: date = date.min
    status: str = ""
    values: dict[str, Decimal] | None = None


class FilingLedger:
    """What firms report. A month is cumulative from January; a lower status never replaces a higher one."""

    key = "filings"
    title: Text = _("企业报表")
    thing = "enterprises.filing"
    description: Text = _(
        "一行一家企业一个期间；月度数据为 1 月起累计。低一级的数据不能替换高一级的数据（预计、快报、初步、核定）。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "name", "企业名称", required=True, max_length=120, aliases=("单位名称", "公司名称", "企业全称")
        ),
        FieldSpec("credit_code", "统一社会信用代码", Kind.CREDIT_CODE, aliases=("信用代码", "社会信用代码")),
        FieldSpec(
            "period",
            "期间",
            required=True,
            max_length=30,
            aliases=("报告期", "月份", "年度"),
            example="2023-05",
        ),
        *(
            FieldSpec(
                measure.value,
                "综合能耗" if measure is Measure.ENERGY_TCE else str(measure.label),
                Kind.MONEY if measure in MONEY else Kind.NUMBER,
                aliases=_ALIASES[measure],
                unit="万元" if measure in MONEY else ("人" if measure is Measure.EMPLOYEES else "吨标准煤"),
                minimum=None if measure in MAY_BE_NEGATIVE else Decimal(0),
                places=None if measure in MONEY else (0 if measure is Measure.EMPLOYEES else 2),
            )
            for measure in Measure
        ),
        FieldSpec(
            "status",
            "数据状态",
            Kind.CHOICE,
            required=True,
            choices=_STATUSES,
            aliases=("状态", "数据性质"),
            example="快报",
        ),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {"name": "苏州示例科技有限公司", "credit_code": "91990000000000010P", "period": "2023-05", "revenue": "1250.5",
         "tax": "88", "employees": "126", "status": "快报"},
        {"name": "苏州示例科技有限公司", "credit_code": "91990000000000010P", "period": "2022年", "revenue": "2980",
         "status": "核定"},
    )  # fmt: skip
    sentences: Mapping[str, str] = {
        **FIRM_SENTENCES,
        "period_not_understood": gettext_noop("第 {row} 行{label}“{found}”看不出是哪一期。"),
        "period_to_come": gettext_noop("第 {row} 行{label}“{found}”还没有开始，只能填“预计”数。"),
        "no_values": gettext_noop("第 {row} 行没有任何数值。"),
        "firmer_stands": gettext_noop("第 {row} 行{label}已有“{standing}”数 {kept}，不能用“{found}”数替换。"),
        "value_repeated": gettext_noop("第 {row} 行{label}与第 {first} 行是同一家企业同一期间，但数值不同。"),
    }
    fixes: Mapping[str, str] = {
        **FIRM_FIXES,
        "period_not_understood": gettext_noop("请写成 2023-05（1 月起累计）、2023年一季度 或 2023年。"),
        "period_to_come": gettext_noop("请核对期间或数据状态。"),
        "no_values": gettext_noop("请补填，或删去这一行。"),
        "firmer_stands": gettext_noop("如原数有误，请先在企业档案中填写原因并作废原数。"),
        "value_repeated": gettext_noop("请保留正确的一行。"),
    }

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the actor may import filings into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.FILING, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say for each row which values are new, which replace one, and which may not."""
        zone = Zone.objects.get(pk=scope)
        today = zones.today(zone)
        first: dict[tuple[int, str, str, date], tuple[Decimal, str, int]] = {}
        for part in parts_of(rows):
            items = [_read(row, today) for row in part]
            find_firms(zone, items)
            standing = _standing(items)
            for item in items:
                yield _outcome(item, standing, first)

    def apply(
        self,
        *,
        scope: int,
        actor: Any,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write the new values, and those that replace one, as entries."""
        zone = Zone.objects.get(pk=scope)
        done = 0
        for part in parts_of(outcomes):
            progress.say(STEP, done, len(outcomes))
            entries = [entry for outcome in part for entry in _entries(zone, batch, outcome)]
            try:
                with transaction.atomic():
                    add_entries(entries, actor=actor, at=zones.now(zone))
            except IntegrityError as error:
                raise AlreadyReplaced() from error
            record_change(actor=actor, verb="import", rows=entries, scope=scope, batch=batch.pk)
            done += len(part)
        progress.say(STEP, done, len(outcomes))


def read_period(text: str) -> tuple[str, date] | None:
    """Return the kind of a period and its last day; a month stands for January to that month. None: not understood.

    >>> read_period("2023年1-5月")
    ('month', datetime.date(2023, 5, 31))
    """
    plain = "".join(text.split())
    if found := _QUARTER.fullmatch(plain.upper()):
        number = _QUARTERS.get(found[2]) or int(found[2] or found[3])
        return Filing.Period.QUARTER.value, last_day(Filing.Period.QUARTER, int(found[1]), number)
    if found := _YEAR.fullmatch(plain):
        return Filing.Period.YEAR.value, last_day(Filing.Period.YEAR, int(found[1]))
    for shape in (_CUMULATIVE, _MONTH, _COMPACT, _DAY):
        if (found := shape.fullmatch(plain)) and 1 <= int(found[2]) <= 12 and 1990 <= int(found[1]) <= 2100:
            return Filing.Period.MONTH.value, last_day(Filing.Period.MONTH, int(found[1]), int(found[2]))
    return None


def _read(row: Row, today: date) -> _Read:
    said = row.values
    item = _Read(row, " ".join(said["name"].split()), said.get("credit_code") or "", status=said["status"])
    item.values = {
        measure.value: Decimal(said[measure.value]).quantize(Decimal("0.01"))
        for measure in Measure
        if said.get(measure.value) is not None
    }
    period = read_period(said["period"])
    if period is None or not 1990 <= period[1].year <= today.year + 5:
        item.problem = problem("period_not_understood", "period", said["period"])
        return item
    item.period, item.on = period
    if not item.values:
        item.problem = problem("no_values", "revenue", "")
    elif first_day(item.period, item.on) > today and item.status != Filing.Status.FORECAST:
        item.problem = problem("period_to_come", "period", said["period"])
    return item


def _standing(items: Sequence[_Read]) -> dict[tuple[int, str, str, date], Filing]:
    """Return what stands for the firms and days of some rows, by firm, measure, period and day."""
    firms = {item.firm.pk for item in items if item.firm is not None}
    if not firms:
        return {}
    of = family_of_each(firms)
    days = {item.on for item in items if item.firm is not None}
    rows = Filing.objects.live().filter(enterprise__in=of, happened_on__in=days).order_by()
    by_firm: dict[int, list[Filing]] = {}
    for filing in rows:
        by_firm.setdefault(of[filing.enterprise_id], []).append(filing)
    return {(firm, *key): one for firm, own in by_firm.items() for key, one in standing_filings(own).items()}


def _outcome(
    item: _Read,
    standing: Mapping[tuple[int, str, str, date], Filing],
    first: dict[tuple[int, str, str, date], tuple[Decimal, str, int]],
) -> Outcome:
    if item.problem is None:
        item.problem = _repeated(item, first)
    if item.problem is not None or item.firm is None or item.values is None:
        return Outcome(item.row, "refused", problems=[item.problem] if item.problem else [])
    changes: dict[str, Sequence[Any]] = {}
    written: list[tuple[str, Decimal, int | None, str]] = []
    for measure, value in item.values.items():
        key = (item.firm.pk, measure, item.period, item.on)
        known = standing.get(key)
        earlier = first.setdefault(key, (value, item.status, item.row.number))
        if earlier[2] != item.row.number or (known and (known.value, known.status) == (value, item.status)):
            continue
        if known is None:
            written.append((measure, value, None, ""))
        elif not may_replace(ValueStatus(known.status), ValueStatus(item.status)):
            return Outcome(item.row, "refused", problems=[_firmer(known, item, measure)])
        else:
            written.append((measure, value, known.pk, why_replaced(known, item.status)))
            changes[measure] = [known.value, value]
            if known.status != item.status:
                changes["status"] = [known.status, item.status]
    if not written:
        return Outcome(item.row, "same", row_id=item.firm.pk)
    data = Values(item.firm.pk, item.period, item.on, item.status, tuple(written))
    return Outcome(item.row, "changed" if changes else "new", row_id=item.firm.pk, changes=changes, data=data)


def _repeated(
    item: _Read, first: Mapping[tuple[int, str, str, date], tuple[Decimal, str, int]]
) -> Problem | None:
    """Return the problem of a row that says something else than an earlier row on the same value."""
    for measure, value in (item.values or {}).items():
        assert item.firm is not None
        earlier = first.get((item.firm.pk, measure, item.period, item.on))
        if earlier is not None and earlier[:2] != (value, item.status):
            return problem("value_repeated", measure, show_number(value, 2), first=earlier[2])
    return None


def _firmer(known: Filing, item: _Read, measure: str) -> Problem:
    divisor = 10_000 if measure in MONEY else 1
    kept = f"{show_number(known.value / divisor, 2)}{'万元' if measure in MONEY else ''}"
    return problem(
        "firmer_stands",
        measure,
        str(Filing.Status(item.status).label),
        standing=str(known.get_status_display()),
        kept=kept,
        period=label_of(item.period, item.on),
    )


def _entries(zone: Zone, batch: ImportBatch, outcome: Outcome) -> Iterator[Filing]:
    said: Values = outcome.data
    for measure, value, replaces, reason in said.values:
        yield Filing(
            zone=zone,
            enterprise_id=said.firm_id,
            period=said.period,
            happened_on=said.on,
            measure=measure,
            value=value,
            status=said.status,
            replaces_id=replaces,
            reason=reason,
            batch=batch,
            batch_row=outcome.row.number,
            ledger_key=filing_key(said.firm_id, measure, said.period, said.on),
        )
