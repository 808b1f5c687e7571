"""A page as a reader meets it: its headings, its language, its words and where they stand."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
UNSEEN = frozenset({"script", "style", "template"})
# Where an English reader must find no Chinese word of ours.
WORDING = frozenset({"nav", "button", "label", "th", "legend"})


@dataclass
class Page(HTMLParser):
    """What one page says."""

    language: str = ""
    headings: int = 0
    words: list[str] = field(default_factory=list)
    wording: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, bool]] = []

    @classmethod
    def read(cls, text: str) -> "Page":
        page = cls()
        page.feed(text)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = said.get("lang", "")
        self.headings += tag == "h1"
        self.attributes += [
            said[name] for name in ("title", "aria-label", "placeholder", "alt") if name in said
        ]
        if tag not in VOID:
            is_button = tag == "a" and "btn" in said.get("class", "").split()
            self._open.append((tag, tag in WORDING or is_button))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text or any(tag in UNSEEN for tag, _ in self._open):
            return
        self.words.append(text)
        if any(is_wording for _, is_wording in self._open):
            self.wording.append(text)


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)
