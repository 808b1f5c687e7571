"""The engine's own answers, as the tests that travel with policies are checked against."""

from zhuchao.engines.rules.fields import Facts, Vocabulary
from zhuchao.engines.rules.one import Asked
from zhuchao.engines.rules.policies import Bound, Evaluate, Expected, Verdict
from zhuchao.engines.rules.terms import Logic
from zhuchao.engines.rules.truth import Truth

_VERDICTS = {
    Truth.TRUE: Verdict.ELIGIBLE,
    Truth.FALSE: Verdict.INELIGIBLE,
    Truth.UNKNOWN: Verdict.UNKNOWN,
}


def evaluator(vocabulary: Vocabulary) -> Evaluate:
    """Return what answers a bound version for one firm, for `check_policy`; each version is made ready once."""
    ready: dict[Logic, Asked] = {}

    def evaluate(bound: Bound, facts: Facts) -> Expected:
        asked = ready.get(bound.verdict)
        if asked is None:
            asked = ready[bound.verdict] = Asked([bound.verdict], vocabulary)
        (found,) = asked.explain(facts)
        return Expected(_VERDICTS[found.truth], found.missing, found.manual)

    return evaluate
