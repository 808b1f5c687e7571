"""Time the matching of a Parquet of firms on a Spark of two workers, and in this process on the same file.

    python3 dev.py bench spark_match [--firms 1000000] [--policies 2000] [--in-group 100000]

A master and two workers of one core on loopback, which needs Java 17. local: this process; cold: the first matching after
the workers were started, with all that starts then; warm: the second one, connected anew. Each writes the firms that are
eligible or unknown; the files must be the same to the byte. Warm may take at most 3 times the wall clock of local: a
ratio to the limit above 1 fails. Prints one JSON line a way.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _measuring import say

HERE = Path(__file__).resolve().parent
TIMES = 3
WORKERS = 2


def matched(engine: Any, listing: Any, facts: Path, out: Path) -> tuple[float, dict[str, bytes]]:
    """Return the seconds of the wall clock and the files."""
    from zhuchao.engines.rules.columns import places_of_parquet

    out.mkdir()
    todo = [(number, place, out / f"{number:05}") for number, place in enumerate(places_of_parquet(facts))]
    begun = time.monotonic()
    engine.make(listing, facts, todo, lambda rows: None)
    seconds = time.monotonic() - begun
    return seconds, {path.name: path.read_bytes() for path in out.iterdir()}


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhuchao.config.settings")
    django.setup()

    import pyarrow.parquet as pq
    from policy_match import POOLS, make_firms, make_policies, vocabulary

    from tooling.spark import running_spark
    from zhuchao.apps.policies.services.cluster import Cluster
    from zhuchao.apps.policies.services.matching import Local
    from zhuchao.engines.rules.listing import Listing

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--policies", type=int, default=2_000)
    parser.add_argument("--in-group", type=int, default=100_000)
    asked = parser.parse_args()
    names = tuple(f"p{number}" for number in range(asked.policies))
    listing = Listing(names, tuple(make_policies(asked.policies, POOLS["shared"])), tuple(vocabulary()))
    with (
        tempfile.TemporaryDirectory(prefix="zhuchao-bench-") as name,
        running_spark(workers=WORKERS) as spark,
    ):
        folder = Path(name)
        facts = folder / "facts.parquet"
        pq.write_table(make_firms(asked.firms), facts, row_group_size=asked.in_group)
        first: tuple[float, dict[str, bytes]] | None = None
        kept = True
        for way in ("local", "cold", "warm"):
            engine = Local() if way == "local" else Cluster(spark.master)
            seconds, files = matched(engine, listing, facts, folder / way)
            first = first or (seconds, files)
            ratio = seconds / first[0]
            same = files == first[1]
            kept = kept and same and (way != "warm" or ratio <= TIMES)
            say(
                case=way,
                firms=asked.firms,
                policies=asked.policies,
                partitions=len(files),
                megabytes=round(sum(map(len, files.values())) / 2**20, 1),
                wall_seconds=round(seconds, 1),
                ratio=round(ratio, 2),
                **({"ratio_to_limit": round(ratio / TIMES, 2)} if way == "warm" else {}),
                files_identical=same,
            )
    return int(not kept)


if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent / "src"), str(HERE.parent), str(HERE)]
    sys.exit(main())
