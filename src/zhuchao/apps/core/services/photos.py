"""What a photo says besides the picture: read when and where it was taken, take it all out, make a small copy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import SEEK_CUR, BytesIO
from pathlib import Path
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from ..errors import PhotoRefused

MOST_PIXELS = 60_000_000
"""How many pixels a photo may have that must be drawn anew, so that no small file fills the memory."""

FORMATS: Final = ("PNG", "JPEG", "WEBP")
_TELLING: Final = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop"})
_PNG_TELLING: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
# What belongs to the picture itself: its colours, its transparency, and how long each frame of a moving one stays.
_KEPT: Final = ("icc_profile", "transparency", "duration", "loop")
_JPEG_QUALITY = 92
_SMALL_QUALITY = 80


@dataclass(frozen=True)
class Taken:
    """When and where a photo says it was taken, in degrees of WGS 84; None where it does not say."""

    at: datetime | None = None
    longitude: Decimal | None = None
    latitude: Decimal | None = None


def taken(path: Path) -> Taken:
    """Return what a photo's EXIF says of when and where; a time without its zone is of this system's zone.

    What cannot be read says nothing: a photo is never refused for it.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            exif = image.getexif()
            shot, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return Taken()
    said = str(shot.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "")
    longitude = _degrees(place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef), 180)
    latitude = _degrees(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef), 90)
    at = _moment(said, str(shot.get(ExifTags.Base.OffsetTimeOriginal) or ""))
    return Taken(at, longitude, latitude) if longitude is not None and latitude is not None else Taken(at)


def small_copy(path: Path, side: int = 480) -> bytes:
    """Return a JPEG of a photo, upright, without traces, at most ``side`` pixels wide and high.

    Raises PhotoRefused for one that cannot be read.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((side, side))
            made = BytesIO()
            upright.convert("RGB").save(made, format="JPEG", quality=_SMALL_QUALITY)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise PhotoRefused(name=path.name, why=_("内容已损坏，读不出图像")) from error
    return made.getvalue()


def _moment(said: str, offset: str) -> datetime | None:
    try:
        found = datetime.strptime(said.strip() + (offset.strip() or "+00:00"), "%Y:%m:%d %H:%M:%S%z")
    except ValueError:
        return None
    return found if offset.strip() else found.replace(tzinfo=timezone.get_current_timezone())


def _degrees(parts: Any, side: Any, most: int) -> Decimal | None:
    """Return degrees, minutes and seconds as degrees, negative in the west and south; None for what is none."""
    try:
        degrees, minutes, seconds = (Decimal(str(float(part))) for part in parts)
        found = (degrees + minutes / 60 + seconds / 3600).quantize(Decimal("0.000001"))
    except (TypeError, ValueError, ArithmeticError):
        return None
    found = -found if str(side).strip("\0 ").upper() in ("W", "S") else found
    return found if abs(found) <= most else None


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
