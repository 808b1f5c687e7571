"""Refuse an SVG that does anything but draw: scripts, events, foreign markup, references to elsewhere."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from ..errors import SvgRefused

MOST_BYTES = 4 << 20
MOST_ELEMENTS = 60_000
DEEPEST = 100
MOST_DRAWN = 200_000
"""How many elements a drawing may come to when every ``use`` is drawn out."""

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_SHAPES = """
    svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath title desc metadata
    linearGradient radialGradient stop clipPath mask pattern marker image style switch view
"""
_FILTERS = """
    filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge
    feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence
"""
_DRAWS: Final = frozenset(f"{_SHAPES} {_FILTERS}".split())
# What drawing programs write beside the drawing; nothing of it is shown or run.
_NOTES: Final = (
    "http://www.inkscape.org/",
    "http://sodipodi.sourceforge.net/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://purl.org/dc/",
    "http://creativecommons.org/ns#",
    "http://web.resource.org/cc/",
)
_PICTURE: Final = re.compile(r"data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=\s]*")
_URL: Final = re.compile(r"url\s*\(([^)]*)", re.IGNORECASE)
_ACTIVE: Final = re.compile(
    r"@import|expression\s*\(|-moz-binding|behavior\s*:|image-set\s*\(|src\s*\(|javascript:|vbscript:",
    re.IGNORECASE,
)
_INSTRUCTION: Final = re.compile(rb"<\?(?!xml\s)", re.IGNORECASE)


def refuse_active_svg(path: Path, name: str) -> None:
    """Refuse the SVG at ``path`` unless it only draws, from what it holds itself; raises SvgRefused saying why.

    Known elements only; no script, no event attribute, no foreign markup, no animation, no stylesheet and no
    reference that leads out of the file; no entity, and nothing that draws itself out without end.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SvgRefused(name=name, why=_("超过 {limit} MB").format(limit=MOST_BYTES >> 20), hint="too_large")
    data = path.read_bytes()
    if _INSTRUCTION.search(data):
        raise SvgRefused(name=name, why=_("含有处理指令"), hint="instruction")
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise SvgRefused(name=name, why=_("含有文档类型声明或实体"), hint="doctype") from error
    except (ParseError, ValueError, LookupError) as error:
        raise SvgRefused(name=name, why=_("不是完整的 SVG"), hint="broken") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise SvgRefused(name=name, why=_("不是完整的 SVG"), hint="broken")
    for count, (element, depth) in enumerate(_walk(root), 1):
        if count > MOST_ELEMENTS or depth > DEEPEST:
            raise SvgRefused(name=name, why=_("图形过于复杂"), hint="complex")
        why = _wrong_with(element)
        if why:
            raise SvgRefused(name=name, why=why, hint="active")
    if _drawn(root) > MOST_DRAWN:
        raise SvgRefused(name=name, why=_("图形过于复杂"), hint="complex")


def _walk(root: Element) -> Iterator[tuple[Element, int]]:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        yield element, depth
        waiting.extend((child, depth + 1) for child in element)


def _wrong_with(element: Element) -> str:
    """Return what is wrong with one element, empty for nothing."""
    space, tag = _split(element.tag)
    if space == _SVG:
        if tag not in _DRAWS:
            return _("含有 <{tag}>").format(tag=tag[:40])
    elif not space.startswith(_NOTES):
        return _("含有其他标记 <{tag}>").format(tag=tag[:40])
    for full, value in element.attrib.items():
        within, name = _split(full)
        if name.lower().startswith("on"):
            return _("含有事件属性 {name}").format(name=name[:40])
        if (name == "href" and within in ("", _XLINK)) or name == "src":
            inside = value.strip().startswith("#")
            if not inside and not (tag == "image" and _PICTURE.fullmatch(value.strip())):
                return _("引用了外部内容")
        elif name == "base" or _leads_out(value):
            return _("引用了外部内容")
    if tag == "style" and _leads_out("".join(element.itertext())):
        return _("引用了外部内容")
    return ""


def _leads_out(text: str) -> bool:
    if any(not target.strip(" \t\r\n\"'").startswith("#") for target in _URL.findall(text)):
        return True
    # A backslash writes any letter of a style in another way; a drawing has no need of it.
    return bool(_ACTIVE.search(text)) or ("\\" in text and "(" in text)


def _drawn(root: Element) -> int:
    """Return how many elements are drawn when every ``use`` is; more than ``MOST_DRAWN`` for one without end."""
    named: dict[str, Element] = {
        name: element for element, _depth in _walk(root) if (name := element.get("id"))
    }
    return _cost(root, named, {}, frozenset())


def _cost(
    element: Element, named: Mapping[str, Element], known: dict[int, int], above: frozenset[str]
) -> int:
    """Return the elements that one comes to, each ``use`` counted as what it shows."""
    total = 0
    for inner, _depth in _walk(element):
        total += 1
        target = inner.get("href") or inner.get(f"{{{_XLINK}}}href") or ""
        name = target.strip().removeprefix("#")
        shown = named.get(name)
        if _split(inner.tag)[1] != "use" or shown is None:
            continue
        if name in above or len(above) > DEEPEST:
            return MOST_DRAWN + 1
        if id(shown) not in known:
            known[id(shown)] = _cost(shown, named, known, above | {name})
        total += known[id(shown)]
        if total > MOST_DRAWN:
            return total
    return total


def _split(tag: object) -> tuple[str, str]:
    """Return (namespace, name) of a tag or attribute as the parser writes it."""
    text = str(tag)
    if text.startswith("{"):
        space, _brace, name = text[1:].partition("}")
        return space, name
    return "", text
