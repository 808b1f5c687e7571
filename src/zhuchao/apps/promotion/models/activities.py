"""Promotion activities 招商活动 and who was met."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Alliance, Department, ZoneEntry, ZoneRow


class Activity(ZoneEntry):
    """A visit, trip, online talk, expo, roadshow or symposium, on ``happened_on`` until ``ended_on``.

    An event that several zones hold together carries the same ``joint_code`` in each and is counted once
    over them.
    """

    class Direction(models.TextChoices):
        IN = "in", _("请进来")
        OUT = "out", _("走出去")
        ONLINE = "online", _("线上")

    class Kind(models.TextChoices):
        VISIT = "visit", _("企业拜访")
        RECEPTION = "reception", _("来访接待")
        TRIP = "trip", _("外出考察")
        TALK = "talk", _("商务会谈")
        EXPO = "expo", _("展会")
        ROADSHOW = "roadshow", _("推介会")
        SYMPOSIUM = "symposium", _("座谈会")

    title = models.CharField(_("活动名称"), max_length=160)
    direction = models.CharField(_("方向"), max_length=8, choices=Direction)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    ended_on = models.DateField(_("结束日期"))
    place = models.CharField(_("地点"), max_length=120, blank=True)
    country = models.CharField(_("国家或地区"), max_length=40, blank=True)
    partner = models.CharField(_("合作单位"), max_length=120, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    members = models.CharField(_("参加人员"), max_length=200, blank=True)
    minutes = models.TextField(_("纪要"), blank=True)
    meeting_url = models.URLField(_("会议链接"), max_length=300, blank=True)
    alliance = models.ForeignKey(Alliance, models.PROTECT, null=True, blank=True, related_name="activities")
    joint_code = models.CharField(_("联办编号"), max_length=40, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("happened_on")), name="activity_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=("zone", "-happened_on", "-id"), name="activity_by_day")]

    def __str__(self) -> str:
        return self.title

    @property
    def meeting_link(self) -> str:
        """The address of the online meeting where a page may link to it: http and https only, else empty."""
        return self.meeting_url if self.meeting_url.startswith(("http://", "https://")) else ""


class ActivityParty(ZoneRow):
    """A firm, institution or lead that an activity met. Written with the activity and kept with it."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", _("企业")
        AGENCY = "agency", _("行业机构")
        LEAD = "lead", _("新增线索")

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="parties")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    name = models.CharField(_("名称"), max_length=120)
    normal_name = models.CharField(max_length=120, editable=False, db_index=True)
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, null=True, blank=True, related_name="+"
    )
    lead = models.ForeignKey(
        "promotion.Lead", models.PROTECT, null=True, blank=True, related_name="activities"
    )
