"""What a firm reports, month by month and year by year, each value with its status."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .enterprises import Enterprise


class Measure(models.TextChoices):
    """What a firm reports. Money in yuan, people in persons, energy in tonnes of standard coal."""

    REVENUE = "revenue", _("营业收入")
    INVOICED_SALES = "invoiced_sales", _("开票销售")
    OUTPUT = "output", _("工业总产值")
    VALUE_ADDED = "value_added", _("工业增加值")
    TAX = "tax", _("税收")
    PROFIT = "profit", _("利润总额")
    RND = "rnd", _("研发费用")
    EMPLOYEES = "employees", _("从业人数")
    ENERGY_TCE = "energy_tce", _("综合能耗（吨标准煤）")


class Filing(ZoneEntry):
    """One value of one firm for one period, cumulative from January when the period is a month.

    ``happened_on`` is the last day of the period. A lower status never replaces a higher one.
    """

    class Period(models.TextChoices):
        MONTH = "month", _("月")
        QUARTER = "quarter", _("季")
        YEAR = "year", _("年")

    class Status(models.TextChoices):
        FORECAST = "forecast", _("预计")
        FLASH = "flash", _("快报")
        PRELIMINARY = "preliminary", _("初步")
        APPROVED = "approved", _("核定")

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="filings")
    period = models.CharField(_("期别"), max_length=8, choices=Period)
    measure = models.CharField(_("指标"), max_length=20, choices=Measure)
    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=2)
    status = models.CharField(_("状态"), max_length=12, choices=Status)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("enterprise", "measure", "-happened_on"), name="filing_by_measure")]
