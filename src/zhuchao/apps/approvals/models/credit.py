"""What a firm promised in place of a document or a review, whether it kept it, and what follows for its credit."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import Attachment
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .cases import CaseTask


class LateNotice(ZoneRecord):
    """The one-time notice 一次性告知 with which a task was accepted without some secondary documents.

    ``text`` is what the firm was told: what is missing, how and by when it comes, what follows from being late.
    Until ``due_on``, included, the documents may come; the day after the task ends by itself.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待补正")
        KEPT = "kept", _("已补齐")
        ENDED = "ended", _("逾期终止")

    task = models.ForeignKey(CaseTask, models.PROTECT, related_name="late_notices", verbose_name=_("任务"))
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="late_notices",
        verbose_name=_("企业"),
    )
    documents = models.JSONField(_("待补材料"), default=list)
    text = models.TextField(_("告知内容"), max_length=3000)
    promised_by = models.CharField(_("承诺人"), max_length=60)
    told_at = models.DateTimeField(_("告知时间"))
    due_on = models.DateField(_("补正期限"))
    state = models.CharField(_("状态"), max_length=5, choices=State, default=State.OPEN, editable=False)
    settled_at = models.DateTimeField(_("了结时间"), null=True, blank=True, editable=False)
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("书面承诺")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("task",), condition=Q(state="open"), name="latenotice_one_open_a_task"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True)
                | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="latenotice_settled_says_when",
            ),
            models.CheckConstraint(condition=~Q(promised_by=""), name="latenotice_was_promised"),
        ]
        indexes = [models.Index(fields=("zone", "state", "due_on", "id"), name="latenotice_by_due")]

    def __str__(self) -> str:
        return f"{self.task} · {self.due_on:%Y-%m-%d}"


class Pledge(ZoneRecord):
    """A firm's signed word that it meets the conditions of a matter, in place of the review 告知承诺.

    ``text`` is what it was told and signed. Signed on paper with its file, or before a ``witness``. Checked
    afterwards by ``check_due_on``; ``result`` stays empty until then.
    """

    class Result(models.TextChoices):
        KEPT = "kept", _("履行")
        BROKEN = "broken", _("失信")

    task = models.OneToOneField(CaseTask, models.PROTECT, related_name="pledge", verbose_name=_("任务"))
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="pledges", verbose_name=_("企业"))
    text = models.TextField(_("告知承诺内容"), max_length=3000)
    signed_by = models.CharField(_("签署人"), max_length=60)
    signed_at = models.DateTimeField(_("签署时间"))
    witness = models.CharField(_("见证人"), max_length=60, blank=True)
    evidence = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签署的承诺书")
    )
    check_due_on = models.DateField(_("核查期限"))
    result = models.CharField(
        _("核查结果"), max_length=6, choices=Result, blank=True, default="", editable=False
    )
    checked_on = models.DateField(_("核查日期"), null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("核查人"),
    )
    check_note = models.CharField(_("核查情况"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(evidence__isnull=False) | ~Q(witness=""),
                name="pledge_signed_on_paper_or_witnessed",
            ),
            models.CheckConstraint(
                condition=Q(result="", checked_on__isnull=True)
                | (~Q(result="") & Q(checked_on__isnull=False) & ~Q(check_note="")),
                name="pledge_checked_says_when_and_how",
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "result", "check_due_on", "id"), name="pledge_by_check"),
            models.Index(fields=("enterprise", "result"), name="pledge_of_firm"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.task}"


class CreditEvent(ZoneEntry):
    """Something that counts for a firm's credit in approvals, from ``happened_on`` on, or its repair.

    A repair names what it repairs in ``repairs``; one event is repaired once. A late document is noted and does not
    bar; all other kinds but the repair do until they are repaired or voided.
    """

    class Kind(models.TextChoices):
        PLEDGE_BROKEN = "broken", _("承诺不实或未履行")
        FALSE_DOCUMENT = "false", _("提供虚假材料")
        LISTED = "listed", _("列入失信名单")
        LATE = "late", _("容缺逾期未补")
        REPAIR = "repair", _("信用修复")

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="credit_events", verbose_name=_("企业")
    )
    kind = models.CharField(_("信用事件"), max_length=6, choices=Kind)
    note = models.CharField(_("情况"), max_length=300)
    pledge = models.ForeignKey(
        Pledge, models.PROTECT, null=True, blank=True, related_name="credit_events", verbose_name=_("承诺")
    )
    notice = models.ForeignKey(
        LateNotice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("容缺告知")
    )
    repairs = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repaired_by",
        verbose_name=_("修复的事件"),
    )

    class Meta(ZoneEntry.Meta):
        ordering = ("-happened_on", "-pk")
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind="repair", repairs__isnull=False)
                | (~Q(kind="repair") & Q(repairs__isnull=True)),
                name="creditevent_repair_names_what",
            ),
            models.CheckConstraint(
                condition=Q(repairs__isnull=True) | ~Q(repairs=F("id")), name="creditevent_repairs_another"
            ),
            models.CheckConstraint(condition=~Q(note=""), name="creditevent_says_why"),
        ]
        indexes = [
            models.Index(fields=("enterprise", "happened_on"), name="creditevent_of_firm"),
            models.Index(fields=("zone", "kind", "happened_on"), name="creditevent_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.get_kind_display()}"
