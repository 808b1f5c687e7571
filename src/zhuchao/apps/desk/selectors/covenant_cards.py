"""What of covenants is due today: broken ones, those near their day, letters of reminder, re-checks to sign."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.wording import clauses, labelled
from zhuchao.apps.projects import selectors as projects
from zhuchao.apps.projects.models import Covenant, CovenantLetter, CovenantState, Recheck, Side
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .cards import MOST_OF_A_KIND, Card, Urgency, urgency_of, when_due

SOON = timedelta(days=7)


def covenant_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give the cards of covenants for this person: those of their own projects and departments, a leader all."""
    if not zones.may(actor, Verb.VIEW, Thing.COVENANT, zone):
        return
    yield from _letters(actor, zone, on)
    yield from _rechecks(actor, zone)
    rows = projects.followed_covenants(actor, zone).filter(due_on__lte=on + SOON)
    mine = [one for one in rows.order_by("due_on", "pk") if _is_mine(actor, zone, one)]
    found = projects.standings_of(mine)
    unknown = [one for one in found.values() if one.state == CovenantState.UNKNOWN]
    given = 0
    for covenant in mine:
        standing = found[covenant.pk]
        if standing.is_done or standing.state == CovenantState.UNKNOWN or given == MOST_OF_A_KIND:
            continue
        if standing.state == CovenantState.NOT_DUE and covenant.due_on < on:
            continue  # a reward that waits for its condition
        given += 1
        said = when_due(covenant.due_on, on)
        yield Card(
            key=f"covenant:{covenant.pk}:{standing.state}",
            urgency=urgency_of(covenant.due_on, on),
            title=labelled(covenant.agreement.project.name, covenant),
            why=clauses((said, projects.promised(covenant), standing.why)),
            url=reverse("covenant-detail", args=[covenant.pk]),
            verb=_("看约定"),
            day=covenant.due_on,
            kind=_("履约"),
            light="red" if standing.is_red else "amber",
        )
    if unknown:
        number = len(unknown)
        yield Card(
            key=f"covenants-unknown:{zone.pk}:{on:%Y%m%d}",
            urgency=Urgency.WEEK,
            title=ngettext("%(n)d 条约定到期未知", "%(n)d 条约定到期未知", number) % {"n": number},
            why=_("台账里没有，也没有认定；未知不算违约，请补登或凭佐证认定"),
            url=reverse("covenant-list") + "?state=unknown",
            verb=_("去核实"),
            kind=_("履约"),
            light="amber",
        )


def _is_mine(actor: User, zone: Zone, covenant: Covenant) -> bool:
    roles = zones.roles_of(actor, zone.pk)
    if Role.LEADER in roles:
        return True
    if covenant.side == Side.ZONE and covenant.department_id in zones.own_department_ids(actor):
        return True
    officer = covenant.agreement.project.officer_id
    return officer == actor.pk or (
        officer is None and zones.may(actor, Verb.CHANGE, Thing.COVENANT, covenant.zone_id)
    )


def _letters(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    if not zones.may(actor, Verb.CHANGE, Thing.COVENANT, zone):
        return
    state = CovenantLetter.State
    rows = projects.listed_letters(actor, zone)
    for letter in rows.filter(state=state.DRAFT).order_by("drafted_on", "pk")[:MOST_OF_A_KIND]:
        if not _is_mine(actor, zone, letter.covenant):
            continue
        yield Card(
            key=f"covenant-letter:{letter.pk}",
            urgency=Urgency.TODAY,
            title=_("致%(recipient)s的提醒函待审核") % {"recipient": letter.recipient},
            why=clauses((letter.covenant.agreement.project.name, letter.covenant, letter.shortfall)),
            url=reverse("covenant-letter-detail", args=[letter.pk]),
            verb=_("去审核"),
            kind=_("履约"),
            light="amber",
        )
    late = rows.filter(state=state.SENT, answer_due_on__lt=on).order_by("answer_due_on", "pk")
    for letter in late[:MOST_OF_A_KIND]:
        if letter.answer_due_on is None or not _is_mine(actor, zone, letter.covenant):
            continue
        yield Card(
            key=f"covenant-answer:{letter.pk}",
            urgency=Urgency.OVERDUE,
            title=_("%(recipient)s没有答复提醒函") % {"recipient": letter.recipient},
            why=clauses((when_due(letter.answer_due_on, on), letter.covenant.agreement.project.name)),
            url=reverse("covenant-letter-detail", args=[letter.pk]),
            verb=_("去催办"),
            day=letter.answer_due_on,
            kind=_("履约"),
            light="red",
        )


def _rechecks(actor: User, zone: Zone) -> Iterator[Card]:
    rows = projects.visible_rechecks(actor).filter(
        zone__in=zones.zones_under(actor, zone, Thing.COVENANT),
        state=Recheck.State.OPEN,
        signers__person=actor,
        signers__signed_at=None,
    )
    for recheck in rows.order_by("held_on", "pk")[:MOST_OF_A_KIND]:
        yield Card(
            key=f"recheck:{recheck.pk}",
            urgency=Urgency.TODAY,
            title=_("%(project)s的%(recheck)s等您签字")
            % {"project": recheck.project.name, "recheck": recheck},
            why=_("复核日期 %(day)s") % {"day": recheck.held_on.isoformat()},
            url=reverse("recheck-detail", args=[recheck.pk]),
            verb=_("去签字"),
            kind=_("履约"),
        )
