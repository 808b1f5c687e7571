"""Which building works are part of a project."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRow

from .projects import Project


class ProjectWorks(ZoneRow):
    """Building works 改造建设 that belong to a project."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="works_links")
    works = models.ForeignKey(
        "premises.Works", models.PROTECT, related_name="project_links", verbose_name=_("建设项目")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("project", "works"), name="projectworks_once")]

    def __str__(self) -> str:
        return str(self.works)
