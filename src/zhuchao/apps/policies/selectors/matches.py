"""速配: what the policies in force say of one firm, and what one version says of all firms of a zone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb, today, zone_ids
from zhuchao.apps.zones.selectors.zones import ids_under
from zhuchao.engines.rules import policies as engine
from zhuchao.engines.rules.asking import Question, questions_for
from zhuchao.engines.rules.benefits import Benefit, benefit_of
from zhuchao.engines.rules.columns import Bools, Codes, Wholes, parts_of_table
from zhuchao.engines.rules.fields import FactValue, Field
from zhuchao.engines.rules.firms import answers_of
from zhuchao.engines.rules.gaps import Gaps, find_gaps
from zhuchao.engines.rules.groups import Candidate, Combination, best_combination
from zhuchao.engines.rules.kernel import Matcher
from zhuchao.engines.rules.one import Explanation, keep_facts
from zhuchao.engines.rules.truth import Truth

from ..models import Answer, FirmMatch, PolicyVersion
from .facts import AT_ONCE, Known, facts_of, facts_table
from .rules import Ready, Rules, in_force_for, ready, vocabulary

Actor = User | AnonymousUser | None

FIXED = frozenset({"resident", "dishonest", "major_incident", "punished"})
"""Fields that no firm can set out to change; nothing is proposed of them."""
_ORDER = {Answer.ELIGIBLE: 0, Answer.UNKNOWN: 1, Answer.NEAR: 2, Answer.INELIGIBLE: 3}
_GONE = (Enterprise.State.DEREGISTERED, Enterprise.State.REVOKED, Enterprise.State.MOVED_OUT)
_MOST_GAPS = 40
"""Policies of which it is worked out what would make the firm eligible, those first that lack one thing."""


@dataclass(frozen=True)
class ConditionLine:
    """What one condition says of a firm; ``article`` is the clause that asks it, ``explained`` each comparison."""

    text: str
    article: str
    is_confirmed: bool
    truth: Truth
    is_manual: bool
    explained: Explanation


@dataclass(frozen=True)
class MatchLine:
    """What one policy says of a firm.

    Attributes:
        missing: what has to be known still; empty where nothing known could settle it.
        benefit: the amount or between what it lies; None where none can be reckoned.
        gaps: what would make the firm eligible; only of those that are not and are near enough.
        group: policies of one group exclude each other; ``instead_of`` are better ones of it that the firm may have.
    """

    version: PolicyVersion
    rules: engine.Version
    answer: Answer
    conditions: tuple[ConditionLine, ...]
    missing: tuple[Field, ...]
    manual: int
    benefit: Benefit | None
    gaps: Gaps | None = None
    instead_of: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[ConditionLine, ...]:
        """Return the conditions that the firm does not meet."""
        return tuple(one for one in self.conditions if one.truth is Truth.FALSE)

    @property
    def amount(self) -> Decimal:
        """Return what it may be worth, for ranking."""
        return Decimal(0) if self.benefit is None else self.benefit.most or self.benefit.least

    @property
    def effort(self) -> int:
        return self.rules.benefit.effort if self.rules.benefit else 0


@dataclass(frozen=True)
class FirmMatches:
    """All policies of one firm, best first, with what to ask it next and the benefits that it may have together."""

    firm: Enterprise
    day: date
    known: Known
    lines: tuple[MatchLine, ...]
    questions: tuple[tuple[Field, Question], ...]
    best: Combination
    changed: Mapping[str, FactValue | None] = field(default_factory=dict)

    def of(self, answer: Answer) -> tuple[MatchLine, ...]:
        return tuple(line for line in self.lines if line.answer is answer)


@dataclass(frozen=True, eq=False)
class VersionAnswers:
    """What one version says of firms in their order.

    Attributes:
        truths: a ``Truth`` a firm; ``near`` those that lack one thing alone.
        missing: by field the firms of which it must still be known; ``judged`` those of which a person must judge.
    """

    ids: Wholes
    truths: Codes
    near: Bools
    missing: Mapping[str, Bools]
    judged: Bools

    def counts(self) -> dict[Answer, int]:
        """Return how many firms have each answer."""
        no, near = int((self.truths == Truth.FALSE).sum()), int(self.near.sum())
        return {
            Answer.ELIGIBLE: int((self.truths == Truth.TRUE).sum()),
            Answer.UNKNOWN: int((self.truths == Truth.UNKNOWN).sum()),
            Answer.NEAR: near,
            Answer.INELIGIBLE: no - near,
        }

    def of(self, answer: Answer) -> list[int]:
        """Return the ids of the firms with an answer."""
        return [int(pk) for pk in self.ids[self.rows(answer)]]

    def rows(self, answer: Answer) -> Bools:
        if answer is Answer.ELIGIBLE:
            return self.truths == Truth.TRUE
        if answer is Answer.UNKNOWN:
            return self.truths == Truth.UNKNOWN
        return self.near if answer is Answer.NEAR else (self.truths == Truth.FALSE) & ~self.near


def match_firm(
    firm: Enterprise,
    *,
    day: date,
    changes: Mapping[str, FactValue | None] | None = None,
    among: Ready | None = None,
    with_gaps: bool = True,
) -> FirmMatches:
    """Ask every policy in force about a firm as it is known on a day.

    Args:
        changes: what if: values by field in place of those known; None for a field that is to be unknown.
        among: the policies to ask; without them those in force for the firm's zone.
    """
    made = ready(firm.zone, day) if among is None else among
    known = facts_of([firm], day=day)[firm.pk]
    return match_facts(firm, known, made, changes=changes or {}, with_gaps=with_gaps)


def match_facts(
    firm: Enterprise,
    known: Known,
    made: Ready,
    *,
    changes: Mapping[str, FactValue | None],
    with_gaps: bool = True,
) -> FirmMatches:
    """Ask policies about a firm of which this is known; see ``match_firm``."""
    facts: dict[str, FactValue | None] = {**known.values, **changes}
    asked = made.asked
    said = asked.explain(facts)
    near = asked.near(asked.keep(facts)) if made.rules else ()
    kept = keep_facts(facts, vocabulary())
    lines, at = [], 0
    for version, rules, (whole, parts) in zip(made.versions, made.rules, made.answers(said), strict=True):
        amount = rules.on(made.day).amount
        lines.append(
            MatchLine(
                version,
                rules.version,
                _answer(whole, near[at]),
                tuple(_conditions(rules.version, parts)),
                tuple(vocabulary()[name] for name in sorted(whole.missing)),
                len(whole.manual),
                None if amount is None else benefit_of(amount, kept),
            )
        )
        at += 1 + len(parts)
    best = _best(lines)
    lines = [_instead(line, best) for line in sorted(lines, key=_rank)]
    if with_gaps:
        lines = list(_with_gaps(lines, made, facts))
    open_lines = [line for line in lines if line.answer is Answer.UNKNOWN]
    explained = {
        version.pk: whole for version, (whole, _parts) in zip(made.versions, made.answers(said), strict=True)
    }
    questions = questions_for(
        [explained[line.version.pk] for line in open_lines], [line.amount for line in open_lines]
    )
    return FirmMatches(
        firm,
        made.day,
        known,
        tuple(lines),
        tuple((vocabulary()[one.field], one) for one in questions),
        best,
        changes,
    )


def match_version(rules: Rules, zone: Zone, *, day: date) -> VersionAnswers:
    """Ask one version about all firms of a zone and the zones below it, as they are known on a day."""
    return match_versions([rules], firm_chunks(zone), day=day)[0]


def match_versions(
    rules: Sequence[Rules],
    chunks: Iterable[Sequence[Enterprise]],
    *,
    day: date,
    told: Callable[[int], None] = lambda firms: None,
) -> list[VersionAnswers]:
    """Ask versions about firms that come in portions, as they are known on a day; what is known is read once for all.

    Args:
        told: hears how many firms have been asked about.
    """
    logics = [one.on(day).verdict for one in rules]
    names = [Matcher([logic]).fields for logic in logics]
    wanted = frozenset[str]().union(*names)
    found: list[list[VersionAnswers]] = [[] for _ in rules]
    done = 0
    for firms in chunks:
        table = facts_table(firms, day=day, names=wanted)
        ids = np.array([firm.pk for firm in firms], np.int64)
        for logic, fields, parts in zip(logics, names, found, strict=True):
            for one in answers_of(logic, parts_of_table(table, vocabulary(), fields)):
                rows = slice(one.first, one.first + len(one.truths))
                parts.append(VersionAnswers(ids[rows], one.truths, one.near, one.missing, one.judged))
        done += len(firms)
        told(done)
    return [_joined(parts) for parts in found]


def kept_matches(firm: Enterprise) -> QuerySet[FirmMatch]:
    """Return what the versions in force were last found to say of a firm."""
    return FirmMatch.objects.filter(
        enterprise=firm, version__in=[one.pk for one in in_force_for(firm.zone, today(firm.zone))]
    )


def matches_of_version(actor: Actor, version: PolicyVersion) -> QuerySet[FirmMatch]:
    """Return what a version was last found to say of the firms whose filings a person may see."""
    rows = FirmMatch.objects.filter(version=version).select_related("enterprise__zone")
    return rows.filter(enterprise__zone__in=zone_ids(actor, Verb.VIEW, Thing.FILING))


def _joined(parts: Sequence[VersionAnswers]) -> VersionAnswers:
    fields = dict.fromkeys(name for part in parts for name in part.missing)
    nothing = np.zeros(0, np.bool_)
    return VersionAnswers(
        np.concatenate([np.zeros(0, np.int64), *(part.ids for part in parts)]),
        np.concatenate([np.zeros(0, np.uint8), *(part.truths for part in parts)]),
        np.concatenate([nothing, *(part.near for part in parts)]),
        {
            name: np.concatenate(
                [part.missing.get(name, np.zeros(len(part.ids), np.bool_)) for part in parts]
            )
            for name in fields
        },
        np.concatenate([nothing, *(part.judged for part in parts)]),
    )


def firms_to_match(zone: Zone) -> QuerySet[Enterprise]:
    """Return the firms of a zone and the zones below it; merged ones and those gone are left out."""
    rows = Enterprise.objects.filter(zone__in=ids_under(zone), merged_into__isnull=True)
    return rows.exclude(state__in=_GONE)


def count_firms(zone: Zone) -> int:
    """Return how many firms of a zone and the zones below it are matched."""
    return firms_to_match(zone).count()


def firm_chunks(zone: Zone) -> Iterator[list[Enterprise]]:
    """Yield the firms of a zone and the zones below it in portions, by id."""
    rows, last = firms_to_match(zone).select_related("sector").order_by("pk"), 0
    while some := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        yield some
        last = some[-1].pk


def _answer(whole: Explanation, near: bool) -> Answer:
    if whole.truth is Truth.TRUE:
        return Answer.ELIGIBLE
    if whole.truth is Truth.UNKNOWN:
        return Answer.UNKNOWN
    return Answer.NEAR if near else Answer.INELIGIBLE


def _conditions(version: engine.Version, parts: Sequence[Explanation]) -> Iterator[ConditionLine]:
    for condition, said in zip(version.conditions, parts, strict=True):
        confirmed = (
            condition.status is engine.Status.CONFIRMED and version.source.status is engine.Status.CONFIRMED
        )
        yield ConditionLine(
            condition.text, condition.article, confirmed, said.truth, condition.is_manual, said
        )


def _rank(line: MatchLine) -> tuple[int, int, Decimal, int, str]:
    """Order lines: the answer, then how much is to be asked, what it is worth, and how much work it is."""
    asks = len(line.missing) + line.manual if line.answer is Answer.UNKNOWN else len(line.failed)
    first = 0 if line.answer is Answer.ELIGIBLE else asks
    return _ORDER[line.answer], first, -line.amount, line.effort, line.version.policy.title


def _best(lines: Sequence[MatchLine]) -> Combination:
    """Return the benefits worth most that a firm may have together, of those of which it is eligible."""
    candidates = []
    for line in lines:
        if line.answer is Answer.ELIGIBLE:
            group = line.rules.benefit.exclusive_group if line.rules.benefit else ""
            least = Decimal(0) if line.benefit is None else line.benefit.least
            candidates.append(Candidate(str(line.version.pk), least, frozenset({group} if group else ())))
    return best_combination(candidates)


def _instead(line: MatchLine, best: Combination) -> MatchLine:
    taken = best.instead.get(str(line.version.pk), ())
    return line if not taken else replace(line, instead_of=tuple(taken))


def _with_gaps(
    lines: Sequence[MatchLine], made: Ready, facts: Mapping[str, FactValue | None]
) -> Iterator[MatchLine]:
    """Say of the nearest of those not eligible what would make the firm eligible; each way was verified."""
    rules = {version.pk: one for version, one in zip(made.versions, made.rules, strict=True)}
    left = _MOST_GAPS
    for line in lines:
        if line.answer in (Answer.NEAR, Answer.INELIGIBLE) and left:
            left -= 1
            one = rules[line.version.pk]
            line = replace(line, gaps=gaps_of(one, made.day, facts))
        yield line


def gaps_of(rules: Rules, day: date, facts: Mapping[str, FactValue | None]) -> Gaps:
    """Return what would make a firm with these facts eligible."""
    return find_gaps(
        rules.on(day).verdict,
        vocabulary(),
        facts,
        fixed=FIXED,
        as_of=day,
        logic_on=lambda later: rules.version.bound(later).verdict,
    )
