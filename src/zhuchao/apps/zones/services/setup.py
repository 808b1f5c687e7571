"""The first administrator of an empty data file."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Installation
from zhuchao.apps.core.services import record_change

from ..errors import AlreadySetUp
from ..models import Role, User, Zone
from .people import add_membership
from .zones import add_zone

_foundings: list[Callable[[Zone], object]] = []


def register_founding(act: Callable[[Zone], object]) -> None:
    """Say what else a zone at the top of a tree starts with; ``act`` is called once, when it is made."""
    if act not in _foundings:
        _foundings.append(act)


def found_zone(zone: Zone) -> None:
    """Give a zone at the top of a tree what every app lets it start with."""
    for act in _foundings:
        act(zone)


@transaction.atomic
def create_first_administrator(
    *,
    username: str,
    display_name: str,
    password: str,
    zone_code: str,
    zone_name: str,
    zone_short_name: str,
    zone_kind: str,
    since: date | None = None,
) -> tuple[User, Zone]:
    """Make the first zone and its administrator, once: of two who try at the same time one is refused.

    Raises AlreadySetUp when anybody can sign in already, and WrongInput for a password that is too easy.
    """
    Installation.objects.get_or_create(pk=1)
    installation = Installation.objects.select_for_update(no_key=True).get(pk=1)
    if installation.mode != Installation.Mode.EMPTY or User.objects.exists():
        raise AlreadySetUp()
    person = User(username=username, display_name=display_name)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise WrongInput(field=_("密码"), why=" ".join(error.messages)) from error
    person.set_password(password)
    person.save()
    zone = add_zone(actor=None, code=zone_code, name=zone_name, short_name=zone_short_name, kind=zone_kind)
    add_membership(
        actor=None, zone=zone, person=person, role=Role.ADMINISTRATOR, since=since or timezone.localdate()
    )
    found_zone(zone)
    installation.mode = Installation.Mode.REAL
    installation.set_up_at = timezone.now()
    installation.save(update_fields=["mode", "set_up_at"])
    record_change(actor=person, verb="set_up", rows=[person, zone], scope=zone.pk, username=username)
    return person, zone
