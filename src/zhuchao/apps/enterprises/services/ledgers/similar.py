"""Names that are nearly the name of another firm, found without comparing every name with every other.

Two names one slip apart share the name itself or the name with one character left out. Only the few rows without
any number are looked at; the engine then says how alike the names that met are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from zhuchao.engines.identity import Party, find_duplicates

from ...models import Enterprise

MOST = 20_000
READ_AT_ONCE = 5000


@dataclass(frozen=True)
class Similar:
    """A name that is nearly another: that of a firm in the books, or of the row at ``place`` of the file."""

    name: str
    why: str
    place: int | None


def similar_names(
    zone_id: int, unsure: Mapping[int, tuple[str, str]], others: Iterable[tuple[int, str, str]]
) -> dict[int, Similar]:
    """Return, for some places of a file, the firm their name is nearly the name of, if there is one.

    Args:
        unsure: {place: (name, normal name)} of the new firms without a number; past twenty thousand of them the
            rest are not looked at, since a file of that many names has no numbers at all.
        others: place, name and normal name of every new firm of the file.
    """
    looked_at = dict(list(unsure.items())[:MOST])
    by_gap: dict[str, list[int]] = defaultdict(list)
    for place, (_name, normal) in looked_at.items():
        for gap in gaps(normal):
            by_gap[gap].append(place)
    met: dict[int, dict[str, tuple[str, int | None]]] = defaultdict(dict)
    rows = Enterprise.objects.filter(zone_id=zone_id, merged_into__isnull=True).order_by()
    for pk, name, normal in rows.values_list("pk", "name", "normal_name").iterator(chunk_size=READ_AT_ONCE):
        for gap in gaps(normal):
            for place in by_gap.get(gap, ()):
                met[place][f"firm-{pk}"] = (name, None)
    for other, name, normal in others:
        for gap in gaps(normal):
            for place in by_gap.get(gap, ()):
                # Of two rows alike the later one is refused; a row with a number stands wherever it is.
                # Rows of one normal name and no number are one firm, not two alike.
                if other not in unsure or (other < place and normal != looked_at[place][1]):
                    met[place][f"row-{other}"] = (name, other)
    answer = {}
    for place, candidates in met.items():
        parties = [Party(key, name) for key, (name, _place) in candidates.items()]
        found = find_duplicates([Party("row", looked_at[place][0])], parties, limit=1)
        if found:
            name, other_place = candidates[found[0].right]
            answer[place] = Similar(name, found[0].detail, other_place)
    return answer


def gaps(normal: str) -> Iterator[str]:
    """Give a name, and the name with each one character left out."""
    yield normal
    if len(normal) > 2:
        for position in range(len(normal)):
            yield normal[:position] + normal[position + 1 :]
