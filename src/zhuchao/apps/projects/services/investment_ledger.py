"""投资台账: one row a piece of money; the same money again changes nothing, a voucher added later is a correction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, correct_entry, record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.core.wording import listed, said_money
from zhuchao.apps.premises.services import lookups
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Investment, Project
from . import project_book
from .above_plan import FIXED, Excess, Spending, spending_of
from .money import investment_key
from .project_book import AT_ONCE, ProjectBook
from .project_writing import reason_of

KINDS = {
    **{str(kind.label): kind.value for kind in Investment.Kind},
    "固投": "fixed_assets",
    "固定资产": "fixed_assets",
    "完成投资": "fixed_assets",
    "内资": "arrived_funds",
    "到位内资": "arrived_funds",
    "外资": "foreign_arrived",
    "实际到账外资": "foreign_arrived",
}
SAID = ("payer", "document_kind", "evidence_note")
LARGEST = Decimal(10) ** 16 - 1
# Looking for a name like another is slow: a file of another zone must not take the day.
MOST_LOOKED_UP = 30


@dataclass
class Known:
    """What the zone keeps of the projects that a file names."""

    zone: Zone
    today: date
    book: ProjectBook
    keys: set[str]
    unvouched: dict[str, list[Investment]]
    spending: Spending
    names: list[str]
    alike: dict[str, list[str]] = field(default_factory=dict)

    def names_like(self, name: str) -> list[str]:
        """Return names of projects like one that is not known; past the first few, just names there are."""
        if name not in self.alike and len(self.alike) < MOST_LOOKED_UP:
            self.alike[name] = get_close_matches(name, self.names, 3, 0.3)
        return self.alike.get(name) or self.names[:3]


class InvestmentLedger:
    """Money that went into projects, or arrived for them."""

    key = "investments"
    title: Text = _("投资台账")
    thing = "projects.investment"
    description: Text = _(
        "一行一笔资金，按项目、资金类别、日期、金额和凭证号识别，同一笔再次导入不会重复。"
        "没有凭证号的为“未核实”，不计入合计；以后补上凭证号再导入，写成更正条目。退回的资金填负数。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "happened_on",
            "日期",
            Kind.DATE,
            ("到账日期", "入账日期", "月份"),
            required=True,
            month_allowed=True,
            example="2023-05-31",
        ),
        FieldSpec(
            "name", "项目名称", aliases=("项目",), required=True, max_length=120, example="高纯氢制备项目"
        ),
        FieldSpec("code", "项目编号", Kind.CODE, ("项目代码",), max_length=40),
        FieldSpec(
            "kind",
            "资金类别",
            Kind.CHOICE,
            ("类别", "资金类型"),
            required=True,
            choices=KINDS,
            example="固定资产投资",
        ),
        FieldSpec(
            "amount_cny",
            "金额",
            Kind.MONEY,
            ("投资额", "完成投资"),
            unit="万元",
            required=True,
            minimum=-LARGEST,
            maximum=LARGEST,
            example="350.5",
        ),
        FieldSpec("payer", "投入方", aliases=("投资方", "出资方"), max_length=120),
        FieldSpec(
            "voucher_no",
            "凭证号",
            Kind.CODE,
            ("凭证编号", "票据号", "发票号"),
            max_length=60,
            example="记-0518",
        ),
        FieldSpec(
            "document_kind",
            "凭证种类",
            Kind.CHOICE,
            ("票据种类",),
            choices={str(kind.label): kind.value for kind in Investment.Document},
            example="发票",
        ),
        FieldSpec("over_plan_reason", "超计划说明", aliases=("超计划原因",), max_length=200),
        FieldSpec("evidence_note", "备注", aliases=("说明",), max_length=200),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "happened_on": "2023-05-31",
            "name": "示例高纯氢制备项目",
            "code": "2023-001",
            "kind": "固定资产投资",
            "amount_cny": "350.5",
            "payer": "示例氢能科技有限公司",
            "voucher_no": "记-0518",
        },
    )
    sentences: Mapping[str, Any] = {
        **lookups.SENTENCES,
        **project_book.SENTENCES,
        "amount_zero": _("第 {row} 行金额为 0。"),
        "above_plan": _("第 {row} 行{of}为 {plan}，已登记 {there}，加上这一笔 {amount} 超出 {above}。"),
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        **project_book.FIXES,
        "amount_zero": _("请填写实际金额，退回的资金填负数；没有发生的请删去该行。"),
        "above_plan": _("请核对金额和单位；确实超出的，在“超计划说明”一列写明原因。"),
    }

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the actor may import investments into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.INVESTMENT, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say what each row would do: a new entry, a voucher for one that had none, or nothing."""
        known = _known(scope, rows)
        for row in rows:
            yield _outcome(row, known)

    def apply(
        self,
        *,
        scope: int,
        actor: Any,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write the new entries, and the corrections that add a voucher."""
        zone = Zone.objects.get(pk=scope)
        at = zones.now(zone)
        new: list[Investment] = []
        corrected: list[Investment] = []
        for outcome in outcomes:
            if outcome.state == "new":
                outcome.data.batch, outcome.data.batch_row = batch, outcome.row.number
                new.append(outcome.data)
        progress.say(gettext("写入投资"), 0, len(new))
        add_entries(new, actor=actor, at=at)
        progress.say(gettext("写入投资"), len(new), len(new))
        for outcome in outcomes:
            if outcome.state == "changed":
                entry, values = outcome.data
                corrected.append(
                    correct_entry(
                        entry,
                        actor=actor,
                        at=at,
                        reason=reason_of(batch),
                        batch=batch,
                        batch_row=outcome.row.number,
                        **values,
                    )
                )
        if new or corrected:
            record_change(
                actor=actor,
                verb="import",
                rows=[*new, *corrected],
                scope=scope,
                file=batch.attachment.name,
                batch=batch.pk,
                new=len(new),
                changed=len(corrected),
            )


def _known(scope: int, rows: Sequence[Row]) -> Known:
    zone = Zone.objects.get(pk=scope)
    book = ProjectBook(scope, (row.values for row in rows))
    keys: set[str] = set()
    unvouched: dict[str, list[Investment]] = {}
    ids = sorted(project.pk for project in book.projects)
    for start in range(0, len(ids), AT_ONCE):
        entries = Investment.objects.filter(project_id__in=ids[start : start + AT_ONCE])
        for entry in entries.select_related("replaced_by").order_by("pk"):
            # A key that was written once stays: what a person corrected or voided is not put back by its file.
            keys.add(entry.ledger_key)
            if entry.is_live:
                keys.add(investment_key(entry))
                if not entry.voucher_no:
                    unvouched.setdefault(investment_key(entry), []).append(entry)
    names = list(Project.objects.filter(zone_id=scope).order_by("name").values_list("name", flat=True)[:5000])
    return Known(zone, zones.today(zone), book, keys - {""}, unvouched, spending_of(ids), names)


def _outcome(row: Row, known: Known) -> Outcome:
    values, problems = row.values, []
    project = known.book.find(values)
    if isinstance(project, Problem):
        return Outcome(row, "refused", problems=[project])
    if project is None:
        near = listed(known.names_like(values["name"])) or "—"
        problems.append(Problem("project_unknown", values["name"], near, {"field": "name"}))
    if values["amount_cny"] == 0:
        problems.append(Problem("amount_zero", "0", "", {"field": "amount_cny"}))
    day: date = values["happened_on"]
    if day > known.today:
        problems.append(
            Problem("day_to_come", day.isoformat(), known.today.isoformat(), {"field": "happened_on"})
        )
    if problems or project is None:
        return Outcome(row, "refused", problems=problems)
    entry = Investment(
        zone_id=known.zone.pk,
        project=project,
        kind=values["kind"],
        happened_on=day,
        amount_cny=values["amount_cny"],
        payer=values.get("payer") or "",
        document_kind=values.get("document_kind") or "",
        voucher_no=(values.get("voucher_no") or "").strip(),
        over_plan_reason=values.get("over_plan_reason") or "",
        evidence_note=values.get("evidence_note") or "",
    )
    entry.ledger_key = investment_key(entry)
    if entry.ledger_key in known.keys:
        return Outcome(row, "same")
    known.keys.add(entry.ledger_key)
    bare = _without_voucher(entry, known)
    if bare is not None:
        said = {name: values[name] for name in SAID if values.get(name)}
        data = (bare, {"voucher_no": entry.voucher_no, **said})
        return Outcome(
            row, "changed", row_id=bare.pk, changes={"voucher_no": ["", entry.voucher_no]}, data=data
        )
    excess = known.spending.excess(entry)
    if excess is not None and not entry.over_plan_reason:
        return Outcome(row, "refused", problems=[_above(excess, known.zone)])
    if entry.kind == FIXED:
        known.spending.add(entry.project_id, day, entry.amount_cny)
    return Outcome(row, "new", data=entry)


def _above(excess: Excess, zone: Zone) -> Problem:
    unit = zone.money_unit
    data = {
        "field": "amount_cny",
        "of": excess.of,
        "plan": said_money(excess.plan_cny, unit),
        "there": said_money(excess.there_cny, unit),
        "amount": said_money(excess.amount_cny, unit),
        "above": said_money(excess.above_cny, unit),
    }
    return Problem("above_plan", data["amount"], data["plan"], data)


def _without_voucher(entry: Investment, known: Known) -> Investment | None:
    """Return the entry of the same money that has no voucher yet; each is taken once."""
    if not entry.voucher_no:
        return None
    key = investment_key(
        Investment(
            project_id=entry.project_id,
            kind=entry.kind,
            happened_on=entry.happened_on,
            amount_cny=entry.amount_cny,
            voucher_no="",
        )
    )
    waiting = known.unvouched.get(key)
    return waiting.pop(0) if waiting else None
