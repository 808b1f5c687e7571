"""回单台账: what the bank or the treasury says of the payments of a batch, one row a payment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.premises.models import Site
from zhuchao.apps.premises.services.row_ledgers import FIXES, SENTENCES, Book, RowLedger, Source, Step
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Payment
from ..selectors.payments import with_arrived
from .payments import record_receipt

Place = tuple[str, str, int]


@dataclass
class ReceiptBook(Book):
    """The payments in force by batch, application and instalment, each with what is known of it."""

    payments: dict[Place, Any]


class ReceiptsLedger(RowLedger[ReceiptBook]):
    """Receipts by batch, application and instalment."""

    key: str = "payment_receipts"
    title: Text = _("兑付回单台账")
    thing: str = "policies.payment"
    may: Thing = Thing.PAYMENT
    description: Text = _(
        "一行一笔拨付的回单，按批次号、申报编号、期次对上。到账金额与拨付金额不同的记为“金额不符”，填 0 的记为退回。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("batch", "批次号", Kind.CODE, required=True, max_length=30, example="DF20230615-01"),
        FieldSpec("number", "申报编号", Kind.CODE, required=True, max_length=30, example="SB2023-0001"),
        FieldSpec("position", "期次", Kind.COUNT, unit="期", required=True, example="1"),
        FieldSpec("amount_cny", "到账金额", Kind.MONEY, unit="元", required=True, example="100000"),
        FieldSpec("on", "到账日期", Kind.DATE, required=True, example="2023-06-16"),
        FieldSpec("reference", "流水号", max_length=60),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "batch": "DF20230615-01",
            "number": "SB2023-0001",
            "position": "1",
            "amount_cny": "100000",
            "on": "2023-06-16",
        },
    )
    sentences: Mapping[str, Any] = {
        **SENTENCES,
        "payment_unknown": _("第 {row} 行没有这笔拨付：{found}。"),
    }
    fixes: Mapping[str, Any] = {
        **FIXES,
        "payment_unknown": _("请核对批次号、申报编号和期次；作废的拨付不能登记回单。"),
    }

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> ReceiptBook:
        """Read the payments of the batches that the rows name."""
        batches = {row.values["batch"] for row in rows}
        kept = with_arrived(Payment.objects.live()).filter(zone=zone, payment_batch__number__in=batches)
        found = {
            (row.payment_batch.number, row.application.number, row.instalment.position): row
            for row in kept.select_related("zone", "payment_batch", "application", "instalment")
        }
        return ReceiptBook(zone, sites, found)

    def step(self, row: Row, book: ReceiptBook) -> Step | list[Problem] | None:
        """Return the step of a row: a receipt, or nothing where the same is known."""
        said = row.values
        place = said["batch"], said["number"], int(said["position"])
        payment = book.payments.get(place)
        if payment is None:
            named = f"{place[0]} {place[1]} {place[2]}"
            return [Problem("payment_unknown", named, "", {"field": "batch"})]
        amount = Decimal(said["amount_cny"])
        if payment.result and payment.received_cny == amount:
            return None

        def foresee() -> None:
            if payment.result:
                raise WrongInput(
                    field=gettext("到账金额"), why=gettext("已登记过另一个金额，请先作废原回单。")
                )
            if amount < 0 or not payment.happened_on <= said["on"] <= zones.today(book.zone):
                raise WrongInput(field=gettext("到账日期"), why=gettext("应在拨付日期和今天之间。"))
            payment.result, payment.received_cny = "said", amount

        def write(source: Source) -> None:
            record_receipt(
                actor=source.actor,
                payment=payment,
                amount_cny=amount,
                on=said["on"],
                reference=said.get("reference") or "",
            )

        return Step(write, foresee)


RECEIPTS = ReceiptsLedger()
