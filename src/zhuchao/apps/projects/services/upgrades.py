"""Technical upgrades: equipment that was put in, entered and voided."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Project, Upgrade
from .bonds import LARGEST_CNY
from .parts import locked
from .projects import own_evidence, refuse_future


@transaction.atomic
def add_upgrade(
    *,
    actor: User | None,
    project: Project,
    on: date,
    equipment: str,
    units: int,
    amount_cny: Decimal,
    robots: int = 0,
    voucher_no: str = "",
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> Upgrade:
    """Enter equipment that an upgrade project put in, yuan; raises WrongInput for what cannot be or stands already."""
    zones.require(actor, Verb.ADD, Thing.UPGRADE, project.zone)
    project = locked(project.pk)
    refuse_future(on, project.zone)
    if project.kind != Project.Kind.UPGRADE:
        raise WrongInput(field=_("项目"), why=_("“%(project)s”不是技术改造项目。") % {"project": project})
    if not equipment.strip():
        raise WrongInput(field=_("设备名称"), why=_("不能为空。"))
    if units < 1 or not 0 <= robots <= units:
        raise WrongInput(field=_("台（套）数"), why=_("至少 1 台，机器人不超过总台数。"))
    if not 0 < amount_cny < LARGEST_CNY:
        raise WrongInput(field=_("设备投资"), why=_("必须大于 0。"))
    entry = Upgrade(
        zone_id=project.zone_id,
        project=project,
        happened_on=on,
        equipment=" ".join(equipment.split()),
        units=units,
        robots=robots,
        amount_cny=amount_cny,
        voucher_no=voucher_no.strip(),
        evidence=own_evidence(evidence, project.zone),
        evidence_note=evidence_note.strip(),
    )
    entry.ledger_key = f"{project.pk}|{on}|{entry.equipment}|{amount_cny:.2f}|{entry.voucher_no}"[:120]
    if Upgrade.objects.filter(ledger_key=entry.ledger_key).exists():
        raise WrongInput(field=_("设备名称"), why=_("同一天、同一设备、同一金额和凭证号的已经登记。"))
    add_entry(entry, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor,
        verb="add_upgrade",
        rows=[project, entry],
        scope=project.zone_id,
        on=on,
        name=entry.equipment,
        amount_cny=amount_cny,
    )
    return entry


@transaction.atomic
def void_upgrade(*, actor: User | None, entry: Upgrade, reason: str) -> Upgrade:
    """Take equipment out of every figure from now on, with the reason."""
    zones.require(actor, Verb.VOID, Thing.UPGRADE, entry.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_upgrade",
        rows=[project, entry, successor],
        scope=project.zone_id,
        name=entry.equipment,
        reason=reason.strip(),
    )
    return successor
