"""What must be known of a lead before it may come into a stage: one table, read by every door."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..models import Activity, ActivityParty, Lead, Viewing
from .viewings import viewings_without_outcome

S = Lead.Stage


@dataclass(frozen=True)
class Fact:
    """Something that must be known: what people call it, whether it is known, and on which form it is filled in.

    ``form`` is the name of the form's address, which takes the lead's id unless it ``stands_alone``; ``field`` is
    the control on it.
    """

    key: str
    label: Any
    is_known: Callable[[Lead], bool]
    form: str = "lead-edit"
    field: str = ""
    stands_alone: bool = False


@dataclass(frozen=True)
class Missing:
    """A fact that a stage asks for and the lead does not have, and where to fill it in."""

    key: str
    label: str
    url: str

    def as_dict(self) -> dict[str, str]:
        return {"key": self.key, "label": self.label, "url": self.url}


def was_met(lead: Lead) -> bool:
    """Return whether an activity in force met the lead, or it was shown premises; at most two queries."""
    live = Activity.objects.live().filter(zone_id=lead.zone_id).values("pk")
    seen = Viewing.objects.filter(lead=lead).exclude(outcome__in=("", Viewing.Outcome.CANCELLED))
    return ActivityParty.objects.filter(lead=lead, activity_id__in=live).exists() or seen.exists()


FACTS: Mapping[str, Fact] = {
    fact.key: fact
    for fact in (
        Fact("sector", _("产业领域"), lambda lead: lead.sector_id is not None, field="sector"),
        Fact("owner", _("责任人"), lambda lead: lead.owner_id is not None, "lead-assign", "owner"),
        Fact(
            "planned_investment",
            _("计划总投资"),
            lambda lead: lead.planned_investment_cny is not None,
            field="planned_investment_cny",
        ),
        Fact("met", _("一次踏勘或会谈"), was_met, "activity-add", "new_leads", stands_alone=True),
        Fact(
            "viewing_outcome",
            _("每次踏勘的结果"),
            lambda lead: not viewings_without_outcome(lead).exists(),
            "lead-detail",
            "viewings",
        ),
        Fact(
            "firm",
            _("统一社会信用代码或企业档案"),
            lambda lead: bool(lead.credit_code or lead.enterprise_id),
            field="credit_code",
        ),
        Fact(
            "signed_investment",
            _("签约金额"),
            lambda lead: lead.signed_investment_cny is not None,
            field="signed_investment_cny",
        ),
    )
}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    S.TALKING: ("sector", "owner"),
    S.AGREEING: ("sector", "owner", "planned_investment", "met", "viewing_outcome"),
    S.SIGNED: ("sector", "owner", "firm", "viewing_outcome", "signed_investment"),
}
"""Which facts a stage asks for. A stage that is not written asks for none."""


def missing_facts(lead: Lead, stage: str) -> tuple[Missing, ...]:
    """Return the facts that ``stage`` asks for and the lead does not have, in the order of the table."""
    return tuple(
        Missing(fact.key, str(fact.label), _url(fact, lead))
        for fact in (FACTS[key] for key in REQUIRED.get(stage, ()))
        if not fact.is_known(lead)
    )


def _url(fact: Fact, lead: Lead) -> str:
    address = reverse(fact.form) if fact.stands_alone else reverse(fact.form, args=[lead.pk])
    return f"{address}#id_{fact.field}"
