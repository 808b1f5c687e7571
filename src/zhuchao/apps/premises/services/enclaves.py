"""Enclaves: entered with their partner; the agreed shares are entries."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment, ImportBatch
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import EnclaveEvidence, EnclaveExists, EnclaveShareTaken, PlaceMismatch
from ..models import Enclave, EnclaveShare, Site
from ..selectors.enclaves import partners_of

FACTS = frozenset({"agreed_on", "note"})


@transaction.atomic
def add_enclave(
    *, actor: User | None, site: Site, partner: Zone, agreed_on: date | None = None, note: str = ""
) -> Enclave:
    """Make a site an enclave that ``partner`` has a part in; its books stay with the site's own zone.

    Raises EnclaveExists, PlaceMismatch for a site within another, and WrongInput for a partner that is neither
    beside the zone nor in an alliance with it.
    """
    zones.require(actor, Verb.ADD, Thing.ENCLAVE, site.zone_id)
    site = Site.objects.select_for_update(of=("self",), no_key=True).select_related("zone").get(pk=site.pk)
    if Enclave.objects.filter(site=site).exists():
        raise EnclaveExists(site=str(site))
    check_site(site)
    if not partners_of(site.zone).filter(pk=partner.pk).exists():
        raise WrongInput(field=_("合作园区"), why=_("应是同一上级下的园区，或联动联盟的成员。"))
    enclave = Enclave(zone=site.zone, site=site, partner=partner, agreed_on=agreed_on, note=note)
    enclave.save(force_insert=True)
    record_change(actor=actor, verb="add", rows=[enclave], scope=site.zone_id, partner=partner.code)
    return enclave


@transaction.atomic
def change_enclave(*, actor: User | None, enclave: Enclave, version: int | None, **values: Any) -> Enclave:
    """Edit the day of the agreement and the note; raises Stale when somebody saved it since ``version``."""
    zones.require(actor, Verb.CHANGE, Thing.ENCLAVE, enclave.zone_id)
    if set(values) - FACTS:
        raise TypeError(f"not facts of an enclave: {sorted(set(values) - FACTS)}")
    enclave = _locked(enclave.pk)
    check_version(enclave, version, yours=values)
    changed = save_record(enclave, **values)
    if changed:
        record_change(actor=actor, verb="change", rows=[enclave], scope=enclave.zone_id, changed=changed)
    return enclave


@transaction.atomic
def agree_share(
    *,
    actor: User | None,
    enclave: Enclave,
    partner_percent: Decimal,
    on: date,
    evidence: Attachment | None = None,
    evidence_note: str = "",
    batch: ImportBatch | None = None,
    batch_row: int | None = None,
) -> EnclaveShare:
    """Enter how many percent are the partner's from a day on; the rest of 100 is the keeper's.

    Raises EnclaveShareTaken for a second share of the same day, EnclaveEvidence without a file or a note, and
    WrongInput for what is no percentage.
    """
    zones.require(actor, Verb.ADD, Thing.ENCLAVE, enclave.zone_id)
    enclave = _locked(enclave.pk)
    share = EnclaveShare(
        zone=enclave.zone,
        enclave=enclave,
        partner_percent=partner_percent,
        happened_on=on,
        evidence=evidence,
        evidence_note=evidence_note.strip(),
        batch=batch,
        batch_row=batch_row,
    )
    live = EnclaveShare.objects.live().filter(enclave=enclave, happened_on=on)
    check_share(share, live.values_list("happened_on", flat=True))
    add_entry(share, actor=actor, at=zones.now(enclave.zone))
    record_change(actor=actor, verb="record", rows=[enclave], scope=enclave.zone_id, entry=share.pk)
    return share


@transaction.atomic
def void_share(*, actor: User | None, share: EnclaveShare, reason: str) -> EnclaveShare:
    """Take a share out of force from now on; figures as of earlier moments keep it."""
    zones.require(actor, Verb.VOID, Thing.ENCLAVE, share.zone_id)
    new = void_entry(share, actor=actor, at=zones.now(share.zone), reason=reason)
    record_change(
        actor=actor, verb="void", rows=[share.enclave], scope=share.zone_id, entry=share.pk, reason=reason
    )
    return new


def check_site(site: Site) -> None:
    """Refuse a site within another one; reads nothing."""
    if site.parent_id is not None:
        raise PlaceMismatch(place=str(site), site=str(site.zone))


def check_share(share: EnclaveShare, taken: Iterable[date]) -> None:
    """Refuse a share that is no percentage, has no evidence, or begins on a day that is ``taken``."""
    if not 0 <= share.partner_percent <= 100:
        raise WrongInput(field=_("合作园区比例"), why=_("应在 0 到 100 之间，双方合计 100%。"))
    if share.evidence_id is None and not share.evidence_note:
        raise EnclaveEvidence()
    if share.happened_on in taken:
        raise EnclaveShareTaken(day=f"{share.happened_on:%Y-%m-%d}")


def _locked(pk: int) -> Enclave:
    rows = Enclave.objects.select_related("zone", "site", "partner")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
