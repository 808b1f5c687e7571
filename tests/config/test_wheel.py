"""A wheel needs no checkout: what is installed carries the pages, the words and the policies."""

import os
import re
import subprocess
import sys
import zipfile
from email import message_from_bytes

import pytest

from tooling.wheel import lay_out

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

CHECK = """
import sys, zhuchao
from zhuchao.__main__ import main
sys.argv = ["zhuchao", "policies", "check"]
main()
from django.utils import translation
from zhuchao.apps.policies.services.cluster import ClusterMissing
translation.activate("en")
print(ClusterMissing())
print(zhuchao.__file__)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build a wheel as `dev.py build` does; return the folder it was made from and the wheel."""
    stage, out = tmp_path_factory.mktemp("stage"), tmp_path_factory.mktemp("dist")
    lay_out(stage)
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(out)!r})"
    done = subprocess.run([sys.executable, "-c", build], cwd=stage, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = out.glob("*.whl")
    return stage, wheel


def test_a_wheel_holds_every_file_and_names_what_it_needs(built):
    stage, wheel = built
    source = stage / "src"
    expected = {
        path.relative_to(source).as_posix()
        for path in (source / "zhuchao").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    with zipfile.ZipFile(wheel) as archive:
        assert expected <= set(archive.namelist())
        (told,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(told))
    assert "zhuchao/policies/fields.yaml" in expected
    assert "zhuchao/web/static/vendor/tabler/tabler.min.css" in expected
    needs = metadata.get_all("Requires-Dist", [])
    assert metadata.get_all("Provides-Extra") == ["cluster"]
    assert [need for need in needs if "pyspark" in need and 'extra == "cluster"' in need]
    assert [need for need in needs if need.startswith("Django")]


def test_what_a_wheel_brings_checks_its_policies_and_has_its_words_in_english(built, tmp_path):
    _stage, wheel = built
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZHUCHAO_", "DJANGO_"))}
    chosen = {"PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
    told = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=elsewhere, env=kept | chosen, capture_output=True, encoding="utf-8"
    )
    assert told.returncode == 0, told.stderr
    *_, counted, english, where = told.stdout.splitlines()
    assert re.fullmatch(r"\d+ 项政策、\d+ 个版本、\d+ 个测试", counted)
    assert english == "Spark is not installed."
    assert where == str(installed / "zhuchao" / "__init__.py")
    assert list(elsewhere.iterdir()) == []
