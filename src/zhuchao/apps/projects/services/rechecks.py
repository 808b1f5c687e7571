"""复核验收 and 达效评审: opened with every covenant as it stands, opinions written, signed by every reviewer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import WrongRecheckState
from ..models import Project, Recheck, RecheckLine, RecheckSigner, Stage
from ..selectors.delivery import delivery_of
from ..selectors.standings import standings_of
from .projects import locked, refuse_future


@transaction.atomic
def open_recheck(
    *,
    actor: User | None,
    project: Project,
    kind: str,
    on: date,
    reviewers: Sequence[User],
    note: str = "",
) -> Recheck:
    """Open a re-check of a project that produces, to be signed by ``reviewers``; its lines say how each covenant is.

    Raises WrongRecheckState without production or covenants, or with one open already; WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.COVENANT, project.zone)
    project = locked(project.pk)
    if kind not in Recheck.Kind.values:
        raise WrongInput(field=_("类别"), why=_("请从列出的类别中选择。"))
    refuse_future(on, project.zone)
    recheck = Recheck(zone=project.zone, project=project, kind=kind, held_on=on, note=note.strip())
    step = _("建立")
    if Stage.PRODUCING not in selectors.stage_entries_of(project):
        raise _wrong(recheck, _("所属项目还没有登记投产"), step)
    if Recheck.objects.filter(project=project, kind=kind, state=Recheck.State.OPEN).exists():
        raise _wrong(recheck, _("已有一份待签字"), step)
    covenants = selectors.covenants_of(None, project)
    if not covenants:
        raise _wrong(recheck, _("所属项目没有已签订的约定"), step)
    people = list({person.pk: person for person in reviewers}.values())
    if not people:
        raise WrongInput(field=_("复核人"), why=_("请至少选择一人。"))
    known = set(zones.people.officers_of(project.zone).values_list("pk", flat=True))
    for person in people:
        if person.pk not in known:
            raise WrongInput(field=_("复核人"), why=_("%(person)s不在本辖区工作。") % {"person": person})
    recheck.save(force_insert=True)
    standings = standings_of(covenants, on=on)
    for covenant in covenants:
        standing = standings[covenant.pk]
        RecheckLine(
            zone=project.zone,
            recheck=recheck,
            covenant=covenant,
            promised=selectors.promised(covenant)[:200],
            measured=selectors.delivered(standing)[:200],
            result=standing.state,
        ).save(force_insert=True)
    for person in people:
        RecheckSigner(zone=project.zone, recheck=recheck, person=person).save(force_insert=True)
    _record(actor, recheck, "open_recheck", on=on)
    return recheck


@transaction.atomic
def write_opinions(*, actor: User | None, recheck: Recheck, note: str, opinions: dict[int, str]) -> Recheck:
    """Write the opinion on each line, by its id, and on the whole; signatures given before fall away.

    Raises WrongRecheckState once it is concluded.
    """
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, recheck.zone)
    recheck = _locked(recheck, _("填写意见"))
    changed = bool(save_record(recheck, note=note.strip()))
    for line in recheck.lines.all():
        said = opinions.get(line.pk)
        if said is not None and save_record(line, opinion=said.strip()):
            changed = True
    if changed:
        for signer in recheck.signers.exclude(signed_at=None):
            save_record(signer, agrees=None, signed_at=None)
        _record(actor, recheck, "write_opinions")
    return recheck


@transaction.atomic
def sign_recheck(*, actor: User, recheck: Recheck, agrees: bool, remark: str = "") -> Recheck:
    """Sign as one of the reviewers; with the last signature the re-check is concluded.

    It passes when everybody agrees, a review of full output only when the promised output is reached on its day.
    Raises NotAllowed for somebody else, ReasonNeeded to disagree without saying why, WrongRecheckState.
    """
    zones.require(actor, Verb.VIEW, Thing.COVENANT, recheck.zone)
    recheck = _locked(recheck, _("签字"))
    signer = recheck.signers.filter(person=actor).first()
    if signer is None:
        raise NotAllowed(verb=_("签字"), thing=str(recheck))
    if not agrees and not remark.strip():
        raise ReasonNeeded(what=pgettext("原因", "不同意"))
    save_record(signer, agrees=agrees, signed_at=zones.now(recheck.zone), remark=remark.strip())
    signers = list(recheck.signers.all())
    if all(one.signed_at is not None for one in signers):
        passed = all(one.agrees for one in signers)
        if recheck.kind == Recheck.Kind.DELIVERY:
            passed = passed and delivery_of(recheck.project, on=recheck.held_on).reached is True
        save_record(recheck, state=Recheck.State.CONCLUDED, passed=passed)
    _record(actor, recheck, "sign_recheck", said=agrees)
    return recheck


@transaction.atomic
def drop_recheck(*, actor: User | None, recheck: Recheck, reason: str) -> Recheck:
    """Withdraw a re-check that is not concluded, with why. Raises WrongRecheckState and ReasonNeeded."""
    zones.require(actor, Verb.VOID, Thing.COVENANT, recheck.zone)
    recheck = _locked(recheck, _("撤销"))
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "撤销复核表"))
    save_record(recheck, state=Recheck.State.DROPPED, drop_reason=reason.strip())
    _record(actor, recheck, "drop_recheck", reason=reason.strip())
    return recheck


def _locked(recheck: Recheck, step: str) -> Recheck:
    rows = Recheck.objects.select_related("zone", "project__zone")
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=recheck.pk).first()
    if found is None:
        raise NotFound(what=_("该复核表"))
    if found.state != Recheck.State.OPEN:
        raise _wrong(found, _("为“%(state)s”") % {"state": found.get_state_display()}, step)
    return found


def _wrong(recheck: Recheck, why: str, step: str) -> WrongRecheckState:
    return WrongRecheckState(recheck=str(recheck), why=why, step=step)


def _record(actor: User | None, recheck: Recheck, verb: str, **data: Any) -> None:
    record_change(
        actor=actor,
        verb=verb,
        rows=[recheck.project, recheck],
        scope=recheck.zone_id,
        name=str(recheck),
        **data,
    )
