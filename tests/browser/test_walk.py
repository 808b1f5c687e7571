"""Every page of premises, promotion and the public door, as the demo fills it: wide and narrow, Chinese and English."""

import re
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.apps.policies.packs import words_of_pack
from tests.apps.zones.isolation import Address, addresses, model_of
from tests.architecture import messages
from tests.factories import make_user, signed_in
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.desk.services.demo import load_demo
from zhuchao.apps.portal.models import Door, Screen
from zhuchao.apps.zones.models import Membership, Role, User, Zone

DEMO = Path(__file__).resolve().parents[2] / "demo"
# Between them these zones keep a row of everything that the three apps have pages for.
ZONES = ("pingjiang", "susu", "xiangcheng")
ROLES = (Role.ADMINISTRATOR, Role.LEADER, Role.PROMOTION_OFFICER, Role.STEWARD)
APPS = ("premises", "promotion", "portal")
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Rows that are tried before a page counts as one that the demo does not fill.
TRIED = 4
# What sticks out of the window, the innermost first, and what the page says.
MEASURE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return null;
    const out = [...document.querySelectorAll("main *, body *")].filter(
        (one) => one.getBoundingClientRect().right > room + 0.5 && !one.closest("[hidden]"));
    const name = (one) => one.tagName.toLowerCase() + (one.className ? "." + one.className : "");
    return `${document.documentElement.scrollWidth} px in ${room}: ` + out.slice(0, 3).map(name).join(" > ");
}"""
# Words that people of the demo typed, and the interface says too; and how long a choice of the interface can be.
TYPED = {"仓储", "首期", "城市更新", "航空航天", "租赁台账", "整体签约", "国民经济行业代码", "支持内容"}
LONGEST_CHOICE = 5
# Addresses of files and of what is only sent.
NO_PAGES = re.compile(r"(evidence|file|qr|csv|json|schema|logo|picture|feed|beat|robots|options|units-json)$")
SAID = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const said = [document.title];
    while (walker.nextNode()) {
        const within = walker.currentNode.parentElement.tagName;
        if (within !== "SCRIPT" && within !== "STYLE") said.push(walker.currentNode.data);
    }
    for (const name of ["title", "aria-label", "placeholder", "data-label", "alt", "data-confirm"])
        for (const one of document.querySelectorAll(`[${name}]`)) said.push(one.getAttribute(name));
    return said;
}"""


@pytest.fixture
def reader(transactional_db: None, tmp_path: Path) -> User:
    """Load the demo, and return who holds every role in every zone of it."""
    load_calendar()
    folder = tmp_path / "zones"
    folder.mkdir()
    for name in ZONES:
        (folder / name).symlink_to(DEMO / name)
    load_demo(folder, work=tmp_path / "files")
    zones = list(Zone.objects.order_by("pk"))
    user = make_user(*ROLES, zone=zones[0], display_name="Reader")
    Membership.objects.bulk_create(
        Membership(user=user, zone=zone, role=role, since=date(2000, 1, 1))
        for zone in zones[1:]
        for role in ROLES
    )
    return user


@pytest.fixture
def pages(reader: User, client: Client) -> dict[str, str]:
    """Return an address of every page of the three apps that shows itself to the reader, by the page's name."""
    client = signed_in(client, reader)
    names = {
        pattern.name for app in APPS for pattern in import_module(f"zhuchao.apps.{app}.urls").urlpatterns
    }
    found: dict[str, str] = {}
    for address in addresses():
        if address.is_api or address.name not in names or NO_PAGES.search(address.name):
            continue
        for url in _filled(address):
            answer = client.get(url)
            if answer.status_code == 200 and "html" in answer["Content-Type"]:
                found[address.name] = url
                break
    return found


def _filled(address: Address) -> Iterator[str]:
    """Yield an address with its placeholders filled by rows of the demo, the newest first."""
    door = Door.objects.filter(is_open=True, zone__in=Screen.objects.values("zone")).order_by("pk")[0]
    route = "/" + address.route.replace("<slug:slug>", door.slug)
    if "<str:key>" in route:
        route = route.replace(
            "<str:key>", Screen.objects.filter(zone=door.zone).values_list("key", flat=True)[0]
        )
    if "<int:pk>" not in route:
        yield route
        return
    rows = model_of(address, route.partition("<")[0].strip("/"))._base_manager.order_by("-pk")
    if route.startswith("/p/"):
        rows = rows.filter(zone=door.zone)
    for pk in rows.values_list("pk", flat=True)[:TRIED]:
        yield route.replace("<int:pk>", str(pk))


def typed_words() -> re.Pattern[str]:
    """Return a pattern of what people of the demo typed, the longest first; shorter words may be the interface's."""
    said = {
        cell.strip('"')
        for name in ZONES
        for path in (DEMO / name).rglob("*.*")
        for cell in re.split(r"[,\n{}]|(?<=\") | = |: |- ", path.read_text("utf-8-sig"))
    }
    long = (text for text in said if len(text) > LONGEST_CHOICE and CHINESE.search(text))
    return re.compile("|".join(re.escape(text) for text in sorted(long, key=len, reverse=True)))


def interface_words() -> re.Pattern[str]:
    """Return a pattern of the Chinese words of the interface that have an English without Chinese."""
    said = {
        message.id if isinstance(message.id, str) else message.id[0]
        for path in messages.catalogues()
        for message in messages.translated(path).values()
        if not any(CHINESE.search(text) for text in messages.english_of(message))
    }
    telling = [text for text in sorted(said) if _tells(text)]
    return re.compile("|".join(_pattern(text) for text in telling))


def _tells(text: str) -> bool:
    """Tell whether a message can be known again: a word, or a sentence with more around its names than one sign."""
    around = CHINESE.findall(messages.PLACEHOLDER.sub("", text))
    return len(around) > 1 or text in around


def _pattern(text: str) -> str:
    return ".+?".join(re.escape(" ".join(part.split())) for part in messages.PLACEHOLDER.split(text))


def too_wide(page: Page) -> str | None:
    """Return what makes a page wider than its window, once its style sheets and the new size have taken hold."""
    wider: str | None = page.evaluate(MEASURE)
    for _ in range(20):
        if wider is None:
            break
        page.wait_for_timeout(100)
        wider = page.evaluate(MEASURE)
    return wider


def test_every_page_is_no_wider_than_its_window_and_speaks_one_language(
    pages, reader, new_page, sign_in, live_server
):
    faults, said = [], dict[str, str]()
    assert len(pages) > 150
    for language in ("zh-hans", "en"):
        page = new_page(viewport=WIDE)
        sign_in(page, reader)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        for name, url in pages.items():
            page.set_viewport_size(WIDE)
            page.goto(url)
            for size in (WIDE, NARROW):
                page.set_viewport_size(size)
                if wider := too_wide(page):
                    faults.append(f"{language} {url} ({name}): {wider}")
            if language == "en":
                for text in page.evaluate(SAID):
                    if CHINESE.search(text):
                        said.setdefault(" ".join(text.split()), url)
    words, typed, known = interface_words(), typed_words(), TYPED | words_of_pack()
    for text, url in said.items():
        rest = typed.sub("", text)
        if text not in known and CHINESE.search(rest) and words.fullmatch(rest):
            faults.append(f"en {url}: {text}")
    assert faults == []
