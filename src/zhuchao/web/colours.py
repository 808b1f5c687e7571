"""A zone's brand colour, made readable: which text may stand on it, and how it may stand as text."""

import re
from colorsys import hls_to_rgb, rgb_to_hls

HEX = re.compile(r"#[0-9a-fA-F]{6}")
USUAL = "#1f6f5c"
WHITE = (1.0, 1.0, 1.0)
NIGHT = (0.094, 0.125, 0.169)  # the card of the dark theme
READABLE = 4.5  # WCAG 2.1 AA, text of normal size

Rgb = tuple[float, float, float]


def brand_style(colour: str) -> str:
    """Return the CSS variables of a brand colour: itself, text on it, and as text by day and by night.

    >>> brand_style("#ffcc00").split(";")[1]
    '--z-on-brand:#000000'
    """
    rgb = _rgb(colour if HEX.fullmatch(colour or "") else USUAL)
    day, night = readable_on(rgb, WHITE), readable_on(rgb, NIGHT)
    on = "#ffffff" if contrast(rgb, WHITE) >= READABLE else "#000000"
    parts = {"brand": _hex(rgb), "on-brand": on, "day": _hex(day), "day-rgb": _triple(day)}
    parts |= {"night": _hex(night), "night-rgb": _triple(night)}
    return ";".join(f"--z-{name}:{value}" for name, value in parts.items())


def readable_on(rgb: Rgb, ground: Rgb) -> Rgb:
    """Return the nearest shade of a colour that can be read as text on ``ground``."""
    hue, lightness, saturation = rgb_to_hls(*rgb)
    step = -0.02 if luminance(ground) > 0.5 else 0.02
    while contrast(rgb, ground) < READABLE and 0.0 <= lightness + step <= 1.0:
        lightness += step
        rgb = hls_to_rgb(hue, lightness, saturation)
    return rgb


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.1)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(rgb: Rgb) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.1)."""
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(text: str) -> Rgb:
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _triple(rgb: Rgb) -> str:
    return ",".join(str(round(part * 255)) for part in rgb)
