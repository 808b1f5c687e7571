"""``zhuchao verify-changes``: prove that nobody altered the log of changes, or name the first broken link."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from zhuchao.apps.core.management import command
from zhuchao.apps.core.services import ChainBroken, verify_changes
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors.changes import WHY_BROKEN


class Command(command.Command):
    help = "Check the chain of changes of every zone, or of one. Ends with 1 at a broken link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--zone", help="the code of one zone")

    def handle(self, *args: Any, **options: Any) -> None:
        names = {0: _("系统"), **dict(Zone.objects.values_list("pk", "name"))}
        scope = None
        if options["zone"]:
            scope = Zone.objects.filter(code=options["zone"]).values_list("pk", flat=True).first()
            if scope is None:
                raise CommandError(_("没有代码为“{code}”的辖区。").format(code=options["zone"]))
        links, broken = 0, []
        for found in verify_changes(scope):
            if isinstance(found, ChainBroken):
                name = names.get(found.scope, str(found.scope))
                why = WHY_BROKEN[found.why]
                broken.append(
                    _("{zone}：第 {seq} 条变更记录：{why}").format(zone=name, seq=found.seq, why=why)
                )
            else:
                links += found
        for line in broken:
            self.stderr.write(line)
        if broken:
            raise CommandError(_("变更记录的链条断了，请保留现场并检查备份。"), returncode=1)
        self.stdout.write(_("{count} 条变更记录，链条完整").format(count=links))
