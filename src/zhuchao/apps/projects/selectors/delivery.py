"""达效: whether a project delivers what its agreement promised, and if not what is missing since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import explained, labelled

from ..models import CovenantKind, CovenantState, Project, Recheck, Side
from .agreements import covenants_of
from .gates import Lack
from .projects import Actor
from .standings import Standing, promised, shortfall, standings_of

OUTPUTS = (CovenantKind.OUTPUT, CovenantKind.REVENUE, CovenantKind.OUTPUT_PER_MU)
"""What 协议产出 is: the output that an agreement promised, in whichever form it did."""


@dataclass(frozen=True)
class Delivery:
    """Whether a project reached the output it promised by a day.

    ``reached`` is None where nothing says so either way. ``missing`` lists in words what is not reached, with its
    due day; ``outputs`` are the covenants of output, ``others`` the firm's other ones.
    """

    project: Project
    on: date
    reached: bool | None
    missing: tuple[str, ...]
    outputs: tuple[Standing, ...]
    others: tuple[Standing, ...]


def delivery_of(
    project: Project, *, on: date, as_of: datetime | None = None, actor: Actor | None = None
) -> Delivery:
    """Return whether the output that a project's agreements promise is reached by ``on``.

    Every covenant of output that fell due has to be kept, and at least one has to be; without any covenant of output
    nothing can be said. One kept before it falls due counts.
    """
    covenants = covenants_of(actor, project)
    found = standings_of(covenants, on=on, as_of=as_of)
    firm = [found[one.pk] for one in covenants if one.side == Side.FIRM]
    outputs = tuple(one for one in firm if one.covenant.kind in OUTPUTS)
    others = tuple(one for one in firm if one.covenant.kind not in OUTPUTS)
    missing = missing_of(outputs)
    if not outputs:
        return Delivery(project, on, None, (_("没有约定产出"),), (), others)
    counted = [one for one in outputs if one.state != CovenantState.WAIVED]
    due = [one for one in counted if one.state != CovenantState.NOT_DUE]
    if not due:
        reached: bool | None = None
    elif any(one.is_red for one in due):
        reached = False
    else:
        reached = None if any(one.state == CovenantState.UNKNOWN for one in due) else True
    return Delivery(project, on, reached, () if reached else missing, outputs, others)


def missing_of(standings: Sequence[Standing]) -> tuple[str, ...]:
    """Return in words each covenant that is not kept: what was promised by when, its state, what is missing."""
    said = []
    for one in standings:
        if not one.is_done:
            state = explained(one.state.label, shortfall(one))
            what = labelled(one.covenant.get_kind_display(), promised(one.covenant))
            said.append(_("%(what)s：%(state)s") % {"what": what, "state": state})
    return tuple(said)


def recheck_missing(project: Project, on: date) -> list[Lack]:
    """Return what is missing for entering a project as 复核验收 by a day; nothing where no covenant is followed."""
    if not covenants_of(None, project):
        return []
    passed = Recheck.objects.filter(
        project=project,
        kind=Recheck.Kind.RECHECK,
        state=Recheck.State.CONCLUDED,
        passed=True,
        held_on__lte=on,
    )
    if passed.exists():
        return []
    return [Lack(_("签字通过的复核验收表"), _("请在项目的“约定”建立复核表，由复核人签字"))]


def delivery_missing(project: Project, on: date) -> list[Lack]:
    """Return what is missing for entering a project as 达效 by a day; nothing without a promise of output."""
    found = delivery_of(project, on=on)
    if not found.outputs or found.reached:
        return []
    missing = found.missing or (_("产出约定已全部免除，没有可达到的产出"),)
    return [Lack(each, _("请核对企业报表，或凭佐证认定")) for each in missing]
