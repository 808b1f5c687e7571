"""The door of one firm: a link that an officer makes, and what the firm says is otherwise than it is known."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import ZoneRecord


class FirmLink(ZoneRecord):
    """A link for one firm, opened once: from then on the browser that opened it is the firm's, until ``expires_at``.

    ``secret`` and ``key`` are hashes, of what stands in the link and of what the browser then holds: nobody who reads
    them can open the door.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="door_links", verbose_name=_("企业")
    )
    person = models.CharField(_("交给谁"), max_length=40)
    secret = models.CharField(max_length=64, unique=True, editable=False)
    key = models.CharField(max_length=64, blank=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("生成人")
    )
    expires_at = models.DateTimeField(_("有效期至"))
    opened_at = models.DateTimeField(_("打开时间"), null=True, blank=True, editable=False)
    seen_at = models.DateTimeField(_("最近使用"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=("enterprise", "-id"), name="firmlink_of_firm")]
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, key="") | Q(opened_at__isnull=False) & ~Q(key=""),
                name="firmlink_opened_has_a_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.person}"


class FactProposal(ZoneRecord):
    """What a firm says a fact of it is. Nothing is changed by it until an officer accepts it.

    ``value`` is what the firm typed, ``before`` what was known then, in words. A newer one on the same fact takes the
    place of one that still waits.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待核对")
        ACCEPTED = "accepted", _("已采纳")
        REFUSED = "refused", _("未采纳")
        REPLACED = "replaced", _("已被新的代替")

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="fact_proposals", verbose_name=_("企业")
    )
    link = models.ForeignKey(FirmLink, models.PROTECT, related_name="proposals", editable=False)
    field = models.CharField(_("事实"), max_length=64)
    value = models.CharField(_("企业填报"), max_length=400)
    before = models.CharField(_("原来记录"), max_length=400, blank=True)
    note = models.CharField(_("依据"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("填报时间"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(_("核对时间"), null=True, blank=True, editable=False)
    reason = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ("-made_at", "-pk")
        indexes = [models.Index(fields=("zone", "state", "-made_at", "-id"), name="factproposal_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=("enterprise", "field"), condition=Q(state="waiting"), name="factproposal_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="factproposal_decided_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("made_at")),
                name="factproposal_decided_after_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.field}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING
