"""Batch campaigns: a project goes on from one list to a later one, and the passage is counted by platform."""

from datetime import date

import pytest

from tests.factories import make_project
from zhuchao.apps.core.errors import AlreadyReplaced
from zhuchao.apps.core.models import Change
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import BatchNotLater, BatchPlaceExists
from zhuchao.apps.projects.models import BatchPlace
from zhuchao.apps.zones import selectors as zones

FEB, APR, JUNE = (date(2023, month, 1) for month in (2, 4, 6))


@pytest.fixture
def signed(zone, officer):
    """Put four projects of the province and three of the city on the signing list of one batch."""
    return [
        services.add_batch_place(
            actor=officer,
            project=make_project(zone),
            batch_name="2023年第一批",
            list_="signing",
            platform="province" if number < 4 else "city",
            on=FEB,
        )
        for number in range(7)
    ]


def flows(zone, on=JUNE):
    found = selectors.batch_flows([zone.pk], on=on, as_of=zones.now(zone))
    return {(flow.batch_name, flow.list, flow.platform): flow for flow in found}


@pytest.mark.document("4-26")
def test_seven_signed_projects_go_on_to_later_batches_by_platform(page, zone, officer, signed):
    for place in (signed[0], signed[1], signed[4]):
        started = services.convert_batch_place(
            actor=officer, place=place, batch_name="2023年第二批", list_="starting", on=APR
        )
    services.convert_batch_place(
        actor=officer, place=started, batch_name="2023年第三批", list_="producing", on=JUNE
    )
    line = selectors.batch_lines([zone.pk], on=JUNE, as_of=zones.now(zone))[0]
    assert (line.projects, line.province, line.city) == (7, 4, 3)
    found = flows(zone)
    province = found["2023年第一批", "signing", "province"]
    city = found["2023年第一批", "signing", "city"]
    assert [(each.list, each.projects) for each in province.passages] == [("starting", 2), ("producing", 0)]
    assert [(each.projects, each.of) for each in city.passages] == [(1, 3), (1, 3)]
    assert city.passages[0].batches == (("2023年第二批", 1),)
    assert found["2023年第二批", "starting", "city"].passages[0].projects == 1
    shown = page.get("/projects/progress/?from=2023-01-01&to=2023-06-15").content.decode()
    assert "批次之间的转化" in shown
    assert "50.0%" in shown
    assert flows(zone, on=FEB)["2023年第一批", "signing", "province"].passages[0].projects == 0


def test_the_conversion_keeps_the_first_place_and_the_log_says_where_it_came_from(
    page, zone, officer, signed
):
    url = f"/projects/batches/{signed[5].pk}/convert/"
    assert "签约一批转入下一清单" in page.get(url).content.decode()
    data = {"batch_name": "2023年第二批", "list_": "starting", "platform": "city", "on": "2023-04-01"}
    assert page.post(url, data).status_code == 302
    places = BatchPlace.objects.live().filter(project=signed[5].project)
    assert {place.list for place in places} == {"signing", "starting"}
    logged = Change.objects.filter(scope=zone.pk, verb="convert_batch").get().data
    assert logged["came_from"] == {"batch": "2023年第一批", "list": "signing", "platform": "city"}
    assert page.post(url, data).status_code == 422


def test_a_project_goes_on_to_later_lists_only_and_not_before_it_was_on_the_first(officer, signed):
    place = signed[0]
    for list_, on in (("signing", APR), ("starting", date(2023, 1, 1))):
        with pytest.raises(BatchNotLater):
            services.convert_batch_place(
                actor=officer, place=place, batch_name="2023年第二批", list_=list_, on=on
            )
    services.convert_batch_place(actor=officer, place=place, batch_name="二", list_="starting", on=APR)
    with pytest.raises(BatchPlaceExists):
        services.convert_batch_place(actor=officer, place=place, batch_name="二", list_="starting", on=APR)
    services.void_batch_place(actor=None, entry=place, reason="没有签")
    with pytest.raises(AlreadyReplaced):
        services.convert_batch_place(
            actor=officer, place=BatchPlace.objects.get(pk=place.pk), batch_name="三", list_="producing"
        )


def test_a_family_goes_on_with_its_first_part(zone, officer, signed):
    part = services.add_project(
        actor=officer, zone=zone, name="某项目一期", parent=signed[0].project, part="一期"
    )
    services.add_batch_place(
        actor=officer, project=part, batch_name="2023年第二批", list_="starting", platform="province", on=APR
    )
    assert flows(zone)["2023年第一批", "signing", "province"].passages[0].projects == 1
