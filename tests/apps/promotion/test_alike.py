"""What may be there already is shown while a lead is typed, and asked about before it is saved."""

from datetime import date

import pytest

from tests.factories import make_enterprise, make_lead, make_project, make_user, make_zone, signed_in
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.errors import LeadDuplicateFound
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones.models import Role
from zhuchao.engines.identity import make_synthetic_code

MAY = date(2026, 5, 1)
CODE = make_synthetic_code(71)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def page(client, officer):
    return signed_in(client, officer)


def kinds(found):
    return [(one.kind, one.pk) for one in found]


def test_a_project_of_the_same_name_or_code_is_found_before_a_lead_is_saved(zone, officer):
    firm = make_enterprise(zone, name="江苏苏鲲科技有限公司", credit_code=CODE, normal_name="苏鲲科技")
    project = make_project(zone, name="金刚石三期项目", normal_name="金刚石三期", enterprise=firm)
    given = {"actor": officer, "zone": zone, "found_on": MAY}
    with pytest.raises(LeadDuplicateFound) as refused:
        services.add_lead(name="金刚石三期", **given)
    assert [(one["kind"], one["id"]) for one in refused.value.data["candidates"]] == [("project", project.pk)]
    by_code = selectors.find_duplicate_leads(zone_id=zone.pk, name="另一个名字", credit_code=CODE)
    assert ("project", project.pk) in kinds(by_code)
    tied = {"credit_code": CODE, "enterprise_id": firm.pk}
    assert selectors.find_duplicate_leads(zone_id=zone.pk, name="金刚石四期", **tied) == []
    assert services.add_lead(name="金刚石三期", duplicate_reason="另一期", **given).pk


def test_a_project_of_another_company_or_of_the_lead_itself_is_no_duplicate(zone):
    lead = make_lead(zone, name="金刚石三期", normal_name="金刚石三期")
    project = make_project(zone, name="金刚石三期", normal_name="金刚石三期", company="乙公司")
    asked = {"zone_id": zone.pk, "name": "金刚石三期", "exclude": [lead.pk]}
    assert selectors.find_duplicate_leads(**asked, investor="甲公司") == []
    assert kinds(selectors.find_duplicate_leads(**asked)) == [("project", project.pk)]
    type(project).objects.update(lead=lead)
    assert selectors.find_duplicate_leads(**asked) == []


def test_a_name_one_character_off_is_shown_and_not_refused(zone, officer):
    firm = make_enterprise(zone, name="江苏苏坤智能科技有限公司", normal_name="苏坤智能科技")
    lead = make_lead(zone, name="甲项目", investor="苏鲲智造科技有限公司", normal_name="苏鲲智造科技")
    make_lead(zone, name="丙项目", investor="完全不同科技有限公司", normal_name="完全不同科技")
    make_lead(make_zone(), name="丁项目", investor="苏鲲智能科技有限公司", normal_name="苏鲲智能科技")
    asked = {"zone_id": zone.pk, "name": "乙项目", "investor": "苏鲲智能科技有限公司"}
    similar = selectors.find_similar_leads(**asked)
    assert sorted(kinds(similar)) == sorted([("lead", lead.pk), ("enterprise", firm.pk)])
    assert selectors.find_duplicate_leads(**asked) == []
    services.add_lead(actor=officer, zone=zone, found_on=MAY, name="乙项目", investor="苏鲲智能科技有限公司")


def test_the_form_tells_while_typing_and_goes_on_with_a_reason(zone, page):
    known = make_lead(zone, name="印势新材料项目", normal_name="印势新材料")
    typed = page.get("/leads/alike/", {"name": "印势新材料项目"}).content.decode()
    assert "可能已有" in typed
    assert f'href="/leads/{known.pk}/"' in typed
    assert "<html" not in typed
    assert (
        page.get("/leads/alike/", {"name": "印势新材料项目", "lead": known.pk}).content.decode().strip() == ""
    )
    assert page.get("/leads/alike/").content.decode().strip() == ""
    form = {"name": "印势新材料项目", "found_on": "2026-05-01", "source": "own", "stage": "found"}
    refused = page.post("/leads/add/", form)
    assert refused.status_code == 422
    assert f'href="/leads/{known.pk}/"' in refused.content.decode()
    assert Lead.objects.count() == 1
    assert page.post("/leads/add/", form | {"duplicate_reason": "二期"}).status_code == 302


def test_what_is_alike_is_not_told_to_who_may_not_enter_leads(client, zone):
    make_lead(zone, name="印势新材料项目", normal_name="印势新材料")
    auditor = signed_in(client, make_user(Role.AUDITOR, zone=zone))
    answer = auditor.get("/leads/alike/", {"name": "印势新材料项目"})
    assert answer.status_code == 403
    assert "印势新材料项目" not in answer.content.decode()
