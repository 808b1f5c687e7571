"""Viewings 踏勘: booked, moved, and what came of them."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Verb

from ..errors import EscortBusy
from ..models import Lead, Viewing
from .index import index_viewings
from .stages import locked_lead, refuse_future, require_for

FACTS = frozenset({"on", "starts_at", "escort", "units", "note"})


@transaction.atomic
def book_viewing(
    *,
    actor: User | None,
    lead: Lead,
    on: date,
    escort: User,
    units: Sequence[Unit],
    starts_at: time | None = None,
    note: str = "",
) -> Viewing:
    """Book that ``escort`` shows a lead ``units`` on a day. Raises EscortBusy and WrongInput."""
    require_for(actor, Verb.CHANGE, lead)
    lead = locked_lead(lead.pk)
    viewing = Viewing(
        zone_id=lead.zone_id, lead=lead, on=on, starts_at=starts_at, escort=escort, note=note.strip()
    )
    _check(viewing, {"escort": escort, "units": units})
    viewing.save()
    viewing.units.set(units)
    index_viewings([viewing.pk])
    record_change(
        actor=actor,
        verb="book_viewing",
        rows=[viewing, lead],
        scope=lead.zone_id,
        on=on,
        units=[unit.pk for unit in units],
    )
    return viewing


@transaction.atomic
def change_viewing(*, actor: User | None, viewing: Viewing, version: int | None, **values: Any) -> Viewing:
    """Move a viewing: on, starts_at, escort, units, note. Raises Stale, EscortBusy and WrongInput."""
    require_for(actor, Verb.CHANGE, viewing.lead)
    unknown = set(values) - FACTS
    if unknown:
        raise TypeError(f"not facts of a viewing: {sorted(unknown)}")
    viewing = _locked(viewing.pk)
    plain = {name: value for name, value in values.items() if name != "units"}
    check_version(viewing, version, yours=plain)
    for name, value in plain.items():
        setattr(viewing, name, value)
    _check(viewing, values)
    viewing = _locked(viewing.pk)
    changed = save_record(viewing, **plain)
    if "units" in values:
        before = sorted(viewing.units.values_list("pk", flat=True))
        after = sorted(unit.pk for unit in values["units"])
        if before != after:
            viewing.units.set(values["units"])
            changed["units"] = [before, after]
    if changed:
        index_viewings([viewing.pk])
        record_change(actor=actor, verb="change", rows=[viewing], scope=viewing.zone_id, changed=changed)
    return viewing


@transaction.atomic
def set_viewing_outcome(
    *, actor: User | None, viewing: Viewing, version: int | None, outcome: str, outcome_note: str = ""
) -> Viewing:
    """Say what came of a viewing; of one to come only that it does not take place. Raises Stale and WrongInput."""
    require_for(actor, Verb.CHANGE, viewing.lead)
    viewing = _locked(viewing.pk)
    said = {"outcome": Viewing.Outcome(outcome), "outcome_note": outcome_note.strip()}
    check_version(viewing, version, yours=said)
    if outcome != Viewing.Outcome.CANCELLED:
        refuse_future(viewing.on, viewing.zone)
    changed = save_record(viewing, **said)
    if changed:
        index_viewings([viewing.pk])
        record_change(actor=actor, verb="outcome", rows=[viewing], scope=viewing.zone_id, changed=changed)
    return viewing


def _locked(pk: int) -> Viewing:
    rows = Viewing.objects.select_related("lead__zone", "zone", "escort")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _check(viewing: Viewing, values: Mapping[str, Any]) -> None:
    zone = viewing.lead.zone
    if viewing.on < viewing.lead.found_on:
        day = viewing.lead.found_on.isoformat()
        raise WrongInput(field=_("踏勘日期"), why=_("不能早于获得日期 {day}。").format(day=day))
    if "escort" in values and not zones.roles_of(viewing.escort, zone.pk):
        why = _("{owner}不是{zone}的工作人员。").format(owner=viewing.escort, zone=zone)
        raise WrongInput(field=_("陪同人"), why=why)
    if "units" in values:
        if not values["units"]:
            raise WrongInput(field=_("踏勘房源"), why=_("请至少选择一处。"))
        foreign = next((unit for unit in values["units"] if unit.zone_id != zone.pk), None)
        if foreign is not None:
            why = _("“{unit}”不在{zone}。").format(unit=foreign, zone=zone)
            raise WrongInput(field=_("踏勘房源"), why=why)
    if viewing.starts_at is None:
        return
    same = Viewing.objects.filter(escort=viewing.escort, on=viewing.on, starts_at=viewing.starts_at)
    other = same.exclude(pk=viewing.pk).exclude(outcome=Viewing.Outcome.CANCELLED).first()
    if other is not None:
        raise EscortBusy(
            escort=str(viewing.escort),
            on=viewing.on.isoformat(),
            at=f"{viewing.starts_at:%H:%M}",
            lead=str(other.lead) if other.zone_id == viewing.zone_id else _("另一场踏勘"),
        )
