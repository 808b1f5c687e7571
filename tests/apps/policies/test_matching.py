"""``zhuchao policies match``: a Parquet of firms against a pack, partition by partition, and whatever comes between."""

import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.apps.policies.firms import DAY, FIRMS, IN_GROUP, files, write_facts
from zhuchao.apps.policies.services import matching
from zhuchao.apps.policies.services.matching import FactsChanged, FactsRefused, Local, match_pack


def run(facts, pack, out, *more):
    arguments = ("--facts", facts, "--policies", pack, "--out", out, *more)
    call_command("policies", "match", *map(str, arguments))


def expected_of(firm):
    """Answer by hand whether a firm is a small low-profit enterprise; None where it is not."""
    tests = [
        not firm["restricted_industry"],
        None if firm["taxable_income"] is None else firm["taxable_income"] <= 3_000_000,
        None if firm["staff"] is None else firm["staff"] <= 300,
        firm["assets"] <= 50_000_000,
    ]
    if False in tests:
        return None
    return "unknown" if None in tests else "eligible"


class Broken(Local):
    """Ends in the middle of a partition, as Ctrl-C does."""

    def __init__(self, after):
        self.after = after

    def make(self, listing, facts, todo, told):
        super().make(listing, facts, todo[: self.after], told)
        path = todo[self.after][2]
        with matching.WholeFile(path) as unfinished:
            unfinished.write_bytes(b"half")
            raise KeyboardInterrupt


def test_the_firms_of_each_policy_are_listed_with_their_row_and_counted(facts, pack, tmp_path, capsys):
    out = tmp_path / "out"
    run(facts, pack, out, "--as-of", "2026-06-01", "--json")
    said = json.loads(capsys.readouterr().out)
    firms = pq.read_table(facts).to_pylist()
    answers = pq.read_table(out / "answers").to_pylist()
    found = {one["row"]: one["verdict"] for one in answers if one["policy"] == "cn-small-low-profit"}
    expected = {row: word for row, firm in enumerate(firms) if (word := expected_of(firm))}
    assert found == expected
    assert set(expected.values()) == {"eligible", "unknown"}
    counts = {one.pop("policy"): one for one in pq.read_table(out / "counts.parquet").to_pylist()}
    words = list(expected.values())
    assert counts["cn-small-low-profit"]["eligible"] == words.count("eligible")
    assert counts["cn-small-low-profit"]["unknown"] == words.count("unknown")
    assert counts["cn-small-low-profit"]["ineligible"] == FIRMS - len(words)
    assert said["policies"] == counts
    assert (said["rows"], said["partitions"], said["kept"]) == (FIRMS, 7, 0)


def test_the_same_input_makes_the_same_bytes(facts, pack, tmp_path):
    for name in ("a", "b"):
        match_pack(facts=facts, folder=pack, out=tmp_path / name, as_of=DAY)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_what_was_done_before_an_end_in_the_middle_is_kept(facts, pack, tmp_path):
    out, told = tmp_path / "out", []
    with pytest.raises(KeyboardInterrupt):
        match_pack(facts=facts, folder=pack, out=out, as_of=DAY, engine=Broken(3))
    made = {path.name: path.stat().st_mtime_ns for path in (out / "answers").iterdir()}
    assert sorted(made) == [f"part-{number:05}.parquet" for number in range(3)]
    again = match_pack(facts=facts, folder=pack, out=out, as_of=DAY, progress=lambda *one: told.append(one))
    assert (again.kept, again.partitions) == (3, 7)
    assert told[0] == (3 * IN_GROUP, FIRMS)
    assert told[-1] == (FIRMS, FIRMS)
    assert all((out / "answers" / name).stat().st_mtime_ns == when for name, when in made.items())
    match_pack(facts=facts, folder=pack, out=tmp_path / "whole", as_of=DAY)
    assert files(out) == files(tmp_path / "whole")


def test_ctrl_c_ends_with_a_sentence_and_130(facts, pack, tmp_path, monkeypatch):
    def interrupted(*rest):
        raise KeyboardInterrupt

    monkeypatch.setattr(Local, "make", interrupted)
    with pytest.raises(CommandError, match="做完的部分保留") as caught:
        run(facts, pack, tmp_path / "out")
    assert caught.value.returncode == 130


@pytest.mark.parametrize("changed", ["facts", "policy", "day"])
def test_a_changed_input_starts_over(facts, pack, tmp_path, changed):
    out = tmp_path / "out"
    match_pack(facts=facts, folder=pack, out=out, as_of=DAY)
    day = date(2026, 6, 2) if changed == "day" else DAY
    if changed == "facts":
        write_facts(facts, step=8)
    if changed == "policy":
        path = pack / "cn" / "small-low-profit.yaml"
        path.write_text(path.read_text("utf-8").replace("staff <= 300人", "staff <= 250人"), "utf-8")
    assert match_pack(facts=facts, folder=pack, out=out, as_of=day).kept == 0
    match_pack(facts=facts, folder=pack, out=tmp_path / "whole", as_of=day)
    assert files(out) == files(tmp_path / "whole")


def test_facts_written_to_in_the_middle_leave_no_answers(facts, pack, tmp_path):
    class Writing(Local):
        def make(self, listing, facts, todo, told):
            super().make(listing, facts, todo, told)
            write_facts(facts, firms=FIRMS + 1)

    with pytest.raises(FactsChanged):
        match_pack(facts=facts, folder=pack, out=tmp_path / "out", as_of=DAY, engine=Writing())
    assert not (tmp_path / "out").exists()


def test_a_column_of_another_type_and_no_parquet_are_refused(pack, tmp_path):
    path = tmp_path / "facts.parquet"
    pq.write_table(pa.table({"staff": ["three"]}), path)
    with pytest.raises(FactsRefused, match="staff is of type string"):
        match_pack(facts=path, folder=pack, out=tmp_path / "out", as_of=DAY)
    path.write_bytes(b"no parquet")
    with pytest.raises(FactsRefused):
        match_pack(facts=path, folder=pack, out=tmp_path / "out", as_of=DAY)
    with pytest.raises(CommandError, match="不能作为企业数据"):
        run(tmp_path / "none", pack, tmp_path / "out")


def test_a_folder_with_other_files_is_not_written_to(facts, pack, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="已有其他文件"):
        run(facts, pack, out)
    assert files(out) == {"mine.txt": b"mine"}


def test_policies_not_in_force_are_left_out_and_told(facts, pack, tmp_path, capsys):
    run(facts, pack, tmp_path / "out", "--as-of", "2022-12-31")
    told = capsys.readouterr()
    assert "cn-small-low-profit" in told.err
    assert "cn-small-low-profit" not in told.out
    with pytest.raises(CommandError, match="没有生效的政策"):
        run(facts, pack, tmp_path / "out", "--as-of", "1950-01-01")


def test_a_day_that_means_nothing_is_refused(facts, pack, tmp_path):
    with pytest.raises(CommandError, match="应为"):
        run(facts, pack, tmp_path / "out", "--as-of", "soon")
