"""What the API takes and gives for payments. Days as 2022-06-15, amounts in yuan."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from ninja import Field, Schema

from zhuchao.apps.projects.models import Stage

from ..models import Instalment, Payment, PaymentBatch, PaymentChannel, PaymentReceipt

Note = Annotated[str, Field(max_length=200)]


class InstalmentIn(Schema):
    """One instalment of a schedule: its part in percent, its condition, and when it is planned."""

    percent: Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
    condition: Instalment.Condition
    planned_on: date
    stage: Stage | None = None
    asked: Annotated[str, Field(max_length=120)] = ""


class InstalmentOut(Schema):
    """One instalment; ``why_not`` says why it may not be paid, empty where it may."""

    id: int
    position: int
    amount_cny: Decimal
    share: float
    condition: str
    stage: str
    asked: str
    planned_on: date
    paid_cny: Decimal
    why_not: str
    batch_id: int | None


class ScheduleOut(Schema):
    """The schedule of a grant; ``paid_share`` is the part that has been paid, 0 to 1."""

    paid_share: float
    instalments: list[InstalmentOut]


class InstalmentEvidenceIn(Schema):
    """What was seen of the condition of an instalment."""

    on: date | None = None
    evidence_note: Note = ""


class InstalmentEvidenceOut(Schema):
    """An acceptance."""

    id: int
    instalment_id: int
    stage_entry_id: int | None
    happened_on: date
    evidence_note: str


class PaymentBatchIn(Schema):
    """Instalments to gather."""

    instalments: Annotated[list[int], Field(min_length=1, max_length=500)]
    channel: PaymentChannel = PaymentChannel.FISCAL
    note: Note = ""


class PaymentBatchOut(Schema):
    """A batch."""

    id: int
    number: str
    channel: str
    state: str
    prepared_by: str | None
    sent_by: str | None
    sent_on: date | None
    note: str

    @staticmethod
    def resolve_prepared_by(row: PaymentBatch) -> str | None:
        return str(row.prepared_by) if row.prepared_by else None

    @staticmethod
    def resolve_sent_by(row: PaymentBatch) -> str | None:
        return str(row.sent_by) if row.sent_by else None


class PaymentBatchPage(Schema):
    """A page of batches; ``after`` is the id to go on from, None at the end."""

    items: list[PaymentBatchOut]
    after: int | None


class GrantPaymentOut(Schema):
    """A payment; ``result`` is empty until something is known of its arrival."""

    id: int
    batch_id: int
    application_id: int
    instalment_id: int
    policy_id: int
    enterprise_id: int
    amount_cny: Decimal
    year: int
    channel: str
    happened_on: date
    result: str
    received_cny: Decimal | None

    @staticmethod
    def resolve_batch_id(row: Payment) -> int:
        return row.payment_batch_id

    @staticmethod
    def resolve_result(row: Payment) -> str:
        return getattr(row, "result", None) or ""

    @staticmethod
    def resolve_received_cny(row: Payment) -> Decimal | None:
        return getattr(row, "received_cny", None)


class PaymentPage(Schema):
    """A page of payments; ``after`` is the id to go on from, None at the end."""

    items: list[GrantPaymentOut]
    after: int | None


class PaymentSendIn(Schema):
    """The day on which a batch is paid (today)."""

    on: date | None = None


class PaymentReceiptIn(Schema):
    """What arrived, 0 where it came back."""

    amount_cny: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
    on: date | None = None
    reference: Annotated[str, Field(max_length=60)] = ""
    evidence_note: Note = ""


class PaymentReceiptOut(Schema):
    """What became of a payment: matched, differs or returned."""

    id: int
    payment_id: int
    result: PaymentReceipt.Result
    amount_cny: Decimal
    happened_on: date
    reference: str


class BudgetIn(Schema):
    """Money for a year; below 0 to take some away."""

    year: int
    amount_cny: Annotated[Decimal, Field(max_digits=16, decimal_places=2)]
    on: date | None = None
    document_no: Annotated[str, Field(max_length=80)] = ""
    evidence_note: Note = ""


class BudgetOut(Schema):
    """What a policy has for a year; ``left_cny`` may still be paid, ``free_cny`` still be promised."""

    policy_id: int
    title: str
    year: int
    allocated_cny: Decimal
    committed_cny: Decimal
    paid_cny: Decimal
    left_cny: Decimal
    free_cny: Decimal
