"""Two people edit one row: the second is refused and shown both versions as people read them."""

from decimal import Decimal

import pytest
from django.utils import translation

from tests.factories import make_enterprise
from zhuchao.apps.core.errors import Stale
from zhuchao.apps.core.services import check_version


def refused(**yours) -> Stale:
    firm = make_enterprise(registered_capital_cny=Decimal("5000000.00"), is_above_scale=True)
    with pytest.raises(Stale) as caught:
        check_version(firm, 0, yours=yours)
    return caught.value


def test_both_versions_are_said_in_the_words_of_a_page_and_not_of_the_database():
    data = refused(state="moved_out", registered_capital_cny=Decimal("6000000"), address=None).data
    assert data["theirs"] == {"state": "在营", "registered_capital_cny": "5000000", "address": ""}
    assert data["yours"] == {"state": "迁出", "registered_capital_cny": "6000000", "address": ""}


def test_an_amount_that_was_only_written_otherwise_is_no_difference():
    data = refused(registered_capital_cny=Decimal("5000000.0")).data
    assert data["theirs"] == data["yours"]


def test_fields_are_named_in_the_language_of_the_reader():
    assert refused(state="moved_out", address="x").data["labels"] == {"state": "状态", "address": "地址"}
    with translation.override("en"):
        assert refused(state="moved_out", address="x").data["labels"] == {
            "state": "Status",
            "address": "Address",
        }


def test_the_version_that_was_seen_is_no_matter_for_who_has_just_read_the_row():
    firm = make_enterprise()
    check_version(firm, None, yours={"address": "x"})
    check_version(firm, firm.version, yours={"address": "x"})
