"""A zone with departments, and the people who look after its approvals."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.factories import make_department, make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.approvals.models import Theme, ThemeMatter
from zhuchao.apps.approvals.selectors.matter_versions import Paper, Step
from zhuchao.apps.approvals.services.matter_versions import draft_matter_version, publish_matter_version
from zhuchao.apps.approvals.services.matters import add_matter
from zhuchao.apps.approvals.services.opening import open_case
from zhuchao.apps.core.models import CalendarDay, CalendarYear
from zhuchao.apps.zones.models import Department, Role

STEPS = (Step("受理", "综合窗口", "核对材料"), Step("决定", "部门负责人"))
PAPERS = (
    Paper("营业执照", kind="licence"),
    Paper("监理合同", is_main=False, may_be_late=True),
    Paper("许可证", "out", kind="permit"),
)


TODAY = date(2026, 9, 28)
"""A Monday; the holidays of October begin on the Thursday."""
HOLIDAYS = [date(2026, 10, 1) + timedelta(days=n) for n in range(7)]
MAKEUP = date(2026, 10, 10)
"""A Saturday that is worked."""


@pytest.fixture
def calendar():
    """The working calendar of 2026 with made-up October holidays, and a Saturday worked for them."""
    CalendarYear.objects.create(year=2026, source="示例")
    days = [(day, False) for day in HOLIDAYS] + [(MAKEUP, True)]
    CalendarDay.objects.bulk_create(CalendarDay(day=day, is_working=works) for day, works in days)


@pytest.fixture
def zone():
    return make_zone(demo_day=TODAY, demo_started_at=datetime.now(UTC))


@pytest.fixture
def office(zone):
    """The department that decides."""
    return make_department(zone, name="示例审批局", kind=Department.Kind.APPROVER)


@pytest.fixture
def clerk(zone, office):
    """Somebody of the department: drafts the catalogue, reviews and issues."""
    return make_user(Role.APPROVER, zone=zone, department=office, display_name="祝经办")


@pytest.fixture
def second(zone):
    return make_user(Role.ADMINISTRATOR, zone=zone, display_name="沈复核")


@pytest.fixture
def window(zone):
    """Somebody at the window."""
    counter = make_department(zone, name="综合窗口", kind=Department.Kind.WINDOW)
    return make_user(Role.WINDOW_CLERK, zone=zone, department=counter, display_name="钱窗口")


@pytest.fixture
def page(client, clerk):
    return signed_in(client, clerk)


@pytest.fixture
def make_matter(zone, office):
    """Enter a matter with one version, published unless ``is_draft``."""

    def run(
        code="SX-1", *, name="", department=None, steps=STEPS, documents=PAPERS, is_draft=False, kind="permit",
        **facts,
    ):  # fmt: skip
        said = {
            "effective_from": date(2026, 1, 1),
            "legal_basis": "《示例条例》第一条",
            "legal_days": 20,
            "promised_working_days": Decimal(2),
            "late_working_days": 5,
        } | facts
        matter = add_matter(
            actor=None, zone=zone, code=code, name=name or f"示例许可 {code}", kind=kind,
            department=department or office,
        )  # fmt: skip
        draft = draft_matter_version(actor=None, matter=matter, steps=steps, documents=documents, **said)
        if not is_draft:
            publish_matter_version(actor=None, draft=draft)
        return matter

    return run


@pytest.fixture
def firm(zone):
    return make_enterprise(zone, name="示例精密（合成）有限公司")


@pytest.fixture
def make_case(zone, firm, window, calendar):
    """Take in a case of a firm by a matter or a theme; today's clock."""

    def run(*, enterprise=firm, actor=window, title="示例办件", **way):
        return open_case(actor=actor, zone=zone, title=title, enterprise=enterprise, **way)

    return run


@pytest.fixture
def make_theme(zone):
    """Keep matters as one theme, all beside each other."""

    def run(*matters, code="ZT-1", questions=()):
        theme = Theme.objects.create(
            zone=zone, code=code, name=f"示例一件事 {code}", questions=list(questions)
        )
        for place, matter in enumerate(matters, 1):
            ThemeMatter.objects.create(zone=zone, theme=theme, matter=matter, position=place)
        return theme

    return run
