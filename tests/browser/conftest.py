"""A real headless browser on a real server. A page that errs, or asks anybody else for anything, fails its test."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tooling.browsers import browser as installed_or_fetched
from zhuchao.apps.zones.models import User

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
# A refused form or a page that is not there is an answer; a missing part of a page is a fault.
ANSWERS = ("document", "fetch", "xhr")
_failed = pytest.StashKey[bool]()

NewPage = Callable[..., Page]
SignIn = Callable[[Page, User], None]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return the browser, one for all tests of this folder."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; the tests here still use the database in a plain way.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=installed_or_fetched(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[NewPage]:
    """Return a maker of pages, each a visitor of its own.

    It takes what a Playwright context takes, such as ``viewport={"width": 360, "height": 740}``,
    ``color_scheme="dark"`` or ``java_script_enabled=False``.
    """
    problems: list[str] = []
    pages: list[Page] = []

    def make(**options: Any) -> Page:
        usual = {
            "viewport": {"width": 1440, "height": 900},
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
        }
        page = browser.new_context(base_url=live_server.url, **(usual | options)).new_page()
        watch(page, live_server.url, problems)
        pages.append(page)
        return page

    yield make
    for number, page in enumerate(pages):
        if request.node.stash.get(_failed, False) or problems:
            name = re.sub(r"[^\w.-]+", "-", request.node.nodeid.partition("tests/browser/")[2])
            page.screenshot(path=SCREENSHOTS / f"{name}-{number}.png", full_page=True)
        page.context.close()
    assert problems == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Return a page on a wide screen."""
    return new_page()


@pytest.fixture
def sign_in(live_server: LiveServer) -> SignIn:
    """Return a way to sign a person in on a page without the form."""

    def do(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )

    return do


def watch(page: Page, address: str, problems: list[str]) -> None:
    """Note each error of a page's scripts, each part of it that is missing, and each request to anybody else."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            problems.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{address}/", "data:", "blob:", "about:")):
            problems.append(f"outside: {request.url}")

    def on_response(response: Response) -> None:
        missing = response.status >= 400 and response.request.resource_type not in ANSWERS
        if missing or response.status >= 500:
            problems.append(f"{response.status}: {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("request", on_request)
    page.on("response", on_response)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember that a test failed, for the picture its page leaves."""
    report = yield
    if report.failed:
        item.stash[_failed] = True
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A page served by another thread sees only what is committed."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.django_db(transaction=True))
