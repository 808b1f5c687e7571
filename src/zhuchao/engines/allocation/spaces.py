"""A unit of premises as the engine sees it."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from zhuchao.engines import EngineError
from zhuchao.engines.allocation.facts import FACTS, Fact, Kind, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A free unit. A fact that is None is not known, and is never taken for a no.

    Attributes:
        key: the caller's key, once in a stock.
        building: key of the building; a plot without one gives a key of its own.
        floor: storey, 1 is the ground floor and -1 the first below; None when not known.
        position: place along its floor, neighbours differ by 1, and equal positions of two storeys lie above one
            another; None when not known: such a space stands in no run but its own.
        area_m2: floor area that is let, m².
        available_on: first day on which it can be used.
        type: such as workshop, office; `uses` all uses that are allowed.
        forbids, permits, admission: the caller's name for the rules that hold here: what is forbidden, what is
            permitted, who is admitted. A criterion names those rules that a need passes.
        heritage: stands under protection; `admits_hazard`, `admits_food`: such production is permitted here.
    """

    key: str
    building: str
    area_m2: Decimal
    floor: int | None = None
    position: int | None = None
    clear_height_m: Decimal | None = None
    floor_load_kn_m2: Decimal | None = None
    column_spacing_m: Decimal | None = None
    hoist_t: Decimal | None = None
    power_kva: Decimal | None = None
    water_m3_day: Decimal | None = None
    rent_cny_m2_month: Decimal | None = None
    available_on: date | None = None
    type: str | None = None
    fire_class: str | None = None
    tenure: str | None = None
    uses: frozenset[str] | None = None
    water: bool | None = None
    gas: bool | None = None
    sewage: bool | None = None
    loading_dock: bool | None = None
    heritage: bool | None = None
    admits_hazard: bool | None = None
    admits_food: bool | None = None
    forbids: str | None = None
    permits: str | None = None
    admission: str | None = None

    def __post_init__(self) -> None:
        if not (self.area_m2.is_finite() and self.area_m2 > 0):
            raise EngineError("space_area", f"{self.key} has {self.area_m2} m²", space=self.key)
        for fact, kind in FACTS.items():
            value = getattr(self, fact.value)
            if kind.kind is not Kind.NUMBER or fact is Fact.FLOOR or value is None:
                continue
            if not (value.is_finite() and value >= 0):
                raise EngineError("space_fact", f"{self.key}: {fact} {value}", space=self.key, fact=fact)

    def fact(self, fact: Fact) -> Value | None:
        """Return a fact as a value that a criterion can name, None when not known."""
        value = getattr(self, fact.value)
        if value is None or isinstance(value, bool | date | Decimal | frozenset):
            return value
        return frozenset((value,)) if isinstance(value, str) else Decimal(value)


assert {fact.value for fact in Fact} <= {field.name for field in fields(Space)}
