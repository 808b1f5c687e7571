"""Leases 租约: who uses which units from when to when, at what rent, and what was paid."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord, ZoneRow

from .places import Site, Unit
from .signings import Signing


class Lease(ZoneRecord):
    """A contract for units of one site. Its state on a day follows from its days.

    ``last_on`` is the last day it really runs: ``ends_on``, or the earlier day it was ended on. ``let_on`` and
    ``freed_on`` are the days since which its units are let and free again; empty while that is still to come.
    """

    class Period(models.IntegerChoices):
        MONTH = 1, _("月付")
        QUARTER = 3, _("季付")
        HALF_YEAR = 6, _("半年付")
        YEAR = 12, _("年付")

    class State(models.TextChoices):
        SIGNED = "signed", pgettext_lazy("租约", "待起租")
        RUNNING = "running", pgettext_lazy("租约", "履约中")
        EXPIRED = "expired", pgettext_lazy("租约", "已到期")
        ENDED = "ended", pgettext_lazy("租约", "提前终止")
        VOID = "void", pgettext_lazy("租约", "已作废")

    site = models.ForeignKey(Site, models.PROTECT, related_name="leases", verbose_name=_("载体"))
    units = models.ManyToManyField(Unit, through="LeaseUnit", related_name="leases", verbose_name=_("房源"))
    number = models.CharField(_("合同编号"), max_length=60)
    tenant = models.ForeignKey(
        "enterprises.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leases",
        verbose_name=_("承租企业"),
    )
    tenant_name = models.CharField(_("承租方"), max_length=120)
    signed_on = models.DateField(_("签约日期"))
    starts_on = models.DateField(_("起租日期"))
    ends_on = models.DateField(_("到期日期"))
    last_on = models.DateField(_("最后一天"), editable=False)
    rent_free_from = models.DateField(_("免租起"), null=True, blank=True)
    rent_free_to = models.DateField(_("免租止"), null=True, blank=True)
    payment_months = models.PositiveSmallIntegerField(_("付款周期"), choices=Period, default=Period.QUARTER)
    deposit_cny = models.DecimalField(_("押金（元）"), max_digits=16, decimal_places=2, default=0)
    area_m2 = models.DecimalField(_("租赁面积（㎡）"), max_digits=14, decimal_places=2, editable=False)
    options = models.CharField(_("优先权与选择权"), max_length=200, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    renews = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="renewed_by",
        editable=False,
        verbose_name=_("续自"),
    )
    signing = models.OneToOneField(
        Signing,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lease",
        editable=False,
        verbose_name=_("签约"),
    )
    is_void = models.BooleanField(_("作废"), default=False, editable=False)
    let_on = models.DateField(null=True, blank=True, editable=False)
    freed_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.UniqueConstraint(fields=("zone", "number"), name="lease_number_once_a_zone"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="lease_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("starts_on"), last_on__lte=F("ends_on")),
                name="lease_ends_in_its_period",
            ),
            models.CheckConstraint(condition=Q(deposit_cny__gte=0), name="lease_deposit_is_not_negative"),
            models.CheckConstraint(condition=Q(area_m2__gt=0), name="lease_area_is_positive"),
            models.CheckConstraint(
                condition=Q(rent_free_from__isnull=True, rent_free_to__isnull=True)
                | Q(rent_free_from__gte=F("starts_on"), rent_free_to__gte=F("rent_free_from")),
                name="lease_rent_free_time_is_whole",
            ),
        ]
        indexes = [models.Index(fields=("zone", "last_on", "id"), name="lease_by_last_day")]

    def __str__(self) -> str:
        return f"{self.number} {self.tenant_name}"

    @property
    def is_ended_early(self) -> bool:
        return self.last_on < self.ends_on

    def state_on(self, on: date) -> "Lease.State":
        """Return how the lease stands on a day."""
        if self.is_void:
            return self.State.VOID
        if on < self.starts_on:
            return self.State.SIGNED
        if on <= self.last_on:
            return self.State.RUNNING
        return self.State.ENDED if self.is_ended_early else self.State.EXPIRED


class LeaseUnit(ZoneRow):
    """A unit of a lease with the area that is let.

    ``starts_on``, ``last_on`` and ``is_live`` repeat the lease's, so that the database itself can refuse two live
    leases of a unit that share a day. A unit that was swapped ends before the lease does, or begins after it.
    """

    lease = models.ForeignKey(Lease, models.CASCADE, related_name="places")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="lease_places")
    area_m2 = models.DecimalField(_("租赁面积（㎡）"), max_digits=12, decimal_places=2)
    starts_on = models.DateField()
    last_on = models.DateField()
    is_live = models.BooleanField(default=True)

    class Meta:
        ordering = ("lease", "pk")
        constraints = [
            models.UniqueConstraint(fields=("lease", "unit", "starts_on"), name="unit_once_a_lease"),
            models.CheckConstraint(condition=Q(area_m2__gt=0), name="leaseunit_area_is_positive"),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("starts_on")), name="leaseunit_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=("unit", "starts_on"), name="leaseunit_by_unit")]


class RentStep(ZoneRow):
    """The rent of a lease from a day on, in yuan for each m² and day or month."""

    class Per(models.TextChoices):
        DAY = "day", _("元/㎡/天")
        MONTH = "month", _("元/㎡/月")

    lease = models.ForeignKey(Lease, models.CASCADE, related_name="steps")
    from_on = models.DateField(_("起"))
    rate_cny = models.DecimalField(_("租金单价（元）"), max_digits=12, decimal_places=4)
    per = models.CharField(_("计租方式"), max_length=5, choices=Per, default=Per.MONTH)

    class Meta:
        ordering = ("lease", "from_on")
        constraints = [
            models.UniqueConstraint(fields=("lease", "from_on"), name="rent_steps_once_a_day"),
            models.CheckConstraint(condition=Q(rate_cny__gte=0), name="rent_is_not_negative"),
        ]


class LeaseEvent(ZoneEntry):
    """What became of a lease on a day: signed, changed, its units swapped, renewed, ended, void. ``terms`` is what it said then."""

    class Kind(models.TextChoices):
        SIGNED = "signed", pgettext_lazy("租约", "签约")
        CHANGED = "changed", pgettext_lazy("租约", "变更")
        SWAPPED = "swapped", pgettext_lazy("租约", "调换房源")
        RENEWED = "renewed", pgettext_lazy("租约", "续租")
        ENDED = "ended", pgettext_lazy("租约", "提前终止")
        VOID = "void", pgettext_lazy("租约", "作废")

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="events")
    kind = models.CharField(_("事项"), max_length=10, choices=Kind)
    terms = models.JSONField(_("条款"), default=dict)
    note = models.CharField(_("说明"), max_length=200, blank=True)


class LeasePayment(ZoneEntry):
    """Money that came for a lease on a day, or a deposit that went back."""

    class Kind(models.TextChoices):
        RENT = "rent", _("租金")
        DEPOSIT = "deposit", _("押金")
        RETURNED = "returned", _("退还押金")
        REFUND = "refund", _("退还租金")

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="payments")
    kind = models.CharField(_("款项"), max_length=10, choices=Kind, default=Kind.RENT)
    amount_cny = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(amount_cny__gt=0), name="lease_payment_is_positive"),
        ]
        indexes = [models.Index(fields=("lease", "kind"), name="leasepayment_of_lease")]
