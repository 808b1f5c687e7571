"""Special bonds: what a project applies for, and each stage that the application came to."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import BondExists
from ..models import Bond, BondStage, BondStep, Project
from .parts import locked
from .projects import own_evidence, refuse_future

LARGEST_CNY = Decimal(10) ** 13


@transaction.atomic
def add_bond(
    *,
    actor: User | None,
    project: Project,
    year: int,
    batch_name: str,
    amount_cny: Decimal,
    purpose: str = "",
) -> Bond:
    """Enter an application of a project for a special bond; raises BondExists for the same batch, and WrongInput."""
    zones.require(actor, Verb.ADD, Thing.BOND, project.zone)
    project = locked(project.pk)
    batch = " ".join(batch_name.split())
    if not batch:
        raise WrongInput(field=_("申报批次"), why=_("不能为空。"))
    if year not in range(2015, 2100):
        raise WrongInput(field=_("年度"), why=_("应为四位年份，如 2023。"))
    if not 0 < amount_cny < LARGEST_CNY:
        raise WrongInput(field=_("申请金额"), why=_("必须大于 0。"))
    if Bond.objects.filter(project=project, year=year, batch_name=batch).exists():
        raise BondExists(project=project.name, batch=f"{year} {batch}")
    bond = Bond.objects.create(
        zone_id=project.zone_id,
        project=project,
        year=year,
        batch_name=batch,
        amount_cny=amount_cny,
        purpose=purpose.strip(),
    )
    record_change(
        actor=actor,
        verb="add_bond",
        rows=[project, bond],
        scope=project.zone_id,
        year=year,
        label=batch,
        amount_cny=amount_cny,
    )
    return bond


@transaction.atomic
def add_bond_step(
    *,
    actor: User | None,
    bond: Bond,
    stage: str,
    on: date,
    evidence: Attachment | None = None,
    amount_cny: Decimal | None = None,
    **said: Any,
) -> BondStep:
    """Enter that an application came to a stage, or was sent back at it.

    ``said``: outcome, reviewer, opinion, evidence_note. Raises WrongInput for a day to come, or one before a passed
    earlier stage.
    """
    zones.require(actor, Verb.CHANGE, Thing.BOND, bond.zone)
    project = locked(bond.project_id)
    refuse_future(on, project.zone)
    if amount_cny is not None and not 0 < amount_cny < LARGEST_CNY:
        raise WrongInput(field=_("金额"), why=_("必须大于 0。"))
    wanted = BondStage(stage)
    for step in BondStep.objects.live().filter(bond=bond, outcome=BondStep.Outcome.PASSED):
        before = BondStage(step.stage)
        if before.place < wanted.place and step.happened_on > on:
            why = _("早于“%(stage)s”的日期 %(on)s。") % {
                "stage": before.label,
                "on": step.happened_on.isoformat(),
            }
            raise WrongInput(field=_("日期"), why=why)
    step = BondStep(
        zone_id=bond.zone_id,
        bond=bond,
        stage=wanted,
        happened_on=on,
        amount_cny=amount_cny,
        evidence=own_evidence(evidence, project.zone),
        **{name: value.strip() for name, value in said.items()},
    )
    add_entry(step, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor,
        verb="bond_step",
        rows=[project, bond, step],
        scope=bond.zone_id,
        on=on,
        label=str(wanted.label),
    )
    return step


@transaction.atomic
def void_bond_step(*, actor: User | None, entry: BondStep, reason: str) -> BondStep:
    """Take a stage of an application out, with the reason."""
    zones.require(actor, Verb.VOID, Thing.BOND, entry.zone)
    project = locked(entry.bond.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_bond_step",
        rows=[project, entry.bond, successor],
        scope=entry.zone_id,
        on=entry.happened_on,
        reason=reason.strip(),
    )
    return successor
