"""``zhuchao load-calendar``: load the working calendar."""

from typing import Any

from django.utils.translation import gettext as _

from ...services.calendar import load_calendar
from .. import command


class Command(command.Command):
    help = "Load holidays and make-up days of the years whose notice is published."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_calendar()}-12-31")
        self.stderr.write(_("工作日历已确认到上述日期；之后的日期只能暂按周末推算。"))
