"""What a gate asks for, what a project has of it, and the days on which statistics take projects in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .projects import Project
from .stages import Stage


class SourceStatus(models.TextChoices):
    """How sure it is that a requirement or a window is what the law or the office asks for."""

    CONFIRMED = "confirmed", _("已核实")
    UNVERIFIED = "unverified", _("未核实")
    LOCAL = "local", _("本地规定")


class GateRule(ZoneEntry):
    """From ``happened_on`` on, what a zone and the zones below it ask for before a project passes a gate.

    ``uses_checks`` lets the records that other parts of the product keep for the gate (the form of the re-check, the
    review of delivery) be asked for as well.
    """

    stage = models.CharField(_("阶段"), max_length=10, choices=Stage)
    guidance = models.CharField(_("办理提示"), max_length=500, blank=True)
    uses_checks = models.BooleanField(_("要求系统内的复核或评价记录"), default=True)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("zone", "stage", "-happened_on"), name="gaterule_in_force")]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.happened_on:%Y-%m-%d}"


class GateItem(models.Model):
    """One thing that a gate asks for. Written with its rule and, as the rule, never edited."""

    class Accepts(models.TextChoices):
        ANY = "any", _("文件、编号或说明均可")
        NUMBER = "number", _("须填编号")
        FILE = "file", _("须上传文件")

    rule = models.ForeignKey(GateRule, models.PROTECT, related_name="items")
    place = models.PositiveSmallIntegerField(_("顺序"))
    name = models.CharField(_("材料名称"), max_length=60)
    accepts = models.CharField(_("形式"), max_length=6, choices=Accepts, default=Accepts.ANY)
    is_required = models.BooleanField(_("必备"), default=True)
    number_label = models.CharField(_("编号名称"), max_length=30, blank=True)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    source_status = models.CharField(
        _("依据核实情况"), max_length=10, choices=SourceStatus, default=SourceStatus.UNVERIFIED
    )

    class Meta:
        ordering = ("rule", "place")
        constraints = [models.UniqueConstraint(fields=("rule", "name"), name="gateitem_name_once_a_rule")]

    def __str__(self) -> str:
        return self.name


class GateEvidence(ZoneEntry):
    """What a project has for one item of a gate: a file (``evidence``), a number, or a word (``evidence_note``)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="gate_evidence")
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage)
    item = models.CharField(_("材料名称"), max_length=60)
    number = models.CharField(_("编号"), max_length=60, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(number="") | ~Q(evidence_note="") | Q(evidence__isnull=False),
                name="gateevidence_says_something",
            ),
        ]
        indexes = [models.Index(fields=("project", "item"), name="gateevidence_by_item")]


class StatWindow(ZoneRecord):
    """The days of a month on which the statistics of a zone and the zones below it take projects in 列统窗口."""

    month = models.DateField(_("月份"))
    opens_on = models.DateField(_("开始日期"))
    closes_on = models.DateField(_("截止日期"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    source_status = models.CharField(
        _("依据核实情况"), max_length=10, choices=SourceStatus, default=SourceStatus.UNVERIFIED
    )

    class Meta:
        ordering = ("-month", "pk")
        constraints = [
            models.UniqueConstraint(fields=("zone", "month"), name="statwindow_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="statwindow_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="statwindow_ends_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
