"""Which leads and firms may be the one that is about to be entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import find_candidates
from zhuchao.engines.identity import normal_name

from ..models import Lead


@dataclass(frozen=True)
class DuplicateCandidate:
    """A lead or a firm that is there already and may be the one at hand, and why."""

    kind: str
    pk: int
    name: str
    why: str

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.pk, "name": self.name, "why": self.why}


def lead_key(name: str, investor: str = "") -> str:
    """Return the form in which leads are compared: the investor's normal name, else the project's.

    >>> lead_key("某某新材料项目", "苏州市苏鲲科技有限公司"), lead_key("印势新材料项目")
    ('苏鲲科技', '印势新材料')
    """
    return normal_name(lead_party(name, investor))[:120]


def lead_party(name: str, investor: str = "") -> str:
    """Return the name that stands for a lead when firms are compared: the investor's, else the project's without 项目."""
    return investor or name.strip().removesuffix("项目")


def find_duplicate_leads(
    *,
    zone_id: int,
    name: str,
    investor: str = "",
    credit_code: str = "",
    enterprise_id: int | None = None,
    exclude: Iterable[int] = (),
) -> list[DuplicateCandidate]:
    """Return the leads and firms of a zone that may be the one described, the surest first.

    By code, by the project's name, and by the normal form of the investor's name. A firm that the lead is already
    tied to (``enterprise_id``) is no duplicate but its file.
    """
    key = lead_key(name, investor)
    wanted = Q(normal_name=key) | Q(name=name.strip())
    if credit_code:
        wanted |= Q(credit_code=credit_code)
    rows = Lead.objects.filter(wanted, zone_id=zone_id).exclude(pk__in=list(exclude)).order_by("pk")[:10]
    found = [
        DuplicateCandidate("lead", lead.pk, lead.name, _why(lead, name, credit_code, key)) for lead in rows
    ]
    if credit_code:
        firms = Enterprise.objects.filter(zone_id=zone_id, credit_code=credit_code, merged_into=None)
        why = _("信用代码相同：%(code)s") % {"code": credit_code}
        found.extend(DuplicateCandidate("enterprise", firm.pk, firm.name, why) for firm in firms)
    known = {candidate.pk for candidate in found if candidate.kind == "enterprise"}
    alike = find_candidates(zone_id=zone_id, name=investor or name, credit_code=credit_code)
    found.extend(
        DuplicateCandidate("enterprise", firm.id, firm.name, firm.why)
        for firm in alike
        if firm.id not in known
    )
    return [c for c in found if c.kind != "enterprise" or c.pk != enterprise_id]


def _why(lead: Lead, name: str, credit_code: str, key: str) -> str:
    if credit_code and lead.credit_code == credit_code:
        return _("信用代码相同：%(code)s") % {"code": credit_code}
    if lead.name == name.strip():
        return _("项目名称相同")
    return _("名称规范后相同：%(name)s") % {"name": key}
