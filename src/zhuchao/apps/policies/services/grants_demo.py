"""What a demo zone shows of applications and payments, out of the ``[grants]`` section of its description."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import User, Zone

from ..models import Application, BudgetEntry, CompetitionReview, Instalment, Payment, PaymentBatch, Policy
from ..selectors import current_version
from . import application_steps as steps
from .applications import draft_application
from .budgets import allocate_budget
from .payments import Line, accept_evidence, make_batch, record_receipt, send_batch, set_schedule
from .terms import add_review, set_terms

WHOLE = Decimal(100)


def grant_demo(zone: Zone, described: Mapping[str, Any]) -> None:
    """Let firms of a demo zone apply, be decided on and be paid, by the people named. Safe to repeat.

    ``terms``, ``reviews``, ``budgets`` and ``applications`` name policies by key; ``batches`` name applications.
    """
    # Corrections and objections have their working days; a demo may be loaded before the calendar is.
    load_calendar()
    clerk = User.objects.get(username=described["clerk"])
    decider = User.objects.get(username=described["decider"])
    policies = {policy.key: policy for policy in Policy.objects.filter(zone=zone).select_related("zone")}
    for one in described.get("reviews", ()):
        version = _version(policies[one["policy"]], one["on"])
        if not CompetitionReview.objects.filter(version=version).exists():
            said = {name: one[name] for name in ("conclusion", "body", "on")}
            add_review(actor=decider, version=version, evidence_note=one.get("note", ""), **said)
            terms: dict[str, Any] = {name: one[name] for name in ("mode", "documents") if name in one}
            terms |= {name: Decimal(one[name]) for name in ("amount_cny", "cap_cny") if name in one}
            set_terms(actor=decider, of=version, **terms)
    for one in described.get("budgets", ()):
        policy = policies[one["policy"]]
        if not BudgetEntry.objects.filter(policy=policy, year=one["year"]).exists():
            amount = Decimal(one["amount_cny"])
            said = {name: one[name] for name in ("year", "on", "document_no")}
            allocate_budget(actor=decider, policy=policy, amount_cny=amount, **said)
    for one in described.get("applications", ()):
        if not Application.objects.filter(zone=zone, number=one["number"]).exists():
            _apply(zone, policies[one["policy"]], one, clerk, decider)
    for one in described.get("batches", ()):
        if not PaymentBatch.objects.filter(zone=zone, note=one["note"]).exists():
            _pay(zone, one, clerk, decider)


def _version(policy: Policy, on: date) -> Any:
    version = current_version(policy, on)
    assert version is not None, f"{policy.key} has no version on {on}"
    return version


@transaction.atomic
def _apply(zone: Zone, policy: Policy, said: Mapping[str, Any], clerk: User, decider: User) -> None:
    """Take an application as far as its description says."""
    firm = Enterprise.objects.select_related("zone").get(zone=zone, name=said["firm"], merged_into=None)
    asked = said.get("requested_cny")
    application = draft_application(
        actor=clerk,
        version=_version(policy, said["on"]),
        enterprise=firm,
        on=said["on"],
        number=said["number"],
        requested_cny=Decimal(asked) if asked is not None else None,
        account=said.get("account", ""),
        note=said.get("note", ""),
    )
    for step in said.get("steps", ()):
        taken: dict[str, Any] = {"application": application, "on": step["on"]}
        why = {"reason": step.get("reason", "")}
        match step["kind"]:
            case "submit":
                steps.submit_application(actor=clerk, consent_by=step.get("consent_by", ""), **taken)
            case "return":
                steps.return_application(actor=clerk, **taken, **why)
            case "accept":
                steps.accept_application(actor=clerk, **taken)
            case "approve":
                amount = Decimal(step["amount_cny"])
                steps.approve_application(actor=decider, amount_cny=amount, **taken, **why)
            case "reject":
                steps.reject_application(actor=decider, **taken, **why)
            case "object":
                steps.object_to_decision(actor=clerk, **taken, **why)
            case "withdraw":
                steps.withdraw_application(actor=clerk, **taken, **why)
    lines = [
        Line(
            Decimal(str(line.get("percent", WHOLE))),
            line["condition"],
            line["planned_on"],
            asked=line.get("asked", ""),
        )
        for line in said.get("instalments", ())
    ]
    if lines:
        for row, line in zip(
            set_schedule(actor=clerk, application=application, lines=lines),
            said["instalments"],
            strict=True,
        ):
            if "shown" in line:
                accept_evidence(actor=clerk, instalment=row, on=line["shown_on"], evidence_note=line["shown"])


@transaction.atomic
def _pay(zone: Zone, said: Mapping[str, Any], clerk: User, decider: User) -> None:
    """Pay the first instalments of applications in a batch, and enter the receipts that have come in."""
    rows = Instalment.objects.filter(
        zone=zone, application__number__in=said["applications"], position=said.get("position", 1)
    )
    batch = make_batch(actor=clerk, zone=zone, instalments=rows, channel=said["channel"], note=said["note"])
    if "sent_on" not in said:
        return
    send_batch(actor=decider, batch=batch, on=said["sent_on"])
    for number, amount in said.get("receipts", {}).items():
        payment = Payment.objects.get(payment_batch=batch, application__number=number)
        record_receipt(actor=clerk, payment=payment, amount_cny=Decimal(amount), on=said["received_on"])
