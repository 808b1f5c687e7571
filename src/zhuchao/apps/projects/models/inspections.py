"""Site inspections 踏勘: who stood on the site when and where, what was seen, and the photos of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry, ZoneRow

from .projects import Project


class Located(models.Model):
    """A place: longitude and latitude in degrees, EPSG:4490 (a browser's WGS 84 agrees within a metre)."""

    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, null=True, blank=True)

    class Meta:
        abstract = True


class Inspection(Located, ZoneEntry):
    """A project's site was inspected. ``inspected_at`` is the moment on the site, ``accuracy_m`` how well it is located.

    ``stalled`` says what has come to a halt, empty for nothing; ``next_on`` the day of the next visit.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="inspections")
    inspected_at = models.DateTimeField(_("踏勘时间"))
    accuracy_m = models.PositiveIntegerField(_("定位误差（米）"), null=True, blank=True)
    members = models.CharField(_("踏勘人员"), max_length=120, blank=True)
    findings = models.CharField(_("现场情况"), max_length=1000)
    stalled = models.CharField(_("停滞事项"), max_length=300, blank=True)
    next_on = models.DateField(_("下次踏勘"), null=True, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="inspection_place_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "-happened_on", "-id"), name="inspection_newest"),
            models.Index(fields=("project", "happened_on"), name="inspection_of_project"),
        ]


class InspectionPhoto(Located, ZoneRow):
    """A photo of an inspection and what its file says: when and where it was taken, None where it does not say."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="photos")
    file = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name=_("照片"))
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)

    class Meta:
        ordering = ("pk",)


class ProjectPlace(Located, ZoneEntry):
    """Where a project lies, since somebody stood there or read it off a map."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="places")

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="projectplace_is_one",
            ),
        ]


class InspectionInterval(ZoneEntry):
    """After how many days a project of the zone, and of the zones below it, is to be inspected again."""

    days = models.PositiveSmallIntegerField(_("踏勘间隔（天）"))

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=730), name="inspection_interval_in_reason"
            ),
        ]
