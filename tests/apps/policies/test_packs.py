"""``zhuchao policies check``: the shipped pack passes, and every planted fault is told with its file and line."""

import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from zhuchao.apps.policies.services import packs

PACK = Path(settings.CHECKOUT) / "policies"
POLICY = "cn/small-low-profit.yaml"


@pytest.fixture
def pack(tmp_path):
    """A pack of one policy that is right."""
    folder = tmp_path / "pack"
    (folder / "cn").mkdir(parents=True)
    shutil.copyfile(PACK / "fields.yaml", folder / "fields.yaml")
    shutil.copyfile(PACK / POLICY, folder / POLICY)
    return folder


def check(capsys, *arguments):
    """Return what the command finds, and whether it ended well."""
    code = 0
    try:
        call_command("policies", "check", "--json", *map(str, arguments))
    except CommandError as error:
        code = error.returncode
    return json.loads(capsys.readouterr().out), {0: True, 1: False}[code]


def test_the_shipped_pack_passes_and_tells_what_is_not_confirmed(capsys):
    found, is_well = check(capsys)
    assert is_well
    assert found["problems"] == []
    assert found["policies"] >= 20
    assert found["tests"] > found["versions"] >= found["policies"]
    assert "cn-rd-deduction-chips" in {one["policy"] for one in found["unconfirmed"]}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("title:", "titel:", "key_unknown"),
        ("test: staff", "test: stafff", "field_unknown"),
        ("eligible, ineligible]", "ineligible, ineligible]", "test_failed"),
    ],
)
def test_a_planted_fault_is_told_with_its_file_and_line(pack, capsys, old, new, code):
    path = pack / POLICY
    text = path.read_text("utf-8")
    line = next(number for number, one in enumerate(text.splitlines(), start=1) if old in one)
    path.write_text(text.replace(old, new, 1), "utf-8")
    found, is_well = check(capsys, pack)
    assert not is_well
    assert {"file": POLICY, "line": line, "code": code} in [
        {key: one[key] for key in ("file", "line", "code")} for one in found["problems"]
    ]


def test_every_faulty_file_is_told_not_only_the_first(pack, capsys):
    (pack / "cn" / "a.yaml").write_text("id: [", "utf-8")
    (pack / "cn" / "b.yaml").write_bytes("id: 企业".encode("gbk"))
    shutil.copyfile(pack / POLICY, pack / "cn" / "z.yaml")
    found, is_well = check(capsys, pack)
    assert not is_well
    assert [(one["file"], one["code"]) for one in found["problems"]] == [
        ("cn/a.yaml", "file_malformed"),
        ("cn/b.yaml", "file_malformed"),
        ("cn/z.yaml", "id_twice"),
    ]


def test_a_source_not_looked_at_for_long_is_stale_and_fails_nothing(pack, capsys):
    found, is_well = check(capsys, pack)
    assert [(one["policy"], one["verified_on"]) for one in found["stale"]] == [("cn-small-low-profit", None)]
    path = pack / POLICY
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("status: confirmed}", "status: confirmed, verified_on: 2020-01-31}"), "utf-8"
    )
    found, is_well = check(capsys, pack)
    assert is_well
    assert [one["verified_on"] for one in found["stale"]] == ["2020-01-31"]
    found, is_well = check(capsys, pack, "--stale-days", "100000")
    assert (found["stale"], is_well) == ([], True)


def test_people_read_file_line_and_what_is_wrong(pack, capsys):
    (pack / "cn" / "a.yaml").write_text("id: x\nname: y\n", "utf-8")
    with pytest.raises(CommandError, match="1 处问题"):
        call_command("policies", "check", str(pack))
    assert "cn/a.yaml:2: key_unknown" in capsys.readouterr().err


def test_a_fault_in_the_fields_is_told_and_no_folder_is_refused(pack, tmp_path, capsys):
    (pack / "fields.yaml").write_text("- {name: x, kind: odd, label: 甲}\n", "utf-8")
    found, is_well = check(capsys, pack)
    assert not is_well
    assert [(one["file"], one["line"], one["code"]) for one in found["problems"]] == [
        ("fields.yaml", 1, "kind_unknown")
    ]
    with pytest.raises(CommandError, match="没有政策文件"):
        call_command("policies", "check", str(tmp_path / "none"))


def test_a_pack_without_fields_uses_the_shipped_ones(pack):
    (pack / "fields.yaml").unlink()
    assert packs.fields_file(pack) == PACK / "fields.yaml"
    assert list(packs.read_pack(pack)[1]) == ["cn-small-low-profit"]


def test_a_wheel_finds_the_pack_that_it_brings(tmp_path, settings):
    settings.PACKAGE = tmp_path
    assert packs.shipped_pack() == PACK
    (tmp_path / "policies").mkdir()
    assert packs.shipped_pack() == tmp_path / "policies"
