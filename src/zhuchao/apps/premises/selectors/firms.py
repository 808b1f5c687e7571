"""Which registered firm a name or code in a ledger means."""

from collections.abc import Iterable, Sequence

from zhuchao.apps.enterprises.models import Enterprise, EnterpriseName
from zhuchao.apps.enterprises.selectors import survivor_of
from zhuchao.engines.identity import normal_name


def firms_named(zone_id: int, texts: Iterable[str]) -> dict[str, Enterprise]:
    """Return the registered firm of a zone that each text means, for those that mean one.

    By credit code, by a name it has or had, and by the normal form of its name where only one firm has that. A
    merged firm stands for its survivor. Four queries for up to a thousand texts.
    """
    wanted = list(dict.fromkeys(text for text in texts if text))
    found: dict[str, Enterprise] = {}
    for start in range(0, len(wanted), 1000):
        found.update(_firms_named(zone_id, wanted[start : start + 1000]))
    return found


def _firms_named(zone_id: int, texts: Sequence[str]) -> dict[str, Enterprise]:
    keys = {text: normal_name(text) for text in texts}
    firms = Enterprise.objects.filter(zone_id=zone_id).select_related("merged_into")
    by_name: dict[str, Enterprise] = {}
    by_key: dict[str, set[Enterprise]] = {}
    for row in (
        EnterpriseName.objects.live().filter(zone_id=zone_id, name__in=texts).select_related("enterprise")
    ):
        by_name[row.name] = survivor_of(row.enterprise)
    codes = [text.upper() for text in texts if len(text) == 18]
    for firm in [*firms.filter(name__in=texts), *firms.filter(credit_code__in=codes)]:
        by_name[firm.name] = by_name[firm.credit_code] = survivor_of(firm)
    for firm in firms.filter(normal_name__in=set(keys.values())):
        by_key.setdefault(firm.normal_name, set()).add(survivor_of(firm))
    found = {}
    for text, key in keys.items():
        alike = by_key.get(key, set())
        firm_found = (
            by_name.get(text) or by_name.get(text.upper()) or (next(iter(alike)) if len(alike) == 1 else None)
        )
        if firm_found is not None:
            found[text] = firm_found
    return found
