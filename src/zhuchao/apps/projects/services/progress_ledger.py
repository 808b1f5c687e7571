"""形象进度台账: one row a project and day; the same row again changes nothing, another one is a correction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, correct_entry, record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.core.wording import listed
from zhuchao.apps.premises.services import lookups
from zhuchao.apps.premises.services.lookups import Lookups
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import ProgressEntry, Project
from . import project_book
from .advance import SAID, follow_progress, progress_key
from .project_book import AT_ONCE, ProjectBook
from .project_writing import reason_of

HUNDRED = Decimal(100)
MOST_NAMES = 5000


@dataclass
class Known:
    """What the zone keeps of the projects that a file names: entries in force, and every version of each, by key."""

    zone: Zone
    book: ProjectBook
    lookups: Lookups
    live: dict[str, ProgressEntry]
    versions: dict[str, list[ProgressEntry]]
    names: list[str]


class ProgressLedger:
    """How far the works of projects have come."""

    key = "project_progress"
    title: Text = _("形象进度台账")
    thing = "projects.progressentry"
    description: Text = _(
        "一行一个项目的一次形象进度，按项目和日期识别，同一行再次导入不会重复，内容变化的写成更正条目。"
        "形象进度写百分比，说明写文字，至少填一项；最新的说明就是项目页上的形象进度。"
    )
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("happened_on", "日期", Kind.DATE, ("填报日期",), required=True, example="2023-05-31"),
        FieldSpec(
            "name", "项目名称", aliases=("项目",), required=True, max_length=120, example="高纯氢制备项目"
        ),
        FieldSpec("code", "项目编号", Kind.CODE, ("项目代码",), max_length=40),
        FieldSpec(
            "percent",
            "形象进度比例",
            Kind.PERCENT,
            ("完成比例", "形象进度(%)", "进度(%)"),
            unit="%",
            minimum=Decimal(0),
            maximum=Decimal(1),
            example="65",
        ),
        FieldSpec(
            "text", "形象进度说明", aliases=("形象进度", "工程进度"), max_length=500, example="主体封顶"
        ),
        FieldSpec("problem", "存在问题", aliases=("问题",), max_length=300),
        FieldSpec("next_step", "下一步措施", aliases=("下一步", "下步措施"), max_length=300),
        FieldSpec("expected_on", "预计竣工", Kind.DATE, ("预计竣工日期",), month_allowed=True),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "happened_on": "2023-05-31",
            "name": "示例高纯氢制备项目",
            "code": "2023-001",
            "percent": "65",
            "text": "主体封顶，二次结构施工",
            "problem": "外电接入滞后",
            "next_step": "协调供电公司 6 月 20 日前送电",
            "expected_on": "2023-12-20",
        },
    )
    sentences: Mapping[str, Any] = {
        **lookups.SENTENCES,
        **project_book.SENTENCES,
        "progress_empty": _("第 {row} 行没有填形象进度比例，也没有填说明。"),
        "progress_twice": _("第 {row} 行与前面的行是同一个项目同一天，内容不同。"),
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        **project_book.FIXES,
        "progress_empty": _("至少填一项。"),
        "progress_twice": _("请合并成一行。"),
    }

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the actor may import projects into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.PROJECT, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say what each row would do: a new entry, a correction, or nothing."""
        known = _known(scope, rows)
        seen: dict[str, ProgressEntry] = {}
        for row in rows:
            yield _outcome(row, known, seen)

    def apply(
        self,
        *,
        scope: int,
        actor: Any,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write the new entries and the corrections; the notes of the projects follow."""
        zone = Zone.objects.get(pk=scope)
        at = zones.now(zone)
        new = [outcome for outcome in outcomes if outcome.state == "new"]
        for outcome in new:
            outcome.data.batch, outcome.data.batch_row = batch, outcome.row.number
        progress.say(gettext("写入形象进度"), 0, len(new))
        add_entries([outcome.data for outcome in new], actor=actor, at=at)
        touched = [outcome.data for outcome in new]
        for outcome in outcomes:
            if outcome.state == "changed":
                entry, values = outcome.data
                touched.append(
                    correct_entry(
                        entry,
                        actor=actor,
                        at=at,
                        reason=reason_of(batch),
                        batch=batch,
                        batch_row=outcome.row.number,
                        **values,
                    )
                )
        projects = Project.objects.in_bulk({entry.project_id for entry in touched})
        for project in projects.values():
            follow_progress(project)
        progress.say(gettext("写入形象进度"), len(new), len(new))
        if touched:
            record_change(
                actor=actor,
                verb="import",
                rows=[*projects.values(), *touched],
                scope=scope,
                file=batch.attachment.name,
                batch=batch.pk,
                new=len(new),
                changed=len(touched) - len(new),
            )


def _known(scope: int, rows: Sequence[Row]) -> Known:
    zone = Zone.objects.get(pk=scope)
    book = ProjectBook(scope, (row.values for row in rows))
    live: dict[str, ProgressEntry] = {}
    versions: dict[str, list[ProgressEntry]] = {}
    ids = sorted(project.pk for project in book.projects)
    for start in range(0, len(ids), AT_ONCE):
        entries = ProgressEntry.objects.filter(project_id__in=ids[start : start + AT_ONCE])
        for entry in entries.select_related("replaced_by").order_by("pk"):
            versions.setdefault(entry.ledger_key, []).append(entry)
            if entry.is_live:
                live[entry.ledger_key] = entry
    names = list(Project.objects.filter(zone_id=scope).order_by("name").values_list("name", flat=True))
    return Known(zone, book, Lookups(zone), live, versions, names[:MOST_NAMES])


def _outcome(row: Row, known: Known, seen: dict[str, ProgressEntry]) -> Outcome:
    values = row.values
    problems: list[Problem] = []
    project = known.book.find(values)
    if isinstance(project, Problem):
        return Outcome(row, "refused", problems=[project])
    if project is None:
        near = listed(get_close_matches(values["name"], known.names, 3, 0.3) or known.names[:3]) or "—"
        problems.append(Problem("project_unknown", values["name"], near, {"field": "name"}))
    day = known.lookups.past_day(values, "happened_on", problems)
    said: dict[str, Any] = {
        name: " ".join(value.split()) if isinstance(value, str) else value
        for name in SAID
        if (value := values.get(name)) is not None
    }
    if "percent" in said:
        said["percent"] = (said["percent"] * HUNDRED).quantize(Decimal("0.01"))
    if not {"percent", "text"} & set(said):
        problems.append(Problem("progress_empty", "", "", {"field": "percent"}))
    if problems or project is None or day is None:
        return Outcome(row, "refused", problems=problems)
    key = progress_key(project.pk, day)
    entry = ProgressEntry(zone_id=known.zone.pk, project=project, happened_on=day, ledger_key=key, **said)
    before = seen.get(key)
    if before is not None:
        if _differs(before, said):
            return Outcome(
                row, "refused", problems=[Problem("progress_twice", values["name"], "", {"field": "name"})]
            )
        return Outcome(row, "same", row_id=before.pk)
    seen[key] = entry
    live = known.live.get(key)
    if live is None and key in known.versions:
        return Outcome(row, "same")  # a person voided it: its file does not put it back
    if live is None:
        return Outcome(row, "new", data=entry)
    changes = _differs(live, said)
    by_hand = live.batch_id is None and any(
        not _differs(one, said) for one in known.versions[key] if one.pk != live.pk
    )
    if not changes or by_hand:
        return Outcome(row, "same", row_id=live.pk)
    return Outcome(
        row, "changed", row_id=live.pk, changes=changes, data=(live, {name: said[name] for name in changes})
    )


def _differs(entry: ProgressEntry, said: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [old, new]} of what a row says otherwise; a blank says nothing."""
    return {
        name: [getattr(entry, name), value] for name, value in said.items() if getattr(entry, name) != value
    }
