"""General projects in the formats of PSPLIB; the instances are written here."""

import pytest

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import Job, Project, Way, read_psplib, solve_project

SINGLE = """************************************************************************
file with basedata            : small
************************************************************************
projects                      :  1
jobs (incl. supersource/sink ):  5
horizon                       :  12
RESOURCES
  - renewable                 :  1   R
  - nonrenewable              :  0   N
  - doubly constrained        :  0   D
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          3           2   3   4
   2        1          1           5
   3        1          1           5
   4        1          1           5
   5        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1
------------------------------------------------------------------------
  1      1     0       0
  2      1     3       2
  3      1     4       1
  4      1     2       2
  5      1     0       0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1
    3
************************************************************************
"""
MULTI = (
    SINGLE.replace("nonrenewable              :  0", "nonrenewable              :  1")
    .replace("   2        1          1           5", "   2        2          1           5")
    .replace("  1      1     0       0", "  1      1     0       0    0")
    .replace("  2      1     3       2", "  2      1     3       2    0\n         2     1       2    5")
    .replace("  3      1     4       1", "  3      1     4       1    1")
    .replace("  4      1     2       2", "  4      1     2       2    1")
    .replace("  5      1     0       0", "  5      1     0       0    0")
    .replace("  R 1\n    3", "  R 1  N 1\n    3    6")
)


def test_a_single_mode_file_is_read() -> None:
    project = read_psplib(SINGLE)
    assert (project.capacities, project.renewable) == ((3,), 1)
    assert project.jobs[0] == Job((Way(0, (0,)),), (1, 2, 3))
    assert project.jobs[1] == Job((Way(3, (2,)),), (4,))


def test_a_multi_mode_file_is_read() -> None:
    project = read_psplib(MULTI)
    assert (project.capacities, project.renewable) == ((3, 6), 1)
    assert project.jobs[1].ways == (Way(3, (2, 0)), Way(1, (2, 5)))
    assert project.jobs[4] == Job((Way(0, (0, 0)),), ())


def test_the_shortest_schedule_keeps_resources_and_is_proved() -> None:
    found = solve_project(read_psplib(SINGLE), seconds=10)
    assert (found.length, found.bound, found.proved) == (5, 5, True)  # jobs 2 and 4 never overlap: 2 + 2 > 3
    first, second = sorted([(found.starts[1], 3), (found.starts[3], 2)])
    assert first[0] + first[1] <= second[0]


def test_a_mode_that_uses_what_is_left_shortens_the_schedule() -> None:
    project = read_psplib(MULTI)
    found = solve_project(project, seconds=10)
    assert (found.length, found.ways[1]) == (5, 0)  # the quick mode would need 5 + 1 + 1 of 6
    richer = Project(project.jobs, (3, 7), 1)
    assert (solve_project(richer, seconds=10).length, solve_project(richer, seconds=10).ways[1]) == (4, 1)


def test_what_cannot_be_done_and_what_was_not_found_in_time_are_told_apart() -> None:
    project = read_psplib(MULTI)
    with pytest.raises(EngineError) as caught:
        solve_project(Project(project.jobs, (3, 1), 1), seconds=10)
    assert caught.value.code == "project_infeasible"
    with pytest.raises(EngineError) as caught:
        solve_project(project, seconds=0)
    assert caught.value.code == "project_unsolved"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("   3        1          1           5", "   3        1          2           5", 16),
        ("   5        1          0\n", "   5        1          1           2\n", 18),
        ("  3      1     4       1", "  3      1     4", 25),
        ("  4      1     2       2\n", "", 0),
        ("  4      1     2       2\n  5      1     0       0\n", "", 0),
        ("    3\n", "    3   4\n", 31),
        ("RESOURCEAVAILABILITIES:", "NOTHING:", 0),
        ("PRECEDENCE RELATIONS:", "NOTHING:", 0),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_with_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(EngineError) as caught:
        read_psplib(SINGLE.replace(old, new))
    assert caught.value.code == "psplib_malformed"
    if line:
        assert caught.value.data == {"line": line}
