"""企业事实台账: what firms are that no other ledger keeps, one row a firm and a fact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.services.ledgers.known import family_of_each, parts_of
from zhuchao.apps.enterprises.services.ledgers.naming import (
    FIRM_FIXES,
    FIRM_SENTENCES,
    Named,
    find_firms,
    problem,
)
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.reading import FieldSpec, Kind

from ..models import FirmFact
from .facts import checked_fact, state_fact

Key = tuple[int, str, date]
KEPT = ("value", "source", "holds_until")


@dataclass(frozen=True, slots=True)
class Said:
    """What one row states: the firm and the fact as it is written."""

    firm_id: int
    values: Mapping[str, Any]


@dataclass(slots=True)
class _Read(Named):
    values: dict[str, Any] | None = None


class FactsLedger:
    """Facts of firms with the day from which each is true and where it comes from."""

    key = "firm_facts"
    title: Text = _("企业事实台账")
    thing = "policies.firmfact"
    description: Text = _(
        "一行一项：哪家企业、什么事实、数值（带单位）、哪天、谁说的。政策匹配用它；企业档案和报表里已有的，不在这里填。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "name", "企业名称", required=True, max_length=120, aliases=("单位名称", "公司名称", "企业全称")
        ),
        FieldSpec("credit_code", "统一社会信用代码", Kind.CREDIT_CODE, aliases=("信用代码", "社会信用代码")),
        FieldSpec(
            "field", "事实", required=True, max_length=64, aliases=("字段", "项目"), example="实缴资本"
        ),
        FieldSpec("value", "数值", required=True, max_length=400, aliases=("内容", "值"), example="1000万元"),
        FieldSpec("on", "日期", Kind.DATE, required=True, aliases=("时点", "截至日期"), example="2023-06-01"),
        FieldSpec("holds_until", "适用至", Kind.DATE, aliases=("有效至",)),
        FieldSpec("source", "来源", required=True, max_length=120, example="企业申报"),
        FieldSpec("evidence_note", "备注", max_length=200, aliases=("依据",)),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {"name": "苏州示例科技有限公司", "credit_code": "91990000000000010P", "field": "实缴资本",
         "value": "1000万元", "on": "2023-06-01", "source": "企业申报"},
        {"name": "苏州示例科技有限公司", "credit_code": "91990000000000010P", "field": "有效的资质与称号",
         "value": "高新技术企业、专精特新中小企业", "on": "2023-06-01", "source": "证书复印件"},
    )  # fmt: skip
    sentences: Mapping[str, str] = {
        **FIRM_SENTENCES,
        "fact_repeated": gettext_noop("第 {row} 行与第 {first} 行是同一企业、同一天的同一项事实。"),
        "fact_refused": gettext_noop("第 {row} 行：{said}"),
    }
    fixes: Mapping[str, str] = {
        **FIRM_FIXES,
        "fact_repeated": gettext_noop("请保留正确的一行。"),
        "fact_refused": gettext_noop("请改正后再导入。"),
    }

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the actor may import what firms report into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.FILING, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say for each row whether its fact is new, replaces what was said of that day, or is known."""
        zone = Zone.objects.get(pk=scope)
        first: dict[Key, int] = {}
        for part in parts_of(rows):
            items = [_read(zone, row) for row in part]
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
        """State each fact through its service."""
        person = actor if isinstance(actor, User) else None
        for number, outcome in enumerate(outcomes):
            progress.say(str(self.title), number, len(outcomes))
            said: Said = outcome.data
            firm = Enterprise.objects.select_related("zone").get(pk=said.firm_id)
            state_fact(actor=person, enterprise=firm, **said.values)
        zone = Zone.objects.get(pk=scope)
        record_change(actor=actor, verb="import", rows=[zone], scope=scope, thing=self.thing, batch=batch.pk)
        progress.say(str(self.title), len(outcomes), len(outcomes))


def _read(zone: Zone, row: Row) -> _Read:
    said = row.values
    item = _Read(row, " ".join(said["name"].split()), said.get("credit_code") or "")
    try:
        item.values = checked_fact(
            field=said["field"],
            value=str(said["value"]),
            source=said["source"],
            on=said["on"],
            holds_until=said.get("holds_until"),
            today=zones.today(zone),
        )
    except DomainError as error:
        item.problem = problem("fact_refused", "value", "", said=str(error))
    return item


def _standing(items: Sequence[_Read]) -> dict[Key, FirmFact]:
    """Return the facts that stand of the firms of some rows, by firm, field and day; the last stated counts."""
    of = family_of_each({item.firm.pk for item in items if item.firm is not None})
    rows = FirmFact.objects.live().filter(
        enterprise__in=of, field__in={item.values["field"] for item in items if item.values}
    )
    return {(of[fact.enterprise_id], fact.field, fact.happened_on): fact for fact in rows.order_by("pk")}


def _outcome(item: _Read, standing: Mapping[Key, FirmFact], first: dict[Key, int]) -> Outcome:
    row, said = item.row, item.row.values
    if item.problem is not None or item.firm is None or item.values is None:
        return Outcome(row, "refused", problems=[item.problem] if item.problem else [])
    key = (item.firm.pk, item.values["field"], item.values["happened_on"])
    if first.setdefault(key, row.number) != row.number:
        return Outcome(row, "refused", problems=[problem("fact_repeated", "field", "", first=first[key])])
    written = {name: said.get(name) for name in ("field", "value", "source", "on", "holds_until")}
    data = Said(item.firm.pk, written | {"evidence_note": said.get("evidence_note") or ""})
    known = standing.get(key)
    if known is None:
        return Outcome(row, "new", data=data)
    changes = {
        name: [getattr(known, name), item.values[name]]
        for name in KEPT
        if getattr(known, name) != item.values[name]
    }
    return Outcome(row, "changed" if changes else "same", known.pk, changes=changes, data=data)


FACTS = FactsLedger()
"""What firms are that no other ledger keeps."""
