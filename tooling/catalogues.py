"""Compile translation catalogues; started with the Python of the virtual environment, which has Babel."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(paths: Iterable[str]) -> None:
    """Write the .mo file beside each .po file."""
    for path in map(Path, paths):
        beside = path.with_suffix(f".{os.getpid()}")
        with path.open("rb") as source, beside.open("wb") as target:
            write_mo(target, read_po(source))
        beside.replace(path.with_suffix(".mo"))


if __name__ == "__main__":
    compile_catalogues(sys.argv[1:])
