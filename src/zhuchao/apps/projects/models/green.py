"""The green channel 绿色通道: who asked that a project be expedited, who allowed it, why and until when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .projects import Project


class GreenRequest(ZoneEntry):
    """Somebody asked that a project be expedited until a day; ``recorded_by`` asked. Void: it was withdrawn."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="green_requests")
    expedited = models.CharField(_("加快办理事项"), max_length=200)
    why = models.CharField(_("申请理由"), max_length=300)
    until = models.DateField(_("有效期至"))

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("zone", "-happened_on", "-id"), name="greenrequest_newest")]


class GreenDecision(ZoneEntry):
    """A second person granted or refused a request; a grant that is voided has been taken back."""

    request = models.ForeignKey(GreenRequest, models.PROTECT, related_name="decisions")
    granted = models.BooleanField(_("同意"))
    opinion = models.CharField(_("审批意见"), max_length=300, blank=True)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("request", "id"), name="greendecision_of_request")]
