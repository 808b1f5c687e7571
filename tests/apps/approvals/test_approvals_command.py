"""The command plans, rehearses, plans all open cases and solves projects; what is wrong is a sentence and a code."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.apps.approvals.played import at, happen, make_case, make_room
from tests.apps.approvals.procedures import SMALL
from tests.factories import make_user
from zhuchao.apps.approvals.selectors.portfolio import portfolio_of
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db
DAY = ("--start", "2022-11-10T09:00")


@pytest.fixture(autouse=True)
def calendar():
    load_calendar()


def told(capsys, *words):
    call_command("approvals", *words, "--json")
    return json.loads(capsys.readouterr().out)


def test_the_shipped_day_is_planned_from_the_command_line(capsys):
    said = told(capsys, "plan", "land-to-start", *DAY, "--pre-review", "30", "--gains")
    assert (said["tasks"], said["departments"], said["finish_minutes"]) == (19, 11, 240)
    assert said["finish_at"] == "2022-11-10T14:30:00+08:00"
    assert said["proved"]
    assert said["gains"][0]["task"] == "T07"


def test_a_file_is_planned_and_rehearsed_in_words(tmp_path, capsys):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, "utf-8")
    call_command("approvals", "plan", str(path), *DAY, "--without", "late", "--without", "pledge")
    assert "2022-11-10 15:30 办结，用时 5 小时（已证明最早）" in capsys.readouterr().out
    call_command("approvals", "rehearse", str(path), *DAY, "--runs", "500")
    out = capsys.readouterr().out
    assert "八成把握" in out
    assert "瓶颈  发证" in out
    said = told(capsys, "rehearse", str(path), *DAY, "--reviewers", "审批局=2")
    assert said["p50_minutes"] <= said["p80_minutes"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "nowhere.yaml", *DAY), "读不了文件"),
        (("plan", "land-to-start", "--start", "morgen"), "--start 应为"),
        (("plan", "land-to-start", "--start", "2099-01-05T09:00"), "工作日历只确认到"),
        (("plan", "land-to-start", *DAY, "--deadline", "2022-11-10T10:00"), "才能办结"),
        (("plan", "land-to-start", *DAY, "--reviewers", "税务局"), "部门=人数"),
        (("rehearse", "land-to-start", *DAY, "--runs", "0"), "--runs"),
        (("solve", "nowhere.sm"), "读不了文件"),
    ],
)
def test_what_is_wrong_is_a_sentence(words, said):
    with pytest.raises(CommandError, match=said):
        call_command("approvals", *words)


def test_a_cycle_in_a_file_is_named(tmp_path):
    path = tmp_path / "cycle.yaml"
    path.write_text(SMALL.replace("needs: [营业执照]", "needs: [许可证]"), "utf-8")
    with pytest.raises(CommandError, match="互相等待"):
        call_command("approvals", "plan", str(path), *DAY)


def test_all_open_cases_share_the_departments_and_never_cost_more_than_first_come(capsys):
    zone = make_room()
    long = make_case(zone, "2022-10-19 09:00")
    due = at("2022-10-20 14:00")
    urgent = make_case(zone, "2022-10-19 10:00", procedure=long.procedure_version.procedure, deadline_at=due)
    happen(long, "T2", "start 2022-10-19 09:00", "finish 2022-10-19 09:30")
    stranger = make_user(Role.LEADER, zone=make_room())
    assert not portfolio_of(stranger, zone, at("2022-10-20 09:00")).rows
    found = portfolio_of(None, zone, at("2022-10-20 09:00"))
    assert {row.case for row in found.rows} == {long, urgent}
    assert found.found.cost <= found.found.first_come
    assert found.found.bound <= found.found.cost
    # two reviewers of the first department, one of the last: the second permit waits for the first
    ends = sorted(row.finish_at for row in found.rows)
    assert ends == [at("2022-10-20 15:00"), at("2022-10-20 16:30")]
    assert [row.case for row in found.late_rows] == [urgent]
    assert found.reviewers["自然资源局"] == 2
    said = told(capsys, "portfolio", "--zone", zone.code, "--seconds", "0.2")
    assert len(said["cases"]) == 2
    call_command("approvals", "portfolio", "--zone", zone.code)
    assert "2 件，比先到先办省" in capsys.readouterr().out


def test_a_project_is_solved(tmp_path, capsys):
    path = tmp_path / "three.sm"
    path.write_text(
        """************************************************************************
RESOURCES
  - renewable                 :  1   R
  - nonrenewable              :  0   N
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1
  1      1     0       0
  2      1     3       2
  3      1     2       2
  4      1     0       0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1
   3
************************************************************************
""",
        "utf-8",
    )
    assert told(capsys, "solve", str(path), "--seconds", "5")["length"] == 5
    call_command("approvals", "solve", str(path))
    assert "4 项工作，工期 5（已证明最短）" in capsys.readouterr().out
    path.write_text("nothing", "utf-8")
    with pytest.raises(CommandError):
        call_command("approvals", "solve", str(path))
