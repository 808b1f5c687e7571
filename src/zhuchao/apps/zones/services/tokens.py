"""The keys of programs: make one, use one, stop one."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change

from ..models import ApiToken, User
from ..selectors import home_zone
from ..selectors.installation import may_sign_in
from ..selectors.people import manages
from ..selectors.tokens import digest_of, get_token, token_for

PREFIX = "zc_"


@transaction.atomic
def create_token(*, actor: User, name: str) -> tuple[ApiToken, str]:
    """Make a key with which a program does what this person may; return it with its row, shown this once."""
    if not name.strip():
        raise WrongInput(field=_("用途"), why=_("请写明给什么程序用"))
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(user=actor, name=name.strip(), digest=digest_of(key))
    record_change(actor=actor, verb="add", rows=[token], scope=_scope(actor), name=token.name)
    return token, key


@transaction.atomic
def revoke_token(*, actor: User, token: ApiToken) -> ApiToken:
    """Stop a key at once: one's own, or that of somebody whose whole account one manages. Safe to repeat."""
    token = get_token(actor, token.pk)
    if token.user_id != actor.pk and not manages(actor, token.user):
        raise WrongInput(field=_("接口令牌"), why=_("只能停用本人或所管理人员的令牌"))
    token = (
        ApiToken.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=token.pk)
    )
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.version += 1
        token.save(update_fields=["revoked_at", "version", "updated_at"])
        record_change(actor=actor, verb="revoke", rows=[token], scope=_scope(token.user), name=token.name)
    return token


def use_token(key: str) -> User | None:
    """Return the person a key stands for, None where it opens nothing; note the day it was last used."""
    token = token_for(key)
    if token is None or not may_sign_in(token.user):
        return None
    today = timezone.localdate()
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token.user


def _scope(person: User) -> int:
    zone = home_zone(person)
    return zone.pk if zone is not None else 0
