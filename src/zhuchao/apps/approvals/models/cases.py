"""Cases 办件: what a firm asked for, the tasks that departments do for it, and its documents."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.models import DocumentKind
from zhuchao.apps.zones.models import Department, ZoneRecord

from .matters import MatterVersion
from .procedures import ProcedureVersion
from .themes import Theme


class ServiceMode(models.TextChoices):
    """How the zone helps with a case."""

    NONE = "none", _("自办")
    HELP = "help", _("帮办")
    ACT = "act", _("代办")
    GUIDE = "guide", _("导办")


class CaseState(models.TextChoices):
    """Where a case stands."""

    PREPARING = "preparing", _("预审准备")
    OPEN = "open", _("办理中")
    FINISHED = "finished", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")
    ENDED = "ended", _("已终止")


CLOSED = (CaseState.FINISHED, CaseState.WITHDRAWN, CaseState.ENDED)


class TaskState(models.TextChoices):
    """Where a task stands: what it waits for, or what was done."""

    WAITING = "waiting", _("等待前置")
    READY = "ready", _("待受理")
    REVIEWING = "reviewing", _("审查中")
    REVIEWED = "reviewed", _("待出件")
    ISSUING = "issuing", _("出件中")
    STOPPED = "stopped", _("停钟")
    RETURNED = "returned", _("退回补正")
    DONE = "done", _("已办结")
    REFUSED = "refused", _("不予办理")
    WITHDRAWN = "withdrawn", _("已撤回")
    ENDED = "ended", _("已终止")


class TaskMode(models.TextChoices):
    """How a task is handled, as the scheduling engine names it."""

    NORMAL = "normal", _("常规审查")
    LATE = "late", _("容缺受理")
    PLEDGE = "pledge", _("告知承诺")
    EARLY = "early", _("提前预审")


class Case(ZoneRecord):
    """One thing that is done for a firm through departments: by a procedure, by a theme, or one matter alone.

    ``starts_at`` is when its clock begins (the land award, or the acceptance); what is reviewed before it is
    pre-review. ``state``, ``finished_at`` repeat the events of its tasks; only services set them.
    ``procedure_version`` stays what it was when the case was opened. ``answers`` are those of a theme's form.
    ``elsewhere`` names the region and window that a case was handed to or came from: its clock goes on.
    ``request_key`` is that of the form it was opened by, so that a form sent twice opens one case.
    """

    number = models.CharField(_("办件编号"), max_length=30)
    title = models.CharField(_("办件名称"), max_length=120)
    enterprise = models.ForeignKey(
        "enterprises.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("企业"),
    )
    project = models.ForeignKey(
        "projects.Project",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("项目"),
    )
    procedure_version = models.ForeignKey(
        ProcedureVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("流程版本"),
    )
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("一件事主题")
    )
    answers = models.JSONField(_("表单内容"), default=dict, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=CaseState, default=CaseState.OPEN, editable=False
    )
    opened_at = models.DateTimeField(_("收件时间"), editable=False)
    starts_at = models.DateTimeField(_("起算时间"))
    deadline_at = models.DateTimeField(_("要求办结时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("办结时间"), null=True, blank=True, editable=False)
    service = models.CharField(_("服务方式"), max_length=6, choices=ServiceMode, default=ServiceMode.NONE)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("代办员"),
    )
    window = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("受理窗口")
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("收件人"),
    )
    contact = models.CharField(_("联系人"), max_length=40, blank=True)
    elsewhere = models.CharField(_("通办地区"), max_length=120, blank=True)
    baseline_working_days = models.DecimalField(
        _("原流程（工作日）"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    note = models.CharField(_("说明"), max_length=500, blank=True)
    request_key = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("zone", "number"), name="case_number_once_a_zone"),
            models.UniqueConstraint(
                fields=("zone", "request_key"),
                condition=~Q(request_key=""),
                name="case_asked_for_once",
            ),
            models.CheckConstraint(
                condition=Q(state="finished", finished_at__isnull=False)
                | (~Q(state="finished") & Q(finished_at__isnull=True)),
                name="case_finished_says_when",
            ),
            models.CheckConstraint(
                condition=Q(procedure_version__isnull=True) | Q(theme__isnull=True),
                name="case_goes_one_way",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("starts_at")),
                name="case_finishes_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "state", "-opened_at", "-id"), name="case_by_state"),
            models.Index(fields=("zone", "-opened_at", "-id"), name="case_by_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED


class CaseTask(ZoneRecord):
    """One task of a case, done by one department; what the template or the matter said of it is kept here.

    ``after``: keys of tasks that must be over; ``needs``, ``late``, ``gives``: names of documents. Minutes are
    working minutes. ``state`` and the moments repeat the events in force; only services set them. ``due_at`` is
    the promised moment and ``legal_due_at`` that of the law, both moved by what stops the clock.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks", verbose_name=_("办件"))
    key = models.CharField(_("任务编号"), max_length=20)
    name = models.CharField(_("任务"), max_length=80)
    stage = models.CharField(_("阶段"), max_length=40, blank=True)
    lane = models.CharField(_("并行线"), max_length=30, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任部门")
    )
    department_name = models.CharField(_("责任部门（流程）"), max_length=60)
    matter_version = models.ForeignKey(
        MatterVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("事项版本"),
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("经办人"),
    )
    mode = models.CharField(_("办理方式"), max_length=6, choices=TaskMode, default=TaskMode.NORMAL)
    state = models.CharField(
        _("状态"), max_length=9, choices=TaskState, default=TaskState.WAITING, editable=False
    )
    is_certificate = models.BooleanField(_("核发证书"), default=False)
    after = models.JSONField(default=list, blank=True)
    needs = models.JSONField(default=list, blank=True)
    late = models.JSONField(default=list, blank=True)
    gives = models.JSONField(default=list, blank=True)
    pledge_allowed = models.BooleanField(_("可告知承诺"), default=False)
    early_allowed = models.BooleanField(_("可预审"), default=False)
    credit = models.PositiveSmallIntegerField(default=1)
    review_minutes = models.PositiveIntegerField(_("审查（工作分钟）"), default=0)
    issue_minutes = models.PositiveIntegerField(_("出件（工作分钟）"), default=0)
    notice_days = models.PositiveSmallIntegerField(_("公示（自然日）"), default=0)
    promised_working_days = models.DecimalField(
        _("承诺时限（工作日）"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    legal_days = models.PositiveSmallIntegerField(_("法定时限"), null=True, blank=True)
    legal_day_kind = models.CharField(
        _("法定时限单位"),
        max_length=8,
        choices=MatterVersion.DayKind,
        default=MatterVersion.DayKind.WORKING,
    )
    legal_basis = models.CharField(_("设定依据"), max_length=300, blank=True)
    ready_at = models.DateTimeField(_("可办时间"), null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("受理时间"), null=True, blank=True, editable=False)
    reviewed_at = models.DateTimeField(_("审结时间"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("办结时间"), null=True, blank=True, editable=False)
    due_at = models.DateTimeField(_("承诺办结"), null=True, blank=True, editable=False)
    legal_due_at = models.DateTimeField(_("法定办结"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("case", "position")
        constraints = [
            models.UniqueConstraint(fields=("case", "key"), name="casetask_key_once"),
            models.CheckConstraint(
                condition=Q(state="done", finished_at__isnull=False)
                | (~Q(state="done") & Q(finished_at__isnull=True)),
                name="casetask_done_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=("department", "state", "due_at", "id"), name="casetask_queue"),
            models.Index(fields=("zone", "state", "due_at", "id"), name="casetask_by_state"),
        ]

    def __str__(self) -> str:
        return self.name


class CaseDocument(ZoneRecord):
    """A document of a case: asked for and missing, handed in, taken from the firm's vault, late by promise, or issued.

    ``task`` is the one that asks for it or issued it. ``use`` is the entry of the vault's ledger where it was reused.
    """

    class State(models.TextChoices):
        MISSING = "missing", _("未交")
        HANDED = "handed", _("已交")
        REUSED = "reused", _("复用")
        LATE = "late", _("容缺待补")
        ISSUED = "issued", _("已核发")
        WAIVED = "waived", _("承诺替代")

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents", verbose_name=_("办件"))
    task = models.ForeignKey(CaseTask, models.PROTECT, related_name="documents", verbose_name=_("任务"))
    name = models.CharField(_("材料名称"), max_length=80)
    kind = models.CharField(_("材料种类"), max_length=16, choices=DocumentKind, default=DocumentKind.OTHER)
    is_main = models.BooleanField(_("主要材料"), default=True)
    may_be_late = models.BooleanField(_("可容缺"), default=False)
    is_result = models.BooleanField(_("结果文书"), default=False)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.MISSING, editable=False)
    number = models.CharField(_("证号或文号"), max_length=60, blank=True)
    received_at = models.DateTimeField(_("收到或核发时间"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("补正期限"), null=True, blank=True, editable=False)
    document = models.ForeignKey(
        "enterprises.FirmDocument",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("企业材料"),
    )
    use = models.ForeignKey(
        "enterprises.DocumentUse", models.PROTECT, null=True, blank=True, related_name="+"
    )
    file = models.ForeignKey(
        "core.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("文件")
    )

    class Meta:
        ordering = ("task", "is_result", "pk")
        constraints = [
            models.UniqueConstraint(fields=("task", "is_result", "name"), name="casedocument_name_once"),
            models.CheckConstraint(
                condition=Q(may_be_late=False) | Q(is_main=False), name="casedocument_main_is_never_late"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("handed", "reused", "issued")) | Q(received_at__isnull=False),
                name="casedocument_says_when_it_came",
            ),
        ]

    def __str__(self) -> str:
        return self.name
