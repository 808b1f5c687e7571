"""How versions are delivered, whether they were reviewed, and whether they take applications on a day."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing

from ..models import CompetitionReview, DeliveryTerms, PolicyVersion
from .policies import Actor, current_version

REVIEW_SOURCE = gettext_lazy("《公平竞争审查条例》（国务院令第783号，2024-08-01 起施行；出处未核实）")
"""Why a version without a review is neither promised nor paid. From memory, so it is shown as not confirmed."""


def terms_of(version: PolicyVersion) -> DeliveryTerms:
    """Return how a version is delivered; where nothing is kept, as an application without documents (not saved)."""
    found = DeliveryTerms.objects.filter(version_of=version).first()
    return found or DeliveryTerms(zone=version.zone, version_of=version)


def reviews_of(version: PolicyVersion) -> QuerySet[CompetitionReview]:
    """Return the reviews of a version in force, the latest first."""
    rows = CompetitionReview.objects.live().filter(version=version)
    return rows.select_related("recorded_by").order_by("-happened_on", "-pk")


def get_review(actor: Actor, pk: int) -> CompetitionReview:
    """Return a review; raises NotFound when it is hidden or missing."""
    rows = CompetitionReview.objects.select_related("zone", "version__policy__zone", "replaced_by")
    found = zones.in_zones(rows, actor, Thing.POLICY).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这条审查记录"))
    return found


def why_not_reviewed(version: PolicyVersion) -> str:
    """Return why a version may not be promised or paid for want of a review, empty where it may."""
    last = reviews_of(version).first()
    if last is None:
        return _("没有登记公平竞争审查")
    if last.conclusion == CompetitionReview.Conclusion.FAILED:
        return _("公平竞争审查结论为“不符合”")
    return ""


def why_not_open(version: PolicyVersion, on: date) -> str:
    """Return why a version takes no applications on a day, empty where it does."""
    if not version.is_published:
        return _("第 %(n)d 版还没有发布。") % {"n": version.number}
    if on < version.effective_from:
        return _("%(day)s 才生效。") % {"day": version.effective_from.isoformat()}
    if version.effective_to is not None and version.effective_to < on:
        return _("已于 %(day)s 失效。") % {"day": version.effective_to.isoformat()}
    current = current_version(version.policy, on)
    if current is not None and current.pk != version.pk:
        return _("第 %(old)d 版已由第 %(new)d 版代替。") % {"old": version.number, "new": current.number}
    if version.window_open is not None and on < version.window_open:
        return _("申报 %(day)s 才开始。") % {"day": version.window_open.isoformat()}
    if version.window_close is not None and version.window_close < on:
        return _("申报已于 %(day)s 截止。") % {"day": version.window_close.isoformat()}
    return ""
