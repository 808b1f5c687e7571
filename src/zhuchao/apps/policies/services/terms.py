"""How a version is delivered, said by those who may publish; its review of fair competition, entered and voided."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record, void_entry
from zhuchao.apps.enterprises.models import DocumentKind
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import ReviewMissing
from ..models import CompetitionReview, DeliveryTerms, PolicyVersion
from ..selectors.terms import REVIEW_SOURCE, terms_of, why_not_reviewed
from .policies import locked

TERMS = frozenset(
    {
        *("mode", "documents", "amount_cny", "cap_cny"),
        *("correction_days", "objection_days", "answer_days"),
    }
)
MOST_DAYS = 120


@transaction.atomic
def set_terms(
    *, actor: User | None, of: PolicyVersion, version: int | None = None, **values: Any
) -> DeliveryTerms:
    """Say how a version is delivered: mode, documents (kinds of the vault), amounts (yuan), working days allowed.

    ``version`` is that of the terms as they were seen. Raises WrongInput and Stale.
    """
    zones.require(actor, Verb.MANAGE, Thing.POLICY, of.zone)
    locked(of.policy_id)
    unknown = values.keys() - TERMS
    if unknown:
        raise TypeError(f"no such term of delivery: {sorted(unknown)}")
    terms = terms_of(of)
    check_version(terms, version, yours=values)
    for name, value in values.items():
        setattr(terms, name, value)
    check_terms(terms)
    kept = DeliveryTerms.objects.select_for_update(no_key=True).filter(version_of=of).first()
    if kept is None:
        terms.save(force_insert=True)
        changed: dict[str, list[Any]] = {name: [None, value] for name, value in values.items()}
    else:
        terms, changed = kept, save_record(kept, **values)
    if changed:
        record_change(
            actor=actor, verb="set_terms", rows=[terms, of.policy], scope=of.zone_id, changed=changed
        )
    return terms


@transaction.atomic
def add_review(
    *,
    actor: User | None,
    version: PolicyVersion,
    conclusion: str,
    body: str,
    on: date | None = None,
    document_no: str = "",
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> CompetitionReview:
    """Enter that a version was reviewed for fair competition: the conclusion, by which body, on which day (today)."""
    zones.require(actor, Verb.MANAGE, Thing.POLICY, version.zone)
    day = on or zones.today(version.zone)
    if day > zones.today(version.zone):
        raise WrongInput(field=_("审查日期"), why=_("不能晚于今天。"))
    if conclusion not in CompetitionReview.Conclusion.values:
        raise WrongInput(field=_("审查结论"), why=_("请从列出的结论中选择。"))
    if not body.strip():
        raise WrongInput(field=_("审查单位"), why=_("不能为空。"))
    entry = CompetitionReview(
        zone=version.zone,
        version=version,
        conclusion=conclusion,
        body=" ".join(body.split()),
        document_no=" ".join(document_no.split()),
        happened_on=day,
        evidence=evidence,
        evidence_note=evidence_note.strip(),
    )
    add_entry(entry, actor=actor, at=zones.now(version.zone))
    record_change(
        actor=actor, verb="add_review", rows=[entry, version.policy], scope=version.zone_id, said=conclusion
    )
    return entry


@transaction.atomic
def void_review(*, actor: User | None, review: CompetitionReview, reason: str) -> CompetitionReview:
    """Take a review out of force: the version may no longer be promised or paid, unless an older one lets it."""
    zones.require(actor, Verb.MANAGE, Thing.POLICY, review.zone)
    successor = void_entry(review, actor=actor, at=zones.now(review.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_review",
        rows=[successor, review.version.policy],
        scope=review.zone_id,
        reason=reason,
    )
    return successor


def refuse_unreviewed(version: PolicyVersion) -> None:
    """Refuse to promise or pay what was not reviewed; raises ReviewMissing with the source."""
    why = why_not_reviewed(version)
    if why:
        raise ReviewMissing(
            policy=version.policy.title, number=version.number, why=why, source=str(REVIEW_SOURCE)
        )


def check_terms(terms: DeliveryTerms) -> None:
    """Refuse terms that say nothing or contradict themselves; raises WrongInput. Reads only."""
    if terms.mode not in DeliveryTerms.Mode.values:
        raise WrongInput(field=_("兑现方式"), why=_("请从列出的方式中选择。"))
    if set(terms.documents) - set(DocumentKind.values):
        raise WrongInput(field=_("所需材料"), why=_("请从列出的种类中选择。"))
    for name, label in (("amount_cny", _("每家金额")), ("cap_cny", _("每家上限"))):
        amount = getattr(terms, name)
        if amount is not None and not 0 < amount < Decimal(10) ** 12:
            raise WrongInput(field=label, why=_("必须大于 0。"))
    if terms.amount_cny and terms.cap_cny and terms.amount_cny > terms.cap_cny:
        raise WrongInput(field=_("每家金额"), why=_("不能高于每家上限。"))
    if terms.mode == DeliveryTerms.Mode.EXEMPT and terms.documents:
        raise WrongInput(field=_("所需材料"), why=_("免申即享不要企业交材料。"))
    for days in (terms.correction_days, terms.objection_days, terms.answer_days):
        if not 1 <= days <= MOST_DAYS:
            raise WrongInput(field=_("期限"), why=_("应为 1 至 %(most)d 个工作日。") % {"most": MOST_DAYS})
