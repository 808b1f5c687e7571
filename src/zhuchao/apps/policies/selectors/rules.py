"""What versions ask, as the engine reads it: the fields that conditions may name, the rules of a version, and all in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, gettext

from zhuchao.apps.zones.models import Zone
from zhuchao.engines.rules import policies as engine
from zhuchao.engines.rules.checking import evaluator
from zhuchao.engines.rules.fields import Vocabulary
from zhuchao.engines.rules.files import read_rules, read_vocabulary
from zhuchao.engines.rules.one import Asked, Explanation
from zhuchao.engines.rules.terms import Logic

from ..models import PolicyVersion

FIELDS_FILE = "fields.yaml"
_MOST_DAYS = 16


class Rules:
    """What a version asks, with the tests that travel with it. The same text is read once, so the same rules are one."""

    def __init__(self, version: engine.Version, tests: tuple[engine.PolicyTest, ...]) -> None:
        self.version = version
        self.tests = tests
        self._bound: dict[date, engine.Bound] = {}

    def on(self, day: date) -> engine.Bound:
        """Return what is asked on a day."""
        if day not in self._bound:
            if len(self._bound) >= _MOST_DAYS:
                self._bound.clear()
            self._bound[day] = self.version.bound(day)
        return self._bound[day]


def shipped_pack() -> Path:
    """Return the folder of the national pack: that of the checkout, or the one a wheel brings."""
    inside: Path = settings.PACKAGE / "policies"
    return inside if inside.is_dir() else Path(settings.CHECKOUT) / "policies"


def vocabulary() -> Vocabulary:
    """Return the fields that the conditions of a zone's policies may name, with their words in the reader's language."""
    return _vocabulary_in(get_language() or "")


@lru_cache(maxsize=8)
def _vocabulary_in(language: str) -> Vocabulary:
    return Vocabulary(replace(field, label=gettext(field.label)) for field in declared())


@lru_cache(maxsize=1)
def declared() -> Vocabulary:
    """Return the fields as they are declared, with their words in Chinese."""
    return read_vocabulary((shipped_pack() / FIELDS_FILE).read_text("utf-8"))


def rules_of(version: PolicyVersion) -> Rules | None:
    """Return what a version asks with the tests that travel with it; None where its conditions are not entered.

    Raises EngineError for rules that cannot be read; those of a saved version can.
    """
    return text_rules(version, version.rules)


def text_rules(version: PolicyVersion, text: str) -> Rules | None:
    """Return what a version would ask with other rules, which are not saved; None for an empty text."""
    if not text.strip():
        return None
    return read(
        text,
        number=version.number,
        first=version.effective_from,
        last=version.effective_to,
        opens=version.window_open,
        closes=version.window_close,
        document=version.document_no,
        confirmed=version.is_confirmed,
    )


@lru_cache(maxsize=4096)
def read(
    text: str,
    *,
    number: int = 1,
    first: date = date.min,
    last: date | None = None,
    opens: date | None = None,
    closes: date | None = None,
    document: str = "",
    confirmed: bool = False,
) -> Rules:
    """Return the rules of a text, read once; raises EngineError with the ``line``."""
    status = engine.Status.CONFIRMED if confirmed else engine.Status.UNCONFIRMED
    window = engine.Span(opens or first, closes) if opens or closes else None
    found = read_rules(
        text,
        vocabulary(),
        number=number,
        effective=engine.Span(first, last),
        recorded=first,
        source=engine.Source(document, number=document, status=status),
        window=window,
    )
    return Rules(*found)


@dataclass(frozen=True, eq=False)
class Ready:
    """Policies ready to be asked on a day, in order: each version with its rules bound to that day."""

    day: date
    versions: tuple[PolicyVersion, ...]
    rules: tuple[Rules, ...]

    @property
    def bound(self) -> tuple[engine.Bound, ...]:
        return tuple(one.on(self.day) for one in self.rules)

    @property
    def asked(self) -> Asked:
        """Return what answers one firm: for each policy its verdict, then each of its conditions."""
        return _asked(self.rules, self.day)

    def answers(self, said: Sequence[Explanation]) -> Iterator[tuple[Explanation, Sequence[Explanation]]]:
        """Yield of each policy what ``asked`` said: of the whole, and of its conditions in order."""
        at = 0
        for one in self.rules:
            after = at + 1 + len(one.version.conditions)
            yield said[at], said[at + 1 : after]
            at = after


@lru_cache(maxsize=16)
def _asked(rules: tuple[Rules, ...], day: date) -> Asked:
    logics: list[Logic] = []
    for bound in (one.on(day) for one in rules):
        logics += [bound.verdict, *(logic for _id, logic in bound.conditions)]
    return Asked(logics, vocabulary())


@lru_cache(maxsize=1024)
def failures(rules: Rules) -> tuple[engine.Failure, ...]:
    """Run the tests of a version and say which fail and which are wanting."""
    alone = engine.Policy("version", "version", "", (rules.version,), rules.tests)
    return engine.check_policy(alone, vocabulary(), evaluator(vocabulary()))


def versions_in_force(zone_ids: Sequence[int], day: date) -> list[PolicyVersion]:
    """Return the published versions with rules that hold on a day and whose window has not closed, one a policy.

    The newest version that has begun counts, as in ``with_standing``; where it has ended its policy is not in force.
    """
    rows = PolicyVersion.objects.filter(
        zone__in=zone_ids, state=PolicyVersion.State.PUBLISHED, effective_from__lte=day
    )
    newest: dict[int, PolicyVersion] = {}
    for version in rows.select_related("policy", "zone").order_by("policy", "number"):
        newest[version.policy_id] = version
    return [version for version in newest.values() if version.rules and is_open(version, day)]


def is_open(version: PolicyVersion, day: date) -> bool:
    """Return whether a version holds on a day and may still be applied for: its window may come, and not be past."""
    ended = version.effective_to is not None and version.effective_to < day
    closed = version.window_close is not None and version.window_close < day
    return version.effective_from <= day and not ended and not closed


def ready(zone: Zone, day: date) -> Ready:
    """Return the policies for the firms of a zone on a day: its own and those of the zones above it."""
    return made_ready(in_force_for(zone, day), day)


def in_force_for(zone: Zone, day: date) -> list[PolicyVersion]:
    """Return the versions in force for the firms of a zone: of its own policies and those of the zones above it."""
    return versions_in_force([zone.pk, *(above.pk for above in _above(zone))], day)


def made_ready(versions: Sequence[PolicyVersion], day: date) -> Ready:
    """Return versions ready to be asked; those without rules are left out."""
    kept, rules = [], []
    for version in versions:
        found = rules_of(version)
        if found is not None:
            kept.append(version)
            rules.append(found)
    return Ready(day, tuple(kept), tuple(rules))


def made_ready_with(version: PolicyVersion, rules: Rules, day: date) -> Ready:
    """Return a version with other rules than are saved, ready to be asked."""
    return Ready(day, (version,), (rules,))


def _above(zone: Zone) -> list[Zone]:
    found: list[Zone] = []
    while zone.parent is not None and zone.parent not in found:
        zone = zone.parent
        found.append(zone)
    return found
