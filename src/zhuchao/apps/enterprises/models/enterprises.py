"""A firm, the names it has had, and the people to call."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Sector, ZoneEntry, ZoneRecord

from .industries import show_industry

FILTERED = ("merged_into", "state", "sector", "is_above_scale", "industry_code", "established_on")
"""What the list filters by. Each index of an order holds it too: a page is found without reading any firm."""


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    """Firms, with what is known of how many they are.

    Counting a thousand rows that contain a common word means reading a good part of a million names. Whoever has
    met so many already, or all of them, says it, and a count does not look again.
    """

    at_least = 0
    exactly: int | None = None
    wider: "EnterpriseQuerySet | None" = None

    def narrowed_from(self, wider: "EnterpriseQuerySet") -> Self:
        """Return the same rows, remembering the wider set that they were narrowed from."""
        rows = self.all()
        rows.wider = wider
        return rows

    def known_at_least(self, count: int) -> Self:
        """Return the same rows, remembering that there are ``count`` of them or more."""
        rows = self.all()
        rows.at_least = count
        return rows

    def known_exactly(self, count: int) -> Self:
        """Return the same rows, remembering that there are ``count`` of them."""
        rows = self.all()
        rows.exactly = count
        return rows

    def count(self) -> int:
        low, high = self.query.low_mark, self.query.high_mark
        if self.exactly is not None:
            return max(0, (self.exactly if high is None else min(high, self.exactly)) - low)
        if high is not None and high <= self.at_least:
            return high - low
        return super().count()

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        return super().filter(*args, **kwargs)._forgetting()

    def exclude(self, *args: Any, **kwargs: Any) -> Self:
        return super().exclude(*args, **kwargs)._forgetting()

    def _forgetting(self) -> Self:
        self.at_least, self.exactly = 0, None
        return self

    def _clone(self) -> Self:
        rows: Self = super()._clone()  # type: ignore[misc]
        rows.at_least, rows.exactly, rows.wider = self.at_least, self.exactly, self.wider
        return rows


class Enterprise(ZoneRecord):
    """A firm or other organisation a zone keeps a file on, known by its 统一社会信用代码 (GB 32100).

    A merged firm points to its survivor and keeps its entries; ``normal_name`` is what duplicates are
    compared by.
    """

    class State(models.TextChoices):
        OPERATING = "operating", _("在营")
        PREPARING = "preparing", _("筹建")
        SUSPENDED = "suspended", _("停业")
        MOVED_OUT = "moved_out", _("迁出")
        DEREGISTERED = "deregistered", _("注销")
        REVOKED = "revoked", _("吊销")

    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    legacy_reg_no = models.CharField(_("原注册号"), max_length=15, blank=True)
    name = models.CharField(_("企业名称"), max_length=120)
    normal_name = models.CharField(max_length=120, editable=False)
    industry_code = models.CharField(_("国民经济行业代码"), max_length=5, blank=True)
    sector = models.ForeignKey(
        Sector,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("所属产业"),
        db_index=False,
    )
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPERATING)
    is_above_scale = models.BooleanField(_("规上"), null=True, blank=True)
    established_on = models.DateField(_("成立日期"), null=True, blank=True)
    registered_capital_cny = models.DecimalField(
        _("注册资本（元）"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    legal_person = models.CharField(_("法定代表人"), max_length=60, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    business = models.CharField(_("主营业务"), max_length=300, blank=True)
    # No plain index: a planner without statistics would read every unmerged firm through it.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("zone", "credit_code"),
                condition=~Q(credit_code="") & Q(merged_into__isnull=True),
                name="enterprise_code_once_a_zone",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="enterprise_is_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "name", "id", *FILTERED), name="enterprise_by_name"),
            models.Index(fields=("zone", "normal_name"), name="enterprise_by_normal_name"),
            models.Index(fields=("zone", "credit_code", "id", *FILTERED), name="enterprise_by_code"),
            models.Index(
                fields=(
                    "zone",
                    "-established_on",
                    "-id",
                    *(name for name in FILTERED if name != "established_on"),
                ),
                name="enterprise_by_age",
            ),
            models.Index(
                fields=(
                    "zone",
                    "industry_code",
                    "id",
                    *(name for name in FILTERED if name != "industry_code"),
                ),
                name="enterprise_by_industry",
            ),
            models.Index(
                fields=("zone", "state", "name", "id", *(name for name in FILTERED if name != "state")),
                name="enterprise_by_state",
            ),
            models.Index(fields=("zone", "sector", "id"), name="enterprise_by_sector"),
            models.Index(fields=("zone", "is_above_scale", "id"), name="enterprise_by_scale"),
            models.Index(
                fields=("zone", "legacy_reg_no"),
                condition=~Q(legacy_reg_no=""),
                name="enterprise_by_legacy_no",
            ),
            models.Index(
                fields=("merged_into",), condition=Q(merged_into__isnull=False), name="enterprise_merged"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None

    @property
    def industry(self) -> str:
        """Return the industry code with the name of its division."""
        return show_industry(self.industry_code)


class EnterpriseName(ZoneEntry):
    """A name the firm has had since the day of the entry."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="names")
    name = models.CharField(_("名称"), max_length=120)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("zone", "name"), name="enterprisename_by_name")]


class Contact(ZoneRecord):
    """A person to call at a firm. Personal data: masked by role, shown on an audited click."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="contacts")
    name = models.CharField(_("姓名"), max_length=40)
    post = models.CharField(_("职务"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    is_main = models.BooleanField(_("主要联系人"), default=False)
