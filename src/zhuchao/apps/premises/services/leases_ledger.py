"""租赁台账: one row a unit; the rows of one contract number are one lease."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Lease, LeasePayment, LeaseUnit, RentStep, Unit
from ..selectors.bills import Step
from . import lookups
from .leases import sign_lease
from .payments import record_payment
from .unit_lookup import UNIT_FIXES, UNIT_SENTENCES, KnownUnits

ONE_LEASE = ("tenant", "signed_on", "starts_on", "ends_on", "free_from", "free_to", "rate", "per", "deposit")


@dataclass
class Planned:
    """What a row says: its unit and area, the lease when there is one, and a payment when it tells of a new one."""

    unit: Unit | None
    area_m2: Decimal
    lease: Lease | None = None
    pays: bool = False
    others: list["Planned"] = field(default_factory=list)


class LeasesLedger:
    """Leases with their units, period, rent, deposit, and the rent received so far."""

    key = "leases"
    title: Text = _("租赁台账")
    thing = "premises.lease"
    description: Text = _("一行一个房源，同一合同编号的各行为一份租约；已登记的租约只补登新的收款。")
    sentences: Mapping[str, Any] = {
        **lookups.SENTENCES,
        **UNIT_SENTENCES,
        "period_reversed": _("第 {row} 行到期日期 {found} 早于起租日期 {expected}。"),
        "area_beyond_unit": _("第 {row} 行租赁面积 {found} ㎡ 应大于 0 且不大于该房源的 {expected} ㎡。"),
        "lease_overlaps": _("第 {row} 行房源在 {expected} 已租给{found}，租期重叠。"),
        "lease_differs": _("第 {row} 行合同 {found} 已登记，{label}与登记的“{expected}”不同。"),
        "lease_said_twice": _("第 {row} 行{label}与第 {first} 行同一合同的“{expected}”不一致。"),
        "free_outside": _("第 {row} 行免租期应写明起止，且在租期之内。"),
        "payment_incomplete": _("第 {row} 行已收租金和收款日期须一并填写。"),
        "money_negative": _("第 {row} 行{label} {found} 不能小于 0。"),
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        **UNIT_FIXES,
        "period_reversed": _("请核对租期。"),
        "area_beyond_unit": _("请核对面积或房号。"),
        "lease_overlaps": _("请核对租期；原租约提前终止的，请先登记终止。"),
        "lease_differs": _("请在租约页面上变更，并写明原因。"),
        "lease_said_twice": _("同一合同各行应一致。"),
        "free_outside": _("请核对免租期。"),
        "payment_incomplete": _("请补填，或两项都留空。"),
        "money_negative": _("请核对金额。"),
    }
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "number", "合同编号", Kind.CODE, required=True, max_length=60, aliases=("合同号", "租约编号")
        ),
        FieldSpec("site", "载体名称", required=True, max_length=80, aliases=("载体", "园区名称")),
        FieldSpec("building", "楼栋", max_length=60, aliases=("楼号", "栋号")),
        FieldSpec("level", "楼层", max_length=20, aliases=("层",)),
        FieldSpec("unit", "房号", max_length=60, aliases=("房间号", "单元")),
        FieldSpec(
            "tenant", "承租方", required=True, max_length=120, aliases=("承租企业", "租户", "企业名称")
        ),
        FieldSpec("area_m2", "租赁面积", Kind.AREA, unit="㎡", aliases=("面积",)),
        FieldSpec("signed_on", "签约日期", Kind.DATE, aliases=("签订日期",)),
        FieldSpec("starts_on", "起租日期", Kind.DATE, required=True, aliases=("租期起", "开始日期")),
        FieldSpec("ends_on", "到期日期", Kind.DATE, required=True, aliases=("租期止", "结束日期")),
        FieldSpec("free_from", "免租起", Kind.DATE, aliases=("免租开始",)),
        FieldSpec("free_to", "免租止", Kind.DATE, aliases=("免租结束",)),
        FieldSpec(
            "rate",
            "租金单价",
            Kind.NUMBER,
            required=True,
            places=4,
            minimum=Decimal(0),
            aliases=("单价", "租金"),
        ),
        FieldSpec(
            "per",
            "计租方式",
            Kind.CHOICE,
            choices={str(c.label): c.value for c in RentStep.Per} | {"按天": "day", "按月": "month"},
        ),
        FieldSpec(
            "months", "付款周期", Kind.CHOICE, choices={str(c.label): str(c.value) for c in Lease.Period}
        ),
        FieldSpec("deposit", "押金", Kind.MONEY, unit="元", aliases=("保证金", "租赁押金")),
        FieldSpec("paid", "已收租金", Kind.MONEY, unit="元", aliases=("已缴租金", "实收租金")),
        FieldSpec("paid_on", "收款日期", Kind.DATE, aliases=("缴款日期",)),
        FieldSpec("options", "优先权", max_length=200, aliases=("选择权",)),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "number": "租-2023-001",
            "site": "示例产业园",
            "building": "1号楼",
            "level": "3F",
            "unit": "301",
            "tenant": "示例企业有限公司",
            "area_m2": "650",
            "signed_on": "2023-04-20",
            "starts_on": "2023-05-01",
            "ends_on": "2026-04-30",
            "rate": "30",
            "per": "按月",
            "months": "季付",
            "deposit": "39000",
        },
    )

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the person may import leases into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.LEASE, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say of each row whether its lease is new, has a new payment, or is the same; reads only, ten queries."""
        known = KnownUnits(scope, rows)
        numbers = {row.values["number"].strip() for row in rows}
        leases = {
            lease.number: lease
            for lease in Lease.objects.filter(zone_id=scope, number__in=numbers).prefetch_related(
                "places", "steps"
            )
        }
        keys = {pay_key(row): row for row in rows if row.values.get("paid")}
        paid = set(
            LeasePayment.objects.filter(zone_id=scope, ledger_key__in=list(keys)).values_list(
                "ledger_key", flat=True
            )
        )
        taken: dict[int, list[tuple[date, date, str, str]]] = {}
        live = LeaseUnit.objects.filter(zone_id=scope, is_live=True).exclude(lease__number__in=numbers)
        for place in live.select_related("lease"):
            taken.setdefault(place.unit_id, []).append(
                (place.starts_on, place.last_on, place.lease.tenant_name, place.lease.number)
            )
        first: dict[str, Row] = {}
        plans: dict[str, Planned] = {}
        for row in rows:
            number, problems = row.values["number"].strip(), list[Problem]()
            head = first.setdefault(number, row)
            for name in ONE_LEASE:
                if row.values.get(name) != head.values.get(name):
                    data = {"field": name, "first": head.number}
                    problems.append(
                        Problem(
                            "lease_said_twice", str(row.values.get(name)), str(head.values.get(name)), data
                        )
                    )
            unit = known.find(row, problems)
            plan = Planned(unit, row.values.get("area_m2") or (unit.gross_area_m2 if unit else Decimal(0)))
            _check(row, plan, known, problems)
            plan.lease = leases.get(number)
            plan.pays = bool(row.values.get("paid")) and row is head and pay_key(row) not in paid
            if plan.lease is not None:
                problems += _differences(row, plan)
            elif unit is not None and not problems:
                mine = (row.values["starts_on"], row.values["ends_on"], row.values["tenant"], number)
                for other in taken.setdefault(unit.pk, []):
                    if other[0] <= mine[1] and mine[0] <= other[1]:
                        span = f"{other[0]} — {other[1]}"
                        problems.append(Problem("lease_overlaps", other[2], span, {"field": "starts_on"}))
                taken[unit.pk].append(mine)
            if problems:
                yield Outcome(row, "refused", problems=problems)
                continue
            if plan.lease is None:
                plans.setdefault(number, plan).others.append(plan)
                yield Outcome(row, "new", data=plan)
            elif plan.pays:
                changes = {"paid": [None, row.values["paid"]]}
                yield Outcome(row, "changed", plan.lease.pk, changes=changes, data=plan)
            else:
                yield Outcome(row, "same", plan.lease.pk)

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Sign the leases that are new, contract by contract, and enter the payments."""
        person = actor if isinstance(actor, User) else None
        written: dict[str, Lease] = {}
        for count, outcome in enumerate(outcomes):
            progress.say(str(_("写入租赁台账")), count, len(outcomes))
            plan, values = outcome.data, outcome.row.values
            number = values["number"].strip()
            lease = plan.lease or written.get(number)
            if lease is None:
                lease = written[number] = _sign(person, plan, values)
            if plan.pays:
                record_payment(
                    actor=person,
                    lease=lease,
                    on=values["paid_on"],
                    amount_cny=values["paid"],
                    evidence_note="租赁台账",
                    ledger_key=pay_key(outcome.row),
                )
        record_change(
            actor=actor,
            verb="import",
            rows=list(written.values()),
            scope=scope,
            thing=self.thing,
            batch=batch.pk,
        )


def pay_key(row: Row) -> str:
    """Return the key of the payment a row tells of, so that the same file imported again pays nothing twice."""
    parts = (row.values["number"].strip(), row.values.get("paid_on"), row.values.get("paid"))
    return ":".join(str(part) for part in parts)[-64:]


def _sign(actor: User | None, plan: Planned, values: Mapping[str, Any]) -> Lease:
    start = values["starts_on"]
    units = [one.unit for one in plan.others if one.unit is not None]
    return sign_lease(
        actor=actor,
        number=values["number"],
        tenant=values["tenant"],
        units=units,
        areas={one.unit.pk: one.area_m2 for one in plan.others if one.unit is not None},
        signed_on=values.get("signed_on") or min(start, zones.today(units[0].zone)),
        starts_on=start,
        ends_on=values["ends_on"],
        rent=[Step(start, values["rate"], "day" if values.get("per") == RentStep.Per.DAY else "month")],
        rent_free_from=values.get("free_from"),
        rent_free_to=values.get("free_to"),
        payment_months=int(values.get("months") or Lease.Period.QUARTER),
        deposit_cny=values.get("deposit") or Decimal(0),
        options=values.get("options") or "",
        evidence_note="租赁台账",
    )


def _check(row: Row, plan: Planned, known: KnownUnits, problems: list[Problem]) -> None:
    values = row.values
    start, end = values["starts_on"], values["ends_on"]
    if end < start:
        problems.append(Problem("period_reversed", str(end), str(start), {"field": "ends_on"}))
    unit = plan.unit
    if unit is not None and not 0 < plan.area_m2 <= unit.gross_area_m2:
        problems.append(
            Problem("area_beyond_unit", str(plan.area_m2), str(unit.gross_area_m2), {"field": "area_m2"})
        )
    free = (values.get("free_from"), values.get("free_to"))
    if free != (None, None) and not (free[0] and free[1] and start <= free[0] <= free[1] <= end):
        problems.append(Problem("free_outside", data={"field": "free_from"}))
    if bool(values.get("paid")) != bool(values.get("paid_on")):
        problems.append(Problem("payment_incomplete", data={"field": "paid"}))
    problems.extend(
        Problem("money_negative", str(values[name]), "0", {"field": name})
        for name in ("deposit", "paid")
        if (values.get(name) or 0) < 0
    )
    for name in ("signed_on", "paid_on"):
        known.lookups.past_day(values, name, problems)


def _differences(row: Row, plan: Planned) -> list[Problem]:
    lease = plan.lease
    assert lease is not None
    values, said = row.values, {"tenant": lease.tenant_name, "starts_on": lease.starts_on}
    said |= {"ends_on": lease.ends_on, "deposit": lease.deposit_cny}
    found = []
    for name, stands in said.items():
        value = values.get(name)
        if value is not None and value != stands:
            found.append(Problem("lease_differs", lease.number, str(stands), {"field": name}))
    places = {place.unit_id: place.area_m2 for place in lease.places.all()}
    if plan.unit is not None and places.get(plan.unit.pk) != plan.area_m2:
        stands = places.get(plan.unit.pk, "")
        found.append(Problem("lease_differs", lease.number, str(stands), {"field": "area_m2"}))
    return found
