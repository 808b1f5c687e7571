"""Approvals: what waits for what, how long that takes at least, and when work can be done.

Parts: `network` (tasks, documents, departments, and what is refused), `pieces` (reviews and issues under a mode for
every task), `standing` (how far a case is when it is planned), `notices` (public notices of calendar days), `paths`
(the critical path and what would shorten it), `worktime` (working time as a line of minutes), `asking` (what is asked
of a plan and what it answers), `planning` (the quickest plan on shared departments), `rehearsing` (a plan played ten
thousand times), `cases` and `portfolio` (many cases on the departments they share),
`projects` and `shortest` (general projects in the formats of PSPLIB and their shortest schedule), `templates` and
`files` (a procedure with its descriptions, and the file that it is kept in).
What calculates with the solver or with numpy is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from zhuchao.engines.scheduling.asking import Ask, ChainLink, DatedWork, Idle, Plan, Work
from zhuchao.engines.scheduling.cases import Case, CasePlan
from zhuchao.engines.scheduling.network import Link, Mode, Network, Task
from zhuchao.engines.scheduling.paths import CriticalPath, Lever, Means, Step, find_critical_path
from zhuchao.engines.scheduling.pieces import Part, Piece, take_apart
from zhuchao.engines.scheduling.projects import Job, Project, Way, read_psplib
from zhuchao.engines.scheduling.standing import Situation, Standing
from zhuchao.engines.scheduling.templates import Template, TemplateTask
from zhuchao.engines.scheduling.worktime import WorkLine

if TYPE_CHECKING:
    from zhuchao.engines.scheduling.files import read_template, write_template
    from zhuchao.engines.scheduling.planning import Gain, find_clashes, find_gains, plan
    from zhuchao.engines.scheduling.portfolio import Portfolio, plan_portfolio
    from zhuchao.engines.scheduling.rehearsing import Rehearsal, Spread, rehearse
    from zhuchao.engines.scheduling.shortest import Schedule, solve_project
    from zhuchao.engines.scheduling.solving import Limit

_LOADED_LATER = {
    "Gain": "planning",
    "Limit": "solving",
    "Portfolio": "portfolio",
    "Rehearsal": "rehearsing",
    "Schedule": "shortest",
    "Spread": "rehearsing",
    "find_clashes": "planning",
    "find_gains": "planning",
    "plan": "planning",
    "plan_portfolio": "portfolio",
    "read_template": "files",
    "rehearse": "rehearsing",
    "solve_project": "shortest",
    "write_template": "files",
}

__all__ = [
    "Ask",
    "Case",
    "CasePlan",
    "ChainLink",
    "CriticalPath",
    "DatedWork",
    "Gain",
    "Idle",
    "Job",
    "Lever",
    "Limit",
    "Link",
    "Means",
    "Mode",
    "Network",
    "Part",
    "Piece",
    "Plan",
    "Portfolio",
    "Project",
    "Rehearsal",
    "Schedule",
    "Situation",
    "Spread",
    "Standing",
    "Step",
    "Task",
    "Template",
    "TemplateTask",
    "Way",
    "Work",
    "WorkLine",
    "find_clashes",
    "find_critical_path",
    "find_gains",
    "plan",
    "plan_portfolio",
    "read_psplib",
    "read_template",
    "rehearse",
    "solve_project",
    "take_apart",
    "write_template",
]


def __getattr__(name: str) -> object:
    if name not in _LOADED_LATER:
        raise AttributeError(f"{__name__} has no {name}")
    return getattr(import_module(f"{__name__}.{_LOADED_LATER[name]}"), name)
