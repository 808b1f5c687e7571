"""Many cases dispatched: whoever is free takes the most urgent piece of work that can begin by then."""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush

from zhuchao.engines.scheduling.cases import Case

Starts = list[int]


class Floor:
    """All pieces of all cases under numbers of their own, so that one rule after the other can be tried quickly."""

    def __init__(self, cases: Sequence[Case], departments: Mapping[str, int]) -> None:
        self.pieces = [piece for case in cases for piece in case.pieces]
        self.sizes = [len(case.pieces) for case in cases]
        number_of = {name: number for number, name in enumerate(departments)}
        self.free = list(departments.values())
        self.minutes = [piece.minutes for piece in self.pieces]
        self.department = [number_of[piece.department] for piece in self.pieces]
        self.opens: list[int] = []
        self.missing: list[int] = []
        self.then: list[list[int]] = [[] for _ in self.pieces]
        self.begun: list[tuple[int, int]] = []  # what is in hand, and when it is over
        base = 0
        for case in cases:
            over = [piece.fixed and not piece.minutes for piece in case.pieces]
            for place, piece in enumerate(case.pieces):
                self.opens.append(case.opens(piece))
                waits = [earlier for earlier, _ in piece.after if not over[earlier]]
                self.missing.append(len(waits))
                for earlier in waits:
                    self.then[base + earlier].append(base + place)
                if piece.fixed and piece.minutes:
                    self.begun.append((base + place, piece.earliest + piece.minutes))
                    self.free[self.department[base + place]] -= 1
            base += len(case.pieces)

    def dispatch(self, urgency: Sequence[int]) -> list[Starts]:
        """Return when the pieces of each case begin; of those that can, the one with the least urgency goes first.

        Raises:
            EngineError: beyond_calendar where a public notice is not over in confirmed time.
        """
        pieces, minutes, department, then, opens = (
            *(self.pieces, self.minutes, self.department, self.then, self.opens),
        )
        count = len(pieces)
        wide = 2 * count
        missing, free = list(self.missing), list(self.free)
        starts = [piece.earliest if piece.fixed else 0 for piece in pieces]
        waiting: list[list[tuple[int, int]]] = [[] for _ in free]
        # an event is its minute times `wide`, plus the number of what can begin, or of what is over plus `count`
        events = [end * wide + count + number for number, end in self.begun]
        events += [
            opens[number] * wide + number
            for number, piece in enumerate(pieces)
            if not missing[number] and not piece.fixed
        ]
        heapify(events)
        while events:
            now = events[0] // wide
            until = (now + 1) * wide
            touched = set()
            while events and events[0] < until:
                number = heappop(events) % wide
                if number >= count:
                    number -= count
                    if minutes[number]:
                        free[department[number]] += 1
                        touched.add(department[number])
                elif minutes[number]:
                    heappush(waiting[department[number]], (urgency[number], number))
                    touched.add(department[number])
                    continue
                else:
                    starts[number] = now
                    end = pieces[number].end(now)
                    if end > now:
                        heappush(events, end * wide + count + number)
                        continue
                for later in then[number]:
                    missing[later] -= 1
                    if not missing[later]:
                        heappush(events, max(now, opens[later]) * wide + later)
            for name in touched:
                queue = waiting[name]
                while free[name] > 0 and queue:
                    number = heappop(queue)[1]
                    free[name] -= 1
                    starts[number] = now
                    heappush(events, (now + minutes[number]) * wide + count + number)
        return self._by_case(starts)

    def _by_case(self, starts: Starts) -> list[Starts]:
        found, base = [], 0
        for size in self.sizes:
            found.append(starts[base : base + size])
            base += size
        return found
