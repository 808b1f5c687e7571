"""Pieces of work put into an order, each begun as soon as what it waits for and somebody of its department allow."""

from collections.abc import Mapping, Sequence
from heapq import heapreplace

from zhuchao.engines.scheduling.pieces import Piece


def place_in_order(
    pieces: Sequence[Piece], departments: Mapping[str, int], order: Sequence[int]
) -> tuple[int, ...]:
    """Return when each piece begins when departments take their pieces in an order, nobody waiting without need.

    Args:
        order: numbers of the pieces, each after all that it waits for; those that are fixed before all others.

    Raises:
        EngineError: beyond_calendar where a public notice is not over in confirmed time.
    """
    begin = min((piece.earliest for piece in pieces), default=0)
    free = {department: [begin] * places for department, places in departments.items()}
    starts = [0] * len(pieces)
    for number in order:
        piece = pieces[number]
        starts[number] = ready_at(pieces, starts, number)
        if not piece.minutes:
            continue
        held = free[piece.department]
        if not piece.fixed:
            starts[number] = max(starts[number], held[0])
        # more may be in hand than there are people: then those that are over last keep the others waiting
        heapreplace(held, max(held[0], starts[number] + piece.minutes))
    return tuple(starts)


def in_turn(pieces: Sequence[Piece], begins: Sequence[int]) -> tuple[int, ...]:
    """Return the pieces in the order in which they begin, what has begun before all others."""
    return tuple(sorted(range(len(pieces)), key=lambda n: (not pieces[n].fixed, begins[n], n)))


def ready_at(pieces: Sequence[Piece], starts: Sequence[int], number: int) -> int:
    """Return the minute from which only its department keeps a piece waiting."""
    piece = pieces[number]
    ends = (pieces[earlier].end(starts[earlier]) for earlier, _ in piece.after)
    return max(piece.earliest, max(ends, default=piece.earliest))


def tails_of(pieces: Sequence[Piece]) -> list[int]:
    """Return for each piece the working minutes from its beginning to the end of its case, at least."""
    lengths = [piece.minutes if piece.notice is None else piece.notice.least for piece in pieces]
    tails = list(lengths)
    for number in reversed(range(len(pieces))):
        for earlier, _ in pieces[number].after:
            tails[earlier] = max(tails[earlier], lengths[earlier] + tails[number])
    return tails
