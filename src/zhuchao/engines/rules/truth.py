"""The three answers."""

from enum import IntEnum


class Truth(IntEnum):
    """True, false or unknown; in this order the least is Kleene's and, the greatest his or."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2
