"""The command that makes the search index again."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_lead, make_site, make_unit, make_user, make_zone
from zhuchao.apps.core.models import SearchDoc
from zhuchao.apps.core.services import index_rows, search
from zhuchao.apps.core.services.search import Findable
from zhuchao.apps.desk.selectors import search_everything
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.models import RelocationParty, Renewal
from zhuchao.apps.premises.services import relocations as services
from zhuchao.apps.zones.models import Role, User, Zone


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def officer(zone: Zone) -> User:
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


def enterprise(zone: Zone, name: str, **values) -> Enterprise:
    return Enterprise.objects.create(zone=zone, name=name, normal_name=name, **values)


def titles(user: User, text: str) -> list[str]:
    return [hit.title for hit in search_everything(user, text)]


def kept() -> list[tuple]:
    return list(SearchDoc.objects.order_by("thing", "row_id").values_list("thing", "row_id", "title", "text"))


def test_rows_from_before_their_kind_was_searchable_are_found_after_a_reindex(zone, officer, capsys):
    enterprise(zone, "恒澜光电")
    Renewal.objects.create(zone=zone, name="澜湾旧厂更新", programme="三改一拆")
    unit = make_unit(make_site(zone))
    assert titles(officer, "澜湾旧厂") == []
    call_command("reindex")
    assert titles(officer, "恒澜光电") == ["恒澜光电"]
    assert titles(officer, "三改一拆") == ["澜湾旧厂更新"]
    assert SearchDoc.objects.filter(thing="premises.unit", row_id=unit.pk).exists()
    assert "premises.renewal\t1\n" in capsys.readouterr().out


def test_a_second_run_changes_nothing_and_agrees_with_what_the_services_index(zone):
    scheme = services.add_scheme(actor=None, zone=zone, name="澜湾征迁")
    services.add_party(
        actor=None,
        scheme=scheme,
        number="1",
        name="甲公司",
        kind=RelocationParty.Kind.FIRM,
        area_m2=10,
        on=date(2026, 3, 1),
        evidence_note="表",
    )
    before = kept()
    call_command("reindex")
    assert kept() == before
    call_command("reindex")
    assert kept() == before
    assert before[-1][3] == "甲公司"


def test_only_the_zone_that_is_named_is_made_again(zone):
    other = make_zone()
    enterprise(zone, "甲公司")
    enterprise(other, "乙公司")
    call_command("reindex", "--zone", other.code)
    assert [title for _thing, _pk, title, _text in kept()] == ["乙公司"]
    with pytest.raises(CommandError, match=zone.code):
        call_command("reindex", "--zone", "nowhere")


def test_what_has_no_row_any_more_is_taken_out(zone, officer):
    survivor = enterprise(zone, "甲公司")
    gone = enterprise(zone, "乙公司", merged_into=survivor)
    ghosts = [Findable(pk, zone.pk, "乙公司") for pk in (gone.pk, gone.pk + 999)]
    index_rows("enterprises.enterprise", ghosts)
    call_command("reindex")
    assert [row[1] for row in kept()] == [survivor.pk]
    assert titles(officer, "乙公司") == ["甲公司"]


def test_a_killed_run_keeps_what_it_did_and_the_next_does_the_rest(zone, monkeypatch):
    monkeypatch.setattr(search, "AT_ONCE", 2)
    leads = [make_lead(zone) for _ in range(5)]
    index_leads, calls = search._SOURCES["promotion.lead"].index, []

    def dies(ids):
        calls.append(ids)
        if len(calls) == 2:
            raise KeyboardInterrupt
        index_leads(ids)

    source = search._SOURCES["promotion.lead"]
    monkeypatch.setitem(search._SOURCES, "promotion.lead", search.Source(source.thing, source.rows, dies))
    with pytest.raises(KeyboardInterrupt):
        call_command("reindex")
    assert len(kept()) == 2
    call_command("reindex")
    assert [row[1] for row in kept()] == [lead.pk for lead in leads]


def test_the_kinds_that_are_indexed_can_be_made_again():
    assert {source.thing for source in search.sources()} >= {
        "enterprises.enterprise",
        "enterprises.firmdocument",
        "policies.application",
        "policies.policy",
        "premises.lease",
        "premises.relocationscheme",
        "premises.renewal",
        "premises.site",
        "premises.unit",
        "premises.works",
        "projects.project",
        "promotion.activity",
        "promotion.chain",
        "promotion.lead",
        "promotion.viewing",
    }
