"""What firm and zone promised each other: agreements, their covenants, and what was found of each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, ZoneEntry, ZoneRecord

from .projects import Project


class Agreement(ZoneRecord):
    """An agreement about a project. Once signed its text stands: another text is another agreement that ``amends`` it.

    ``area_m2`` is the land it is about; what is promised per mu is measured against it.
    """

    class Kind(models.TextChoices):
        DEVELOPMENT = "development", _("产业发展协议")
        INVESTMENT = "investment", _("投资协议")
        SUPERVISION = "supervision", _("监管协议")

    class State(models.TextChoices):
        DRAFT = "draft", _("起草")
        REVIEWED = "reviewed", _("已审查")
        SIGNED = "signed", _("已签订")
        AMENDED = "amended", _("已由补充协议代替")
        ENDED = "ended", _("已终止")

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="agreements", verbose_name=_("项目名称")
    )
    enterprise = models.ForeignKey(
        "enterprises.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agreements",
        verbose_name=_("企业档案"),
    )
    kind = models.CharField(_("协议类别"), max_length=12, choices=Kind, default=Kind.DEVELOPMENT)
    number = models.CharField(_("协议编号"), max_length=40)
    parties = models.CharField(_("签约各方"), max_length=300, blank=True)
    area_m2 = models.DecimalField(_("用地面积（㎡）"), max_digits=14, decimal_places=2, null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    signed_on = models.DateField(_("签订日期"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("终止日期"), null=True, blank=True, editable=False)
    end_reason = models.CharField(_("终止原因"), max_length=200, blank=True, editable=False)
    document = models.ForeignKey(
        "core.Attachment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("协议文本"),
    )
    amends = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="amendments",
        editable=False,
        verbose_name=_("所补充的协议"),
    )
    note = models.CharField(_("备注"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("zone", "number"), name="agreement_number_once_a_zone"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "reviewed"), signed_on__isnull=True)
                | (~Q(state__in=("draft", "reviewed")) & Q(signed_on__isnull=False)),
                name="agreement_signed_on_a_day",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=("ended", "amended"), ended_on__isnull=False) & ~Q(end_reason=""))
                | (~Q(state__in=("ended", "amended")) & Q(ended_on__isnull=True, end_reason="")),
                name="agreement_ended_says_when_and_why",
            ),
            models.UniqueConstraint(
                fields=("amends",), condition=~Q(state="ended"), name="agreement_amended_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(area_m2__isnull=True) | Q(area_m2__gt=0), name="agreement_area_is_positive"
            ),
            models.CheckConstraint(condition=~Q(amends=F("id")), name="agreement_amends_another"),
        ]
        indexes = [
            models.Index(fields=("zone", "state", "-signed_on", "-id"), name="agreement_by_state"),
            models.Index(fields=("project", "state"), name="agreement_of_project"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def is_open(self) -> bool:
        """Return whether its text may still be worked on."""
        return self.state in {self.State.DRAFT, self.State.REVIEWED}


class Side(models.TextChoices):
    """Who promised."""

    FIRM = "firm", _("企业承诺")
    ZONE = "zone", _("辖区承诺")


class CovenantKind(models.TextChoices):
    """What is promised; the kind says on which side, in which unit and from which ledger it is measured."""

    OUTPUT = "output", _("产值")
    REVENUE = "revenue", _("营业收入")
    TAX = "tax", _("税收")
    JOBS = "jobs", _("就业岗位")
    INVESTMENT = "investment", _("固定资产投资")
    FUNDS = "funds", _("到位资金")
    OUTPUT_PER_MU = "output_per_mu", _("亩均产值")
    TAX_PER_MU = "tax_per_mu", _("亩均税收")
    START = "start", _("开工时间")
    FINISH = "finish", _("竣工时间")
    PRODUCE = "produce", _("投产时间")
    FIRM_OTHER = "firm_other", _("企业其他承诺")
    LAND = "land", _("交付土地")
    ROAD = "road", _("通路")
    POWER = "power", _("通电")
    UTILITIES = "utilities", _("水气管网")
    REWARD = "reward", _("奖励扶持")
    ZONE_OTHER = "zone_other", _("辖区其他承诺")


ZONE_SIDE = frozenset(
    {
        CovenantKind.LAND,
        CovenantKind.ROAD,
        CovenantKind.POWER,
        CovenantKind.UTILITIES,
        CovenantKind.REWARD,
        CovenantKind.ZONE_OTHER,
    }
)
"""What the zone promises; the other kinds are the firm's."""


class Covenant(ZoneRecord):
    """One promise of an agreement: by which day, how much (yuan, persons, yuan per mu) or only that it is done.

    ``year`` is the year that output, revenue or tax are of. A reward waits for the covenant that it ``rewards`` and
    is paid by the application of ``grant_number``. ``continues`` is the covenant of the agreement amended that it was
    taken from: what was found of that one holds for it too.
    """

    class Source(models.TextChoices):
        LEDGER = "ledger", _("按台账计算")
        STATED = "stated", _("凭佐证认定")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="covenants", verbose_name=_("协议"))
    side = models.CharField(_("承诺方"), max_length=4, choices=Side, editable=False)
    kind = models.CharField(_("约定事项"), max_length=14, choices=CovenantKind)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    said = models.CharField(_("约定内容"), max_length=300, blank=True)
    target = models.DecimalField(_("约定数值"), max_digits=18, decimal_places=2, null=True, blank=True)
    due_on = models.DateField(_("期限"))
    year = models.PositiveSmallIntegerField(_("考核年度"), null=True, blank=True)
    source = models.CharField(_("认定方式"), max_length=6, choices=Source, default=Source.LEDGER)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="covenants",
        verbose_name=_("责任单位"),
    )
    rewards = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rewarded_by",
        verbose_name=_("兑现条件"),
    )
    grant_number = models.CharField(_("申报编号"), max_length=30, blank=True)
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by", editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(target__gt=0), name="covenant_target_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(rewards__isnull=True) | Q(kind="reward"), name="covenant_only_a_reward_waits"
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "due_on", "id"), name="covenant_by_due"),
            models.Index(fields=("agreement", "due_on", "id"), name="covenant_of_agreement"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class CovenantState(models.TextChoices):
    """What became of a covenant, worked out and never typed."""

    NOT_DUE = "not_due", _("未到期")
    KEPT = "kept", _("已履约")
    LATE = "late", _("逾期履约")
    SHORT = "short", _("部分履约")
    BREACHED = "breached", _("未履约")
    UNKNOWN = "unknown", _("到期未知")
    WAIVED = "waived", _("已免除")


class AgreementReview(ZoneEntry):
    """公平竞争审查: an agreement was reviewed on a day, by which body and with what conclusion."""

    class Conclusion(models.TextChoices):
        PASSED = "passed", _("符合")
        EXCEPTION = "exception", _("适用例外规定")
        FAILED = "failed", _("不符合")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="reviews", verbose_name=_("协议"))
    conclusion = models.CharField(_("审查结论"), max_length=10, choices=Conclusion)
    body = models.CharField(_("审查单位"), max_length=80)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("agreement", "-happened_on"), name="agreementreview_latest")]

    def __str__(self) -> str:
        return str(self.get_conclusion_display())


class CovenantFinding(ZoneEntry):
    """Somebody found, on a document, what became of a covenant: done on a day, a value, not done, or waived."""

    class Result(models.TextChoices):
        DONE = "done", _("已兑现")
        VALUE = "value", _("达到数值")
        NOT_DONE = "not_done", _("尚未兑现")
        WAIVED = "waived", _("同意免除")

    covenant = models.ForeignKey(Covenant, models.PROTECT, related_name="findings", verbose_name=_("约定"))
    result = models.CharField(_("认定结果"), max_length=8, choices=Result)
    value = models.DecimalField(_("数值"), max_digits=18, decimal_places=2, null=True, blank=True)
    document_no = models.CharField(_("佐证文号"), max_length=80, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(result="value", value__isnull=False)
                | (~Q(result="value") & Q(value__isnull=True)),
                name="covenantfinding_value_where_one_is_found",
            ),
        ]
        indexes = [models.Index(fields=("covenant", "-happened_on"), name="covenantfinding_latest")]

    def __str__(self) -> str:
        return str(self.get_result_display())


class CovenantLetter(ZoneRecord):
    """履约提醒函: a letter about one covenant that is not kept. What it says is as it stood when it was drafted.

    ``shortfall`` is what is missing in words, ``days`` how many days it was late then.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("待审核")
        APPROVED = "approved", _("待寄送")
        SENT = "sent", _("待答复")
        ANSWERED = "answered", _("已答复")
        DROPPED = "dropped", _("不发")

    covenant = models.ForeignKey(Covenant, models.PROTECT, related_name="letters", verbose_name=_("约定"))
    round = models.PositiveSmallIntegerField(_("第几次"))
    recipient = models.CharField(_("收件单位"), max_length=160)
    promised = models.CharField(_("约定"), max_length=200)
    delivered = models.CharField(_("实际"), max_length=200)
    shortfall = models.CharField(_("差距"), max_length=200)
    days = models.PositiveIntegerField(_("逾期天数"))
    body = models.TextField(_("正文"), max_length=4000)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DRAFT, editable=False)
    drafted_on = models.DateField(_("起草日期"), editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("审核人"),
    )
    number = models.CharField(_("文号"), max_length=60, blank=True)
    sent_on = models.DateField(_("寄送日期"), null=True, blank=True, editable=False)
    means = models.CharField(_("寄送方式"), max_length=60, blank=True)
    answer_due_on = models.DateField(_("答复期限"), null=True, blank=True, editable=False)
    answered_on = models.DateField(_("答复日期"), null=True, blank=True, editable=False)
    answer = models.CharField(_("答复内容"), max_length=500, blank=True)
    answer_document = models.ForeignKey(
        "core.Attachment",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("答复材料"),
    )
    drop_reason = models.CharField(_("不发的原因"), max_length=200, blank=True)

    class Meta:
        ordering = ("-drafted_on", "-pk")
        constraints = [
            models.UniqueConstraint(fields=("covenant", "round"), name="covenantletter_round_once"),
            models.CheckConstraint(
                condition=Q(state__in=("sent", "answered"), sent_on__isnull=False)
                | (~Q(state__in=("sent", "answered")) & Q(sent_on__isnull=True)),
                name="covenantletter_sent_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_on__isnull=False)
                | (~Q(state="answered") & Q(answered_on__isnull=True)),
                name="covenantletter_answered_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(drop_reason=""), name="covenantletter_dropped_says_why"
            ),
        ]
        indexes = [models.Index(fields=("zone", "state", "drafted_on", "id"), name="covenantletter_by_state")]

    def __str__(self) -> str:
        return f"{self.recipient} · {self.covenant}"


class Recheck(ZoneRecord):
    """复核验收 or 达效评审 of a project: promise against delivery, line by line, signed by its reviewers.

    It holds once every reviewer signed; what the lines say is as it stood when the form was opened.
    """

    class Kind(models.TextChoices):
        RECHECK = "recheck", _("复核验收")
        DELIVERY = "delivery", _("达效评审")

    class State(models.TextChoices):
        OPEN = "open", _("待签字")
        CONCLUDED = "concluded", _("已签字")
        DROPPED = "dropped", _("已撤销")

    project = models.ForeignKey(Project, models.PROTECT, related_name="rechecks", verbose_name=_("项目名称"))
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    held_on = models.DateField(_("复核日期"))
    note = models.CharField(_("综合意见"), max_length=500, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN, editable=False)
    passed = models.BooleanField(_("通过"), default=False, editable=False)
    drop_reason = models.CharField(_("撤销原因"), max_length=200, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("project", "kind"), condition=Q(state="open"), name="recheck_one_open_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(drop_reason=""), name="recheck_dropped_says_why"
            ),
        ]
        indexes = [models.Index(fields=("project", "kind", "-held_on"), name="recheck_of_project")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class RecheckLine(ZoneRecord):
    """One covenant in a re-check: what was promised, what was measured, the state, and what the reviewers think."""

    recheck = models.ForeignKey(Recheck, models.PROTECT, related_name="lines")
    covenant = models.ForeignKey(Covenant, models.PROTECT, related_name="+")
    promised = models.CharField(_("约定"), max_length=200)
    measured = models.CharField(_("实际"), max_length=200)
    result = models.CharField(_("结果"), max_length=10)
    opinion = models.CharField(_("意见"), max_length=200, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("recheck", "covenant"), name="recheckline_covenant_once")
        ]


class RecheckSigner(ZoneRecord):
    """Somebody who is to sign a re-check, and whether they agreed."""

    recheck = models.ForeignKey(Recheck, models.PROTECT, related_name="signers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("复核人")
    )
    agrees = models.BooleanField(_("同意"), null=True, blank=True, editable=False)
    signed_at = models.DateTimeField(_("签字时间"), null=True, blank=True, editable=False)
    remark = models.CharField(_("意见"), max_length=200, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("recheck", "person"), name="rechecksigner_person_once"),
            models.CheckConstraint(
                condition=Q(agrees__isnull=True, signed_at__isnull=True)
                | Q(agrees__isnull=False, signed_at__isnull=False),
                name="rechecksigner_signed_at_a_moment",
            ),
        ]
