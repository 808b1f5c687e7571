"""Relocation: what a person may see, progress by count and by area, and who is late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.db.models import (
    Count,
    DateField,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import RelocationEntry, RelocationParty, RelocationScheme, RelocationStep
from ..models.relocations import STEPS
from .places import Actor

Kind = RelocationEntry.Kind
AREA = DecimalField(max_digits=16, decimal_places=2)
ZERO = Decimal(0)


@dataclass(frozen=True)
class StepDone:
    """How many parties have come to a step or beyond, and what area they have; both of all that are listed."""

    step: str
    parties: int
    area_m2: Decimal
    of_parties: int
    of_area_m2: Decimal

    @property
    def label(self) -> str:
        return str(RelocationStep(self.step).label)

    @property
    def by_count(self) -> Fraction | None:
        """Return the ratio by count; None when nobody is listed."""
        return Fraction(self.parties, self.of_parties) if self.of_parties else None

    @property
    def by_area(self) -> Fraction | None:
        """Return the ratio by area; None when nobody is listed."""
        return Fraction(self.area_m2) / Fraction(self.of_area_m2) if self.of_area_m2 else None


@dataclass(frozen=True)
class Progress:
    """A scheme on a day as known at a moment: every step by count and by area, and the compensation, yuan."""

    steps: tuple[StepDone, ...]
    counted_step: str
    agreed_cny: Decimal
    paid_cny: Decimal

    @property
    def overall(self) -> StepDone:
        """Return the step that the scheme's overall progress is counted by."""
        return next(done for done in self.steps if done.step == self.counted_step)

    @property
    def paid_ratio(self) -> Fraction | None:
        """Return what was paid of what was agreed; None when nothing was agreed."""
        return Fraction(self.paid_cny) / Fraction(self.agreed_cny) if self.agreed_cny else None


def visible_schemes(actor: Actor) -> QuerySet[RelocationScheme]:
    """Return the schemes this person may see; an operator sees those of its own sites."""
    rows = RelocationScheme.objects.select_related("zone", "site")
    return zones.in_zones(rows, actor, Thing.RELOCATION, own="site__operator")


def get_scheme(actor: Actor, pk: int) -> RelocationScheme:
    """Return a scheme; raises NotFound when it is hidden or missing."""
    scheme = visible_schemes(actor).filter(pk=pk).first()
    if scheme is None:
        raise NotFound(what=_("该征迁项目"))
    return scheme


def visible_parties(actor: Actor) -> QuerySet[RelocationParty]:
    """Return the households and firms of schemes this person may see."""
    rows = RelocationParty.objects.select_related("zone", "scheme__site")
    return zones.in_zones(rows, actor, Thing.RELOCATION, own="scheme__site__operator")


def get_party(actor: Actor, pk: int) -> RelocationParty:
    """Return a household or firm; raises NotFound when it is hidden or missing."""
    party = visible_parties(actor).filter(pk=pk).first()
    if party is None:
        raise NotFound(what=_("该征迁户"))
    return party


def visible_relocation_entries(actor: Actor) -> EntryQuerySet:
    """Return the entries of schemes this person may see, replaced and void ones included."""
    rows = RelocationEntry.objects.select_related(
        "zone", "party__scheme__site", "recorded_by", "evidence", "replaced_by"
    )
    return cast(
        EntryQuerySet, zones.in_zones(rows, actor, Thing.RELOCATION, own="party__scheme__site__operator")
    )


def get_relocation_entry(actor: Actor, pk: int) -> RelocationEntry:
    """Return an entry; raises NotFound when it is hidden or missing."""
    entry: RelocationEntry | None = visible_relocation_entries(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该征迁条目"))
    return entry


def search_schemes(
    rows: QuerySet[RelocationScheme], scopes: Iterable[int], text: str
) -> QuerySet[RelocationScheme]:
    """Narrow schemes to those found by ``text``: their name, or a firm that has to move."""
    ids = matching_row_ids("premises.relocationscheme", list(scopes), text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(name__icontains=text)


def progress_of(scheme: RelocationScheme, on: date, as_of: datetime) -> Progress:
    """Return how far a scheme had come on a day, as known at a moment; one query."""
    return progress_of_all([scheme], on, as_of)[scheme.pk]


def progress_of_all(schemes: Iterable[RelocationScheme], on: date, as_of: datetime) -> Mapping[int, Progress]:
    """Return how far each scheme had come on a day, as known at a moment; one query for all of them.

    Who is not listed on that day does not count, nor does what is void or replaced by that moment.
    """
    schemes = list(schemes)
    rows = (
        RelocationEntry.objects.as_of(as_of)
        .filter(party__scheme__in=[scheme.pk for scheme in schemes], happened_on__lte=on)
        .order_by()
        .values_list("party__scheme_id", "party_id", "kind", "area_m2", "amount_cny")
    )
    areas: dict[int, dict[int, Decimal]] = {scheme.pk: {} for scheme in schemes}
    reached: dict[int, dict[int, int]] = {scheme.pk: {} for scheme in schemes}
    money: dict[int, dict[str, Decimal]] = {scheme.pk: {} for scheme in schemes}
    for scheme_id, party_id, kind, area_m2, amount_cny in rows:
        if kind == Kind.LISTED:
            areas[scheme_id][party_id] = area_m2
        if kind in STEPS:
            reached[scheme_id][party_id] = max(reached[scheme_id].get(party_id, -1), STEPS.index(kind))
        if amount_cny is not None:
            money[scheme_id][kind] = money[scheme_id].get(kind, ZERO) + amount_cny
    return {
        scheme.pk: Progress(
            steps=_steps(areas[scheme.pk], reached[scheme.pk]),
            counted_step=scheme.counted_step,
            agreed_cny=money[scheme.pk].get(Kind.AGREED, ZERO),
            paid_cny=money[scheme.pk].get(Kind.PAID, ZERO),
        )
        for scheme in schemes
    }


def _steps(areas: Mapping[int, Decimal], reached: Mapping[int, int]) -> tuple[StepDone, ...]:
    whole = sum(areas.values(), ZERO)
    found = []
    for place, step in enumerate(STEPS):
        done = [area for party, area in areas.items() if reached.get(party, -1) >= place]
        found.append(StepDone(step, len(done), sum(done, ZERO), len(areas), whole))
    return tuple(found)


def reached_counted_step(scheme: str = "party__scheme") -> Q:
    """Return the condition on entries for having come to the step that their scheme counts, or beyond."""
    found = Q(pk__in=())
    for place, step in enumerate(STEPS):
        found |= Q(**{f"{scheme}__counted_step": step}, kind__in=STEPS[place:])
    return found


def with_progress(rows: QuerySet[RelocationScheme]) -> QuerySet[RelocationScheme]:
    """Return schemes each with ``party_count``, ``area_m2``, ``done_count`` and ``done_m2`` as of now; no query more."""
    live = RelocationEntry.objects.live().order_by()
    listed = live.filter(party__scheme=OuterRef("pk"), kind=Kind.LISTED)
    done = listed.filter(Exists(live.filter(reached_counted_step(), party=OuterRef("party"))))

    def counted(entries: EntryQuerySet) -> Coalesce:
        number = entries.values("party__scheme").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(number, output_field=IntegerField()), 0)

    def area(entries: EntryQuerySet) -> Subquery:
        return Subquery(
            entries.values("party__scheme").annotate(n=Sum("area_m2")).values("n"), output_field=AREA
        )

    return rows.annotate(
        party_count=counted(listed), area_m2=area(listed), done_count=counted(done), done_m2=area(done)
    )


def with_steps(rows: QuerySet[RelocationParty]) -> QuerySet[Any]:
    """Return listed parties each with its area, the day of every step, and what was agreed and paid; no query more."""
    live = RelocationEntry.objects.live().filter(party=OuterRef("pk")).order_by()
    paid = live.filter(kind=Kind.PAID).values("party").annotate(n=Sum("amount_cny")).values("n")
    return rows.annotate(
        area_m2=Subquery(live.filter(kind=Kind.LISTED).values("area_m2")[:1], output_field=AREA),
        agreed_cny=Subquery(live.filter(kind=Kind.AGREED).values("amount_cny")[:1], output_field=AREA),
        paid_cny=Subquery(paid, output_field=AREA),
        is_done=Exists(live.filter(reached_counted_step())),
        **{
            f"{step}_on": Subquery(live.filter(kind=step).values("happened_on")[:1], output_field=DateField())
            for step in STEPS
        },
    ).filter(area_m2__isnull=False)


def late_parties(rows: QuerySet[RelocationParty], on: date) -> QuerySet[Any]:
    """Narrow parties to those whose day (their own, else the scheme's) has passed before they were done."""
    due = with_steps(rows).annotate(last_on=Coalesce(F("due_on"), F("scheme__due_on")))
    return due.filter(is_done=False, last_on__lt=on)


def late_schemes(actor: Actor, zone: Zone, on: date) -> list[tuple[RelocationScheme, int, date]]:
    """Return the schemes under ``zone`` with parties that are late, how many, and the first day missed; two queries."""
    ids = zones.zones_under(actor, zone, Thing.RELOCATION)
    late: dict[int, list[date]] = {}
    rows = late_parties(visible_parties(actor).filter(zone_id__in=ids), on)
    for scheme_id, last_on in rows.order_by().values_list("scheme_id", "last_on"):
        late.setdefault(scheme_id, []).append(last_on)
    schemes = RelocationScheme.objects.in_bulk(late)
    found = [(schemes[pk], len(days), min(days)) for pk, days in late.items()]
    return sorted(found, key=lambda row: (row[2], row[0].pk))
