"""Every address of the product, opened by everybody who may come: none breaks, and each page is a whole page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from tests.apps.approvals.packs import words_of_matters
from tests.apps.policies.packs import words_of_pack
from tests.apps.zones import isolation
from tests.apps.zones.isolation import Address, addresses
from tests.architecture import messages
from tests.config.reading import Page, has_chinese
from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.services.importing import all_ledgers
from zhuchao.apps.enterprises.models.industries import SECTIONS
from zhuchao.apps.indicators.models import Indicator
from zhuchao.apps.zones.models import Role, User, Zone

PAGES = sorted({one.route: one for one in addresses() if not one.is_api}.values(), key=lambda one: one.route)
# Open to people who are not signed in.
OPEN = {"setup", "home", "robots", "public-home", "open-data-schema"}
# Who manages everything, who may see next to nothing, and who is not signed in.
EXTREMES = (Role.ADMINISTRATOR, Role.PUBLIC, None)
# These only read, and who sees what is no matter of the database: they open lists and records, on one of the two.
READERS = (Role.LEADER, Role.ANALYST, Role.AUDITOR)
NAVIGATION = re.compile(r'<a class="z-nav-link[^"]*" href="([^"]+)"')
RECORD = re.compile(r"<\w+:\w+>/$")
TEMPLATE_SYNTAX = re.compile(r"\{\{|\{%|\{#|%\(\w+\)[sd]|<__proxy__|<object object|None,|Undefined")
# Addresses whose placeholder names something that every zone has.
SHARED = {
    "figure-detail": {"code": "revitalised_area"},
    "import-upload": {"kind": "leads"},
    "import-template": {"kind": "leads"},
}
# Languages are named in their own words, and amounts keep the unit that the zone counts in.
OWN_WORDS = {"简体中文", "中文", "万元", "亿元"}
UNITS = re.compile(r"[（(·/]?\s*(?:亿元|万元|亿美元|万美元)\s*[）)]?")


@dataclass(frozen=True)
class House:
    """A zone with a row of every kind, and the address of each."""

    zone: Zone
    urls: dict[Address, str]
    people: dict[Role, User]


@pytest.fixture
def empty_house() -> House:
    zone = make_zone()
    people = {role: make_user(role, zone=zone) for role in (*EXTREMES, *READERS) if role}
    return House(zone, {}, people)


@pytest.fixture
def house(empty_house: House) -> House:
    return replace(empty_house, urls={one: _url(one, empty_house.zone) for one in PAGES})


def _url(address: Address, zone: Zone) -> str:
    if address.name in SHARED:
        return reverse(address.name, kwargs=SHARED[address.name])
    return isolation.url_in(address, zone)


def visitor(house: House, role: Role | None, **headers: str) -> Client:
    client = Client(raise_request_exception=False, headers=headers)
    return signed_in(client, house.people[role]) if role else client


def faults_of(url: str, answer: object, language: str) -> Iterator[str]:
    """Yield what is wrong with an answer, whoever asked."""
    if answer.status_code >= 500:
        kind, error, _ = answer.exc_info or (None, None, None)
        yield f"{url}: {answer.status_code} {getattr(kind, '__name__', '')} {error}"
        return
    text = isolation.text_of(answer)
    if not text.lstrip().startswith("<!DOCTYPE html>"):
        return
    page = Page.read(text)
    if page.headings != 1:
        yield f"{url}: {page.headings} h1"
    if page.language != language:
        yield f"{url}: lang={page.language!r}"
    for word in (*page.words, *page.attributes):
        if TEMPLATE_SYNTAX.search(word):
            yield f"{url}: left in the page: {word[:80]}"
    if ("echarts.min.js" in text) != (" data-chart=" in text):
        yield f"{url}: loads the charts without drawing, or draws without loading them"
    for secret in (settings.SECRET_KEY, "pbkdf2_", "md5$"):
        if secret in text:
            yield f"{url}: tells a secret"


def problems_of(house: House, role: Role | None) -> list[str]:
    """Open every address as somebody, and follow the navigation; return what is wrong."""
    client = visitor(house, role)
    problems, opened, linked = [], set(), set()
    for address, url in house.urls.items():
        if role in READERS and address.placeholders and not RECORD.search(address.route):
            continue
        answer = client.get(url)
        problems += faults_of(f"/{address.route}", answer, "zh-hans")
        if answer.status_code == 200:
            opened.add(url)
            linked |= set(NAVIGATION.findall(isolation.text_of(answer)))
        elif role is None and address.name not in OPEN:
            to_sign_in = answer.headers.get("Location", "").startswith("/accounts/login/")
            if not (answer.status_code == 302 and to_sign_in) and answer.status_code not in (401, 404, 405):
                problems.append(f"/{address.route}: {answer.status_code} for somebody who is not signed in")
    if role in (Role.ADMINISTRATOR, *READERS) and not (linked and len(opened) >= 20):
        problems.append(f"only {len(opened)} pages opened, with {len(linked)} links")
    shut = (url for url in sorted(linked - opened) if client.get(url, follow=True).status_code != 200)
    problems += [f"{url}: shut, but the navigation leads there" for url in shut]
    return [f"{role or 'anonymous'}: {problem}" for problem in problems]


@pytest.mark.parametrize(
    "roles",
    [pytest.param(EXTREMES, id="all pages"), pytest.param(READERS, id="readers", marks=pytest.mark.sqlite)],
)
def test_no_address_breaks_each_page_is_whole_and_leads_nowhere_that_is_shut(house, roles):
    problems = [problem for role in roles for problem in problems_of(house, role)]
    assert not problems, "\n".join(problems)


@cache
def our_words() -> frozenset[str]:
    """Return the Chinese words that the product itself says."""
    keys = (key for path in messages.catalogues() for key in messages.translated(path))
    texts = (text for _context, forms in keys for text in forms)
    return frozenset(text for text in texts if has_chinese(text)) - OWN_WORDS


@pytest.mark.sqlite
def test_an_english_reader_meets_no_chinese_word_of_ours(house):
    client = visitor(house, Role.ADMINISTRATOR, accept_language="en")
    person, zone = house.people[Role.ADMINISTRATOR], house.zone
    data = (isolation.WORD, isolation.SECRET, "测试", "产业", "张三", zone.name, zone.short_name, str(person))
    kept = set(Indicator.objects.values_list("name", flat=True)) | OWN_WORDS
    kept |= {field.label for ledger in all_ledgers() for field in ledger.fields}
    kept |= {f"{letter} {name}" for letter, name in SECTIONS.items()} | words_of_pack()
    kept |= words_of_matters()
    ours, problems = our_words() - kept, []
    for address, url in house.urls.items():
        answer = client.get(url)
        text = isolation.text_of(answer)
        problems += faults_of(f"/{address.route}", answer, "en")
        if not text.lstrip().startswith("<!DOCTYPE html>"):
            continue
        page = Page.read(text)
        said = {word for word in (*page.words, *page.attributes) if word in ours}
        said |= {
            word
            for word in (UNITS.sub("", word) for word in page.wording)
            if has_chinese(word) and word not in kept and not any(part in word for part in data)
        }
        problems += [f"/{address.route}: {word}" for word in sorted(said)]
    assert not problems, "\n".join(problems)


# What a bookmark, a mistyped address or an attacker puts behind the question mark, by the name of the question.
WORDS = ("a\x00b", "\ud7ff", str(2**63), str(10**40), "-1")
ASKED = {
    re.compile("month"): ("0001-01", "9999-12"),
    re.compile("year"): ("0", str(2**63)),
    re.compile("day|from|to$|as_of|on$"): ("0001-01-01", "9999-12-31"),
}
FORM = re.compile(r'<form[^>]*method="get".*?</form>', re.DOTALL)


@pytest.mark.sqlite
def test_no_question_that_is_asked_of_a_page_breaks_it(house):
    client, problems, asked = visitor(house, Role.ADMINISTRATOR), [], 0
    for url in (url for address, url in house.urls.items() if not address.placeholders):
        forms = FORM.findall(isolation.text_of(client.get(url)))
        names = {name for form in forms for name in re.findall(r'name="([\w-]+)"', form)} - {"q", "zone"}
        for place, name in enumerate(sorted(names)):
            times = (values for pattern, values in ASKED.items() if pattern.search(name))
            for value in next(times, (WORDS[(place + len(url)) % len(WORDS)],)):
                question = f"{url}?{urlencode({name: value})}"
                problems += faults_of(question, client.get(question), "zh-hans")
                asked += 1
    assert asked > 60
    assert not problems, "\n".join(problems)


def account_urls() -> list[str]:
    """Return the addresses of signing in, signing out and one's own account that need no argument."""
    found = []
    for name in get_resolver().reverse_dict:
        if isinstance(name, str) and name.startswith(("account_", "mfa_", "usersessions_", "socialaccount_")):
            try:
                found.append(reverse(name))
            except NoReverseMatch:
                continue
    return sorted(set(found))


@pytest.mark.parametrize("role", [None, Role.PUBLIC], ids=["anonymous", "signed in"])
def test_no_page_of_an_account_breaks(empty_house, role):
    client = visitor(empty_house, role)
    urls = [url for url in account_urls() if "logout" not in url]
    assert {"/accounts/login/", "/accounts/sessions/"} <= set(urls)
    problems = [fault for url in urls for fault in faults_of(url, client.get(url), "zh-hans")]
    assert not problems, "\n".join(problems)


def test_nobody_signs_up_by_themselves(empty_house):
    client = visitor(empty_house, None)
    values = {"username": "newcomer", "password1": "a long enough one", "password2": "a long enough one"}
    answer = client.post("/accounts/signup/", values)
    assert answer.status_code < 500
    assert not User.objects.filter(username="newcomer").exists()


def test_an_address_that_does_not_exist_is_a_page_that_says_so(empty_house):
    for role in (None, Role.ADMINISTRATOR):
        answer = visitor(empty_house, role).get("/no/such/page/")
        assert answer.status_code == 404
        assert not list(faults_of("/no/such/page/", answer, "zh-hans"))
