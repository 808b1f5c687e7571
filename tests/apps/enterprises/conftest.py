"""Rows and people that the tests of firms share."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.models import Attachment, ImportBatch, StoredFile
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.enterprises import services
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.engines import EngineError
from zhuchao.engines.identity import check_credit_code, make_synthetic_code

DAY = date(2026, 3, 2)


def code(n: int) -> str:
    """Return the credit code of the n-th made-up firm."""
    return make_synthetic_code(n)


def old_number(first14: str) -> str:
    """Return fourteen digits with the check digit that makes them an old registration number."""
    try:
        return check_credit_code(f"{first14}0").code
    except EngineError as error:
        return f"{first14}{error.data['expected']}"


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def officer(zone: Zone) -> User:
    return make_user(Role.LIAISON, zone=zone)


@pytest.fixture
def admin(zone: Zone) -> User:
    return make_user(Role.ADMINISTRATOR, zone=zone)


@pytest.fixture
def browser(client: Client, officer: User) -> Client:
    return signed_in(client, officer)


@pytest.fixture
def add(zone: Zone, officer: User) -> Callable[..., Enterprise]:
    """Return a function that registers a firm the way the product does."""

    def make(name: str = "苏州苏鲲科技有限公司", **values: Any) -> Enterprise:
        values = {"actor": officer, "zone": zone} | values
        return services.add_enterprise(name=name, **values)

    return make


@pytest.fixture
def run_ledger(zone: Zone, admin: User) -> Callable[..., list[Outcome]]:
    """Return a function that compares rows with the books and writes them, as the importer does."""

    def run(
        ledger: Any, *rows: dict[str, Any], write: bool = True, actor: User | None = None
    ) -> list[Outcome]:
        names = [field.name for field in ledger.fields]
        given = [Row(n, dict.fromkeys(names) | values) for n, values in enumerate(rows, 2)]
        outcomes = sorted(ledger.compare(scope=zone.pk, rows=given), key=lambda outcome: outcome.row.number)
        if write:
            due = [outcome for outcome in outcomes if outcome.state in {"new", "changed"}]
            batch = make_batch(zone, ledger.key)
            ledger.apply(scope=zone.pk, actor=actor or admin, batch=batch, outcomes=due, progress=Progress())
        return outcomes

    return run


def make_batch(zone: Zone, kind: str) -> ImportBatch:
    file, _ = StoredFile.objects.get_or_create(
        sha256="0" * 64, defaults={"size_bytes": 1, "media_type": "text/csv"}
    )
    attachment = Attachment.objects.create(scope=zone.pk, file=file, name="ledger.csv", purpose="ledger")
    return ImportBatch.objects.create(scope=zone.pk, kind=kind, attachment=attachment)


def wan(amount: str) -> Decimal:
    """Return 万元 in yuan."""
    return Decimal(amount) * 10_000
