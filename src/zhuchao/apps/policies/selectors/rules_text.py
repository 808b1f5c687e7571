"""A text of rules that is edited in one place, while every other character of it stays as its author wrote it."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import yaml

from zhuchao.engines import EngineError
from zhuchao.engines.nodes import read_nodes

_CHAIN: Final = re.compile(r"[a-z][a-z0-9_-]*(?: and [a-z][a-z0-9_-]*)*")


class RulesText:
    """A text of rules and where each piece of it stands.

    Raises EngineError with the ``line`` where the text is no YAML that rules may be written in.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._keys: dict[str, tuple[yaml.ScalarNode, yaml.Node]] = {}
        if text.strip():
            root = read_nodes(text)
            if not isinstance(root.value, dict):
                raise root.wrong("type_wrong", "keys and values are expected here")
            self._keys = _pieces(_composed(text))

    def items(self, key: str) -> list[yaml.Node]:
        """Return the pieces of a list; none where it is not there or is no list."""
        node = self._keys[key][1] if key in self._keys else None
        return list(node.value) if isinstance(node, yaml.SequenceNode) else []

    def value(self, key: str) -> yaml.Node | None:
        """Return the piece under a key."""
        return self._keys[key][1] if key in self._keys else None

    def written(self, node: yaml.Node) -> str:
        """Return a piece as it is written, with the lines of its own."""
        return self.text[node.start_mark.index : _end(self.text, node)]

    def has_comment(self, node: yaml.Node) -> bool:
        """Return whether a comment stands inside a piece; to write the piece anew would lose it."""
        rest, at = [], node.start_mark.index
        for leaf in _leaves(node):
            rest.append(self.text[at : leaf.start_mark.index])
            at = _end(self.text, leaf)
        return "#" in "".join([*rest, self.text[at : _end(self.text, node)]])

    def put(self, key: str, value: str) -> str:
        """Return the text with another value under a key, or with the key before the tests."""
        if key in self._keys:
            node = self._keys[key][1]
            return self._with(node.start_mark.index, _end(self.text, node), value)
        line = f"{key}: {value}\n"
        at = self._keys["tests"][0].start_mark.index if "tests" in self._keys else len(self.text)
        before = self.text[:at]
        if before and not before.endswith("\n"):
            before += "\n"
        return before + line + self.text[at:]

    def take_out(self, key: str) -> str:
        """Return the text without a key of its first level."""
        name, node = self._keys[key]
        return self._without_lines(name.start_mark.index, _end(self.text, node))

    def put_item(self, key: str, at: int, value: str) -> str:
        """Return the text with another piece at a place of a list."""
        node = self.items(key)[at]
        return self._with(node.start_mark.index, _end(self.text, node), value)

    def put_parts(self, key: str, at: int, values: Mapping[str, str]) -> str:
        """Return the text with other values of one piece of a list, each a text; all else of the piece stays."""
        pieces = _pieces(self.items(key)[at])
        spans = sorted(((pieces[name][1], value) for name, value in values.items()), key=_start, reverse=True)
        text = self.text
        for node, value in spans:
            text = text[: node.start_mark.index] + scalar(value) + text[_end(self.text, node) :]
        return text

    def add_item(self, key: str, value: str) -> str:
        """Return the text with one piece more at the end of a list; a list that is not there begins."""
        node = self.value(key)
        if node is None:
            return self.put(key, f"\n- {value}").replace(f"{key}: \n", f"{key}:\n")
        return add_to(self.text, node, value)

    def add_within(self, key: str, at: int, name: str, value: str) -> str:
        """Return the text with one piece more in a list that a piece of a list has or is to have."""
        item = self.items(key)[at]
        inner = _pieces(item).get(name)
        if inner is not None:
            return add_to(self.text, inner[1], value)
        end = _end(self.text, item)
        if _is_flow(item):
            return self._with(end - 1, end - 1, f", {name}: [{value}]")
        column = " " * item.start_mark.column
        at_line = _line_end(self.text, end)
        return self._with(at_line, at_line, f"\n{column}{name}:\n{column}- {value}")

    def remove_item(self, key: str, at: int) -> str:
        """Return the text without a piece of a list; the line on which it ends goes with it."""
        node, items = self._keys[key][1], self.items(key)
        if len(items) == 1:
            return self._with(node.start_mark.index, _end(self.text, node), "[]")
        start, end = items[at].start_mark.index, _end(self.text, items[at])
        if not _is_flow(node):
            return self._without_lines(self.text.rindex("-", 0, start), end)
        if at + 1 < len(items):
            return self._with(start, items[at + 1].start_mark.index, "")
        return self._with(_end(self.text, items[at - 1]), end, "")

    def _with(self, start: int, end: int, value: str) -> str:
        return self.text[:start] + value + self.text[end:]

    def _without_lines(self, start: int, end: int) -> str:
        first = self.text.rfind("\n", 0, start) + 1
        return self.text[:first] + self.text[_line_end(self.text, end) + 1 :]


def add_to(text: str, node: yaml.Node, value: str) -> str:
    """Return a text with one piece more at the end of a list of it."""
    assert isinstance(node, yaml.SequenceNode)
    end = _end(text, node)
    if not node.value:
        return f"{text[: node.start_mark.index].rstrip(' ')}\n- {value}{text[end:]}"
    last = _end(text, node.value[-1])
    if _is_flow(node):
        return f"{text[:last]}, {value}{text[last:]}"
    at = _line_end(text, last)
    return f"{text[:at]}\n{' ' * node.start_mark.column}- {value}{text[at:]}"


def parts_of(node: yaml.Node) -> dict[str, yaml.Node]:
    """Return the pieces of a mapping by key; none of what is no mapping."""
    return {name: value for name, (_key, value) in _pieces(node).items()}


def said(node: yaml.Node | None) -> str:
    """Return a piece as text; empty for none and for what is no single text."""
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""


def scalar(value: str) -> str:
    """Return a text as YAML writes it inside braces: plain where that is read as the same text, else in quotes."""
    quoted = json.dumps(value, ensure_ascii=False)
    try:
        found = yaml.safe_load(f"{{a: {value}}}")
    except yaml.YAMLError:
        return quoted
    return value if found == {"a": value} and value == value.strip() and "\n" not in value else quoted


def flow(values: Mapping[str, str]) -> str:
    """Return keys and values, each written already, as one line."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"


def flow_list(values: Iterable[str]) -> str:
    """Return values, each written already, as one line."""
    return "[" + ", ".join(values) + "]"


def logic_with(logic: str, name: str) -> str:
    """Return how conditions are joined with one more that is asked besides."""
    return f"{logic} and {name}" if _CHAIN.fullmatch(logic) else f"({logic}) and {name}"


def logic_without(logic: str, name: str) -> str:
    """Return how conditions are joined without one, where all are simply asked; else as it was."""
    names = logic.split(" and ")
    if not _CHAIN.fullmatch(logic) or name not in names:
        return logic
    return " and ".join(one for one in names if one != name)


def readable(text: str) -> tuple["RulesText | None", EngineError | None]:
    """Return a text with its pieces, or why it is no YAML that rules may be written in."""
    return _tried(lambda: RulesText(text))


def _tried(work: "Callable[[], RulesText]") -> tuple["RulesText | None", EngineError | None]:
    try:
        return work(), None
    except EngineError as error:
        return None, error


def _composed(text: str) -> yaml.Node:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    assert node is not None, "the text was read already"
    return node


def _is_flow(node: yaml.Node) -> bool:
    """Return whether a piece stands in brackets or braces."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _pieces(node: yaml.Node) -> dict[str, tuple[yaml.ScalarNode, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): (key, value) for key, value in node.value}


def _start(piece: tuple[yaml.Node, str]) -> int:
    return int(piece[0].start_mark.index)


def _leaves(node: yaml.Node) -> list[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        return [node]
    inner = (
        node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
    )
    return [leaf for part in inner for leaf in _leaves(part)]


def _end(text: str, node: yaml.Node) -> int:
    """Return where a piece ends, without the empty lines and comments behind it that the parser counts in."""
    if isinstance(node, yaml.ScalarNode):
        end = int(node.end_mark.index)
        return node.start_mark.index + len(text[node.start_mark.index : end].rstrip())
    if _is_flow(node) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(text, last if isinstance(node, yaml.SequenceNode) else last[1])


def _line_end(text: str, at: int) -> int:
    """Return where the line of a place ends, before its break."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found
