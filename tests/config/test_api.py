"""The one API: it describes itself, lets in whom it should, refuses in one way, and breaks at nothing it is sent."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.apps.zones import isolation
from tests.factories import make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.apps.zones.services import create_token, revoke_token
from zhuchao.config.api import api

DESCRIPTION = json.loads(json.dumps(api.get_openapi_schema(), default=str))
METHODS = {"get", "post", "put", "patch", "delete"}
OPERATIONS = [
    (method, path, operation)
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
]
READS = [(path, operation) for method, path, operation in OPERATIONS if method == "get"]
WRITES = [(method, path, operation) for method, path, operation in OPERATIONS if method != "get"]


@pytest.fixture
def zone() -> Zone:
    return make_zone("api-zone")


@pytest.fixture
def person(zone: Zone) -> User:
    return make_user(Role.ADMINISTRATOR, zone=zone)


@pytest.fixture
def browser(person: User) -> Client:
    return signed_in(Client(raise_request_exception=False), person)


def resolved(reference: str) -> Any:
    part: Any = DESCRIPTION
    for name in reference.removeprefix("#/").split("/"):
        part = part[name]
    return part


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in references(value)]
    return [found for item in part for found in references(item)] if isinstance(part, list) else []


def assert_refusal(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Fail unless an answer is a refusal as every refusal of the API is; return it."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"].startswith("application/json")
    body = answer.json()
    assert set(body) == {"code", "message", "next", "data"}
    assert (body["code"], bool(body["message"])) == (code, True)
    return body


def test_the_api_describes_itself_to_who_is_signed_in(browser):
    answer = browser.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.")
    assert answer.json()["paths"].keys() == DESCRIPTION["paths"].keys()


def test_every_app_has_its_place_in_the_description():
    routers = {name for _, router in api._routers for name in (router.tags or ())}
    named = {tag for _, _, operation in OPERATIONS for tag in operation["tags"]}
    assert named == routers
    assert {"zones", "enterprises", "premises", "promotion", "projects", "indicators"} <= named


def test_the_description_is_sound():
    assert DESCRIPTION["info"]["title"]
    assert DESCRIPTION["info"]["version"]
    assert all(path.startswith("/api/v1/") for path in DESCRIPTION["paths"])
    for reference in set(references(DESCRIPTION)):
        assert resolved(reference)
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))
    for method, path, operation in OPERATIONS:
        assert method in METHODS
        assert operation["summary"], path
        assert operation.get("description"), f"{method} {path} does not say what it does"
        assert operation["responses"], path
        assert operation["security"], f"{method} {path} is open to everybody"
        declared = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path)), path


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in OPERATIONS])
def test_nobody_gets_anything_without_signing_in(client, method, path):
    url = re.sub(r"{\w+}", "1", path)
    assert_refusal(getattr(client, method)(url), 401, "not_signed_in")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer zc_wrong", "Basic YTpi", "Bearer \x00", "zc_x"]
)
def test_a_key_that_opens_nothing_is_no_key(client, header):
    answer = client.get("/api/v1/zones", headers={"Authorization": header})
    assert_refusal(answer, 401, "not_signed_in")


def test_a_key_opens_what_its_person_may_until_it_is_revoked(client, person, zone):
    token, key = create_token(actor=person, name="试验")
    headers = {"Authorization": f"Bearer {key}"}
    assert [one["code"] for one in client.get("/api/v1/zones", headers=headers).json()] == [zone.code]
    revoke_token(actor=person, token=token)
    assert_refusal(client.get("/api/v1/zones", headers=headers), 401, "not_signed_in")


def test_a_program_with_a_key_writes_without_a_page_and_its_cookies(person, zone):
    _, key = create_token(actor=person, name="试验")
    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {key}"})
    answer = program.post(f"/api/v1/enterprises?zone={zone.code}", {"name": "甲有限公司"}, "application/json")
    assert answer.status_code == 201, answer.content


def test_a_session_writes_only_with_the_mark_of_a_page(person, zone):
    browser = signed_in(Client(enforce_csrf_checks=True), person)
    url, body = f"/api/v1/enterprises?zone={zone.code}", {"name": "甲有限公司"}
    assert_refusal(browser.post(url, body, "application/json"), 403, "forged_request")
    browser.get("/today/")
    mark = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    assert browser.post(url, body, "application/json", headers=mark).status_code == 201


def test_a_refusal_says_its_code_its_sentence_and_what_it_is_about(browser, zone):
    make_enterprise(zone, name="已有企业有限公司")
    url = f"/api/v1/enterprises?zone={zone.code}"
    answer = browser.post(url, {"name": "已有企业有限公司"}, "application/json")
    assert "已有企业" in json.dumps(assert_refusal(answer, 409, "duplicate_found"), ensure_ascii=False)
    assert_refusal(browser.get("/api/v1/enterprises/987654321"), 404, "not_found")
    auditor = signed_in(Client(), make_user(Role.AUDITOR, zone=zone))
    assert_refusal(auditor.post(url, {"name": "乙有限公司"}, "application/json"), 403, "not_allowed")


def test_a_request_of_the_wrong_shape_says_which_field(browser, zone):
    url = f"/api/v1/enterprises?zone={zone.code}"
    body = assert_refusal(browser.post(url, {"nom": "甲"}, "application/json"), 422, "wrong_shape")
    assert any(field["field"].endswith("name") for field in body["data"]["fields"])
    assert_refusal(browser.post(url, "{", "application/json"), 400, "wrong_request")


def test_an_english_program_is_refused_in_english(client):
    answer = client.get("/api/v1/zones", headers={"Accept-Language": "en"})
    assert assert_refusal(answer, 401, "not_signed_in")["message"].isascii()


# What an attacker or a broken program sends where a word, a number, a day or a moment belongs.
WORDS = (
    "",
    " ",
    "-1",
    str(10**40),
    '"; DROP TABLE core_change; --',
    "%",
    "a\x00b",
    "\ud7ff",
    "x" * 5000,
    "-name",
)
NUMBERS = ("x", "0", "-1", str(2**31), str(2**63), str(-(2**63) - 1), str(10**40), "1e400", "NaN")
DAYS = ("x", "0001-01-01", "9999-12-31", "2026-02-30")
MOMENTS = ("x", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z")
# The worst of each, for where many fields are tried one by one.
SENT = {WORDS: ("", "a\x00b"), NUMBERS: (-1, 2**63), DAYS: DAYS[1:3], MOMENTS: MOMENTS[1:3]}


def hostile_to(schema: dict[str, Any]) -> tuple[str, ...]:
    """Return what is worst for a value of a kind; what is plainly no such value needs sending once only."""
    kinds = [schema, *schema.get("anyOf", ())]
    formats = {kind.get("format") for kind in kinds}
    if "date-time" in formats:
        return MOMENTS
    if "date" in formats:
        return DAYS
    return NUMBERS if {"integer", "number"} & {kind.get("type") for kind in kinds} else WORDS


def address_of(path: str) -> isolation.Address:
    return next(
        one for one in isolation.addresses() if re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{one.route}") == path
    )


def fault_of(answer: Any, asked: str) -> list[str]:
    """Return what is wrong with an answer: it is a success, or a refusal as every refusal of the API is."""
    _, error, _ = answer.exc_info or (None, None, None)
    if answer.status_code >= 500 or error is not None:
        return [f"{asked[:200]}: {error!r}"]
    if answer.status_code < 400:
        return []
    is_json = answer.headers["Content-Type"].startswith("application/json")
    whole = is_json and set(answer.json()) == {"code", "message", "next", "data"}
    return [] if whole else [f"{asked[:200]}: {answer.status_code} {answer.content[:200]!r}"]


def in_query(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one["schema"] for one in operation.get("parameters", ()) if one["in"] == "query"}


@pytest.mark.parametrize(
    ("path", "operation"),
    [pytest.param(*read, id=read[0]) for read in READS],
)
def test_a_read_of_rows_that_exist_takes_whatever_else_is_asked(browser, zone, path, operation):
    shared = address_of(path).name in isolation.SHARED
    url = re.sub(r"{\w+}", "revitalised_area", path) if shared else isolation.url_in(address_of(path), zone)
    names = in_query(operation)
    sound = {"zone": zone.code} if "zone" in names else {}
    asked = [sound, *(sound | {name: value} for name in names for value in hostile_to(names[name]))]
    addresses = [f"{url}?{urlencode(each)}" for each in asked]
    faults = [fault for each in addresses for fault in fault_of(browser.get(each), each)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [pytest.param(*write, id=f"{write[0]} {write[1]}") for write in WRITES],
)
def test_nothing_that_is_sent_breaks_a_write(browser, zone, method, path, operation):
    url = isolation.url_in(address_of(path), zone)
    (call,) = [one for one in isolation.calls_of(address_of(path), url) if one.method == method]
    url, sound = call.url.replace("zone=x", f"zone={zone.code}"), call.body or {}
    bodies: list[Any] = [None, [], "x", 1, sound]
    for name, schema in properties_of(operation).items():
        bodies += [sound | {name: value} for value in (*SENT[hostile_to(schema)], None)]
    faults = [
        fault
        for body in bodies
        for fault in fault_of(
            getattr(browser, method)(url, json.dumps(body), "application/json"), f"{method} {url} {body}"
        )
    ]
    assert not faults, "\n".join(faults)


def properties_of(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return (resolved(schema["$ref"]) if "$ref" in schema else schema).get("properties", {})
