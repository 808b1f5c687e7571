"""What the cells of a ledger name: people, departments, firms; and the sentences for what they do not."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.engines.reading import Problem

MOST_NAMED = 12

SENTENCES: Mapping[str, Any] = {
    "person_unknown": _("第 {row} 行{label}“{found}”不是本辖区的工作人员。"),
    "person_ambiguous": _("第 {row} 行{label}“{found}”有 {count} 位同名人员。"),
    "department_unknown": _("第 {row} 行{label}“{found}”不是本辖区的部门。"),
    "day_to_come": _("第 {row} 行{label} {found} 晚于今天。"),
    "row_twice": _("第 {row} 行与第 {first} 行说的是同一{what}。"),
}
FIXES: Mapping[str, Any] = {
    "person_unknown": _("可填写：{expected}。新同事请先由管理员在“组织与人员”中添加。"),
    "person_ambiguous": _("请在页面上指定。"),
    "department_unknown": _("可填写：{expected}。新部门请先由管理员添加。"),
    "day_to_come": _("台账只登记已经发生的事，最晚为 {expected}。"),
    "row_twice": _("请合并为一行。"),
}


class Lookups:
    """The people and departments of one zone by name; four queries, however many rows ask."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.today = zones.today(zone)
        self._people = zones.people.people_by_name(zone)
        self._departments = zones.departments_by_name(zone)

    def person(self, values: Mapping[str, Any], field: str, problems: list[Problem]) -> User | None:
        """Return the officer a cell names, adding to ``problems`` when it names none or several."""
        name = values.get(field)
        if not name:
            return None
        found = self._people.get("".join(name.split()), [])
        if len(found) == 1:
            return found[0]
        if found:
            problems.append(Problem("person_ambiguous", name, "", {"field": field, "count": len(found)}))
        else:
            problems.append(Problem("person_unknown", name, _some(self._people), {"field": field}))
        return None

    def department(self, values: Mapping[str, Any], field: str, problems: list[Problem]) -> Department | None:
        """Return the department a cell names, adding to ``problems`` when it names none."""
        name = values.get(field)
        if not name:
            return None
        found = self._departments.get(name)
        if found is None:
            problems.append(Problem("department_unknown", name, _some(self._departments), {"field": field}))
        return found

    def past_day(self, values: Mapping[str, Any], field: str, problems: list[Problem]) -> date | None:
        """Return the day of a cell, adding to ``problems`` when it has not come yet in the zone."""
        day: date | None = values.get(field)
        if day is not None and day > self.today:
            problems.append(Problem("day_to_come", day.isoformat(), self.today.isoformat(), {"field": field}))
        return day


def _some(names: Mapping[str, Any]) -> str:
    shown = listed(list(names)[:MOST_NAMED])
    return (
        gettext("{names}等 {count} 个").format(names=shown, count=len(names))
        if len(names) > MOST_NAMED
        else shown
    )
