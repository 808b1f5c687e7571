"""Amounts, areas and rates: exact, parsed from and printed as people write them."""

from zhuchao.engines.units.catalogue import (
    ISO_CURRENCIES,
    Dimension,
    Unit,
    currency_unit,
    find_unit,
    plain_unit,
    unit_named,
)
from zhuchao.engines.units.headers import sheet_unit, split_header
from zhuchao.engines.units.numbers import (
    Parsed,
    Qualifier,
    exact_decimal,
    parse_number,
    read_number,
    round_half_up,
)
from zhuchao.engines.units.printing import (
    MISSING,
    show_area,
    show_count,
    show_money,
    show_number,
    show_percent,
    show_points,
)
from zhuchao.engines.units.quantities import (
    BASE_PLACES,
    Quantity,
    from_base,
    from_base_exact,
    parse_quantity,
    to_base,
    to_base_exact,
)

__all__ = [
    "BASE_PLACES",
    "ISO_CURRENCIES",
    "MISSING",
    "Dimension",
    "Parsed",
    "Qualifier",
    "Quantity",
    "Unit",
    "currency_unit",
    "exact_decimal",
    "find_unit",
    "from_base",
    "from_base_exact",
    "parse_number",
    "parse_quantity",
    "plain_unit",
    "read_number",
    "round_half_up",
    "sheet_unit",
    "show_area",
    "show_count",
    "show_money",
    "show_number",
    "show_percent",
    "show_points",
    "split_header",
    "to_base",
    "to_base_exact",
    "unit_named",
]
