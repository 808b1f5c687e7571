"""Answer the policies of a folder with OpenFisca-Core, in an environment of its own; prints one JSON line.

Started by policy_openfisca, never imported by anything: the library is AGPL and no part of the product. Each condition
is a pair of yes-no variables, true and false, and each policy another pair made of those, as three answers need: a firm
is unknown where neither is. Formulas are numpy arithmetic on int64, so that no amount is rounded; each condition is
reckoned once and kept by the library for all policies that share it.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

FIRM = build_entity(key="firm", plural="firms", label="Firm", is_person=True)
HOUSE = build_entity(
    key="house", plural="houses", label="House", roles=[{"key": "member", "plural": "members"}]
)
PERIOD = "2026"


def variable(name, kind, formula=None):
    """Return a variable of firms; `formula` gives its values from those it needs."""
    parts = {"value_type": kind, "entity": FIRM, "definition_period": DateUnit.YEAR, "label": name}
    if formula is not None:
        parts["formula"] = lambda firm, period, parameters: formula(lambda other: firm(other, period))
    return type(name, (Variable,), parts)


def test(condition, of):
    """Return where a condition is met and where its facts are known, both for every firm."""
    kind, *rest = condition
    if kind == "sized":
        terms, constant, guards = rest
        names = [name for name, _ in terms]
        total = sum((factor * of(name).astype(np.int64) for name, factor in terms), np.int64(constant))
        known = of(f"has_{names[0]}")
        for name in names[1:]:
            known = known & of(f"has_{name}")
        for name in guards:
            known = known & (of(name) > 0)
        return total >= 0, known
    if kind == "flag":
        return of(rest[0]), of(f"has_{rest[0]}")
    field, codes = rest
    return np.isin(of(field), codes), of(f"has_{field}")


def true_of(condition):
    def formula(of):
        met, known = test(condition, of)
        return met & known

    return formula


def false_of(condition):
    def formula(of):
        met, known = test(condition, of)
        return known & ~met

    return formula


def joined(names, how):
    def formula(of):
        found = of(names[0])
        for name in names[1:]:
            found = how(found, of(name))
        return found

    return formula


def declare(system, policies):
    """Declare the pair of each policy out of those of its conditions; a choice is a pair of its own."""
    for number, (all_of, any_of) in enumerate(policies):
        sides = {"t": [f"t{one}" for one in all_of], "f": [f"f{one}" for one in all_of]}
        if any_of:
            for side, how in (("t", np.logical_or), ("f", np.logical_and)):
                name = f"{side}_choice{number}"
                system.add_variable(variable(name, bool, joined([f"{side}{one}" for one in any_of], how)))
                sides[side].append(name)
        for side, how in (("t", np.logical_and), ("f", np.logical_or)):
            system.add_variable(variable(f"{side}_policy{number}", bool, joined(sides[side], how)))


def main():
    folder = Path(sys.argv[1])
    asked = json.loads((folder / "policies.json").read_text("utf-8"))
    columns = np.load(folder / "firms.npz")
    system = TaxBenefitSystem([FIRM, HOUSE])
    for name in columns.files:
        system.add_variable(variable(name, bool if columns[name].dtype == bool else int))
    begun = time.process_time()
    for number, condition in enumerate(asked["conditions"]):
        system.add_variable(variable(f"t{number}", bool, true_of(condition)))
        system.add_variable(variable(f"f{number}", bool, false_of(condition)))
    declare(system, asked["policies"])
    declared = time.process_time() - begun
    count = len(columns[columns.files[0]])
    simulation = SimulationBuilder().build_default_simulation(system, count)
    for name in columns.files:
        simulation.set_input(name, PERIOD, columns[name])
    begun = time.process_time()
    eligible, ineligible = [], []
    for number in range(len(asked["policies"])):
        for side, counts in (("t", eligible), ("f", ineligible)):
            name = f"{side}_policy{number}"
            counts.append(int(np.count_nonzero(simulation.calculate(name, PERIOD))))
            simulation.delete_arrays(name, PERIOD)
    seconds = time.process_time() - begun
    print(json.dumps([eligible, ineligible, declared, seconds]))


if __name__ == "__main__":
    main()
