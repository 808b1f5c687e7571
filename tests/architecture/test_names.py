"""Names, sizes and words that the house does not take."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import APPS, HERE, SOURCE, files, place_in_app, refuse, shown
from tooling.packages import MODULES
from tooling.pages import icon_sprite, icons_named

SAYS_NOTHING = {"base", "common", "helper", "helpers", "misc", "util", "utils"}
IN_AN_APP = {
    "__init__", "api", "apps", "errors", "forms", "locale", "management", "migrations", "models", "schemas", "selectors",
    "services", "static", "tasks", "templates", "urls", "views", "wording",
}  # fmt: skip
MOST_LINES = 600
TEXTS = (
    ".css",
    ".csv",
    ".html",
    ".in",
    ".js",
    ".json",
    ".lock",
    ".md",
    ".po",
    ".py",
    ".svg",
    ".toml",
    ".txt",
    ".yaml",
)
UNWANTED = {
    "the path of somebody's machine": re.compile(r"(?<![\w.:/})-])/(?:home|root|tmp|work|Users)/\w"),
    "the address of a package index": re.compile(
        r"https?://[^\s\"']*(?:pypi|npmjs|npmmirror|pythonhosted|debian)\b"
    ),
}
LEFT_FOR_LATER = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b|raise NotImplementedError")


def module_fault(path: Path) -> str | None:
    """Return what is wrong with the name or the place of a module, if anything."""
    names = {part.removesuffix(".py") for part in path.relative_to(HERE).parts}
    if names & SAYS_NOTHING:
        return "a name that says nothing"
    place = place_in_app(path)
    if place and place[1] not in IN_AN_APP:
        return f"an app has no module {place[1]}"
    return None


def text_faults(text: str, *, source: bool) -> list[str]:
    """Return the unwanted words in a text, each with its line."""
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        faults += [f"{number}: {what}" for what, pattern in UNWANTED.items() if pattern.search(line)]
        if source and LEFT_FOR_LATER.search(line):
            faults.append(f"{number}: left for later")
    return faults


def test_every_module_has_a_name_and_a_place():
    found = [f"{shown(path)}: {fault}" for path in files(".py") if (fault := module_fault(path))]
    refuse(found, "a module needs a name that says what it holds, at a place the house has:")


def test_no_source_file_is_longer_than_a_person_reads():
    kept = [
        HERE / "dev.py",
        *files(".py", under=HERE / "tooling"),
        *files(".py", ".html", ".js", ".css", under=SOURCE),
    ]
    lengths = {
        shown(path): len(path.read_text("utf-8").splitlines())
        for path in kept
        if "migrations" not in path.parts
    }
    long = [f"{name}: {lines}" for name, lines in lengths.items() if lines > MOST_LINES]
    refuse(long, f"split by noun what is longer than {MOST_LINES} lines:")


def test_no_file_names_a_machine_or_leaves_work_for_later():
    found = []
    for path in files(*TEXTS):
        source = path.is_relative_to(SOURCE) or path.is_relative_to(HERE / "tooling")
        found += [f"{shown(path)}:{fault}" for fault in text_faults(path.read_text("utf-8"), source=source)]
    refuse(found, "these do not belong in a file that is kept:")


def test_every_icon_that_the_sources_name_exists():
    assert MODULES.is_dir(), "run: python3 dev.py setup"
    sprite = icon_sprite(icons_named())
    unknown = [f"tabler-{name}" for name in icons_named() if f'id="tabler-{name}"' not in sprite]
    refuse(unknown, "there are no icons of these names:")


@pytest.mark.parametrize(
    "planted",
    [
        "zones/utils.py",
        "zones/models/base.py",
        "zones/common/names.py",
        "zones/signals.py",
        "zones/managers.py",
    ],
)
def test_a_planted_module_is_refused(planted):
    assert module_fault(APPS / planted)
    assert module_fault(APPS / "zones" / "services" / "sign_in.py") is None


@pytest.mark.parametrize(
    "planted",
    [
        'DATA = "/ho' + 'me/someone/zhuchao"',
        '"https://registry.np' + 'mjs.org/echarts"',
        "# TO" + "DO: check the month",
        "    raise NotImplemented" + "Error",
    ],
)
def test_a_planted_word_is_refused(planted):
    assert text_faults(planted, source=True)
    assert not text_faults("url = f'{zone}/home/units/'", source=True)
