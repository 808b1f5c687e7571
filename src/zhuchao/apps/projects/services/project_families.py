"""What rows of 项目台账 say of phases and sub-projects: under which project, and that nothing is said twice in a family."""

from collections.abc import Callable, Mapping
from typing import Any

from zhuchao.engines.reading import Problem

from ..models import Project
from .project_book import ProjectBook
from .project_drafts import Carried, Draft


def find_above(
    values: Mapping[str, Any],
    draft: Draft,
    book: ProjectBook,
    draft_of: Callable[[Project | None], Draft],
    problems: list[Problem],
) -> Draft | None:
    """Return the draft of the project that a row's project is a part of after it; a blank cell says nothing."""
    text = values.get("parent") or ""
    if not text:
        if values.get("part") and draft.above is None:
            problems.append(Problem("part_without_parent", values["part"], "", {"field": "part"}))
        return draft.above
    found = book.find_parent(text)
    if isinstance(found, Problem):
        problems.append(found)
        return draft.above
    above = draft_of(found)
    if above is draft or above.above is not None or draft.parts:
        problems.append(Problem("part_not_possible", text, "", {"field": "parent"}))
        return draft.above
    return above


def refuse_carried(
    draft: Draft, above: Draft | None, carried: Mapping[Carried, str], problems: list[Problem]
) -> None:
    """Refuse a row that says of a project what its parent or one of its parts carries; ``carried`` by what it is called."""
    wanted: dict[Carried, str] = dict(carried)
    if above is not draft.above:
        wanted |= {key: str(key[0]) for key in draft.carried if key not in wanted}
    for other in [above, *draft.parts] if above is not None else draft.parts:
        for key, said in wanted.items():
            if key in other.carried:
                problems.append(Problem("carried_by_family", said, "", {"other": other.project.name}))
                return


def take_above(draft: Draft, above: Draft | None) -> dict[str, list[Any]]:
    """Put a draft under its parent; return what changes, as a person reads it."""
    if above is None or above is draft.above:
        return {}
    before = draft.above
    if before is not None:
        before.parts.remove(draft)
    draft.above, draft.project.parent = above, above.project
    above.parts.append(draft)
    draft.changed.add("parent")
    return {"parent": [before.project.name if before else None, above.project.name]}
