"""Pieces of work put into an order, each begun as soon as what it waits for and somebody of its department allow."""

from collections.abc import Mapping, Sequence
from heapq import heapreplace

from zhuchao.engines.scheduling.pieces import Piece


def place_in_order(
    pieces: Sequence[Piece], departments: Mapping[str, int], order: Sequence[int]
) -> tuple[int, ...]:
    """Return when each piece begins when departments take their pieces in an order, nobody waiting without need.

    Args:
        order: numbers of the pieces, each after all that it waits for.
    """
    begin = min((piece.earliest for piece in pieces), default=0)
    free = {department: [begin] * places for department, places in departments.items()}
    starts = [0] * len(pieces)
    for number in order:
        piece = pieces[number]
        starts[number] = ready_at(pieces, starts, number)
        if piece.minutes:
            starts[number] = max(starts[number], free[piece.department][0])
            heapreplace(free[piece.department], starts[number] + piece.minutes)
    return tuple(starts)


def ready_at(pieces: Sequence[Piece], starts: Sequence[int], number: int) -> int:
    """Return the minute from which only its department keeps a piece waiting."""
    piece = pieces[number]
    ends = (starts[earlier] + pieces[earlier].minutes for earlier, _ in piece.after)
    return max(piece.earliest, max(ends, default=piece.earliest))
