"""红绿灯进度管理表 as a spreadsheet: real colours with words beside them, frozen header, A3 landscape, no formulas."""

from datetime import date
from typing import BinaryIO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from zhuchao.apps.core.services.exporting import CONTROL, LONGEST_CELL, sheet_name
from zhuchao.apps.core.wording import clauses, explained, remarks
from zhuchao.apps.zones.models import Zone

from ..selectors.light_table import LightRow, LightTable
from ..selectors.lights import StepStand

A3 = 8
HEAD_ROWS = 3
WAN = 10_000
FILLS = {"red": "#D64545", "amber": "#F2C037", "green": "#2E9E5B", "none": "#D9DDE1"}
INKS = {"red": "#FFFFFF", "amber": "#000000", "green": "#FFFFFF", "none": "#000000"}
SIGNS = {"red": "■", "amber": "▲", "green": "●", "none": "○"}


def write_light_table(target: BinaryIO, table: LightTable, *, zone: Zone, title: str) -> int:
    """Write the table into a file; return how many projects it holds."""
    with Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(sheet_name(title))
        _Sheet(book, page, table, zone).write(title)
    return len(table.rows)


class _Sheet:
    """One sheet under way."""

    def __init__(self, book: Workbook, page: Worksheet, table: LightTable, zone: Zone) -> None:
        self._page, self._table, self._zone = page, table, zone
        cell = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 10}
        self._text = book.add_format(cell)
        self._date = book.add_format(cell | {"num_format": "yyyy-mm-dd", "align": "center"})
        self._number = book.add_format(cell | {"num_format": "#,##0.00"})
        self._days = book.add_format(cell | {"num_format": "0", "align": "center"})
        self._head = book.add_format(cell | {"bold": True, "align": "center", "bg_color": "#E8EEF2"})
        self._title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self._note = book.add_format({"font_size": 9, "italic": True})
        self._lit: dict[str, Format] = {
            colour: book.add_format(
                cell | {"bg_color": FILLS[colour], "font_color": INKS[colour], "align": "center"}
            )
            for colour in FILLS
        }

    def write(self, title: str) -> None:
        heads = self._heads()
        page, last = self._page, len(heads) - 1
        page.merge_range(0, 0, 0, last, CONTROL.sub("", f"{self._zone.name} {title}"), self._title)
        page.set_row(0, 30)
        page.merge_range(1, 0, 1, last, self._said(), self._note)
        for place, (head, width) in enumerate(heads):
            page.set_column(place, place, width)
            page.write_string(2, place, head, self._head)
        for number, row in enumerate(self._table.rows):
            self._row(HEAD_ROWS + number, number + 1, row)
        page.freeze_panes(HEAD_ROWS, 2)
        if self._table.rows:
            page.autofilter(HEAD_ROWS - 1, 0, HEAD_ROWS - 1 + len(self._table.rows), last)
        page.set_landscape()
        page.set_paper(A3)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, HEAD_ROWS - 1)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer("&L" + self._table.on.isoformat() + "&R&P / &N")

    def _heads(self) -> list[tuple[str, int]]:
        heads = [
            (_("序号"), 6),
            (_("项目名称"), 28),
            (_("灯"), 11),
            (_("依据"), 34),
            (_("迟延（工作日）"), 9),
        ]
        for stage in self._table.stages:
            label = str(stage.label)
            heads += [
                (_("%(stage)s计划") % {"stage": label}, 11),
                (_("%(stage)s实际") % {"stage": label}, 11),
            ]
            heads.append((_("%(stage)s的灯") % {"stage": label}, 14))
        if self._table.has_others:
            heads.append((_("其他节点"), 30))
        if self._table.invested_cny is not None:
            heads.append((explained(_("累计完成投资"), "万元"), 14))
        heads += [(_("责任单位"), 14), (_("金牌店小二"), 10), (_("形象进度"), 26)]
        return [*heads, (_("存在问题"), 24), (_("下一步措施"), 24)]

    def _said(self) -> str:
        counts = self._table.counts
        words = {"red": _("红灯"), "amber": _("黄灯"), "green": _("绿灯"), "none": _("无计划")}
        said = [_("截至 %(day)s") % {"day": self._table.on.isoformat()}]
        said += [f"{words[colour]} {counts[colour]}" for colour in counts]
        said.append(_("比一周前新转红 %(n)d") % {"n": len(self._table.turned_red)})
        rule = self._table.rows[0].light.rule.sentence if self._table.rows else ""
        demo = _("示例数据") if self._zone.is_demo else ""
        return remarks(part for part in (demo, clauses(said), rule) if part)

    def _row(self, at: int, number: int, row: LightRow) -> None:
        light = row.light
        self._page.write_number(at, 0, number, self._days)
        self._words(at, 1, row.project.name)
        self._page.write_string(at, 2, f"{SIGNS[light.colour]} {light.word}", self._lit[light.colour])
        self._words(at, 3, light.reasons[0])
        self._page.write_number(at, 4, light.days_late, self._days)
        place = 5
        for cell in row.cells:
            self._step(at, place, cell)
            place += 3
        if self._table.has_others:
            self._words(at, place, remarks(f"{SIGNS[step.colour]} {step.sentence}" for step in row.others))
            place += 1
        if self._table.invested_cny is not None:
            self._page.write_number(at, place, float((row.invested_cny or 0) / WAN), self._number)
            place += 1
        project, latest = row.project, row.latest
        said = (
            str(project.department or ""),
            str(project.officer or ""),
            advance_said(row),
            latest.problem if latest else "",
            latest.next_step if latest else "",
        )
        for offset, text in enumerate(said):
            self._words(at, place + offset, text)

    def _step(self, at: int, place: int, step: StepStand | None) -> None:
        if step is None:
            for offset in range(3):
                self._page.write_blank(at, place + offset, None, self._text)
            return
        self._day(at, place, step.planned_on)
        self._day(at, place + 1, step.met_on)
        self._page.write_string(at, place + 2, f"{SIGNS[step.colour]} {step.word}", self._lit[step.colour])

    def _day(self, at: int, place: int, day: date | None) -> None:
        if day is None:
            self._page.write_blank(at, place, None, self._date)
        else:
            self._page.write_datetime(at, place, day, self._date)

    def _words(self, at: int, place: int, text: str) -> None:
        self._page.write_string(at, place, CONTROL.sub("", text)[:LONGEST_CELL], self._text)


def advance_said(row: LightRow) -> str:
    """Return how far the works of a row's project have come: share and text, else what the project notes."""
    latest = row.latest
    if latest is None:
        return row.project.note
    share = f"{latest.percent.normalize():f}%" if latest.percent is not None else ""
    return clauses(part for part in (share, latest.text) if part)
