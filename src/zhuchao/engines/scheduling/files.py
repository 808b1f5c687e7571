"""Templates of procedures as YAML files: read strictly, whatever is wrong with its line, and written again."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Final, TypeVar

import yaml

from zhuchao.engines import EngineError
from zhuchao.engines.nodes import Node, read_nodes
from zhuchao.engines.scheduling.templates import Template, TemplateTask

__all__ = ["Template", "TemplateTask", "read_template", "write_template"]

_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])")
_DECIMAL = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})?")
_REQUIRED: Final = "key name stage department review_hours issue_hours"
_TEXTS: Final = ("kind", "legal_basis", "status", "lane", "instruments")
_FLAGS: Final = ("early", "pledge", "certificate")
_NAMES: Final = ("after", "needs", "late", "gives")
_DAYS: Final = ("legal_days", "promise_days")
_OPTIONAL: Final = " ".join((*_TEXTS, *_FLAGS, *_NAMES, *_DAYS, "credit", "notice_calendar_days"))
_WIDE: Final = 10_000  # lines are broken where their author broke them
_Found = TypeVar("_Found")


def read_template(text: str) -> Template:
    """Return the template of a file.

    Keys: name, stages, departments (reviewers by name), tasks; where there are any, held and baseline_working_days.
    A task: key, name, stage, department, review_hours, issue_hours; where there are any, what `TemplateTask` has.
    Hours are 7, 1.5 or 1:30, each a whole number of minutes; days 20 or 0.5.

    Raises:
        EngineError: what `read_nodes` refuses; key_unknown, key_missing, type_wrong, name_twice, hours_malformed,
            minutes_broken, days_malformed; what `Template` and `Network` refuse. Each with `line`, and with `near`
            where a name is meant that is not there.
    """
    root = read_nodes(text, decimals=True)
    keys = root.keys("name stages departments tasks", "held baseline_working_days")
    reading = _Reading(keys)
    tasks = tuple(reading.task(node) for node in keys["tasks"].items())
    return reading.read(
        lambda: Template(
            keys["name"].text(),
            tasks,
            reading.departments,
            _names(keys, "stages"),
            _names(keys, "held"),
            _days(keys, "baseline_working_days"),
        )
    )


class _Reading:
    """Where in a file each task, department and stage stands."""

    def __init__(self, keys: Mapping[str, Node]) -> None:
        self.keys = keys
        self.found: dict[str, list[Mapping[str, Node]]] = {}  # pieces of the tasks of a key
        places = keys["departments"].value
        if not isinstance(places, dict):
            raise keys["departments"].wrong("type_wrong", "reviewers by department are expected here")
        self.departments = {name: node.whole() for name, node in places.items()}

    def task(self, node: Node) -> TemplateTask:
        keys = node.keys(_REQUIRED, _OPTIONAL)
        key = keys["key"].text()
        self.found.setdefault(key, []).append(keys)
        named = {name: _names(keys, name) for name in _NAMES}
        return self.read(
            lambda: TemplateTask(
                key,
                keys["name"].text(),
                keys["stage"].text(),
                keys["department"].text(),
                _minutes(keys["review_hours"]),
                _minutes(keys["issue_hours"]),
                after=named["after"],
                needs=named["needs"],
                late=frozenset(named["late"]),
                gives=named["gives"],
                credit=keys["credit"].whole() if "credit" in keys else 1,
                notice_calendar_days=(
                    keys["notice_calendar_days"].whole() if "notice_calendar_days" in keys else 0
                ),
                legal_days=_days(keys, "legal_days"),
                promise_days=_days(keys, "promise_days"),
                **{name: keys[name].text() for name in _TEXTS if name in keys},  # type: ignore[arg-type]
                **{name: keys[name].flag() for name in _FLAGS if name in keys},  # type: ignore[arg-type]
            )
        )

    def read(self, make: Callable[[], _Found]) -> _Found:
        """Make something; what is refused without a line gets that of the piece that it is about."""
        try:
            return make()
        except EngineError as error:
            if "line" in error.data:
                raise
            node, meant = self._place(error)
            data = dict(error.data)
            if meant is not None:
                data["near"] = tuple(get_close_matches(meant[0], meant[1], n=3, cutoff=0.5))
            raise node.wrong(error.code, str(error), **data) from None

    def _place(self, error: EngineError) -> tuple[Node, tuple[str, list[str]] | None]:
        """Return the piece that a refusal is about, and what is meant there out of which names."""
        told = {name: str(value) for name, value in error.data.items()}
        match error.code:
            case "stage_unknown":
                stages = [node.text() for node in self.keys["stages"].items()]
                return self._of(told["task"])["stage"], (told["stage"], stages)
            case "department_unknown":
                return self._of(told["task"])["department"], (told["department"], list(self.departments))
            case "capacity_missing":
                places = self.keys["departments"].value
                assert isinstance(places, dict)
                return places[told["department"]], None
            case "predecessor_unknown":
                node = _entry(self._of(told["task"])["after"], told["predecessor"])
                return node, (told["predecessor"], list(self.found))
            case "document_nobody_gives":
                node = _entry(self._of(told["task"])["needs"], told["document"])
                return node, (told["document"], self._documents())
            case "document_twice":
                giving = [
                    keys
                    for some in self.found.values()
                    for keys in some
                    if told["document"] in _names(keys, "gives")
                ]
                return _entry(giving[1]["gives"], told["document"]), None
            case "task_twice":
                return self.found[told["task"]][1]["key"], None
            case "network_cycle":
                links = error.data["links"]
                assert isinstance(links, tuple)
                keys, link = self._of(links[0].then), links[0]
                named = (keys["needs"], link.document) if link.document else (keys["after"], link.first)
                return _entry(*named), None
            case "task_malformed":
                keys = self.found[told["task"]][-1]
                for late in keys["late"].items() if "late" in keys else ():
                    if late.text() not in _names(keys, "needs"):
                        return late, (late.text(), list(_names(keys, "needs")))
                return keys["key"], None
        return self.keys["tasks"], None  # too many of them, or none

    def _of(self, task: str) -> Mapping[str, Node]:
        return self.found[task][0]

    def _documents(self) -> list[str]:
        given = [name for some in self.found.values() for keys in some for name in _names(keys, "gives")]
        return [*given, *_names(self.keys, "held")]


def _entry(names: Node, wanted: str) -> Node:
    return next(node for node in names.items() if node.text() == wanted)


def _names(keys: Mapping[str, Node], key: str) -> tuple[str, ...]:
    """Return the names of a list, none where it is not written."""
    found: dict[str, None] = {}
    for node in keys[key].items() if key in keys else ():
        if node.text() in found:
            raise node.wrong("name_twice", f"{node.text()} stands twice", found=node.text())
        found[node.text()] = None
    return tuple(found)


def _minutes(node: Node) -> int:
    """Return hours as working minutes."""
    written = str(node.value).strip()
    if clock := _CLOCK.fullmatch(written):
        return int(clock[1]) * 60 + int(clock[2])
    if _DECIMAL.fullmatch(written) is None:
        raise node.wrong("hours_malformed", "hours such as 7, 1.5 or 1:30 are expected here", found=written)
    minutes = Fraction(written) * 60
    if minutes.denominator != 1:
        raise node.wrong("minutes_broken", f"{written} hours are no whole minutes", found=written)
    return int(minutes)


def _days(keys: Mapping[str, Node], key: str) -> Decimal | None:
    """Return working days, None where none are written."""
    if key not in keys or keys[key].is_null():
        return None
    written = str(keys[key].value).strip()
    if _DECIMAL.fullmatch(written) is None:
        raise keys[key].wrong("days_malformed", "days such as 20 or 0.5 are expected here", found=written)
    return Decimal(written)


def write_template(template: Template) -> str:
    """Return the file that `read_template` reads as this template."""
    parts = [("name", _word(template.name))]
    if template.baseline_working_days is not None:
        parts.append(("baseline_working_days", _exact(template.baseline_working_days)))
    parts.append(("stages", _list(map(_word, template.stages))))
    parts.append(("departments", _mapping((n, _whole(count)) for n, count in template.departments.items())))
    if template.held:
        parts.append(("held", _list(map(_word, template.held))))
    parts.append(("tasks", _list([_written(task) for task in template.tasks], flow=False)))
    node = _mapping(parts)
    return str(yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True, width=_WIDE))


def _written(task: TemplateTask) -> yaml.Node:
    late = [name for name in task.needs if name in task.late]
    lists: dict[str, Sequence[str]] = {
        "after": task.after,
        "needs": task.needs,
        "late": late,
        "gives": task.gives,
    }
    texts = {name: str(getattr(task, name)) for name in _TEXTS}
    days = {name: getattr(task, name) for name in _DAYS}
    parts = [(name, _word(getattr(task, name))) for name in ("key", "name", "stage", "department")]
    parts += [("review_hours", _hours(task.review)), ("issue_hours", _hours(task.issue))]
    parts += [(name, _list(map(_word, some))) for name, some in lists.items() if some]
    parts += [(name, _flag()) for name in _FLAGS if getattr(task, name)]
    if task.pledge:
        parts.append(("credit", _whole(task.credit)))
    if task.notice_calendar_days:
        parts.append(("notice_calendar_days", _whole(task.notice_calendar_days)))
    parts += [(name, _exact(some)) for name, some in days.items() if some is not None]
    parts += [(name, _word(some)) for name, some in texts.items() if some]
    return _mapping(parts)


def _word(text: str) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text)


def _whole(number: int) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:int", str(number))


def _flag() -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:bool", "true")


def _exact(days: Decimal) -> yaml.Node:
    kind = "int" if days == days.to_integral_value() else "float"
    return yaml.ScalarNode(f"tag:yaml.org,2002:{kind}", f"{days.normalize():f}")


def _hours(minutes: int) -> yaml.Node:
    hours, rest = divmod(minutes, 60)
    return _word(f"{hours}:{rest:02}") if rest else _whole(hours)


def _mapping(parts: Iterable[tuple[str, yaml.Node]]) -> yaml.Node:
    return yaml.MappingNode(
        "tag:yaml.org,2002:map", [(_word(name), node) for name, node in parts], flow_style=False
    )


def _list(parts: Iterable[yaml.Node], *, flow: bool = True) -> yaml.Node:
    return yaml.SequenceNode("tag:yaml.org,2002:seq", list(parts), flow_style=flow)
