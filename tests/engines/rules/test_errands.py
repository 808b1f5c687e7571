"""What is sent to other machines: it refuses in words that can be sent back, and works only on the same file."""

import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.engines.rules.drawing import FIELDS
from zhuchao.engines.rules.columns import Place, places_of_parquet
from zhuchao.engines.rules.errands import Errands, mark_of
from zhuchao.engines.rules.listing import Listing, counts_of
from zhuchao.engines.rules.terms import Linear, Sign, Sized

BIG = Sized(Linear((("heads", 1),), -20), Sign.AT_LEAST)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "facts.parquet"
    pq.write_table(pa.table({"heads": pa.array([19, 20, None], pa.int64())}), path)
    return path


def sent(source, mark=None):
    """Return errands as another machine has them."""
    listing = Listing(("big",), (BIG,), tuple(FIELDS))
    return pickle.loads(pickle.dumps(Errands(listing, source, mark or mark_of(source))))


def test_a_partition_is_written_elsewhere_as_it_is_here(source, tmp_path):
    (place,) = places_of_parquet(source)
    assert list(sent(source)([(place, tmp_path / "there")])) == [None]
    Listing(("big",), (BIG,), tuple(FIELDS)).keep(source, place, tmp_path / "here")
    assert (tmp_path / "there").read_bytes() == (tmp_path / "here").read_bytes()
    assert counts_of(tmp_path / "there") == (3, (1,), (1,), (1,), (1,))


def test_a_column_that_is_refused_is_told_and_the_next_partition_made(source, tmp_path):
    (place,) = places_of_parquet(source)
    wrong = tmp_path / "wrong.parquet"
    pq.write_table(pa.table({"heads": ["three"]}), wrong)
    (refusal,) = sent(wrong)([(Place(0, 0, 0, 1), tmp_path / "out")])
    code, said, data = pickle.loads(pickle.dumps(refusal))
    assert code == "column_malformed"
    assert "heads is of type string" in said
    assert data["field"] == "heads"
    assert not (tmp_path / "out").exists()
    assert list(sent(source)([(place, tmp_path / "one"), (place, tmp_path / "two")])) == [None, None]


def test_a_file_of_the_same_name_with_other_facts_is_not_taken(source, tmp_path):
    (place,) = places_of_parquet(source)
    mark = mark_of(source)
    pq.write_table(pa.table({"heads": pa.array([19, 21, None], pa.int64())}), source)
    (refusal,) = sent(source, mark)([(place, tmp_path / "out")])
    assert refusal[0] == "errand_elsewhere"
    assert refusal[2] == {"path": str(source)}
    source.unlink()
    (refusal,) = sent(source, mark)([(place, tmp_path / "out")])
    assert refusal[0] == "errand_elsewhere"


def test_a_folder_that_is_not_there_is_told(source, tmp_path):
    (place,) = places_of_parquet(source)
    (refusal,) = sent(source)([(place, tmp_path / "elsewhere" / "out")])
    assert refusal[0] == "errand_elsewhere"
    assert refusal[2] == {"path": str(tmp_path / "elsewhere")}
