"""The plainest evaluation of terms: exact, three answers, one firm; what the engine's own answers are compared with."""

from fractions import Fraction

from zhuchao.engines.rules.fields import Facts, Vocabulary
from zhuchao.engines.rules.policies import Bound, Expected, Verdict
from zhuchao.engines.rules.terms import (
    All,
    Any,
    Banded,
    Begins,
    Holds,
    IsTrue,
    Linear,
    Logic,
    Manual,
    Not,
    OneOf,
    Sign,
    Sized,
    conditions_of,
    fields_of,
)


class Answering:
    """Answers bound terms for the facts of one firm; True, False or None for unknown."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def known(self, name: str, given: Facts):
        value = given.get(name)
        return self.vocabulary[name].missing_as if value is None else value

    def value(self, form: Linear, given: Facts) -> Fraction | None:
        total = Fraction(form.constant)
        for name, factor in form.terms:
            fact = self.known(name, given)
            if fact is None:
                return None
            total += factor * self.vocabulary[name].keep(fact)
        return total

    def logic(self, logic: Logic, given: Facts) -> bool | None:
        if isinstance(logic, Not):
            inner = self.logic(logic.part, given)
            return None if inner is None else not inner
        if isinstance(logic, (All, Any)):
            decisive = isinstance(logic, Any)
            answers = [self.logic(part, given) for part in logic.parts]
            return decisive if decisive in answers else None if None in answers else not decisive
        if isinstance(logic, Banded):
            guide = self.value(logic.by, given)
            if guide is None:
                (answer, *others) = {self.logic(part, given) for _, part in logic.bands}
                return None if others else answer
            return next(
                self.logic(part, given) for upto, part in logic.bands if upto is None or guide <= upto
            )
        if isinstance(logic, Sized):
            value, guards = (
                self.value(logic.form, given),
                [self.value(guard, given) for guard in logic.guards],
            )
            if value is None or any(guard is None or guard <= 0 for guard in guards):
                return None
            signs = {
                Sign.AT_LEAST: value >= 0,
                Sign.ABOVE: value > 0,
                Sign.IS: value == 0,
                Sign.IS_NOT: value != 0,
            }
            return signs[logic.sign]
        if isinstance(logic, Manual):
            return None
        fact = self.known(logic.field, given)
        if fact is None:
            return None
        if isinstance(logic, IsTrue):
            return fact
        if isinstance(logic, Begins):
            return fact.startswith(logic.prefixes)
        if isinstance(logic, Holds):
            return not fact.isdisjoint(logic.words)
        assert isinstance(logic, OneOf)
        return fact in logic.words

    def __call__(self, bound: Bound, given: Facts) -> Expected:
        answer = self.logic(bound.verdict, given)
        verdict = {True: Verdict.ELIGIBLE, False: Verdict.INELIGIBLE, None: Verdict.UNKNOWN}[answer]
        if answer is not None:
            return Expected(verdict, (), ())
        missing = sorted(name for name in fields_of(bound.verdict) if self.known(name, given) is None)
        manual = sorted({part.key for part in conditions_of(bound.verdict) if isinstance(part, Manual)})
        return Expected(verdict, tuple(missing), tuple(manual))
