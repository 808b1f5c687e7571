"""The people to call at a firm. Numbers and addresses never reach the change log, an error or the search index."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import MergedAway
from ..models import Contact, Enterprise
from ..selectors import family_ids, survivor_of

PRIVATE = frozenset({"phone", "email"})
THING = "enterprises.contact"


@transaction.atomic
def add_contact(
    *,
    actor: User | None,
    enterprise: Enterprise,
    name: str,
    post: str = "",
    phone: str = "",
    email: str = "",
    is_main: bool = False,
) -> Contact:
    """Add a person to call at a firm; a new main contact takes the place of the old one."""
    zones.require(actor, Verb.ADD, Thing.CONTACT, enterprise.zone_id)
    if enterprise.is_merged:
        raise MergedAway(name=enterprise.name, survivor=survivor_of(enterprise).name)
    contact = Contact(zone_id=enterprise.zone_id, enterprise=enterprise, is_main=is_main)
    for field, value in _checked({"name": name, "post": post, "phone": phone, "email": email}).items():
        setattr(contact, field, value)
    contact.save(force_insert=True)
    if is_main:
        _only_main(contact)
    record_change(actor=actor, verb="add", rows=[contact], scope=contact.zone_id, enterprise=enterprise.pk)
    return contact


@transaction.atomic
def edit_contact(
    *, actor: User | None, contact: Contact, seen_version: int | None = None, **values: Any
) -> Contact:
    """Change a contact; what is not given stays. Raises Stale without showing a number or an address."""
    zones.require(actor, Verb.CHANGE, Thing.CONTACT, contact.zone_id)
    kept = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    wanted = _checked(values)
    check_version(kept, seen_version, yours={k: v for k, v in wanted.items() if k not in PRIVATE})
    changes = save_record(kept, **wanted)
    if changes.get("is_main") == [False, True]:
        _only_main(kept)
    if changes:
        record_change(
            actor=actor, verb="edit", rows=[kept], scope=kept.zone_id, enterprise=kept.enterprise_id,
            fields=sorted(changes),
        )  # fmt: skip
    return kept


@transaction.atomic
def remove_contact(*, actor: User | None, contact: Contact) -> None:
    """Remove a person who is no longer to be called: personal data is not kept longer than it is needed."""
    zones.require(actor, Verb.CHANGE, Thing.CONTACT, contact.zone_id)
    kept = Contact.objects.select_for_update(no_key=True).filter(pk=contact.pk).first()
    if kept is None:
        return
    record_change(actor=actor, verb="remove", rows=[kept], scope=kept.zone_id, enterprise=kept.enterprise_id)
    kept.delete()


@transaction.atomic
def reveal_contact(*, actor: User | None, contact: Contact) -> Contact:
    """Return a contact to be shown in full, and record who looked; raises NotAllowed."""
    zones.require(actor, Verb.REVEAL, Thing.CONTACT, contact.zone_id)
    record_change(
        actor=actor, verb="reveal", rows=[contact], scope=contact.zone_id, enterprise=contact.enterprise_id
    )
    return contact


def _only_main(contact: Contact) -> None:
    family = family_ids(survivor_of(contact.enterprise))
    Contact.objects.filter(enterprise__in=family, is_main=True).exclude(pk=contact.pk).update(is_main=False)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in values.items()
    }
    if "name" in kept and not kept["name"]:
        raise WrongInput(field=_("姓名"), why=_("请填写联系人姓名。"), name="name")
    for name, value in kept.items():
        field = Contact._meta.get_field(name)
        most = getattr(field, "max_length", None)
        if isinstance(value, str) and most is not None and len(value) > most:
            label = str(getattr(field, "verbose_name", name))
            raise WrongInput(field=label, why=_("最多 %(most)s 个字符。") % {"most": most}, name=name)
    return kept
