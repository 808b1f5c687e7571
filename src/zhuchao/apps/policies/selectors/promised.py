"""What was paid for the applications that covenants of projects name, and what is still to be paid."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from zhuchao.apps.projects.selectors import Paid

from ..models import Application, Instalment, Payment, PaymentReceipt


def paid_for(numbers: Sequence[tuple[int, str]], as_of: datetime) -> dict[tuple[int, str], list[Paid]]:
    """Return for each (zone id, application number) its payments in force at ``as_of`` and instalments not paid yet.

    Money that came back is not paid. Three queries for any number of applications; one that is not there is left out.
    """
    wanted = Q(pk__in=())
    for zone_id in {zone_id for zone_id, _number in numbers}:
        named = [number for zone, number in numbers if zone == zone_id]
        wanted |= Q(zone_id=zone_id, number__in=named)
    applications = {one.pk: one for one in Application.objects.filter(wanted)}
    found: dict[tuple[int, str], list[Paid]] = {}
    returned = PaymentReceipt.objects.as_of(as_of).filter(result=PaymentReceipt.Result.RETURNED)
    payments = (
        Payment.objects.as_of(as_of)
        .filter(application__in=applications)
        .exclude(pk__in=returned.values("payment_id"))
        .select_related("instalment__application")
        .order_by("happened_on", "pk")
    )
    sent: set[int] = set()
    for payment in payments:
        application = applications[payment.application_id]
        sent.add(payment.instalment_id)
        line = Paid(payment.happened_on, payment.amount_cny, str(payment), _url(application))
        found.setdefault((application.zone_id, application.number), []).append(line)
    instalments = Instalment.objects.filter(application__in=applications).exclude(pk__in=sent)
    for instalment in instalments.select_related("application").order_by("planned_on", "pk"):
        application = applications[instalment.application_id]
        line = Paid(
            instalment.planned_on, instalment.amount_cny, instalment.asks, _url(application), is_planned=True
        )
        found.setdefault((application.zone_id, application.number), []).append(line)
    return found


def _url(application: Application) -> str:
    return reverse("application-detail", args=[application.pk])
