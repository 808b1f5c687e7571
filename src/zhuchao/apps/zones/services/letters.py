"""Write to people outside: once of each thing, tried again with pauses, every letter kept with how it ended."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Delivery, Letter, Zone
from .outbox import BACKOFF, CLAIM, MOST_AT_ONCE, mail_address, push


@transaction.atomic
def write_letter(
    *, zone: Zone, address: str, key: str, title: str, body: str, due_at: datetime | None = None
) -> bool:
    """Write to an address outside from a moment on (now); return whether it had not been written to of this yet.

    Who asks for it must have the consent of the person. From a demo zone nothing leaves the house.
    """
    if zone.is_demo or not address:
        return False
    said = {"zone": zone, "title": title[:120], "body": body, "due_at": due_at or timezone.now()}
    _letter, made = Letter.objects.get_or_create(address=address, key=key, defaults=said)
    return made


def send_letters_due() -> int:
    """Send the letters that are due, one after the other; return how many arrived. Two senders share the work."""
    sent = 0
    for _turn in range(MOST_AT_ONCE):
        letter = _claim()
        if letter is None:
            break
        why = _send(letter)
        _settle(letter, why)
        sent += not why
    return sent


@transaction.atomic
def _claim() -> Letter | None:
    moment = timezone.now()
    due = Letter.objects.filter(state=Delivery.State.WAITING, due_at__lte=moment).filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lt=moment)
    )
    letter = due.select_for_update(no_key=True, skip_locked=True).order_by("due_at", "pk").first()
    if letter is not None:
        letter.claimed_until = moment + CLAIM
        letter.save(update_fields=["claimed_until"])
    return letter


def _send(letter: Letter) -> str:
    if not settings.MAIL_ADDRESS:
        return _("没有配置发送邮件的服务器")
    return push(mail_address(letter.address), letter.title, letter.body, about=f"letter {letter.pk}")


@transaction.atomic
def _settle(letter: Letter, why: str) -> None:
    """Write down how an attempt ended, and when to try again."""
    moment = timezone.now()
    row = Letter.objects.select_for_update(no_key=True).get(pk=letter.pk)
    row.attempts += 1
    row.claimed_until, row.why = None, why[:120]
    if not why:
        row.state, row.sent_at = Delivery.State.SENT, moment
    elif row.attempts > len(BACKOFF):
        row.state = Delivery.State.GIVEN_UP
    else:
        row.due_at = moment + BACKOFF[row.attempts - 1]
    row.save(update_fields=["attempts", "claimed_until", "why", "state", "sent_at", "due_at"])
