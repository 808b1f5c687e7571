"""The demo, loaded once for all tests of this folder, through the same importer that a user's ledgers go through."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.desk.services.demo import load_demo
from zhuchao.apps.indicators.selectors import Figure, figures_of, month_end
from zhuchao.apps.zones.models import Zone

DEMO = Path(__file__).resolve().parents[2] / "demo"


class FigureOf(Protocol):
    def __call__(self, zone: str, month: str, code: str, as_of: str = "") -> Figure: ...


@pytest.fixture(scope="package")
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Load the demo and return the folder of its .xlsx files; everything is rolled back after the last test."""
    work = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            load_calendar()
            load_demo(DEMO, work=work)
            yield work
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture
def figure(demo: Path) -> FigureOf:
    """Return a reader of one figure of a demo zone, as the page and the command show it."""

    def read(zone: str, month: str, code: str, as_of: str = "") -> Figure:
        row = Zone.objects.get(code=zone)
        moment = timezone.make_aware(datetime.fromisoformat(as_of)) if as_of else None
        found = figures_of(None, row, month=month_end(month), as_of=moment)
        return next(item for item in found if item.code == code)

    return read


def percent(ratio: Decimal | None, places: int = 1) -> Decimal:
    """Return a ratio as a percentage, halves up."""
    from zhuchao.engines.figures import round_half_up

    assert ratio is not None
    return round_half_up(ratio * 100, places)
