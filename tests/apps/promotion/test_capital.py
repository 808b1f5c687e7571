"""Foreign capital: in its own currency with the rate of a day; planned, registered and arrived never mixed."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_lead, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.models import ForeignCapital
from zhuchao.apps.zones.models import Role

DAY = date(2026, 3, 2)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def lead(zone):
    return make_lead(zone, name="日资医疗项目")


@pytest.fixture
def add(officer, lead):
    def run(**values):
        given = {
            "kind": "registered",
            "on": DAY,
            "country": "日本",
            "currency": "usd",
            "amount": Decimal("5000000.00"),
            "rate": Decimal("7.1055"),
            "rate_on": DAY,
        }
        return services.add_capital(actor=officer, lead=lead, **(given | values))

    return run


@pytest.mark.document("1-08")
def test_amount_rate_and_its_day_are_kept_and_registered_stays_apart_from_arrived(client, officer, lead, add):
    entry = add()
    add(kind="arrived", amount=Decimal("1200000.01"), rate=Decimal("7.0923"), rate_on=date(2026, 3, 1))
    add(currency="JPY", country="日本", amount=Decimal("1000000"), rate=Decimal("0.04761234"))
    assert (entry.currency, entry.rate_on, entry.amount_cny) == ("USD", DAY, Decimal("35527500.00"))
    sums = selectors.capital_sums(selectors.capital_of(lead))
    assert [(one.kind, one.currency, one.amount, one.amount_cny) for one in sums] == [
        ("registered", "JPY", 1000000, Decimal("47612.34")),
        ("registered", "USD", 5000000, Decimal("35527500.00")),
        ("arrived", "USD", Decimal("1200000.01"), Decimal("8510760.07")),
    ]
    words = signed_in(client, officer).get(f"/leads/{lead.pk}/").content.decode()
    for word in ("注册外资", "到位外资", "日本", "USD", "7.1055", "2026-03-02 汇率"):
        assert word in words


def test_a_correction_takes_the_yuan_with_it_and_keeps_what_was_said(officer, lead, add):
    entry = add()
    better = services.correct_capital(
        actor=officer, entry=entry, reason="汇率取错", rate=Decimal("7.1"), evidence_note="外汇中心"
    )
    assert better.amount_cny == Decimal("35500000.00")
    assert list(selectors.capital_of(lead)) == [better]
    services.void_capital(actor=officer, entry=better, reason="未注册")
    assert not selectors.capital_of(lead).exists()
    assert ForeignCapital.objects.get(pk=entry.pk).amount_cny == Decimal("35527500.00")
    with pytest.raises(TypeError):
        services.correct_capital(actor=officer, entry=entry, reason="x", amount_cny=1)


@pytest.mark.parametrize(
    "values",
    [
        {"currency": "CNY"},
        {"currency": "XYZ"},
        {"country": " "},
        {"amount": Decimal(0)},
        {"rate": Decimal(-1)},
        {"on": date(2999, 1, 1)},
        {"rate_on": date(2999, 1, 1)},
        {"amount": Decimal("9999999999999999.00"), "rate": Decimal(900000)},
    ],
)
def test_what_cannot_be_foreign_capital_is_refused(add, values):
    with pytest.raises(WrongInput):
        add(**values)
    assert not ForeignCapital.objects.exists()


def test_only_the_zone_sees_and_enters_it(zone, lead, add):
    entry = add()
    with pytest.raises(NotFound):
        selectors.get_capital(make_user(Role.PROMOTION_OFFICER), entry.pk)
    with pytest.raises(NotAllowed):
        services.void_capital(actor=make_user(Role.AUDITOR, zone=zone), entry=entry, reason="x")


def test_the_pages_enter_correct_and_void_it(client, officer, lead):
    page = signed_in(client, officer)
    form = {"kind": "registered", "on": "2026-03-02", "country": "新加坡", "currency": "SGD", "amount": "100"}
    form |= {"rate": "5.3", "rate_on": "2026-03-02"}
    assert page.post(f"/leads/{lead.pk}/capital/add/", form | {"currency": "CNY"}).status_code == 422
    assert page.post(f"/leads/{lead.pk}/capital/add/", form).status_code == 302
    entry = ForeignCapital.objects.get()
    assert 'value="5.30000000"' in page.get(f"/leads/capital/{entry.pk}/correct/").content.decode()
    url = f"/leads/capital/{entry.pk}/correct/"
    assert page.post(url, form | {"rate": "5.4", "reason": "取错"}).status_code == 302
    successor = ForeignCapital.objects.get(replaces=entry)
    assert successor.amount_cny == 540
    assert page.post(f"/leads/capital/{successor.pk}/void/", {"reason": "重复"}).status_code == 302
    assert page.get(f"/leads/capital/{successor.pk}/evidence/").status_code == 404
