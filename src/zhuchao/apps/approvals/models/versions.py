"""What versions have in common: drafted by one person, published by another, then never edited."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRecord

DRAFT: Final = "draft"
PUBLISHED: Final = "published"


class Version(ZoneRecord):
    """What a thing says from a day on, until the day before the next version begins or ``effective_to`` (included)."""

    class State(models.TextChoices):
        DRAFT = DRAFT, _("草稿")
        PUBLISHED = PUBLISHED, _("已发布")

    class SourceStatus(models.TextChoices):
        CONFIRMED = "confirmed", _("已核实")
        UNCONFIRMED = "unconfirmed", _("未核实")

    number = models.PositiveSmallIntegerField(_("版本号"), editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    verified_on = models.DateField(_("核实日期"), null=True, blank=True)
    source_status = models.CharField(
        _("来源核实"), max_length=12, choices=SourceStatus, default=SourceStatus.UNCONFIRMED
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("起草人"),
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("发布人"),
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="%(class)s_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(state=DRAFT, published_at__isnull=True, published_by__isnull=True)
                | Q(state=PUBLISHED, published_at__isnull=False),
                name="%(class)s_published_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | Q(prepared_by__isnull=True)
                | ~Q(published_by=F("prepared_by")),
                name="%(class)s_second_person",
            ),
            models.CheckConstraint(
                condition=Q(source_status="unconfirmed") | Q(verified_on__isnull=False),
                name="%(class)s_confirmed_on_a_day",
            ),
        ]

    @property
    def is_published(self) -> bool:
        return self.state == PUBLISHED
