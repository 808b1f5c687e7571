"""Policy files taken apart into what each version asks, and put together again; each value as its author wrote it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from zhuchao.engines import EngineError
from zhuchao.engines.nodes import LOADER
from zhuchao.engines.rules.policies import Source, Span

RULES = ("params", "conditions", "logic", "benefit")
"""Keys of a version that say what it asks and grants."""
_WIDE = 10_000  # lines are broken where their author broke them


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    """A version to be written: its days and source, and the text that `read_rules` reads."""

    number: int
    effective: Span
    recorded: date
    source: Source
    rules: str
    window: Span | None = None


def rules_of_versions(text: str, clause: Callable[[int], str]) -> dict[int, str]:
    """Return of each version of a policy file the text that `read_rules` reads, by the number of the version.

    Each condition gets an article: its own, else that which `clause` gives for its place (1 is the first). Tests go with
    the version that is in force on their day.

    Args:
        text: a file that `read_policy` accepts.
    """
    root = _keys(_composed(text))
    found = {}
    for version in _items(root["versions"]):
        keys = _keys(version)
        kept = [(name, keys[name]) for name in RULES if name in keys]
        _name_clauses(keys["conditions"], clause)
        first, last = (_keys(keys["effective"])[name] for name in ("from", "to"))
        ends = None if last.tag.endswith(":null") else date.fromisoformat(last.value)
        tests = _tests_within(root["tests"], Span(date.fromisoformat(first.value), ends))
        found[int(keys["version"].value)] = _text(_mapping([*kept, *tests]))
    return found


def rules_within(text: str, span: Span) -> str:
    """Return the rules of a version without the tests of days on which it does not hold."""
    keys = _keys(_composed(text))
    kept = [(name, keys[name]) for name in RULES if name in keys]
    tests = _tests_within(keys["tests"], span) if "tests" in keys else []
    return _text(_mapping([*kept, *tests]))


def write_policy(head: Mapping[str, str], versions: Sequence[WrittenVersion]) -> str:
    """Return a policy file that `read_policy` reads.

    Args:
        head: id, title, level and, where there are any, department, object and note.
        versions: oldest first, without a day between two of them.

    Raises:
        EngineError: key_missing where a version has no conditions.
    """
    written, tests = [], list[yaml.Node]()
    for version in versions:
        rules = _keys(_composed(version.rules))
        if "conditions" not in rules:
            raise EngineError("key_missing", f"version {version.number} has no conditions", key="conditions")
        parts = [
            ("version", _whole(version.number)),
            ("effective", _span(version.effective, "from", "to")),
            ("recorded", _day(version.recorded)),
        ]
        if version.window is not None:
            parts.append(("window", _span(version.window, "open", "close")))
        parts.append(("source", _source(version.source)))
        written.append(_mapping([*parts, *((name, rules[name]) for name in RULES if name in rules)]))
        tests += _items(rules["tests"]) if "tests" in rules else []
    said = [(name, _word(value)) for name, value in head.items() if value]
    return _text(_mapping([*said, ("versions", _list(written)), ("tests", _list(tests))]))


def _composed(text: str) -> yaml.Node:
    root = yaml.compose(text, Loader=LOADER)
    if not isinstance(root, yaml.MappingNode):
        raise EngineError("type_wrong", "line 1: keys and values are expected here", line=1)
    return root


def _keys(node: yaml.Node) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value}


def _items(node: yaml.Node) -> list[yaml.Node]:
    return list(node.value)


def _name_clauses(conditions: yaml.Node, clause: Callable[[int], str]) -> None:
    for place, condition in enumerate(_items(conditions), start=1):
        if "article" not in _keys(condition):
            condition.value.insert(1, (_word("article"), _word(clause(place))))


def _tests_within(tests: yaml.Node, span: Span) -> list[tuple[str, yaml.Node]]:
    """Return the tests of the days of a span, as the key `tests` where there are any."""
    kept = [test for test in _items(tests) if date.fromisoformat(_keys(test)["as_of"].value) in span]
    return [("tests", _list(kept))] if kept else []


def _source(source: Source) -> yaml.Node:
    said = {
        "title": source.title,
        "number": source.number,
        "article": source.article,
        "address": source.address,
        "note": source.note,
        "status": source.status.value,
    }
    parts = [(name, _word(value)) for name, value in said.items() if value]
    if source.verified_on is not None:
        parts.append(("verified_on", _day(source.verified_on)))
    return _mapping(parts, flow=True)


def _span(span: Span, first: str, last: str) -> yaml.Node:
    end = yaml.ScalarNode("tag:yaml.org,2002:null", "null") if span.last is None else _day(span.last)
    return _mapping([(first, _day(span.first)), (last, end)], flow=True)


def _word(text: str) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text)


def _whole(number: int) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:int", str(number))


def _day(day: date) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:timestamp", day.isoformat())


def _mapping(parts: Iterable[tuple[str, yaml.Node]], *, flow: bool = False) -> yaml.Node:
    return yaml.MappingNode(
        "tag:yaml.org,2002:map", [(_word(name), value) for name, value in parts], flow_style=flow
    )


def _list(parts: Sequence[yaml.Node]) -> yaml.Node:
    return yaml.SequenceNode("tag:yaml.org,2002:seq", list(parts), flow_style=False)


def _text(node: yaml.Node) -> str:
    return str(yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True, width=_WIDE))
