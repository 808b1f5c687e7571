"""How far the work of a command is, drawn as one line."""

import sys
import time

from ..services.progress import Progress

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
