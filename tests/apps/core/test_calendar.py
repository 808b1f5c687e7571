"""The working calendar: what is confirmed, what is provisional, what is refused."""

from datetime import date

import chinese_calendar
import pytest
from django.core.management import call_command

from zhuchao.apps.core.errors import CalendarNotKnown
from zhuchao.apps.core.models import CalendarDay, CalendarYear, Change
from zhuchao.apps.core.services.calendar import (
    last_confirmed_day,
    load_calendar,
    work_calendar,
    working_days_after,
    working_days_between,
)

LAST = max(chinese_calendar.holidays).year


def test_without_a_calendar_nothing_is_guessed():
    assert last_confirmed_day() is None
    with pytest.raises(CalendarNotKnown):
        work_calendar()


def test_loading_twice_changes_nothing():
    assert load_calendar() == LAST
    days, changes = CalendarDay.objects.count(), Change.objects.count()
    assert load_calendar() == LAST
    assert (CalendarDay.objects.count(), Change.objects.count()) == (days, changes)
    assert CalendarYear.objects.filter(year=LAST).exists()


def test_a_year_that_changed_in_the_tables_is_loaded_anew():
    load_calendar()
    CalendarDay.objects.filter(day__year=2023).delete()
    load_calendar()
    assert CalendarDay.objects.get(day=date(2023, 10, 2)).is_working is False


def test_the_loaded_calendar_agrees_with_its_source_on_every_day_of_a_year():
    load_calendar()
    calendar = work_calendar()
    days = chinese_calendar.get_dates(date(2023, 1, 1), date(2023, 12, 31))
    assert [calendar.is_working(day) for day in days] == [chinese_calendar.is_workday(day) for day in days]


def test_make_up_days_are_worked_and_named():
    load_calendar()
    assert CalendarDay.objects.get(day=date(2023, 10, 7)).is_working
    assert CalendarDay.objects.get(day=date(2023, 10, 7)).name == "国庆节"
    assert working_days_between(date(2023, 9, 28), date(2023, 10, 7)) == 1


def test_a_day_after_the_last_confirmed_year_is_refused_loudly():
    load_calendar()
    with pytest.raises(CalendarNotKnown) as caught:
        working_days_after(date(LAST, 12, 25), 20)
    assert str(LAST) in str(caught.value)
    assert caught.value.next_sentence


def test_a_provisional_answer_says_that_it_is_one():
    load_calendar()
    beyond = working_days_after(date(LAST, 12, 25), 20, provisional=True)
    within = working_days_after(date(LAST, 3, 2), 5, provisional=True)
    assert (beyond.provisional, within.provisional) == (True, False)


def test_the_calendar_costs_one_query_once_it_is_known(django_assert_num_queries):
    load_calendar()
    work_calendar()
    with django_assert_num_queries(1):
        work_calendar()


def test_the_command_says_the_last_confirmed_day(capsys):
    call_command("load_calendar")
    assert capsys.readouterr().out.strip() == f"{LAST}-12-31"
