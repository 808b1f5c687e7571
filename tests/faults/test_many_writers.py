"""Twenty people write at the same moment: nobody is told that the database is locked, and all of it is kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.factories import make_project, make_site, make_user, make_zone
from tests.faults.conftest import House
from tests.faults.house import Visitor
from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services import verify_changes
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.services import add_enterprise
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.services import add_unit
from zhuchao.apps.projects.models import Investment
from zhuchao.apps.projects.services import add_investment
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.promotion.services import add_lead
from zhuchao.apps.zones.models import Role
from zhuchao.engines.identity import make_synthetic_code

PEOPLE = 20
DAY = date(2026, 6, 1)


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Do all from the same moment on, each on a connection of its own; return what each returned."""
    barrier = Barrier(len(works))

    def do(work: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(do, works))


@pytest.mark.django_db(transaction=True)
def test_twenty_who_keep_different_books_of_one_zone_lose_nothing():
    zone = make_zone()
    people = [make_user(Role.ADMINISTRATOR, zone=zone) for _ in range(PEOPLE)]
    sites = [make_site(zone) for _ in people]
    projects = [make_project(zone) for _ in people]
    before = Change.objects.filter(scope=zone.pk).count()

    def keep_books(number: int) -> Callable[[], None]:
        actor, site, project = people[number], sites[number], projects[number]

        def work() -> None:
            books = [
                lambda: add_enterprise(actor=actor, zone=zone, name=f"第{number}企业有限公司"),
                lambda: add_lead(actor=actor, zone=zone, name=f"第{number}线索", found_on=DAY, owner=actor),
                lambda: add_unit(actor=actor, site=site, name="101", gross_area_m2=Decimal(300), on=DAY),
                lambda: add_investment(
                    actor=actor,
                    project=project,
                    kind="fixed_assets",
                    on=DAY,
                    amount_cny=Decimal(10_000),
                    voucher_no="凭1",
                ),
            ]
            # Everybody begins with another book, so that each lock meets every other.
            for write in books[number % 4 :] + books[: number % 4]:
                write()

        return work

    at_once([keep_books(number) for number in range(PEOPLE)])
    for model in (Enterprise, Lead, Unit, Investment):
        assert model.objects.filter(zone=zone).count() == PEOPLE
    places = list(Change.objects.filter(scope=zone.pk).order_by("seq").values_list("seq", flat=True))
    assert places == list(range(1, len(places) + 1))
    assert len(places) >= before + 4 * PEOPLE
    assert list(verify_changes(zone.pk)) == [len(places)]


@pytest.mark.django_db(transaction=True)
def test_twenty_who_enter_the_same_firm_leave_one():
    zone = make_zone()
    people = [make_user(Role.PROMOTION_OFFICER, zone=zone) for _ in range(PEOPLE)]

    code = make_synthetic_code(7)

    def enter(actor: Any) -> str:
        try:
            add_enterprise(actor=actor, zone=zone, name="同一家有限公司", credit_code=code)
        except DomainError as refusal:
            return refusal.code
        return "added"

    outcomes = at_once([lambda actor=actor: enter(actor) for actor in people])
    assert sorted(outcomes) == ["added"] + ["credit_code_taken"] * (PEOPLE - 1)
    assert Enterprise.objects.filter(zone=zone).count() == 1


@pytest.mark.django_db
@pytest.mark.slow
def test_twenty_who_write_by_http_are_all_answered_and_all_kept(house: House):
    each, before = 4, house.place.count("enterprises_enterprise")

    def write(token: str) -> list[int]:
        visitor, own = Visitor(house.server.address), token[-8:]
        barrier.wait()
        return [
            visitor.call(
                "POST",
                f"/api/v1/enterprises?zone={house.zone}",
                {"name": f"同时企业{own}{number}有限公司"},
                token=token,
            ).status
            for number in range(each)
        ]

    barrier = Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(write, house.tokens))
    assert answers == [[201] * each] * PEOPLE
    assert house.place.count("enterprises_enterprise") == before + PEOPLE * each
    assert "locked" not in house.server.said()
    places = house.place.ask("SELECT scope, COUNT(*), MAX(seq) FROM core_change GROUP BY scope")
    assert all(links == last for _scope, links, last in places), "no gap and no double in any chain"
