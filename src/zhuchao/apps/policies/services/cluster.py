"""The same partitions on an existing Spark: its workers read the facts and write the files, each partition a task."""

import os
import signal
import socket
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError
from zhuchao.engines import EngineError
from zhuchao.engines.rules.columns import Place
from zhuchao.engines.rules.errands import Errands, mark_of
from zhuchao.engines.rules.listing import Listing

_USUAL_PORT = 7077
_SECONDS_TO_ANSWER = 5
_SECONDS_BETWEEN = 0.1  # of two looks at what is done


class ClusterMissing(DomainError):
    """There is no Spark here to speak with a cluster."""

    code = "policy_cluster_missing"
    message = _("没有安装 Spark。")
    next_step = _("请安装 zhuchao[cluster]，并准备 Java 17。")


class ClusterSilent(DomainError):
    """Nobody answers at the address of the cluster."""

    code = "policy_cluster_silent"
    message = _("{master} 没有应答。")
    next_step = _("请核对 Spark 主节点的地址和端口，并确认它在运行。")


class ClusterElsewhere(DomainError):
    """The workers see other files than this machine."""

    code = "policy_cluster_elsewhere"
    message = _("Spark 的工作节点在 {path} 看到的与本机不同。")
    next_step = _("企业数据和结果文件夹要放在共享存储上，各节点路径相同。")


class ClusterFailed(DomainError):
    """The cluster gave up."""

    code = "policy_cluster_failed"
    message = _("Spark 没有完成：{said}")
    next_step = _("请查看 Spark 的日志后再运行，做完的部分会保留。")


class Cluster:
    """Makes partitions on the workers of a Spark, which see the facts and the folder at the same paths as this machine.

    The workers need Python with numpy and pyarrow, the one named in `PYSPARK_PYTHON`; the engine is sent to them. What
    else a cluster wants to be told stands in the `spark-defaults.conf` of `SPARK_CONF_DIR`.
    """

    def __init__(self, master: str) -> None:
        self._master = master

    def make(
        self,
        listing: Listing,
        facts: Path,
        todo: Sequence[tuple[int, Place, Path]],
        told: Callable[[int], None],
    ) -> None:
        """Do as `matching.Engine` says.

        Raises:
            ClusterMissing, ClusterSilent, ClusterElsewhere, ClusterFailed.
            EngineError: column_malformed.
        """
        try:
            from py4j.protocol import Py4JError
            from pyspark.errors import PySparkException
        except ImportError:
            raise ClusterMissing from None
        if not todo:
            return
        source = facts.resolve()
        asked = [(place, path.resolve()) for _number, place, path in todo]
        try:
            with _connected(self._master) as context:
                _make(context, Errands(listing, source, mark_of(source)), asked, told)
        except PySparkException as error:
            if error.getCondition() == "JAVA_GATEWAY_EXITED":
                raise ClusterMissing from error
            raise ClusterFailed(said=error) from error
        except Py4JError as error:
            raise ClusterFailed(said=_cause(str(error))) from error


@contextmanager
def _connected(master: str) -> Iterator[Any]:
    """Give a connection with a cluster that has been sent the engine. Raises ClusterSilent."""
    from pyspark import SparkConf, SparkContext

    own = _own_address(master)
    conf = SparkConf().setMaster(master).setAppName("zhuchao policies match")
    usual = {
        "spark.driver.host": own,
        "spark.driver.bindAddress": own,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for key, value in usual.items():
        conf.setIfMissing(key, value)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", own)
    with TemporaryDirectory(prefix="zhuchao-cluster-") as folder, _own_interrupt():
        context = SparkContext(conf=conf)
        try:
            context.addPyFile(str(_engine_zip(Path(folder))))
            yield context
        finally:
            context.stop()


@contextmanager
def _own_interrupt() -> Iterator[None]:
    """Put back what Ctrl-C does, which a connection with Spark changes for good."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _make(
    context: Any, errands: Errands, asked: Sequence[tuple[Place, Path]], told: Callable[[int], None]
) -> None:
    folder = asked[0][1].parent
    rows = {path.name: place.rows for place, path in asked}

    def look() -> None:
        for name in rows.keys() & set(os.listdir(folder)):
            told(rows.pop(name))

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(context.parallelize(asked, len(asked)).mapPartitions(errands).collect)
        try:
            while wait([job], _SECONDS_BETWEEN).not_done:
                look()
        except BaseException:  # Ctrl-C too: nobody waits for the rest
            context.cancelAllJobs()
            raise
    for refusal in filter(None, job.result()):
        code, said, data = refusal
        if code == "errand_elsewhere":
            raise ClusterElsewhere(path=data["path"])
        raise EngineError(code, said, **data)
    look()
    if rows:  # written, but not here
        raise ClusterElsewhere(path=str(folder))


def _own_address(master: str) -> str:
    """Return the address of this machine as a master of the cluster sees it; the name of a machine is often a wrong one."""
    for one in master.removeprefix("spark://").split(","):
        try:
            found = urlsplit(f"spark://{one}")
            with socket.create_connection(
                (found.hostname, found.port or _USUAL_PORT), _SECONDS_TO_ANSWER
            ) as connection:
                return str(connection.getsockname()[0])
        except (OSError, ValueError):
            continue
    raise ClusterSilent(master=master)


def _engine_zip(folder: Path) -> Path:
    """Return an archive of what the workers run: the engines, which know no Django."""
    path = folder / "zhuchao_engines.zip"
    package = Path(settings.PACKAGE)
    with zipfile.ZipFile(path, "w") as archive:
        for file in [package / "__init__.py", *sorted((package / "engines").rglob("*.py"))]:
            archive.write(file, file.relative_to(package.parent))
    return path


def _cause(said: str) -> str:
    """Return the line that tells why, of many of Java: the last before the first that names a place in a program."""
    before, *_places = said.partition("\n\tat ")
    lines = [line for line in before.splitlines() if not line.lstrip().startswith("SQLSTATE")]
    return "\n".join(lines).strip().rpartition("\n")[2]
