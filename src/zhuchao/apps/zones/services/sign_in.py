"""Signing in: who may, what is written down about it, and what a one-time password asks for."""

from copy import copy
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.db import transaction

from zhuchao.apps.core.services import record_change

from ..models import User
from ..selectors import home_zone
from ..selectors.installation import may_sign_in

# What allauth would tell a person by mail: here it goes into the change log.
NOTICES = {
    "account/email/password_changed": "change_password",
    "account/email/password_reset": "change_password",
    "account/email/password_set": "change_password",
    "mfa/email/totp_activated": "activate_totp",
    "mfa/email/totp_deactivated": "deactivate_totp",
    "mfa/email/recovery_codes_generated": "make_recovery_codes",
}


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: an administrator makes the account. What happens to one is written down.

    The change log says who and when, and never the password, what was typed as a name, or the address it came from.
    """

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def pre_login(self, request: Any, user: User, **kwargs: Any) -> Any:
        if not may_sign_in(user):
            # allauth lets a right password of an account that the backend refuses come this far: it is turned
            # away here as a closed account is.
            user = copy(user)
            user.is_active = False
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: Any, user: User, **kwargs: Any) -> Any:
        record_sign_in(user, "sign_in")
        return super().post_login(request, user, **kwargs)

    def logout(self, request: Any) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            record_sign_in(user, "sign_out")

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        # An unknown name is not kept: people type their password there by mistake.
        user = User.objects.filter(username__iexact=credentials.get("username") or "").first()
        if user is not None:
            record_sign_in(user, "sign_in_failed")

    def set_password(self, user: User, password: str) -> None:
        user.password_expires_at = None
        super().set_password(user, password)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        verb = NOTICES.get(template_prefix)
        if verb is not None:
            record_sign_in(user, verb)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: there is no mail server, and a forgotten password is the administrator's to reset."""


class PasswordBackend(AuthenticationBackend):
    """Passwords; demo sign-ins only where the data file is a demo, one-time passwords only while they last."""

    def user_can_authenticate(self, user: User | None) -> bool:
        return isinstance(user, User) and may_sign_in(user) and bool(super().user_can_authenticate(user))


@transaction.atomic
def record_sign_in(user: User, verb: str) -> None:
    """Write down that somebody signed in, out, or failed to."""
    zone = home_zone(user)
    actor = None if verb == "sign_in_failed" else user
    record_change(actor=actor, verb=verb, rows=[user], scope=zone.pk if zone else 0)
