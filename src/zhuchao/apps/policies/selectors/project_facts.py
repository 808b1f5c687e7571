"""What the project ledger says of firms, as policies ask about it: how far a project is, its investment, its kind."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from zhuchao.apps.core.models.ids import id_list
from zhuchao.apps.projects.models import Project, Stage, StageEntry
from zhuchao.engines.rules.fields import FactValue

STAGE, INVESTMENT, KIND = "project_stage", "project_investment", "project_kind"
STAGES: Final[Mapping[str, str]] = {
    Stage.SIGNED: "签约",
    Stage.READY: "达开工条件",
    Stage.STARTED: "开工",
    Stage.LISTED: "列统",
    Stage.COMPLETED: "竣工",
    Stage.SCALED: "入规",
    Stage.PRODUCING: "投产",
    Stage.REVIEWED: "复核验收",
    Stage.DELIVERED: "达效",
}
"""The words that conditions use for the gates: those of the vocabulary, in whatever language the page is."""
KINDS: Final[Mapping[str, str]] = {
    Project.Kind.NEW: "新引进",
    Project.Kind.EXPANSION: "增资扩产",
    Project.Kind.UPGRADE: "技术改造",
    Project.Kind.PUBLIC: "城建及公共",
}


def facts_of_projects(projects: Iterable[Project], *, day: date) -> dict[int, dict[str, FactValue | None]]:
    """Return what each project says on a day, by its id; a value that is not known is None."""
    rows = {project.pk: project for project in projects}
    passed: dict[int, list[Stage]] = defaultdict(list)
    entries = StageEntry.objects.live().filter(project__in=id_list(rows), happened_on__lte=day)
    for pk, stage in entries.order_by().values_list("project_id", "stage"):
        passed[pk].append(Stage(stage))
    return {
        pk: {
            STAGE: STAGES[max(passed[pk], key=lambda stage: stage.place)] if passed[pk] else None,
            INVESTMENT: project.total_investment_cny,
            KIND: KINDS[project.kind],
        }
        for pk, project in rows.items()
    }


def facts_of_firms(home: Mapping[int, int], *, day: date) -> dict[int, tuple[Project, dict[str, FactValue]]]:
    """Return for each firm with a single project that project and what is known of it.

    ``home`` gives the surviving firm of each that counts. A firm with several is asked about project by project: what
    one of them says is not a fact of the firm.
    """
    of_firm: dict[int, list[Project]] = defaultdict(list)
    for project in Project.objects.filter(enterprise__in=id_list(home)).order_by("pk"):
        if project.enterprise_id is not None:
            of_firm[home[project.enterprise_id]].append(project)
    single = {pk: projects[0] for pk, projects in of_firm.items() if len(projects) == 1}
    said = facts_of_projects(single.values(), day=day)
    return {
        pk: (project, {name: value for name, value in said[project.pk].items() if value is not None})
        for pk, project in single.items()
    }
