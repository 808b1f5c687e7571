"""What is known of firms, as policies ask about it: out of the register, the filings, the tags, and what was stated.

What another ledger keeps comes from there and is never typed twice; a stated fact fills what no ledger keeps. A fact
that nothing says is not known. Values are those that stood on the day asked for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models.ids import id_list
from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import Enterprise, EnterpriseTag, Filing, FirmDocument, Measure
from zhuchao.apps.enterprises.selectors import period_label, standing_filings
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.rules.fields import FactValue, Kind
from zhuchao.engines.rules.stating import fact_of

from ..models import FirmFact
from .project_facts import facts_of_firms
from .rules import vocabulary

ID = "#id"
"""The column of ids in a table of facts; no field is named so."""
AT_ONCE = 2000
"""Firms that are read together."""

_YEARLY: Mapping[str, tuple[Measure, int]] = {
    "revenue": (Measure.REVENUE, 1),
    "revenue_prior": (Measure.REVENUE, 2),
    "rd": (Measure.RND, 1),
    "rd_prior": (Measure.RND, 2),
    "tax": (Measure.TAX, 1),
    "tax_prior": (Measure.TAX, 2),
    "output": (Measure.OUTPUT, 1),
    "output_prior": (Measure.OUTPUT, 2),
    "profit": (Measure.PROFIT, 1),
}
"""Fields that a yearly filing says, and how many years before the day asked for it is of."""
_THREE_YEARS: Mapping[str, Measure] = {"revenue_3y": Measure.REVENUE, "rd_3y": Measure.RND}
_HEADS = "staff"
_YEARS = 3
HONOURS = (
    "高新技术企业",
    "科技型中小企业",
    "创新型中小企业",
    "专精特新中小企业",
    "专精特新“小巨人”企业",
    "瞪羚企业",
    "独角兽企业",
    "雏鹰企业",
)
"""What a tag or a certificate says of a firm that policies ask for."""
_SHORT = {"高企": "高新技术企业", "小巨人": "专精特新“小巨人”企业"}
_CERTIFICATE = "证书"


class Origin(NamedTuple):
    """Where a value comes from: in words, since when, and the row that says so (kind, id)."""

    said: str
    on: date | None = None
    kind: str = "register"
    pk: int | None = None


@dataclass(slots=True)
class Known:
    """What is known of one firm by field, and where each value comes from."""

    values: dict[str, FactValue] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)

    def add(self, name: str, value: FactValue, origin: Origin) -> None:
        """Keep a value where none is kept yet and somebody may ask for it."""
        if name not in self.values and name in vocabulary():
            self.values[name] = value
            self.origins[name] = origin


def facts_of(firms: Sequence[Enterprise], *, day: date) -> dict[int, Known]:
    """Return what is known of firms on a day, by their id; what merged firms reported counts for the survivor."""
    found: dict[int, Known] = {}
    for start in range(0, len(firms), AT_ONCE):
        some = firms[start : start + AT_ONCE]
        known = {firm.pk: Known() for firm in some}
        home = _homes(known)
        for firm in some:
            _of_register(firm, known[firm.pk])
        _of_projects(known, home, day)
        _of_filings(known, home, day)
        _of_stated(known, home, day)
        _of_honours(known, home, day)
        found |= known
    return found


def facts_table(firms: Sequence[Enterprise], *, day: date, names: Collection[str]) -> pa.Table:
    """Return what is known of firms as columns of some fields beside their ids, a row a firm in the given order."""
    return table_of(firms, facts_of(firms, day=day), names)


def table_of(firms: Sequence[Enterprise], known: Mapping[int, Known], names: Collection[str]) -> pa.Table:
    """Return facts that were read already as ``facts_table`` does."""
    columns: dict[str, Any] = {ID: pa.array([firm.pk for firm in firms], pa.int64())}
    for one in (vocabulary()[name] for name in sorted(names)):
        values = [known[firm.pk].values.get(one.name) for firm in firms]
        if one.kind is Kind.TAGS:
            values = [sorted(value) if isinstance(value, frozenset) else None for value in values]  # type: ignore[misc]
        columns[one.name] = pa.array(values, _TYPES[one.kind])
    return pa.table(columns)


_TYPES: Mapping[Kind, Any] = {
    Kind.MONEY: pa.decimal128(38, 2),
    Kind.NUMBER: pa.decimal128(38, 6),
    Kind.COUNT: pa.int64(),
    Kind.DATE: pa.date32(),
    Kind.FLAG: pa.bool_(),
    Kind.CODE: pa.string(),
    Kind.CHOICE: pa.string(),
    Kind.TAGS: pa.list_(pa.string()),
}


def _homes(known: Mapping[int, Known]) -> dict[int, int]:
    """Return the survivor of each firm whose entries count: the firms themselves and all merged into them."""
    home = {pk: pk for pk in known}
    level = list(home)
    while level:
        rows = Enterprise.objects.filter(merged_into__in=id_list(level)).values_list("pk", "merged_into_id")
        merged = [(pk, into) for pk, into in rows if pk not in home]
        home |= {pk: home[into] for pk, into in merged}
        level = [pk for pk, _into in merged]
    return home


def _of_register(firm: Enterprise, known: Known) -> None:
    origin = Origin(_("企业档案"), kind="enterprise", pk=firm.pk)
    if firm.industry_code:
        known.add("industry", firm.industry_code, origin)
    if firm.established_on:
        known.add("established", firm.established_on, origin)
    if firm.is_above_scale is not None:
        known.add("above_scale", firm.is_above_scale, origin)
    if firm.sector_id is not None and firm.sector is not None:
        known.add("sector", firm.sector.name, origin)


def _of_projects(known: Mapping[int, Known], home: Mapping[int, int], day: date) -> None:
    for pk, (project, values) in facts_of_firms(home, day=day).items():
        origin = Origin(_("项目台账：%(project)s") % {"project": project.name}, kind="project", pk=project.pk)
        for name, value in values.items():
            known[pk].add(name, value, origin)


def _of_filings(known: Mapping[int, Known], home: Mapping[int, int], day: date) -> None:
    """Take what was reported for the last three whole years; a forecast is no fact.

    Months are cumulative from January, so that the one to December stands for a year that was not filed as such; a
    quarter is a quarter, and stands for no year.
    """
    measures = {measure for measure, _back in _YEARLY.values()} | {Measure.EMPLOYEES}
    rows = (
        Filing.objects.live()
        .filter(
            enterprise__in=id_list(home),
            measure__in=sorted(measures),
            happened_on__gte=date(day.year - _YEARS, 1, 1),
            happened_on__lte=day,
        )
        .filter(
            Q(measure=Measure.EMPLOYEES)
            | Q(happened_on__month=12, period__in=(Filing.Period.MONTH, Filing.Period.YEAR))
        )
        .exclude(status=Filing.Status.FORECAST)
    )
    of_firm: dict[int, list[Filing]] = defaultdict(list)
    for row in rows:
        of_firm[home[row.enterprise_id]].append(row)
    for pk, filings in of_firm.items():
        standing = standing_filings(filings).values()
        yearly: dict[tuple[str, int], Filing] = {}
        for one in sorted(standing, key=lambda one: one.period == Filing.Period.YEAR):
            if one.happened_on.month == 12 and one.period != Filing.Period.QUARTER:
                yearly[one.measure, one.happened_on.year] = one
        _add_yearly(known[pk], yearly, day)
        heads = [one for one in standing if one.measure == Measure.EMPLOYEES]
        if heads:
            latest = max(heads, key=lambda one: (one.happened_on, one.period == Filing.Period.YEAR))
            known[pk].add(_HEADS, int(latest.value), _origin(latest))


def _add_yearly(known: Known, yearly: Mapping[tuple[str, int], Filing], day: date) -> None:
    for name, (measure, back) in _YEARLY.items():
        one = yearly.get((measure, day.year - back))
        if one is not None:
            known.add(name, one.value, _origin(one))
    for name, measure in _THREE_YEARS.items():
        three = [yearly.get((measure, day.year - back)) for back in range(1, _YEARS + 1)]
        if all(three):
            total = sum((one.value for one in three if one), Decimal(0))
            last = three[0]
            assert last is not None
            label = _("%(first)s至%(last)s年报表合计") % {"first": day.year - _YEARS, "last": day.year - 1}
            known.add(name, total, Origin(label, last.happened_on, "filing", last.pk))


def _origin(filing: Filing) -> Origin:
    said = _("%(period)s报表（%(status)s）") % {
        "period": period_label(filing),
        "status": filing.get_status_display(),
    }
    return Origin(said, filing.happened_on, "filing", filing.pk)


def _of_stated(known: Mapping[int, Known], home: Mapping[int, int], day: date) -> None:
    rows = FirmFact.objects.live().filter(enterprise__in=id_list(home), happened_on__lte=day)
    rows = rows.exclude(holds_until__lt=day).order_by("-happened_on", "-pk")
    for row in rows:
        if row.field in vocabulary():
            value = fact_of(row.value, vocabulary()[row.field])
            origin = Origin(row.source, row.happened_on, "stated", row.pk)
            known[home[row.enterprise_id]].add(row.field, value, origin)


def _of_honours(known: Mapping[int, Known], home: Mapping[int, int], day: date) -> None:
    """Take the honours that a tag, a certificate in the vault or a statement says; a certificate only while it is valid.

    A firm of which none of these says anything has honours that are not known, and is not taken for one without.
    """
    said: dict[int, dict[str, Origin]] = defaultdict(dict)
    tags = EnterpriseTag.objects.live().filter(
        enterprise__in=id_list(home), tag__in=[*HONOURS, *_SHORT], happened_on__lte=day
    )
    for tag in tags.order_by("happened_on", "pk"):
        origin = Origin(_("企业标签"), tag.happened_on, "tag", tag.pk)
        said[home[tag.enterprise_id]][_SHORT.get(tag.tag, tag.tag)] = origin
    papers = FirmDocument.objects.filter(
        enterprise__in=id_list(home),
        state=FirmDocument.State.CURRENT,
        title__in=[f"{word}{end}" for word in (*HONOURS, *_SHORT) for end in ("", _CERTIFICATE)],
        received_on__lte=day,
    )
    for paper in papers.order_by("received_on", "pk"):
        word = paper.title.removesuffix(_CERTIFICATE)
        begun = paper.valid_from is None or paper.valid_from <= day
        held = said[home[paper.enterprise_id]]
        if begun and (paper.valid_to is None or paper.valid_to >= day):
            held[_SHORT.get(word, word)] = Origin(_("材料库"), paper.valid_from, "document", paper.pk)
    for pk, words in said.items():
        stated = known[pk].values.pop("honours", frozenset())
        before = known[pk].origins.pop("honours", None)
        origins = [*words.values(), *([before] if before else [])] or [Origin(_("材料库"))]
        last = max(origins, key=lambda one: one.on or date.min)
        sources = listed(dict.fromkeys(one.said for one in origins))
        held_words = frozenset(words) | (stated if isinstance(stated, frozenset) else frozenset())
        known[pk].add("honours", held_words, last._replace(said=sources))


def visible_facts(actor: User | AnonymousUser | None) -> QuerySet[FirmFact]:
    """Return the stated facts this person may see: those of firms whose filings they may see."""
    rows = FirmFact.objects.select_related("enterprise", "recorded_by", "zone")
    return zones.in_zones(rows, actor, Thing.FILING)


def get_fact(actor: User | AnonymousUser | None, pk: int) -> FirmFact:
    """Return one stated fact; raises NotFound when it is hidden or missing."""
    found = visible_facts(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("该事实"))
    return found


def stated_of(actor: User | AnonymousUser | None, ids: Iterable[int]) -> Iterator[FirmFact]:
    """Yield the live stated facts of a firm's family, the newest first."""
    yield from visible_facts(actor).live().filter(enterprise__in=list(ids)).order_by("-happened_on", "-pk")  # type: ignore[attr-defined]
