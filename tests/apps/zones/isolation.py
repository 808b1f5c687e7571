"""What nobody of another zone may reach: a row of any kind in a zone, every address that names one, and the check.

The addresses are read from the URL configuration itself, so that a new page or API is checked from the day it is
there. What the reader cannot make out (a new kind of placeholder, an address whose kind of row is not plain from
its words) fails loudly and says where to write it down.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories import (
    DAY,
    MOMENT,
    make_enterprise,
    make_lead,
    make_project,
    make_sector,
    make_site,
    make_unit,
    make_user,
)
from zhuchao.apps.core.models import Attachment, ChainHead, Change, ImportBatch, Job
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.portal.models import Door, Screen
from zhuchao.apps.zones.models import Alliance, ApiToken, Assignment, Membership, Role, User, Zone
from zhuchao.config.api import api

# Every text of a row in the other zone says WORD and SECRET: the first is searched for, the second must not be found.
WORD, SECRET = "乙区密档", "73915"
API = "api/v1/"
# Addresses that are nobody's zone, with the reason.
SHARED = {
    "figure-detail": "an indicator is the same for all; its figures are of the reader's own zone",
    "get_figure": "as figure-detail",
    "import-upload": "the kinds of ledger are the same for all; the file goes to the reader's own zone",
    "import-template": "as import-upload",
    "policy-question": "the facts that policies ask for are the same for all; the firms are of the reader's own zone",
    "policy-library-item": "the national pack is the same for all; what is taken of it goes to the reader's own zone",
}
# Addresses that answer nobody in the zone by themselves, with what they wait for.
WAITING = {
    "job-detail": "only the person who started it",
    "job-cancel": "only the person who started it",
    "import-cancel": "a job under way",
    "notice-detail": "only the person who is told",
    "read_notice": "as notice-detail",
    "channel-edit": "only the person who is reached by it",
    "channel-stop": "as channel-edit",
    "channel-test": "as channel-edit",
    "policy-subscription-stop": "only the person who subscribed",
    "referral-accept": "the park it is offered to",
    "officer-detail": "only who answers for a project of the zone has a line in the ranking",
    "public-units": "the zone has opened its door; until then nobody sees it, and then everybody does",
    "public-logo": "as public-units",
    "public-unit": "as public-units",
    "public-unit-qr": "as public-units",
    "public-unit-poster": "as public-units",
    "public-unit-enquiry": "as public-units",
    "public-picture": "as public-units",
    "public-enquiry": "as public-units",
    "public-enquiry-done": "as public-units",
    "public-screen": "as public-units",
    "public-screen-feed": "as public-units",
    "public-screen-beat": "as public-units",
    "public-units-csv": "as public-units",
    "public-units-json": "as public-units",
    "public-policies": "as public-units",
    "public-policy-archive": "as public-units",
    "public-policy-calendar": "as public-units",
    "public-policy-feed": "as public-units",
    "public-policy": "as public-units",
    "public-policy-dates-file": "as public-units",
    "public-policy-qr": "as public-units",
    "public-policy-sheet": "as public-units",
    "public-policy-enquiry": "as public-units",
    "public-fit": "as public-units",
    "public-fit-keep": "as public-units",
    "public-policy-fit": "as public-units",
    "public-policy-fit-keep": "as public-units",
    "public-enquiry-forget": "as public-units",
    "case-document-reuse": "a document of the firm's vault that serves",
    "public-guides": "as public-units",
    "public-guide": "as public-units",
    "public-guide-theme": "as public-units",
    "firm-enter": "who has the link of a firm, which nobody can guess",
    "firm-fact": "who came by the link of the firm",
}
FOREIGN = ("accounts/", "i18n/", "static/", "media/")

# What the word before a placeholder stands for, where it is not the name of the model.
WORDS = {
    "premises": "premises.Site",
    "people": "zones.User",
    "roles": "zones.Membership",
    "duty": "zones.DutyShift",
    "catalogue": "zones.CatalogueItem",
    "tokens": "zones.ApiToken",
    "outbox": "zones.Delivery",
    "changes": "core.Change",
    "files": "core.Attachment",
    "jobs": "core.Job",
    "imports": "core.ImportBatch",
    "projects/labels": "projects.ProjectLabel",
    "projects/batches": "projects.BatchPlace",
    "projects/stages": "projects.StageEntry",
    "inspections/photos": "projects.InspectionPhoto",
    "projects/officers": "zones.User",
    "bonds/steps": "projects.BondStep",
    "green": "projects.GreenRequest",
    "agreements/reviews": "projects.AgreementReview",
    "covenants/letters": "projects.CovenantLetter",
    "covenants/findings": "projects.CovenantFinding",
    "projects/tasks": "projects.ProjectTask",
    "project-tasks": "projects.ProjectTask",
    "projects/bundles": "projects.TaskBundle",
    "projects/light-rules": "projects.LightRule",
    "projects/light-overrides": "projects.LightOverride",
    "projects/progress-entries": "projects.ProgressEntry",
    "projects/gate-evidence": "projects.GateEvidence",
    "projects/gate-rules": "projects.GateRule",
    "projects/stat-windows": "projects.StatWindow",
    "leads/stages": "promotion.LeadStage",
    "leads/plans": "promotion.PlacingPlan",
    "leads/capital": "promotion.ForeignCapital",
    "chains/nodes": "promotion.ChainNode",
    "chains/places": "promotion.ChainPlace",
    "enterprises/tags": "enterprises.EnterpriseTag",
    "enterprises/documents": "enterprises.FirmDocument",
    "documents/consents": "enterprises.DocumentConsent",
    "documents/uses": "enterprises.DocumentUse",
    "premises/names": "premises.SiteName",
    "units/states": "premises.UnitState",
    "portal/sites": "premises.Site",
    "portal/firms": "enterprises.Enterprise",
    "portal/links": "portal.FirmLink",
    "portal/proposals": "portal.FactProposal",
    "premises/works": "premises.Works",
    "works": "premises.Works",
    "works/phases": "premises.WorksPhase",
    "works/progress": "premises.WorksProgress",
    "leases/events": "premises.LeaseEvent",
    "leases/payments": "premises.LeasePayment",
    "clusters": "premises.ClusterTarget",
    "cases/tasks": "approvals.CaseTask",
    "cases/events": "approvals.TaskEvent",
    "cases/mandates": "approvals.ServiceMandate",
    "cases/services": "approvals.ServiceLog",
    "policies/tellings": "policies.PolicyTelling",
    "policies/mail-consents": "policies.MailConsent",
    "policies/recommendations": "policies.Recommendation",
    "policy-tellings": "policies.PolicyTelling",
    "policy-recommendations": "policies.Recommendation",
    "policies/versions": "policies.PolicyVersion",
    "policy-versions": "policies.PolicyVersion",
    "matters/versions": "approvals.MatterVersion",
    "guides": "approvals.Matter",
    "guides/themes": "approvals.Theme",
    "approvals/documents": "approvals.CaseDocument",
    "approvals/tasks": "approvals.CaseTask",
    "approvals/credit": "approvals.CreditEvent",
    "intake/themes": "approvals.Theme",
    "intake/matters": "approvals.Matter",
    "policies/firms": "enterprises.Enterprise",
    "policies/facts": "policies.FirmFact",
    "policy-facts": "policies.FirmFact",
    "policies/reviews": "policies.CompetitionReview",
    "policies/accepted": "policies.InstalmentEvidence",
    "policies/batches": "policies.PaymentBatch",
    "policies/payments": "policies.Payment",
    "policies/budgets": "policies.BudgetEntry",
    "policies/subscriptions": "policies.PolicySubscription",
    "procedures/versions": "approvals.ProcedureVersion",
    "procedure-versions": "approvals.ProcedureVersion",
    "enclaves/shares": "premises.EnclaveShare",
    "relocations": "premises.RelocationScheme",
    "relocations/parties": "premises.RelocationParty",
    "relocations/entries": "premises.RelocationEntry",
    "renewals/events": "premises.RenewalEvent",
    "renewals/figures": "premises.RenewalFigure",
}
# What a field of the API takes, where its schema only says that it is a text.
WORTH = {"stage": "talking"}
REHEARSED = {
    "finish": 240,
    "p50": 250.0,
    "p80": 260.0,
    "chance": 0.9,
    **dict.fromkeys(("finish_at", "p50_at", "p80_at"), "2022-11-10T14:30:00+08:00"),
    "bottleneck": {"key": "a", "name": "a", "share": 1.0, "minutes": 60},
}
PROCEDURE = f"""name: {WORD}
stages: [{SECRET}号]
departments: {{甲局: 1}}
tasks:
- {{key: T1, name: {WORD}, stage: {SECRET}号, department: 甲局, review_hours: 1, issue_hours: 1}}
"""
_numbers = count(1)


@dataclass(frozen=True)
class Address:
    """One address of the product that names rows: its parts, its placeholders, the app that answers it."""

    route: str
    name: str
    placeholders: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.route.startswith(API)


def addresses() -> Iterator[Address]:
    """Yield every address of the product's own pages and API, the plain ones too."""
    for route, name in _walk(get_resolver().url_patterns, ""):
        if not route.startswith(FOREIGN):
            placeholders = tuple(part.partition(">")[0].rpartition(":")[2] for part in route.split("<")[1:])
            yield Address(route, name or "", placeholders)


def _walk(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str | None]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern.name


def url_in(address: Address, zone: Zone, *, missing: bool = False) -> str:
    """Return an address with each placeholder naming a new row of ``zone``, or one that does not exist."""
    url, route = "/", address.route
    while "<" in route:
        before, _, rest = route.partition("<")
        placeholder, _, route = rest.partition(">")
        value = _value(address, placeholder.rpartition(":")[2], (url + before).strip("/"), zone, missing)
        url += f"{before}{value}"
    return url + route


def _value(address: Address, placeholder: str, before: str, zone: Zone, missing: bool) -> object:
    maker = PLACEHOLDERS.get(placeholder)
    if maker is None:
        raise AssertionError(
            f"{address.route}: say in {__name__}.PLACEHOLDERS what a row of another zone is for <{placeholder}>"
        )
    return maker(address, before, zone, missing)


def _pk(address: Address, before: str, zone: Zone, missing: bool) -> int:
    model = model_of(address, before)
    return 987654321 if missing else row_in(zone, model).pk


def _code(address: Address, before: str, zone: Zone, missing: bool) -> str:
    assert model_of(address, before) is Zone, f"{address.route}: <code> of what?"
    return "no-such-zone" if missing else zone.code


PLACEHOLDERS: dict[str, Callable[[Address, str, Zone, bool], object]] = {
    "pk": _pk,
    "job_id": _pk,
    "code": _code,
    "member": lambda address, before, zone, missing: zone.pk,
    "field": lambda address, before, zone, missing: "no-such-field" if missing else "rd",
    "slug": lambda address, before, zone, missing: "no-such-zone" if missing else zone.code,
    "token": lambda address, before, zone, missing: "x.y",
    "name": lambda address, before, zone, missing: "rd",
    "kind": lambda address, before, zone, missing: "nothing" if missing else "stop",
    "key": lambda address, before, zone, missing: "x" if missing else row_in(zone, Screen).key,
}


def model_of(address: Address, before: str) -> type[models.Model]:
    """Return the kind of row that the words before a placeholder name."""
    parts = [part for part in before.removeprefix(API).split("/") if part and not part.isdigit()]
    for words in ("/".join(parts[-2:]), parts[-1]):
        if words in WORDS:
            return apps.get_model(WORDS[words])
    singular = _singular(parts[-1])
    known = {model.__name__.lower(): model for model in own_models()}
    if singular in known:
        return known[singular]
    raise AssertionError(f"{address.route}: say in {__name__}.WORDS what kind of row “{parts[-1]}” are")


def own_models() -> list[type[models.Model]]:
    """Return the models of the product's own apps."""
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("zhuchao.")
        for model in config.get_models()
    ]


def _singular(word: str) -> str:
    word = word.replace("-", "")
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def row_in(zone: Zone, model: type[models.Model], **values: Any) -> models.Model:
    """Make a row of any kind in a zone, as small as the database allows, its texts marked."""
    maker = MAKERS.get(model._meta.label)
    return maker(zone, **values) if maker else _plain_row(zone, model, **values)


def _plain_row(place: Zone, model: type[models.Model], **values: Any) -> models.Model:
    for field in model._meta.concrete_fields:
        if field.name in values or field.primary_key:
            continue
        if field.related_model is Attachment:
            # A file is always there, so that the address that sends it has something to give away.
            values[field.name] = _attachment(place)
        elif field.name == "scope":
            values[field.name] = place.pk
        elif field.null or field.has_default() or getattr(field, "auto_now", False):
            continue
        elif isinstance(field, models.ForeignKey):
            target = field.related_model
            assert isinstance(target, type)
            values[field.name] = place if target is Zone else row_in(place, target)
        elif not getattr(field, "auto_now_add", False):
            values[field.name] = _text_or_number(field)
    return model._base_manager.create(**values)


def _text_or_number(field: models.Field[Any, Any]) -> Any:
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.DateTimeField):
        return MOMENT
    if isinstance(field, models.DateField):
        return DAY
    if isinstance(field, (models.CharField, models.TextField)):
        text = f"{WORD}{SECRET}-{next(_numbers)}"
        return text if field.max_length is None or len(text) <= field.max_length else ""
    number = next(_numbers)
    return number % 30_000 + 1 if isinstance(field, models.SmallIntegerField) else number


def _named() -> str:
    return f"{WORD}{SECRET}-{next(_numbers)}"


def _user(zone: Zone, **values: Any) -> User:
    return make_user(
        Role.PROMOTION_OFFICER, zone=zone, **({"display_name": _named(), "phone": "13973915000"} | values)
    )


def _alliance(zone: Zone, **values: Any) -> Alliance:
    code = f"ally-{next(_numbers)}"
    alliance = Alliance.objects.create(code=code, name=_named(), lead_zone=zone)
    alliance.members.add(zone)
    return alliance


def _assignment(zone: Zone, **values: Any) -> Assignment:
    return Assignment.objects.create(
        zone=zone,
        thing="promotion.lead",
        row_id=next(_numbers),
        label=_named(),
        officer=_user(zone),
        since=MOMENT,
    )


def _change(zone: Zone, **values: Any) -> Change:
    return record_change(actor=None, verb="edit", rows=[zone], scope=zone.pk, name=_named())


def _attachment(zone: Zone, **values: Any) -> Attachment:
    content = BytesIO(f"{_named()}\n".encode())
    return keep_file(content=content, name=f"{_named()}.txt", scope=zone.pk, actor=None)


def _zone(zone: Zone, **values: Any) -> Zone:
    if zone.brand_logo is None:
        zone.brand_logo = _attachment(zone)
        zone.save(update_fields=["brand_logo"])
    return zone


def _indicator(zone: Zone, **values: Any) -> models.Model:
    model = apps.get_model("indicators.Indicator")
    return _plain_row(
        zone, model, code=f"indicator-{next(_numbers)}", show_unit="万元", dimension="money", zone=zone
    )


MAKERS: dict[str, Callable[..., models.Model]] = {
    "zones.Zone": _zone,
    "zones.User": _user,
    "zones.Membership": lambda zone, **values: Membership.objects.get(user=_user(zone)),
    "zones.ApiToken": lambda zone, **values: _plain_row(zone, ApiToken, user=_user(zone)),
    "zones.Alliance": _alliance,
    "zones.Assignment": _assignment,
    "zones.Sector": lambda zone, **values: make_sector(zone, _named()),
    "core.Change": _change,
    "core.ChainHead": lambda zone, **values: ChainHead.objects.get(scope=_change(zone).scope),
    "core.Attachment": _attachment,
    "core.Job": lambda zone, **values: _plain_row(zone, Job, scope=zone.pk, created_by=_user(zone)),
    "core.ImportBatch": lambda zone, **values: _plain_row(zone, ImportBatch, kind="enterprises"),
    "enterprises.Enterprise": lambda zone, **values: make_enterprise(zone, name=f"{_named()}有限公司"),
    "enterprises.FirmDocument": lambda zone, **values: _plain_row(
        zone, apps.get_model("enterprises.FirmDocument"), end_reason="", **values
    ),
    "enterprises.DocumentUse": lambda zone, **values: _plain_row(
        zone,
        apps.get_model("enterprises.DocumentUse"),
        consent=row_in(zone, apps.get_model("enterprises.DocumentConsent")),
        **values,
    ),
    "approvals.Rehearsal": lambda zone, **values: _plain_row(
        zone, apps.get_model("approvals.Rehearsal"), results=REHEARSED, **values
    ),
    "approvals.ProcedureVersion": lambda zone, **values: _plain_row(
        zone, apps.get_model("approvals.ProcedureVersion"), text=PROCEDURE, **values
    ),
    "policies.PolicyVersion": lambda zone, **values: _plain_row(
        zone, apps.get_model("policies.PolicyVersion"), rules="", **values
    ),
    "policies.Instalment": lambda zone, **values: _plain_row(
        zone, apps.get_model("policies.Instalment"), stage="", asked="", **values
    ),
    "projects.Agreement": lambda zone, **values: _plain_row(
        zone, apps.get_model("projects.Agreement"), end_reason="", **values
    ),
    "premises.Site": lambda zone, **values: make_site(zone, name=_named()),
    "premises.Unit": lambda zone, **values: make_unit(make_site(zone, name=_named()), name=_named()),
    "premises.HoldLimit": lambda zone, **values: _plain_row(
        zone, apps.get_model("premises.HoldLimit"), days=30
    ),
    "premises.Arrival": lambda zone, **values: _plain_row(
        zone, apps.get_model("premises.Arrival"), expected_month=DAY.replace(day=1), **values
    ),
    "premises.Enclave": lambda zone, **values: _plain_row(
        zone,
        apps.get_model("premises.Enclave"),
        partner=Zone.objects.create(code=f"partner-{next(_numbers)}", name="甲", short_name="甲"),
    ),
    "premises.EnclaveShare": lambda zone, **values: _plain_row(
        zone, apps.get_model("premises.EnclaveShare"), partner_percent=Decimal(40)
    ),
    "premises.RelocationEntry": lambda zone, **values: _plain_row(
        zone, apps.get_model("premises.RelocationEntry"), kind="listed", area_m2=Decimal(int(SECRET))
    ),
    "policies.Recommendation": lambda zone, **values: _plain_row(
        zone, apps.get_model("policies.Recommendation"), missing="", **values
    ),
    "indicators.Indicator": _indicator,
    "indicators.Observation": lambda zone, **values: _plain_row(
        zone, apps.get_model("indicators.Observation"), value=Decimal(int(SECRET))
    ),
    "projects.InspectionInterval": lambda zone, **values: _plain_row(
        zone, apps.get_model("projects.InspectionInterval"), days=30
    ),
    "promotion.Lead": lambda zone, **values: make_lead(zone, name=_named(), investor=_named()),
    "portal.Door": lambda zone, **values: Door.objects.get_or_create(zone=zone, slug=zone.code)[0],
    "portal.FirmLink": lambda zone, **values: _plain_row(
        zone, apps.get_model("portal.FirmLink"), key="", **values
    ),
    "portal.Screen": lambda zone, **values: _plain_row(zone, Screen, key=f"key-{next(_numbers)}"),
    "approvals.TaskEvent": lambda zone, **values: _plain_row(
        zone, apps.get_model("approvals.TaskEvent"), **({"kind": "assign"} | values)
    ),
    "promotion.PlacingPlan": lambda zone, **values: _plain_row(
        zone, apps.get_model("promotion.PlacingPlan"), made_at=MOMENT, **values
    ),
    "promotion.Referral": lambda zone, **values: _plain_row(
        zone,
        apps.get_model("promotion.Referral"),
        to_zone=Zone.objects.create(code=f"partner-{next(_numbers)}", name="甲", short_name="甲"),
    ),
    "projects.BundleTask": lambda zone, **values: _plain_row(
        zone, apps.get_model("projects.BundleTask"), working_days=3
    ),
    "projects.TaskBundle": lambda zone, **values: _bundle(zone, **values),
    "projects.LightRule": lambda zone, **values: _plain_row(
        zone, apps.get_model("projects.LightRule"), late_days=9, near_days=3, ready_percent=80
    ),
    "projects.StatWindow": lambda zone, **values: _plain_row(
        zone, apps.get_model("projects.StatWindow"), month=date(2000 + next(_numbers) % 900, 1, 1)
    ),
    "projects.Project": lambda zone, **values: make_project(zone, name=_named(), company=_named()),
}


def _bundle(zone: Zone, **values: Any) -> models.Model:
    bundle = _plain_row(zone, apps.get_model("projects.TaskBundle"), **values)
    apps.get_model("projects.BundleVersion").objects.create(zone=zone, bundle=bundle, number=1)
    return bundle


def fill(zone: Zone) -> None:
    """Make one row of every kind in a zone."""
    for model in own_models():
        fields = {field.name for field in model._meta.get_fields()}
        if model._meta.label in MAKERS or fields & {"zone", "scope"}:
            row_in(zone, model)


@dataclass(frozen=True)
class Call:
    """One request: a method and an address, for the API with a body of the right shape."""

    method: str
    url: str
    body: dict[str, Any] | None = None
    is_form: bool = False

    @property
    def sent(self) -> dict[str, Any]:
        """Return what the client is given: JSON, or a form with a file in each field that takes one."""
        if self.body is None:
            return {}
        if not self.is_form:
            return {"data": self.body, "content_type": "application/json"}
        return {"data": {name: _file() if name == "file" else value for name, value in self.body.items()}}


def _file() -> BytesIO:
    file = BytesIO(b"x")
    file.name = "x.png"
    return file


def calls_of(address: Address, url: str) -> list[Call]:
    """Return every request that an address takes: what a page takes, or the methods that the API says it has."""
    if not address.is_api:
        return [Call("get", url), Call("post", url)]
    known = _openapi()
    route = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address.route)
    calls = []
    for method, operation in known["paths"][route].items():
        required = [
            one for one in operation.get("parameters", ()) if one["in"] == "query" and one.get("required")
        ]
        query = urlencode({one["name"]: _sample(one["schema"], known) for one in required})
        kinds = operation.get("requestBody", {}).get("content", {})
        kind = next(iter(kinds), "")
        sample = _sample(kinds[kind]["schema"], known) if kind else None
        is_form = kind == "multipart/form-data"
        calls.append(Call(method, f"{url}?{query}" if query else url, sample, is_form))
    return calls


@lru_cache(maxsize=1)
def _openapi() -> dict[str, Any]:
    return dict(api.get_openapi_schema())


def _sample(schema: dict[str, Any], known: dict[str, Any], name: str = "") -> Any:
    """Return a value that a JSON schema takes; ``WORTH`` says what its words do not."""
    if name in WORTH:
        return WORTH[name]
    if "$ref" in schema:
        return _sample(known["components"]["schemas"][schema["$ref"].rpartition("/")[2]], known)
    if "anyOf" in schema or "allOf" in schema:
        return _sample((schema.get("anyOf") or schema["allOf"])[0], known)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        needed = schema.get("required", ())
        return {
            name: _sample(one, known, name)
            for name, one in schema.get("properties", {}).items()
            if name in needed
        }
    if schema.get("type") == "array":
        return [_sample(schema["items"], known)]
    if schema.get("format") == "date":
        return DAY.isoformat()
    if schema.get("format") == "date-time":
        return MOMENT.isoformat()
    return {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""), "x")


def assert_isolated(client: Client, *wanted: str | Call) -> list[int]:
    """Fail unless each address answers this browser, to read and to write, as if the row did not exist.

    A plain address is read and posted to. What does not take a method (405) must answer another with 404.
    Returns the status of every request.
    """
    calls = [
        one
        for item in wanted
        for one in ([Call("get", item), Call("post", item)] if isinstance(item, str) else [item])
    ]
    statuses: dict[str, dict[str, int]] = {}
    for call in calls:
        answer = getattr(client, call.method)(call.url, **call.sent)
        statuses.setdefault(call.url.partition("?")[0], {})[call.method] = answer.status_code
        assert SECRET not in text_of(answer), f"{call.method} {call.url} tells of another zone"
    for url, found in statuses.items():
        assert set(found.values()) <= {404, 405}, f"{url} answers {found}"
        assert 404 in found.values(), f"{url} answers {found}"
    return [status for found in statuses.values() for status in found.values()]


def text_of(answer: Any) -> str:
    """Return what an answer says, a file of it too."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace")
