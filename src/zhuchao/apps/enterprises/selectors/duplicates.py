"""Who may be the same firm: found before saving, and listed for a zone to go through."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from zhuchao.apps.zones.models import User, Zone
from zhuchao.engines.identity import Party, find_duplicates, normal_name

from ..models import Enterprise, EnterpriseName
from .enterprises import listed_enterprises, survivor_of


@dataclass(frozen=True)
class Candidate:
    """A firm that is there already and may be the one at hand, and why."""

    id: int
    name: str
    credit_code: str
    why: str

    def as_dict(self) -> dict[str, object]:
        return {"id": self.id, "name": self.name, "credit_code": self.credit_code, "why": self.why}


@dataclass(frozen=True)
class DuplicateGroup:
    """Firms of one zone that share a normal name or an old registration number."""

    why: str
    firms: tuple[Enterprise, ...]


def find_candidates(
    *, zone_id: int, name: str, credit_code: str = "", legacy_reg_no: str = "", exclude: Iterable[int] = ()
) -> list[Candidate]:
    """Return the firms of a zone that may be the one described, the surest first.

    By the old registration number, by a name they have or had, and by the normal form of the name unless the two
    stand in different divisions. A firm that was merged stands for its survivor.
    """
    former = EnterpriseName.objects.live().filter(zone_id=zone_id, name=name).values("enterprise_id")
    wanted = Q(normal_name=normal_name(name)) | Q(pk__in=former)
    if legacy_reg_no:
        wanted |= Q(legacy_reg_no=legacy_reg_no)
    rows = (
        Enterprise.objects.filter(wanted, zone_id=zone_id)
        .exclude(pk__in=list(exclude))
        .select_related("merged_into")
        .order_by("pk")[:20]
    )
    found = {firm.pk: firm for firm in rows}
    names: dict[int, list[str]] = defaultdict(list)
    for pk, former_name in EnterpriseName.objects.filter(enterprise__in=found).values_list(
        "enterprise_id", "name"
    ):
        names[pk].append(former_name)
    matches = find_duplicates(
        [Party("new", name, credit_code)],
        [Party(str(firm.pk), firm.name, firm.credit_code, tuple(names[firm.pk])) for firm in found.values()],
        limit=20,
    )
    why = {
        int(match.right): _("名称规范后相同：%(name)s") % {"name": match.detail}
        for match in matches
        if match.kind == "name"
    }
    why |= {
        firm.pk: _("原注册号相同：%(number)s") % {"number": legacy_reg_no}
        for firm in found.values()
        if legacy_reg_no and firm.legacy_reg_no == legacy_reg_no
    }
    answer: dict[int, Candidate] = {}
    for pk, reason in why.items():
        firm = survivor_of(found[pk])
        answer.setdefault(firm.pk, Candidate(firm.pk, firm.name, firm.credit_code, reason))
    return [candidate for candidate in answer.values() if candidate.id not in set(exclude)]


def duplicate_groups(
    actor: User | AnonymousUser | None, zone: Zone, *, after: str = "", limit: int = 50
) -> tuple[list[DuplicateGroup], str]:
    """Return groups of firms that may be the same, and the key to go on ``after``, empty at the end.

    Firms with one normal name come in the order of that name, a page at a time; those that share an old
    registration number stand on the first page.
    """
    rows = listed_enterprises(actor, zone).order_by("normal_name")
    same_name = (
        rows.filter(normal_name__gt=after)
        .values("zone_id", "normal_name")
        .annotate(many=Count("pk"))
        .filter(many__gt=1)
        .order_by("normal_name", "zone_id")
    )
    page = [group["normal_name"] for group in same_name[: limit + 1]]
    groups: dict[tuple[int, str], list[Enterprise]] = defaultdict(list)
    for firm in rows.filter(normal_name__in=page[:limit]).order_by("normal_name", "pk"):
        groups[firm.zone_id, firm.normal_name].append(firm)
    answer = [
        DuplicateGroup(_("名称规范后相同：%(name)s") % {"name": key}, tuple(firms))
        for (_zone, key), firms in groups.items()
        if len(firms) > 1
    ]
    if not after:
        numbers = (
            rows.exclude(legacy_reg_no="")
            .values("zone_id", "legacy_reg_no")
            .annotate(many=Count("pk"))
            .filter(many__gt=1)
            .order_by("legacy_reg_no")[:limit]
        )
        shared = {(row["zone_id"], row["legacy_reg_no"]): [] for row in numbers}  # type: dict[tuple[int, str], list[Enterprise]]
        for firm in rows.filter(legacy_reg_no__in=[number for _zone, number in shared]).order_by("pk"):
            if (firm.zone_id, firm.legacy_reg_no) in shared:
                shared[firm.zone_id, firm.legacy_reg_no].append(firm)
        answer = [
            DuplicateGroup(_("原注册号相同：%(number)s") % {"number": number}, tuple(firms))
            for (_zone, number), firms in shared.items()
        ] + answer
    return answer, page[limit - 1] if len(page) > limit else ""
