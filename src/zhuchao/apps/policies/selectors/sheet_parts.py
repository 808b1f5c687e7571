"""The benefit and the tests of a version as a form shows them, read out of the text and written into it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import dedent
from typing import Final

import yaml

from zhuchao.engines.rules.fields import Kind, Vocabulary

from .rules_text import RulesText, flow, flow_list, parts_of, said, scalar
from .sheets import words_in

_MONEY: Final = re.compile(r"\d[\d.]* ?(?:元|万元|亿元|万|亿)")
_SHARE: Final = re.compile(r"(\d[\d.]*%) ?\* ?([a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Grant:
    """What is granted as the form shows it.

    Attributes:
        way: none (nothing to reckon), fixed, share (of a field) or bands (by a field).
        bands: each (up to, amount); the last one has no end.
    """

    text: str
    way: str = "none"
    amount: str = ""
    share: str = ""
    of: str = ""
    bands: tuple[tuple[str, str], ...] = ()
    cap: str = ""
    group: str = ""
    effort: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """A test as the form shows it: a firm by its facts, a day, and the answer."""

    name: str
    as_of: str
    facts: tuple[tuple[str, str], ...]
    expect: str


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A test, or a group of them, of a text; ``trial`` None where only the text can show it."""

    at: int
    line: int
    name: str
    written: str
    column: int
    trial: Trial | None

    @property
    def display(self) -> str:
        """Return it as it is written, set to the left."""
        return dedent(" " * self.column + self.written)


def grant_of(text: RulesText) -> tuple[Grant | None, str]:
    """Return the benefit as the form shows it, None where there is none or only the text can; and as it is written."""
    node = text.value("benefit")
    if node is None:
        return None, ""
    return (None if text.has_comment(node) else _grant(node)), text.written(node)


def _grant(node: yaml.Node) -> Grant | None:
    parts = parts_of(node)
    known = {"text", "amount", "banded", "cap", "exclusive_group", "effort"}
    effort = said(parts.get("effort")) or "0"
    if set(parts) - known or "text" not in parts or effort not in tuple("012345"):
        return None
    cap, group = said(parts.get("cap")), said(parts.get("exclusive_group"))
    if cap and not _MONEY.fullmatch(cap):
        return None
    text, amount = said(parts["text"]), said(parts.get("amount"))
    if "banded" in parts:
        bands = _bands(parts["banded"])
        by = said(parts_of(parts["banded"]).get("by"))
        found = Grant(text, "bands", "", "", by, bands or (), cap, group, int(effort))
        return found if bands and re.fullmatch(r"[a-z][a-z0-9_]*", by) else None
    if not amount:
        return Grant(text, cap=cap, group=group, effort=int(effort))
    if _MONEY.fullmatch(amount):
        return Grant(text, "fixed", amount, cap=cap, group=group, effort=int(effort))
    share = _SHARE.fullmatch(amount)
    return Grant(text, "share", "", share[1], share[2], (), cap, group, int(effort)) if share else None


def _bands(node: yaml.Node) -> tuple[tuple[str, str], ...] | None:
    inner = parts_of(node).get("bands")
    found = []
    for band in inner.value if isinstance(inner, yaml.SequenceNode) else ():
        parts = parts_of(band)
        amount, upto = said(parts.get("amount")), said(parts.get("upto"))
        if set(parts) - {"upto", "amount"} or not _MONEY.fullmatch(amount):
            return None
        found.append((upto, amount))
    return tuple(found) or None


def write_grant(grant: Grant) -> str:
    """Return a benefit as a line of the text."""
    values = {"text": scalar(grant.text)}
    if grant.way == "fixed":
        values["amount"] = scalar(grant.amount)
    if grant.way == "share":
        values["amount"] = scalar(f"{grant.share} * {grant.of}")
    if grant.way == "bands":
        bands = (
            flow(({"upto": scalar(upto)} if upto else {}) | {"amount": scalar(amount)})
            for upto, amount in grant.bands
        )
        values["banded"] = flow({"by": scalar(grant.of), "bands": flow_list(bands)})
    if grant.cap and grant.way != "none":
        values["cap"] = scalar(grant.cap)
    if grant.group:
        values["exclusive_group"] = scalar(grant.group)
    if grant.effort:
        values["effort"] = str(grant.effort)
    return flow(values)


def put_grant(text: RulesText, grant: Grant) -> str:
    """Return a text with this benefit; one that says the same stays as it is written."""
    return text.text if grant_of(text)[0] == grant else text.put("benefit", write_grant(grant))


def trials_of(text: RulesText) -> list[TrialLine]:
    """Return the tests of a text in order."""
    found = []
    for at, node in enumerate(text.items("tests")):
        trial = None if text.has_comment(node) else _trial(node)
        name = said(parts_of(node).get("name"))
        found.append(
            TrialLine(at, node.start_mark.line + 1, name, text.written(node), node.start_mark.column, trial)
        )
    return found


def _trial(node: yaml.Node) -> Trial | None:
    parts = parts_of(node)
    if set(parts) != {"name", "as_of", "given", "expect"} or not isinstance(parts["given"], yaml.MappingNode):
        return None
    facts = []
    for name, value in parts_of(parts["given"]).items():
        if isinstance(value, yaml.SequenceNode):
            facts.append((name, "、".join(said(one) for one in value.value)))
        elif value.tag.endswith(":null"):
            return None
        else:
            facts.append((name, said(value)))
    return Trial(said(parts["name"]), said(parts["as_of"]), tuple(facts), said(parts["expect"]))


def write_trial(trial: Trial, vocabulary: Vocabulary) -> str:
    """Return a test as a line of the text."""
    return flow(
        {
            "name": scalar(trial.name),
            "as_of": trial.as_of,
            "given": flow(dict(_facts(trial.facts, vocabulary))),
            "expect": trial.expect,
        }
    )


def _facts(facts: Iterable[tuple[str, str]], vocabulary: Vocabulary) -> Iterable[tuple[str, str]]:
    for name, value in facts:
        kind = vocabulary[name].kind
        if kind is Kind.FLAG:
            yield name, value
        elif kind is Kind.TAGS:
            yield name, flow_list(scalar(word) for word in words_in(value))
        elif kind in (Kind.DATE, Kind.COUNT) and re.fullmatch(r"[\d-]+", value):
            yield name, value
        else:
            yield name, scalar(value)


def put_trial(text: RulesText, at: int | None, trial: Trial, vocabulary: Vocabulary) -> str:
    """Return a text with a test put right, or one more where ``at`` is None; one that says the same stays."""
    written = write_trial(trial, vocabulary)
    if at is None:
        return text.add_item("tests", written)
    return text.text if trials_of(text)[at].trial == trial else text.put_item("tests", at, written)
