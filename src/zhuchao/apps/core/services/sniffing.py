"""Tell what a file is by its content: the name it came under is never believed."""

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import filetype
import msoffcrypto
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HEAD_BYTES = 8192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|table|meta|script|svg|\?xml|!--)", re.IGNORECASE)


@dataclass(frozen=True)
class Sniffed:
    """What a file is: its media type, what people call it, and the endings that fit it (the first is usual)."""

    media_type: str
    label: str | Promise
    endings: tuple[str, ...] = ()


_OPENXML = "application/vnd.openxmlformats-officedocument."
XLSX = Sniffed(f"{_OPENXML}spreadsheetml.sheet", _("Excel 工作簿"), (".xlsx",))
XLSM = Sniffed("application/vnd.ms-excel.sheet.macroenabled.12", _("带宏的 Excel 工作簿"), (".xlsm",))
XLS = Sniffed("application/vnd.ms-excel", _("Excel 97-2003 工作簿"), (".xls", ".et"))
CSV = Sniffed("text/csv", _("CSV 文本"), (".csv", ".txt"))
TEXT = Sniffed("text/plain", _("文本"), (".txt", ".csv", ".md"))
DOCX = Sniffed(f"{_OPENXML}wordprocessingml.document", _("Word 文档"), (".docx",))
DOC = Sniffed("application/msword", _("Word 97-2003 文档"), (".doc", ".wps"))
PPTX = Sniffed(f"{_OPENXML}presentationml.presentation", _("PowerPoint 演示"), (".pptx",))
PPT = Sniffed("application/vnd.ms-powerpoint", _("PowerPoint 97-2003 演示"), (".ppt", ".dps"))
ODS = Sniffed("application/vnd.oasis.opendocument.spreadsheet", _("OpenDocument 表格"), (".ods",))
OFD = Sniffed("application/ofd", _("OFD 版式文件"), (".ofd",))
PDF = Sniffed("application/pdf", _("PDF 文件"), (".pdf",))
PNG = Sniffed("image/png", _("PNG 图片"), (".png",))
JPEG = Sniffed("image/jpeg", _("JPEG 图片"), (".jpg", ".jpeg"))
GIF = Sniffed("image/gif", _("GIF 图片"), (".gif",))
WEBP = Sniffed("image/webp", _("WebP 图片"), (".webp",))
ZIP = Sniffed("application/zip", _("压缩包"), (".zip",))
LOCKED = Sniffed("application/x-encrypted-office", _("有打开密码的 Office 文件"))
HTML = Sniffed("text/html", _("网页"))
SVG = Sniffed("image/svg+xml", _("SVG 图形"))
XML = Sniffed("text/xml", _("XML 文本"))
UNKNOWN = Sniffed("application/octet-stream", _("无法识别的内容"))

_BY_MEDIA_TYPE = {kind.media_type: kind for kind in (PDF, PNG, JPEG, GIF, WEBP)}
_BY_PART = {"word/document.xml": DOCX, "ppt/presentation.xml": PPTX, "OFD.xml": OFD}
_BY_OLE_FORMAT = {"xls97": XLS, "doc97": DOC, "ppt97": PPT}

IMAGES = (PNG, JPEG, GIF, WEBP)
WORKBOOKS = (XLSX, XLSM, XLS, CSV, TEXT)


def sniff(path: Path) -> Sniffed:
    """Return what the file at ``path`` is, by its content alone."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(_ZIP):
        return _in_zip(path)
    if head.startswith(_OLE):
        return _in_ole(path)
    encoding = text_encoding(path)
    if encoding:
        return _text(head.decode(encoding, errors="ignore"))
    guessed = filetype.guess(head)
    return _BY_MEDIA_TYPE.get(guessed.mime, UNKNOWN) if guessed else UNKNOWN


def text_encoding(path: Path) -> str | None:
    """Return how the text at ``path`` is written: utf-8-sig, utf-16 or gb18030; None when it is not text.

    The whole file is decoded, in pieces: a file that is text only at its beginning is not text.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16" if _decodes(path, "utf-16") else None
    return next((encoding for encoding in ("utf-8-sig", "gb18030") if _decodes(path, encoding)), None)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while piece := file.read(1 << 20):
                if "\0" in decoder.decode(piece):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _text(head: str) -> Sniffed:
    if head.lstrip().startswith("%PDF-"):
        return PDF
    if _MARKUP.match(head):
        lowered = head.lower()
        if "<svg" in lowered:
            return SVG
        return XML if lowered.lstrip().startswith("<?xml") and "<html" not in lowered else HTML
    return CSV if any(mark in head for mark in (",", "\t", ";", "，")) else TEXT


def _in_zip(path: Path) -> Sniffed:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return XLSM if "xl/vbaProject.bin" in names else XLSX
            if "mimetype" in names and archive.getinfo("mimetype").file_size == len(ODS.media_type):
                return ODS if archive.read("mimetype") == ODS.media_type.encode() else ZIP
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        return UNKNOWN
    return next((kind for part, kind in _BY_PART.items() if part in names), ZIP)


def _in_ole(path: Path) -> Sniffed:
    with path.open("rb") as file:
        try:
            office = msoffcrypto.OfficeFile(file)
            if office.is_encrypted():
                return LOCKED
        except Exception:
            return UNKNOWN
        return _BY_OLE_FORMAT.get(office.format, UNKNOWN)
