"""Every word the product says has its English, once."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.architecture import messages
from tests.architecture.tree import SOURCE, refuse, shown


def test_every_word_has_its_english_and_no_catalogue_keeps_a_word_nobody_uses():
    found = messages.faults()
    if found:
        pytest.fail(
            "run python3 dev.py messages, then fill in what is empty:\n" + "\n".join(found), pytrace=False
        )


def test_a_word_has_one_english_whichever_app_says_it():
    said: dict[messages.Key, dict[tuple[str, ...], str]] = {}
    for path in messages.catalogues():
        for key, message in messages.translated(path).items():
            said.setdefault(key, {})[messages.english_of(message)] = shown(path)
    twice = [f"{key[1][0]}: {places}" for key, places in said.items() if len(places) > 1]
    refuse(twice, "a word has one English in all apps; set a context where it means two things:")


def test_django_looks_where_the_catalogues_are():
    looked_at = {Path(config.path) / "locale" for config in apps.get_app_configs()} | set(
        map(Path, settings.LOCALE_PATHS)
    )
    unseen = [shown(path) for path in messages.catalogues() if path.parents[2] not in looked_at]
    refuse(unseen, "Django does not look at these catalogues; add their folders to LOCALE_PATHS:")


def test_words_are_found_in_python():
    source = 'a = _("一")\nb = ngettext_lazy("{n} 天", "{n} 天们", n)\nc = pgettext("月", "三")\nd = gettext(name)\n'
    assert [key for _, key in messages.used_in_python(source)] == [
        ("", ("一",)),
        ("", ("{n} 天", "{n} 天们")),
        ("月", ("三",)),
    ]


def test_words_are_found_in_templates():
    source = """
      {% load i18n %}<h1>{% translate "今日" %}</h1> it's "quoted
        {% blocktranslate trimmed count n=days %}
          还有 {{ n }} 天
        {% plural %}
          还有 {{ n }} 天
        {% endblocktranslate %}
      {% trans "月" context "日历" %}{% include "x.html" with title=_("载体") %}
    """
    assert [key for _, key in messages.used_in_template(source)] == [
        ("", ("今日",)),
        ("", ("还有 %(n)s 天", "还有 %(n)s 天")),
        ("日历", ("月",)),
        ("", ("载体",)),
    ]


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    (tmp_path / "apps" / "zones").mkdir(parents=True)
    (tmp_path / "apps" / "zones" / "views.py").write_text('title = _("共 {n} 家")\n', encoding="utf-8")
    return tmp_path


def catalogue(tree: Path) -> Path:
    return messages.catalogue_of(tree / "apps" / "zones" / "views.py", tree)


def test_a_planted_word_without_english_is_found_until_it_is_filled_in(small_tree):
    assert "not in" in messages.faults(small_tree)[0]
    path = catalogue(small_tree)
    assert messages.update(path, messages.used(small_tree)[path]) == 1
    assert "no English" in messages.faults(small_tree)[0]
    path.write_text(path.read_text("utf-8").removesuffix('""\n') + '"{m} firms"\n', encoding="utf-8")
    assert "other placeholders" in messages.faults(small_tree)[0]
    path.write_text(path.read_text("utf-8").replace("{m}", "{n}"), encoding="utf-8")
    assert messages.faults(small_tree) == []


def test_a_planted_word_that_nobody_uses_is_found_and_an_update_takes_it_away(small_tree):
    path = catalogue(small_tree)
    messages.update(path, messages.used(small_tree)[path] | {("", ("旧词",)): "nowhere"})
    assert any("used nowhere: 旧词" in fault for fault in messages.faults(small_tree))
    messages.update(path, messages.used(small_tree)[path])
    assert "旧词" not in path.read_text("utf-8")


def test_an_update_takes_the_english_that_another_app_has_given(small_tree):
    path, other = catalogue(small_tree), small_tree / "other.po"
    key = ("", ("共 {n} 家",))
    messages.update(other, {key: "b:1"})
    other.write_text(other.read_text("utf-8").removesuffix('""\n') + '"{n} firms"\n', encoding="utf-8")
    assert messages.update(path, messages.used(small_tree)[path], messages.translated(other)) == 0
    assert messages.faults(small_tree) == []


def test_an_update_changes_nothing_that_is_up_to_date(tmp_path):
    wanted = {("", ("一",)): "a:1", ("月", ("二",)): "a:2", ("", ("{n} 天", "{n} 天们")): "a:3"}
    path = tmp_path / "django.po"
    messages.update(path, wanted)
    before = path.read_bytes()
    messages.update(path, dict(reversed(wanted.items())))
    assert path.read_bytes() == before
    assert str(SOURCE).encode() not in before
