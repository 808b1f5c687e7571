"""Add cells to a sheet of an .xlsx by touching that sheet's XML only, in pieces.

Everything else of the person's file stays as it was: pictures, charts, rules, computed values. (A library that
loads the workbook and saves it again loses some of these, and needs a gigabyte for a long sheet.)
"""

import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

from .guards import column_index, row_segments, sheet_parts, sheet_prefix

_ROW = re.compile(rb"([^>]*?)(/?)>(.*)", re.DOTALL)
_NUMBER = re.compile(rb'\br="(\d+)"')
_SPANS = re.compile(rb'\sspans="[^"]*"')
_DIMENSION = re.compile(rb'(<(?:\w+:)?dimension ref="[A-Z]+\d+:)([A-Z]+)(\d+")')
_COLUMN_MAX = re.compile(rb'<(?:\w+:)?col\b[^>]*?\bmax="(\d+)"')
_STYLES_PREFIX = re.compile(rb"<(\w+:)?styleSheet[\s>]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PIECE = 1 << 20
_WIDTH = 44

_FONT = b'<%bfont><%bb/><%bsz val="11"/><%bcolor rgb="FF9C0006"/></%bfont>'
_PLAIN_FONT = b'<%bfont><%bsz val="11"/><%bcolor rgb="FF9C0006"/></%bfont>'
_FILL = b'<%bfill><%bpatternFill patternType="solid"><%bfgColor rgb="FFFFC7CE"/></%bpatternFill></%bfill>'
_XF = (
    b'<%bxf numFmtId="0" fontId="%d" fillId="%d" borderId="0" xfId="0" applyFont="1" applyFill="1" '
    b'applyAlignment="1"><%balignment vertical="top" wrapText="1"/></%bxf>'
)


@dataclass(frozen=True)
class AddedCells:
    """What to add: texts by row (from 1), the columns they go to (from 0), and the row that is the header."""

    texts: Mapping[int, Sequence[str]]
    columns: Sequence[int]
    header_row: int


def add_cells(source: Path, target: Path, sheet: str, added: AddedCells) -> None:
    """Write the workbook ``source`` to ``target`` with texts added; what stood in those columns goes."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        part = sheet_parts(old)[sheet]
        styled = _with_two_styles(old.read("xl/styles.xml") if "xl/styles.xml" in old.NameToInfo else b"")
        for item in old.infolist():
            if item.filename == "xl/styles.xml":
                new.writestr(item.filename, styled.xml)
                continue
            with old.open(item) as reader, new.open(item.filename, "w") as writer:
                if item.filename == part:
                    for piece in _with_cells(reader, added, styled):
                        writer.write(piece)
                else:
                    shutil.copyfileobj(reader, writer, _PIECE)


@dataclass(frozen=True)
class _Styled:
    """The styles with two more, and the attribute that gives a cell each; empty where they could not be added."""

    xml: bytes
    header: bytes = b""
    note: bytes = b""


def _with_cells(reader: IO[bytes], added: AddedCells, styled: _Styled) -> Iterator[bytes]:
    first = reader.read(_PIECE)
    prefix = sheet_prefix(first)
    tag = prefix + b"row"
    end = b"</" + tag + b">"
    segments = row_segments(_chain(first, reader), tag)
    yield _widened(next(segments), added, prefix)
    stale = _stale_cells(added.columns, prefix)
    number = 0
    for segment in segments:
        found = _ROW.match(segment)
        if found is None:
            yield b"<" + tag + segment
            continue
        attributes, closed, rest = found.groups()
        named = _NUMBER.search(attributes)
        number = int(named[1]) if named else number + 1
        body, tail = (b"", rest) if closed else (rest.partition(end)[0], rest.partition(end)[2])
        if stale is not None:
            body = stale.sub(b"", body)
        texts = added.texts.get(number)
        if texts is not None:
            attributes = _SPANS.sub(b"", attributes)
            style = styled.header if number == added.header_row else styled.note
            body += b"".join(
                _cell(f"{xl_col_to_name(column)}{number}", text, style, prefix)
                for column, text in zip(added.columns, texts, strict=True)
            )
        yield b"<" + tag + attributes + b">" + body + end + tail


def _chain(first: bytes, reader: IO[bytes]) -> Iterator[bytes]:
    yield first
    while piece := reader.read(_PIECE):
        yield piece


def _cell(place: str, text: str, style: bytes, prefix: bytes) -> bytes:
    content = escape(_ILLEGAL.sub("", text)).encode()
    return b'<%bc r="%b"%b t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis></%bc>' % (
        prefix,
        place.encode(),
        style,
        prefix,
        prefix,
        content,
        prefix,
        prefix,
        prefix,
    )


def _stale_cells(columns: Sequence[int], prefix: bytes) -> re.Pattern[bytes] | None:
    """Return what finds the cells that stand in the columns already, from an earlier round."""
    names = b"|".join(xl_col_to_name(column).encode() for column in columns)
    c = prefix + b"c"
    return re.compile(
        rb"<" + c + rb'\b[^>]*?\br="(?:' + names + rb')\d+"[^>]*?(?:/>|(?<!/)>.*?</' + c + rb">)", re.DOTALL
    )


def _widened(head: bytes, added: AddedCells, prefix: bytes) -> bytes:
    """Return what stands before the first row, with the sheet's extent and the columns' width set."""
    last = max(added.columns)

    def stretched(found: re.Match[bytes]) -> bytes:
        if column_index(found[2]) >= last:
            return found[0]
        return found[1] + xl_col_to_name(last).encode() + found[3]

    head = _DIMENSION.sub(stretched, head)
    first = min(added.columns) + 1
    wide = b'<%bcol min="%d" max="%d" width="%d" customWidth="1"/>' % (prefix, first, last + 1, _WIDTH)
    closing = b"</" + prefix + b"cols>"
    if closing in head:
        used = max((int(found) for found in _COLUMN_MAX.findall(head)), default=0)
        return head.replace(closing, wide + closing) if used < first else head
    start = b"<" + prefix + b"sheetData"
    columns = b"<" + prefix + b"cols>" + wide + closing
    return head.replace(start, columns + start, 1)


def _with_two_styles(xml: bytes) -> _Styled:
    found = _STYLES_PREFIX.search(xml)
    if found is None:
        return _Styled(xml)
    p = found[1] or b""
    fonts = (_FONT % (p, p, p, p, p)) + (_PLAIN_FONT % (p, p, p, p))
    xml, font = _appended(xml, p, b"fonts", b"font", fonts, 2)
    xml, fill = _appended(xml, p, b"fills", b"fill", _FILL % (p, p, p, p, p), 1)
    if font is None or fill is None:
        return _Styled(xml)
    kinds = (_XF % (p, font, fill, p, p)) + (_XF % (p, font + 1, 0, p, p))
    xml, xf = _appended(xml, p, b"cellXfs", b"xf", kinds, 2)
    if xf is None:
        return _Styled(xml)
    return _Styled(xml, b' s="%d"' % xf, b' s="%d"' % (xf + 1))


def _appended(
    xml: bytes, prefix: bytes, parent: bytes, child: bytes, content: bytes, count: int
) -> tuple[bytes, int | None]:
    """Return styles with ``content`` at the end of a list, and the number of its first item there."""
    found = re.search(
        rb"<" + prefix + parent + rb"\b([^>]*)>(.*?)</" + prefix + parent + rb">", xml, re.DOTALL
    )
    if found is None:
        return xml, None
    there = len(re.findall(rb"<" + prefix + child + rb"[\s/>]", found[2]))
    attributes = re.sub(rb'count="\d+"', b'count="%d"' % (there + count), found[1])
    tag = prefix + parent
    whole = b"<" + tag + attributes + b">" + found[2] + content + b"</" + tag + b">"
    return xml[: found.start()] + whole + xml[found.end() :], there
