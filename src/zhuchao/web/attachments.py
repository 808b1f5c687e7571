"""Keep a file that came with a form, and answer with it. Who may ask is decided by the views of the apps."""

from typing import Any
from urllib.parse import quote

from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import Attachment, Entry
from zhuchao.apps.core.selectors.files import open_attachment
from zhuchao.apps.core.services.files import keep_file

from .requests import person_of

# What a browser may show in place; everything else is saved, so that nothing of a stranger's runs here.
# An SVG is seen inside a page only: opened by itself it is saved.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})

DRAWS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def attachment_response(attachment: Attachment, *, download: bool = False) -> FileResponse:
    """Return the bytes of an attachment: pictures and PDF shown in place unless ``download``, the rest saved."""
    media_type = attachment.file.media_type
    shown = media_type in SHOWN and not download
    response = FileResponse(open_attachment(attachment), content_type=media_type)
    place = "inline" if shown else "attachment"
    response["Content-Disposition"] = f"{place}; filename*=utf-8''{quote(attachment.name, safe='')}"
    response["Content-Length"] = str(attachment.file.size_bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    if media_type != "application/pdf":
        response["Content-Security-Policy"] = (
            DRAWS if media_type == "image/svg+xml" else "default-src 'none'; sandbox"
        )
    return response


def kept_evidence(request: HttpRequest, values: dict[str, Any], scope: int) -> Attachment | None:
    """Keep the file of evidence a form came with, if any, and take it out of the form's values."""
    file = values.pop("evidence", None)
    if file is None:
        return None
    return keep_file(content=file, name=file.name, scope=scope, actor=person_of(request))


def evidence_url(entry: Entry, url_name: str) -> str:
    """Return where the entry's file of evidence opens, empty without one."""
    return reverse(url_name, args=[entry.pk]) if entry.evidence_id else ""


def evidence_response(entry: Entry) -> FileResponse:
    """Answer with the entry's file of evidence; raises NotFound without one."""
    if entry.evidence is None:
        raise NotFound(what=_("这份佐证材料"))
    return attachment_response(entry.evidence)
