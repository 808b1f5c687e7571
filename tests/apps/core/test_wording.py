"""How words are joined and problems said, in both languages."""

import pytest
from django.utils import translation

from zhuchao.apps.core import wording
from zhuchao.apps.core.management.command import terminal_language
from zhuchao.apps.core.services import importing
from zhuchao.apps.core.services.importing.sentences import FIXES, SENTENCES
from zhuchao.apps.core.services.importing.wording import right_value
from zhuchao.apps.desk.management.commands.verify_changes import Command as VerifyChanges
from zhuchao.engines.reading import CODES, Problem


@pytest.mark.parametrize(
    ("said", "chinese", "english"),
    [
        (lambda: wording.listed(["A", "", None, "B", 3]), "A、B、3", "A, B, 3"),
        (lambda: wording.clauses(["A", "B"]), "A，B", "A, B"),
        (lambda: wording.remarks(["A", "B"]), "A；B", "A; B"),
        (lambda: wording.sentences(["A.", "B.", ""]), "A.B.", "A. B."),
        (lambda: wording.full_stop("A"), "A。", "A."),
        (lambda: wording.labelled("A", "B"), "A：B", "A: B"),
        (lambda: wording.explained("A", "B"), "A（B）", "A (B)"),
        (lambda: wording.explained("A", ""), "A", "A"),
        (lambda: wording.ranged("1", "2"), "1 至 2", "1 to 2"),
        (lambda: wording.ranged("1", "1"), "1", "1"),
        (lambda: wording.listed([]), "", ""),
        (lambda: wording.listed(["{0}", "{second}"]), "{0}、{second}", "{0}, {second}"),
    ],
)
def test_words_are_joined_as_the_readers_language_does(said, chinese, english):
    assert said() == chinese
    with translation.override("en"):
        assert said() == english


def test_everything_that_can_be_wrong_with_a_ledger_has_a_sentence_and_a_fix():
    assert SENTENCES.keys() == FIXES.keys()
    assert SENTENCES.keys() >= CODES


def test_every_problem_of_a_ledger_is_said_in_both_languages():
    for code in SENTENCES:
        problem = Problem(code, "x", "y", {"label": "Name"})
        chinese = importing.words(problem, row=7)
        with translation.override("en"):
            english = importing.words(problem, row=7)
        assert chinese.sentence != english.sentence, code
        assert chinese.fix != english.fix, code
        assert "{" not in chinese.whole + english.whole


def test_a_choice_that_is_not_known_lists_the_choices_in_the_readers_language():
    problem = Problem("choice_unknown", "x", "甲、乙", {"options": ("甲", "乙")})
    assert importing.words(problem, row=2).fix == "请填写其中之一：甲、乙。"
    with translation.override("en"):
        assert importing.words(problem, row=2).whole.endswith("Enter one of: 甲, 乙.")


def test_the_right_value_stands_before_what_to_do():
    problem = Problem("credit_code_check", "8", "7")
    assert right_value(problem) == "7。请核对营业执照。"
    with translation.override("en"):
        assert right_value(problem) == "7. Please check the business licence."


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("en_GB.UTF-8", "en"),
        ("en", "en"),
        ("zh_CN.UTF-8", "zh-hans"),
        ("C.UTF-8", "zh-hans"),
        ("", "zh-hans"),
    ],
)
def test_a_terminal_is_spoken_to_in_the_language_it_asks_for(monkeypatch, asked, language):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", asked)
    assert terminal_language() == language


@pytest.mark.parametrize(
    ("asked", "said"), [("en_US.UTF-8", "There is no zone"), ("zh_CN.UTF-8", "没有代码为")]
)
def test_a_command_answers_in_the_language_of_the_terminal(monkeypatch, capsys, asked, said):
    monkeypatch.setenv("LC_ALL", asked)
    with pytest.raises(SystemExit):
        VerifyChanges().run_from_argv(["zhuchao", "verify_changes", "--zone", "nowhere"])
    assert said in capsys.readouterr().err
