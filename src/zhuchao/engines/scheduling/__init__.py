"""Approvals: what waits for what, how long that takes at least, and when work can be done.

Parts: `network` (tasks, documents, departments, and what is refused), `pieces` (reviews and issues under a mode for
every task), `paths` (the critical path and what would shorten it) and `worktime` (working time as a line of minutes).
"""

from zhuchao.engines.scheduling.network import Link, Mode, Network, Task
from zhuchao.engines.scheduling.paths import CriticalPath, Lever, Means, Step, find_critical_path
from zhuchao.engines.scheduling.pieces import Part, Piece, take_apart
from zhuchao.engines.scheduling.worktime import WorkLine

__all__ = [
    "CriticalPath",
    "Lever",
    "Link",
    "Means",
    "Mode",
    "Network",
    "Part",
    "Piece",
    "Step",
    "Task",
    "WorkLine",
    "find_critical_path",
    "take_apart",
]
