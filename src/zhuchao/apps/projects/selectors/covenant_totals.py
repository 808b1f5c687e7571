"""Covenants together: how many stand how, and what was promised against what was delivered, kind by kind."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhuchao.engines.figures import Share, share

from ..models import CovenantKind, CovenantState, Side
from .standings import MEASURED, PER_MU, Standing

ZERO = Decimal(0)
SETTLED = frozenset({CovenantState.KEPT, CovenantState.LATE, CovenantState.SHORT, CovenantState.BREACHED})
"""States of which it is known what became of the covenant when it was due."""


@dataclass(frozen=True)
class KindTotal:
    """One kind of covenant: how many stand how; of those settled, what was promised and delivered.

    The sums are None for a kind that promises a day, or a rate that does not add up. What is not known is in neither.
    """

    kind: CovenantKind
    side: Side
    states: dict[CovenantState, int]
    promised: Decimal | None
    delivered: Decimal | None

    @property
    def count(self) -> int:
        return sum(self.states.values())

    @property
    def settled(self) -> int:
        return sum(self.states.get(state, 0) for state in SETTLED)

    @property
    def kept(self) -> int:
        return self.states.get(CovenantState.KEPT, 0) + self.states.get(CovenantState.LATE, 0)

    @property
    def red(self) -> int:
        return self.states.get(CovenantState.SHORT, 0) + self.states.get(CovenantState.BREACHED, 0)

    @property
    def unknown(self) -> int:
        return self.states.get(CovenantState.UNKNOWN, 0)

    @property
    def open(self) -> int:
        return self.states.get(CovenantState.NOT_DUE, 0)

    @property
    def waived(self) -> int:
        return self.states.get(CovenantState.WAIVED, 0)

    @property
    def rate(self) -> Share:
        """Return the part of the settled covenants that was kept."""
        return share(Decimal(self.kept), Decimal(self.settled))

    @property
    def filled(self) -> Share:
        """Return what was delivered of what was promised; n/a where the kind has no sums."""
        if self.promised is None or self.delivered is None:
            return share(None, None)
        return share(self.delivered, self.promised)


def totals_by_kind(standings: Iterable[Standing]) -> list[KindTotal]:
    """Return the totals of every kind that occurs, the firm's first, in the order of the kinds."""
    found: dict[CovenantKind, list[Standing]] = {}
    for standing in standings:
        found.setdefault(CovenantKind(standing.covenant.kind), []).append(standing)
    order = list(CovenantKind)
    return [_total(kind, found[kind]) for kind in sorted(found, key=order.index)]


def counts_of(standings: Iterable[Standing]) -> dict[CovenantState, int]:
    """Return how many covenants stand how, every state included."""
    counted = Counter(standing.state for standing in standings)
    return {state: counted.get(state, 0) for state in CovenantState}


def _total(kind: CovenantKind, rows: Sequence[Standing]) -> KindTotal:
    counted = Counter(row.state for row in rows)
    adds_up = kind in MEASURED and kind not in PER_MU
    settled = [row for row in rows if row.state in SETTLED and row.value is not None]
    if kind == CovenantKind.JOBS:
        settled = _latest_of_each(settled)
    return KindTotal(
        kind,
        Side(rows[0].covenant.side),
        dict(counted),
        sum((row.covenant.target or ZERO for row in settled), ZERO) if adds_up else None,
        sum((row.value or ZERO for row in settled), ZERO) if adds_up else None,
    )


def _latest_of_each(rows: Iterable[Standing]) -> list[Standing]:
    """Keep one covenant a project: people who have their job two years running are not twice as many."""
    latest: dict[int, Standing] = {}
    for row in sorted(rows, key=lambda one: (one.covenant.due_on, one.covenant.pk)):
        latest[row.covenant.agreement.project_id] = row
    return list(latest.values())
