"""``zhuchao policies check [DIR]``, ``match`` and ``adopt``: policy files checked, matched with firms, taken into a zone."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.management import command
from zhuchao.apps.core.management.terminal import TerminalProgress
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones

from ...selectors.library import State, shipped
from ...services.adoption import adopt, pack_of_folder
from ...services.cluster import Cluster
from ...services.matching import Engine, Local, Matched, match_pack
from ...services.packs import Checked, Notice, check_pack, shipped_pack

STALE_DAYS = 180

_INTERRUPTED = 130  # what a shell says of Ctrl-C


class Command(command.Command):
    help = "Check a folder of policies, match it with a Parquet of firms, or take it into a zone."

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
        match = verbs.add_parser("match", help="answer every policy for every firm; run again, it goes on")
        match.add_argument(
            "--facts", type=Path, required=True, metavar="PATH", help="a Parquet, one row a firm"
        )
        match.add_argument(
            "--policies", type=Path, metavar="DIR", help="without, the national pack that is shipped"
        )
        match.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the answers go")
        match.add_argument(
            "--engine",
            default="local",
            metavar="WHERE",
            help="local, which is this process, or a Spark as spark://HOST:PORT; local unless told",
        )
        match.add_argument(
            "--as-of", metavar="DAY", help="the day that counts, such as 2026-01-31; today unless told"
        )
        match.add_argument("--json", action="store_true", help="one JSON object on stdout")

        adopt = verbs.add_parser(
            "adopt", help="take policies of a pack into a zone, as drafts to be published"
        )
        adopt.add_argument("ids", nargs="*", metavar="ID", help="without, all that are new or newer")
        adopt.add_argument("--zone", required=True, metavar="CODE")
        adopt.add_argument(
            "--policies", type=Path, metavar="DIR", help="without, the national pack that is shipped"
        )
        adopt.add_argument("--dry-run", action="store_true", help="say what would be taken, and take nothing")
        adopt.add_argument("--json", action="store_true", help="one JSON list on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        {"match": self._match, "check": self._check, "adopt": self._adopt}[options["verb"]](options)

    def _match(self, options: dict[str, Any]) -> None:
        bar, as_of, engine = TerminalProgress(), _day(options["as_of"]), _engine(options["engine"])
        try:
            matched = match_pack(
                facts=options["facts"],
                folder=options["policies"] or shipped_pack(),
                out=options["out"],
                as_of=as_of,
                engine=engine,
                progress=lambda done, total: bar.say(_("匹配"), done, total),
            )
        except KeyboardInterrupt:
            raise CommandError(
                _("已停止，做完的部分保留；再运行一次会接着做。"), returncode=_INTERRUPTED
            ) from None
        finally:
            bar.end()
        if matched.left_out:
            self.stderr.write(_("未生效，不参加匹配：{policies}").format(policies=listed(matched.left_out)))
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(matched, as_of), ensure_ascii=False, indent=2))
            return
        for name, *numbers in zip(matched.names, *matched.counts[1:], strict=True):
            said = dict(zip(matched.counts._fields[1:], numbers, strict=True))
            self.stdout.write(
                _(
                    "{policy}  符合 {eligible}，未知 {unknown}，不符合 {ineligible}，其中只差一项 {near}"
                ).format(policy=name, **said)
            )
        self.stdout.write(
            _("{rows} 家企业、{policies} 项政策，{partitions} 个分区中 {kept} 个已有").format(
                rows=matched.counts.rows,
                policies=len(matched.names),
                partitions=matched.partitions,
                kept=matched.kept,
            )
        )

    def _adopt(self, options: dict[str, Any]) -> None:
        zone = zones.get_zone(None, options["zone"])
        folder = options["policies"]
        pack = shipped() if folder is None else pack_of_folder(folder)
        done = adopt(actor=None, zone=zone, pack=pack, ids=options["ids"], dry_run=options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in done], ensure_ascii=False, indent=2))
        else:
            words = {"add": _("引入"), "update": _("引入新版本"), "left": _("不引入")}
            for one in done:
                why = one.said or State(one.state).label
                self.stdout.write(f"{one.id}  {words[one.action]}  {one.title}（{why}）")
        taken = sum(one.action != "left" for one in done)
        said = (
            _("可引入 {taken} 项，共 {all} 项")
            if options["dry_run"]
            else _("已引入 {taken} 项草稿，共 {all} 项")
        )
        self.stderr.write(said.format(taken=taken, all=len(done)))
        if any(one.said for one in done):
            raise CommandError(_("有政策没有引入，原因见上。"), returncode=1)

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


def _day(text: str | None) -> date:
    if text is None:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(_("--as-of 应为 2026-01-31 这样的日期。")) from None


def _engine(text: str) -> Engine:
    if text == "local":
        return Local()
    if text.startswith("spark://"):
        return Cluster(text)
    raise CommandError(_("--engine 应为 local 或 spark://主机:端口。"))


def _as_data(matched: Matched, as_of: date) -> dict[str, Any]:
    """Return what was matched as JSON-ready data, the counts by policy."""
    fields = matched.counts._fields[1:]
    return {
        "as_of": as_of.isoformat(),
        "rows": matched.counts.rows,
        "partitions": matched.partitions,
        "kept": matched.kept,
        "left_out": list(matched.left_out),
        "policies": {
            name: dict(zip(fields, numbers, strict=True))
            for name, *numbers in zip(matched.names, *matched.counts[1:], strict=True)
        },
    }
