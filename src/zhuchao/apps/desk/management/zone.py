"""What the commands share: the zone that a code names."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones.models import Zone


def zone_of_code(code: str) -> Zone:
    """Return the zone of a code; raises CommandError with the codes there are."""
    zone = Zone.objects.filter(code=code).first()
    if zone is None:
        codes = listed(Zone.objects.values_list("code", flat=True)) or "—"
        raise CommandError(_("没有代码为“{code}”的辖区。现有：{codes}").format(code=code, codes=codes))
    return zone
