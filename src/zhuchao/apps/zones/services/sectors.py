"""A zone's industries: begin one, end one, put another in its place. Never rename one."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change, save_record

from ..errors import NameTaken, SectorNotInForce
from ..models import Sector, User, Zone
from ..selectors import Thing, Verb, require, today

# GB/T 4754: a section letter, or a division, group or class of two to four digits with or without its letter.
INDUSTRY_CODE = re.compile(r"[A-T]|[A-T]?[0-9]{2,4}")


@transaction.atomic
def add_sector(
    *,
    actor: User | None,
    zone: Zone,
    name: str,
    tier: str = "",
    industry_codes: Sequence[str] = (),
    since: date | None = None,
) -> Sector:
    """Begin an industry of a zone's taxonomy (2+3+X: its ``tier``) on a day, today where none is said.

    Raises NameTaken while one of that name is in force on that day or later.
    """
    require(actor, Verb.MANAGE, Thing.SECTOR, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    return _begin(actor, zone, name.strip(), tier.strip(), industry_codes, since or today(zone))


@transaction.atomic
def end_sector(*, actor: User | None, sector: Sector, on: date) -> Sector:
    """End an industry with the day ``on`` as its last. What was counted under it stays so.

    Raises SectorNotInForce when it has ended already.
    """
    require(actor, Verb.MANAGE, Thing.SECTOR, sector.zone_id)
    sector = Sector.objects.select_for_update(no_key=True).get(pk=sector.pk)
    if sector.until is not None:
        raise SectorNotInForce(name=sector.name, until=sector.until.isoformat())
    if on < sector.since:
        raise WrongInput(field=_("止"), why=_("须不早于{since}").format(since=sector.since.isoformat()))
    changes = save_record(sector, until=on)
    record_change(actor=actor, verb="end", rows=[sector], scope=sector.zone_id, changes=changes)
    return sector


@transaction.atomic
def replace_sector(
    *,
    actor: User | None,
    sector: Sector,
    name: str,
    on: date,
    tier: str | None = None,
    industry_codes: Sequence[str] | None = None,
) -> Sector:
    """Begin an industry on the day ``on`` in the place of another, which ends the day before; return the new one.

    This is how one gets a new name: old reports keep the old one.
    """
    require(actor, Verb.MANAGE, Thing.SECTOR, sector.zone_id)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=sector.zone_id)
    ended = end_sector(actor=actor, sector=sector, on=on - timedelta(days=1))
    codes = ended.industry_codes if industry_codes is None else industry_codes
    return _begin(actor, zone, name.strip(), ended.tier if tier is None else tier.strip(), codes, on)


def _begin(actor: User | None, zone: Zone, name: str, tier: str, codes: Sequence[str], since: date) -> Sector:
    if not name:
        raise WrongInput(field=_("产业"), why=_("请填写名称"))
    cleaned = list(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))
    wrong = [code for code in cleaned if not INDUSTRY_CODE.fullmatch(code)]
    if wrong:
        why = _("“{code}”不是国民经济行业代码，应如 39、396 或 C3962").format(code=wrong[0])
        raise WrongInput(field=_("国民经济行业代码"), why=why)
    same = Sector.objects.filter(zone=zone, name=name)
    if same.filter(until__isnull=True).exists() or same.filter(until__gte=since).exists():
        raise NameTaken(what=_("产业"), name=name)
    sector = Sector.objects.create(zone=zone, name=name, tier=tier, industry_codes=cleaned, since=since)
    record_change(
        actor=actor,
        verb="add",
        rows=[sector],
        scope=zone.pk,
        name=name,
        tier=tier,
        codes=cleaned,
        since=since,
    )
    return sector
