"""The files of the checkout that the tests of this folder read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]
SOURCE = HERE / "src" / "zhuchao"
APPS = SOURCE / "apps"
# Made by the set-up or by tools, and ignored by git.
MADE = {"var", "node_modules", "build", "dist", "__pycache__"}


def files(*suffixes: str, under: Path = HERE) -> Iterator[Path]:
    """Yield the kept files with these suffixes, in order."""
    for path in sorted(under.rglob("*")):
        parts = path.relative_to(under).parts
        hidden = any(part.startswith(".") for part in parts[:-1])
        made = any(part in MADE or part.endswith(".egg-info") for part in parts)
        if path.suffix in suffixes and not hidden and not made and path.is_file():
            yield path


def shown(path: Path) -> str:
    """Return a path as a person in the checkout writes it."""
    return path.relative_to(HERE).as_posix() if path.is_relative_to(HERE) else path.as_posix()


def place_in_app(path: Path) -> tuple[str, str] | None:
    """Return the app a file belongs to and the module of it that holds the file, or None outside the apps."""
    if not path.is_relative_to(APPS):
        return None
    parts = path.relative_to(APPS).parts
    return (parts[0], parts[1].removesuffix(".py")) if len(parts) > 1 else None


def refuse(found: list[str], advice: str) -> None:
    """Fail with every finding on a line of its own, and with what to do about them."""
    if found:
        pytest.fail("\n".join([advice, *found]), pytrace=False)
