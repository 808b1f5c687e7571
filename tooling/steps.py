"""A set-up is steps, each skipped when it was done for the same inputs."""

import hashlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
VAR = HERE / "var"
WINDOWS = os.name == "nt"


class Refusal(Exception):
    """A thing that cannot be done, said in Chinese and English, with the exit code to leave with."""

    def __init__(self, chinese: str, english: str, code: int = 1) -> None:
        super().__init__(f"{chinese}\n{english}")
        self.code = code


def say(chinese: str, english: str, end: str = "\n") -> None:
    print(f"{chinese} / {english}", end=end, flush=True)


def quietly(command: Sequence[str | Path], *, cwd: Path = HERE, env: dict[str, str] | None = None) -> str:
    """Run a command unseen and return its output; refuse with the output when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        shown = " ".join(Path(part).name if index == 0 else str(part) for index, part in enumerate(command))
        print(f"\n{done.stdout.strip()}", flush=True)
        raise Refusal(f"命令失败：{shown}", f"The command failed: {shown}")
    return done.stdout


def digest(*parts: object) -> str:
    """Return one hash over texts and over the contents of files."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        total.update(len(content).to_bytes(8, "big") + content)
    return total.hexdigest()


def stamp(name: str) -> str:
    """Return what the step ``name`` was last done for, or an empty text."""
    path = VAR / "stamps" / name
    return path.read_text() if path.is_file() else ""


def forget(name: str) -> None:
    """Make the step ``name`` be done again."""
    (VAR / "stamps" / name).unlink(missing_ok=True)


def step(name: str, key: str, chinese: str, english: str, do: Callable[[], object]) -> None:
    """Do a step unless it was done for the same inputs, whose hash is ``key``."""
    if stamp(name) == key:
        return
    say(f"· {chinese}", english, end=" … ")
    started = time.monotonic()
    path = VAR / "stamps" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    do()
    path.write_text(key)
    print(f"{time.monotonic() - started:.1f} s", flush=True)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the set-up for this process, so that two started together do not write the same files."""
    VAR.mkdir(exist_ok=True)
    with open(VAR / "setup.lock", "w") as handle:
        try:
            import fcntl
        except ImportError:  # Windows
            yield
            return
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
