"""Keep the search index in step with firms: by every name they have or had, and by their codes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from zhuchao.apps.core.services import index_rows, unindex_rows
from zhuchao.apps.core.services.search import Findable, Source
from zhuchao.engines.identity import short_name

from ..models import Enterprise, EnterpriseName
from ..models.industries import show_industry
from ..selectors.enterprises import THING

AT_ONCE = 2000


def findable(enterprise: Enterprise, former: Iterable[str] = (), codes: Iterable[str] = ()) -> Findable:
    """Return what a firm is found by: its names, short and former ones too, and its codes."""
    words = dict.fromkeys((*_short(enterprise.name), *former, enterprise.legacy_reg_no, *codes))
    return Findable(
        row_id=enterprise.pk,
        scope=enterprise.zone_id,
        title=enterprise.name,
        detail=" · ".join(filter(None, (show_industry(enterprise.industry_code), enterprise.address))),
        code=enterprise.credit_code,
        words=tuple(word for word in words if word and word != enterprise.name),
    )


def _short(name: str) -> tuple[str, ...]:
    """Return the short name where the name itself does not hold it: any part of a name finds it anyway."""
    short = short_name(name)
    return () if short in name else (short,)


def index_enterprises(enterprises: Sequence[Enterprise]) -> None:
    """Put firms into the search index, or refresh them; a merged firm is found as its survivor only."""
    for start in range(0, len(enterprises), AT_ONCE):
        part = enterprises[start : start + AT_ONCE]
        index_rows(THING, _findables([firm for firm in part if not firm.is_merged]))
        merged = [firm.pk for firm in part if firm.is_merged]
        if merged:
            unindex_rows(THING, merged)


def _findables(firms: Sequence[Enterprise]) -> Iterator[Findable]:
    of = {firm.pk: firm.pk for firm in firms}
    codes: dict[int, list[str]] = defaultdict(list)
    former: dict[int, list[str]] = defaultdict(list)
    level = list(of)
    while level:
        merged = Enterprise.objects.filter(merged_into__in=level).order_by("pk")
        level = []
        for firm in merged:
            if firm.pk not in of and firm.merged_into_id is not None:
                survivor = of[firm.pk] = of[firm.merged_into_id]
                codes[survivor] += [firm.credit_code, firm.legacy_reg_no]
                former[survivor] += [firm.name, *_short(firm.name)]
                level.append(firm.pk)
    for pk, name in (
        EnterpriseName.objects.live().filter(enterprise__in=of).values_list("enterprise_id", "name")
    ):
        former[of[pk]] += [name]
    for firm in firms:
        yield findable(firm, former[firm.pk], codes[firm.pk])


def _index_ids(ids: Sequence[int]) -> None:
    index_enterprises(list(Enterprise.objects.filter(pk__in=ids).order_by("pk")))


SOURCE = Source(THING, lambda: Enterprise.objects.filter(merged_into=None), _index_ids)
"""The firms that can be found, so that the index can be made again from them."""
