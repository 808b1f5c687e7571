"""The commands: import a ledger, verify the log of changes."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.append_only import put_back, take_away
from tests.apps.core.conftest import make_xlsx
from tests.factories import make_user, make_zone
from zhuchao.apps.core.models import Change, ImportBatch
from zhuchao.apps.core.services import record_change
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import Role

HEADER = ["企业名称", "统一社会信用代码", "状态"]
GOOD = ["平江示例一号科技有限公司", "", "在营"]
BAD = ["平江示例三号制造有限公司", "91320508MA00000071", "在营"]


@pytest.fixture
def book(tmp_path) -> Path:
    path = tmp_path / "企业台账.xlsx"
    path.write_bytes(make_xlsx([HEADER, GOOD]).getvalue())
    return path


def test_a_dry_run_says_what_would_happen_and_does_nothing(book, capsys):
    zone = make_zone()
    call_command("import_ledger", "enterprises", str(book), "--zone", zone.code, "--dry-run")
    assert "新增 1" in capsys.readouterr().out
    assert not Enterprise.objects.exists()


def test_a_ledger_is_imported_in_somebodys_name_and_told_as_json(book, capsys):
    zone = make_zone()
    person = make_user(Role.LIAISON, zone=zone)
    call_command(
        "import_ledger", "enterprises", str(book), "--zone", zone.code, "--actor", person.username, "--json"
    )
    said = json.loads(capsys.readouterr().out)
    assert (said["state"], said["counts"]["new"]) == ("done", 1)
    assert ImportBatch.objects.get().created_by == person
    assert Enterprise.objects.get().name == GOOD[0]


def test_refused_rows_end_the_command_with_their_sentences_and_nothing_is_imported(tmp_path, capsys):
    path, zone = tmp_path / "企业台账.xlsx", make_zone()
    path.write_bytes(make_xlsx([HEADER, GOOD, BAD]).getvalue())
    with pytest.raises(CommandError, match="有 1 行不能导入"):
        call_command("import_ledger", "enterprises", str(path), "--zone", zone.code)
    assert "第 3 行统一社会信用代码校验位应为 6，现为 1。请核对营业执照。" in capsys.readouterr().err
    assert not Enterprise.objects.exists()
    call_command("import_ledger", "enterprises", str(path), "--zone", zone.code, "--skip-refused")
    assert Enterprise.objects.count() == 1


def test_a_mapping_is_given_by_header(tmp_path):
    path, zone = tmp_path / "名册.xlsx", make_zone()
    path.write_bytes(make_xlsx([["全名", "状态"], ["平江示例一号科技有限公司", "在营"]]).getvalue())
    call_command(
        "import_ledger", "enterprises", str(path), "--zone", zone.code, "--mapping", '{"全名": "企业名称"}'
    )
    assert Enterprise.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"zone": "nowhere"}, "没有代码为“nowhere”的辖区"),
        ({"file": "missing.xlsx"}, "没有这个文件"),
        ({"kind": "nothing"}, "没有“nothing”这种台账"),
        ({"actor": "nobody"}, "没有用户名为“nobody”的人"),
        ({"mapping": "{"}, "不是 JSON"),
        ({"mapping": "[1]"}, "应为"),
    ],
)
def test_a_wrong_argument_is_a_sentence(book, change, words):
    said = {"kind": "enterprises", "file": str(book), "zone": make_zone().code} | change
    more = [f"--{name}={said[name]}" for name in ("actor", "mapping") if name in said]
    with pytest.raises(CommandError) as caught:
        call_command("import_ledger", said["kind"], said["file"], f"--zone={said['zone']}", *more)
    assert words in str(caught.value)


def test_who_may_not_import_is_refused_with_what_to_do_next(book):
    zone = make_zone()
    clerk = make_user(Role.WINDOW_CLERK, zone=zone)
    with pytest.raises(CommandError, match=r"没有权限.*请联系本单位管理员"):
        call_command(
            "import_ledger", "enterprises", str(book), "--zone", zone.code, "--actor", clerk.username
        )


def test_an_untouched_log_of_changes_is_whole(capsys):
    zone = make_zone()
    for number in range(3):
        record_change(actor=None, verb="test", rows=[zone], scope=zone.pk, number=number)
    call_command("verify_changes", "--zone", zone.code)
    assert capsys.readouterr().out.startswith("3 条变更记录，链条完整")


def test_an_altered_link_is_named_with_its_zone(capsys):
    zone = make_zone()
    for number in range(3):
        record_change(actor=None, verb="test", rows=[zone], scope=zone.pk, number=number)
    taken = take_away(connection)
    Change.objects.filter(scope=zone.pk, seq=2).update(verb="other")
    put_back(connection, taken)
    with pytest.raises(CommandError) as caught:
        call_command("verify_changes")
    assert caught.value.returncode == 1
    assert f"{zone.name}：第 2 条变更记录：这一条的内容被改过" in capsys.readouterr().err
