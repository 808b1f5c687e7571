"""What the commands share: how far the work is, drawn as one line, and the zone that a code names."""

import sys
import time

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones.models import Zone

_BAR = 30
_SECONDS_BETWEEN = 0.1


class TerminalProgress(Progress):
    """Draws how far the work is as one line on stderr, where stderr is a terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._last = 0.0
        self._drawn = False

    def say(self, step: str, done: int = 0, total: int | None = None) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._last < _SECONDS_BETWEEN:
            return
        self._last = now
        filled = _BAR * done // total if total else 0
        numbers = f"{done:,}/{total:,}" if total else ""
        sys.stderr.write(f"\r{step} [{'#' * filled:{_BAR}}] {numbers}\x1b[K")
        sys.stderr.flush()
        self._drawn = True

    def end(self) -> None:
        """Leave the line of the bar."""
        if self._drawn:
            sys.stderr.write("\r\x1b[K")


def zone_of_code(code: str) -> Zone:
    """Return the zone of a code; raises CommandError with the codes there are."""
    zone = Zone.objects.filter(code=code).first()
    if zone is None:
        codes = listed(Zone.objects.values_list("code", flat=True)) or "—"
        raise CommandError(_("没有代码为“{code}”的辖区。现有：{codes}").format(code=code, codes=codes))
    return zone
