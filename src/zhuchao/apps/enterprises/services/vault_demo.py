"""What the demo shows of the vault beyond its ledger: consents by word of mouth, and documents used again."""

from collections.abc import Mapping
from typing import Any

from zhuchao.apps.zones.models import Zone

from ..models import DocumentConsent, Enterprise, FirmDocument
from .document_uses import give_consent, use_document


def show_demo(zone: Zone, said: Mapping[str, Any]) -> None:
    """Note the consents of a demo zone and use documents under them, as its description says; safe to repeat."""
    for one in said.get("consents", ()):
        firm = Enterprise.objects.select_related("zone").get(zone=zone, name=one["firm"], merged_into=None)
        if DocumentConsent.objects.filter(enterprise=firm, matter=one["matter"]).exists():
            continue
        give_consent(
            actor=None,
            enterprise=firm,
            matter=one["matter"],
            given_by=one["given_by"],
            means=DocumentConsent.Means.SPOKEN,
            on=one["on"],
            until=one["until"],
            evidence_note=one["note"],
        )
        current = FirmDocument.objects.filter(enterprise=firm, state=FirmDocument.State.CURRENT)
        for document in current.order_by("pk"):
            if document.serves_on(one["used_on"]):
                use_document(
                    actor=None,
                    document=document,
                    matter=one["matter"],
                    subject=one["subject"],
                    on=one["used_on"],
                )
