"""Turn a value in a written unit into what an indicator keeps."""

from decimal import Decimal

from zhuchao.engines import EngineError
from zhuchao.engines.units import Dimension, to_base, unit_named

from ..errors import UnitDoesNotFit
from ..models import Indicator

_DIMENSIONS = {
    Indicator.Dimension.MONEY: {Dimension.MONEY},
    Indicator.Dimension.AREA: {Dimension.AREA},
    Indicator.Dimension.COUNT: {Dimension.COUNT},
    Indicator.Dimension.RANK: {Dimension.COUNT},
    Indicator.Dimension.RATIO: {Dimension.RATIO},
}


def base_value(indicator: Indicator, value: Decimal, unit: str) -> Decimal:
    """Return ``value`` in the unit the indicator keeps (yuan or its currency, m², count, ratio), exact.

    Raises UnitDoesNotFit for a unit of another kind or currency: an amount in dollars is never taken for yuan.
    """
    if indicator.dimension == Indicator.Dimension.RANK:
        return value
    try:
        found = unit_named(unit or indicator.show_unit)
    except EngineError as error:
        raise UnitDoesNotFit(unit=unit, indicator=indicator.title, wanted=indicator.show_unit) from error
    fits = found.dimension in _DIMENSIONS[Indicator.Dimension(indicator.dimension)]
    if not fits or (indicator.currency and found.currency != indicator.currency):
        raise UnitDoesNotFit(unit=unit, indicator=indicator.title, wanted=indicator.show_unit)
    return to_base(value, found)
