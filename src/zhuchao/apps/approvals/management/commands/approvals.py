"""``zhuchao approvals plan``, ``rehearse``, ``portfolio`` and ``solve``: plans of procedures, of all open cases, of projects."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.management import command
from zhuchao.apps.core.management.terminal import TerminalProgress
from zhuchao.apps.zones import selectors as zones
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import Mode, read_psplib, solve_project
from zhuchao.engines.scheduling.files import Template

from ...errors import NotInForce
from ...selectors.networks import report_of, shipped_procedures, template_of
from ...selectors.plans import (
    Planned,
    Scenario,
    bottleneck_of,
    chance_of_the_day,
    gain_words,
    gains_of,
    plan_of,
    rehearsed,
    works_of,
)
from ...selectors.portfolio import busiest, portfolio_of
from ...selectors.procedures import procedure_version_on, visible_procedures
from ...wording import say, show_minutes

_WAYS = {"early": Mode.EARLY, "late": Mode.LATE, "pledge": Mode.PLEDGE}
_WINDOWS = 100_000  # as many as there is time for
_INTERRUPTED = 130  # what a shell says of Ctrl-C


class Command(command.Command):
    help = "Plan and rehearse approval procedures, all open cases of a zone, or a PSPLIB project."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, what in (
            ("plan", "tell the quickest plan of a procedure and what decides it"),
            ("rehearse", "play a plan many times: even odds, four in five, the bottleneck"),
        ):
            some = verbs.add_parser(verb, help=what)
            some.add_argument(
                "template",
                metavar="TEMPLATE",
                help="a file, the key of a shipped procedure, or with --zone that of one of a zone",
            )
            some.add_argument("--zone", metavar="CODE")
            some.add_argument("--start", required=True, metavar="MOMENT", help="such as 2026-03-02T09:00")
            some.add_argument("--deadline", metavar="MOMENT")
            some.add_argument(
                "--pre-review", type=int, default=0, metavar="DAYS", help="working days; 0 unless told"
            )
            some.add_argument(
                "--credit", type=int, default=3, metavar="N", help="pledges at most; 3 unless told"
            )
            some.add_argument(
                "--without", action="append", default=[], choices=sorted(_WAYS), help="a way not to be used"
            )
            some.add_argument(
                "--reviewers",
                action="append",
                default=[],
                metavar="DEPARTMENT=N",
                help="instead of the procedure's",
            )
            some.add_argument("--json", action="store_true", help="one JSON object on stdout")
            if verb == "rehearse":
                some.add_argument("--runs", type=int, default=10_000, metavar="N")
                some.add_argument("--shared", type=float, default=0.15, metavar="SIGMA")
            else:
                some.add_argument(
                    "--gains", action="store_true", help="tell what each single change would save"
                )
        every = verbs.add_parser(
            "portfolio", help="plan all open cases of a zone on the departments they share"
        )
        every.add_argument("--zone", required=True, metavar="CODE")
        every.add_argument(
            "--seconds",
            type=float,
            default=0.0,
            metavar="S",
            help="time to better the first answer; 0 unless told",
        )
        every.add_argument("--json", action="store_true", help="one JSON object on stdout")
        solve = verbs.add_parser("solve", help="tell the shortest schedule of a PSPLIB project (.sm, .mm)")
        solve.add_argument("file", type=Path, metavar="FILE")
        solve.add_argument("--seconds", type=float, default=10.0, metavar="S")
        solve.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        work = {
            "plan": self._plan,
            "rehearse": self._rehearse,
            "portfolio": self._portfolio,
            "solve": self._solve,
        }
        try:
            work[options["verb"]](options)
        except KeyboardInterrupt:
            raise CommandError(_("已停止。"), returncode=_INTERRUPTED) from None

    def _plan(self, options: dict[str, Any]) -> None:
        planned = _planned(options)
        gains = gains_of(planned) if options["gains"] else ()
        tasks, departments = planned.template.network.counts
        if options["json"]:
            said = _as_data(planned) | {"tasks": tasks, "departments": departments}
            said["critical_path_minutes"] = report_of(planned.template).path.minutes
            if options["gains"]:
                said["gains"] = [asdict(gain) for gain in gains]
            self._json(said)
            return
        for key, name, department, how, review, issue, over in works_of(planned):
            begins = f"{review:%m-%d %H:%M}" if review else "—"
            self.stdout.write(
                f"{key}  {begins}  {issue:%m-%d %H:%M}  {over:%m-%d %H:%M}  {department}  {how}  {name}"
            )
        for gain in gains:
            if gain.minutes:
                self.stdout.write(f"{gain_words(gain, planned.template)}  -{show_minutes(gain.minutes)}")
        self._tell_end(planned)

    def _rehearse(self, options: dict[str, Any]) -> None:
        if not 1 <= options["runs"] <= 1_000_000:
            raise CommandError(_("--runs 应在 1 到 1000000 之间。"))
        planned = _planned(options)
        found = rehearsed(planned, runs=options["runs"])
        narrow, chance = bottleneck_of(planned, found), chance_of_the_day(planned, found)
        if options["json"]:
            self._json(
                _as_data(planned)
                | {
                    "runs": options["runs"],
                    "p50_minutes": found.p50,
                    "p80_minutes": found.p80,
                    "p50_at": planned.at(found.p50).isoformat(),
                    "p80_at": planned.at(found.p80).isoformat(),
                    "chance_same_day": chance,
                    "bottleneck": asdict(narrow),
                    "criticality": dict(found.criticality),
                }
            )
            return
        for share, when in ((_("一半把握"), found.p50), (_("八成把握"), found.p80)):
            self.stdout.write(f"{share}  {planned.at(when):%Y-%m-%d %H:%M}  {show_minutes(when)}")
        self.stdout.write(_("当天办结的把握  {chance}").format(chance=f"{chance:.1%}"))
        said = _("瓶颈  {name}（{share} 的推演由它决定完成时间）")
        self.stdout.write(said.format(name=narrow.name, share=f"{narrow.share:.0%}"))
        self._tell_end(planned)

    def _portfolio(self, options: dict[str, Any]) -> None:
        zone = zones.get_zone(None, options["zone"])
        seconds, bar = max(0.0, options["seconds"]), TerminalProgress()
        bar.say(_("推算全部在办件"))
        try:
            told = portfolio_of(
                None, zone, zones.now(zone), windows=_WINDOWS if seconds else 0, seconds=seconds
            )
        finally:
            bar.end()
        found = told.found
        if options["json"]:
            self._json(
                {
                    "at": told.at.isoformat(),
                    "cases": [
                        {
                            "number": row.case.number,
                            "title": row.case.title,
                            "finish_at": row.finish_at.isoformat(),
                            "due_at": row.due_at.isoformat(),
                            "late_minutes": row.late,
                        }
                        for row in told.rows
                    ],
                    "unplanned": {case.number: why for case, why in told.unplanned},
                    "cost": found.cost,
                    "first_come": found.first_come,
                    "bound": found.bound,
                    "saved": found.saved,
                    "gap": found.gap,
                    "departments": {name: minutes for name, _some, minutes in busiest(told.by_department)},
                }
            )
            return
        for row in told.rows:
            late = _("迟 {minutes}").format(minutes=show_minutes(row.late)) if row.late else _("按期")
            self.stdout.write(f"{row.case.number}  {row.finish_at:%Y-%m-%d %H:%M}  {late}  {row.case.title}")
        for case, why in told.unplanned:
            self.stderr.write(f"{case.number}  {why}")
        said = _("{cases} 件，比先到先办省 {saved}，离下界最多 {gap}")
        self.stdout.write(
            said.format(cases=len(told.rows), saved=f"{found.saved:.1%}", gap=f"{found.gap:.1%}")
        )

    def _solve(self, options: dict[str, Any]) -> None:
        bar = TerminalProgress()
        bar.say(_("求解"))
        try:
            project = read_psplib(_text(options["file"]))
            found = solve_project(project, seconds=options["seconds"])
        except EngineError as error:
            raise CommandError(say(error), returncode=1) from error
        finally:
            bar.end()
        if options["json"]:
            self._json(asdict(found) | {"proved": found.proved, "jobs": len(project.jobs)})
            return
        proof = _("已证明最短") if found.proved else _("下界 {bound}").format(bound=found.bound)
        self.stdout.write(
            _("{jobs} 项工作，工期 {length}（{proof}）").format(
                jobs=len(project.jobs), length=found.length, proof=proof
            )
        )

    def _tell_end(self, planned: Planned) -> None:
        if planned.starts_later is not None:
            said = _("起点不在工作时间，从 {when} 起算").format(when=f"{planned.starts_later:%Y-%m-%d %H:%M}")
            self.stderr.write(said)
        proof = (
            _("已证明最早")
            if planned.plan.proved
            else _("离最早最多 {gap}").format(gap=f"{planned.plan.gap:.1%}")
        )
        said = _("{when} 办结，用时 {minutes}（{proof}）")
        self.stdout.write(
            said.format(
                when=f"{planned.finish_at:%Y-%m-%d %H:%M}",
                minutes=show_minutes(planned.plan.finish),
                proof=proof,
            )
        )

    def _json(self, data: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def _planned(options: dict[str, Any]) -> Planned:
    scenario = Scenario(
        start=_moment(options["start"], "--start"),
        pre_review_days=options["pre_review"],
        credit=options["credit"],
        modes=frozenset(mode for word, mode in _WAYS.items() if word not in options["without"]),
        reviewers=dict(_reviewers(one) for one in options["reviewers"]),
        deadline=_moment(options["deadline"], "--deadline") if options["deadline"] else None,
        shared=options.get("shared", 0.15),
    )
    return plan_of(_template(options["template"], options["zone"], scenario.start), scenario)


def _template(name: str, code: str | None, start: datetime) -> Template:
    """Return a template by the key of a zone's procedure, by that of a shipped one, or out of a file."""
    try:
        if code is not None:
            zone = zones.get_zone(None, code)
            procedure = visible_procedures(None).filter(zone=zone, key=name).first()
            if procedure is None:
                raise CommandError(_("{zone}没有编号为 {key} 的流程。").format(zone=zone, key=name))
            version = procedure_version_on(procedure, zones.day_of(start))
            if version is None:
                day = zones.day_of(start).isoformat()
                raise NotInForce(what=procedure.name, on=day, why=_("没有在这一天生效的版本。"))
            return template_of(version.text)
        shipped = shipped_procedures().get(name)
        return shipped.template if shipped is not None else template_of(_text(Path(name)))
    except EngineError as error:
        raise CommandError(f"{name}: {say(error)}", returncode=1) from error


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise CommandError(_("读不了文件 {path}。").format(path=path), returncode=1) from None


def _moment(text: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        said = _("{option} 应为 2026-03-02T09:00 这样的时刻。").format(option=option)
        raise CommandError(said) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())


def _reviewers(text: str) -> tuple[str, int]:
    name, _equals, count = text.rpartition("=")
    if not name or not count.isdecimal() or len(count) > 4:
        raise CommandError(_("--reviewers 应为 部门=人数。"))
    return name, int(count)


def _as_data(planned: Planned) -> dict[str, Any]:
    """Return a plan as JSON-ready data."""
    return {
        "start": planned.scenario.start.isoformat(),
        "begins_at": planned.line.begins(0).isoformat(),
        "finish_at": planned.finish_at.isoformat(),
        "finish_minutes": planned.plan.finish,
        "bound_minutes": planned.plan.bound,
        "proved": planned.plan.proved,
        "works": [
            {
                "key": dated.work.task,
                "department": dated.work.department,
                "mode": dated.work.mode.value,
                "review": [moment.isoformat() for moment in dated.review] if dated.review else None,
                "issue": [moment.isoformat() for moment in dated.issue],
            }
            for dated in planned.plan.on(planned.line)
        ],
        "chain": [
            f"{link.task} {link.part.value}" for link in planned.plan.chain if link.start < link.finish
        ],
    }
