"""What the books hold already of the firms that a ledger names: read in few queries for many rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.db.models import Q

from ...models import Enterprise, EnterpriseName

T = TypeVar("T")

AT_ONCE = 2000


class Firm(NamedTuple):
    """A firm as the books have it. The fields stand in the order in which they are read."""

    pk: int
    name: str
    normal_name: str
    credit_code: str
    legacy_reg_no: str
    industry_code: str
    sector_id: int | None
    state: str
    is_above_scale: bool | None
    established_on: date | None
    registered_capital_cny: Decimal | None
    legal_person: str
    address: str
    business: str
    merged_into_id: int | None


@dataclass
class Known:
    """The firms of a zone that some rows may mean, by what they are known by. A merged firm leads to its survivor."""

    by_code: dict[str, Firm] = field(default_factory=dict)
    by_legacy: dict[str, Firm] = field(default_factory=dict)
    by_normal: dict[str, list[Firm]] = field(default_factory=lambda: defaultdict(list))
    by_former: dict[str, list[Firm]] = field(default_factory=lambda: defaultdict(list))


def parts_of(items: Sequence[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """Give a sequence in parts, so that no statement grows with the file."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def firms_known(
    zone_id: int,
    *,
    codes: Iterable[str],
    legacies: Iterable[str],
    normals: Iterable[str],
    names: Iterable[str],
) -> Known:
    """Return the firms of a zone that have one of these codes, old numbers, normal names, or had one of these names."""
    found: dict[int, Firm] = {}
    of_zone = Enterprise.objects.filter(zone_id=zone_id)
    for condition in (
        Q(credit_code__in=[code for code in codes if code]),
        Q(legacy_reg_no__in=[number for number in legacies if number]) & ~Q(legacy_reg_no=""),
        Q(normal_name__in=list(normals)),
    ):
        found |= {row[0]: Firm(*row) for row in of_zone.filter(condition).values_list(*Firm._fields)}
    former: dict[int, list[str]] = defaultdict(list)
    entries = EnterpriseName.objects.live().filter(zone_id=zone_id, name__in=list(names))
    for pk, name in entries.values_list("enterprise_id", "name"):
        former[pk].append(name)
    missing = former.keys() - found.keys()
    found |= _read(missing)
    survivors = _survivors(found)
    known = Known()
    for pk, firm in found.items():
        survivor = survivors[pk]
        if firm.credit_code:
            known.by_code[firm.credit_code] = survivor
        if firm.legacy_reg_no:
            known.by_legacy[firm.legacy_reg_no] = survivor
        if pk not in missing and survivor not in known.by_normal[firm.normal_name]:
            known.by_normal[firm.normal_name].append(survivor)
        for name in former[pk]:
            if name != survivor.name and survivor not in known.by_former[name]:
                known.by_former[name].append(survivor)
    return known


def family_of_each(pks: Iterable[int]) -> dict[int, int]:
    """Return {id: id of the survivor} for some firms and for every firm merged into one of them."""
    of = {pk: pk for pk in pks}
    level = list(of)
    while level:
        rows = Enterprise.objects.filter(merged_into__in=level).values_list("pk", "merged_into_id")
        level = []
        for pk, into in rows:
            if pk not in of and into is not None:
                of[pk] = of[into]
                level.append(pk)
    return of


def _read(pks: Iterable[int]) -> dict[int, Firm]:
    rows = Enterprise.objects.filter(pk__in=list(pks)).values_list(*Firm._fields)
    return {row[0]: Firm(*row) for row in rows}


def _survivors(found: dict[int, Firm]) -> dict[int, Firm]:
    """Return the firm in which each one lives on; reads more only where firms were merged."""
    firms = dict(found)
    missing = {
        firm.merged_into_id for firm in firms.values() if firm.merged_into_id is not None
    } - firms.keys()
    while missing:
        firms |= _read(pk for pk in missing if pk is not None)
        missing = {
            firm.merged_into_id for firm in firms.values() if firm.merged_into_id is not None
        } - firms.keys()
    answer = {}
    for pk in found:
        firm = firms[pk]
        while firm.merged_into_id is not None:
            firm = firms[firm.merged_into_id]
        answer[pk] = firm
    return answer
