"""Plan approvals, or projects in general, with PyJobShop, in an environment of its own; prints one JSON line.

Started by approval_plan and psplib_solve, never imported by anything. What it makes of a task: a review for each mode,
of which exactly one is done, and an issue; a review before the start must be over by it, a pledge uses credit.
"""

import json
import sys
import time

from pyjobshop import Model


def plan(asked):
    """Return the last certificate, in minutes from the start, and whether it is proved."""
    model, start = Model(), asked["pre_review"]
    places = {name: model.add_renewable(count) for name, count in asked["departments"].items()}
    credit = model.add_consumable(asked["credit"])
    issues, reviews = {}, {}
    for task in asked["tasks"]:
        place = places[task["department"]]
        issue = model.add_task(earliest_start=start)
        model.add_mode(issue, place, task["issue"], 1)
        some = {}
        for mode in task["modes"]:
            if mode == "early":
                if task["review"] > start:
                    continue
                review = model.add_task(latest_end=start, optional=True)
            else:
                review = model.add_task(earliest_start=start, optional=True)
            if mode == "pledge":
                model.add_mode(review, credit, 0, task["credit"])
            else:
                model.add_mode(review, place, task["review"], 1)
            model.add_end_before_start(review, issue)
            some[mode] = review
        model.add_select_exactly_one(list(some.values()))
        issues[task["key"]], reviews[task["key"]] = issue, some
    for first, then, late in asked["links"]:
        model.add_end_before_start(issues[first], issues[then])
        for mode in ("normal",) if late else ("normal", "late"):
            if mode in reviews[then]:
                model.add_end_before_start(issues[first], reviews[then][mode])
        if "early" in reviews[first] and "early" in reviews[then]:
            model.add_end_before_start(reviews[first]["early"], reviews[then]["early"])
    found = model.solve(time_limit=60, display=False, num_workers=1)
    return found.objective - start, found.status.value == "Optimal"


def shortest(project, seconds):
    """Return the length of the shortest schedule found in that time."""
    model = Model()
    renewable = project["renewable"]
    places = [
        model.add_renewable(capacity) if number < renewable else model.add_consumable(capacity)
        for number, capacity in enumerate(project["capacities"])
    ]
    tasks = [model.add_task() for _ in project["jobs"]]
    for task, job in zip(tasks, project["jobs"], strict=True):
        for duration, uses in job["ways"]:
            used = [(place, amount) for place, amount in zip(places, uses, strict=True) if amount]
            model.add_mode(task, [place for place, _ in used], duration, [amount for _, amount in used])
        for then in job["successors"]:
            model.add_end_before_start(task, tasks[then])
    found = model.solve(time_limit=seconds, display=False, num_workers=1)
    return found.objective


def main():
    asked = json.load(sys.stdin)
    if "projects" in asked:
        begun = time.perf_counter()
        lengths = [shortest(project, asked["seconds"]) for project in asked["projects"]]
        print(json.dumps({"lengths": lengths, "wall": time.perf_counter() - begun}))
        return
    finishes, proved, seconds = [], [], []
    plan(asked["plans"][0])  # what is loaded once is loaded
    for one in asked["plans"]:
        begun = time.process_time()
        finish, optimal = plan(one)
        seconds.append(time.process_time() - begun)
        finishes.append(finish)
        proved.append(optimal)
    print(json.dumps({"finishes": finishes, "proved": proved, "seconds": seconds}))


if __name__ == "__main__":
    main()
