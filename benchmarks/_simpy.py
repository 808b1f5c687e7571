"""Rehearse a plan with SimPy, in an environment of its own; prints one JSON line.

Started by approval_rehearsal, never imported by anything. Each piece of work is a process that waits for what it
waits for, for its turn in its department (the order of the plan) and for somebody there.
"""

import json
import math
import random
import sys
import time

import simpy

PEAK = 4.0


def minutes_of(piece, asked, factor, chance):
    least, likely, most = asked["spread"]
    width = most - least
    low, high = 1 + PEAK * (likely - least) / width, 1 + PEAK * (most - likely) / width
    return piece["minutes"] * (least + width * chance.betavariate(low, high)) * factor


def rehearse(asked, chance):
    """Return when the last piece of one run was over."""
    env = simpy.Environment()
    places = {name: simpy.Resource(env, count) for name, count in asked["departments"].items()}
    pieces = asked["pieces"]
    over = [env.event() for _ in pieces]
    begun = [env.event() for _ in pieces]
    before = {}
    shared = asked["shared"]
    factor = math.exp(chance.gauss(-shared * shared / 2, shared))
    offset = -min(piece["earliest"] for piece in pieces)
    ends = []

    def work(number, turn):
        piece = pieces[number]
        yield env.timeout(piece["earliest"] + offset)
        for earlier in piece["after"]:
            yield over[earlier]
        if piece["minutes"]:
            if turn is not None:
                yield begun[turn]
            with places[piece["department"]].request() as request:
                yield request
                begun[number].succeed()
                yield env.timeout(minutes_of(piece, asked, factor, chance))
        over[number].succeed()
        ends.append(env.now - offset)

    for number in asked["order"]:
        piece = pieces[number]
        turn = before.get(piece["department"]) if piece["minutes"] else None
        if piece["minutes"]:
            before[piece["department"]] = number
        env.process(work(number, turn))
    env.run()
    return max(ends)


def main():
    asked = json.load(sys.stdin)
    chance = random.Random(1)
    begun = time.process_time()
    ends = [rehearse(asked, chance) for _ in range(asked["runs"])]
    seconds = time.process_time() - begun
    print(json.dumps({"mean": sum(ends) / len(ends), "seconds": seconds}))


if __name__ == "__main__":
    main()
