"""The page for authors of policy files: its examples pass the check, its expressions are read, its fields are all there."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from zhuchao.apps.policies.services import packs
from zhuchao.engines.rules.fields import Kind
from zhuchao.engines.rules.files import read_vocabulary
from zhuchao.engines.rules.language import read_condition, read_number

PAGE = (Path(settings.CHECKOUT) / "docs" / "policy-files.md").read_text("utf-8")
VOCABULARY = read_vocabulary((packs.shipped_pack() / packs.FIELDS_FILE).read_text("utf-8"))
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
EXPRESSIONS = re.findall(
    r"^\| `([^`]+)` \|", PAGE.partition("## 表达式")[2].partition("\n## ")[0], re.MULTILINE
)
KINDS = {
    Kind.MONEY: "金额",
    Kind.NUMBER: "数",
    Kind.COUNT: "个数",
    Kind.DATE: "日期",
    Kind.FLAG: "是否",
    Kind.CODE: "代码",
    Kind.CHOICE: "单选",
    Kind.TAGS: "多个词",
}


def test_each_example_of_the_page_passes_the_check(tmp_path):
    for number, text in enumerate(EXAMPLES):
        (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
    checked = packs.check_pack(tmp_path, on=date(2026, 11, 22), stale_days=180)
    assert checked.problems == []
    assert checked.policies == len(EXAMPLES) == 2


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_each_expression_of_the_page_is_read(text):
    read_condition(text, VOCABULARY, {})


def test_the_amounts_of_the_page_are_read():
    found = re.findall(r"`((?:least|greatest)\([^`]+)`", PAGE)
    assert len(found) == 2
    for text in found:
        read_number(text, VOCABULARY, {})


def test_the_page_lists_every_field_with_its_meaning_and_kind():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", PAGE, re.MULTILINE)
    listed = {
        name: (label, kind, {word for word in re.split("[；、 ]", rest) if word})
        for name, label, kind, rest in rows
    }
    assert listed == {
        field.name: (field.label, KINDS[field.kind], {word for word in (field.unit, *field.choices) if word})
        for field in VOCABULARY
    }
