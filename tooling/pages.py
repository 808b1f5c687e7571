"""What pages load and show: the browser files, the icons and the compiled translations."""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from tooling.packages import MODULES, PYTHON
from tooling.steps import HERE, VAR, digest, forget, quietly, stamp, step

SOURCE = HERE / "src" / "zhuchao"
VENDOR = VAR / "vendor"
# The browser files that are served, by the name they are served under.
VENDOR_FILES = {
    "tabler/LICENSE": "@tabler/icons/LICENSE",
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "echarts/LICENSE": "echarts/LICENSE",
    "echarts/NOTICE": "echarts/NOTICE",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "noto-sans-sc/LICENSE": "@fontsource-variable/noto-sans-sc/LICENSE",
    "noto-sans-sc/index.css": "@fontsource-variable/noto-sans-sc/index.css",
}
FONT_FILES = MODULES / "@fontsource-variable" / "noto-sans-sc" / "files"
ICON = re.compile(r"\btabler-([a-z0-9]+(?:-[a-z0-9]+)*)\b")
SOURCE_MAP = re.compile(rb"(?:/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=[^\n]*)")


def icons_named() -> list[str]:
    """Return the icons that the sources name, each written out whole as `tabler-NAME`."""
    texts = (path.read_text("utf-8") for kind in ("html", "py", "js") for path in SOURCE.rglob(f"*.{kind}"))
    return sorted({name for text in texts for name in ICON.findall(text)})


def icon_sprite(names: Iterable[str]) -> str:
    """Return one SVG with a symbol for each icon there is among ``names``; a test refuses the names of no icon."""
    symbols = []
    for name in names:
        style = ("filled", name.removesuffix("-filled")) if name.endswith("-filled") else ("outline", name)
        path = MODULES / "@tabler" / "icons" / "icons" / style[0] / f"{style[1]}.svg"
        if not path.is_file():
            continue
        body = re.sub(
            r"\s*<path stroke=\"none\" d=\"M0 0h24v24H0z\" fill=\"none\" ?/>", "", path.read_text("utf-8")
        )
        inner = body[body.index(">", body.index("<svg")) + 1 : body.rindex("</svg>")]
        paint = (
            'fill="currentColor"'
            if style[0] == "filled"
            else 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
        )
        inner = re.sub(r"\s*\n\s*", "", inner)
        symbols.append(f'<symbol id="tabler-{name}" viewBox="0 0 24 24" {paint}>{inner}</symbol>\n')
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'


def vendor_files() -> None:
    """Copy the files that pages load to `var/vendor`, without the addresses of source maps that are not served."""
    if not VENDOR.is_dir():
        forget("vendor")
    icons = icons_named()

    def do() -> None:
        wanted = VENDOR_FILES | {
            f"noto-sans-sc/files/{path.name}": str(path.relative_to(MODULES))
            for path in FONT_FILES.glob("*.woff2")
        }
        for target, source in wanted.items():
            content = (MODULES / source).read_bytes()
            if target.endswith((".css", ".js")):
                content = SOURCE_MAP.sub(b"", content)
            place(VENDOR / target, content)
        place(VENDOR / "tabler" / "icons.svg", icon_sprite(icons).encode())

    key = digest(stamp("npm").partition(":")[2], json.dumps(VENDOR_FILES), *icons, Path(__file__))
    step("vendor", key, "整理页面文件", "Placing the browser files", do)


def place(path: Path, content: bytes) -> None:
    """Write a file in one movement, so that a server that is running never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


def catalogues() -> None:
    """Compile the translations that changed."""
    sources = sorted(SOURCE.glob("**/locale/*/LC_MESSAGES/*.po"))
    if not all(path.with_suffix(".mo").is_file() for path in sources):
        forget("catalogues")
    if sources:
        key = digest(*(part for path in sources for part in (str(path), path)))
        command = [PYTHON, HERE / "tooling" / "catalogues.py", *sources]
        step("catalogues", key, "编译译文", "Compiling the translations", lambda: quietly(command))
