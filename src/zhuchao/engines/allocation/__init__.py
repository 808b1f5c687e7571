"""Premises and projects: rank one, place all.

Parts: `facts` and `spaces` (what is known of a unit), `needs` (what a project asks, and what contradicts itself),
`answers` (met, not met, unknown and how far), `runs` (neighbouring units taken together), `ranking` (spaces for a
need, needs for a space) and `placing` (many needs on many spaces at once). The last three calculate with numpy and
are loaded when they are first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from zhuchao.engines.allocation.answers import Answer, answer
from zhuchao.engines.allocation.facts import FACTS, Fact, Joined, Kind, Value, Verdict, read_number
from zhuchao.engines.allocation.needs import (
    Comparison,
    Contradiction,
    Criterion,
    Need,
    find_contradictions,
)
from zhuchao.engines.allocation.spaces import Space

if TYPE_CHECKING:
    from zhuchao.engines.allocation.columns import Progress
    from zhuchao.engines.allocation.placing import Building, Outcome, Plan, TypePrice, Why, place_all
    from zhuchao.engines.allocation.ranking import (
        Candidate,
        NeedRanking,
        Question,
        Ranking,
        look_at,
        rank_needs,
        rank_spaces,
    )
    from zhuchao.engines.allocation.runs import Stock

_LOADED_LATER = {
    "Building": "placing",
    "Candidate": "ranking",
    "NeedRanking": "ranking",
    "Outcome": "placing",
    "Plan": "placing",
    "Progress": "columns",
    "Question": "ranking",
    "Ranking": "ranking",
    "Stock": "runs",
    "TypePrice": "placing",
    "Why": "placing",
    "look_at": "ranking",
    "place_all": "placing",
    "rank_needs": "ranking",
    "rank_spaces": "ranking",
}

__all__ = [
    "FACTS",
    "Answer",
    "Building",
    "Candidate",
    "Comparison",
    "Contradiction",
    "Criterion",
    "Fact",
    "Joined",
    "Kind",
    "Need",
    "NeedRanking",
    "Outcome",
    "Plan",
    "Progress",
    "Question",
    "Ranking",
    "Space",
    "Stock",
    "TypePrice",
    "Value",
    "Verdict",
    "Why",
    "answer",
    "find_contradictions",
    "look_at",
    "place_all",
    "rank_needs",
    "rank_spaces",
    "read_number",
]


def __getattr__(name: str) -> object:
    if name not in _LOADED_LATER:
        raise AttributeError(f"{__name__} has no {name}")
    return getattr(import_module(f"{__name__}.{_LOADED_LATER[name]}"), name)
