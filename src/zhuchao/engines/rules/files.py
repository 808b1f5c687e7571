"""Policy files read strictly: whatever a file says wrong is refused with its line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from zhuchao.engines.nodes import Node, read_nodes
from zhuchao.engines.rules import canonical
from zhuchao.engines.rules.fields import MOST_PLACES, SIZED, FactValue, Field, Kind, Vocabulary
from zhuchao.engines.rules.language import read_condition, read_number
from zhuchao.engines.rules.policies import (
    Benefit,
    ConditionText,
    Expected,
    Policy,
    PolicyTest,
    Source,
    Span,
    Status,
    Verdict,
    Version,
)
from zhuchao.engines.rules.stating import checked_word, sized_fact
from zhuchao.engines.rules.terms import (
    All,
    Amount,
    Any,
    Banded,
    IsTrue,
    Least,
    Linear,
    Logic,
    Manual,
    Not,
    Ratio,
    Stepped,
)
from zhuchao.engines.rules.tokens import param_token
from zhuchao.engines.units import Dimension

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MONEY = frozenset({Dimension.MONEY})


def read_vocabulary(text: str) -> Vocabulary:
    """Return the fields of a file: name, kind and label, with places, choices, unit and missing_as.

    Raises:
        EngineError: as `read_policy`, and kind_unknown.
    """
    fields = []
    for part in read_nodes(text).items():
        keys = part.keys("name kind label", "places choices unit missing_as")
        try:
            kind = Kind(keys["kind"].text())
        except ValueError:
            message = f"{keys['kind'].text()} is no kind"
            raise keys["kind"].wrong("kind_unknown", message, found=keys["kind"].text()) from None
        places = keys["places"].whole() if "places" in keys else 0
        if not 0 <= places <= MOST_PLACES:
            raise keys["places"].wrong("type_wrong", f"places are 0 to {MOST_PLACES}")
        choices = tuple(choice.text() for choice in keys["choices"].items()) if "choices" in keys else ()
        name = keys["name"].name(_NAME)
        field = Field(name, kind, keys["label"].text(), places, choices, unit=_text(keys, "unit"))
        if "missing_as" in keys:
            field = replace(field, missing_as=_fact(keys["missing_as"], field))
        fields.append(field)
    return Vocabulary(fields)


def read_policy(text: str, vocabulary: Vocabulary) -> Policy:
    """Return the policy of a file.

    Raises:
        EngineError: what `read_nodes` refuses; key_unknown (with `near`), key_missing, type_wrong, id_malformed,
            id_twice, condition_unused, status_unknown, span_backwards, window_backwards, version_gap,
            version_overlap, bands_malformed, band_beyond, fact_unknown; and what `language` refuses. Each with
            `line`.
    """
    root = read_nodes(text)
    keys = root.keys("id title level versions tests", "department object note")
    versions = [_version(node, vocabulary) for node in keys["versions"].items()]
    _in_turn(versions, keys["versions"])
    tests = tuple(test for node in keys["tests"].items() for test in _tests(node, vocabulary))
    return Policy(
        keys["id"].name(),
        keys["title"].text(),
        keys["level"].text(),
        tuple(versions),
        tests,
        *(_text(keys, key) for key in ("department", "object", "note")),
    )


def _in_turn(versions: list[Version], node: Node) -> None:
    """Refuse versions that leave a day without one between them, or with two."""
    if not versions:
        raise node.wrong("key_missing", "a policy has a version", key="versions")
    for before, after, at in zip(versions, versions[1:], node.items()[1:], strict=False):
        last = before.effective.last
        if last is None or after.effective.first <= last or after.number <= before.number:
            message = f"version {before.number} is still in force when {after.number} begins"
            raise at.wrong("version_overlap", message)
        if after.effective.first != last + timedelta(days=1):
            message = f"no version is in force between {last} and {after.effective.first}"
            raise at.wrong("version_gap", message)


def _text(keys: Mapping[str, Node], key: str) -> str:
    return keys[key].text() if key in keys else ""


def read_rules(
    text: str,
    vocabulary: Vocabulary,
    *,
    number: int,
    effective: Span,
    recorded: date,
    source: Source,
    window: Span | None = None,
) -> tuple[Version, tuple[PolicyTest, ...]]:
    """Return one version of a policy whose days and source are kept elsewhere, and the tests that travel with it.

    The text has the keys conditions, and where needed params, logic, benefit and tests, as in a policy file.
    Raises EngineError as `read_policy`.
    """
    keys = read_nodes(text).keys("conditions", "params logic benefit tests")
    version = Version(number, effective, recorded, source, *_rules(keys, vocabulary, window))
    tests = keys["tests"].items() if "tests" in keys else ()
    return version, tuple(test for node in tests for test in _tests(node, vocabulary))


def _version(node: Node, vocabulary: Vocabulary) -> Version:
    keys = node.keys("version effective recorded source conditions", "params window logic benefit")
    window = _span(keys["window"], "open close", "window_backwards") if "window" in keys else None
    return Version(
        keys["version"].whole(),
        _span(keys["effective"], "from to", "span_backwards"),
        keys["recorded"].day(),
        _source(keys["source"]),
        *_rules(keys, vocabulary, window),
    )


def _rules(
    keys: Mapping[str, Node], vocabulary: Vocabulary, window: Span | None
) -> tuple[tuple[ConditionText, ...], Logic, Mapping[str, str], Span | None, Benefit | None]:
    """Return what a version asks and grants, in the order of the fields of `Version`."""
    params = _params(keys.get("params"))
    conditions = _conditions(keys["conditions"], vocabulary, params)
    logic = _logic(keys.get("logic", keys["conditions"]), conditions, written="logic" in keys)
    benefit = _benefit(keys["benefit"], vocabulary, params) if "benefit" in keys else None
    return conditions, logic, MappingProxyType(dict(params)), window, benefit


def _span(node: Node, names: str, backwards: str) -> Span:
    first, last = names.split()
    keys = node.keys(names)
    span = Span(keys[first].day(), None if keys[last].is_null() else keys[last].day())
    if span.last is not None and span.last < span.first:
        raise node.wrong(backwards, f"{span.last} is before {span.first}")
    return span


def _status(keys: Mapping[str, Node], default: Status) -> Status:
    """Return how sure a figure is; what was written from memory is not confirmed."""
    if "status" not in keys:
        return default
    written = keys["status"].text()
    if written == "memory":
        return Status.UNCONFIRMED
    try:
        return Status(written)
    except ValueError:
        raise keys["status"].wrong("status_unknown", f"{written} is no status", found=written) from None


def _source(node: Node) -> Source:
    keys = node.keys("title status", "number article address verified_on note")
    return Source(
        keys["title"].text(),
        _text(keys, "number"),
        _text(keys, "article"),
        _text(keys, "address"),
        keys["verified_on"].day() if "verified_on" in keys else None,
        _status(keys, Status.UNCONFIRMED),
        _text(keys, "note"),
    )


def _params(node: Node | None) -> dict[str, str]:
    """Return the parameters of a version, each one exact value."""
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        raise node.wrong("type_wrong", "keys and values are expected here")
    params = {}
    for name, value in node.value.items():
        params[name] = value.text() if value.tag != "timestamp" else value.day().isoformat()
        value.read(param_token, name, params[name])
    return params


def _conditions(node: Node, vocabulary: Vocabulary, params: Mapping[str, str]) -> tuple[ConditionText, ...]:
    found: dict[str, ConditionText] = {}
    for part in node.items():
        keys = part.keys("id text", "article status test any all banded manual")
        name = keys["id"].name(_NAME)
        if name in found:
            raise part.wrong("id_twice", f"{name} stands twice", found=name)
        asks = {
            key: value for key, value in keys.items() if key in ("test", "any", "all", "banded", "manual")
        }
        logic = _asked(Node(asks, part.line), vocabulary, params, name)
        status = _status(keys, Status.CONFIRMED)
        found[name] = ConditionText(name, keys["text"].text(), logic, _text(keys, "article"), status)
    if not found:
        raise node.wrong("key_missing", "a version has a condition", key="conditions")
    return tuple(found.values())


def _asked(node: Node, vocabulary: Vocabulary, params: Mapping[str, str], name: str) -> Logic:
    """Return what a condition or a part of one means: a test, a group of parts, bands, or a person's judgement."""
    if isinstance(node.value, str):
        return node.read(read_condition, node.text(), vocabulary, params).logic
    keys = node.keys("", "test any all banded manual")
    if len(keys) != 1:
        raise node.wrong("type_wrong", "one of test, any, all, banded and manual is expected here")
    ((kind, inner),) = keys.items()
    if kind == "test":
        return inner.read(read_condition, inner.text(), vocabulary, params).logic
    if kind == "manual":
        if not inner.flag():
            raise inner.wrong("type_wrong", "manual is true or is not written")
        return Manual(name)
    if kind == "banded":
        by, bands = _bands(inner, "test any all banded", vocabulary, params)
        return Banded(by, tuple((upto, _asked(part, vocabulary, params, name)) for upto, part in bands))
    join = canonical.any_of if kind == "any" else canonical.all_of
    return join([_asked(part, vocabulary, params, name) for part in inner.items()])


def _bands(
    node: Node, kinds: str, vocabulary: Vocabulary, params: Mapping[str, str]
) -> tuple[Linear, list[tuple[int | None, Node]]]:
    """Return the guide of bands and where each ends, in kept values; the last one has no end."""
    keys = node.keys("by bands")
    guide = keys["by"].read(read_number, keys["by"].text(), vocabulary, params)
    ratio = guide.amount
    if not isinstance(ratio, Ratio) or ratio.bottom is not None or not ratio.top.terms or ratio.factor < 0:
        raise keys["by"].wrong("bands_malformed", "bands go by one field, or fields added up")
    found: list[tuple[int | None, Node]] = []
    last: Fraction | None = None
    parts = keys["bands"].items()
    for place, part in enumerate(parts, start=1):
        inner = dict(part.keys("", f"upto {kinds}"))
        end = inner.pop("upto", None)
        if (end is None) != (place == len(parts)):
            raise part.wrong("bands_malformed", "every band but the last one has an upto")
        upto = None
        if end is not None:
            written = f"({keys['by'].text()}) <= ({end.text()})"
            end.read(read_condition, written, vocabulary, params)  # whether they measure the same
            limit = end.read(read_number, end.text(), vocabulary, params).amount
            assert isinstance(limit, Ratio)
            value = limit.top.constant * limit.factor
            if last is not None and value <= last:
                raise end.wrong("bands_malformed", "each band ends above the one before")
            last, upto = value, int(value / ratio.factor // 1)
        found.append((upto, Node(inner, part.line)))
    if not found:
        raise keys["bands"].wrong("bands_malformed", "there is no band")
    return ratio.top, found


def _logic(node: Node, conditions: tuple[ConditionText, ...], *, written: bool) -> Logic:
    """Return the whole condition: as it is written over the ids, or all of them."""
    parts = {condition.id: condition.logic for condition in conditions}
    if not written:
        return canonical.all_of(parts.values())
    names = Vocabulary(Field(name, Kind.FLAG) for name in parts)
    over_ids = node.read(read_condition, node.text(), names).logic
    used: set[str] = set()
    whole = _replaced(over_ids, parts, used)
    if unused := sorted(set(parts) - used):
        raise node.wrong("condition_unused", f"{', '.join(unused)} decides nothing", found=tuple(unused))
    return whole


def _replaced(logic: Logic, parts: Mapping[str, Logic], used: set[str]) -> Logic:
    if isinstance(logic, IsTrue):
        used.add(logic.field)
        return parts[logic.field]
    if isinstance(logic, Not):
        return canonical.negated(_replaced(logic.part, parts, used))
    assert isinstance(logic, (All, Any))
    join = canonical.all_of if isinstance(logic, All) else canonical.any_of
    return join([_replaced(part, parts, used) for part in logic.parts])


def _benefit(node: Node, vocabulary: Vocabulary, params: Mapping[str, str]) -> Benefit:
    keys = node.keys("text", "amount banded cap exclusive_group effort")
    amount: Amount | None = None
    if "amount" in keys and "banded" in keys:
        raise node.wrong("type_wrong", "an amount or bands, not both")
    if "amount" in keys:
        amount = _yuan(keys["amount"], vocabulary, params)
    if "banded" in keys:
        by, bands = _bands(keys["banded"], "amount", vocabulary, params)
        steps = [(upto, _yuan(part.keys("amount")["amount"], vocabulary, params)) for upto, part in bands]
        amount = Stepped(by, tuple(steps))
    if "cap" in keys:
        if amount is None:
            raise keys["cap"].wrong("key_missing", "a cap is of an amount", key="amount")
        amount = canonical.joined(Least, [amount, _yuan(keys["cap"], vocabulary, params)])
    effort = keys["effort"].whole() if "effort" in keys else 0
    if not 0 <= effort <= 5:
        raise keys["effort"].wrong("type_wrong", "effort is 0 to 5")
    return Benefit(keys["text"].text(), amount, _text(keys, "exclusive_group"), effort)


def _yuan(node: Node, vocabulary: Vocabulary, params: Mapping[str, str]) -> Amount:
    found = node.read(read_number, node.text(), vocabulary, params)
    if found.measure not in _MONEY and found.amount != Ratio(Linear((), 0)):
        raise node.wrong("dimension_mixed", "a benefit is an amount of money", found=found.measure.value)
    return found.amount


def _tests(node: Node, vocabulary: Vocabulary) -> Iterator[PolicyTest]:
    """Yield the tests of a group: firms that differ from one, and firms at, below and above a threshold."""
    keys = node.keys("as_of given", "name firms edges expect missing manual")
    as_of = keys["as_of"].day()
    base = _facts(keys["given"], vocabulary)
    if "expect" in keys:
        yield PolicyTest(_text(keys, "name"), as_of, base, _expected(keys), node.line)
    for part in keys["firms"].items() if "firms" in keys else ():
        firm = part.keys("name given expect", "missing manual")
        changed = base | _facts(firm["given"], vocabulary)
        yield PolicyTest(firm["name"].text(), as_of, changed, _expected(firm), part.line)
    for part in keys["edges"].items() if "edges" in keys else ():
        edge = part.keys("vary at expect", "given")
        field = edge["vary"].read(vocabulary.__getitem__, edge["vary"].text())
        there = base | (_facts(edge["given"], vocabulary) if "given" in edge else {})
        answers = edge["expect"].items()
        if len(answers) != 3 or field.kind not in SIZED:
            raise part.wrong("type_wrong", "an edge has three answers: a step below, at, a step above")
        at = _fact(edge["at"], field)
        for steps, answer in zip((-1, 0, 1), answers, strict=True):
            name = f"{field.name} {edge['at'].value}{('-', '', '+')[steps + 1]}"
            given = there | {field.name: _stepped(at, field, steps)}
            yield PolicyTest(name, as_of, given, Expected(_verdict(answer)), part.line)


def _stepped(value: FactValue | None, field: Field, steps: int) -> FactValue:
    """Return a value so many of the smallest steps further."""
    if isinstance(value, date):
        return value + timedelta(days=steps)
    assert isinstance(value, (int, Decimal))
    return value + steps if field.scale == 1 else value + Decimal(steps) / field.scale


def _expected(keys: Mapping[str, Node]) -> Expected:
    named = [
        tuple(part.text() for part in keys[key].items()) if key in keys else None
        for key in ("missing", "manual")
    ]
    return Expected(_verdict(keys["expect"]), *named)


def _verdict(node: Node) -> Verdict:
    try:
        return Verdict(node.text())
    except ValueError:
        message = f"{node.text()} is none of eligible, ineligible and unknown"
        raise node.wrong("type_wrong", message) from None


def _facts(node: Node, vocabulary: Vocabulary) -> dict[str, FactValue | None]:
    if not isinstance(node.value, dict):
        raise node.wrong("type_wrong", "facts by their name are expected here")
    facts: dict[str, FactValue | None] = {}
    for name, value in node.value.items():
        field = value.read(vocabulary.__getitem__, name)
        facts[name] = _fact(value, field)
    return facts


def _fact(node: Node, field: Field) -> FactValue | None:
    """Return a fact of a test as its field keeps it: 5000万元, 5%, 30, 2026-01-31, true, C3962, [高企]."""
    if node.is_null():
        return None
    if field.kind is Kind.FLAG:
        return node.flag()
    if field.kind is Kind.DATE:
        return node.day()
    if field.kind is Kind.TAGS:
        return frozenset(part.text() for part in node.items())
    work = sized_fact if field.kind in SIZED else checked_word
    return node.read(work, node.text(), field)
