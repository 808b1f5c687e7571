"""A Spark of a master and workers on loopback, for the tests and the measurements; it ends with who started it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
_SECONDS_TO_START = 120
_SECONDS_TO_LIVE = 600
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # for a Java that lives for seconds
# Starts a server, tells its process and ends it when nobody holds the other end of stdin any more, or after all.
_KEEPER = """
import subprocess, sys, threading
server = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
print(server.pid, flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.kill()), daemon=True).start()
try:
    server.wait(float(sys.argv[1]))
except subprocess.TimeoutExpired:
    server.kill()
    server.wait()
"""


@dataclass(frozen=True)
class Spark:
    """The address of a master, and the number of the process of each worker."""

    master: str
    workers: tuple[int, ...]


@contextmanager
def running_spark(*, workers: int) -> Iterator[Spark]:
    """Start a master and workers of one core each; end them and remove what they wrote.

    `SPARK_CONF_DIR` is meanwhile set to a folder that makes whoever connects start quickly.
    """
    with ExitStack() as stack:
        name = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="zhuchao-spark-", ignore_cleanup_errors=True)
        )
        folder = Path(name)
        (folder / "spark-defaults.conf").write_text(
            f"spark.driver.extraJavaOptions {_QUICK}\nspark.executor.extraJavaOptions {_QUICK}\n"
        )
        stack.enter_context(_environment("SPARK_CONF_DIR", name))
        here = ("--host", LOOPBACK, "--port", "0", "--webui-port", "0")
        master = stack.enter_context(_server(folder, "Master", *here))
        address = master.said(r"Starting Spark master at (spark://\S+)[\s\S]*New state: ALIVE").group(1)
        size = ("--cores", "1", "--memory", "1g")
        started = [
            stack.enter_context(_server(folder, "Worker", *here, *size, address)) for _ in range(workers)
        ]
        for worker in started:
            worker.said("Successfully registered with master")
        yield Spark(address, tuple(worker.process for worker in started))


@dataclass(frozen=True)
class _Server:
    """The number of its process, who keeps it, and what it says."""

    process: int
    keeper: subprocess.Popen[str]
    log: Path

    def said(self, what: str) -> re.Match[str]:
        """Return what it said, once it has said so."""
        end = time.monotonic() + _SECONDS_TO_START
        while not (found := re.search(what, text := self.log.read_text("utf-8", errors="replace"))):
            if self.keeper.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Spark did not start:\n{text}")
            time.sleep(0.05)
        return found


@contextmanager
def _server(folder: Path, name: str, *arguments: str) -> Iterator[_Server]:
    spec = importlib.util.find_spec("pyspark")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pyspark is not installed: python3 dev.py setup --dev")
    home = Path(spec.submodule_search_locations[0])
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SPARK_", "PYSPARK_"))}
    own = {
        "SPARK_CONF_DIR": str(folder),
        "SPARK_DAEMON_JAVA_OPTS": _QUICK,
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_WORKER_DIR": str(folder / "work"),
    }
    log = folder / f"{len(list(folder.glob('*.log')))}.log"
    program = [
        str(home / "bin" / "spark-class"),
        f"org.apache.spark.deploy.{name.lower()}.{name}",
        *arguments,
    ]
    keeper = [sys.executable, "-c", _KEEPER, str(_SECONDS_TO_LIVE), *program]
    with (
        log.open("w", encoding="utf-8") as sink,
        subprocess.Popen(
            keeper,
            env=kept | own,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield _Server(int(process.stdout.readline()), process, log)
        finally:
            process.stdin.close()
            process.wait()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def has_java() -> bool:
    """Return whether there is a Java, without which nothing of Spark runs."""
    return bool(os.environ.get("JAVA_HOME") or shutil.which("java"))
