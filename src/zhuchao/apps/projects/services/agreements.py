"""Agreements: drafted, reviewed, signed, amended, ended. A signed text stands; another one is an amendment."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record, void_entry
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import AgreementFixed, AgreementNotSignable, AgreementNumberTaken
from ..models import Agreement, AgreementReview, Covenant, Project
from .index import index_agreements
from .projects import locked, own_evidence, refuse_future, refuse_unknown

FACTS = frozenset({"kind", "number", "enterprise", "parties", "area_m2", "note"})


@transaction.atomic
def add_agreement(*, actor: User | None, project: Project, number: str, **facts: Any) -> Agreement:
    """Draft an agreement about a project. ``facts``: kind, enterprise, parties, area_m2 (m²), note.

    Raises AgreementNumberTaken and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.COVENANT, project.zone)
    refuse_unknown(facts, FACTS)
    project = locked(project.pk)
    facts = _tidy(facts | {"number": number}, project)
    facts.setdefault("enterprise", project.enterprise)
    agreement = Agreement(zone=project.zone, project=project, **facts)
    _refuse_number(agreement)
    agreement.save(force_insert=True)
    index_agreements([agreement.pk])
    record_change(
        actor=actor,
        verb="add_agreement",
        rows=[project, agreement],
        scope=project.zone_id,
        name=agreement.number,
    )
    return agreement


@transaction.atomic
def change_agreement(
    *, actor: User | None, agreement: Agreement, version: int | None, **values: Any
) -> Agreement:
    """Edit the facts of an agreement that is not signed; one that was reviewed has to be reviewed again.

    Raises Stale with both versions, AgreementFixed, AgreementNumberTaken and WrongInput.
    """
    refuse_unknown(values, FACTS)
    agreement = open_agreement(actor, agreement, _("修改"))
    values = _tidy(values, agreement.project)
    check_version(agreement, version, yours=values)
    wanted = Agreement(pk=agreement.pk, zone=agreement.zone, number=values.get("number", agreement.number))
    _refuse_number(wanted)
    changed = save_record(agreement, **values)
    if changed:
        save_record(agreement, state=Agreement.State.DRAFT)
        index_agreements([agreement.pk])
        record_change(
            actor=actor,
            verb="change_agreement",
            rows=[agreement.project, agreement],
            scope=agreement.zone_id,
            changed=changed,
        )
    return agreement


@transaction.atomic
def review_agreement(
    *,
    actor: User | None,
    agreement: Agreement,
    conclusion: str,
    body: str,
    on: date | None = None,
    document_no: str = "",
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> AgreementReview:
    """Enter that the text of an agreement was reviewed for fair competition: by which body, on what document.

    A conclusion that it conforms, or is excepted, makes the agreement reviewed; the review is of the text as it is
    now. Raises AgreementFixed and WrongInput.
    """
    agreement = open_agreement(actor, agreement, _("审查"))
    day = on or zones.today(agreement.zone)
    refuse_future(day, agreement.zone)
    if conclusion not in AgreementReview.Conclusion.values:
        raise WrongInput(field=_("审查结论"), why=_("请从列出的结论中选择。"))
    if not body.strip():
        raise WrongInput(field=_("审查单位"), why=_("不能为空。"))
    entry = AgreementReview(
        zone=agreement.zone,
        agreement=agreement,
        conclusion=conclusion,
        body=" ".join(body.split()),
        document_no=" ".join(document_no.split()),
        happened_on=day,
        evidence=own_evidence(evidence, agreement.zone),
        evidence_note=evidence_note.strip(),
    )
    if not entry.document_no and entry.evidence is None:
        raise WrongInput(field=_("文号"), why=_("请填写审查文件的文号，或上传审查文件。"))
    add_entry(entry, actor=actor, at=zones.now(agreement.zone))
    failed = conclusion == AgreementReview.Conclusion.FAILED
    save_record(agreement, state=Agreement.State.DRAFT if failed else Agreement.State.REVIEWED)
    record_change(
        actor=actor,
        verb="review_agreement",
        rows=[agreement.project, agreement, entry],
        scope=agreement.zone_id,
        name=agreement.number,
        said=conclusion,
    )
    return entry


@transaction.atomic
def void_agreement_review(*, actor: User | None, review: AgreementReview, reason: str) -> AgreementReview:
    """Take a review out of force; the agreement is a draft again. Raises AgreementFixed once it is signed."""
    agreement = open_agreement(actor, review.agreement, _("作废审查"), verb=Verb.VOID)
    successor = void_entry(review, actor=actor, at=zones.now(agreement.zone), reason=reason)
    save_record(agreement, state=Agreement.State.DRAFT)
    record_change(
        actor=actor,
        verb="void_agreement_review",
        rows=[agreement.project, agreement, successor],
        scope=agreement.zone_id,
        name=agreement.number,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def sign_agreement(
    *, actor: User | None, agreement: Agreement, on: date, document: Attachment | None = None
) -> Agreement:
    """Enter that an agreement was signed on a day; the agreement that it amends is replaced from that day on.

    Raises AgreementNotSignable without a covenant, and with a promise of reward that no fair-competition review of
    the text as it stands lets through; AgreementFixed and WrongInput.
    """
    agreement = open_agreement(actor, agreement, _("登记签订"))
    refuse_future(on, agreement.zone)
    why = selectors.why_not_signable(agreement)
    if not agreement.covenants.exists():
        why = _("还没有一条约定")
    if why:
        raise AgreementNotSignable(agreement=str(agreement), why=why, source=str(selectors.REVIEW_SOURCE))
    last = selectors.agreement_reviews(agreement).first()
    if selectors.promises_reward(agreement) and last is not None and on < last.happened_on:
        why = _("签订日期 %(on)s 早于公平竞争审查日期 %(day)s") % {
            "on": on.isoformat(),
            "day": last.happened_on.isoformat(),
        }
        raise AgreementNotSignable(agreement=str(agreement), why=why, source=str(selectors.REVIEW_SOURCE))
    replaced = _replace(agreement, on)
    values: dict[str, Any] = {"state": Agreement.State.SIGNED, "signed_on": on}
    if document is not None:
        values["document"] = own_evidence(document, agreement.zone)
    save_record(agreement, **values)
    index_agreements([agreement.pk, *([replaced.pk] if replaced else [])])
    record_change(
        actor=actor,
        verb="sign_agreement",
        rows=[agreement.project, agreement, *([replaced] if replaced else [])],
        scope=agreement.zone_id,
        name=agreement.number,
        on=on,
    )
    return agreement


@transaction.atomic
def amend_agreement(*, actor: User | None, agreement: Agreement, number: str) -> Agreement:
    """Draft an amendment of a signed agreement with all its covenants, to be changed; the old one stays as it is.

    Raises AgreementFixed where it is not signed or an amendment is under way already.
    """
    zones.require(actor, Verb.ADD, Thing.COVENANT, agreement.zone)
    locked(agreement.project_id)
    agreement = _locked(agreement)
    if agreement.state != Agreement.State.SIGNED:
        raise _fixed(agreement, _("补充"))
    under_way = agreement.amendments.exclude(state=Agreement.State.ENDED).first()
    if under_way is not None:
        why = {"number": under_way.number}
        raise AgreementFixed(
            agreement=str(agreement),
            state=_("补充协议 %(number)s 办理中") % why,
            what=_("再次补充"),
        )
    facts = {name: getattr(agreement, name) for name in ("kind", "parties", "area_m2", "note")}
    draft = add_agreement(
        actor=actor, project=agreement.project, number=number, enterprise=agreement.enterprise, **facts
    )
    draft.amends = agreement
    draft.save(update_fields=["amends"])
    _copy_covenants(agreement, draft)
    record_change(
        actor=actor,
        verb="amend_agreement",
        rows=[agreement.project, agreement, draft],
        scope=agreement.zone_id,
        name=draft.number,
    )
    return draft


@transaction.atomic
def end_agreement(*, actor: User | None, agreement: Agreement, on: date, reason: str) -> Agreement:
    """Enter that a signed agreement ended on a day, with why; what was due by then is followed further.

    Raises AgreementFixed, ReasonNeeded and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, agreement.zone)
    agreement = _locked(agreement)
    if agreement.state != Agreement.State.SIGNED:
        raise _fixed(agreement, _("终止协议"))
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "终止协议"))
    refuse_future(on, agreement.zone)
    if agreement.signed_on is not None and on < agreement.signed_on:
        raise WrongInput(field=_("终止日期"), why=_("不能早于签订日期。"))
    save_record(agreement, state=Agreement.State.ENDED, ended_on=on, end_reason=reason.strip())
    index_agreements([agreement.pk])
    record_change(
        actor=actor,
        verb="end_agreement",
        rows=[agreement.project, agreement],
        scope=agreement.zone_id,
        name=agreement.number,
        on=on,
        reason=reason.strip(),
    )
    return agreement


@transaction.atomic
def discard_agreement(*, actor: User | None, agreement: Agreement, reason: str) -> None:
    """Take a draft away that was never reviewed; the log keeps what it was and why. Raises AgreementFixed."""
    agreement = open_agreement(actor, agreement, _("删除"), verb=Verb.VOID)
    if agreement.reviews.exists():
        raise _fixed(agreement, _("删除"))
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "删除协议草稿"))
    record_change(
        actor=actor,
        verb="discard_agreement",
        rows=[agreement.project, agreement],
        scope=agreement.zone_id,
        name=agreement.number,
        covenants=[str(covenant) for covenant in agreement.covenants.all()],
        reason=reason.strip(),
    )
    agreement.covenants.filter(rewards__isnull=False).delete()
    agreement.covenants.all().delete()
    pk = agreement.pk
    agreement.delete()
    index_agreements([pk])


def open_agreement(
    actor: User | None, agreement: Agreement, what: str, *, verb: Verb = Verb.CHANGE
) -> Agreement:
    """Return an agreement whose text may still change, locked after its project; raises AgreementFixed."""
    zones.require(actor, verb, Thing.COVENANT, agreement.zone)
    locked(agreement.project_id)
    agreement = _locked(agreement)
    if not agreement.is_open:
        raise _fixed(agreement, what)
    return agreement


def _locked(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_related("zone", "project__zone", "enterprise", "amends")
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=agreement.pk).first()
    if found is None:
        raise NotFound(what=_("该协议"))
    return found


def _fixed(agreement: Agreement, what: str) -> AgreementFixed:
    return AgreementFixed(agreement=str(agreement), state=str(agreement.get_state_display()), what=what)


def _replace(agreement: Agreement, on: date) -> Agreement | None:
    """Take the agreement that this one amends out of force."""
    if agreement.amends is None:
        return None
    old = _locked(agreement.amends)
    if old.state != Agreement.State.SIGNED:
        raise _fixed(old, _("补充"))
    if old.signed_on is not None and on < old.signed_on:
        raise WrongInput(field=_("签订日期"), why=_("不能早于所补充协议的签订日期。"))
    why = _("由 %(number)s 代替") % {"number": agreement.number}
    save_record(old, state=Agreement.State.AMENDED, ended_on=on, end_reason=why)
    return old


def _copy_covenants(agreement: Agreement, draft: Agreement) -> None:
    names = ("kind", "side", "clause", "said", "target", "due_on", "year", "source", "grant_number")
    made: dict[int, Covenant] = {}
    rows = sorted(agreement.covenants.all(), key=lambda one: (one.rewards_id is not None, one.pk))
    for old in rows:
        new = Covenant(
            zone=draft.zone,
            agreement=draft,
            continues=old,
            department_id=old.department_id,
            rewards=made.get(old.rewards_id) if old.rewards_id else None,
            **{name: getattr(old, name) for name in names},
        )
        new.save(force_insert=True)
        made[old.pk] = new


def _tidy(facts: dict[str, Any], project: Project) -> dict[str, Any]:
    facts = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in facts.items()
    }
    if facts.get("number") == "":
        raise WrongInput(field=_("协议编号"), why=_("不能为空。"))
    if "kind" in facts and facts["kind"] not in Agreement.Kind.values:
        raise WrongInput(field=_("协议类别"), why=_("没有“%(kind)s”这个类别。") % {"kind": facts["kind"]})
    area: Decimal | None = facts.get("area_m2")
    if area is not None and not 0 < area < Decimal(10) ** 12:
        raise WrongInput(field=_("用地面积"), why=_("必须大于 0。"))
    firm: Enterprise | None = facts.get("enterprise")
    if firm is not None and firm.zone_id != project.zone_id:
        raise WrongInput(
            field=_("企业档案"), why=_("“%(row)s”不属于%(zone)s。") % {"row": firm, "zone": project.zone}
        )
    return facts


def _refuse_number(agreement: Agreement) -> None:
    known = Agreement.objects.filter(zone=agreement.zone, number=agreement.number).exclude(pk=agreement.pk)
    first = known.select_related("project").first()
    if first is not None:
        raise AgreementNumberTaken(number=agreement.number, project=first.project.name, pk=first.pk)
