"""Two records of one firm become one without rewriting an entry, and can be parted again."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_user
from zhuchao.apps.core.errors import NotAllowed, Stale
from zhuchao.apps.core.models import Change, SearchDoc
from zhuchao.apps.enterprises import selectors, services
from zhuchao.apps.enterprises.errors import CreditCodeTaken, MergedAway, MergeRefused, NotMerged
from zhuchao.apps.enterprises.models import Contact, Enterprise, EnterpriseTag, Filing
from zhuchao.apps.zones.models import Role

from .conftest import DAY, code


@pytest.fixture
def pair(add):
    left = add("苏州苏鲲科技有限公司", address="人民路 1 号")
    right = add("苏州苏鲲电子有限公司", credit_code=code(5), legal_person="王某")
    return left, right


def merge(officer, pair, **options):
    return services.merge_enterprises(actor=officer, survivor=pair[0], merged=pair[1], **options)


def fresh(firm):
    return Enterprise.objects.get(pk=firm.pk)


def test_a_merge_points_to_the_survivor_and_rewrites_no_entry(pair, officer):
    services.add_tag(actor=officer, enterprise=pair[1], tag="总部", source="区发改委", happened_on=DAY)
    services.add_contact(actor=officer, enterprise=pair[1], name="张三", phone="13812341234")
    before = list(EnterpriseTag.objects.values())

    kept = merge(officer, pair)

    assert fresh(pair[1]).merged_into_id == kept.pk
    assert list(EnterpriseTag.objects.values()) == before
    ids = selectors.family_ids(fresh(kept))
    assert sorted(ids) == sorted(firm.pk for firm in pair)
    assert [tag.tag for tag in selectors.tags_of(officer, ids)] == ["总部"]
    assert [line.name for line in selectors.contact_lines(officer, ids)] == ["张三"]
    assert Contact.objects.get().enterprise_id == pair[1].pk


def test_the_survivor_is_found_by_the_names_and_the_code_of_the_merged_firm(pair, officer, zone):
    kept = merge(officer, pair)
    rows = selectors.listed_enterprises(officer, zone)
    assert list(rows) == [kept]
    for word in ("苏鲲电子", code(5)):
        assert list(selectors.searched(rows, officer, zone, word)) == [kept], word
    assert SearchDoc.objects.count() == 1


def test_the_survivor_takes_over_what_was_chosen_and_an_undo_gives_it_back(pair, officer):
    kept = merge(officer, pair, take=["credit_code", "legal_person"], reason="同一家")
    assert (kept.credit_code, kept.legal_person, kept.address) == (code(5), "王某", "人民路 1 号")

    services.edit_enterprise(actor=officer, enterprise=kept, legal_person="李某")
    back = services.unmerge_enterprise(actor=officer, merged=fresh(pair[1]), reason="并错了")

    assert (back.merged_into_id, back.credit_code) == (None, code(5))
    # What somebody changed since stays as they left it.
    assert (fresh(kept).credit_code, fresh(kept).legal_person) == ("", "李某")
    assert SearchDoc.objects.count() == 2
    assert [change.verb for change in Change.objects.order_by("seq")][-1] == "unmerge"


def test_a_merge_may_be_done_undone_and_done_again(pair, officer):
    merge(officer, pair, take=["credit_code"])
    services.unmerge_enterprise(actor=officer, merged=fresh(pair[1]))
    merge(officer, pair, take=["legal_person"])
    services.unmerge_enterprise(actor=officer, merged=fresh(pair[1]))
    assert (fresh(pair[0]).credit_code, fresh(pair[0]).legal_person) == ("", "")


def test_firms_merged_one_into_another_are_one_family(pair, add, officer):
    third = add("苏州苏鲲精密有限公司")
    merge(officer, pair)
    services.merge_enterprises(actor=officer, survivor=third, merged=fresh(pair[0]))
    assert sorted(selectors.family_ids(third)) == sorted([third.pk, *(firm.pk for firm in pair)])
    assert selectors.survivor_of(fresh(pair[1])) == third


def test_a_merged_firm_is_edited_no_more_and_merged_no_more(pair, add, officer):
    merge(officer, pair)
    gone = fresh(pair[1])
    with pytest.raises(MergedAway) as caught:
        services.edit_enterprise(actor=officer, enterprise=gone, address="x")
    assert pair[0].name in str(caught.value)
    with pytest.raises(MergedAway):
        services.merge_enterprises(actor=officer, survivor=add("苏州第三家有限公司"), merged=gone)
    with pytest.raises(MergedAway):
        services.file_values(
            actor=officer, enterprise=gone, period="year", on=date(2025, 12, 31), status="flash",
            values={"revenue": Decimal(1)},
        )  # fmt: skip
    assert not Filing.objects.exists()


def test_what_cannot_be_merged_is_refused(pair, officer, add):
    with pytest.raises(MergeRefused):
        services.merge_enterprises(actor=officer, survivor=pair[0], merged=pair[0])
    with pytest.raises(NotMerged):
        services.unmerge_enterprise(actor=officer, merged=pair[0])
    with pytest.raises(Stale):
        merge(officer, pair, seen_versions=(9, 1))
    with pytest.raises(NotAllowed):
        merge(make_user(Role.AUDITOR, zone=pair[0].zone), pair)


def test_the_code_of_a_merged_firm_is_not_given_to_a_new_one(pair, add, officer):
    kept = merge(officer, pair)
    with pytest.raises(CreditCodeTaken) as caught:
        add("苏州另一家贸易有限公司", credit_code=code(5))
    assert caught.value.data["id"] == kept.pk


def test_the_page_lists_possible_doubles_of_the_zone_only(add, officer, zone):
    add("苏州苏鲲科技有限公司")
    add("苏州苏鲲科技股份有限公司", confirmed_distinct_reason="另一家")
    add("苏州无关贸易有限公司")
    groups, after = selectors.duplicate_groups(officer, zone)
    assert [[firm.name for firm in group.firms] for group in groups] == [
        ["苏州苏鲲科技有限公司", "苏州苏鲲科技股份有限公司"]
    ]
    assert after == ""
    stranger = make_user(Role.LIAISON)
    assert selectors.duplicate_groups(stranger, zone)[0] == []


def test_possible_doubles_come_a_page_at_a_time(add, officer, zone):
    for name in ("甲一", "乙二", "丙三"):
        add(f"苏州{name}有限公司")
        add(f"苏州{name}股份有限公司", confirmed_distinct_reason="另一家")
    first, after = selectors.duplicate_groups(officer, zone, limit=2)
    second, end = selectors.duplicate_groups(officer, zone, after=after, limit=2)
    assert (len(first), len(second), end) == (2, 1, "")
    assert len({group.why for group in (*first, *second)}) == 3
