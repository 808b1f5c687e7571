"""``zhuchao import KIND FILE --zone Z``: take a ledger in, as the pages do."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.management import command
from zhuchao.apps.core.management.terminal import TerminalProgress
from zhuchao.apps.core.services import importing
from zhuchao.apps.core.services.importing import Trial
from zhuchao.apps.zones.models import User

from ..zone import zone_of_code


class Command(command.Command):
    help = "Import a ledger: the whole file or nothing of it. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help="the kind of ledger, such as enterprises")
        parser.add_argument("file", type=Path, help="an .xlsx, .xls or .csv")
        parser.add_argument("--zone", required=True, help="the code of the zone that keeps the ledger")
        parser.add_argument("--sheet", default="", help="the sheet to read; without, the one that fits best")
        parser.add_argument(
            "--mapping", default="{}", help='JSON: {"header in the file": "field", "header to leave out": ""}'
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what each row would do, and do nothing"
        )
        parser.add_argument("--skip-refused", action="store_true", help="import the other rows all the same")
        parser.add_argument(
            "--actor", default="", metavar="USERNAME", help="in whose name; without, the system"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("没有这个文件：{path}").format(path=path))
        progress = TerminalProgress()
        try:
            trial = importing.import_file(
                actor=_actor(options["actor"]),
                scope=zone_of_code(options["zone"]).pk,
                kind=options["kind"],
                path=path,
                sheet=options["sheet"],
                mapping=_mapping(options["mapping"]),
                dry_run=options["dry_run"],
                skip_refused=options["skip_refused"],
                progress=progress,
            )
        finally:
            progress.end()
        is_kept_out = bool(trial.counts["refused"]) and not options["skip_refused"]
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(trial), ensure_ascii=False, indent=2))
        else:
            self._tell(trial)
        if is_kept_out and not options["dry_run"]:
            raise CommandError(
                _("有 {count} 行不能导入，因此整个文件都没有导入。").format(count=trial.counts["refused"])
            )

    def _tell(self, trial: Trial) -> None:
        for state, label in (
            ("new", pgettext("导入", "新增")),
            ("changed", pgettext("导入", "变更")),
            ("same", _("无变化")),
            ("refused", _("有问题")),
        ):
            self.stdout.write(f"{label} {trial.counts[state]}")
        ledger = importing.get_ledger(trial.batch.kind)
        for problem in trial.warnings:
            self.stderr.write(importing.words(importing.as_problem(problem), ledger).whole)
        for row in trial.preview["refused"]:
            for problem in row["problems"]:
                self.stderr.write(importing.words(importing.as_problem(problem), ledger, row["row"]).whole)


def _actor(username: str) -> User | None:
    if not username:
        return None
    actor = User.objects.filter(username=username).first()
    if actor is None:
        raise CommandError(_("没有用户名为“{username}”的人。").format(username=username))
    return actor


def _mapping(text: str) -> dict[str, str]:
    try:
        said = json.loads(text)
    except ValueError as error:
        raise CommandError(_("--mapping 不是 JSON：{error}").format(error=error)) from error
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise CommandError(_("--mapping 应为 列名到字段的 JSON 对象。"))
    return said


def _as_data(trial: Trial) -> dict[str, Any]:
    """Return a trial as JSON-ready data, each problem with its sentence."""
    ledger = importing.get_ledger(trial.batch.kind)

    def said(problem: Any, row: int | None = None) -> dict[str, Any]:
        found = importing.words(importing.as_problem(problem), ledger, row)
        return {**problem, "message": found.sentence, "fix": found.fix}

    return {
        "batch": trial.batch.pk,
        "state": trial.batch.state,
        "counts": dict(trial.counts),
        "warnings": [said(problem) for problem in trial.warnings],
        "refused": [
            {"row": row["row"], "problems": [said(problem, row["row"]) for problem in row["problems"]]}
            for row in trial.preview["refused"]
        ],
    }
