"""The vault of a firm's documents 材料库: what was once given, who may use it for what, and for what it was used."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import Attachment
from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .enterprises import Enterprise

EXPIRES_SOON = timedelta(days=30)
"""So long before its last day a document counts as expiring."""


class DocumentKind(models.TextChoices):
    """What a document is; a matter asks for documents by these."""

    LICENCE = "licence", _("营业执照")
    PERMIT = "permit", _("许可证")
    QUALIFICATION = "qualification", _("资质证书")
    CERTIFICATE = "certificate", _("认证证书")
    PROPERTY = "property", _("不动产权证")
    CHARTER = "charter", _("公司章程")
    AUDIT = "audit", _("审计报告")
    TEST = "test", _("检测报告")
    ENVIRONMENT = "environment", _("环评文件")
    SAFETY = "safety", _("安全评价报告")
    TAX = "tax", _("完税证明")
    OTHER = "other", _("其他材料")


class FirmDocument(ZoneRecord):
    """A licence, report or certificate that a firm gave once, valid on every day from its first to its last.

    ``valid_to`` None: it does not expire. A newer one replaces it and names it; both stay readable.
    """

    class State(models.TextChoices):
        CURRENT = "current", _("在用")
        REPLACED = "replaced", _("已换新")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Standing(models.TextChoices):
        """How a document stands on a day."""

        VALID = "valid", _("有效")
        EXPIRING = "expiring", _("即将到期")
        EXPIRED = "expired", _("已过期")
        NOT_YET = "not_yet", _("尚未生效")
        REPLACED = "replaced", _("已换新")
        WITHDRAWN = "withdrawn", _("已撤回")

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="documents")
    kind = models.CharField(_("材料种类"), max_length=16, choices=DocumentKind)
    title = models.CharField(_("材料名称"), max_length=80, blank=True)
    number = models.CharField(_("证号或文号"), max_length=60, blank=True)
    issuer = models.CharField(_("发证或出具单位"), max_length=80, blank=True)
    valid_from = models.DateField(_("有效期自"), null=True, blank=True)
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    received_on = models.DateField(_("收到日期"))
    file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("文件")
    )
    note = models.CharField(_("备注"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.CURRENT)
    ended_on = models.DateField(_("停用日期"), null=True, blank=True)
    end_reason = models.CharField(_("停用原因"), max_length=200, blank=True)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("替换的旧材料"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="firmdocument_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(state="current", ended_on__isnull=True, end_reason="")
                | (~Q(state="current") & Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="firmdocument_ends_on_a_day_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                name="firmdocument_replaces_another",
            ),
            models.UniqueConstraint(
                fields=("enterprise", "kind", "number"),
                condition=Q(state="current") & ~Q(number=""),
                name="firmdocument_number_once_in_use",
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "state", "valid_to", "id"), name="firmdocument_by_end"),
            models.Index(fields=("enterprise", "kind", "state"), name="firmdocument_of_firm"),
        ]

    def __str__(self) -> str:
        name = self.title or str(self.get_kind_display())
        return f"{name} {self.number}".strip()

    def standing_on(self, on: date) -> Standing:
        """Return how the document stands on a day, which may be past; what ended later was still in use then."""
        if self.ended_on is not None and self.ended_on <= on:
            return self.Standing(self.state)
        if self.valid_to is not None and self.valid_to < on:
            return self.Standing.EXPIRED
        if max(self.valid_from or date.min, self.received_on) > on:
            return self.Standing.NOT_YET
        if self.valid_to is not None and self.valid_to <= on + EXPIRES_SOON:
            return self.Standing.EXPIRING
        return self.Standing.VALID

    def serves_on(self, on: date) -> bool:
        """Return whether the document may be used on a day."""
        return self.standing_on(on) in (self.Standing.VALID, self.Standing.EXPIRING)


class DocumentConsent(ZoneEntry):
    """A firm lets its documents of a kind be used for one matter, from ``happened_on`` up to and on ``until``.

    ``kind`` empty: documents of every kind. A void takes the consent back.
    """

    class Means(models.TextChoices):
        PAPER = "paper", _("书面同意")
        SPOKEN = "spoken", _("口头同意")

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="document_consents")
    kind = models.CharField(_("材料种类"), max_length=16, choices=DocumentKind, blank=True)
    matter = models.CharField(_("用于事项"), max_length=120)
    given_by = models.CharField(_("同意人"), max_length=60)
    means = models.CharField(_("同意方式"), max_length=10, choices=Means)
    until = models.DateField(_("同意期限至"))

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(until__gte=F("happened_on")), name="documentconsent_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(means="paper", evidence__isnull=False)
                | (Q(means="spoken") & ~Q(evidence_note="")),
                name="documentconsent_shows_how_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display() or _('全部材料')} · {self.matter}"


class DocumentUse(ZoneEntry):
    """A document was used for one thing, under a consent; ``happened_on`` is the day of use.

    ``subject`` names the thing for people, ``thing`` and ``row_id`` for the program where it keeps one. ``came_with``
    marks a document that the firm handed in for this very thing: all other uses are documents not asked again.
    The kind is kept as it was on the day.
    """

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="document_uses")
    document = models.ForeignKey(FirmDocument, models.PROTECT, related_name="uses")
    consent = models.ForeignKey(DocumentConsent, models.PROTECT, null=True, blank=True, related_name="uses")
    kind = models.CharField(_("材料种类"), max_length=16, choices=DocumentKind)
    matter = models.CharField(_("用于事项"), max_length=120)
    subject = models.CharField(_("用于哪件事"), max_length=120)
    thing = models.CharField(max_length=60, blank=True)
    row_id = models.PositiveBigIntegerField(null=True, blank=True)
    came_with = models.BooleanField(_("随本次提交"), default=False)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(came_with=True) | Q(consent__isnull=False), name="documentuse_again_has_a_consent"
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "came_with", "happened_on"), name="documentuse_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.document} · {self.subject}"
