"""The entry 台账: what happened, on which day, recorded when, by whom, on what evidence."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class EntryQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Entries, and how to read them as they stood at a moment."""

    def as_of(self, moment: datetime) -> Self:
        """Return the entries in force at ``moment``: recorded by then, neither replaced nor void by then."""
        later = self.model._base_manager.filter(replaces=OuterRef("pk"), recorded_at__lte=moment)
        return self.filter(~Exists(later), recorded_at__lte=moment, is_void=False)

    def live(self) -> Self:
        """Return the entries in force now: not replaced, not void."""
        return self.filter(replaced_by=None, is_void=False)


class Entry(models.Model):
    """Something that happened. Never edited, never deleted: the database refuses both.

    A correction is a new entry that ``replaces`` this one; a void is a new entry with ``is_void`` and a
    reason. One entry can be replaced once only, which the unique column guards when two people try.
    An entry carries what it is counted by (zone, sector, area ...) as it was on the day.
    """

    happened_on = models.DateField(_("发生日期"), db_index=True)
    recorded_at = models.DateTimeField(_("登记时间"), db_index=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("更正的原条目"),
    )
    is_void = models.BooleanField(_("作废"), default=False)
    reason = models.CharField(_("更正或作废原因"), max_length=200, blank=True)
    evidence = models.ForeignKey(
        "core.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("佐证材料")
    )
    evidence_note = models.CharField(_("佐证说明"), max_length=200, blank=True)
    batch = models.ForeignKey(
        "core.ImportBatch",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("导入批次"),
    )
    batch_row = models.PositiveIntegerField(_("导入行号"), null=True, blank=True)
    ledger_key = models.CharField(_("台账键"), max_length=64, blank=True, db_index=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-happened_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_void=False) | (Q(replaces__isnull=False) & ~Q(reason="")),
                name="%(app_label)s_%(class)s_void_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                name="%(app_label)s_%(class)s_replaces_another",
            ),
        ]

    @property
    def is_live(self) -> bool:
        """Return whether the entry is in force; costs a query unless ``replaced_by`` was selected."""
        return not self.is_void and not hasattr(self, "replaced_by")
