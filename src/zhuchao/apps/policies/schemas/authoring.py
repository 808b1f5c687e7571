"""What the API takes and gives for the rules of a version and what they do to firms. Amounts in yuan."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from ninja import Field, Schema


class RulesIn(Schema):
    """A text of rules, as ``PolicyVersion.rules`` keeps it."""

    rules: Annotated[str, Field(max_length=100_000)]


class RulesProblemOut(Schema):
    """What is wrong with a text of rules: a code, a sentence and the line (0 where none can be named)."""

    code: str
    message: str
    line: int


class RulesCheckOut(Schema):
    """Whether a text can be read, and which of its tests fail or are wanting."""

    is_readable: bool
    conditions: int
    problems: list[RulesProblemOut]


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


class RulesEdit(RulesIn):
    """A text of rules to save; ``version`` is the one that the draft was read with."""

    version: int
