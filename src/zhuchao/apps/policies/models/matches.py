"""What the policies in force say of the firms of a zone, as it was last reckoned. Made anew from the books at any time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRow

from .policies import PolicyVersion


class Answer(models.TextChoices):
    """The three answers, and of those who do not qualify the ones that lack a single thing."""

    ELIGIBLE = "eligible", _("符合")
    UNKNOWN = "unknown", _("待核实")
    NEAR = "near", _("只差一项")
    INELIGIBLE = "ineligible", _("不符合")


class VersionMatch(ZoneRow):
    """How many firms of its zone a version takes, as of a day; ``seen`` is the last change that was counted in."""

    version = models.OneToOneField(PolicyVersion, models.CASCADE, related_name="match")
    day = models.DateField(_("日期"))
    made_at = models.DateTimeField(_("匹配时间"))
    seen = models.PositiveBigIntegerField()
    firms = models.PositiveIntegerField(_("企业"))
    eligible = models.PositiveIntegerField(_("符合"))
    unknown = models.PositiveIntegerField(_("待核实"))
    near = models.PositiveIntegerField(_("只差一项"))
    ineligible = models.PositiveIntegerField(_("不符合"))


class FirmMatch(ZoneRow):
    """What one version says of one firm; in a zone of very many firms those that lack several things have no row.

    ``missing`` are the fields still to be known, ``needs_judgement`` says that a person must judge. ``since`` is the day
    from which on the answer has been this one.
    """

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="firm_matches")
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, related_name="policy_matches", verbose_name=_("企业")
    )
    answer = models.CharField(_("结论"), max_length=10, choices=Answer)
    missing = models.JSONField(_("待补事实"), default=list)
    missing_count = models.PositiveSmallIntegerField(_("待补事实"), default=0)
    needs_judgement = models.BooleanField(_("须人工核对"), default=False)
    since = models.DateField(_("结论自"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("version", "enterprise"), name="firmmatch_once"),
        ]
        indexes = [
            models.Index(fields=("version", "answer", "missing_count", "id"), name="firmmatch_by_answer"),
            models.Index(fields=("enterprise", "answer"), name="firmmatch_of_firm"),
        ]
