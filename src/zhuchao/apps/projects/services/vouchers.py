"""What stands behind money: documents attached to many entries at once, and the approval by a second person."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.core.wording import said_money
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import ApprovedByRecorder, InvestmentApproved, InvestmentNotVouched
from ..models import Investment, InvestmentApproval
from .money import correct_investment
from .parts import locked
from .projects import own_evidence


@transaction.atomic
def attach_evidence(
    *,
    actor: User | None,
    entries: Iterable[Investment],
    evidence: Attachment,
    document_kind: str = "",
    reason: str,
) -> list[Investment]:
    """Put one document behind several investment entries of a zone; each becomes a correcting entry.

    ``document_kind`` replaces what an entry says of its document, where it is given. All or none: raises what
    ``correct_investment`` does, and NotFound for a document of another zone.
    """
    values = {"evidence": evidence} | ({"document_kind": document_kind} if document_kind else {})
    return [
        correct_investment(actor=actor, entry=entry, reason=reason, **values)
        for entry in sorted(entries, key=lambda one: (one.project_id, one.pk))
    ]


@transaction.atomic
def approve_investments(
    *,
    actor: User | None,
    entries: Iterable[Investment],
    note: str = "",
    evidence: Attachment | None = None,
) -> list[InvestmentApproval]:
    """Approve 核定 investment entries as a second person who compared them with their vouchers; all or none.

    Raises InvestmentNotVouched, ApprovedByRecorder for who entered one of them, InvestmentApproved for what is
    approved already, and WrongInput for an entry that was corrected or voided meanwhile.
    """
    made = []
    for entry in sorted(entries, key=lambda one: (one.project_id, one.pk)):
        zones.require(actor, Verb.MANAGE, Thing.INVESTMENT, entry.zone)
        project = locked(entry.project_id)
        entry = Investment.objects.select_related("replaced_by").get(pk=entry.pk)
        entry.project = project
        what = {
            "project": project.name,
            "on": entry.happened_on.isoformat(),
            "amount": said_money(entry.amount_cny, project.zone.money_unit),
        }
        if not entry.is_live:
            raise WrongInput(
                field=_("投资台账"), why=_("%(project)s %(on)s 的 %(amount)s 已被更正或作废。") % what
            )
        if not entry.is_verified:
            raise InvestmentNotVouched(**what)
        if actor is not None and entry.recorded_by_id == actor.pk:
            raise ApprovedByRecorder(**what)
        there = (
            InvestmentApproval.objects.live().filter(investment=entry).select_related("recorded_by").first()
        )
        if there is not None:
            raise InvestmentApproved(who=str(there.recorded_by or _("系统")), **what)
        approval = InvestmentApproval(
            zone_id=entry.zone_id,
            investment=entry,
            happened_on=zones.today(project.zone),
            evidence=own_evidence(evidence, project.zone),
            evidence_note=note.strip(),
        )
        made.append(add_entry(approval, actor=actor, at=zones.now(project.zone)))
        record_change(
            actor=actor,
            verb="approve_investment",
            rows=[project, entry, approval],
            scope=entry.zone_id,
            on=entry.happened_on,
            amount_cny=entry.amount_cny,
        )
    return made


@transaction.atomic
def withdraw_approval(*, actor: User | None, entry: Investment, reason: str) -> InvestmentApproval:
    """Take the approval of an investment entry back, with the reason. Raises WrongInput where there is none."""
    zones.require(actor, Verb.MANAGE, Thing.INVESTMENT, entry.zone)
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "撤回核定"))
    project = locked(entry.project_id)
    there = InvestmentApproval.objects.live().filter(investment=entry).first()
    if there is None:
        raise WrongInput(field=_("核定"), why=_("这一笔没有核定。"))
    voided = void_entry(there, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="withdraw_approval",
        rows=[project, entry, voided],
        scope=entry.zone_id,
        amount_cny=entry.amount_cny,
        reason=reason.strip(),
    )
    return voided
