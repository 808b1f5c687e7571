"""Answer with a kept file. Who may ask is decided by the views of the apps that know zones."""

from urllib.parse import quote

from django.http import FileResponse

from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.selectors.files import open_attachment

# What a browser may show in place; everything else is saved, so that nothing of a stranger's runs here.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})


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
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
