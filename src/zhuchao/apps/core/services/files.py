"""Keep a file under the hash of its content: written whole or not at all, its type sniffed."""

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import models, transaction

from ..errors import FileEmpty, FileTooLarge, FileTypeRefused
from ..models import Attachment, StoredFile
from ..selectors.files import attachment_path, open_attachment, path_of
from ..wording import listed
from . import sniffing
from .changes import record_change
from .photos import without_traces
from .sniffing import Sniffed, sniff
from .svg import refuse_active_svg

__all__ = ["attachment_path", "clean_name", "keep_file", "open_attachment", "refuse_too_large"]

PIECE_BYTES = 1 << 20
MOST_BYTES: Mapping[str, int] = {"picture": 10 << 20, "photo": 20 << 20}
"""How large a file of a purpose may be, where that is less than any file may be."""
LONGEST_NAME = 120
UNNAMED = "未命名"
_PARTS = re.compile(r"[/\\]")
# What a file system or a reader's eye would stumble over: control, format (bidi) and private characters.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_FORBIDDEN = re.compile(r'[<>:"|?*]')

_DOCUMENTS = (
    *(sniffing.PDF, sniffing.DOCX, sniffing.DOC, sniffing.XLSX, sniffing.XLSM, sniffing.XLS),
    *(sniffing.PPTX, sniffing.PPT, sniffing.OFD, sniffing.CSV, sniffing.TEXT, sniffing.ZIP),
)
# What is kept for which purpose. Web pages and programs are active content and never are; an SVG is kept as a
# picture only, when it does nothing but draw.
ACCEPTED: Mapping[str, tuple[Sniffed, ...]] = {
    "evidence": (*sniffing.IMAGES, *_DOCUMENTS),
    "ledger": sniffing.WORKBOOKS,
    "picture": (sniffing.PNG, sniffing.JPEG, sniffing.WEBP, sniffing.SVG),
    "photo": (sniffing.PNG, sniffing.JPEG, sniffing.WEBP),
    "brand": (sniffing.PNG, sniffing.JPEG, sniffing.WEBP),
    "report": _DOCUMENTS,
    "document": (*sniffing.IMAGES, sniffing.PDF, sniffing.OFD, sniffing.DOCX, sniffing.DOC),
}


WITHOUT_TRACES = frozenset({"picture", "brand"})
"""The purposes for which a photo is kept to be shown. What is kept as evidence, a photo of a site too, stays as
it was given."""


def keep_file(
    *,
    content: IO[bytes],
    name: str,
    scope: int,
    actor: models.Model | None,
    purpose: str = "evidence",
    inspect: Callable[[Path, Sniffed, str], None] | None = None,
) -> Attachment:
    """Keep the bytes of ``content`` for ``scope`` and return the attachment; the same bytes are kept once.

    ``purpose`` (evidence, document, ledger, picture, photo, brand, report) decides which kinds of file are taken; ``inspect`` may look at
    the bytes before they are kept and refuse them. Reads in pieces, so that a large file does not fill the
    memory.

    A photo that is to be shown is kept without what it says of where and when it was taken.

    Raises FileTooLarge, FileEmpty, FileTypeRefused, SvgRefused and PhotoRefused; nothing is kept then.
    """
    name = clean_name(name)
    folder = Path(settings.FILES)
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix="incoming-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            digest, size = _copy(content, file, MOST_BYTES.get(purpose))
            file.flush()
            os.fsync(file.fileno())
        if size == 0:
            raise FileEmpty(name=name)
        kind = sniff(Path(temporary))
        if inspect is not None:
            inspect(Path(temporary), kind, name)
        _refuse_unless(kind in ACCEPTED[purpose], kind, name=name, purpose=purpose)
        if kind is sniffing.SVG:
            refuse_active_svg(Path(temporary), name)
        elif purpose in WITHOUT_TRACES and without_traces(Path(temporary), name):
            digest, size = _digest(Path(temporary))
        _settle(Path(temporary), path_of(digest))
    finally:
        Path(temporary).unlink(missing_ok=True)
    return _note(kind, digest, size, name=name, scope=scope, actor=actor, purpose=purpose)


@transaction.atomic
def _note(
    kind: Sniffed,
    digest: str,
    size: int,
    *,
    name: str,
    scope: int,
    actor: models.Model | None,
    purpose: str,
) -> Attachment:
    """Write down a file whose bytes are kept. Only this holds the database: the bytes may have taken long."""
    stored, _made = StoredFile.objects.get_or_create(
        sha256=digest, defaults={"size_bytes": size, "media_type": kind.media_type}
    )
    attachment = Attachment.objects.create(
        scope=scope,
        file=stored,
        name=_with_fitting_ending(name, kind),
        purpose=purpose,
        given_by_id=getattr(actor, "pk", None),
    )
    record_change(
        actor=actor, verb="keep_file", rows=[attachment], scope=scope, sha256=digest, name=attachment.name
    )
    return attachment


def refuse_too_large(size_bytes: int | None, most_bytes: int | None = None) -> None:
    """Refuse by the announced size, before anything is read; raises FileTooLarge."""
    limit = min(settings.UPLOAD_LIMIT_BYTES, most_bytes or settings.UPLOAD_LIMIT_BYTES)
    if size_bytes is not None and size_bytes > limit:
        raise FileTooLarge(limit=limit // (1024 * 1024))


def clean_name(name: str) -> str:
    """Return a file name without folders, unseen characters and what file systems refuse.

    >>> clean_name("C:\\\\台账\\\\..\\\\6月 企业.xlsx")
    '6月 企业.xlsx'
    """
    last = _PARTS.split(unicodedata.normalize("NFC", name))[-1]
    seen = "".join(char for char in last if unicodedata.category(char) not in _UNSEEN)
    kept = _FORBIDDEN.sub("_", " ".join(seen.split())).strip(" .")
    stem, ending = os.path.splitext(kept)
    return f"{stem[: LONGEST_NAME - len(ending)]}{ending}"[:LONGEST_NAME] or UNNAMED


def _with_fitting_ending(name: str, kind: Sniffed) -> str:
    """Return the name with an ending that fits the content, so that no text is opened as a program."""
    fits = not kind.endings or name.lower().endswith(kind.endings)
    return name if fits else name + kind.endings[0]


def _copy(content: IO[bytes], file: IO[bytes], most_bytes: int | None) -> tuple[str, int]:
    hasher, size = hashlib.sha256(), 0
    while piece := content.read(PIECE_BYTES):
        size += len(piece)
        refuse_too_large(size, most_bytes)
        hasher.update(piece)
        file.write(piece)
    return hasher.hexdigest(), size


def _digest(path: Path) -> tuple[str, int]:
    """Return hash and size of a file that was written anew, once its bytes are safe on disk."""
    with path.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return digest, path.stat().st_size


def _refuse_unless(accepted: bool, kind: Sniffed, *, name: str, purpose: str) -> None:
    if not accepted:
        labels = dict.fromkeys(str(each.label) for each in ACCEPTED[purpose])
        raise FileTypeRefused(
            name=name, found=str(kind.label), accepted=listed(labels), media_type=kind.media_type
        )


def _settle(temporary: Path, place: Path) -> None:
    """Move whole bytes to their place and make the move itself survive a power cut."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_file() and place.stat().st_size == temporary.stat().st_size:
        return
    temporary.replace(place)
    if not hasattr(os, "O_DIRECTORY"):  # not every system lets a folder be opened
        return
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
