"""直达率: eligible, notified, opened, applied, paid, with the working time between, each number with its firms."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import load_workbook

from tests.factories import make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.models import Change
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.models import FirmMatch
from zhuchao.apps.policies.selectors.reach import STEPS, ReachStep, funnels_of, tracks_at, tracks_of
from zhuchao.apps.policies.services import application_steps as steps
from zhuchao.apps.policies.services.applications import draft_application
from zhuchao.apps.policies.services.budgets import allocate_budget
from zhuchao.apps.policies.services.payments import (
    Line,
    make_batch,
    record_receipt,
    send_batch,
    set_schedule,
)
from zhuchao.apps.policies.services.tellings import correct_telling, tell_firms
from zhuchao.apps.policies.services.terms import add_review
from zhuchao.apps.zones.models import Role

from .conftest import TODAY

FOUND, TOLD, APPLIED = date(2023, 6, 1), date(2023, 6, 5), date(2023, 6, 9)


@pytest.fixture(autouse=True)
def _calendar(calendar):
    return calendar


@pytest.fixture
def firms(zone):
    return [make_enterprise(zone, name=f"示例{word}有限公司") for word in ("甲", "乙", "丙", "丁")]


@pytest.fixture
def version(make_policy, firms, zone, second):
    """A version that four firms qualify for since the first of June, reviewed and with a budget."""
    found = selectors.current_version(make_policy(), TODAY)
    for firm in firms:
        FirmMatch.objects.create(zone=zone, version=found, enterprise=firm, answer="eligible", since=FOUND)
    add_review(actor=second, version=found, conclusion="passed", body="区局（示例）", on=FOUND)
    allocate_budget(actor=second, policy=found.policy, year=2023, amount_cny=Decimal(1000))
    return found


@pytest.fixture
def paid(version, firms, clerk, second, zone):
    """Three firms are told, one gives a receipt, two apply, one is paid."""
    told = tell_firms(actor=clerk, policy=version.policy, enterprises=firms[:3], way="visit", on=TOLD)
    correct_telling(actor=clerk, entry=told[0], receipt="签收", reason="补登回执")
    for firm in firms[:2]:
        made = draft_application(actor=clerk, version=version, enterprise=firm, on=APPLIED)
        made = steps.submit_application(actor=clerk, application=made, on=APPLIED)
    first = version.applications.get(enterprise=firms[0])
    steps.accept_application(actor=clerk, application=first, on=APPLIED)
    steps.approve_application(
        actor=second, application=first, amount_cny=Decimal(100), reason="符合", on=date(2023, 6, 12)
    )
    rows = set_schedule(actor=clerk, application=first, lines=[Line(Decimal(100), "approval", TODAY)])
    return send_batch(actor=second, batch=make_batch(actor=clerk, zone=zone, instalments=rows))[0]


@pytest.mark.document("4-16")
def test_the_funnel_counts_from_who_qualifies_to_who_was_paid_with_the_working_time_between(
    paid, version, clerk, zone, firms
):
    whole, single = funnels_of(clerk, tracks_of(clerk, zone))
    for funnel in (whole, single):
        assert [funnel.counts[step] for step in STEPS] == [4, 3, 1, 2, 1]
        assert funnel.reached == 0.25
    assert (whole.policy, single.policy) == (None, version.policy)
    # Thursday to Monday two working days, Monday to Friday four, Friday to Thursday after next four.
    said = [(single.paces[step].working_days, single.paces[step].firms) for step in STEPS[1:]]
    assert said == [(2, 3), (0, 1), (4, 1), (4, 1)]
    firm_ids = [track.enterprise_id for track in tracks_at(tracks_of(clerk, zone), ReachStep.APPLIED)]
    assert firm_ids == [firm.pk for firm in firms[:2]]


@pytest.mark.document("4-16")
def test_each_number_of_the_page_opens_to_its_firms_and_all_can_be_taken_out(
    paid, version, page, firms, client, second
):
    shown = page.get("/policies/reach/")
    text = shown.content.decode()
    assert "直达率 25.0%" in text
    assert 'data-chart="funnel"' in text
    values = [one["value"] for one in shown.context["chart"]["series"][0]["data"]]
    assert values == [4, 3, 1, 2, 1]
    for step, count in zip(STEPS, values, strict=True):
        url = f"/policies/reach/firms/?step={step}&policy={version.policy_id}"
        assert url.replace("&", "&amp;") in text
        listed = page.get(url).content.decode()
        assert [firm.name in listed for firm in firms].count(True) == count, step
    signed_in(client, second)
    answer = client.get(f"/policies/reach/file/?policy={version.policy_id}")
    rows = load_workbook(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    assert (len(rows), rows[1][1:4]) == (5, ["示例甲有限公司", "是", FOUND])
    assert Change.objects.filter(verb="export", data__list="policy-reach").count() == 1


def test_money_that_came_back_was_not_paid(paid, clerk, zone):
    record_receipt(actor=clerk, payment=paid, amount_cny=Decimal(0))
    assert funnels_of(clerk, tracks_of(clerk, zone))[0].counts[ReachStep.PAID] == 0


def test_who_applied_without_being_found_to_qualify_is_counted_beside_the_funnel(version, clerk, zone):
    stranger = make_enterprise(zone)
    made = draft_application(actor=clerk, version=version, enterprise=stranger)
    steps.submit_application(actor=clerk, application=made)
    whole = funnels_of(clerk, tracks_of(clerk, zone))[0]
    assert (whole.outside, whole.counts[ReachStep.APPLIED], whole.counts[ReachStep.ELIGIBLE]) == (1, 0, 4)


def test_the_api_gives_the_same_numbers_and_strangers_nothing(paid, version, page, zone):
    said = page.get(f"/api/v1/policies/reach?zone={zone.code}&policy_id={version.policy_id}").json()
    assert [step["firms"] for step in said[1]["steps"]] == [4, 3, 1, 2, 1]
    assert said[1]["rate"] == 0.25
    other = make_zone()
    make_user(Role.LEADER, zone=other)
    assert tracks_of(make_user(Role.LEADER, zone=other), other) == []
    with pytest.raises(NotAllowed):
        tracks_of(make_user(Role.WINDOW_CLERK, zone=zone), zone)
