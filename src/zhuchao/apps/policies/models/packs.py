"""Packs of policy files that a zone was given, and which version of a policy came out of which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRecord, ZoneRow

from .policies import PolicyVersion


class PolicyPack(ZoneRecord):
    """A pack of policy files as it was uploaded last; ``files`` are the texts by their path in it."""

    name = models.CharField(_("政策包名称"), max_length=60)
    files = models.JSONField(_("文件"), default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("zone", "name"), name="policypack_name_once_a_zone")]

    def __str__(self) -> str:
        return self.name


class PolicyAdoption(ZoneRow):
    """Where a version was taken from: the version of a policy of a pack, and all that this said of its source.

    ``pack`` is the name of an uploaded pack, empty for the national one that is shipped. ``digest`` is of what that
    version said when it was taken, so that a pack which says something else since is noticed.
    """

    version = models.OneToOneField(PolicyVersion, models.PROTECT, related_name="adoption")
    pack = models.CharField(_("政策包名称"), max_length=60, blank=True)
    pack_policy = models.CharField(_("政策编号"), max_length=64)
    pack_version = models.PositiveIntegerField(_("版本号"))
    digest = models.CharField(max_length=64)
    source_title = models.CharField(_("来源文件"), max_length=200, blank=True)
    source_article = models.CharField(_("来源条款"), max_length=100, blank=True)
    source_note = models.CharField(_("来源说明"), max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=("zone", "pack", "pack_policy"), name="policyadoption_of_pack")]

    def __str__(self) -> str:
        return self.pack_policy
