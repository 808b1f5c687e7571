"""Put a card of 今日 off."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone

from ..models import Snooze

LONGEST = timedelta(days=31)


@transaction.atomic
def snooze_card(*, actor: User, zone: Zone, key: str, until: date) -> Snooze:
    """Do not show one card to this person before ``until``; at most a month, since what is due stays due."""
    on = zones.today(zone)
    if not on < until <= on + LONGEST:
        raise WrongInput(field=_("推迟到"), why=_("请选择明天起一个月以内的日期。"))
    snooze, _made = Snooze.objects.update_or_create(user=actor, key=key[:80], defaults={"until": until})
    return snooze
