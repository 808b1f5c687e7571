"""Look into a workbook's archive before anything opens it: its size unfolded, its rows, its formulas.

A workbook is a zip of XML. What is here reads it in pieces, so that neither a bomb nor a million rows fills
the memory, and finds what a spreadsheet reader does not tell: formulas nobody has computed, and error cells.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ...errors import TooManyRows, WorkbookBroken, WorkbookTooLarge

MB = 1024 * 1024
MOST_UNFOLDED_BYTES = 1024 * MB
MOST_PARTS = 10_000
# A sheet of repeated cells shrinks to a tenth or a fiftieth; a bomb to a thousandth.
MOST_RATIO = 200
_RATIO_FROM_BYTES = 50 * MB
_PIECE = 1 << 20
_LARGEST_ROW = 32 * MB

_SHEET_ROOT = re.compile(rb"<(\w+:)?worksheet[\s>]")
_ROW_NUMBER = re.compile(rb'^[^>]*?\br="(\d+)"')
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})\d+"')
_TYPE = re.compile(rb'\bt="(\w+)"')
_COMPUTE_LATER = re.compile(rb'fullCalcOnLoad="(?:1|true)"')
_DATES_FROM_1904 = re.compile(rb'date1904="(?:1|true)"')
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@dataclass
class SheetScan:
    """What a sheet's XML says: how many rows hold something, and the cells a reader would take for blank.

    ``marks`` is {(row, column): text}, both from 0: an error such as #DIV/0!, or the formula, with its "=",
    whose result the file does not have.
    """

    rows: int = 0
    marks: dict[tuple[int, int], str] = field(default_factory=dict)


def refuse_bomb(path: Path, name: str) -> None:
    """Refuse an archive that would unfold to more than is ever read; raises WorkbookTooLarge."""
    with _opened(path, name) as archive:
        parts = archive.infolist()
    unfolded = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > _RATIO_FROM_BYTES and part.file_size > MOST_RATIO * max(1, part.compress_size)
        for part in parts
    )
    if unfolded > MOST_UNFOLDED_BYTES or len(parts) > MOST_PARTS or swollen:
        limit = _RATIO_FROM_BYTES if swollen else MOST_UNFOLDED_BYTES
        raise WorkbookTooLarge(name=name, size=unfolded // MB, limit=limit // MB)


def scan_sheet(path: Path, name: str, sheet: str, *, most_rows: int) -> SheetScan:
    """Read a sheet's XML once, in pieces; also proves that the parts a reader loads unfold as announced.

    Raises TooManyRows as soon as there are more than ``most_rows`` with something in them, and
    WorkbookBroken when a part is damaged.
    """
    with _opened(path, name) as archive:
        try:
            for part in ("xl/sharedStrings.xml", "xl/styles.xml"):
                if part in archive.NameToInfo:
                    for _ in _pieces(archive, part):
                        pass
            later = bool(_COMPUTE_LATER.search(archive.read("xl/workbook.xml")))
            part = sheet_parts(archive)[sheet]
            return _scan(_pieces(archive, part), sheet=sheet, later=later, most_rows=most_rows, name=name)
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ParseError, DefusedXmlException) as error:
            raise WorkbookBroken(name=name) from error


def date_system(path: Path) -> int:
    """Return 1904 for a workbook that counts its days from then, else 1900."""
    with zipfile.ZipFile(path) as archive:
        return 1904 if _DATES_FROM_1904.search(archive.read("xl/workbook.xml")) else 1900


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return {sheet name: part of the archive} of the worksheets, in the workbook's order."""
    relations = {
        relation.get("Id"): str(relation.get("Target"))
        for relation in fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    parts = {}
    for element in fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet") or element.tag == "sheet":
            target = relations.get(element.get(f"{_RELATIONS}id"), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in archive.NameToInfo:
                parts[str(element.get("name"))] = part
    return parts


def row_segments(pieces: Iterator[bytes], tag: bytes) -> Iterator[bytes]:
    """Cut XML before each ``<row``; the first segment is what stands before the first row."""
    mark = b"<" + tag
    rest = b""
    for piece in pieces:
        segments = (rest + piece).split(mark)
        rest = segments.pop()
        if len(rest) > _LARGEST_ROW:
            raise zipfile.BadZipFile("a row without an end")
        yield from segments
    yield rest


def sheet_prefix(head: bytes) -> bytes:
    """Return the namespace prefix of a sheet's elements, with its colon, empty as a rule."""
    found = _SHEET_ROOT.search(head)
    return (found[1] or b"") if found else b""


def column_index(letters: bytes) -> int:
    """Return the number of a column from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _opened(path: Path, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise WorkbookBroken(name=name) from error


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            yield piece


def _scan(pieces: Iterator[bytes], *, sheet: str, later: bool, most_rows: int, name: str) -> SheetScan:
    first = next(pieces, b"")
    prefix = sheet_prefix(first)
    value = (b"<" + prefix + b"v>", b"<" + prefix + b"v ", b"<" + prefix + b"is>")
    odd = (b"<" + prefix + b"f>", b"<" + prefix + b"f ", b't="e"')
    cells = re.compile(rb"<" + prefix + rb"c\b([^>]*?)(?:/>|>(.*?)</" + prefix + rb"c>)", re.DOTALL)
    scan, number = SheetScan(), 0
    segments = row_segments(_chain(first, pieces), prefix + b"row")
    next(segments)
    for segment in segments:
        found = _ROW_NUMBER.match(segment)
        number = int(found[1]) if found else number + 1
        if value[0] in segment or value[2] in segment or value[1] in segment:
            scan.rows += 1
            if scan.rows > most_rows:
                raise TooManyRows(sheet=sheet, limit=most_rows, name=name)
        if odd[0] in segment or odd[1] in segment or odd[2] in segment:
            _mark_cells(scan, number - 1, cells.finditer(segment), prefix, later=later)
    return scan


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _mark_cells(
    scan: SheetScan, row: int, cells: Iterator[re.Match[bytes]], prefix: bytes, *, later: bool
) -> None:
    column = -1
    for cell in cells:
        attributes, content = cell[1], cell[2] or b""
        reference = _REFERENCE.search(attributes)
        column = column_index(reference[1]) if reference else column + 1
        kind = _TYPE.search(attributes)
        value = _inside(content, prefix + b"v")
        if kind and kind[1] == b"e":
            scan.marks[row, column] = value or "#N/A"
            continue
        formula = _inside(content, prefix + b"f")
        # A formula may well come to an empty text; it then says that it is a text.
        computed = bool(value) or (kind is not None and kind[1] == b"str")
        if formula is not None and (not computed or (later and value in {"", "0", None})):
            scan.marks[row, column] = f"={formula}"


def _inside(content: bytes, tag: bytes) -> str | None:
    """Return the text inside the first element of this tag, None when there is none."""
    found = re.search(rb"<" + tag + rb"(?:\s[^>]*?)?(?:/>|>(.*?)</" + tag + rb">)", content, re.DOTALL)
    return (found[1] or b"").decode("utf-8", "replace") if found else None
