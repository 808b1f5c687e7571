"""Open what was kept: whether a person may is for the caller to ask, in the attachment's scope."""

from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from ..errors import FileLost
from ..models import Attachment


def path_of(sha256: str) -> Path:
    """Return where the bytes with this SHA-256 lie, whether or not they are there."""
    return Path(settings.FILES) / sha256[:2] / sha256[2:4] / sha256


def attachment_path(attachment: Attachment) -> Path:
    """Return the path of an attachment's bytes; raises FileLost when they are gone or were cut short."""
    path = path_of(attachment.file_id)
    if not path.is_file() or path.stat().st_size != attachment.file.size_bytes:
        raise FileLost(name=attachment.name)
    return path


def open_attachment(attachment: Attachment) -> BinaryIO:
    """Return an attachment's bytes, open for reading; raises FileLost."""
    return attachment_path(attachment).open("rb")
