"""Take out of a photo what it says besides the picture: where and when it was taken, with which device, by whom."""

from collections.abc import Iterator
from io import SEEK_CUR
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from ..errors import PhotoRefused

MOST_PIXELS = 60_000_000
"""How many pixels a photo may have that must be drawn anew, so that no small file fills the memory."""

FORMATS: Final = ("PNG", "JPEG", "WEBP")
_TELLING: Final = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop"})
_PNG_TELLING: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
# What belongs to the picture itself: its colours, its transparency, and how long each frame of a moving one stays.
_KEPT: Final = ("icc_profile", "transparency", "duration", "loop")
_JPEG_QUALITY = 92


def without_traces(path: Path, name: str) -> bool:
    """Write a PNG, JPEG or WebP anew without EXIF (GPS too), XMP, comments and texts; return whether there were any.

    A photo that its EXIF turns is turned for good first, and keeps its colour profile. A file without traces keeps
    its bytes. Raises PhotoRefused for one that cannot be read, or that has too many pixels.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            if not _tells(image, path):
                return False
            if image.width * image.height * getattr(image, "n_frames", 1) > MOST_PIXELS:
                raise PhotoRefused(
                    name=name, why=_("像素超过 {most} 万").format(most=f"{MOST_PIXELS // 10_000:,}")
                )
            _write(image, path)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise PhotoRefused(name=name, why=_("内容已损坏，读不出图像")) from error
    return True


def _tells(image: Image.Image, path: Path) -> bool:
    """Say whether a file holds more than its picture; a PNG is not decoded for it, its texts may stand at the end."""
    if image.format == "PNG":
        return not _PNG_TELLING.isdisjoint(_png_chunks(path))
    return image.format == "MPO" or bool(_TELLING & image.info.keys())


def _png_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(8)
        while len(head := file.read(8)) == 8:
            yield head[4:]
            file.seek(int.from_bytes(head[:4], "big") + 4, SEEK_CUR)


def _write(image: Image.Image, path: Path) -> None:
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    kept: dict[str, Any] = {key: image.info[key] for key in _KEPT if key in image.info}
    anew = path.with_suffix(".new")
    try:
        if getattr(image, "is_animated", False) and kind != "JPEG":
            image.save(anew, format=kind, save_all=True, lossless=True, exif=b"", xmp=b"", **kept)
        else:
            upright = ImageOps.exif_transpose(image)
            for key in _TELLING:
                upright.info.pop(key, None)
            upright.save(anew, format=kind, quality=_JPEG_QUALITY, exif=b"", **kept)
        anew.replace(path)
    finally:
        anew.unlink(missing_ok=True)
