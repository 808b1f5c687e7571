"""One timeline of a project: policy, permit and works entries beside its own, each seen by whom it may be."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_enterprise, make_project, make_site, make_user, make_zone, signed_in
from zhuchao.apps.enterprises.services.vault import add_document
from zhuchao.apps.policies.models import ApplicationStep
from zhuchao.apps.policies.services.application_steps import submit_application
from zhuchao.apps.policies.services.applications import draft_application
from zhuchao.apps.premises.services.works import add_works, record_progress
from zhuchao.apps.projects import selectors
from zhuchao.apps.projects import services as projects
from zhuchao.apps.projects.selectors import ServiceLine
from zhuchao.apps.zones.models import Role

APRIL = date(2023, 4, 10)
MAY = date(2023, 5, 8)


@pytest.fixture
def officer(zone):
    return make_user(Role.ADMINISTRATOR, zone=zone, display_name="李店小二")


@pytest.fixture
def firm(zone):
    return make_enterprise(zone, name="示例汽贸有限公司")


@pytest.fixture
def project(zone, officer, firm):
    return projects.add_project(
        actor=officer, zone=zone, name="运营支持中心", company=firm.name, enterprise=firm, officer=officer
    )


@pytest.fixture
def works(officer, zone):
    site = make_site(zone, name="邮政大厦")
    works = add_works(actor=officer, site=site, name="改造工程", planned_start_on=APRIL, planned_months=6)
    record_progress(actor=officer, works=works, event="started", on=APRIL)
    record_progress(actor=officer, works=works, event="progress", on=MAY, percent=Decimal(40))
    return works


@pytest.fixture
def served(officer, project, firm, works, make_policy):
    """Serve a project on each line: tie its works, take its licence, apply for a policy."""
    projects.set_project_works(actor=officer, project=project, works=[works])
    add_document(
        actor=officer, enterprise=firm, kind="licence", received_on=MAY, title="施工许可证", issuer="住建局"
    )
    version = make_policy("P-1").versions.get()
    application = draft_application(actor=officer, version=version, enterprise=firm, project=project)
    return submit_application(actor=officer, application=application)


@pytest.mark.document("0-25")
def test_one_timeline_mixes_policy_permit_and_works_entries_and_each_line_can_be_read_alone(
    client, officer, project, served
):
    page = signed_in(client, officer)
    history = page.get(f"/projects/{project.pk}/?tab=history").content.decode()
    for said in ("政策扶持 2", "手续办理 1", "改造建设 2", "改造工程：开工", "收到施工许可证", "住建局"):
        assert said in history
    assert f'<a href="/policies/applications/{served.pk}/">提交：示例办法 P-1</a>' in history
    assert history.index("收到施工许可证") < history.index("改造工程：开工"), "the latest comes first"
    alone = page.get(f"/projects/{project.pk}/?tab=history&line=works").content.decode()
    assert "形象进度 40%" in alone
    assert "施工许可证" not in alone
    answer = page.get(f"/api/v1/projects/{project.pk}/timeline?line=permit").json()
    assert [(one["line"], one["on"], one["who"]) for one in answer] == [("permit", "2023-05-08", "住建局")]


def test_who_may_not_see_works_or_applications_does_not_read_of_them_on_the_timeline(zone, project, served):
    clerk = make_user(Role.WINDOW_CLERK, zone=zone)
    lines = {one.line for one in selectors.happenings_of(clerk, project)}
    assert ServiceLine.WORKS not in lines
    assert lines == {ServiceLine.PERMIT, ServiceLine.POLICY}
    stranger = make_user(Role.ADMINISTRATOR, zone=make_zone())
    assert selectors.happenings_of(stranger, project) == []


def test_what_the_firm_applied_for_with_another_project_is_not_of_this_one(
    officer, zone, firm, project, served
):
    other = make_project(zone, enterprise=firm)
    said = [one.what for one in selectors.happenings_of(officer, other) if one.line is ServiceLine.POLICY]
    assert said == []
    assert ApplicationStep.objects.count() == 2


def test_works_are_tied_on_their_form_once_and_untied_again(client, officer, project, works):
    page, form = signed_in(client, officer), f"/projects/{project.pk}/works/"
    assert page.post(form, {"works": [works.pk]}).status_code == 302
    assert page.post(form, {"works": [works.pk]}).status_code == 302
    assert selectors.tied_works(project) == [works]
    assert "改造工程" in page.get(f"/projects/{project.pk}/").content.decode()
    page.post(form, {})
    assert selectors.tied_works(project) == []
    empty = page.get(f"/projects/{project.pk}/?tab=history&line=works").content.decode()
    assert "还没有“改造建设”的条目" in empty


def test_works_of_another_zone_are_not_tied(client, officer, project):
    foreign = make_site(make_zone())
    elsewhere = add_works(actor=None, site=foreign, name="外地工程", planned_start_on=APRIL, planned_months=6)
    answer = signed_in(client, officer).post(f"/projects/{project.pk}/works/", {"works": [elsewhere.pk]})
    assert answer.status_code == 422
    assert selectors.tied_works(project) == []
