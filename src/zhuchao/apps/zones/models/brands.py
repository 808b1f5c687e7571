"""The catalogues that a zone's service brand shows: services, talent, finance products."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .organisation import ZoneRecord


class CatalogueItem(ZoneRecord):
    """One thing that a zone offers to firms under its brand."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("企业服务")
        TALENT = "talent", _("招才引智")
        FINANCE = "finance", _("金融产品")

    kind = models.CharField(_("目录"), max_length=10, choices=Kind)
    title = models.CharField(_("名称"), max_length=60)
    summary = models.CharField(_("说明"), max_length=300, blank=True)
    provider = models.CharField(_("提供方"), max_length=60, blank=True)
    contact = models.CharField(_("联系方式"), max_length=60, blank=True)
    is_open = models.BooleanField(_("开放"), default=True)

    class Meta:
        ordering = ("kind", "title")
        constraints = [
            models.UniqueConstraint(fields=("zone", "kind", "title"), name="catalogueitem_title_once_a_zone")
        ]

    def __str__(self) -> str:
        return self.title
