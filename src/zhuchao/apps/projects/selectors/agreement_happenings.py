"""What agreements put on the timeline of a project: signed and ended, letters that went out, re-checks concluded."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import remarks

from ..models import Agreement, CovenantLetter, Project, Recheck
from .agreements import visible_agreements, visible_letters, visible_rechecks
from .happenings import MOST_OF_A_SOURCE, Happening, ServiceLine
from .projects import Actor


def agreements_kept(actor: Actor, project: Project) -> Iterator[Happening]:
    """Yield what happened to the agreements of a project, for those who may see them."""
    for agreement in visible_agreements(actor).filter(project=project).exclude(signed_on=None):
        url = reverse("agreement-detail", args=[agreement.pk])
        what = _("签订%(agreement)s") % {"agreement": agreement}
        assert agreement.signed_on is not None, "the constraint agreement_signed_on_a_day"
        yield Happening(ServiceLine.PROJECT, agreement.signed_on, what, agreement.parties, url)
        if agreement.state == Agreement.State.ENDED and agreement.ended_on is not None:
            what = _("终止%(agreement)s") % {"agreement": agreement}
            yield Happening(
                ServiceLine.PROJECT, agreement.ended_on, what, "", url, detail=agreement.end_reason
            )
    letters = visible_letters(actor).filter(covenant__agreement__project=project).exclude(sent_on=None)
    yield from (_sent(letter) for letter in letters.order_by("-sent_on", "-pk")[:MOST_OF_A_SOURCE])
    concluded = visible_rechecks(actor).filter(project=project, state=Recheck.State.CONCLUDED)
    for recheck in concluded.order_by("-held_on", "-pk")[:MOST_OF_A_SOURCE]:
        said = _("已通过") if recheck.passed else _("未通过")
        yield Happening(
            ServiceLine.PROJECT,
            recheck.held_on,
            _("%(recheck)s：%(result)s") % {"recheck": recheck, "result": said},
            "",
            reverse("recheck-detail", args=[recheck.pk]),
            detail=recheck.note,
        )


def _sent(letter: CovenantLetter) -> Happening:
    assert letter.sent_on is not None, "the constraint covenantletter_sent_on_a_day"
    return Happening(
        ServiceLine.PROJECT,
        letter.sent_on,
        _("向%(recipient)s寄送提醒函") % {"recipient": letter.recipient},
        str(letter.approved_by or ""),
        reverse("covenant-letter-detail", args=[letter.pk]),
        detail=remarks((letter.promised, letter.shortfall)),
    )
