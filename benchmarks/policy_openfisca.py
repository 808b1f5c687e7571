"""Time the matching of policies with firms beside OpenFisca-Core: the same data, the same run, the same counts.

    python3 dev.py bench policy_openfisca [--firms 1000000] [--policies 2000] [--pool 600]

The policies of policy_match, of five conditions each out of some 600, against as many firms, whose amounts are whole
thousands of yuan here, because OpenFisca keeps whole numbers of 32 bits. It must take at least 10 times the CPU. Its
declaration of the variables is not counted, nor is the making of its input; the reading of our own terms is counted.

OpenFisca-Core is AGPL: it is installed for this measurement only, into var/openfisca by the pip of this user, and the
product never imports it. Prints one JSON line; a ratio to the limit above 1 fails, and so do counts that differ. Where
it cannot be installed, the line says why and the measurement fails.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from _measuring import say
from policy_match import MONEY, count, make_firms, make_policies, vocabulary

HERE = Path(__file__).resolve().parent
HOME = HERE.parent / "var" / "openfisca"
PACKAGE = "openfisca-core==46.0.1"
TIMES = 10


def environment() -> Path:
    """Return the Python of the environment that has OpenFisca, made where it is missing.

    Raises subprocess.CalledProcessError where it cannot be installed.
    """
    python = HOME / ("Scripts" if os.name == "nt" else "bin") / "python"
    probe = [str(python), "-c", "import openfisca_core.simulations"]
    if not python.exists() or subprocess.run(probe, capture_output=True).returncode:
        venv.create(HOME, with_pip=True, clear=True)
        asked = [str(python), "-m", "pip", "install", "--quiet", PACKAGE]
        subprocess.run(asked, check=True, capture_output=True, encoding="utf-8", errors="replace")
    return python


def in_thousands(table: Any) -> Any:
    """Return the firms with their amounts rounded down to whole thousands of yuan."""
    import pyarrow as pa
    import pyarrow.compute as pc

    thousand = pa.scalar(1000, pa.int64())
    for name in MONEY:
        whole = pc.multiply(pc.divide(table[name], thousand), thousand)
        table = table.set_column(table.schema.get_field_index(name), name, whole)
    return table


def columns_of(table: Any) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the firms as arrays with one more that says where each is known, and the words of coded columns.

    Amounts are in thousands of yuan, days in those since the year 1.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    found, words = {}, {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        found[f"has_{name}"] = pc.is_valid(column).to_numpy(zero_copy_only=False)
        if name in MONEY:
            values = pc.divide(column, pa.scalar(1000, pa.int64())).fill_null(0)
        elif name == "born":
            values = pc.add(column.cast(pa.int32()).fill_null(0), pa.scalar(719_163, pa.int32()))
        elif pa.types.is_string(column.type):
            coded = column.dictionary_encode()
            words[name] = coded.dictionary.to_pylist()
            values = coded.indices.fill_null(-1)
        else:
            values = column.fill_null(False if name == "listed" else 0)
        array = values.to_numpy(zero_copy_only=False)
        found[name] = array if array.dtype == bool else array.astype(np.int32)
    return found, words


def as_data(policies: list[Any], words: dict[str, list[str]]) -> dict[str, Any]:
    """Return the policies as JSON-ready data: different conditions, and their numbers in each policy."""
    from zhuchao.engines.rules.terms import All, Begins, IsTrue, OneOf, Sized

    numbers: dict[Any, int] = {}

    def number(condition: Any) -> int:
        return numbers.setdefault(condition, len(numbers))

    def data(condition: Any) -> list[Any]:
        match condition:
            case Sized(form, _, guards):
                # an amount in thousands of yuan is 100,000 of the fen that terms count in
                scaled = [(name, factor * (100_000 if name in MONEY else 1)) for name, factor in form.terms]
                return ["sized", scaled, form.constant, [guard.terms[0][0] for guard in guards]]
            case Begins(field, prefixes):
                return [
                    "coded",
                    field,
                    [n for n, word in enumerate(words[field]) if word.startswith(prefixes)],
                ]
            case OneOf(field, choices):
                return ["coded", field, [n for n, word in enumerate(words[field]) if word in choices]]
            case IsTrue(field):
                return ["flag", field]
        raise AssertionError(condition)

    asked = []
    for policy in policies:
        leaves = [part for part in policy.parts if not hasattr(part, "parts")]
        choices = [part for part in policy.parts if hasattr(part, "parts")]
        assert isinstance(policy, All)
        asked.append([[*map(number, leaves)], [number(one) for part in choices for one in part.parts]])
    return {"conditions": [data(condition) for condition in numbers], "policies": asked}


def main() -> int:
    import numpy as np

    from zhuchao.engines.rules.columns import parts_of_table

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--policies", type=int, default=2_000)
    parser.add_argument("--pool", type=int, default=600)
    asked = parser.parse_args()
    try:
        python = environment()
    except (subprocess.CalledProcessError, OSError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        say(case="openfisca", installed=False, why=said[-1] if said else str(error))
        return 1
    table = in_thousands(make_firms(asked.firms))
    policies = make_policies(asked.policies, asked.pool)
    fields = vocabulary()
    parts = list(parts_of_table(table, fields, [field.name for field in fields]))
    match, seconds, distinct = count(policies, parts, 1)
    with tempfile.TemporaryDirectory(prefix="zhuchao-bench-") as folder:
        arrays, words = columns_of(table)
        np.savez(Path(folder) / "firms.npz", **arrays)
        (Path(folder) / "policies.json").write_text(json.dumps(as_data(policies, words)), "utf-8")
        alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        answer = subprocess.run(
            [str(python), str(HERE / "_openfisca.py"), folder],
            capture_output=True,
            encoding="utf-8",
            env=alone | {"OMP_NUM_THREADS": "1"},
        )
    if answer.returncode:
        raise SystemExit(answer.stderr)
    eligible, ineligible, declared, theirs = json.loads(answer.stdout.splitlines()[-1])
    same = [eligible, ineligible] == [match.eligible.tolist(), match.ineligible.tolist()]
    say(
        case="openfisca",
        package=PACKAGE,
        policies=len(policies),
        conditions=distinct,
        firms=match.rows,
        cpu_seconds=round(seconds, 2),
        openfisca_cpu_seconds=round(theirs, 2),
        openfisca_declaring_cpu_seconds=round(declared, 2),
        ratio=round(theirs / seconds, 1),
        ratio_to_limit=round(TIMES * seconds / theirs, 2),
        counts_identical=same,
    )
    return int(not same or theirs < TIMES * seconds)


if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]
    sys.exit(main())
