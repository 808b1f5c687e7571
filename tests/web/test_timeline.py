"""The timeline of a record: the latest at once, what is older behind one press."""

from datetime import date

import pytest
from django.template.loader import render_to_string

from zhuchao.web.timeline import Item


def shown(count):
    items = [Item(None, date(2023, 6, 15), "沈示例", f"第{n}件事") for n in range(count)]
    return render_to_string("web/parts/timeline.html", {"timeline": items})


@pytest.mark.parametrize("count", [1, 30])
def test_a_short_timeline_stands_open(count):
    text = shown(count)
    assert text.count("<li") == count
    assert "<details" not in text


def test_of_a_long_timeline_the_older_part_is_counted_and_kept_behind_one_press():
    head, older = shown(57).split("<details")
    assert (head.count("<li"), older.count("<li")) == (30, 27)
    assert "更早的 27 条" in older
    assert head.index("第0件事") < head.index("第29件事")
    assert "第56件事" in older
