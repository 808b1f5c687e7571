"""A real installation for a test: a server in a process of its own, people who come by HTTP, and the books."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

CHECKOUT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 120
ANNOUNCED = "筑巢已启动"
_tick = threading.Event()


def until(condition: Callable[[], Any], what: str, *, pause: float = 0.02) -> Any:
    """Return what ``condition`` says once it is true; fail loudly when it never is."""
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        if answer := condition():
            return answer
        _tick.wait(pause)
    raise AssertionError(f"it never came: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Place:
    """Where an installation keeps its data: a folder, and the address of a PostgreSQL or none."""

    folder: Path
    database_url: str = ""

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a process of this installation is started with; nothing of the tests' own."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("ZHUCHAO_", "DJANGO_"))
        }
        paths = [str(CHECKOUT), str(CHECKOUT / "src"), *filter(None, [kept.get("PYTHONPATH")])]
        url = {"ZHUCHAO_DATABASE_URL": self.database_url} if self.database_url else {}
        return kept | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"} | url | more

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run ``zhuchao`` with arguments to its end."""
        return self._run([sys.executable, "-m", "zhuchao", *arguments, "--data", str(self.folder)], more)

    def tell(self, module: str, *arguments: str) -> Any:
        """Run a module of the tests in this installation and return the JSON of its last line."""
        chosen = {"ZHUCHAO_DATA": str(self.folder), "DJANGO_SETTINGS_MODULE": "zhuchao.config.settings"}
        done = self._run([sys.executable, "-m", module, *arguments], chosen)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def _run(self, command: list[str], more: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.environment(**more),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=LONGEST_SECONDS,
            check=False,
        )

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the books themselves, going around the product."""
        if self.database_url:
            with psycopg.connect(self.database_url) as connection:
                return connection.execute(statement).fetchall()
        connection = sqlite3.connect(f"file:{self.folder / 'zhuchao.sqlite3'}?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def write(self, statement: str) -> None:
        """Write into the books, going around the product: what a test pretends has happened."""
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                connection.execute(statement)
            return
        with sqlite3.connect(self.folder / "zhuchao.sqlite3", timeout=30) as connection:
            connection.execute(statement)
        connection.close()

    def count(self, statement: str) -> int:
        return int(self.ask(f"SELECT COUNT(*) FROM {statement}")[0][0])

    def copied_to(self, folder: Path) -> "Place":
        """Return another installation with the same content. Nobody may be at work in this one."""
        folder.mkdir(parents=True)
        secret = folder / "secret.key"
        secret.write_bytes((self.folder / "secret.key").read_bytes())
        if not self.database_url:
            old, new = (sqlite3.connect(place / "zhuchao.sqlite3") for place in (self.folder, folder))
            old.backup(new)
            old.close()
            new.close()
            return Place(folder)
        name = database_name(self.database_url)
        return Place(folder, new_database(self.database_url, template=name))


def new_database(server_url: str, *, template: str = "template1") -> str:
    """Make a database in a running PostgreSQL and return its address."""
    name = f"house_{uuid4().hex[:12]}"
    parts = urllib.parse.urlsplit(server_url)
    keeper = urllib.parse.urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(keeper, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[arg-type]
    return urllib.parse.urlunsplit(parts._replace(path=f"/{name}"))


def database_name(url: str) -> str:
    return urllib.parse.unquote(urllib.parse.urlsplit(url).path.lstrip("/"))


def processes_below(pid: int) -> list[int]:
    """Return the processes that a process has started and that still live, theirs too."""
    listed = subprocess.run(
        ["ps", "-ww", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, encoding="utf-8", check=True
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    living = [(int(child), int(parent)) for child, parent, state in rows if not state.startswith("Z")]
    below, pending = [], [pid]
    while pending:
        above = pending.pop()
        found = [child for child, parent in living if parent == above]
        below += found
        pending += found
    return below


def kill(pid: int) -> None:
    """Kill one process, as the system does when memory runs out."""
    os.kill(pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, encoding="utf-8", check=False
    )
    return bool(listed.stdout.strip()) and not listed.stdout.strip().startswith("Z")


@dataclass
class Server:
    """``zhuchao serve`` on a free port of this machine."""

    place: Place
    options: Sequence[str] = ("--empty",)
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    family: list[int] = field(default_factory=list)
    starts: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.place.folder.parent / f"{self.place.folder.name}-{self.starts}.log"

    def begin(self, **more: str) -> "Server":
        """Start the server and return at once."""
        assert not self.is_running
        self.starts += 1
        command = [sys.executable, "-m", "zhuchao", "serve", "--port", str(self.port), *self.options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--data", str(self.place.folder)],
                env=self.place.environment(**more),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def start(self, **more: str) -> "Server":
        """Start the server and return when it says that it serves."""
        self.begin(**more)
        until(self._ready, f"the server at {self.address}")
        until(self.worker, "the process that does the queued work")
        self.family = processes_below(self.pid)
        return self

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def worker(self) -> int:
        """Return the process that does the queued work, 0 when there is none."""
        return next((pid for pid, command in self._children() if self._does_work(command)), 0)

    def answerer(self) -> int:
        """Return the process that answers, 0 when there is none."""
        return next((pid for pid, command in self._children() if not self._does_work(command)), 0)

    def _does_work(self, command: str) -> bool:
        return f" work --parent {self.pid}" in command

    def _children(self) -> list[tuple[int, str]]:
        listed = subprocess.run(
            ["ps", "-ww", "-A", "-o", "pid=,ppid=,stat=,args="],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        rows = [line.split(None, 3) for line in listed.stdout.splitlines()]
        return [
            (int(pid), command)
            for pid, parent, state, command in rows
            if int(parent) == self.pid and not state.startswith("Z")
        ]

    def kill(self) -> None:
        """Kill the server as the system does when memory runs out, and wait until its whole family is gone."""
        assert self.process is not None
        family = [*self.family, *processes_below(self.pid)]
        kill(self.pid)
        self.process.wait(LONGEST_SECONDS)
        until(lambda: not any(map(lives, family)), "the end of what the server had started")

    def interrupt(self) -> int:
        """Press Ctrl-C as in a terminal, which tells the whole group; return with what the server ended."""
        assert self.process is not None
        os.killpg(self.pid, signal.SIGINT)
        return self.process.wait(LONGEST_SECONDS)

    def away(self) -> None:
        """Leave nothing running, whatever the test did."""
        if self.process is None:
            return
        family = processes_below(self.pid)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(LONGEST_SECONDS)
        for pid in family:
            if lives(pid):
                kill(pid)

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the server has ended:\n{self.said()}"
        return ANNOUNCED in self.said()


@dataclass(frozen=True)
class Answer:
    """What a server answered: the address it came to in the end, and the text."""

    status: int
    url: str
    text: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.url).path

    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """A browser without the pictures: keeps its cookies, follows where it is sent, fills in forms."""

    def __init__(self, address: str, *, language: str = "zh-hans") -> None:
        self.address = address
        self.cookies = CookieJar()
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        ).open
        self._language = language

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self.address + path))

    def post(self, path: str, **values: str) -> Answer:
        """Send a form as the page of that address would."""
        if "csrftoken" not in self._kept():
            self.get(path)
        body = urllib.parse.urlencode(values | {"csrfmiddlewaretoken": self._kept().get("csrftoken", "")})
        return self._ask(urllib.request.Request(self.address + path, body.encode(), {"Origin": self.address}))

    def call(self, method: str, path: str, body: Any = None, *, token: str = "") -> Answer:
        """Call the API, by a token or by the session."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._kept().get("csrftoken", "")}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        return self._ask(urllib.request.Request(self.address + path, data, headers, method=method))

    def _kept(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.cookies}

    def _ask(self, request: urllib.request.Request) -> Answer:
        request.add_header("Accept-Language", self._language)
        try:
            with self._open(request, timeout=LONGEST_SECONDS) as answer:
                return _answer(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return _answer(refusal)


def _answer(answer: Any) -> Answer:
    text = answer.read().decode("utf-8", "replace")
    return Answer(answer.status, answer.geturl(), text, dict(answer.headers.items()))
