"""A public notice as constraints of a program: a yes-no variable for each day after which it can be posted."""

from bisect import bisect_left
from typing import Any

from zhuchao.engines.scheduling.notices import Notice


def add_notice(program: Any, notice: Notice, posted: Any, low: int, high: int, unit: int = 1) -> Any:
    """Return the least time at which what waits for a notice can begin, as an expression.

    Args:
        posted: when it is posted, a variable.
        low, high: minutes between which all happens; a notice that cannot be over by then rules everything out.
        unit: minutes of one step of the program; all values of the notice are multiples of it.
    """
    bounds, values = notice.bounds, notice.values
    first = max(low, notice.line.first_minute)
    program.add(posted >= -(-first // unit))
    place = bisect_left(bounds, first)
    if place == len(bounds) or values[place] > high:
        program.add_bool_or([])
        return high // unit
    over = values[place] // unit
    while place + 1 < len(bounds) and values[place + 1] <= high:
        later = program.new_bool_var("")
        program.add(posted <= bounds[place] // unit).only_enforce_if(~later)
        over += (values[place + 1] - values[place]) // unit * later
        place += 1
    program.add(posted <= bounds[place] // unit)
    return over
