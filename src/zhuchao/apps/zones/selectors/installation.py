"""Whether this data file has been set up."""

from django.core.cache import cache
from django.utils import timezone

from zhuchao.apps.core.models import Installation

from ..models import User

SET_UP = "zones.is_set_up"


def needs_setup() -> bool:
    """Return whether nobody can sign in yet, so that the first administrator must be made.

    Once it is set up it stays so, and the answer costs no query.
    """
    if cache.get(SET_UP):
        return False
    open_to_all = (
        not Installation.objects.exclude(mode=Installation.Mode.EMPTY).exists() and not User.objects.exists()
    )
    if not open_to_all:
        cache.set(SET_UP, True, None)
    return open_to_all


def may_sign_in(person: User) -> bool:
    """Return whether an account opens anything: active, its one-time password not run out, a demo's only in a demo."""
    if not person.is_active:
        return False
    if person.password_expires_at is not None and person.password_expires_at <= timezone.now():
        return False
    return not person.is_demo or Installation.objects.filter(mode=Installation.Mode.DEMO).exists()
