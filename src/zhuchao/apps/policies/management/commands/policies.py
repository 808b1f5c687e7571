"""``zhuchao policies check [DIR]``: whether a folder of policy files may be relied on."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.management import command

from ...services.packs import Checked, Notice, check_pack, shipped_pack

STALE_DAYS = 180


class Command(command.Command):
    help = "Check a folder of policies. check ends with 1 where a file or a test of it is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="read every policy and run the tests that travel with it")
        check.add_argument(
            "folder", type=Path, nargs="?", metavar="DIR", help="without, the national pack that is shipped"
        )
        check.add_argument(
            "--stale-days",
            type=int,
            default=STALE_DAYS,
            metavar="N",
            help=f"tell sources last looked at more than N days ago; {STALE_DAYS} unless told",
        )
        check.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        self._check(options)

    def _check(self, options: dict[str, Any]) -> None:
        folder = options["folder"] or shipped_pack()
        checked = check_pack(folder, on=timezone.localdate(), stale_days=options["stale_days"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(checked), ensure_ascii=False, indent=2, default=str))
        else:
            self._tell(checked)
        if checked.problems:
            message = _("有 {count} 处问题，这些政策还不能使用。").format(count=len(checked.problems))
            raise CommandError(message, returncode=1)

    def _tell(self, checked: Checked) -> None:
        for one in checked.problems:
            self.stderr.write(f"{one.file}:{one.line}: {one.code}: {one.said}")
        for notice in checked.stale:
            day = notice.verified_on
            said = _("{day} 核对，请再核对").format(day=day) if day else _("从未核对出处")
            self.stdout.write(f"{_named(notice)}  {said}")
        for notice in checked.unconfirmed:
            self.stdout.write(f"{_named(notice)}  {_('未经出处确认')}")
        self.stdout.write(
            _("{policies} 项政策、{versions} 个版本、{tests} 个测试").format(
                policies=checked.policies, versions=checked.versions, tests=checked.tests
            )
        )


def _named(notice: Notice) -> str:
    """Return the file, the version and the condition that a notice is of."""
    version = _("第 {number} 版").format(number=notice.version)
    return " ".join(filter(None, (notice.file, version, notice.condition)))
