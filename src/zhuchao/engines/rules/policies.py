"""A policy: its versions in time, conditions, benefit and the tests that travel with it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zhuchao.engines.rules.binding import bind, bind_amount
from zhuchao.engines.rules.fields import Facts, Vocabulary
from zhuchao.engines.rules.terms import (
    All,
    Amount,
    Any,
    Banded,
    Linear,
    Logic,
    Manual,
    Sized,
    conditions_of,
)


class Status(StrEnum):
    """How sure the figures are: read at the source, or not yet."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


class Verdict(StrEnum):
    """The three answers."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both in it; without a last day it is still going on."""

    first: date
    last: date | None = None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rule stands: number of the document, article, address, and when that was last looked at."""

    title: str
    number: str = ""
    article: str = ""
    address: str = ""
    verified_on: date | None = None
    status: Status = Status.UNCONFIRMED
    note: str = ""


@dataclass(frozen=True, slots=True)
class ConditionText:
    """A condition as people read it, and what it means (days still open); `manual` ones a person judges."""

    id: str
    text: str
    logic: Logic
    article: str = ""
    status: Status = Status.CONFIRMED

    @property
    def is_manual(self) -> bool:
        return isinstance(self.logic, Manual)


@dataclass(frozen=True, slots=True)
class Benefit:
    """What is granted: an amount in yuan or none that can be reckoned.

    Attributes:
        exclusive_group: of policies of one group a firm may take one.
        effort: how much work an application is, 0 (nothing to hand in) to 5.
    """

    text: str
    amount: Amount | None = None
    exclusive_group: str = ""
    effort: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """A policy as it stands between two days.

    Attributes:
        effective: days on which it is the law.
        recorded: day on which it was entered here; an answer of an earlier day did not know it.
        window: days on which one may apply; None for any day.
        logic: the whole condition, made of those of `conditions` (days still open).
    """

    number: int
    effective: Span
    recorded: date
    source: Source
    conditions: tuple[ConditionText, ...]
    logic: Logic
    params: Mapping[str, str]
    window: Span | None = None
    benefit: Benefit | None = None

    def bound(self, day: date) -> "Bound":
        """Return what this version asks on one day; raises EngineError date_out_of_range."""
        parts = tuple((condition.id, bind(condition.logic, day)) for condition in self.conditions)
        amount = self.benefit.amount if self.benefit else None
        return Bound(parts, bind(self.logic, day), None if amount is None else bind_amount(amount, day))


@dataclass(frozen=True, slots=True)
class Bound:
    """What a version asks on one day: each condition by its id, the verdict, and the amount in yuan."""

    conditions: tuple[tuple[str, Logic], ...]
    verdict: Logic
    amount: Amount | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a test expects; None for what it says nothing of."""

    verdict: Verdict
    missing: tuple[str, ...] | None = None
    manual: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """A firm that a clerk could describe, a day, and the answer; `line` is where it stands in the file."""

    name: str
    as_of: date
    given: Facts
    expect: Expected
    line: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy with its versions, oldest first, without a day between two of them."""

    id: str
    title: str
    level: str
    versions: tuple[Version, ...]
    tests: tuple[PolicyTest, ...] = ()
    department: str = ""
    object: str = ""
    note: str = ""

    def on(self, day: date, known_on: date | None = None) -> Version | None:
        """Return the version in force on a day, as far as it was recorded by `known_on`; None for none."""
        for version in self.versions:
            if day in version.effective and (known_on is None or version.recorded <= known_on):
                return version
        return None


@dataclass(frozen=True, slots=True)
class Failure:
    """What is wrong with a policy: a test that fails, or one that is wanting.

    Attributes:
        about: the test, the verdict, or the threshold as `thresholds` names it.
        lacking: of a threshold the sides on which no test stands: below, at, above.
    """

    code: str
    message: str
    line: int = 0
    about: str = ""
    lacking: tuple[str, ...] = ()


Evaluate = Callable[[Bound, Facts], Expected]
"""What answers: a bound version and the facts of one firm in, verdict with missing and manual ones out."""


def check_policy(policy: Policy, vocabulary: Vocabulary, evaluate: Evaluate) -> tuple[Failure, ...]:
    """Run the tests of a policy and say which are wanting.

    Each version wants one eligible firm, one ineligible and one unknown for want of a fact, and for each threshold a
    firm at it, one a step below and one a step above. Where a person must judge, an answer that waits only for that
    stands for an eligible one.

    Returns:
        Failures: `test_failed`, `test_without_version`, `verdict_untested`, `threshold_untested`.
    """
    failures: list[Failure] = []
    bound: dict[tuple[int, date], Bound] = {}  # most tests are of a few days
    of_version: dict[int, list[tuple[PolicyTest, Expected]]] = {
        version.number: [] for version in policy.versions
    }
    for test in policy.tests:
        version = policy.on(test.as_of)
        if version is None:
            message = f"{test.name}: no version is in force on {test.as_of}"
            failures.append(Failure("test_without_version", message, test.line, test.name))
            continue
        of_day = (version.number, test.as_of)
        if of_day not in bound:
            bound[of_day] = version.bound(test.as_of)
        found = evaluate(bound[of_day], test.given)
        of_version[version.number].append((test, found))
        if not agrees(found, test.expect):
            message = f"{test.name}: expected {_shown(test.expect)}, found {_shown(found)}"
            failures.append(Failure("test_failed", message, test.line, test.name))
    for version in policy.versions:
        failures.extend(_wanting(version, of_version[version.number], vocabulary))
    return tuple(failures)


def agrees(found: Expected, expect: Expected) -> bool:
    """Return whether an answer is what a test expects, as far as it says."""
    missing = expect.missing is None or sorted(expect.missing) == sorted(found.missing or ())
    manual = expect.manual is None or sorted(expect.manual) == sorted(found.manual or ())
    return found.verdict is expect.verdict and missing and manual


def _shown(answer: Expected) -> str:
    return " ".join([answer.verdict.value, *(answer.missing or ()), *(answer.manual or ())])


def _wanting(
    version: Version, tests: list[tuple[PolicyTest, Expected]], vocabulary: Vocabulary
) -> Iterator[Failure]:
    judged = any(condition.is_manual for condition in version.conditions)
    kinds = set()
    for _, found in tests:
        waits = found.verdict is Verdict.UNKNOWN and judged and not found.missing
        kinds.add(Verdict.ELIGIBLE if waits else found.verdict)
    for verdict in Verdict:
        if verdict not in kinds:
            message = f"version {version.number}: no test is {verdict.value}"
            yield Failure("verdict_untested", message, about=verdict.value)
    sides: dict[str, set[str]] = {}
    ends = {day: tuple(thresholds(version, day)) for day in {test.as_of for test, _ in tests}}
    for test, _ in tests:
        for name, form in ends[test.as_of]:
            seen = sides.setdefault(name, set())
            value = value_of(form, test.given, vocabulary)
            step = max(abs(factor) for _, factor in form.terms)
            if value is not None and abs(value) <= step:
                seen.add("at" if value == 0 else "above" if value > 0 else "below")
    for name, seen in sides.items():
        lacking = tuple(side for side in ("below", "at", "above") if side not in seen)
        if lacking:
            message = f"version {version.number}: {name} is not tested {', '.join(lacking)}"
            yield Failure("threshold_untested", message, about=name, lacking=lacking)


def thresholds(version: Version, day: date) -> Iterator[tuple[str, Linear]]:
    """Yield each threshold of a version with a name that does not depend on the day."""
    for condition in version.conditions:
        for part in conditions_of(condition.logic):
            bound = bind(part, day)
            if isinstance(part, Sized) and isinstance(bound, Sized):
                yield f"{condition.id} ({_named(part.form)})", bound.form
        for form in _ends(condition.logic):
            yield f"{condition.id} ({_named(form)})", form


def _named(form: Linear) -> str:
    return " ".join([*(f"{factor:+d}*{name}" for name, factor in form.terms), f"{form.constant:+d}"])


def _ends(logic: Logic) -> Iterator[Linear]:
    """Yield where each band of a condition ends."""
    parts: tuple[Logic, ...] = ()
    if isinstance(logic, Banded):
        parts = tuple(part for _, part in logic.bands)
        for upto, _ in logic.bands[:-1]:
            yield Linear(logic.by.terms, logic.by.constant - (upto or 0))
    elif isinstance(logic, (All, Any)):
        parts = logic.parts
    for part in parts:
        yield from _ends(part)


def value_of(form: Linear, given: Facts, vocabulary: Vocabulary) -> int | None:
    """Return the value of a form for the facts of a test, or None where one is not known."""
    total = form.constant
    for name, factor in form.terms:
        field = vocabulary[name]
        value = given.get(name, field.missing_as)
        if value is None:
            return None
        total += factor * field.keep(value)
    return total
