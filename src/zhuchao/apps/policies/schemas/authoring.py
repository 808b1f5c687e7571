"""What the API takes and gives for the rules of a version and what they do to firms. Amounts in yuan."""

from datetime import date
from decimal import Decimal

from ninja import Schema


class RulesEffectOut(Schema):
    """What rules say of the firms of a zone beside those in force; ``moves`` are firms by "before>after"."""

    day: date
    against_id: int | None
    firms: int
    losing: int
    counts: dict[str, int]
    moves: dict[str, int]
    gained_least_cny: Decimal
    gained_most_cny: Decimal
    lost_least_cny: Decimal
    lost_most_cny: Decimal


class FirmShiftOut(Schema):
    """A firm that is answered otherwise; ``conditions`` each as clause, text, before, after (0 no, 1 unknown, 2 yes)."""

    id: int
    enterprise_id: int
    enterprise: str
    before: str
    after: str
    loses: bool
    least_cny: Decimal
    most_cny: Decimal
    conditions: list[list[str | int | None]]


class FirmShiftPage(Schema):
    """A page of firms; ``after`` is the id to go on from, None at the end."""

    items: list[FirmShiftOut]
    after: int | None
