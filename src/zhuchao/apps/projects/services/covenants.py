"""Covenants: written into a draft, and what somebody found of them on a document."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Attachment, ImportBatch
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import AgreementFixed
from ..models import ZONE_SIDE, Agreement, Covenant, CovenantFinding, CovenantKind, Side
from ..selectors.covenant_facts import FILED, STAGES
from ..selectors.covenant_facts import MONEY as MONEY_KINDS
from ..selectors.standings import MEASURED, PER_MU, YEARLY
from .agreements import open_agreement
from .projects import LARGEST_CNY, own_evidence, refuse_future, refuse_unknown

FACTS = frozenset(
    {
        *("kind", "clause", "said", "target", "due_on", "year"),
        *("source", "department", "rewards", "grant_number"),
    }
)
FROM_LEDGER = frozenset({*STAGES, *MONEY_KINDS, *FILED, CovenantKind.REWARD})
SAY_WHAT = frozenset({CovenantKind.FIRM_OTHER, CovenantKind.ZONE_OTHER})
YEARS = range(1990, 2100)


@transaction.atomic
def add_covenant(
    *, actor: User | None, agreement: Agreement, kind: str, due_on: date, **facts: Any
) -> Covenant:
    """Write a promise into an agreement that is not signed; one that was reviewed has to be reviewed again.

    ``facts``: clause, said, target (yuan, persons, yuan per mu), year, source, department, rewards (the covenant a
    reward waits for), grant_number. Raises AgreementFixed and WrongInput.
    """
    refuse_unknown(facts, FACTS)
    agreement = open_agreement(actor, agreement, _("增加约定"))
    covenant = Covenant(
        zone=agreement.zone, agreement=agreement, **_tidy(facts | {"kind": kind, "due_on": due_on})
    )
    settle(covenant)
    covenant.save(force_insert=True)
    _unsettled(agreement)
    record_change(
        actor=actor,
        verb="add_covenant",
        rows=[agreement.project, agreement, covenant],
        scope=agreement.zone_id,
        name=str(covenant),
        on=due_on,
    )
    return covenant


@transaction.atomic
def change_covenant(
    *, actor: User | None, covenant: Covenant, version: int | None, **values: Any
) -> Covenant:
    """Edit a promise of an agreement that is not signed. Raises Stale, AgreementFixed and WrongInput."""
    refuse_unknown(values, FACTS)
    agreement = open_agreement(actor, covenant.agreement, _("修改约定"))
    covenant = _locked(covenant)
    values = _tidy(values)
    check_version(covenant, version, yours=values)
    wanted = Covenant(pk=covenant.pk, zone=agreement.zone, agreement=agreement)
    for name in FACTS:
        setattr(wanted, name, values.get(name, getattr(covenant, name)))
    settle(wanted)
    changed = save_record(covenant, **(values | {"side": wanted.side, "source": wanted.source}))
    if changed:
        _unsettled(agreement)
        record_change(
            actor=actor,
            verb="change_covenant",
            rows=[agreement.project, agreement, covenant],
            scope=agreement.zone_id,
            name=str(covenant),
            changed=changed,
        )
    return covenant


@transaction.atomic
def remove_covenant(*, actor: User | None, covenant: Covenant, reason: str) -> None:
    """Take a promise out of an agreement that is not signed; the log keeps what it was and why.

    Raises AgreementFixed and ReasonNeeded.
    """
    agreement = open_agreement(actor, covenant.agreement, _("删除约定"))
    covenant = _locked(covenant)
    if covenant.rewarded_by.exists():
        raise WrongInput(field=_("约定事项"), why=_("有奖励以它为兑现条件，请先修改那条奖励。"))
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "删除约定"))
    _unsettled(agreement)
    record_change(
        actor=actor,
        verb="remove_covenant",
        rows=[agreement.project, agreement, covenant],
        scope=agreement.zone_id,
        name=str(covenant),
        on=covenant.due_on,
        target=covenant.target,
        reason=reason.strip(),
    )
    covenant.delete()


@transaction.atomic
def record_finding(
    *,
    actor: User | None,
    covenant: Covenant,
    result: str,
    on: date,
    value: Decimal | None = None,
    document_no: str = "",
    evidence: Attachment | None = None,
    evidence_note: str = "",
    batch: ImportBatch | None = None,
    batch_row: int | None = None,
) -> CovenantFinding:
    """Enter what was found of a covenant on a document: done, a value (as its target), not done, or waived.

    A waiver needs somebody who manages covenants, and why. Raises WrongInput without a document.
    """
    waived = result == CovenantFinding.Result.WAIVED
    zones.require(actor, Verb.MANAGE if waived else Verb.CHANGE, Thing.COVENANT, covenant.zone)
    covenant = _locked(covenant)
    if covenant.agreement.is_open:
        raise AgreementFixed(
            agreement=str(covenant.agreement),
            state=str(covenant.agreement.get_state_display()),
            what=_("认定"),
        )
    refuse_future(on, covenant.zone)
    entry = CovenantFinding(
        zone=covenant.zone,
        covenant=covenant,
        result=result,
        value=value,
        happened_on=on,
        document_no=" ".join(document_no.split()),
        evidence=own_evidence(evidence, covenant.zone),
        evidence_note=evidence_note.strip(),
        batch=batch,
        batch_row=batch_row,
    )
    check_finding(entry)
    add_entry(entry, actor=actor, at=zones.now(covenant.zone))
    record_change(
        actor=actor,
        verb="record_finding",
        rows=[covenant.agreement.project, covenant, entry],
        scope=covenant.zone_id,
        name=str(covenant),
        said=result,
        on=on,
    )
    return entry


@transaction.atomic
def void_finding(*, actor: User | None, finding: CovenantFinding, reason: str) -> CovenantFinding:
    """Take a finding out of force; the one before it holds again."""
    zones.require(actor, Verb.VOID, Thing.COVENANT, finding.zone)
    covenant = _locked(finding.covenant)
    successor = void_entry(finding, actor=actor, at=zones.now(finding.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_finding",
        rows=[covenant.agreement.project, covenant, successor],
        scope=covenant.zone_id,
        name=str(covenant),
        reason=reason.strip(),
    )
    return successor


def check_finding(entry: CovenantFinding) -> None:
    """Refuse a finding that says too little: no document, no value where one is found, no reason for a waiver."""
    covenant, result = entry.covenant, entry.result
    if result not in CovenantFinding.Result.values:
        raise WrongInput(field=_("认定结果"), why=_("请从列出的结果中选择。"))
    if not entry.document_no and entry.evidence is None:
        raise WrongInput(field=_("佐证文号"), why=_("认定须有佐证：请填写文号或上传材料。"))
    if result == CovenantFinding.Result.VALUE:
        if covenant.target is None:
            raise WrongInput(field=_("认定结果"), why=_("该约定没有数值，请选择“已兑现”或“尚未兑现”。"))
        if entry.value is None or not 0 <= entry.value < LARGEST_CNY:
            raise WrongInput(field=_("数值"), why=_("请填写不小于 0 的数值。"))
    else:
        entry.value = None
    if result == CovenantFinding.Result.WAIVED and not entry.evidence_note:
        raise WrongInput(field=_("佐证说明"), why=_("免除须写明理由。"))


def settle(covenant: Covenant) -> None:
    """Set the side of a covenant, and refuse what it may not say or leaves out; raises WrongInput."""
    kind = covenant.kind
    if kind not in CovenantKind.values:
        raise WrongInput(field=_("约定事项"), why=_("没有“%(kind)s”这个事项。") % {"kind": kind})
    covenant.side = Side.ZONE if kind in ZONE_SIDE else Side.FIRM
    if kind not in FROM_LEDGER:
        covenant.source = Covenant.Source.STATED
    if covenant.source not in Covenant.Source.values:
        raise WrongInput(field=_("认定方式"), why=_("请从列出的方式中选择。"))
    target = covenant.target
    if kind in MEASURED and target is None:
        raise WrongInput(field=_("约定数值"), why=_("“%(kind)s”须约定数值。") % {"kind": covenant})
    if kind not in MEASURED and target is not None:
        raise WrongInput(field=_("约定数值"), why=_("“%(kind)s”只约定期限，不填数值。") % {"kind": covenant})
    if target is not None and not 0 < target < LARGEST_CNY:
        raise WrongInput(field=_("约定数值"), why=_("必须大于 0。"))
    _settle_year(covenant)
    if kind in PER_MU and not covenant.agreement.area_m2:
        raise WrongInput(field=_("约定事项"), why=_("亩均指标须先在协议上填写用地面积。"))
    if kind in SAY_WHAT and not covenant.said:
        raise WrongInput(field=_("约定内容"), why=_("请写明约定了什么。"))
    _settle_reward(covenant)
    if covenant.department is not None and covenant.department.zone_id != covenant.zone.pk:
        raise WrongInput(
            field=_("责任单位"),
            why=_("“%(row)s”不属于%(zone)s。") % {"row": covenant.department, "zone": covenant.zone},
        )


def _settle_year(covenant: Covenant) -> None:
    year = covenant.year
    if covenant.kind in YEARLY:
        if year is None or year not in YEARS:
            raise WrongInput(field=_("考核年度"), why=_("“%(kind)s”须写明是哪一年的。") % {"kind": covenant})
        if covenant.due_on < date(year, 12, 31):
            raise WrongInput(field=_("期限"), why=_("不能早于考核年度的最后一天。"))
    elif year is not None and covenant.kind != CovenantKind.JOBS:
        raise WrongInput(field=_("考核年度"), why=_("“%(kind)s”不按年度考核。") % {"kind": covenant})


def _settle_reward(covenant: Covenant) -> None:
    if covenant.kind != CovenantKind.REWARD:
        if covenant.rewards is not None or covenant.grant_number:
            raise WrongInput(field=_("兑现条件"), why=_("只有奖励扶持可以填写。"))
        return
    condition = covenant.rewards
    if condition is not None and (
        condition.agreement_id != covenant.agreement_id or condition.kind == CovenantKind.REWARD
    ):
        raise WrongInput(field=_("兑现条件"), why=_("请选择同一协议中的其他约定。"))


def _tidy(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in facts.items()
    }


def _locked(covenant: Covenant) -> Covenant:
    rows = Covenant.objects.select_related("zone", "agreement__project", "agreement__zone")
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=covenant.pk).first()
    if found is None:
        raise NotFound(what=_("该约定"))
    return found


def _unsettled(agreement: Agreement) -> None:
    """Make a reviewed agreement a draft again: the review was of another text."""
    save_record(agreement, state=Agreement.State.DRAFT)
