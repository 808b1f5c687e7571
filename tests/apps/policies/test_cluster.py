"""The same kernel on a Spark of two workers: the same files, and the same again when a worker is killed in the middle."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from contextlib import contextmanager

import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.apps.policies.firms import DAY, FIRMS, IN_GROUP, files
from tests.engines.rules.drawing import FIELDS, asked_of_duckdb, logics, table_of
from tests.engines.rules.drawing import facts as drawn_facts
from tooling.spark import has_java, running_spark
from zhuchao.apps.policies.services import cluster
from zhuchao.apps.policies.services.cluster import (
    Cluster,
    ClusterElsewhere,
    ClusterFailed,
    ClusterMissing,
    ClusterSilent,
)
from zhuchao.apps.policies.services.matching import FactsRefused, match_pack
from zhuchao.engines.rules.columns import parts_of_parquet, places_of_parquet
from zhuchao.engines.rules.kernel import Matcher
from zhuchao.engines.rules.listing import Listing
from zhuchao.engines.rules.one import Asked
from zhuchao.engines.rules.truth import Truth

NO_JAVA = not has_java() and "CI" not in os.environ  # CI has one, or fails
if NO_JAVA:
    warnings.warn("NO JAVA: matching on Spark is NOT tested here; install Java 17", stacklevel=1)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite,
    pytest.mark.skipif(NO_JAVA, reason="NO JAVA: matching on Spark is NOT tested here; install Java 17"),
]

LONGEST_SECONDS = 120
DRAWS = 30


@pytest.fixture(scope="module")
def spark():
    with running_spark(workers=2) as running:
        yield running


class Here:
    """Does in this process what is asked of a Spark, and remembers what was told to it."""

    def __init__(self):
        self.given, self.function, self.cancelled = [], None, False

    def parallelize(self, items, slices):
        assert slices == len(items)
        self.given = items
        return self

    def mapPartitions(self, function):
        self.function = function
        return self

    def collect(self):
        return [one for item in self.given for one in self.function([item])]

    def cancelAllJobs(self):
        self.cancelled = True


@pytest.fixture
def here(monkeypatch):
    context = Here()

    @contextmanager
    def connected(master):
        yield context

    monkeypatch.setattr(cluster, "_connected", connected)
    return context


def test_a_spark_goes_on_where_this_process_ended_and_writes_the_same_bytes(
    spark, facts, pack, tmp_path, capsys
):
    local, out = tmp_path / "local", tmp_path / "out"
    match_pack(facts=facts, folder=pack, out=local, as_of=DAY)
    shutil.copytree(local, out)
    (out / "counts.parquet").unlink()
    for number in (1, 2, 4, 5, 6):
        (out / "answers" / f"part-{number:05}.parquet").unlink()
    given = ("--facts", facts, "--policies", pack, "--out", out, "--as-of", DAY, "--engine", spark.master)
    call_command("policies", "match", *map(str, given), "--json")
    assert files(out) == files(local)
    said = json.loads(capsys.readouterr().out)
    assert (said["kept"], said["partitions"], said["rows"]) == (2, 7, FIRMS)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class Waiting(Listing):
    """Whoever first makes the second partition says what process it is, and waits to be killed."""

    def keep(self, source, place, path, **options):
        if place.first == IN_GROUP:
            number = len(list(source.parent.glob("tried-*")))
            told = source.parent / f"new-{number}"
            told.write_text(str(os.getppid()))
            told.rename(source.parent / f"tried-{number}")
            if number == 0:
                path.with_name(f"{path.name}.0.part").write_bytes(b"half")
                time.sleep(LONGEST_SECONDS)
        super().keep(source, place, path, **options)


class Killed(Cluster):
    """A Spark of which a worker is killed while it makes the second partition."""

    def __init__(self, spark):
        super().__init__(spark.master)
        self.workers = spark.workers
        self.killed = None

    def make(self, listing, facts, todo, told):
        import pyspark.cloudpickle

        pyspark.cloudpickle.register_pickle_by_value(sys.modules[__name__])
        over = threading.Event()
        killer = threading.Thread(target=self._kill, args=(facts.parent / "tried-0", over))
        killer.start()
        try:
            super().make(Waiting(listing.names, listing.logics, listing.fields), facts, todo, told)
        finally:
            over.set()
            killer.join()
            pyspark.cloudpickle.unregister_pickle_by_value(sys.modules[__name__])

    def _kill(self, marker, over):
        while not marker.exists():
            if over.wait(0.05):
                return
        parent = int(marker.read_text())
        while parent not in self.workers:  # from the daemon of Python over the executor to the worker
            asked = subprocess.run(["ps", "-o", "ppid=", "-p", str(parent)], capture_output=True, text=True)
            parent = int(asked.stdout)
        os.kill(parent, signal.SIGKILL)
        self.killed = parent


def test_four_engines_agree_on_policies_and_firms_at_their_edges(spark, tmp_path):
    policies, firms = [], []

    @settings(
        max_examples=DRAWS, phases=[Phase.generate], derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(logics, min_size=2, max_size=6), st.lists(drawn_facts, min_size=5, max_size=30))
    def draw(some_policies, some_firms):
        policies.extend(some_policies)
        firms.extend(some_firms)

    draw()
    facts = tmp_path / "facts.parquet"
    pq.write_table(table_of(firms), facts, row_group_size=-(-len(firms) // 6))
    names = tuple(f"p{number}" for number in range(len(policies)))
    todo = [(number, place, tmp_path / f"{number}") for number, place in enumerate(places_of_parquet(facts))]
    assert len(todo) == 6
    Cluster(spark.master).make(Listing(names, tuple(policies), tuple(FIELDS)), facts, todo, lambda rows: None)

    by_spark = [[Truth.FALSE] * len(firms) for _ in policies]
    words = {"eligible": Truth.TRUE, "unknown": Truth.UNKNOWN}
    for _number, _place, path in todo:
        for one in pq.read_table(path).to_pylist():
            by_spark[int(one["policy"][1:])][one["row"]] = words[one["verdict"]]
    matcher = Matcher(policies)
    by_kernel = [[None] * len(firms) for _ in policies]
    for policy, truth, rows in matcher.find(parts_of_parquet(facts, FIELDS, matcher.fields), list(Truth)):
        for row in rows.tolist():
            by_kernel[policy][row] = truth
    asked = Asked(policies, FIELDS)
    by_python = list(map(list, zip(*(asked.truths(asked.keep(firm)) for firm in firms), strict=True)))
    by_duckdb = asked_of_duckdb(policies, firms)
    for policy, *answers in zip(policies, by_spark, by_kernel, by_python, by_duckdb, strict=True):
        assert all(answer == answers[0] for answer in answers), policy
    assert {truth for row in by_spark for truth in row} == set(Truth)


def test_a_killed_worker_costs_only_what_it_held(spark, facts, pack, tmp_path):
    given = {"facts": facts, "folder": pack, "as_of": DAY}
    told, engine = [], Killed(spark)
    match_pack(**given, out=tmp_path / "out", engine=engine, progress=lambda done, total: told.append(done))
    assert engine.killed in spark.workers
    assert sorted(path.name for path in tmp_path.glob("tried-*")) == ["tried-0", "tried-1"]
    assert told == list(range(0, FIRMS + 1, IN_GROUP))
    match_pack(**given, out=tmp_path / "local")
    assert files(tmp_path / "out") == files(tmp_path / "local")


def test_a_column_that_is_refused_there_is_refused_in_the_same_words_as_here(here, facts, pack, tmp_path):
    table = pq.read_table(facts)
    texts = table["staff"].cast("string")
    pq.write_table(table.set_column(table.schema.get_field_index("staff"), "staff", texts), facts)
    said = []
    for engine in (None, Cluster("spark://there")):
        with pytest.raises(FactsRefused) as caught:
            match_pack(facts=facts, folder=pack, out=tmp_path / "out", as_of=DAY, engine=engine)
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "staff is of type string" in said[0]


def test_workers_that_see_other_files_are_found_out(here, facts, pack, tmp_path, monkeypatch):
    given = {"facts": facts, "folder": pack, "out": tmp_path / "out", "as_of": DAY}
    with monkeypatch.context() as patch:
        patch.setattr(cluster, "mark_of", lambda path: "of another file")
        with pytest.raises(ClusterElsewhere) as caught:
            match_pack(**given, engine=Cluster("spark://there"))
    assert caught.value.data == {"path": str(facts)}
    here.collect = lambda: [None] * 7  # written, but to a folder of the same name elsewhere
    with pytest.raises(ClusterElsewhere) as caught:
        match_pack(**given, engine=Cluster("spark://there"))
    assert caught.value.data == {"path": str(tmp_path / "out" / "answers")}


def test_an_end_in_the_middle_cancels_the_rest(here, facts, pack, tmp_path):
    release = threading.Event()
    whole = here.collect

    def collect():
        found = whole()
        release.wait(LONGEST_SECONDS)
        return found

    def progress(done, total):
        if done:
            release.set()
            raise KeyboardInterrupt

    here.collect = collect
    with pytest.raises(KeyboardInterrupt):
        match_pack(
            facts=facts,
            folder=pack,
            out=tmp_path / "out",
            as_of=DAY,
            engine=Cluster("spark://x"),
            progress=progress,
        )
    assert here.cancelled


def test_what_broke_a_worker_is_told_in_one_line(here, facts, pack, tmp_path):
    from py4j.protocol import Py4JError

    said = (
        "An error occurred while calling z:PythonRDD.collectAndServe.\n"
        ": org.apache.spark.api.python.PythonException: Traceback (most recent call last):\n"
        '  File "listing.py", line 12, in keep\n'
        "OSError: No space left on device\n SQLSTATE: 38000\n\tat org.apache.spark.Task.run(Task.scala:147)\n"
    )

    def collect():
        raise Py4JError(said)

    here.collect = collect
    with pytest.raises(ClusterFailed) as caught:
        match_pack(facts=facts, folder=pack, out=tmp_path / "out", as_of=DAY, engine=Cluster("spark://x"))
    assert caught.value.data == {"said": "OSError: No space left on device"}


def test_what_is_made_already_is_not_asked_of_the_cluster(here, facts, pack, tmp_path):
    given = {"facts": facts, "folder": pack, "out": tmp_path / "out", "as_of": DAY}
    match_pack(**given)
    assert match_pack(**given, engine=Cluster("spark://x")).kept == 7
    assert here.given == []


def test_a_cluster_that_cannot_be_reached_is_told_at_once(facts, pack, tmp_path, monkeypatch):
    given = ("policies", "match", "--facts", facts, "--policies", pack, "--out", tmp_path / "out", "--engine")
    with pytest.raises(CommandError, match=r"127\.0\.0\.1:1 没有应答"):
        call_command(*map(str, given), "spark://127.0.0.1:1")
    with pytest.raises(CommandError, match="应为 local 或"):
        call_command(*map(str, given), "yarn")
    with pytest.raises(ClusterSilent):
        match_pack(facts=facts, folder=pack, out=tmp_path / "o", as_of=DAY, engine=Cluster("spark://[::1"))
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(ClusterMissing):
        match_pack(facts=facts, folder=pack, out=tmp_path / "o", as_of=DAY, engine=Cluster("spark://x"))
