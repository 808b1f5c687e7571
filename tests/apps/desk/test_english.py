"""A reader of English reads English: the pages of several roles, walked link by link, with data without Chinese."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from tests.apps.approvals.packs import words_of_matters
from tests.apps.policies.packs import pieces_of_pack
from tests.architecture import messages
from tests.factories import (
    make_department,
    make_enterprise,
    make_lead,
    make_project,
    make_sector,
    make_site,
    make_unit,
    make_user,
    make_zone,
    signed_in,
)
from zhuchao.apps.core.services import importing
from zhuchao.apps.indicators.services import load_builtin_indicators
from zhuchao.apps.premises.models import Building
from zhuchao.apps.projects.models import Milestone, Stage
from zhuchao.apps.projects.services import record_stage
from zhuchao.apps.zones.models import Role, User, Zone

TODAY = date(2023, 6, 15)
CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]")
SAID = {"title", "aria-label", "placeholder", "data-label", "alt", "data-confirm"}
# The language is chosen by its own name, whatever the present one.
LANGUAGES = {"中文", "简体中文"}
# Two lists of projects that the province and the city keep are called so, as a zone's own labels are.
LABELS = {"列省", "列市"}
PAGES_OF_A_KIND = 1
NOT_READ = ("logout", "/export", "/static/", "/media/", "/api/", "template")


class Words(HTMLParser):
    """Collects what a page says, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        for name, value in attrs:
            if value and name in SAID:
                self.said.append(value)
            if value and name == "href" and tag == "a" and value[0] in "/?":
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def english_that_quotes_chinese() -> set[str]:
    """Return what the English catalogues say with Chinese in it: an example, a word to be typed as it stands."""
    return {
        piece
        for path in messages.catalogues()
        for message in messages.translated(path).values()
        for text in messages.english_of(message)
        for piece in messages.PLACEHOLDER.split(text)
        if CHINESE.search(piece)
    }


def columns_of_files() -> set[str]:
    """Return the columns of the ledgers that people keep, which are Chinese whoever reads."""
    fields = [field for ledger in importing.all_ledgers() for field in ledger.fields]
    return {text for field in fields for text in (field.label, field.example) if CHINESE.search(text)}


@pytest.fixture
def zone() -> Zone:
    return make_zone(
        "en", name="Riverside", short_name="River", demo_day=TODAY, demo_started_at=datetime.now(UTC)
    )


@pytest.fixture
def everyday(zone: Zone) -> User:
    """Put one of each into the zone, and return who may see it all."""
    load_builtin_indicators()
    department = make_department(zone, name="Office")
    roles = (Role.ADMINISTRATOR, Role.LEADER, Role.PROMOTION_OFFICER, Role.ANALYST, Role.STEWARD)
    user = make_user(*roles, zone=zone, department=department, display_name="Ann", username="ann")
    sector = make_sector(zone, "Optics")
    make_enterprise(zone, name="Lens Ltd", normal_name="lens", sector=sector)
    make_enterprise(zone, name="Lens Ltd.", normal_name="lens", sector=sector)
    site = make_site(zone, name="Mill", steward=user)
    make_site(zone, name="Forge")
    Building.objects.filter(pk=make_unit(site, name="1").building_id).update(name="West")
    make_lead(zone, name="Lead", stage="talking", next_action_on=TODAY - timedelta(days=3), sector=sector)
    project = make_project(zone, name="Plant", officer=user, total_investment_cny=Decimal(125_000_000))
    record_stage(actor=user, project=project, stage=Stage.SIGNED, on=TODAY - timedelta(days=9))
    Milestone.objects.create(zone=zone, project=project, name="Roof", planned_on=TODAY + timedelta(days=2))
    return user


def walked(client: Client, *begin: str) -> Iterator[tuple[str, Words]]:
    """Follow the links from some addresses, a few pages of each kind."""
    todo, seen, kinds = list(begin), set[str](), Counter[str]()
    while todo:
        address = todo.pop(0).partition("#")[0]
        if address in seen or any(part in address for part in NOT_READ):
            continue
        seen.add(address)
        try:
            match = resolve(address.partition("?")[0])
        except Resolver404:
            kinds["unknown"] += 1
            continue
        kind = f"{match.view_name or match.route}{'?' if '?' in address else ''}"
        kinds[kind] += 1
        if kinds[kind] > PAGES_OF_A_KIND:
            continue
        response = client.get(address)
        if response.status_code in {301, 302}:
            todo.append(response["Location"])
            continue
        if "html" not in response.get("Content-Type", ""):
            continue
        words = Words()
        words.feed(response.content.decode())
        path = address.partition("?")[0]
        todo += [path + link if link.startswith("?") else link for link in words.links]
        yield address, words


def left_in_chinese(pages: Iterable[tuple[str, Words]]) -> dict[str, str]:
    """Return what is still Chinese, each with one page that says it."""
    everywhere = LANGUAGES | LABELS | english_that_quotes_chinese() | pieces_of_pack()
    only = {"/imports/": columns_of_files(), "/approvals/": words_of_matters()}
    found: dict[str, str] = {}
    for address, words in pages:
        allowed = everywhere.union(*(words for folder, words in only.items() if address.startswith(folder)))
        for text in words.said:
            if CHINESE.search(text):
                rest = text
                for piece in sorted(allowed, key=len, reverse=True):
                    rest = rest.replace(piece, "")
                if CHINESE.search(rest):
                    found.setdefault(" ".join(text.split()), address)
    return found


def test_the_pages_of_a_reader_of_english_have_no_chinese_but_what_is_data(client: Client, everyday: User):
    signed_in(client, everyday).cookies["django_language"] = "en"
    pages = list(walked(client, "/", "/today/", "/imports/new/", "/nowhere/", "/leads/?sort=wrong"))
    assert len(pages) > 60
    assert left_in_chinese(pages) == {}


def test_chinese_on_an_english_page_is_found():
    words = Words()
    words.feed('<p title="保存">English</p><p>A，B</p><script>"中文"</script><p>中文</p>')
    assert left_in_chinese([("/x/", words)]) == {"保存": "/x/", "A，B": "/x/"}
