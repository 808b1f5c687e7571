"""``zhuchao serve``: bring the data file up to date, load the demo into an empty one, and serve."""

import errno
import http.client
import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from zhuchao.apps.core.management.command import Command as BaseCommand
from zhuchao.apps.core.models import CalendarYear, Installation
from zhuchao.apps.zones.models import User

from ...services.demo import DEMO_PASSWORD, SignIn, demo_sign_ins, load_demo

LONGEST_WAIT_SECONDS = 60
LONGEST_GOODBYE_SECONDS = 5
PAUSE_SECONDS = 2.0


class Command(BaseCommand):
    help = "Serve the pages and do the queued work, on this machine unless --host says otherwise."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument(
            "--empty", action="store_true", help="do not load the demo into an empty data file"
        )
        parser.add_argument("--demo", default=str(settings.CHECKOUT / "demo"), help="folder of the demo")
        parser.add_argument("--threads", type=int, default=8)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SECRET_KEY == settings.DEFAULT_SECRET:
            raise CommandError(
                "没有密钥。请用 --data 指定一个可写的数据文件夹。 There is no secret: give --data DIR."
            )
        _refuse_taken(options["host"], options["port"])
        self._migrate()
        self._calendar()
        self._demo(Path(options["demo"]), wanted=not options["empty"])
        mode = Installation.objects.values_list("mode", flat=True).first() or Installation.Mode.EMPTY
        _refuse_unsafe(mode)
        accounts = demo_sign_ins()
        connection.close()
        worker = Worker()
        try:
            self._serve(options, accounts, worker)
        finally:
            worker.end()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("准备数据文件……")
        # Also with nothing to migrate: a start that was killed right after the tables were made has left out
        # what follows them, and the triggers that guard the entries are part of that.
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)

    def _calendar(self) -> None:
        if not CalendarYear.objects.exists():
            call_command("load_calendar", verbosity=0, stdout=io.StringIO(), stderr=io.StringIO())

    def _demo(self, folder: Path, *, wanted: bool) -> None:
        installation = Installation.objects.first()
        begun = installation is not None and installation.mode == Installation.Mode.DEMO
        whole = begun and installation is not None and installation.set_up_at is not None
        fresh = installation is None or installation.mode == Installation.Mode.EMPTY
        if whole or not (begun or (fresh and wanted and not User.objects.exists())):
            return
        if not folder.is_dir():
            self.stderr.write("没有找到示例数据，以空白数据文件启动。")
            return
        self.stdout.write("装入示例数据（合成）……")
        count = load_demo(
            folder, work=settings.DATA / "demo", say=lambda text: self.stdout.write(f"  {text}")
        )
        self.stdout.write(f"已导入 {count} 本示例台账，Excel 文件在 {settings.DATA / 'demo'}")

    def _serve(self, options: dict[str, Any], accounts: Sequence[SignIn], worker: "Worker") -> None:
        # Imported late: granian is needed by nobody but the server.
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        # Read in config.wsgi: the process that answers ends when this one is killed.
        os.environ["ZHUCHAO_SERVER"] = str(os.getpid())
        told = (options["host"], options["port"], accounts, worker)
        threading.Thread(target=self._announce, args=told, daemon=True).start()
        Server(
            "zhuchao.config.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=options["threads"],
            log_level=LogLevels.error,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=LONGEST_GOODBYE_SECONDS,
        ).serve()

    def _announce(self, host: str, port: int, accounts: Sequence[SignIn], worker: "Worker") -> None:
        """Say where to look once the server answers; asking also makes it ready for the first person.

        The queued work begins only then: a person waits for the first page, and nobody waits for a job.
        """
        begun = time.monotonic()
        while not _answers(host, port) and time.monotonic() - begun < LONGEST_WAIT_SECONDS:
            time.sleep(0.1)
        lines = ["", f"筑巢已启动：http://{host}:{port}", "按 Ctrl-C 停止。"]
        if accounts:
            lines += ["", f"示例账号（密码都是 {DEMO_PASSWORD}）："]
            lines += [f"  {a.zone}\t{a.username}\t{a.display_name}（{a.roles}）" for a in accounts]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
        worker.start()


class Worker(threading.Thread):
    """The process that does the queued work: started again when it dies, ended with the server."""

    def __init__(self) -> None:
        super().__init__(name="worker", daemon=True)
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        while (process := self._begin()) is not None:
            if process.wait() == 0:  # it was asked to end
                return
            self._over.wait(PAUSE_SECONDS)

    def end(self) -> None:
        """Ask the process to end, and see to it that it does."""
        self._over.set()
        with self._lock:
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(LONGEST_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()

    def _begin(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if not self._over.is_set():
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "zhuchao", "work", "--parent", str(os.getpid())],
                    env=os.environ | {"ZHUCHAO_DATA": str(settings.DATA)},
                    start_new_session=True,  # Ctrl-C is for the server, which then ends this one in peace
                )
                return self._process
        return None


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=LONGEST_WAIT_SECONDS)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _refuse_taken(host: str, port: int) -> None:
    """Refuse a port that another program listens on: two servers on one port would share its callers."""
    if not 0 < port < 65536:
        raise CommandError(f"端口应在 1 到 65535 之间，现为 {port}。 A port is between 1 and 65535.")
    try:
        _bind(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise CommandError(
                f"不能在 {host}:{port} 上提供服务：{error.strerror}。请改用 --host 或 --port。"
                f" Cannot listen on {host}:{port}."
            ) from error
        free = next(
            (other for other in range(port + 1, min(port + 200, 65536)) if _is_free(host, other)), None
        )
        advice = f"--port {free}" if free else "--port N"
        raise CommandError(
            f"端口 {port} 已被占用。请改用 {advice}。 Port {port} is taken: use {advice}."
        ) from error


def _is_free(host: str, port: int) -> bool:
    try:
        _bind(host, port)
    except OSError:
        return False
    return True


def _bind(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name != "nt":  # a connection that just closed does not make a port taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _refuse_unsafe(mode: str) -> None:
    """Refuse what must not meet real data: debugging pages, a guessable secret, demo sign-ins."""
    if mode == Installation.Mode.DEMO:
        return
    if settings.DEBUG:
        raise CommandError(
            "正式数据不能在调试模式下运行。请去掉 ZHUCHAO_DEBUG。 Real data is not served with DEBUG."
        )
    if len(settings.SECRET_KEY) < 40 or settings.SECRET_KEY.startswith("django-insecure"):
        raise CommandError(
            "密钥太短或为默认值。请更换 ZHUCHAO_SECRET_KEY。 The secret is a default or too short."
        )
    if User.objects.filter(is_demo=True).exists():
        raise CommandError("这个数据文件里有示例账号，不能作正式使用。请用 --data 指定另一个文件夹。")
