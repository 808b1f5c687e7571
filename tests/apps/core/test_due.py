"""What comes due by itself: each kind has its turn, and the command says what was done."""

import pytest
from django.core.management import CommandError, call_command

from zhuchao.apps.core.services import due


@pytest.fixture
def known(monkeypatch):
    kinds: dict[str, due.Due] = {}
    monkeypatch.setattr(due, "_KNOWN", kinds)
    return kinds


def fail() -> int:
    raise RuntimeError("broken")


def test_one_kind_that_fails_keeps_no_other_from_its_turn(known):
    due.register(due.Due("b", "乙", lambda: 3))
    due.register(due.Due("a", "甲", fail))
    found = list(due.run_due())
    assert [(one.due.key, one.rows, str(one.error or "")) for one in found] == [
        ("a", 0, "broken"),
        ("b", 3, ""),
    ]


def test_the_command_prints_a_line_a_kind_and_fails_when_one_did(known, capsys):
    due.register(due.Due("holds", "释放到期的预留", lambda: 2))
    call_command("due")
    assert capsys.readouterr().out == "holds\t释放到期的预留\t2\n"
    due.register(due.Due("other", "其他", fail))
    with pytest.raises(CommandError, match="other"):
        call_command("due")
    call_command("due", "--list")
    assert "other\t其他\n" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_is_due(known):
    done = []
    due.register(due.Due("one", "一", lambda: done.append(1) or 1))
    call_command("work", "--until-idle")
    assert done == [1]
