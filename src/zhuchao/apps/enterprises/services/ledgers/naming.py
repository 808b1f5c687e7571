"""Which firm a row of a ledger means: by its credit code, else by its name, present or former."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.wording import listed, quoted
from zhuchao.apps.zones.models import Zone
from zhuchao.engines.identity import normal_name
from zhuchao.engines.reading import Problem

from .known import Firm, Known, firms_known

FIRM_SENTENCES: Mapping[str, str] = {
    "enterprise_unknown": gettext_noop("第 {row} 行“{found}”不在企业档案中。"),
    "name_ambiguous": gettext_noop("第 {row} 行“{found}”对应库中多家企业：{candidates}。"),
    "name_not_of_code": gettext_noop("第 {row} 行的代码属于“{expected}”，与企业名称“{found}”不符。"),
}
FIRM_FIXES: Mapping[str, str] = {
    "enterprise_unknown": gettext_noop("请先导入企业台账，或核对名称和代码。"),
    "name_ambiguous": gettext_noop("请填写统一社会信用代码。"),
    "name_not_of_code": gettext_noop("请核对名称或代码。"),
}


@dataclass(slots=True)
class Named:
    """A row that names a firm, and the firm once it is found, or what is wrong with the row."""

    row: Row
    name: str
    code: str
    firm: Firm | None = None
    problem: Problem | None = None


def problem(code: str, field_name: str, found: str, expected: str = "", **data: Any) -> Problem:
    """Return what is wrong with one field of a row."""
    return Problem(code, found, expected, {**data, "field": field_name})


def find_firms(zone: Zone, items: Sequence[Named]) -> None:
    """Find the firm each row means, by its code, else by its name, present or former."""
    wanted = [item for item in items if item.problem is None]
    normals = {item.name: normal_name(item.name) for item in wanted}
    known = firms_known(
        zone.pk,
        codes={item.code for item in wanted},
        legacies={item.code for item in wanted if len(item.code) == 15},
        normals=set(normals.values()),
        names=set(normals),
    )
    for item in wanted:
        by_name = _by_name(item.name, normals[item.name], known)
        if item.code:
            firm = known.by_code.get(item.code) or known.by_legacy.get(item.code)
            uncoded = [one for one in by_name if not one.credit_code]
            if firm is None and len(uncoded) == 1:
                firm = uncoded[0]
            elif firm is not None and firm not in by_name:
                item.problem = problem("name_not_of_code", "name", item.name, firm.name)
            by_name = [firm] if firm else []
        if item.problem is not None:
            continue
        if len(by_name) > 1:
            candidates = listed(quoted(firm.name) for firm in by_name[:5])
            item.problem = problem("name_ambiguous", "name", item.name, candidates=candidates)
        elif not by_name:
            item.problem = problem("enterprise_unknown", "name", item.name)
        else:
            item.firm = by_name[0]


def _by_name(name: str, normal: str, known: Known) -> list[Firm]:
    """Return the firms a name may mean; one whose whole name it is comes before those it is only like."""
    firms = known.by_normal.get(normal, []) or known.by_former.get(name, [])
    exact = [firm for firm in firms if firm.name == name]
    former = [firm for firm in known.by_former.get(name, []) if firm not in firms]
    return exact if len(exact) == 1 and not former else [*firms, *former]
