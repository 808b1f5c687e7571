"""The catalogue: matters entered and edited. What they ask for is in their versions."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.services.records import label_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import CodeTaken
from ..models import Matter
from .index import index_matters

FACTS = frozenset({"code", "name", "kind", "department", "summary", "no_pledge", "is_open"})


@transaction.atomic
def add_matter(*, actor: User | None, zone: Zone, code: str, name: str, kind: str, **facts: Any) -> Matter:
    """Enter a matter, as yet without a version.

    ``facts``: department (of the zone), summary, no_pledge (why no pledge may replace the review), is_open.
    Raises CodeTaken and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.MATTER, zone)
    # The zone's row is what two people who enter the same matter race for.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    values = checked(zone, facts | {"code": code, "name": name, "kind": kind})
    matter = Matter.objects.create(zone=zone, **values)
    index_matters([matter.pk])
    record_change(actor=actor, verb="add", rows=[matter], scope=zone.pk, code=matter.code, name=matter.name)
    return matter


@transaction.atomic
def change_matter(*, actor: User | None, matter: Matter, version: int | None, **values: Any) -> Matter:
    """Edit what a matter is filed under, or close it; what it asks for changes by a new version.

    Raises Stale with both versions when somebody saved it since ``version``, and as ``add_matter`` does.
    """
    zones.require(actor, Verb.CHANGE, Thing.MATTER, matter.zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=matter.zone_id)
    matter = locked(matter.pk)
    kept = checked(zone, values, but=matter)
    check_version(matter, version, yours=kept)
    changed = save_record(matter, **kept)
    if changed:
        index_matters([matter.pk])
        record_change(actor=actor, verb="change", rows=[matter], scope=zone.pk, changed=changed)
    return matter


def locked(pk: int) -> Matter:
    """Return a matter with its row locked: what everybody who writes to it or its versions races for."""
    rows = Matter.objects.select_related("zone", "department")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def checked(zone: Zone, facts: dict[str, Any], but: Matter | None = None) -> dict[str, Any]:
    """Return facts of a matter as they are kept; raises WrongInput and CodeTaken. Reads only."""
    unknown = facts.keys() - FACTS
    if unknown:
        raise TypeError(f"no such fact of a matter: {sorted(unknown)}")
    values: dict[str, Any] = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in facts.items()
    }
    shape = but or Matter()
    for name in ("code", "name"):
        if name in values and not values[name]:
            raise WrongInput(field=label_of(shape, name), why=_("不能为空。"), name=name)
    for name in ("code", "name", "summary"):
        most = Matter._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
        if len(values.get(name) or "") > most:
            why = _("最多 %(most)s 个字。") % {"most": most}
            raise WrongInput(field=label_of(shape, name), why=why, name=name)
    if "kind" in values and values["kind"] not in Matter.Kind.values:
        raise WrongInput(field=label_of(shape, "kind"), why=_("请从列出的种类中选择。"), name="kind")
    if values.get("no_pledge") and values["no_pledge"] not in Matter.NoPledge.values:
        raise WrongInput(
            field=label_of(shape, "no_pledge"), why=_("请从列出的原因中选择。"), name="no_pledge"
        )
    department = values.get("department")
    if department is not None and department.zone_id not in zones.lineage_ids(zone):
        why = _("“%(name)s”不是本辖区的部门。") % {"name": department.name}
        raise WrongInput(field=label_of(shape, "department"), why=why, name="department")
    if "code" in values:
        others = Matter.objects.filter(zone=zone, code=values["code"])
        known = (others.exclude(pk=but.pk) if but is not None else others).first()
        if known is not None:
            raise CodeTaken(taken=known.code, name=known.name, pk=known.pk)
    return values
