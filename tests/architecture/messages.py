"""The words that the product says: those its sources use, and those each catalogue translates.

``python3 dev.py messages`` adds the words without a translation to the catalogue of the app that uses them, and
takes away those that nobody uses any more.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tests.architecture.tree import SOURCE, files, shown

# A message: the context it is said in (or empty), and its one text or its singular and plural.
Key = tuple[str, tuple[str, ...]]

PLAIN: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
HEADER = """msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def used_in_python(source: str) -> Iterator[tuple[int, Key]]:
    """Yield the line and the message of each call of gettext in a Python source."""
    found = extract("python", io.BytesIO(source.encode()), keywords=PLAIN, options={"encoding": "utf-8"})
    for line, texts, _comments, context in found:
        yield line, (context or "", texts if isinstance(texts, tuple) else (texts,))


def used_in_template(source: str) -> Iterator[tuple[int, Key]]:
    """Yield the line and the message of each tag that translates in a template."""
    # Django turns a template into calls of gettext between blanked-out words; only their indentation is no Python.
    calls = "\n".join(line.strip() for line in templatize(source).splitlines())
    yield from used_in_python(calls)


def used(root: Path = SOURCE) -> dict[Path, dict[Key, str]]:
    """Return, for each catalogue, the messages its app uses and one place where each stands."""
    found: dict[Path, dict[Key, str]] = {}
    for path in files(".py", ".html", ".txt", under=root):
        reader = used_in_python if path.suffix == ".py" else used_in_template
        for line, key in reader(path.read_text("utf-8")):
            found.setdefault(catalogue_of(path, root), {}).setdefault(key, f"{shown(path)}:{line}")
    return found


def catalogue_of(path: Path, root: Path = SOURCE) -> Path:
    """Return the English catalogue for the words of a file: that of its app, of the web shell or of config."""
    parts = path.relative_to(root).parts
    if parts[0] == "apps":
        owner = root / "apps" / parts[1]
    else:
        owner = root / (parts[0] if parts[0] == "web" else "config")
    return owner / "locale" / "en" / "LC_MESSAGES" / "django.po"


def catalogues(root: Path = SOURCE) -> list[Path]:
    return sorted(root.glob("**/locale/en/LC_MESSAGES/django.po"))


def translated(path: Path) -> dict[Key, Message]:
    """Return the messages of a catalogue."""
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {key_of(message): message for message in read_po(file, locale="en") if message.id}


def key_of(message: Message) -> Key:
    texts = message.id if isinstance(message.id, list | tuple) else (message.id,)
    return message.context or "", tuple(texts)


def english_of(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string,)


def faults(root: Path = SOURCE) -> list[str]:
    """Return what is wrong between the words that are used and the catalogues, each in one line."""
    found, wanted = [], used(root)
    for path in sorted({*wanted, *catalogues(root)}):
        there = translated(path)
        for key, place in wanted.get(path, {}).items():
            english = english_of(there[key]) if key in there else ("",)
            if key not in there:
                found.append(f"{place}: not in {shown(path)}: {key[1][0]}")
            elif not all(english) or there[key].fuzzy:
                found.append(f"{place}: no English in {shown(path)}: {key[1][0]}")
            elif not placeholders(*english) <= placeholders(*key[1]):
                found.append(
                    f"{place}: other placeholders in {shown(path)}: {key[1][0]} -> {' / '.join(english)}"
                )
        stale = there.keys() - wanted.get(path, {}).keys()
        found += [f"{shown(path)}: used nowhere: {key[1][0]}" for key in sorted(stale)]
    return found


def placeholders(*texts: str) -> set[str]:
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


def update(path: Path, wanted: dict[Key, str], elsewhere: dict[Key, Message] | None = None) -> int:
    """Write a catalogue anew with what is wanted, keeping its English; return how many words wait for theirs.

    A word that another app has said before gets the same English, from ``elsewhere``.
    """
    there, catalogue = translated(path), Catalog(locale="en")
    for context, texts in wanted:
        kept = there.get((context, texts))
        if kept is None or not all(english_of(kept)):
            kept = (elsewhere or {}).get((context, texts), kept)
        english = kept.string if kept else "" if len(texts) == 1 else ("", "")
        catalogue.add(texts[0] if len(texts) == 1 else texts, english, context=context or None)
    text = io.BytesIO()
    write_po(text, catalogue, width=0, sort_output=True, no_location=True, omit_header=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + text.getvalue().decode().strip() + "\n", encoding="utf-8")
    return sum(1 for message in catalogue if message.id and not all(english_of(message)))


def main() -> int:
    """Bring every catalogue up to date; name those that wait for English."""
    wanted = used()
    said = {
        key: message
        for path in catalogues()
        for key, message in translated(path).items()
        if all(english_of(message))
    }
    for path in sorted({*wanted, *catalogues()}):
        if waiting := update(path, wanted.get(path, {}), said):
            print(f"{shown(path)}: {waiting}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
