"""What the shipped matters and procedures say, which is data in Chinese for every reader."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from zhuchao.apps import approvals

FOLDER = Path(approvals.__file__).parent


def words_of_matters() -> set[str]:
    """Return every value of the shipped matters, themes and procedures, and each part of a value that lists several."""
    files = [*(FOLDER / "packs").glob("*.yaml"), *(FOLDER / "shipped").glob("*.yaml")]
    texts = [text for path in files for text in _texts(yaml.safe_load(path.read_text("utf-8")))]
    return {
        part.strip()
        for text in texts
        for part in (text, *text.split("｜"), *text.splitlines())
        if part.strip()
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
