"""兑付: what is to be paid, batches, the ledger of payments, and budgets."""

import tempfile
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.services.exporting import ExportColumn, record_export, write_xlsx
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    by_value,
    list_response,
)
from zhuchao.web.printing import money
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..models import Instalment, Payment, PaymentBatch, PaymentChannel, PaymentReceipt
from ..selectors import payments
from .applications import application_url

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLOURS = {
    PaymentReceipt.Result.MATCHED: "green",
    PaymentReceipt.Result.DIFFERS: "red",
    PaymentReceipt.Result.RETURNED: "yellow",
}
STATES = (("paid", _("已拨付")), ("batch", _("在批次中")), ("payable", _("可兑付")), ("waiting", _("等条件")))


def batch_url(pk: int) -> str:
    """Return the address of a batch's page."""
    return reverse("payment-batch-detail", args=[pk])


def arrival_of(payment: Any) -> tuple[str, str, str]:
    """Return what became of a payment as a list shows it: value, label, colour."""
    if not payment.result:
        return "sent", gettext("已发出，未对账"), "blue"
    result = PaymentReceipt.Result(payment.result)
    return result.value, str(result.label), COLOURS[result]


def instalment_state(row: Any) -> tuple[str, str, str]:
    """Return where an instalment stands as a list shows it: value, label, colour."""
    if row.paid_cny:
        return "paid", gettext("已拨付"), "green"
    if row.batch_id:
        return "batch", gettext("在批次中"), "azure"
    why = payments.why_not_payable(row)
    return ("waiting", gettext("等条件"), "secondary") if why else ("payable", gettext("可兑付"), "blue")


def _by_state(rows: Any, state: str) -> Any:
    paid = rows.filter(paid_cny__gt=0)
    unpaid = rows.exclude(pk__in=paid.values("pk"))
    payable = payments.payable_instalments(unpaid)
    if state == "paid":
        return paid
    if state == "batch":
        return unpaid.filter(batch__isnull=False)
    if state == "payable":
        return payable
    return unpaid.filter(batch=None).exclude(pk__in=payable.values("pk"))


BATCH = Action(_("编制批次"), "payment-batch-add", "add", "payment", "tabler-plus")
INSTALMENTS = ListPage(
    key="policy-instalments",
    title=_("兑付计划"),
    thing="payment",
    columns=(
        Column(
            "firm",
            _("企业"),
            lambda row: row.application.enterprise.name,
            link=lambda row: application_url(row.application_id),
            on_phone=True,
        ),
        Column("policy", _("政策"), lambda row: row.application.policy.title),
        Column("number", _("申报编号"), lambda row: row.application.number),
        Column("position", _("期次"), lambda row: row.position, Kind.NUMBER),
        Column(
            "amount", _("金额"), lambda row: row.amount_cny, Kind.MONEY, total="amount_cny", on_phone=True
        ),
        Column("asks", _("兑付条件"), lambda row: row.asks),
        Column("state", _("状态"), instalment_state, Kind.STATE, on_phone=True),
        Column("planned", _("计划拨付"), lambda row: row.planned_on, Kind.DATE, sort="planned_on"),
        Column(
            "batch",
            _("批次"),
            lambda row: row.batch or "",
            link=lambda row: batch_url(row.batch_id) if row.batch_id else None,
        ),
    ),
    filters=(
        Filter("state", _("状态"), _by_state, lambda request: STATES),
        Filter("planned", _("计划拨付"), by_date_range("planned_on"), kind="date_range"),
    ),
    search=lambda request, rows, text: (
        rows.filter(application__enterprise__name__icontains=text)
        | rows.filter(application__number__icontains=text)
        | rows.filter(application__policy__title__icontains=text)
    ),
    search_hint=_("企业、政策、申报编号"),
    default_sort="planned_on",
    tabs=((_("全部"), ""), (_("可兑付"), "state=payable"), (_("等条件"), "state=waiting")),
    main_action=BATCH,
    other_actions=(
        Action(_("批次"), "payment-batch-list", "view", "payment"),
        Action(_("预算"), "policy-budget-list", "view", "payment"),
    ),
    empty_sentence=_("还没有兑付计划。申报核定后，在申报页排定兑付。"),
)
BATCHES = ListPage(
    key="payment-batches",
    title=_("兑付批次"),
    thing="payment",
    columns=(
        Column(
            "number",
            _("批次号"),
            lambda row: row.number,
            link=lambda row: batch_url(row.pk),
            sort="number",
            on_phone=True,
        ),
        Column(
            "state",
            _("状态"),
            lambda row: (row.state, row.get_state_display(), "green" if row.is_sent else "yellow"),
            Kind.STATE,
            on_phone=True,
        ),
        Column(
            "amount",
            _("金额"),
            lambda row: row.sent_cny if row.is_sent else row.waiting_cny,
            Kind.MONEY,
            on_phone=True,
        ),
        Column("channel", _("拨付渠道"), lambda row: row.get_channel_display()),
        Column("prepared", _("经办人"), lambda row: row.prepared_by or ""),
        Column("sent_by", _("复核人"), lambda row: row.sent_by or ""),
        Column("sent_on", _("拨付日期"), lambda row: row.sent_on, Kind.DATE, sort="sent_on"),
        Column("note", _("说明"), lambda row: row.note),
    ),
    filters=(
        Filter("state", _("状态"), by_value("state"), lambda request: PaymentBatch.State.choices),
        Filter("channel", _("拨付渠道"), by_value("channel"), lambda request: PaymentChannel.choices),
    ),
    default_sort="-number",
    main_action=BATCH,
    empty_sentence=_("还没有批次。把可兑付的期次编成一批，由另一人复核后拨付。"),
    empty_actions=(BATCH,),
)
PAYMENTS = ListPage(
    key="policy-payments",
    title=_("兑付台账"),
    thing="payment",
    columns=(
        Column("day", _("拨付日期"), lambda row: row.happened_on, Kind.DATE, sort="happened_on"),
        Column(
            "firm",
            _("企业"),
            lambda row: row.enterprise.name,
            link=lambda row: application_url(row.application_id),
            on_phone=True,
        ),
        Column("policy", _("政策"), lambda row: row.policy.title),
        Column("instalment", _("期次"), lambda row: str(row.instalment)),
        Column(
            "amount", _("金额"), lambda row: row.amount_cny, Kind.MONEY, total="amount_cny", on_phone=True
        ),
        Column("arrival", _("对账"), arrival_of, Kind.STATE, on_phone=True),
        Column("arrived", _("到账金额"), lambda row: row.received_cny, Kind.MONEY),
        Column(
            "batch",
            _("批次"),
            lambda row: row.payment_batch.number,
            link=lambda row: batch_url(row.payment_batch_id),
        ),
        Column("channel", _("拨付渠道"), lambda row: row.get_channel_display(), hidden=True),
        Column("year", _("预算年度"), lambda row: str(row.year), hidden=True),
        Column("account", _("收款账户"), lambda row: row.account, hidden=True),
    ),
    filters=(
        Filter("arrival", _("对账"), lambda rows, text: _by_result(rows, text), lambda request: _results()),
        Filter("day", _("拨付日期"), by_date_range("happened_on"), kind="date_range"),
        Filter("channel", _("拨付渠道"), by_value("channel"), lambda request: PaymentChannel.choices),
    ),
    search=lambda request, rows, text: (
        rows.filter(enterprise__name__icontains=text) | rows.filter(policy__title__icontains=text)
    ),
    search_hint=_("企业、政策"),
    default_sort="-happened_on",
    row_verbs=(
        RowVerb(
            "receipt",
            _("登记回单"),
            lambda row: reverse("payment-receipt-add", args=[row.pk]),
            icon="tabler-receipt",
            verb="change",
            thing="payment",
        ),
        RowVerb(
            "void",
            _("作废"),
            lambda row: reverse("payment-void", args=[row.pk]),
            icon="tabler-trash",
            verb="void",
            thing="payment",
        ),
    ),
    empty_sentence=_("还没有拨付。编制批次并由另一人复核后，这里逐笔列出。"),
)


def _results() -> list[tuple[str, Any]]:
    return [("sent", _("已发出，未对账")), *PaymentReceipt.Result.choices]


def _by_result(rows: Any, text: str) -> Any:
    return rows.filter(result__isnull=True) if text == "sent" else rows.filter(result=text)


@login_required
def instalment_list(request: HttpRequest) -> HttpResponseBase:
    """List the instalments of the zone with where each stands."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PAYMENT, zone)
    return list_response(request, INSTALMENTS, payments.listed_instalments(actor, zone))


@login_required
def batch_list(request: HttpRequest) -> HttpResponseBase:
    """List the batches of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PAYMENT, zone)
    return list_response(request, BATCHES, payments.listed_batches(actor, zone))


@login_required
def payment_list(request: HttpRequest) -> HttpResponseBase:
    """List the payments of the zone, in force, with what became of each."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PAYMENT, zone)
    return list_response(request, PAYMENTS, payments.listed_payments(actor, zone))


@login_required
@require_GET
def batch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a batch: what it pays to whom, and what became of it."""
    actor = person_of(request)
    batch = payments.get_batch(actor, pk)
    rows = list(payments.visible_instalments(actor).filter(batch=batch).order_by("pk"))
    paid = list(payments.visible_payments(actor).filter(payment_batch=batch, is_void=False).order_by("pk"))
    total = sum((row.amount_cny for row in (paid if batch.is_sent else rows)), payments.ZERO)
    may_send = zones.may(actor, Verb.MANAGE, Thing.PAYMENT, batch.zone_id)
    context = {
        "record": batch,
        "batch": batch,
        "facts": [
            (gettext("拨付渠道"), batch.get_channel_display()),
            (gettext("合计"), money(total, batch.zone)),
            (gettext("经办人"), batch.prepared_by),
            (gettext("复核人"), batch.sent_by),
            (gettext("拨付日期"), batch.sent_on),
            (gettext("说明"), batch.note),
        ],
        "rows": [] if batch.is_sent else [(row, payments.why_not_payable(row)) for row in rows],
        "payments": [(row, arrival_of(row)) for row in paid],
        "may_send": may_send and not batch.is_sent and batch.prepared_by_id != actor.pk,
        "is_own": may_send and not batch.is_sent and batch.prepared_by_id == actor.pk,
        "may_change": zones.may(actor, Verb.CHANGE, Thing.PAYMENT, batch.zone_id),
        "may_void": zones.may(actor, Verb.VOID, Thing.PAYMENT, batch.zone_id),
        "may_export": zones.may(actor, Verb.EXPORT, Thing.PAYMENT, batch.zone_id),
    }
    return render(request, "policies/payment_batch.html", context)


@login_required
@require_GET
def batch_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send a batch as .xlsx for the finance office; it is recorded."""
    actor = person_of(request)
    batch = payments.get_batch(actor, pk)
    zones.require(actor, Verb.EXPORT, Thing.PAYMENT, batch.zone)
    columns = [
        ExportColumn(gettext("序号"), "number"),
        ExportColumn(gettext("企业")),
        ExportColumn(gettext("统一社会信用代码")),
        ExportColumn(gettext("收款账户")),
        ExportColumn(gettext("金额"), "money", gettext("元")),
        ExportColumn(gettext("政策")),
        ExportColumn(gettext("文号")),
        ExportColumn(gettext("申报编号")),
        ExportColumn(gettext("期次"), "number"),
    ]
    rows = list(_lines(batch))

    def cells() -> Iterator[list[Any]]:
        for place, row in enumerate(rows, 1):
            application = row.application
            firm, version = application.enterprise, application.version_of
            yield [
                *(place, firm.name, firm.credit_code, application.account, row.amount_cny),
                *(application.policy.title, version.document_no, application.number, row.position),
            ]
        yield [
            "",
            gettext("合计"),
            "",
            "",
            sum((row.amount_cny for row in rows), payments.ZERO),
            "",
            "",
            "",
            "",
        ]

    notes = [
        gettext("批次 %(number)s，%(channel)s，%(state)s")
        % {
            "number": batch.number,
            "channel": batch.get_channel_display(),
            "state": batch.get_state_display(),
        }
    ]
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    write_xlsx(file, sheet=batch.number, columns=columns, rows=cells(), notes=notes)
    record_export(
        actor=actor,
        scope=batch.zone_id,
        thing=batch._meta.label_lower,
        list_key=BATCHES.key,
        kind="xlsx",
        count=len(rows),
        columns=[column.label for column in columns],
        query={"batch": batch.number},
    )
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{batch.number}.xlsx", content_type=XLSX)


def _lines(batch: PaymentBatch) -> Iterator[Instalment]:
    """Yield what a batch pays: what is in it, or once it was sent what was paid and not voided."""
    rows = Instalment.objects.select_related(
        "application__enterprise", "application__policy", "application__version_of"
    )
    if not batch.is_sent:
        yield from rows.filter(batch=batch).order_by("pk")
        return
    sent = Payment.objects.live().filter(payment_batch=batch).values("instalment_id")
    yield from rows.filter(pk__in=sent).order_by("pk")


@login_required
@require_GET
def budget_list(request: HttpRequest) -> HttpResponse:
    """Show what each policy of the zone has for a year: allocated, promised, paid, left."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PAYMENT, zone)
    years = payments.budget_years(actor, zone)
    asked = request.GET.get("year", "")
    today = zones.today(zone).year
    year = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in years else today
    policies = list(selectors.listed_policies(actor, zone, zones.today(zone)).order_by("title", "pk"))
    held = payments.budgets(policies, [year])
    found = [held[policy.pk, year] for policy in policies]
    rows = [one for one in found if one.allocated_cny or one.paid_cny or one.committed_cny]
    context = {
        "years": years,
        "year": year,
        "zone_here": zone,
        "rows": rows,
        "totals": {
            name: sum((getattr(one, name) for one in rows), payments.ZERO)
            for name in ("allocated_cny", "committed_cny", "paid_cny", "left_cny", "free_cny")
        },
        "others": [one.policy for one in found if one not in rows],
        "may_set": zones.may(actor, Verb.MANAGE, Thing.PAYMENT, zone),
    }
    return render(request, "policies/budgets.html", context)
