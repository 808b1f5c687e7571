"""Themes 一件事: one form that opens several matters at once."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRecord, ZoneRow

from .matters import Matter


class Theme(ZoneRecord):
    """Several matters that people see as one thing. ``questions`` are those of its one form, in order:
    each {"key", "label", "kind": text | number | day | choice | yes, "choices", "required"}."""

    code = models.CharField(_("主题编码"), max_length=40)
    name = models.CharField(_("主题名称"), max_length=80)
    summary = models.CharField(_("说明"), max_length=300, blank=True)
    questions = models.JSONField(_("表单"), default=list, blank=True)
    is_open = models.BooleanField(_("可办理"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("zone", "code"), name="theme_code_once_a_zone")]
        indexes = [models.Index(fields=("zone", "name", "id"), name="theme_by_name")]

    def __str__(self) -> str:
        return self.name


class ThemeMatter(ZoneRow):
    """A matter of a theme. ``when``: only where the form says so, {"key": question, "is": [answers]}; empty: always.
    ``after``: the matter whose end it waits for; without one it runs beside the others."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="matters")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="themes", verbose_name=_("事项"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    when = models.JSONField(_("适用条件"), default=dict, blank=True)
    after = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers", verbose_name=_("前置事项")
    )

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=("theme", "matter"), name="themematter_once"),
            models.CheckConstraint(
                condition=Q(after__isnull=True) | ~Q(after=F("id")), name="themematter_waits_for_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme} · {self.matter}"
