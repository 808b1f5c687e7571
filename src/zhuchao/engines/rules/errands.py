"""Partitions that other machines make, which see the facts and the folder of the answers at the same paths.

What is sent there knows nothing of who asks, and brings back what a partition was refused for: an error that is raised
on another machine would be taken for a fault of that machine, and the partition be tried again elsewhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias

from zhuchao.engines import EngineError
from zhuchao.engines.rules.columns import Place
from zhuchao.engines.rules.listing import Listing

_TAIL: Final = 1 << 16
"""Bytes at the end of a Parquet that tell it from others: where its columns stand, and their least and greatest."""

Refusal: TypeAlias = tuple[str, str, dict[str, object]]
"""Code, sentence and data of an EngineError."""


def mark_of(source: Path) -> str:
    """Return what tells a Parquet file from another, without reading all of it."""
    with source.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(-min(size, _TAIL), 2)
        return f"{size}:{sha256(file.read()).hexdigest()}"


@dataclass(frozen=True)
class Errands:
    """A listing of the firms of a Parquet file whose mark is known, to be made on another machine."""

    listing: Listing
    source: Path
    mark: str

    def __call__(self, asked: Iterable[tuple[Place, Path]]) -> Iterator[Refusal | None]:
        """Write each partition to its path; yield for each None, or why it is refused."""
        for place, path in asked:
            try:
                self._make(place, path)
            except EngineError as error:
                yield error.code, str(error), error.data
            else:
                yield None

    def _make(self, place: Place, path: Path) -> None:
        if not self.source.is_file() or mark_of(self.source) != self.mark:
            raise _elsewhere(self.source)
        if not path.parent.is_dir():
            raise _elsewhere(path.parent)
        self.listing.keep(self.source, place, path)


def _elsewhere(path: Path) -> EngineError:
    return EngineError("errand_elsewhere", f"{path} is not here what it is there", path=str(path))
