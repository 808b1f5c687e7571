"""Procedures 流程模板: networks of tasks over departments, kept as text and versioned by day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models.append_only import Final
from zhuchao.apps.zones.models import ZoneRecord

from .versions import DRAFT, PUBLISHED, Version


class Procedure(ZoneRecord):
    """A way through several departments that cases follow, such as from land award to construction permit."""

    key = models.CharField(_("流程编号"), max_length=40)
    name = models.CharField(_("流程名称"), max_length=80)
    summary = models.CharField(_("说明"), max_length=300, blank=True)
    is_open = models.BooleanField(_("可使用"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("zone", "key"), name="procedure_key_once_a_zone")]
        indexes = [models.Index(fields=("zone", "name", "id"), name="procedure_by_name")]

    def __str__(self) -> str:
        return self.name


class ProcedureVersion(Version):
    """A network as text, as the scheduling engine reads it (``read_template``): tasks, departments, documents."""

    final = Final("state", PUBLISHED, may_change=("verified_on", "source_status", "version", "updated_at"))

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions", verbose_name=_("流程"))
    text = models.TextField(_("流程内容"), max_length=100_000)

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(fields=("procedure", "number"), name="procedureversion_number_once"),
            models.UniqueConstraint(
                fields=("procedure",), condition=Q(state=DRAFT), name="procedureversion_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(procedure)s（第 %(number)d 版）") % {
            "procedure": self.procedure,
            "number": self.number,
        }
