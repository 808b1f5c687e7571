"""What nobody means to send: keys no database can hold, and days at the two ends of the calendar."""

import pytest

from tests.factories import make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.premises.models import Hold, Unit
from zhuchao.apps.zones.models import Role

TOO_LARGE = "9" * 26


@pytest.fixture
def unit() -> Unit:
    return make_unit(make_site(make_zone(), name="甲园"), name="101")


@pytest.fixture
def page(client, unit):
    return signed_in(client, make_user(Role.STEWARD, Role.PROMOTION_OFFICER, zone=unit.zone))


@pytest.mark.parametrize("key", [TOO_LARGE, "1" * 19, "1\0", "abc"])
@pytest.mark.parametrize(
    "address", ["/premises/holds/add/", "/premises/leases/add/", "/leads/plans/add/", "/activities/quick/"]
)
def test_a_key_that_is_none_is_refused_on_the_form_and_nothing_is_written(page, address, key):
    answer = page.post(
        address,
        dict.fromkeys(["units", "unit", "sites", "lead", "leads", "events", "firms", "agencies"], key),
    )
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    assert Hold.objects.count() == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "0000-00-00", "2023-02-30", "x"])
def test_a_page_asked_for_any_day_shows_it_or_says_why_not(page, unit, day):
    for address in (f"/premises/{unit.site_id}/", "/premises/space/", "/leads/board/", "/leads/funnel/"):
        query = dict.fromkeys(("on", "start", "end", "first", "last", "known"), day)
        answer = page.get(address, query)
        assert answer.status_code in {200, 422}, address
        assert answer.status_code == 200 or "z-error-what" in answer.content.decode(), address
