"""A Word document in the form offices use, with a chart that can be edited in Word."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx import Document as open_document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.enum.chart import XL_CHART_TYPE

# The faces every office computer in China has; Word falls back by itself where they are missing.
BODY_FONT = "仿宋"
HEAD_FONT = "黑体"

CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EMU_PER_CM = 360_000


@dataclass(frozen=True)
class Chart:
    """Bars side by side: one finding as its title, categories, and series of numbers."""

    title: str
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[float]]]


class Document:
    """A report being written, top to bottom."""

    def __init__(self, title: str) -> None:
        self._document = open_document()
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.2)
        style = self._document.styles["Normal"]
        style.font.size = Pt(12)
        _set_face(style.element.get_or_add_rPr(), BODY_FONT)
        self._document.core_properties.title = title
        self._document.core_properties.author = ""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, title, size=20, face=HEAD_FONT, bold=True)

    def heading(self, text: str) -> None:
        """Add a section heading."""
        paragraph = self._document.add_paragraph(style="Heading 2")
        self._run(paragraph, text, size=14, face=HEAD_FONT)

    def paragraph(self, text: str) -> None:
        """Add a paragraph, its first line indented by two characters."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(24)
        paragraph.paragraph_format.line_spacing = 1.5
        self._run(paragraph, text)

    def note(self, text: str) -> None:
        """Add a small centred line."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, text, size=9, grey=True)

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], *, widths_cm: Sequence[float]
    ) -> None:
        """Add a ruled table whose head repeats on every page; columns after the second stand right."""
        table = self._document.add_table(rows=1, cols=len(head), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for cell, text in zip(table.rows[0].cells, head, strict=True):
            self._cell(cell, text, bold=True, centre=True)
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(mark)
        for row in rows:
            for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
                self._cell(cell, text, right=place > 1)
        for row_ in table.rows:
            for cell, width in zip(row_.cells, widths_cm, strict=True):
                cell.width = Cm(width)

    def chart(self, chart: Chart, *, width_cm: float = 16.0) -> None:
        """Add a native bar chart with its numbers inside, so that Word can restyle and edit it."""
        data = CategoryChartData(number_format="0.0")
        data.categories = list(chart.categories)
        for name, values in chart.series:
            data.add_series(name, list(values))
        package = self._document.part.package
        xml = ChartXmlWriter(XL_CHART_TYPE.BAR_CLUSTERED, data).xml
        part = Part(PackURI("/word/charts/chart1.xml"), CHART_TYPE, b"", package)
        workbook = Part(
            PackURI("/word/embeddings/chart1.xlsx"),
            SHEET_TYPE,
            CategoryWorkbookWriter(data).xlsx_blob,
            package,
        )
        link = part.relate_to(workbook, RELATIONSHIP_TYPE.PACKAGE)
        part._blob = _finish_chart(xml, chart.title, link)
        relation = self._document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        height = 2.2 + 1.1 * len(chart.categories)
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run()._r.append(
            parse_xml(
                _drawing(relation, chart.title, int(width_cm * EMU_PER_CM), int(min(height, 20) * EMU_PER_CM))
            )
        )

    def footer(self, text: str) -> None:
        """Put a line and the page number at the foot of every page."""
        paragraph = self._document.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, text + "　第 ", size=9, grey=True)
        run = paragraph.add_run()
        for kind, content in (("begin", None), (None, "PAGE"), ("end", None)):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = content
            run._r.append(element)
        self._run(paragraph, " 页", size=9, grey=True)

    def as_bytes(self) -> bytes:
        """Return the file."""
        target = io.BytesIO()
        self._document.save(target)
        return target.getvalue()

    def _run(
        self,
        paragraph: Any,
        text: str,
        *,
        size: float = 12,
        face: str = BODY_FONT,
        bold: bool = False,
        grey: bool = False,
    ) -> None:
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        run.bold = bold
        if grey:
            run.font.color.rgb = RGBColor(0x59, 0x59, 0x59)
        else:
            run.font.color.rgb = RGBColor(0, 0, 0)
        _set_face(run._r.get_or_add_rPr(), face)

    def _cell(
        self, cell: Any, text: str, *, bold: bool = False, right: bool = False, centre: bool = False
    ) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if centre:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._run(paragraph, text, size=9.5, bold=bold)


def _set_face(properties: Any, face: str) -> None:
    """Set a face for Chinese and Latin both: without w:eastAsia Word shows Chinese in another font."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), face)


def _finish_chart(xml: str, title: str, workbook_link: str) -> bytes:
    """Give the chart its title, legend, order from the top, and the link to its numbers."""
    chart = parse_xml(xml.encode())
    names = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
    body = chart.find("c:chart", names)
    for old in body.findall("c:autoTitleDeleted", names):
        body.remove(old)
    body.insert(0, parse_xml(_title_xml(title)))
    axis = body.find(".//c:catAx/c:scaling/c:orientation", names)
    if axis is not None:
        axis.set("val", "maxMin")
    plot = body.find("c:plotArea", names)
    legend = '<c:legend xmlns:c="{c}"><c:legendPos val="b"/><c:overlay val="0"/></c:legend>'.format(**names)
    if body.find("c:legend", names) is None:
        plot.addnext(parse_xml(legend))
    colours = ("1F6F5C", "B8B8B8")
    for series, colour in zip(body.findall(".//c:ser", names), colours, strict=False):
        shape = parse_xml(
            '<c:spPr xmlns:c="{c}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            '<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr>'.format(colour=colour, **names)
        )
        for old in series.findall("c:spPr", names):
            series.remove(old)
        series.find("c:tx", names).addnext(shape)
    chart.append(
        parse_xml(
            '<c:externalData xmlns:c="{c}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
            ' r:id="{link}"><c:autoUpdate val="0"/></c:externalData>'.format(link=workbook_link, **names)
        )
    )
    content: bytes = serialize_part_xml(chart)
    return content


def _title_xml(title: str) -> str:
    return (
        '<c:title xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>'
        '<a:defRPr sz="1100" b="0"/></a:pPr><a:r><a:rPr lang="zh-CN" sz="1100" b="0"/>'
        f'<a:t>{escape(title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
    )


def _drawing(relation: str, title: str, width: int, height: int) -> str:
    return (
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="1" name="chart1" descr={quoteattr(title)}/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
