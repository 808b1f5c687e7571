"""Fields that read what people type, and forms that lose nothing of it."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_enterprise
from zhuchao.apps.core.errors import DomainError, ReasonNeeded, WrongInput
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import Zone
from zhuchao.web import forms as web_forms
from zhuchao.web.forms import (
    AreaField,
    MoneyField,
    QuantityField,
    RecordChoice,
    RecordsChoice,
    ZForm,
    read_day,
    refuse,
)


class Everything(ZForm):
    groups = (("金额与面积", ("amount", "area")), ("没有的", ("nothing",)))

    name = forms.CharField(label="名称", max_length=40)
    amount = MoneyField(label="总投资", required=False)
    area = AreaField(label="面积", required=False)
    on = forms.DateField(label="日期", required=False)
    kind = forms.ChoiceField(label="类型", choices=(("a", "甲"), ("b", "乙")), required=False)
    ways = forms.MultipleChoiceField(
        label="方式", choices=(("a", "甲"), ("b", "乙")), required=False, widget=forms.CheckboxSelectMultiple
    )
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def shown(form: Any, **context: Any) -> str:
    return Template('{% include "web/parts/form.html" %}').render(Context({"form": form, **context}))


# --- Amounts and areas ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("3500", "35000000.00"),
        ("3,500", "35000000.00"),
        ("3500万元", "35000000.00"),
        ("1.2亿", "120000000.00"),
        ("1.2 亿元", "120000000.00"),
        ("５００元", "500.00"),
        ("0", "0.00"),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, yuan: str) -> None:
    assert MoneyField(label="金额").clean(typed) == Decimal(yuan)


@pytest.mark.parametrize(
    "typed", ["很多", "12亩", "12美元", "-5", "1e99", "九" * 80, "\x00", "1.2.3", "=1+1"]
)
def test_an_amount_that_is_none_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(forms.ValidationError) as caught:
        MoneyField(label="金额").clean(typed)
    assert str(caught.value.messages[0]).endswith("。")


def test_an_area_is_read_in_mu_too() -> None:
    assert AreaField(label="面积").clean("12.5亩") == Decimal("8333.33")


def test_a_quantity_may_be_below_zero_where_it_says_so() -> None:
    assert QuantityField(label="净利润", unit="万元", may_be_negative=True).clean("-3") == Decimal(
        "-30000.00"
    )


def test_an_amount_is_shown_in_the_zones_unit_with_the_unit_inside(zone: Zone) -> None:
    zone.money_unit = "亿元"
    page = shown(Everything(zone=zone, initial={"amount": Decimal("123450000.00")}))
    assert re.search(r'name="amount" value="1.2345"', page)
    assert '<span class="input-group-text">亿元</span>' in page


@given(st.decimals(min_value=0, max_value=10**13, places=2))
def test_an_amount_that_is_shown_is_read_back_as_it_was(yuan: Decimal) -> None:
    field = MoneyField(label="金额", unit="亿元")
    assert field.clean(field.prepare_value(yuan)) == yuan
    assert not field.has_changed(yuan, field.prepare_value(yuan))


# --- Days -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("0615", date(2026, 6, 15)),
        ("6.15", date(2026, 6, 15)),
        ("6月15日", date(2026, 6, 15)),
        ("20230615", date(2023, 6, 15)),
        ("2023-6-15", date(2023, 6, 15)),
        ("2023年6月15日", date(2023, 6, 15)),
        ("0231", None),
        ("615", None),
        ("2023-13-01", None),
        ("明天", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_type_it(typed: str, day: date | None) -> None:
    assert read_day(typed, 2026) == day


def test_a_short_day_is_of_the_zones_present_year(zone: Zone) -> None:
    zone.demo_day = date(2023, 6, 15)
    form = Everything({"name": "甲", "on": "0501"}, zone=zone)
    assert form.is_valid()
    assert form.cleaned_data["on"] == date(2023, 5, 1)
    real = Everything({"name": "甲", "on": "0501"})
    assert real.is_valid()
    assert real.cleaned_data["on"] == date(timezone.localdate().year, 5, 1)


def test_a_day_field_takes_typing_and_shows_the_day_as_it_is_written_everywhere() -> None:
    page = shown(Everything(initial={"on": date(2026, 6, 5)}))
    assert re.search(r'<input type="text" name="on" value="2026-06-05" data-day=""', page)


# --- Records ----------------------------------------------------------------------------------------------------


class Chooser(ZForm):
    firm = RecordChoice(label="企业", url="/api/firms")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["firm"].queryset = Enterprise.objects.order_by("pk")


def test_a_record_choice_lists_the_first_rows_and_always_the_chosen_one(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_forms, "MOST_CHOICES", 2)
    rows = [make_enterprise(zone, name=f"企业{n}") for n in range(5)]
    page = shown(Chooser(initial={"firm": rows[4]}))
    assert re.findall(r">(企业\d)<", page) == ["企业0", "企业1", "企业4"]
    assert f'<option value="{rows[4].pk}" selected>' in page
    assert 'data-records="/api/firms"' in page
    again = shown(Chooser({"firm": rows[3].pk}))
    assert f'<option value="{rows[3].pk}" selected>' in again


def test_a_record_beyond_the_first_ones_may_be_chosen_and_a_hidden_one_not(zone: Zone) -> None:
    row = make_enterprise(zone)
    form = Chooser({"firm": row.pk})
    assert form.is_valid()
    assert form.cleaned_data["firm"] == row
    assert not Chooser({"firm": row.pk + 1}).is_valid()


def test_a_record_that_is_none_is_refused_and_the_form_still_shows(zone: Zone) -> None:
    form = Chooser({"firm": "x'; drop table"})
    assert not form.is_valid()
    assert "is-invalid" in shown(form)


class Choosers(ZForm):
    firms = RecordsChoice(
        label="企业", url="/api/firms", lookup=lambda rows, text: rows.filter(name__contains=text)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["firms"].queryset = Enterprise.objects.order_by("pk")


def posted(pairs: str) -> QueryDict:
    return QueryDict(pairs)


def test_several_records_are_chosen_among_all_though_only_the_first_are_listed(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_forms, "MOST_CHOICES", 2)
    rows = [make_enterprise(zone, name=f"企业{n}") for n in range(5)]
    sent = posted(f"firms={rows[4].pk}&firms={rows[0].pk}")
    form = Choosers(sent)
    page = shown(form)
    assert re.findall(r">(企业\d)<", page) == ["企业0", "企业1", "企业4"]
    assert page.count(" selected>") == 2
    assert form.is_valid()
    assert list(form.cleaned_data["firms"]) == [rows[0], rows[4]]
    assert not Choosers(posted("firms=999999")).is_valid()
    assert not Choosers(posted("")).is_valid()


def test_without_scripts_a_record_is_named_and_what_is_named_twice_is_asked_about(zone: Zone) -> None:
    one = make_enterprise(zone, name="甲")
    other = make_enterprise(zone, name="甲乙")
    make_enterprise(zone, name="甲乙丙丁")
    form = Choosers(posted(f"firms={other.pk}&firms-named=甲"))
    assert form.is_valid()
    assert set(form.cleaned_data["firms"]) == {one, other}
    vague = Choosers(posted(f"firms={other.pk}&firms-named=乙、没有的"))
    assert not vague.is_valid()
    assert "甲乙、甲乙丙丁" in str(vague.errors)
    page = shown(vague)
    assert f'<option value="{other.pk}" selected>' in page
    assert 'name="firms-named" value="乙、没有的"' in page
    assert not Choosers(posted("firms-named=没有的")).is_valid()


# --- The form on the page -------------------------------------------------------------------------------------------


def test_fields_stand_in_their_groups_and_the_rest_after_them() -> None:
    page = shown(Everything())
    titles = re.findall(r"<legend>(.*?)</legend>", page)
    assert titles == ["金额与面积"]
    order = re.findall(r'data-field="(\w+)"', page)
    assert order == ["amount", "area", "name", "on", "kind", "ways"]
    assert page.count('name="secret"') == 1


def test_errors_stand_on_top_and_by_the_field_and_nothing_typed_is_lost(browser: Client) -> None:
    response = browser.post("/firms/form/", {"name": "长" * 41, "founded": "昨天", "agreed": "on"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "有 2 处需要修改" in page
    assert '<a href="#id_founded">成立日期</a>' in page
    assert 'value="昨天"' in page
    assert "长" * 41 in page
    assert re.search(r'name="agreed"[^>]*checked', page)
    assert re.search(
        r'name="name"[^>]*aria-invalid="true"[^>]*aria-describedby="id_name_error id_name_help"', page
    )
    assert 'name="version" value="3"' in page


def test_a_refusal_stands_by_the_field_it_names() -> None:
    form = Everything({"name": "甲"})
    assert form.is_valid()
    refuse(form, WrongInput(field="名称", why="已有同名企业。"))
    assert form.errors == {"name": ["已有同名企业。"]}
    by_name = Everything({"name": "甲"})
    refuse(by_name, WrongInput(field="name", why="已有同名企业。"))
    assert by_name.errors == {"name": ["已有同名企业。"]}


@pytest.mark.parametrize("error", [ReasonNeeded(what="更正"), WrongInput(field="别的", why="不行。")])
def test_a_refusal_that_names_no_field_of_the_form_stands_on_top(error: DomainError) -> None:
    form = Everything({"name": "甲"})
    refuse(form, error)
    assert form.non_field_errors()[0].startswith(str(error))


def test_a_plain_form_has_the_same_look() -> None:
    class Plain(forms.Form):
        on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}))
        pick = forms.ChoiceField(choices=(("a", "甲"),), label="选择", widget=forms.RadioSelect)

    page = shown(Plain())
    assert 'type="text" name="on"' in page
    assert 'class="form-check-input"' in page
    assert "<fieldset" in page


def test_the_choice_of_nothing_is_a_dash(zone: Zone) -> None:
    class Pick(ZForm):
        firm = forms.ModelChoiceField(Enterprise.objects.none(), label="企业", required=False)

    assert '<option value="" selected>—</option>' in shown(Pick())


@pytest.mark.parametrize("key", ["9" * 26, "1\0"])
def test_a_key_that_no_database_can_hold_is_no_choice_and_the_form_still_shows(zone: Zone, key: str) -> None:
    sent = QueryDict(mutable=True)
    sent.setlist("firms", [key])
    form = Choosers(sent)
    assert not form.is_valid()
    assert "is-invalid" in shown(form)
