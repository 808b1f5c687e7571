"""What policies say of a firm at the head of its page."""

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import RelatedFact
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Answer
from .matches import kept_matches


def may_match(actor: User | AnonymousUser | None, zone_id: int) -> bool:
    """Return whether a person may see what policies say of the firms of a zone: it rests on what they filed."""
    return all(zones.may(actor, Verb.VIEW, thing, zone_id) for thing in (Thing.POLICY, Thing.FILING))


def matches_of_firm(actor: User | AnonymousUser, firm: Enterprise) -> RelatedFact | None:
    """Return how many policies take a firm, as last reckoned, and the way to all of them."""
    if firm.is_merged or not may_match(actor, firm.zone_id):
        return None
    said = dict.fromkeys(Answer, 0)
    for answer in kept_matches(firm).values_list("answer", flat=True):
        said[Answer(answer)] += 1
    shown = [
        (_("符合 {n} 项"), said[Answer.ELIGIBLE]),
        (_("待核实 {n} 项"), said[Answer.UNKNOWN]),
        (_("只差一项的 {n} 项"), said[Answer.NEAR]),
    ]
    words = clauses(text.format(n=count) for text, count in shown if count) or _("查看")
    return RelatedFact(gettext_lazy("政策速配"), words, reverse("firm-policies", args=[firm.pk]))
