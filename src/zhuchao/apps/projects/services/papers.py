"""Letters of reminder and re-check forms as Word documents, for the seal and the file."""

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document as open_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from ..models import CovenantLetter, CovenantState, Recheck
from .letters import OFFICIAL

BODY_FONT = "仿宋"
HEAD_FONT = "黑体"


def letter_paper(letter: CovenantLetter) -> bytes:
    """Return a letter of reminder as a .docx: its text, and below it what is promised, delivered and missing."""
    with override(OFFICIAL):
        paper = _Paper(_("履约提醒函"))
        if letter.number:
            paper.line(letter.number, centre=True)
        lines = letter.body.split("\n")
        paper.line(lines[0])
        for text in lines[1:-2]:
            paper.line(text, indent=True)
        agreement = letter.covenant.agreement
        rows = (
            (_("项目名称"), agreement.project.name),
            (_("协议"), f"{agreement} {letter.covenant.clause}".strip()),
            (_("约定"), letter.promised),
            (_("实际"), letter.delivered),
            (_("差距"), letter.shortfall),
            (_("逾期天数"), str(letter.days)),
        )
        paper.table((), rows, widths_cm=(3.5, 12.5))
        for text in lines[-2:]:
            paper.line(text, right=True)
        return paper.as_bytes()


def recheck_paper(recheck: Recheck) -> bytes:
    """Return a re-check as a .docx: a row a covenant, the opinion on the whole, and who signed when."""
    with override(OFFICIAL):
        paper = _Paper(_("%(project)s%(kind)s表") % {"project": recheck.project.name, "kind": recheck})
        paper.line(_("复核日期：%(day)s") % {"day": recheck.held_on.isoformat()}, centre=True)
        head = (_("约定事项"), _("约定"), _("实际"), _("结果"), _("意见"))
        rows = [
            (
                str(line.covenant),
                line.promised,
                line.measured,
                str(CovenantState(line.result).label),
                line.opinion,
            )
            for line in recheck.lines.select_related("covenant")
        ]
        paper.table(head, rows, widths_cm=(2.6, 4.4, 4.4, 2.0, 2.8))
        paper.line(_("综合意见：%(note)s") % {"note": recheck.note or "　"}, indent=True)
        signers = [
            (
                str(signer.person),
                "" if signer.agrees is None else _("同意") if signer.agrees else _("不同意"),
                signer.remark,
                "" if signer.signed_at is None else f"{signer.signed_at:%Y-%m-%d}",
            )
            for signer in recheck.signers.select_related("person")
        ]
        paper.table((_("复核人"), _("签字"), _("意见"), _("日期")), signers, widths_cm=(4, 3, 6.2, 3))
        return paper.as_bytes()


class _Paper:
    """An official paper being written, top to bottom."""

    def __init__(self, title: str) -> None:
        self._document = open_document()
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.4)
        self._document.core_properties.title = title
        self._document.core_properties.author = ""
        self._document.styles["Normal"].font.size = Pt(14)
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, title, size=20, face=HEAD_FONT)

    def line(self, text: str, *, indent: bool = False, centre: bool = False, right: bool = False) -> None:
        """Add a paragraph, its first line indented by two characters where asked."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.line_spacing = 1.5
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(28)
        if centre or right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else WD_ALIGN_PARAGRAPH.RIGHT
        self._run(paragraph, text)

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], *, widths_cm: Sequence[float]
    ) -> None:
        """Add a ruled table; ``head`` may be empty."""
        table = self._document.add_table(rows=0, cols=len(widths_cm), style="Table Grid")
        table.autofit = False
        for row in ([head] if head else []) + list(rows):
            cells = table.add_row().cells
            for cell, text, width in zip(cells, row, widths_cm, strict=True):
                cell.width = Cm(width)
                self._run(cell.paragraphs[0], text, size=11)

    def as_bytes(self) -> bytes:
        """Return the file."""
        target = io.BytesIO()
        self._document.save(target)
        return target.getvalue()

    def _run(self, paragraph: Any, text: str, *, size: float = 14, face: str = BODY_FONT) -> None:
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        properties = run._r.get_or_add_rPr()
        fonts = properties.find(qn("w:rFonts"))
        if fonts is None:
            fonts = OxmlElement("w:rFonts")
            properties.insert(0, fonts)
        # Without w:eastAsia Word shows Chinese in another face.
        for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(name), face)
