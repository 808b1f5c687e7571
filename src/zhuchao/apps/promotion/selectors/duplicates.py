"""Which leads, firms and projects may be the one that is about to be entered.

A higher app calls ``register_finder(finder)`` in its ``AppConfig.ready()``; the finder gets what is known of the lead
and returns the rows of its own that may be the same one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import find_candidates
from zhuchao.engines.identity import Party, find_duplicates, normal_name

from ..models import Lead

MOST_COMPARED = 2000
FEWEST_CHARACTERS = 3
MOST_SLIPS = 2


@dataclass(frozen=True)
class DuplicateCandidate:
    """A record that is there already and may be the one at hand, why, and where it opens."""

    kind: str
    pk: int
    name: str
    why: str
    url: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.pk, "name": self.name, "why": self.why, "url": self.url}


@dataclass(frozen=True)
class Described:
    """What is known of a lead that is about to be kept. ``lead_ids`` are the leads that it is itself."""

    zone_id: int
    name: str
    investor: str = ""
    credit_code: str = ""
    enterprise_id: int | None = None
    lead_ids: frozenset[int] = frozenset()

    @property
    def key(self) -> str:
        return lead_key(self.name, self.investor)

    @property
    def party(self) -> str:
        return lead_party(self.name, self.investor)


Finder = Callable[[Described], Iterable[DuplicateCandidate]]

_finders: list[Finder] = []


def register_finder(finder: Finder) -> None:
    """Add a finder of records that may be the lead at hand; the same one twice counts once."""
    if finder not in _finders:
        _finders.append(finder)


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
    """Return the leads, firms and projects of a zone that may be the one described, the surest first.

    By code, by the project's name, and by the normal form of the investor's name. A firm that the lead is already
    tied to (``enterprise_id``) is no duplicate but its file.
    """
    said = Described(
        zone_id, name.strip(), investor.strip(), credit_code, enterprise_id, lead_ids=frozenset(exclude)
    )
    wanted = Q(normal_name=said.key) | Q(name=said.name)
    if credit_code:
        wanted |= Q(credit_code=credit_code)
    rows = Lead.objects.filter(wanted, zone_id=zone_id).exclude(pk__in=said.lead_ids).order_by("pk")[:10]
    found = [_of_lead(lead, _why(lead, said)) for lead in rows]
    if credit_code:
        firms = Enterprise.objects.filter(zone_id=zone_id, credit_code=credit_code, merged_into=None)
        why = _("信用代码相同：%(code)s") % {"code": credit_code}
        found.extend(_of_firm(firm.pk, firm.name, why) for firm in firms)
    known = {candidate.pk for candidate in found if candidate.kind == "enterprise"}
    alike = find_candidates(zone_id=zone_id, name=investor or name, credit_code=credit_code)
    found.extend(_of_firm(firm.id, firm.name, firm.why) for firm in alike if firm.id not in known)
    for finder in _finders:
        found.extend(finder(said))
    return [c for c in found if c.kind != "enterprise" or c.pk != enterprise_id]


def find_similar_leads(
    *, zone_id: int, name: str, investor: str = "", credit_code: str = "", exclude: Iterable[int] = ()
) -> list[DuplicateCandidate]:
    """Return the leads and firms of a zone whose names are one slip away, which may be a slip of the pen.

    They are shown, never refused: two firms may well differ by a character. What has another credit code is not
    similar, and what ``find_duplicate_leads`` finds is not among them.
    """
    said = Described(zone_id, name.strip(), investor.strip(), credit_code, lead_ids=frozenset(exclude))
    if len(said.key) < FEWEST_CHARACTERS:
        return []
    leads = _near(Lead.objects.filter(zone_id=zone_id).exclude(pk__in=said.lead_ids), said.key)
    firms = _near(Enterprise.objects.filter(zone_id=zone_id, merged_into=None), said.key)
    parties = [Party(f"lead {row.pk}", lead_party(row.name, row.investor), row.credit_code) for row in leads]
    parties += [Party(f"enterprise {row.pk}", row.name, row.credit_code) for row in firms]
    by_key = {f"lead {row.pk}": row for row in leads} | {f"enterprise {row.pk}": row for row in firms}
    found = []
    for match in find_duplicates([Party("new", said.party, credit_code)], parties):
        row = by_key[match.right]
        if match.kind == "similar":
            why = _("名称相近（{detail}）").format(detail=match.detail)
            found.append(_of_lead(row, why) if isinstance(row, Lead) else _of_firm(row.pk, row.name, why))
    return found


def _near(rows: QuerySet[Any], key: str) -> list[Any]:
    """Return the rows whose normal name shares its first or its second half with ``key``: one slip spoils only one."""
    half = (len(key) + 1) // 2
    halves = Q(normal_name__startswith=key[:half]) | Q(normal_name__endswith=key[half:])
    lengths = (len(key) - MOST_SLIPS, len(key) + MOST_SLIPS)
    near = rows.annotate(length=Length("normal_name")).filter(halves, length__range=lengths)
    return list(near.exclude(normal_name=key).order_by("-pk")[:MOST_COMPARED])


def _of_lead(lead: Lead, why: str) -> DuplicateCandidate:
    return DuplicateCandidate("lead", lead.pk, lead.name, why, reverse("lead-detail", args=[lead.pk]))


def _of_firm(pk: int, name: str, why: str) -> DuplicateCandidate:
    return DuplicateCandidate("enterprise", pk, name, why, reverse("enterprise-detail", args=[pk]))


def _why(lead: Lead, said: Described) -> str:
    if said.credit_code and lead.credit_code == said.credit_code:
        return _("信用代码相同：%(code)s") % {"code": said.credit_code}
    if lead.name == said.name:
        return _("项目名称相同")
    return _("名称规范后相同：%(name)s") % {"name": said.key}
