"""Which project a row of a ledger means: by code, else by normal name and company; kept and new ones alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.wording import listed
from zhuchao.engines.identity import normal_name
from zhuchao.engines.reading import Problem

from ..models import Project
from ..selectors import project_key

AT_ONCE = 1000
MOST_NAMED = 5
T = TypeVar("T")

SENTENCES: Mapping[str, Any] = {
    "project_ambiguous": _("第 {row} 行项目“{found}”与 {count} 个项目同名。"),
    "project_unknown": _("第 {row} 行项目“{found}”不在项目台账中。"),
    "parent_unknown": _("第 {row} 行上级项目“{found}”不在项目台账中，也不在前面的行里。"),
}
FIXES: Mapping[str, Any] = {
    "project_ambiguous": _("请填写项目编号或项目单位来区分：{expected}。"),
    "project_unknown": _("请先登记或导入该项目，或改成：{expected}。"),
    "parent_unknown": _("请填写上级项目的编号或名称；上级项目也在本文件里的，写在它的分期前面。"),
}


class ProjectBook:
    """The projects of one zone that the rows of a file may mean; few queries, however many rows ask."""

    def __init__(self, zone_id: int, rows: Iterable[Mapping[str, Any]]) -> None:
        self._by_code: dict[str, Project] = {}
        self._by_name: dict[str, list[Project]] = {}
        self._keys: dict[str, str] = {}
        codes, names = set(), set()
        for values in rows:
            codes.add(values.get("code") or "")
            names.add(self.key_of(values["name"]))
            if values.get("parent"):
                codes.add(values["parent"])
                names.add(self.key_of(values["parent"]))
        kept = Project.objects.filter(zone_id=zone_id)
        found: dict[int, Project] = {}
        for some in _parts(sorted(codes - {""})):
            found |= {project.pk: project for project in kept.filter(code__in=some)}
        for some in _parts(sorted(names)):
            found |= {project.pk: project for project in kept.filter(normal_name__in=some)}
        for project in found.values():
            self.add(project)

    @property
    def projects(self) -> list[Project]:
        """Return every project of the book, each once."""
        every = [*self._by_code.values(), *(each for some in self._by_name.values() for each in some)]
        return list({id(project): project for project in every}.values())

    def key_of(self, name: str) -> str:
        """Return the normal form of a project's name, worked out once a name."""
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = project_key(name)
        return key

    def add(self, project: Project) -> None:
        """Let a project be found from now on; one that is not saved yet too."""
        if project.code:
            self._by_code[project.code] = project
        alike = self._by_name.setdefault(project.normal_name, [])
        if not any(each is project for each in alike):
            alike.append(project)

    def find_parent(self, text: str) -> Project | Problem:
        """Return the project that a row names as its parent, by code or name; a problem when there is not just one."""
        if text in self._by_code:
            return self._by_code[text]
        alike = self._by_name.get(self.key_of(text), [])
        if len(alike) == 1:
            return alike[0]
        data = {"field": "parent", "count": len(alike)}
        named = listed(each.code or each.company or each.name for each in alike[:MOST_NAMED])
        return Problem("project_ambiguous" if alike else "parent_unknown", text, named, data)

    def find(self, values: Mapping[str, Any]) -> Project | Problem | None:
        """Return the project a row means, None when there is none, a problem when there are several."""
        code, company = values.get("code") or "", values.get("company") or ""
        if code and code in self._by_code:
            return self._by_code[code]
        # A row with a code of its own is not a project that has another one.
        alike = [
            each for each in self._by_name.get(self.key_of(values["name"]), []) if not (code and each.code)
        ]
        if company and len(alike) > 0:
            wanted = normal_name(company)
            same = [each for each in alike if each.company and normal_name(each.company) == wanted]
            alike = same or [each for each in alike if not each.company]
        if len(alike) > 1:
            named = listed(each.code or each.company or each.name for each in alike[:MOST_NAMED])
            return Problem("project_ambiguous", values["name"], named, {"field": "name", "count": len(alike)})
        return alike[0] if alike else None


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
