"""How the pages about covenants name and colour what they show, and where it is."""

from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Covenant, CovenantLetter, Recheck

LETTER_COLOURS = {
    CovenantLetter.State.DRAFT: "yellow",
    CovenantLetter.State.APPROVED: "blue",
    CovenantLetter.State.SENT: "orange",
    CovenantLetter.State.ANSWERED: "green",
    CovenantLetter.State.DROPPED: "secondary",
}


def covenant_url(covenant: Covenant | int) -> str:
    """Return the address of a covenant's page."""
    return reverse("covenant-detail", args=[covenant if isinstance(covenant, int) else covenant.pk])


def letter_state(letter: CovenantLetter) -> tuple[str, str, str]:
    """Return a letter's state as a list shows it: value, label, colour."""
    return letter.state, str(letter.get_state_display()), LETTER_COLOURS[CovenantLetter.State(letter.state)]


def recheck_state(recheck: Recheck) -> tuple[str, str, str]:
    """Return a re-check's state as a list shows it: value, label, colour."""
    if recheck.state == Recheck.State.CONCLUDED:
        passed = recheck.passed
        return recheck.state, _("已通过") if passed else _("未通过"), "green" if passed else "red"
    colour = "yellow" if recheck.state == Recheck.State.OPEN else "secondary"
    return recheck.state, str(recheck.get_state_display()), colour
