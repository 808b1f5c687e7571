"""引入: shipped matters taken into a zone's catalogue, as drafts that a second person publishes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError, NotFound
from zhuchao.apps.core.services import record_change
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.services.zones import add_department

from ..models import MatterVersion
from ..selectors.matter_versions import draft_of
from ..selectors.packs import Item, Pack, Standing, departments_of, items_of, name_key
from .matter_versions import change_matter_version, draft_matter_version
from .matters import add_matter, change_matter


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of a matter of the pack: ``add``, ``update`` or ``left``, where ``said`` tells why."""

    code: str
    name: str
    action: str
    matter_id: int | None = None
    said: str = ""


def adopt_matters(*, actor: User | None, zone: Zone, pack: Pack, codes: Sequence[str] = ()) -> list[Adopted]:
    """Take matters of a pack into a zone as drafts; what says the same already is left. Safe to repeat.

    ``codes``: those wanted; without, all that the zone does not have: what it has changed is taken only by name.
    A department that the zone lacks is entered where the person may, else the matter stays without one.
    Raises NotFound for a code that the pack does not have.
    """
    for verb in (Verb.ADD, Verb.CHANGE):
        zones.require(actor, verb, Thing.MATTER, zone)
    missing = [one for one in codes if one not in pack.matters]
    if missing:
        raise NotFound(what=_("事项“%(code)s”") % {"code": missing[0][:40]})
    wanted = {Standing.NEW, Standing.DIFFERENT} if codes else {Standing.NEW}
    items = [one for one in items_of(zone, pack) if not codes or one.packed.code in codes]
    return [_adopted(actor, zone, one, is_wanted=one.standing in wanted) for one in items]


def _adopted(actor: User | None, zone: Zone, item: Item, *, is_wanted: bool) -> Adopted:
    packed = item.packed
    kept = item.matter.pk if item.matter else None
    if not is_wanted:
        return Adopted(packed.code, packed.name, "left", kept, str(item.standing.label))
    try:
        version = _draft(actor, zone, item)
    except DomainError as error:
        return Adopted(packed.code, packed.name, "left", kept, str(error))
    return Adopted(packed.code, packed.name, "update" if item.matter else "add", version.matter_id)


@transaction.atomic
def _draft(actor: User | None, zone: Zone, item: Item) -> MatterVersion:
    packed = item.packed
    department = departments_of(zone).get(name_key(packed.department)) or _new_department(
        actor, zone, packed.department
    )
    if item.matter is None:
        matter = add_matter(
            actor=actor,
            zone=zone,
            code=packed.code,
            name=packed.name,
            kind=packed.kind,
            department=department,
            summary=packed.summary,
            no_pledge=packed.no_pledge,
        )
    else:
        matter = item.matter
        if matter.department_id is None and department is not None:
            matter = change_matter(actor=actor, matter=matter, version=None, department=department)
    facts = dict(packed.facts) | {"effective_from": zones.today(zone)}
    draft = draft_of(matter)
    steps, papers = packed.steps, packed.papers
    if draft is None:
        version = draft_matter_version(actor=actor, matter=matter, steps=steps, documents=papers, **facts)
    else:
        version = change_matter_version(
            actor=actor, draft=draft, version=None, steps=steps, documents=papers, **facts
        )
    record_change(
        actor=actor,
        verb="adopt",
        rows=[version, matter],
        scope=zone.pk,
        code=packed.code,
        number=version.number,
    )
    return version


def _new_department(actor: User | None, zone: Zone, name: str) -> Department | None:
    if not zones.may(actor, Verb.ADD, Thing.DEPARTMENT, zone):
        return None
    return add_department(actor=actor, zone=zone, kind=Department.Kind.APPROVER, name=name)
