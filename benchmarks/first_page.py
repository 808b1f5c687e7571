"""Time the first pages that somebody opens who has just started the demo.

    python3 dev.py bench first_page [--data DIR] [--requests 50]

Starts the real server on a data folder of its own (or on ``--data DIR``, which keeps the demo for the next time) so
that the demo is there, ends it and starts it again. Signs the leader of each demo zone in by HTTP, and asks for each
page again and again over the network of this machine. Prints one JSON line a start: the seconds until the server has
answered its first request, and the share of the limit (5 s) that a second start takes; then one a zone and page: the
first request, the median and the 95th percentile in milliseconds, and the share of the limit (300 ms) that the
percentile takes. Ends with 1 where a limit was passed.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from _measuring import percentile, say

LIMIT_MS = 300
START_LIMIT_SECONDS = 5
LONGEST_START_SECONDS = 600
PAGES = ("/today/", "/figures/", "/leads/", "/enterprises/")
LEADER = re.compile(r"^\s+(\S+)\t(\S+)\t.*（领导）", re.MULTILINE)
PASSWORD = re.compile(r"密码都是 (\S+)）")


class Browser:
    """Somebody's browser: keeps cookies, follows where it is sent."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        ).open

    def get(self, path: str) -> str:
        return self._ask(urllib.request.Request(self.address + path), path)

    def sign_in(self, username: str, password: str) -> None:
        self.get("/accounts/login/")
        mark = next(str(cookie.value) for cookie in self.cookies if cookie.name == "csrftoken")
        values = {"login": username, "password": password, "csrfmiddlewaretoken": mark}
        body = urllib.parse.urlencode(values).encode()
        url = self.address + "/accounts/login/"
        self._ask(urllib.request.Request(url, body, {"Origin": self.address}), "/today/")

    def _ask(self, request: urllib.request.Request, expected: str) -> str:
        with self._open(request, timeout=60) as answer:
            text: str = answer.read().decode()
            path = urllib.parse.urlsplit(answer.geturl()).path
        if path != expected:
            raise SystemExit(f"{request.full_url} led to {path}, not to {expected}")
        return text


@contextmanager
def serving(data: Path, log: Path) -> Iterator[tuple[str, str, float]]:
    """Give the address of a server on ``data``, what it said, and the seconds until it served; end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source = str(Path(__file__).resolve().parent.parent / "src")
    paths = filter(None, (source, os.environ.get("PYTHONPATH")))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
    for name in ("ZHUCHAO_DATABASE_URL", "ZHUCHAO_DEBUG", "ZHUCHAO_SECRET_KEY"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "zhuchao", "serve", "--data", str(data), "--port", str(port)]
    begun = time.perf_counter()
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        while "按 Ctrl-C 停止" not in (said := log.read_text(encoding="utf-8", errors="replace")):
            if server.poll() is not None or time.perf_counter() - begun > LONGEST_START_SECONDS:
                raise SystemExit(f"the server did not start:\n{said}")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}", said, time.perf_counter() - begun
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def timed(browser: Browser, page: str) -> float:
    begun = time.perf_counter()
    browser.get(page)
    return (time.perf_counter() - begun) * 1000


def measure(data: Path, log: Path, requests: int) -> int:
    """Start the server twice, time every page, and return 1 where a limit was passed."""
    if not (data / "zhuchao.sqlite3").exists():
        with serving(data, log) as (_address, _said, seconds):
            say(case="first start, with the demo", seconds=round(seconds, 1))
    with serving(data, log) as (address, said, seconds):
        share = round(seconds / START_LIMIT_SECONDS, 3)
        say(case="second start", seconds=round(seconds, 2), limit_s=START_LIMIT_SECONDS, ratio_to_limit=share)
        leaders, password = LEADER.findall(said), PASSWORD.search(said)
        if not leaders or password is None:
            raise SystemExit(f"the server named no leader of the demo:\n{said}")
        slow = int(share > 1)
        for zone, username in leaders:
            browser = Browser(address)
            browser.sign_in(username, password[1])
            slow += sum([is_slow(browser, page, zone, requests) for page in PAGES])
    return int(slow > 0)


def is_slow(browser: Browser, page: str, zone: str, requests: int) -> bool:
    """Time one page, say what was found, and return whether the limit was passed."""
    first = timed(browser, page)
    times = [timed(browser, page) for _ in range(requests)]
    high = percentile(times, 95)
    say(
        page=page,
        zone=zone,
        requests=requests,
        first_ms=round(first, 1),
        p50_ms=percentile(times, 50),
        p95_ms=high,
        limit_ms=LIMIT_MS,
        ratio_to_limit=round(high / LIMIT_MS, 3),
    )
    return max(first, high) > LIMIT_MS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--requests", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhuchao-bench-", ignore_cleanup_errors=True) as folder:
        data = asked.data or Path(folder) / "data"
        return measure(data.resolve(), Path(folder) / "server.log", asked.requests)


if __name__ == "__main__":
    sys.exit(main())
