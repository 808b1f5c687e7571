"""Say a problem to a person: what is wrong with which row, and what would be right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhuchao.engines.reading import Problem
from zhuchao.engines.reading.fields import plain_label

from ...wording import full_stop, listed, sentences
from ..changes import plain
from .registry import Ledger, Text
from .sentences import FIXES, SENTENCES

# The two columns the importer adds to a person's own file. They are recognised when the file comes back.
PROBLEM_HEADER = "筑巢：问题"
RIGHT_HEADER = "筑巢：应为"
# Stands beside the example rows of a blank template; such a row is never read.
EXAMPLE_MARK = "← 示例"
OUR_HEADERS = (PROBLEM_HEADER, RIGHT_HEADER)
OURS = frozenset(plain_label(header) for header in OUR_HEADERS)

# What the importer itself finds, beyond what the engine does.
OWN_SENTENCES: Mapping[str, str] = {
    "formula_without_value": _("第 {row} 行{label}是公式，但文件里没有它的计算结果。"),
    "unit_assumed": _("“{label}”列没有写单位，按“{unit}”读取。"),
    "duplicate_rows": _("第 {row} 行与第 {first} 行内容完全相同。"),
    "columns_left_out": _("这些列没有导入：{columns}。"),
    "sheets_left_out": _("只导入了工作表“{sheet}”，没有读取：{sheets}。"),
    "more": _("还有 {count} 条类似的提醒没有列出。"),
}
OWN_FIXES: Mapping[str, str] = {
    "formula_without_value": _("请用 Excel 或 WPS 打开文件，保存一次再上传；或者直接填写数值。"),
    "unit_assumed": _("如不对，请回到上一步改正单位。"),
    "duplicate_rows": _("如属重复，请删去其中一行。"),
    "columns_left_out": _("如需要，请回到上一步为它们选择对应的项。"),
    "sheets_left_out": _("如需要，请另选工作表再导入一次。"),
    "more": "",
}
_UNKNOWN_SENTENCE = _("第 {row} 行{label}“{found}”不能导入。")
_UNKNOWN_FIX = _("应为：{expected}。")


@dataclass(frozen=True)
class Words:
    """A problem in words: what is wrong, and what would be right."""

    sentence: str
    fix: str

    @property
    def whole(self) -> str:
        return sentences((self.sentence, self.fix))


def words(problem: Problem, ledger: Ledger | None = None, row: int | None = None) -> Words:
    """Return a problem in the reader's language."""
    own = getattr(ledger, "sentences", {}).get(problem.code), getattr(ledger, "fixes", {}).get(problem.code)
    sentence = _first(own[0], OWN_SENTENCES.get(problem.code), SENTENCES.get(problem.code), _UNKNOWN_SENTENCE)
    unknown = _UNKNOWN_FIX if problem.expected else ""
    known = problem.code in SENTENCES or problem.code in OWN_SENTENCES or own[0] is not None
    fix = _first(own[1], OWN_FIXES.get(problem.code), FIXES.get(problem.code), "" if known else unknown)
    values = _Values(
        {"label": _label(problem, ledger)}
        | {key: _text(value) for key, value in problem.data.items()}
        | {"row": row if row is not None else problem.data.get("row", "")}
        | {"found": problem.found, "expected": _expected(problem)}
    )
    return Words(sentence.format_map(values), fix.format_map(values))


def right_value(problem: Problem, ledger: Ledger | None = None) -> str:
    """Return what belongs into the column 筑巢：应为: the right value where it is known, and what to do."""
    fix, right = words(problem, ledger).fix, _expected(problem)
    return fix if not right or right in fix else sentences((full_stop(right), fix))


def as_data(problem: Problem) -> dict[str, Any]:
    """Return a problem as plain data, to be kept and worded when it is read."""
    return {
        "code": problem.code,
        "found": problem.found,
        "expected": problem.expected,
        "data": plain(dict(problem.data)),
    }


def as_problem(data: Mapping[str, Any]) -> Problem:
    """Return the problem that ``as_data`` made plain."""
    return Problem(data["code"], data.get("found", ""), data.get("expected", ""), data.get("data", {}))


class _Values(dict[str, Any]):
    """The values of a sentence; one that is not known stays empty rather than failing the whole report."""

    def __missing__(self, key: str) -> str:
        return ""


def _first(*texts: Text | None) -> str:
    found = next(text for text in texts if text is not None)
    # A ledger's own wording is lazy and translated already; the engine's is a msgid.
    return (gettext(found) if found else "") if isinstance(found, str) else str(found)


def _text(value: object) -> object:
    return listed(value) if isinstance(value, (list, tuple)) else value


def _expected(problem: Problem) -> str:
    """Return what would be right; a choice of several as the reader's language lists them."""
    options = problem.data.get("options")
    return (listed(options) or "—") if isinstance(options, (list, tuple)) else problem.expected


def _label(problem: Problem, ledger: Ledger | None) -> str:
    name = problem.data.get("field")
    fields = ledger.fields if ledger is not None else ()
    return next((field.label for field in fields if field.name == name), "")
