"""What was read, for one day: months and years counted from it, days as numbers; nothing else depends on the clock."""

from datetime import date
from fractions import Fraction

from zhuchao.engines.rules import canonical
from zhuchao.engines.rules.measures import THE_DAY, Form, months_after
from zhuchao.engines.rules.terms import (
    All,
    Amount,
    Any,
    Banded,
    Linear,
    Logic,
    Not,
    Ratio,
    Sized,
    Stepped,
)


def bind(logic: Logic, as_of: date) -> Logic:
    """Return a condition for one day, in canonical form.

    A comparison that had no field but the day is then true (All of nothing) or false (Any of nothing).

    Raises:
        EngineError: date_out_of_range where months from the day lead out of the calendar.
    """
    if isinstance(logic, Sized):
        form = _form(logic.form, as_of)
        return canonical.settled(
            canonical.sized(form, logic.sign, [_form(guard, as_of) for guard in logic.guards])
        )
    if isinstance(logic, Not):
        return canonical.negated(bind(logic.part, as_of))
    if isinstance(logic, All):
        return canonical.all_of(bind(part, as_of) for part in logic.parts)
    if isinstance(logic, Any):
        return canonical.any_of(bind(part, as_of) for part in logic.parts)
    if isinstance(logic, Banded):
        return Banded(logic.by, tuple((upto, bind(part, as_of)) for upto, part in logic.bands))
    return logic


def bind_amount(amount: Amount, as_of: date) -> Amount:
    """Return a number for one day; raises as `bind`."""
    if isinstance(amount, Ratio):
        bound = canonical.ratio(_form(amount.top, as_of), None)
        return Ratio(bound.top, bound.factor * amount.factor, amount.bottom)
    if isinstance(amount, Stepped):
        return Stepped(amount.by, tuple((upto, bind_amount(part, as_of)) for upto, part in amount.bands))
    return canonical.joined(type(amount), [bind_amount(part, as_of) for part in amount.parts])


def _form(linear: Linear, as_of: date) -> Form:
    """Return a form with the day put in for `@+0`, `@-12` (so many months from it)."""
    form = Form((), Fraction(linear.constant))
    for name, factor in linear.terms:
        if name.startswith(THE_DAY):
            day = months_after(as_of, int(name.removeprefix(THE_DAY)))
            form = form.plus(Form((), Fraction(day.toordinal())), Fraction(factor))
        else:
            form = form.plus(Form(((name, Fraction(factor)),), Fraction(0)))
    return form
