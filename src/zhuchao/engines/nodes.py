"""Files that people write in YAML, read strictly into pieces with lines, so that a refusal can say where."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final, TypeVar

import yaml

from zhuchao.engines import EngineError

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The reader of YAML: the one in C, ten times as fast, where the platform has it."""
LONGEST_FILE = 1_000_000
DEEPEST_FILE = 16

_ID = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_PLAIN_TAGS = frozenset({"str", "int", "bool", "timestamp", "null"})
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a file with its line; `value` is a text, a list of pieces or pieces by key."""

    value: "str | list[Node] | dict[str, Node]"
    line: int
    tag: str = ""

    def wrong(self, code: str, message: str, **data: object) -> EngineError:
        return EngineError(code, f"line {self.line}: {message}", line=self.line, **data)

    def keys(self, required: str, optional: str = "") -> "dict[str, Node]":
        """Return the pieces of a mapping; raises EngineError type_wrong, key_unknown, key_missing."""
        if not isinstance(self.value, dict):
            raise self.wrong("type_wrong", "keys and values are expected here")
        allowed = required.split() + optional.split()
        for key, node in self.value.items():
            if key not in allowed:
                near = tuple(get_close_matches(key, allowed, n=3, cutoff=0.5))
                raise node.wrong("key_unknown", f"there is no key {key}", found=key, near=near)
        for key in required.split():
            if key not in self.value:
                raise self.wrong("key_missing", f"{key} is missing", key=key)
        return self.value

    def items(self) -> "list[Node]":
        if not isinstance(self.value, list):
            raise self.wrong("type_wrong", "a list is expected here")
        return self.value

    def text(self) -> str:
        """Return a text or whole number as it is written; a fraction that is no text is refused."""
        if not isinstance(self.value, str) or self.tag not in ("str", "int") or not self.value.strip():
            raise self.wrong("type_wrong", "a text is expected here")
        return self.value.strip()

    def name(self, shape: re.Pattern[str] = _ID) -> str:
        if shape.fullmatch(self.text()) is None:
            raise self.wrong("id_malformed", f"{self.text()} is no name: small letters, digits, - or _")
        return self.text()

    def whole(self) -> int:
        if not isinstance(self.value, str) or _WHOLE.fullmatch(self.value) is None:
            raise self.wrong("type_wrong", "a whole number is expected here")
        return int(self.value)

    def flag(self) -> bool:
        if self.value not in ("true", "false"):
            raise self.wrong("type_wrong", "true or false is expected here")
        return self.value == "true"

    def day(self) -> date:
        try:
            return date.fromisoformat(str(self.value))
        except ValueError:
            raise self.wrong("type_wrong", "a day such as 2026-01-31 is expected here") from None

    def is_null(self) -> bool:
        return self.tag == "null"

    def read(self, work: Callable[..., _Found], *parts: object) -> _Found:
        """Do what knows no lines; what it refuses gets this one."""
        try:
            return work(*parts)
        except EngineError as error:
            raise self.wrong(error.code, str(error), **error.data) from None


def read_nodes(text: str, *, decimals: bool = False) -> Node:
    """Return a YAML text as pieces with lines.

    Args:
        decimals: whether 0.25 may stand without quotes; its piece keeps the digits as they are written.

    Raises:
        EngineError: file_too_large, file_malformed, file_too_deep, alias_refused, tag_refused, float_refused,
            key_twice; each with `line`.
    """
    if len(text) > LONGEST_FILE:
        raise EngineError("file_too_large", f"longer than {LONGEST_FILE} characters", line=1)
    try:
        _bounded(yaml.parse(text, Loader=LOADER))
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise EngineError("file_malformed", f"line {line}: {error.problem}", line=line) from None
    except yaml.reader.ReaderError as error:
        raise EngineError("file_malformed", f"line 1: {error.reason}", line=1) from None
    if root is None:
        raise EngineError("file_malformed", "line 1: nothing is written", line=1)
    return _node(root, _PLAIN_TAGS | {"float"} if decimals else _PLAIN_TAGS)


def _bounded(events: Iterator[yaml.Event]) -> None:
    depth = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise EngineError("alias_refused", f"line {line}: anchors and aliases are not allowed", line=line)
        if getattr(event, "tag", None):
            raise EngineError("tag_refused", f"line {line}: tags are not allowed", line=line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_FILE:
            raise EngineError("file_too_deep", f"line {line}: deeper than {DEEPEST_FILE}", line=line)


def _node(node: yaml.Node, tags: frozenset[str]) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(part, tags) for part in node.value], line)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise EngineError("type_wrong", f"line {line}: a key is a text", line=line)
            if key.value in found:
                at = key.start_mark.line + 1
                raise EngineError(
                    "key_twice", f"line {at}: {key.value} stands twice", line=at, found=key.value
                )
            found[key.value] = _node(value, tags)
        return Node(found, line)
    tag = node.tag.rpartition(":")[2]
    if tag not in tags:
        message = f"line {line}: {node.value} is not exact: write it as a text, in quotes"
        raise EngineError("float_refused", message, line=line, found=node.value)
    return Node(node.value, line, tag)
