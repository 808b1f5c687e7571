"""The keys of programs."""

import hashlib

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound

from ..models import ApiToken, Membership, User
from .permissions import Thing, Verb, zone_ids


def visible_tokens(actor: User | AnonymousUser | None) -> QuerySet[ApiToken]:
    """Return a person's own tokens and those of the people they manage. The keys themselves are not kept."""
    rows = ApiToken.objects.select_related("user")
    if actor is None:
        return rows
    managed = Membership.objects.filter(
        user=OuterRef("user"), zone_id__in=zone_ids(actor, Verb.MANAGE, Thing.PERSON)
    )
    return rows.filter(Q(user_id=actor.pk) | Q(Exists(managed)))


def get_token(actor: User | AnonymousUser | None, pk: int) -> ApiToken:
    """Return a token; raises NotFound when it is hidden or missing."""
    token = visible_tokens(actor).filter(pk=pk).first()
    if token is None:
        raise NotFound(what=_("该接口令牌"))
    return token


def digest_of(key: str) -> str:
    """Return what is kept of a key. It is long and random, so that one round of SHA-256 is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def token_for(key: str) -> ApiToken | None:
    """Return the token a key belongs to while it is in force, with its person."""
    rows = ApiToken.objects.select_related("user").filter(revoked_at__isnull=True, user__is_active=True)
    return rows.filter(digest=digest_of(key)).first()
