"""What covenants are measured by: gates, money, filings, findings and what was paid, read at once for many covenants."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from zhuchao.apps.enterprises.models import Enterprise, Filing, Measure
from zhuchao.apps.enterprises.selectors.filings import standing_filings

from ..models import Covenant, CovenantFinding, CovenantKind, Investment, Stage, StageEntry

AT_ONCE = 1000

STAGES = {
    CovenantKind.START: Stage.STARTED,
    CovenantKind.FINISH: Stage.COMPLETED,
    CovenantKind.PRODUCE: Stage.PRODUCING,
}
MONEY = {
    CovenantKind.INVESTMENT: Investment.Kind.FIXED_ASSETS,
    CovenantKind.FUNDS: Investment.Kind.ARRIVED_FUNDS,
}
FILED = {
    CovenantKind.OUTPUT: Measure.OUTPUT,
    CovenantKind.REVENUE: Measure.REVENUE,
    CovenantKind.TAX: Measure.TAX,
    CovenantKind.JOBS: Measure.EMPLOYEES,
    CovenantKind.OUTPUT_PER_MU: Measure.OUTPUT,
    CovenantKind.TAX_PER_MU: Measure.TAX,
}


@dataclass(frozen=True)
class Paid:
    """A payment, or with ``is_planned`` an instalment still to be paid: the day, yuan, in words what it waits for."""

    on: date
    amount_cny: Decimal
    says: str
    url: str = ""
    is_planned: bool = False


PaidProvider = Callable[[Sequence[tuple[int, str]], datetime], Mapping[tuple[int, str], list[Paid]]]

_paid: list[PaidProvider] = []


def register_paid(provider: PaidProvider) -> None:
    """Add a provider of what was paid: from (zone id, application number) to payments and planned instalments."""
    if provider not in _paid:
        _paid.append(provider)


@dataclass
class Facts:
    """The entries that covenants are measured by, as known at one moment."""

    stages: dict[tuple[int, str], date] = field(default_factory=dict)
    staged: set[int] = field(default_factory=set)
    money: dict[tuple[int, str], list[tuple[date, Decimal, bool]]] = field(default_factory=dict)
    filings: dict[tuple[int, str], list[Filing]] = field(default_factory=dict)
    findings: dict[int, list[CovenantFinding]] = field(default_factory=dict)
    paid: dict[tuple[int, str], list[Paid]] = field(default_factory=dict)


def firm_of(covenant: Covenant) -> int | None:
    """Return the firm whose filings measure a covenant: that of the agreement, else that of the project."""
    agreement = covenant.agreement
    return agreement.enterprise_id or agreement.project.enterprise_id


def facts_for(covenants: Sequence[Covenant], as_of: datetime) -> Facts:
    """Return what the covenants are measured by, as known at ``as_of``; few queries for any number of them."""
    facts = Facts()
    projects = sorted({covenant.agreement.project_id for covenant in covenants})
    for ids in _parts(projects):
        _read_stages(facts, ids, as_of)
        _read_money(facts, ids, as_of)
    _read_filings(facts, covenants, as_of)
    _read_findings(facts, covenants, as_of)
    numbers = sorted({(one.zone_id, one.grant_number) for one in covenants if one.grant_number})
    if numbers:
        for provider in _paid:
            facts.paid.update(provider(numbers, as_of))
    return facts


def _read_stages(facts: Facts, ids: Sequence[int], as_of: datetime) -> None:
    rows = StageEntry.objects.as_of(as_of).filter(project_id__in=ids).order_by("pk")
    for project_id, stage, day in rows.values_list("project_id", "stage", "happened_on"):
        facts.stages[project_id, stage] = day
        facts.staged.add(project_id)


def _read_money(facts: Facts, ids: Sequence[int], as_of: datetime) -> None:
    rows = Investment.objects.as_of(as_of).filter(project_id__in=ids, kind__in=MONEY.values())
    said = ("project_id", "kind", "happened_on", "amount_cny", "voucher_no", "evidence_id")
    for project_id, kind, day, amount, voucher, evidence in rows.order_by("happened_on", "pk").values_list(
        *said
    ):
        line = (day, amount, bool(voucher or evidence))
        facts.money.setdefault((project_id, kind), []).append(line)


def _read_filings(facts: Facts, covenants: Sequence[Covenant], as_of: datetime) -> None:
    firms = {firm for one in covenants if one.kind in FILED and (firm := firm_of(one)) is not None}
    of = _families(firms)
    found: dict[int, list[Filing]] = defaultdict(list)
    for ids in _parts(sorted(of)):
        rows = Filing.objects.as_of(as_of).filter(enterprise_id__in=ids, measure__in=set(FILED.values()))
        for filing in rows.exclude(status=Filing.Status.FORECAST):
            for firm in of[filing.enterprise_id]:
                found[firm].append(filing)
    for firm, filings in found.items():
        for filing in sorted(standing_filings(filings).values(), key=lambda one: one.happened_on):
            facts.filings.setdefault((firm, filing.measure), []).append(filing)


def _families(firms: Iterable[int]) -> dict[int, set[int]]:
    """Return {firm that reports: firms of the agreements it reports for}, over merges up and down."""
    of: dict[int, set[int]] = {firm: {firm} for firm in firms}
    level = set(of)
    while level:
        up = Enterprise.objects.filter(pk__in=level, merged_into__isnull=False)
        down = Enterprise.objects.filter(merged_into__in=level)
        fresh: set[int] = set()
        for pairs in (
            list(up.values_list("pk", "merged_into_id")),
            [(into, pk) for pk, into in down.values_list("pk", "merged_into_id")],
        ):
            for known, other in pairs:
                before = len(of.setdefault(other, set()))
                of[other] |= of[known]
                if len(of[other]) > before:
                    fresh.add(other)
        level = fresh
    return of


def _read_findings(facts: Facts, covenants: Sequence[Covenant], as_of: datetime) -> None:
    """Read the findings of covenants, and of those they continue: a waiver of the old text is none of the new."""
    of: dict[int, set[int]] = {covenant.pk: {covenant.pk} for covenant in covenants}
    own = set(of)
    pending = {one.continues_id: {one.pk} for one in covenants if one.continues_id is not None}
    while pending:
        for old, news in pending.items():
            of.setdefault(old, set()).update(news)
        rows = Covenant.objects.filter(pk__in=pending, continues__isnull=False)
        following: dict[int, set[int]] = {}
        for pk, before in rows.values_list("pk", "continues_id"):
            following.setdefault(before, set()).update(pending[pk])
        pending = following
    for ids in _parts(sorted(of)):
        entries = CovenantFinding.objects.as_of(as_of).filter(covenant_id__in=ids)
        for entry in entries.select_related("evidence"):
            for pk in of[entry.covenant_id] & own:
                if pk == entry.covenant_id or entry.result != CovenantFinding.Result.WAIVED:
                    facts.findings.setdefault(pk, []).append(entry)
    for found in facts.findings.values():
        found.sort(key=lambda entry: (entry.happened_on, entry.pk), reverse=True)


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
