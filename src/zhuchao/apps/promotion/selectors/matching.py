"""The match between leads and premises: units for a lead, leads for a unit, and what each criterion says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.engines.allocation import Candidate, Space, Verdict, look_at, rank_needs, rank_spaces

from ..models import Lead, LeadNeeds
from .asks import Asked, Row, asked_by, rows_of, says_anything
from .catalogue import Catalogue, catalogue, key_of
from .leads import Actor, visible_leads
from .needs import needs_of

SHOWN = 10
MOST_COMPARED = 4
TO_PLACE = (Lead.Stage.FOUND, Lead.Stage.TALKING, Lead.Stage.AGREEING)


@dataclass(frozen=True)
class Fit:
    """Units that were looked at for a lead, with what every criterion says.

    ``score`` is 0 to 100 by the criteria that count, ``doubt`` how far it can move either way because facts are not
    known; ``question`` is the one fact to ask for first and ``question_of`` the units to ask it of.
    """

    lead: Lead
    units: tuple[Unit, ...]
    verdict: Verdict
    score: Decimal
    doubt: Decimal
    area_m2: Decimal
    rows: tuple[Row, ...]
    question: str = ""
    question_of: tuple[Unit, ...] = ()

    @property
    def name(self) -> str:
        """Return the units in one line: the place once, then each number."""
        first = self.units[0]
        if len(self.units) == 1:
            return str(first)
        place = " ".join(str(part) for part in (first.site, first.building) if part)
        numbers = " + ".join(
            " ".join(str(part) for part in (unit.floor, unit.name) if part) for unit in self.units
        )
        return f"{place} {numbers}"

    @property
    def ids(self) -> str:
        """Return the ids of the units as they stand in an address."""
        return "-".join(str(unit.pk) for unit in self.units)

    @property
    def reasons(self) -> list[Row]:
        """Return the rows that are not met, what must hold first."""
        return sorted(
            (row for row in self.rows if row.verdict is not Verdict.MET), key=lambda row: not row.is_hard
        )

    @property
    def is_refused(self) -> bool:
        """Return whether something that must hold does not: then no score stands beside it."""
        return self.verdict is Verdict.NOT_MET

    @property
    def met(self) -> int:
        return sum(row.verdict is Verdict.MET for row in self.rows)


@dataclass(frozen=True)
class Match:
    """What a lead finds: what fits, what fits but for a fact to ask for, what comes nearest, and what is free soon.

    ``refused_by`` says how many choices each criterion that must hold refuses.
    """

    asked: Asked
    fits: tuple[Fit, ...]
    asks: tuple[Fit, ...]
    nearest: tuple[Fit, ...]
    soon: tuple[Fit, ...]
    fits_count: int
    asks_count: int
    refused_count: int
    refused_by: tuple[tuple[str, int], ...]
    vacant_count: int


@dataclass(frozen=True)
class UnitMatch:
    """The leads for a unit, each with the best choice that holds it: those that fit, to ask about, and refused."""

    unit: Unit
    fits: tuple[Fit, ...]
    asks: tuple[Fit, ...]
    refused: tuple[Fit, ...]


def match_lead(actor: Actor, lead: Lead, *, zone: Zone | None = None, limit: int = SHOWN) -> Match | None:
    """Rank the free units and runs of neighbours for a lead; None where it has not said what it needs.

    The units are those of the lead's zone, or of ``zone`` for a lead that another zone shares.
    """
    needs = needs_of(lead)
    if not says_anything(needs):
        return None
    found = catalogue(actor, zone or lead.zone)
    asked = asked_by(lead, needs, found)
    ranking = rank_spaces(asked.need, found.vacant, limit=limit)
    later = rank_spaces(asked.need, found.soon, limit=limit // 2)
    return Match(
        asked,
        tuple(fit_of(asked, one, found) for one in ranking.fits),
        tuple(fit_of(asked, one, found) for one in ranking.asks),
        tuple(fit_of(asked, one, found) for one in ranking.nearest),
        tuple(fit_of(asked, one, found) for one in later.fits),
        ranking.fits_count,
        ranking.asks_count,
        ranking.refused_count,
        tuple((asked.ask_of(criterion).label, count) for criterion, count in ranking.refused_by if count),
        len(found.vacant.spaces),
    )


def match_unit(actor: Actor, unit: Unit, *, limit: int = SHOWN) -> UnitMatch | None:
    """Rank the open leads of this person for a vacant unit; None where the unit is not vacant."""
    found = catalogue(actor, unit.zone)
    key = key_of(unit)
    if key not in found.vacant.place_of:
        return None
    asked = {
        one.need.key: one for one in asked_by_all(leads_to_place(actor, zones.lineage_ids(unit.zone)), found)
    }
    ranking = rank_needs([one.need for one in asked.values()], found.vacant, key)

    def shown(candidates: Sequence[Candidate]) -> tuple[Fit, ...]:
        return tuple(fit_of(asked[one.need.key], one, found) for one in candidates[:limit])

    return UnitMatch(unit, shown(ranking.fits), shown(ranking.asks), shown(ranking.refused))


def compare(
    actor: Actor, lead: Lead, choices: Iterable[Sequence[int]], *, zone: Zone | None = None
) -> list[Fit]:
    """Return up to four choices of units side by side; raises NotFound for a unit that is not free any more."""
    wanted = list(choices)
    if len(wanted) > MOST_COMPARED:
        raise WrongInput(field=_("比较"), why=_("最多同时比较 {n} 个。").format(n=MOST_COMPARED))
    found = catalogue(actor, zone or lead.zone)
    asked = asked_by(lead, needs_of(lead), found)
    return [fit_of(asked, look_at(asked.need, spaces_of(found, ids)), found) for ids in wanted]


def look(actor: Actor, lead: Lead, units: Sequence[Unit]) -> Fit:
    """Return what a lead's criteria say to some free units, as they are now."""
    return compare(actor, lead, [[unit.pk for unit in units]])[0]


def spaces_of(found: Catalogue, ids: Sequence[int]) -> tuple[Space, ...]:
    """Return the spaces of some units of a catalogue; raises NotFound."""
    spaces = []
    for pk in ids:
        key = f"{pk:010d}"
        stock = found.vacant if key in found.vacant.place_of else found.soon
        if key not in stock.place_of:
            raise NotFound(what=_("该空置房源"))
        spaces.append(stock.spaces[stock.place_of[key]])
    if not spaces:
        raise NotFound(what=_("该空置房源"))
    return tuple(spaces)


def leads_to_place(actor: Actor, zone_ids: Sequence[int]) -> QuerySet[LeadNeeds]:
    """Return what the leads of some zones that are still open ask of premises, as far as this person may see them."""
    leads = visible_leads(actor).filter(zone_id__in=zone_ids, stage__in=TO_PLACE).order_by().values("pk")
    rows = LeadNeeds.objects.select_related("lead__zone", "lead__sector").filter(lead__in=leads)
    return rows.order_by("lead")


def asked_by_all(rows: Iterable[LeadNeeds], found: Catalogue, *, scope_is_hard: bool = False) -> list[Asked]:
    """Return what each of these leads asks, those left out that have said nothing."""
    return [
        asked_by(needs.lead, needs, found, scope_is_hard=scope_is_hard)
        for needs in rows
        if says_anything(needs)
    ]


def fit_of(asked: Asked, candidate: Candidate, found: Catalogue) -> Fit:
    """Put what the engine found into words."""
    rows = tuple(rows_of(asked, candidate, found))
    question = candidate.question
    return Fit(
        asked.lead,
        tuple(found.units_of(candidate.spaces)),
        candidate.verdict,
        candidate.score,
        candidate.doubt,
        candidate.area_m2,
        rows,
        asked.ask_of(question.about).label if question else "",
        tuple(found.units_of(question.of)) if question else (),
    )
