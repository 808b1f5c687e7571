"""Policies: entered and edited. What they say is in their versions."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.people import officers_of

from ..errors import NothingToReview, PolicyKeyTaken
from ..models import Level, Policy, PolicyVersion
from ..selectors import current_version
from .index import index_policies

FACTS = frozenset(
    {"key", "title", "level", "department", "industries", "audiences", "summary", "owner", "review_on"}
)
LONGEST_WORD = 30


@transaction.atomic
def add_policy(
    *, actor: User | None, zone: Zone, key: str, title: str, level: str, department: str, **facts: Any
) -> Policy:
    """Enter a policy, as yet without a version.

    ``facts``: industries, audiences (lists of words), summary, owner, review_on. Raises PolicyKeyTaken and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.POLICY, zone)
    # The zone's row is what two people who enter the same policy race for.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    said = facts | {"key": key, "title": title, "level": level, "department": department}
    values = checked(zone, said)
    policy = Policy.objects.create(zone=zone, **values)
    index_policies([policy.pk])
    record_change(actor=actor, verb="add", rows=[policy], scope=zone.pk, key=policy.key, name=policy.title)
    return policy


@transaction.atomic
def change_policy(*, actor: User | None, policy: Policy, version: int | None, **values: Any) -> Policy:
    """Edit what a policy is filed under; what it says changes by a new version.

    Raises Stale with both versions when somebody saved it since ``version``, and as ``add_policy`` does.
    """
    zones.require(actor, Verb.CHANGE, Thing.POLICY, policy.zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=policy.zone_id)
    policy = locked(policy.pk)
    check_version(policy, version, yours=values)
    changed = save_record(policy, **checked(zone, values, but=policy))
    if changed:
        index_policies([policy.pk])
        record_change(actor=actor, verb="change", rows=[policy], scope=zone.pk, changed=changed)
    return policy


@transaction.atomic
def review_policy(
    *, actor: User | None, policy: Policy, version: int | None, next_review_on: date, note: str = ""
) -> Policy:
    """Say that the source of what counts today was read again today and still says so, and when to look next.

    Where it says otherwise, a new version is drafted instead. Raises NothingToReview for a policy of which nothing is
    published, Stale with both versions, and WrongInput for a next day that has come already.
    """
    zones.require(actor, Verb.CHANGE, Thing.POLICY, policy.zone)
    policy = locked(policy.pk)
    check_version(policy, version, yours={"review_on": next_review_on})
    today = zones.today(policy.zone)
    if next_review_on <= today:
        raise WrongInput(field=_("下次复核"), why=_("须晚于今天。"))
    current = current_version(policy, today)
    if current is None:
        raise NothingToReview(policy=policy.title)
    current = PolicyVersion.objects.select_for_update(no_key=True).get(pk=current.pk)
    save_record(current, verified_on=today, source_status=PolicyVersion.SourceStatus.CONFIRMED)
    save_record(policy, review_on=next_review_on)
    record_change(
        actor=actor,
        verb="review",
        rows=[policy, current],
        scope=policy.zone_id,
        next=next_review_on,
        note=note.strip(),
    )
    return policy


def locked(pk: int) -> Policy:
    """Return a policy with its row locked: what everybody who writes to it or its versions races for."""
    return Policy.objects.select_related("zone").select_for_update(of=("self",), no_key=True).get(pk=pk)


def checked(zone: Zone, facts: dict[str, Any], but: Policy | None = None) -> dict[str, Any]:
    """Return facts of a policy as they are kept; raises WrongInput and PolicyKeyTaken. Reads only."""
    unknown = facts.keys() - FACTS
    if unknown:
        raise TypeError(f"no such fact of a policy: {sorted(unknown)}")
    values: dict[str, Any] = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in facts.items()
    }
    for name, label in (("key", _("政策编号")), ("title", _("政策名称")), ("department", _("主管部门"))):
        if name in values and not values[name]:
            raise WrongInput(field=label, why=_("不能为空。"))
    if "level" in values and values["level"] not in Level.values:
        raise WrongInput(field=_("层级"), why=_("应为国家、省、市、区、街道之一。"))
    for name, label in (("industries", _("适用产业")), ("audiences", _("适用对象"))):
        if name in values:
            words = [" ".join(str(word).split()) for word in values[name]]
            values[name] = list(dict.fromkeys(word for word in words if word))
            if any(len(word) > LONGEST_WORD for word in values[name]):
                raise WrongInput(field=label, why=_("每个词最多 %(most)d 个字。") % {"most": LONGEST_WORD})
    owner = values.get("owner")
    if owner is not None and not officers_of(zone).filter(pk=owner.pk).exists():
        raise WrongInput(field=_("责任人"), why=_("“%(name)s”不在本辖区任职。") % {"name": owner})
    if "key" in values:
        others = Policy.objects.filter(zone=zone, key=values["key"])
        known = (others.exclude(pk=but.pk) if but is not None else others).first()
        if known is not None:
            raise PolicyKeyTaken(policy_key=known.key, title=known.title, pk=known.pk)
    return values
