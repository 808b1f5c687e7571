"""What can be found by the one search box: one row for each record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchDoc(models.Model):
    """A record as search knows it. Its character bigrams lie in ``core_searchgram`` under the same id."""

    thing = models.CharField(_("对象类型"), max_length=40)
    row_id = models.PositiveBigIntegerField()
    scope = models.PositiveIntegerField(_("范围"))
    title = models.CharField(_("标题"), max_length=200)
    detail = models.CharField(_("说明"), max_length=200, blank=True)
    code = models.CharField(_("代码"), max_length=40, blank=True)
    text = models.TextField(_("可检索文字"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("thing", "row_id"), name="searchdoc_once_a_row")]
        indexes = [models.Index(fields=("scope", "code"), name="searchdoc_by_code")]
