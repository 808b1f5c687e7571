"""Alliances of zones: found one, let a zone in, leave."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.core.services import record_change

from ..errors import NameTaken
from ..models import Alliance, User, Zone
from ..selectors import Thing, Verb, may, require


@transaction.atomic
def create_alliance(
    *, actor: User | None, code: str, name: str, lead_zone: Zone, member_codes: Sequence[str] = ()
) -> Alliance:
    """Found an alliance led by ``lead_zone``, which is a member, with other zones known by their codes.

    To be a member gives nothing away: a zone shows to the others only what it puts into the pool, and may leave.
    """
    require(actor, Verb.MANAGE, Thing.ALLIANCE, lead_zone)
    if Alliance.objects.filter(code=code).exists():
        raise NameTaken(what=_("联盟代码"), name=code)
    alliance = Alliance.objects.create(code=code, name=name, lead_zone=lead_zone)
    alliance.members.add(lead_zone)
    record_change(actor=actor, verb="add", rows=[alliance], scope=lead_zone.pk, code=code, name=name)
    for member_code in dict.fromkeys(member_codes):
        if member_code != lead_zone.code:
            add_member(actor=actor, alliance=alliance, code=member_code)
    return alliance


@transaction.atomic
def add_member(*, actor: User | None, alliance: Alliance, code: str) -> Alliance:
    """Let the zone of this code into an alliance; both sides' change logs say so. A member stays one.

    Raises NotFound when no zone has the code.
    """
    require(actor, Verb.MANAGE, Thing.ALLIANCE, alliance.lead_zone_id)
    alliance = Alliance.objects.select_for_update(no_key=True).get(pk=alliance.pk)
    zone = Zone.objects.filter(code=code.strip()).first()
    if zone is None:
        raise NotFound(what=_("辖区“{code}”").format(code=code))
    if alliance.members.filter(pk=zone.pk).exists():
        return alliance
    alliance.members.add(zone)
    for scope in sorted({zone.pk, alliance.lead_zone_id}):
        record_change(actor=actor, verb="join", rows=[alliance], scope=scope, member=zone.pk, name=zone.name)
    return alliance


@transaction.atomic
def remove_member(*, actor: User | None, alliance: Alliance, zone: Zone) -> Alliance:
    """Take a zone out of an alliance: its leads leave the pool with it. The zone itself or the leading one may.

    Raises WrongInput for the leading zone and NotFound for one that is no member.
    """
    alliance = Alliance.objects.select_for_update(no_key=True).get(pk=alliance.pk)
    if not may(actor, Verb.MANAGE, Thing.ALLIANCE, zone):
        require(actor, Verb.MANAGE, Thing.ALLIANCE, alliance.lead_zone_id)
    if zone.pk == alliance.lead_zone_id:
        raise WrongInput(field=_("成员"), why=_("牵头单位不能退出"))
    if not alliance.members.filter(pk=zone.pk).exists():
        raise NotFound(what=_("该成员"))
    alliance.members.remove(zone)
    for scope in sorted({zone.pk, alliance.lead_zone_id}):
        record_change(actor=actor, verb="leave", rows=[alliance], scope=scope, member=zone.pk, name=zone.name)
    return alliance
