"""A zone on a day of June 2023, its officer, and files as an office keeps them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.services.importing import import_file
from zhuchao.apps.projects import services
from zhuchao.apps.zones.models import Role

TODAY = date(2023, 6, 15)


@pytest.fixture
def zone():
    return make_zone(demo_day=TODAY, demo_started_at=datetime.now(UTC))


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="李店小二")


@pytest.fixture
def page(client, officer):
    return signed_in(client, officer)


@pytest.fixture
def project(zone, officer):
    return services.add_project(
        actor=officer,
        zone=zone,
        name="高纯氢制备项目",
        code="2023-001",
        company="示例氢能科技有限公司",
        source_region="苏州",
        district="泗塘片区",
        total_investment_cny=Decimal("1200000000"),
        officer=officer,
    )


@pytest.fixture
def take_in(tmp_path, zone, officer):
    """Import rows of one kind from a real .xlsx; each row is {column: value}."""

    def run(kind, *rows, name="台账", actor=officer, **options):
        header = list(dict.fromkeys(column for row in rows for column in row))
        path = tmp_path / f"{name}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("台账")
            sheet.write_row(0, 0, header)
            for number, row in enumerate(rows, 1):
                for column, title in enumerate(header):
                    if row.get(title) is not None:
                        sheet.write(number, column, row[title])
        return import_file(actor=actor, scope=zone.pk, kind=kind, path=path, **options)

    return run
