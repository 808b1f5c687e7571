"""提醒函: drafted when a covenant is broken, approved by a person, sent, answered; a second one after a period."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from zhuchao.apps.core.errors import NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.wording import labelled
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import NothingToRemind, WrongLetterState
from ..models import Agreement, Covenant, CovenantLetter, Side
from ..selectors.standings import Standing, standings_of
from .projects import own_evidence, refuse_future

ANSWER_DAYS = 15
"""Days within which a letter asks to be answered; one that is not is followed by another."""
AGAIN_AFTER = 30
"""Days after an answer when a covenant that is still broken is reminded of again."""
OFFICIAL = "zh-hans"
"""Letters are official papers: they are in Chinese whoever drafts them."""

State = CovenantLetter.State


@transaction.atomic
def draft_letter(*, actor: User | None, covenant: Covenant) -> CovenantLetter:
    """Draft the next letter of reminder about a broken covenant, with what is promised, delivered and missing.

    Raises NothingToRemind when the covenant is not broken, or a letter about it is under way.
    """
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, covenant.zone)
    covenant = _locked_covenant(covenant)
    standing = standings_of([selectors.get_covenant(None, covenant.pk)])[covenant.pk]
    if not standing.is_red or covenant.agreement.is_open:
        raise NothingToRemind(
            covenant=str(covenant), why=_("为“%(state)s”") % {"state": standing.state.label}
        )
    letters = list(covenant.letters.order_by("-round"))
    why = _why_not_again(letters[0], standing.on) if letters else ""
    if why and letters[0].state != State.DROPPED:
        raise NothingToRemind(covenant=str(covenant), why=why)
    return _draft(actor, standing, letters[0].round + 1 if letters else 1)


def draft_letters_due() -> int:
    """Draft a letter for every covenant that is broken and has none under way; return how many.

    Safe to repeat. A letter that somebody decided not to send is not drafted again by itself.
    """
    drafted = 0
    ids = Agreement.objects.exclude(signed_on=None).order_by().values("zone_id").distinct()
    for zone in Zone.objects.filter(pk__in=ids).order_by("pk"):
        drafted += _draft_for(zone)
    return drafted


@transaction.atomic
def change_letter(
    *, actor: User | None, letter: CovenantLetter, version: int | None, recipient: str, body: str
) -> CovenantLetter:
    """Edit a letter that is not sent; one that was approved has to be approved again. Raises WrongLetterState."""
    letter = _locked(actor, letter, _("修改"), State.DRAFT, State.APPROVED)
    values = {"recipient": " ".join(recipient.split()), "body": body.strip()}
    check_version(letter, version, yours=values)
    for name, label in (("recipient", _("收件单位")), ("body", _("正文"))):
        if not values[name]:
            raise WrongInput(field=label, why=_("不能为空。"))
    changed = save_record(letter, **values)
    if changed:
        save_record(letter, state=State.DRAFT, approved_by=None)
        _record(actor, letter, "change_letter")
    return letter


@transaction.atomic
def approve_letter(*, actor: User | None, letter: CovenantLetter) -> CovenantLetter:
    """Say that a letter may go out as it is. Raises WrongLetterState."""
    letter = _locked(actor, letter, _("审核"), State.DRAFT)
    save_record(letter, state=State.APPROVED, approved_by=actor)
    _record(actor, letter, "approve_letter")
    return letter


@transaction.atomic
def send_letter(
    *,
    actor: User | None,
    letter: CovenantLetter,
    on: date,
    means: str = "",
    number: str = "",
    answer_due_on: date | None = None,
) -> CovenantLetter:
    """Enter that an approved letter went out on a day, and by when an answer is expected (15 days).

    Raises WrongLetterState and WrongInput.
    """
    letter = _locked(actor, letter, _("寄送"), State.APPROVED)
    refuse_future(on, letter.zone)
    due = answer_due_on or on + timedelta(days=ANSWER_DAYS)
    if on < letter.drafted_on:
        raise WrongInput(field=_("寄送日期"), why=_("不能早于起草日期。"))
    if due < on:
        raise WrongInput(field=_("答复期限"), why=_("不能早于寄送日期。"))
    save_record(
        letter, state=State.SENT, sent_on=on, means=means.strip(), number=number.strip(), answer_due_on=due
    )
    _record(actor, letter, "send_letter", on=on)
    return letter


@transaction.atomic
def answer_letter(
    *,
    actor: User | None,
    letter: CovenantLetter,
    on: date,
    answer: str,
    document: Attachment | None = None,
) -> CovenantLetter:
    """Enter the answer to a letter. Raises WrongLetterState and WrongInput."""
    letter = _locked(actor, letter, _("登记答复"), State.SENT)
    refuse_future(on, letter.zone)
    if letter.sent_on is not None and on < letter.sent_on:
        raise WrongInput(field=_("答复日期"), why=_("不能早于寄送日期。"))
    if not answer.strip():
        raise WrongInput(field=_("答复内容"), why=_("不能为空。"))
    save_record(
        letter,
        state=State.ANSWERED,
        answered_on=on,
        answer=answer.strip(),
        answer_document=own_evidence(document, letter.zone),
    )
    _record(actor, letter, "answer_letter", on=on)
    return letter


@transaction.atomic
def drop_letter(*, actor: User | None, letter: CovenantLetter, reason: str) -> CovenantLetter:
    """Decide not to send a letter, with why. Raises WrongLetterState and ReasonNeeded."""
    letter = _locked(actor, letter, _("撤下"), State.DRAFT, State.APPROVED)
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "不发提醒函"))
    save_record(letter, state=State.DROPPED, drop_reason=reason.strip())
    _record(actor, letter, "drop_letter", reason=reason.strip())
    return letter


def _draft_for(zone: Zone) -> int:
    today = zones.today(zone)
    rows = selectors.followed(selectors.visible_covenants(None).filter(zone=zone, due_on__lt=today))
    red = [one for one in standings_of(list(rows)).values() if one.is_red]
    last: dict[int, CovenantLetter] = {}
    for letter in CovenantLetter.objects.filter(covenant__in=[one.covenant for one in red]).order_by("round"):
        last[letter.covenant_id] = letter
    drafted = 0
    for standing in red:
        before = last.get(standing.covenant.pk)
        if before is not None and _why_not_again(before, today):
            continue
        with transaction.atomic():
            covenant = _locked_covenant(standing.covenant)
            number = before.round + 1 if before else 1
            if covenant.letters.filter(round=number).exists():
                continue  # somebody drafted it a moment ago
            _draft(None, standing, number)
            drafted += 1
    return drafted


def _why_not_again(letter: CovenantLetter, today: date) -> str:
    """Return why no further letter is due after this one, empty where one is."""
    if letter.state in {State.DRAFT, State.APPROVED}:
        return _("已有一份待寄送的提醒函")
    if letter.state == State.DROPPED:
        return _("已决定不发提醒函")
    if letter.state == State.SENT:
        due = letter.answer_due_on or today
        return "" if today > due else _("的提醒函在等待答复，期限 %(day)s") % {"day": due.isoformat()}
    answered = letter.answered_on or today
    if today > answered + timedelta(days=AGAIN_AFTER):
        return ""
    return _("的提醒函已于 %(day)s 答复") % {"day": answered.isoformat()}


def _draft(actor: User | None, standing: Standing, number: int) -> CovenantLetter:
    covenant = standing.covenant
    with override(OFFICIAL):
        letter = CovenantLetter(
            zone=covenant.zone,
            covenant=covenant,
            round=number,
            recipient=_recipient(covenant)[:160],
            promised=labelled(covenant, selectors.promised(covenant))[:200],
            delivered=selectors.delivered(standing)[:200],
            shortfall=selectors.shortfall(standing)[:200],
            days=standing.days,
            drafted_on=standing.on,
        )
        letter.body = _body(letter, standing)
    letter.save(force_insert=True)
    _record(actor, letter, "draft_letter")
    return letter


def _recipient(covenant: Covenant) -> str:
    """Return whom a letter goes to: the firm, or for a promise of the zone the department that answers for it."""
    agreement = covenant.agreement
    if covenant.side == Side.ZONE:
        return str(covenant.department or covenant.zone)
    return str(agreement.enterprise or agreement.project.company or agreement.project.name)


def _body(letter: CovenantLetter, standing: Standing) -> str:
    covenant = standing.covenant
    agreement = covenant.agreement
    said = {
        "recipient": letter.recipient,
        "signed": agreement.signed_on.isoformat() if agreement.signed_on else "",
        "agreement": agreement,
        "clause": covenant.clause,
        "project": agreement.project.name,
        "promised": letter.promised,
        "on": standing.on.isoformat(),
        "delivered": letter.delivered,
        "shortfall": letter.shortfall,
        "days": ANSWER_DAYS,
        "zone": covenant.zone,
    }
    first = _("根据 %(signed)s 签订的%(agreement)s%(clause)s，“%(project)s”约定：%(promised)s。") % said
    second = _("截至 %(on)s，核实情况为：%(delivered)s；%(shortfall)s。") % said
    third = _("请于收到本函之日起 %(days)d 日内书面说明原因、整改措施和完成时间。") % said
    again = _("此前的提醒函未能解决上述问题，现再次提醒。") if letter.round > 1 else ""
    lines = (_("%(recipient)s：") % said, first, second, again, third, str(covenant.zone), said["on"])
    return "\n".join(str(line) for line in lines if line)


def _locked_covenant(covenant: Covenant) -> Covenant:
    rows = Covenant.objects.select_related("zone", "agreement__project")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=covenant.pk)


def _locked(actor: User | None, letter: CovenantLetter, step: str, *states: State) -> CovenantLetter:
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, letter.zone)
    rows = CovenantLetter.objects.select_related("zone", "covenant__agreement__project")
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=letter.pk).first()
    if found is None:
        raise NotFound(what=_("该提醒函"))
    if found.state not in states:
        raise WrongLetterState(state=str(found.get_state_display()), step=step)
    return found


def _record(actor: User | None, letter: CovenantLetter, verb: str, **data: Any) -> None:
    covenant = letter.covenant
    record_change(
        actor=actor,
        verb=verb,
        rows=[covenant.agreement.project, covenant, letter],
        scope=letter.zone_id,
        name=str(covenant),
        round=letter.round,
        **data,
    )
