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


class VersionDiff(ZoneRow):
    """What a draft does to the firms of its zone, beside the version in force, as it was last reckoned.

    ``digest`` says of which rules of the draft, ``against`` beside which version (none: counts alone). ``counts`` are
    firms by answer, ``moves`` firms by "before>after"; ``losing`` had something and have it no more, or have less.
    Amounts are sums over firms, at least and at most.
    """

    version = models.OneToOneField(PolicyVersion, models.CASCADE, related_name="diff")
    against = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    day = models.DateField(_("日期"))
    made_at = models.DateTimeField(_("匹配时间"))
    seen = models.PositiveBigIntegerField()
    firms = models.PositiveIntegerField(_("企业"))
    losing = models.PositiveIntegerField(_("受损企业"))
    counts = models.JSONField(default=dict)
    moves = models.JSONField(default=dict)
    gained_least_cny = models.DecimalField(max_digits=20, decimal_places=2)
    gained_most_cny = models.DecimalField(max_digits=20, decimal_places=2)
    lost_least_cny = models.DecimalField(max_digits=20, decimal_places=2)
    lost_most_cny = models.DecimalField(max_digits=20, decimal_places=2)


class FirmShift(ZoneRow):
    """A firm that a draft answers otherwise than the version in force, or gives another amount.

    ``conditions`` are those that did it: [clause, text, before, after], each answer a ``Truth`` or null where a version
    does not ask it. ``least_cny`` and ``most_cny`` are what the firm gains; below zero what it loses.
    """

    diff = models.ForeignKey(VersionDiff, models.CASCADE, related_name="shifts")
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, related_name="+", verbose_name=_("企业")
    )
    before = models.CharField(_("原结论"), max_length=10, choices=Answer)
    after = models.CharField(_("新结论"), max_length=10, choices=Answer)
    loses = models.BooleanField(_("受损"))
    least_cny = models.DecimalField(_("金额变化（至少）"), max_digits=20, decimal_places=2)
    most_cny = models.DecimalField(_("金额变化（至多）"), max_digits=20, decimal_places=2)
    conditions = models.JSONField(_("变动的条件"), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("diff", "enterprise"), name="firmshift_once")]
        indexes = [models.Index(fields=("diff", "before", "after", "id"), name="firmshift_by_move")]
