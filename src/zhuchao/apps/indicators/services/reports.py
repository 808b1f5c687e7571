"""The monthly report 月报 as Word: a headline, the figures, one chart that Word can edit, and the small print."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhuchao.apps.core.models import Job
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.core.services.jobs import register, start_job
from zhuchao.apps.core.services.progress import Progress
from zhuchao.apps.core.wording import clauses, full_stop, listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.units import show_percent, show_points

from ..models import Report
from ..selectors.figures import Figure, TargetFact, figures_of, shown

if TYPE_CHECKING:
    from .word import Chart

LIGHTS = {"red": "● 红", "amber": "▲ 黄", "green": "■ 绿", "none": "—"}


@transaction.atomic
def start_report(*, actor: User | None, zone: Zone, month: date, as_of: datetime | None = None) -> Report:
    """Order a report of a month as of a moment (now when None); a job makes it."""
    zones.require(actor, Verb.ADD, Thing.REPORT, zone)
    moment = as_of or zones.now(zone)
    report = Report.objects.create(zone=zone, month=month, as_of=moment)
    report.job = start_job(
        kind="monthly_report",
        title=f"{zone.short_name} {month:%Y年%m月}月报",
        scope=zone.pk,
        actor=actor,
        report_id=report.pk,
        actor_id=actor.pk if actor else None,
    )
    report.save(update_fields=["job"])
    record_change(actor=actor, verb="order", rows=[report], scope=zone.pk, month=month, as_of=moment)
    return report


def make_report(*, actor: User | None, report: Report, progress: Progress | None = None) -> Report:
    """Make the file of a report and keep it; safe to repeat: the same entries make the same figures."""
    zones.require(actor, Verb.ADD, Thing.REPORT, report.zone)
    if progress:
        progress.say(_("计算指标"), 0, 3)
    figures = figures_of(actor, report.zone, month=report.month, as_of=report.as_of)
    if progress:
        progress.say(_("生成 Word 文件"), 1, 3)
    content = report_file(report.zone, report.month, report.as_of, figures)
    if progress:
        progress.say(_("保存"), 2, 3)
    with transaction.atomic():
        report = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
        name = f"{report.zone.short_name}{report.month:%Y年%m月}经济运行月报.docx"
        report.attachment = keep_file(
            content=io.BytesIO(content), name=name, scope=report.zone_id, actor=actor, purpose="report"
        )
        report.figures = [plain_figure(figure) for figure in figures]
        report.version += 1
        report.save(update_fields=["attachment", "figures", "version", "updated_at"])
        record_change(
            actor=actor,
            verb="make",
            rows=[report],
            scope=report.zone_id,
            month=report.month,
            file=report.attachment.file_id,
        )
    return report


def _run(job: Job, progress: Progress) -> dict[str, Any]:
    actor_id = job.arguments.get("actor_id")
    actor = User.objects.get(pk=actor_id) if actor_id else None
    report = Report.objects.get(pk=job.arguments["report_id"])
    if report.attachment_id is None:  # else a worker made it, and was killed before it could say so
        report = make_report(actor=actor, report=report, progress=progress)
    return {"report_id": report.pk, "attachment_id": report.attachment_id}


def register_jobs() -> None:
    """Make the worker know how to make a report."""
    register("monthly_report", _run)


def plain_figures(
    actor: User | None, zone: Zone, *, month: date, as_of: datetime | None = None
) -> dict[str, Any]:
    """Return the figures of a month as the command and the API give them."""
    moment = as_of or zones.now(zone)
    found = figures_of(actor, zone, month=month, as_of=moment)
    return {
        "zone": zone.code,
        "month": f"{month:%Y-%m}",
        "as_of": moment.isoformat(),
        "synthetic": zone.is_demo,
        "figures": [plain_figure(figure) for figure in found],
    }


def plain_figure(figure: Figure) -> dict[str, Any]:
    """Return a figure as JSON-ready data: exact numbers as text, ratios as ratios."""
    target = figure.main_target
    return {
        "code": figure.code,
        "name": figure.indicator.name,
        "unit": figure.indicator.show_unit,
        "value": _text(figure.shown_value),
        "base_unit_value": _text(figure.value),
        "status": figure.status,
        "from": figure.start.isoformat(),
        "to": figure.end.isoformat(),
        "as_of": figure.as_of.isoformat(),
        "target": _text(shown(figure.indicator, target.target.value)) if target else None,
        "completion": _text(target.completion.ratio) if target else None,
        "time_progress": _text(target.progress) if target else None,
        "schedule_gap_points": _text(target.gap_points) if target else None,
        "light": figure.light,
        "targets": [_plain_target(figure, fact) for fact in figure.targets],
        "growth": _text(figure.growth.ratio),
        "growth_missing": figure.growth.why.value if figure.growth.why else None,
        "growth_is_published": figure.growth_is_published,
        "base": _text(shown(figure.indicator, figure.growth.base)),
        "points_on_quarter": _text(figure.points_on_quarter),
        "entries": figure.entry_count,
        "parts": [[name, _text(shown(figure.indicator, value))] for name, value in figure.parts],
        "warnings": [{"code": caution.code, "sentence": caution.sentence} for caution in figure.warnings],
    }


def _plain_target(figure: Figure, fact: TargetFact) -> dict[str, Any]:
    return {
        "kind": fact.target.kind,
        "from": fact.target.period_from.isoformat(),
        "to": fact.target.period_to.isoformat(),
        "value": _text(shown(figure.indicator, fact.target.value)),
        "completion": _text(fact.completion.ratio),
        "time_progress": _text(fact.progress),
        "light": fact.light.colour.value,
    }


def _text(value: Decimal | None) -> str | None:
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def sentence_of(figure: Figure) -> str:
    """Return one figure as the sentence a report says."""
    name, unit = figure.indicator.title, figure.indicator.show_unit
    if figure.value is None and figure.growth.ratio is None:
        return _("%(name)s暂无数据。") % {"name": name}
    parts = [name]
    if figure.value is not None:
        parts = [f"{name}{figure.status_name}{figure.value_text}{unit}"]
    if figure.growth.ratio is not None:
        size = show_percent(abs(figure.growth.ratio), figure.growth_places)
        rose = figure.growth.ratio >= 0
        parts.append((_("同比增长%(size)s") if rose else _("同比下降%(size)s")) % {"size": size})
    fact = figure.main_target
    if fact is not None and fact.completion.ratio is not None:
        kind = fact.target.get_kind_display()
        aim = (
            kind
            if fact.is_whole_year
            else _("%(month)d月%(kind)s") % {"month": fact.target.period_to.month, "kind": kind}
        )
        parts.append(_("完成%(aim)s的%(done)s") % {"aim": aim, "done": show_percent(fact.completion.ratio)})
    return full_stop(clauses(parts))


def headline(figures: Sequence[Figure]) -> str:
    """Return the sentence a leader reads first: how many are on pace, and which are not."""
    judged = [figure for figure in figures if figure.light != "none"]
    if not judged:
        known = sum(figure.value is not None for figure in figures)
        return _("本月有数据的指标 %(n)d 项，尚未下达目标。") % {"n": known}
    behind = {light: [f.indicator.title for f in judged if f.light == light] for light in ("amber", "red")}
    on_pace = len(judged) - len(behind["amber"]) - len(behind["red"])
    parts = [_("有目标的 %(all)d 项指标中，%(n)d 项达到时序进度") % {"all": len(judged), "n": on_pace}]
    if behind["amber"]:
        names = listed(behind["amber"])
        parts.append(_("%(n)d 项略有滞后（%(names)s）") % {"n": len(behind["amber"]), "names": names})
    if behind["red"]:
        names = listed(behind["red"])
        parts.append(_("%(n)d 项明显滞后（%(names)s）") % {"n": len(behind["red"]), "names": names})
    return full_stop(clauses(parts))


def report_file(zone: Zone, month: date, as_of: datetime, figures: Sequence[Figure]) -> bytes:
    """Return the report as a Word file, in Chinese whatever the reader's language: it is an official document."""
    with translation.override("zh-hans"):
        return _written(zone, month, as_of, figures)


def _written(zone: Zone, month: date, as_of: datetime, figures: Sequence[Figure]) -> bytes:
    # Imported late: what writes Word files takes long to load, and a server that starts writes none.
    from .word import Document

    document = Document(f"{zone.name}{month:%Y年}1—{month.month}月经济运行月报")
    if zone.is_demo:
        document.note("示例数据：本报告由合成台账生成，仅供演示。")
    end = figures[0].end if figures else month
    made = timezone.localtime(as_of)
    document.note(f"数据期间 {month.year}-01-01 至 {end:%Y-%m-%d}；台账数据截至 {made:%Y-%m-%d %H:%M}。")
    document.heading("一、总体情况")
    document.paragraph(headline(figures))
    document.heading("二、主要指标")
    document.table(
        ["指标", "单位", "本期累计", "目标", "完成率", "时序进度", "同比", "进度"],
        [_row(figure) for figure in figures],
        widths_cm=[4.3, 1.5, 2.5, 2.3, 1.7, 1.7, 1.7, 1.4],
    )
    chart = _chart(figures)
    if chart is not None:
        document.heading("三、目标完成情况")
        document.chart(chart)
    document.heading("四、分项说明" if chart else "三、分项说明")
    for figure in figures:
        document.paragraph(sentence_of(figure) + _more(figure))
    cautions = [(figure.indicator.title, c.sentence) for figure in figures for c in figure.warnings]
    if cautions:
        document.heading("五、数据提示" if chart else "四、数据提示")
        for name, sentence in cautions:
            document.paragraph(f"{name}：{sentence}")
    document.footer(f"{zone.name}　数据截至 {made:%Y-%m-%d %H:%M}")
    return document.as_bytes()


def _row(figure: Figure) -> list[str]:
    target = figure.main_target
    value = figure.value_text
    return [
        ("其中：" if figure.indicator.part_of_id else "") + figure.indicator.title,
        figure.indicator.show_unit,
        f"{value}（{figure.status_name}）" if figure.status and figure.status != "approved" else value,
        target.value_text if target else "—",
        show_percent(target.completion.ratio) if target else "—",
        show_percent(target.progress) if target else "—",
        figure.growth_text,
        LIGHTS[figure.light],
    ]


def _more(figure: Figure) -> str:
    said = ""
    if figure.points_on_quarter is not None:
        said += f"增速较上季度变动{show_points(figure.points_on_quarter)}。"
    if figure.parts and len(figure.parts) > 1:
        shares = "、".join(
            f"{name}{text}{figure.indicator.show_unit}" for name, text in figure.part_texts[:6]
        )
        said += f"按{figure.part_name}：{shares}。"
    return said


def _chart(figures: Sequence[Figure]) -> "Chart | None":
    """Return the chart of completion against time progress, None when no figure has a target."""
    from .word import Chart

    judged = [f for f in figures if f.main_target and f.main_target.completion.ratio is not None]
    if not judged:
        return None
    ratios = [f.main_target.completion.ratio for f in judged if f.main_target]
    progress = [f.main_target.progress for f in judged if f.main_target]
    return Chart(
        title=headline(figures).rstrip("。"),
        categories=[figure.indicator.title for figure in judged],
        series=(
            ("完成率（%）", [round(float(ratio or 0) * 100, 1) for ratio in ratios]),
            ("时序进度（%）", [round(float(share) * 100, 1) for share in progress]),
        ),
    )
