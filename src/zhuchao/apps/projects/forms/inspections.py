"""What people fill in on a site, mostly on a phone. Shape only; the rules are in the services."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import ZForm

from ..models import Inspection
from . import day, text

ACCEPT = "image/jpeg,image/png,image/webp"


class PhotosInput(forms.ClearableFileInput):
    """A control that takes several photos, from the camera or the album."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photos; the value is a list of those that were sent, empty for none."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list) else [data] if data else []
        one = super().clean
        return [one(each, initial) for each in given] if given or not self.required else [one(None, initial)]


def photos(*, required: bool = False) -> PhotosField:
    """Return the field for the photos of an inspection."""
    return PhotosField(
        label=_("照片"),
        required=required,
        help_text=_("可一次选多张，最多 12 张，每张不超过 20 MB；原样保存，作为佐证"),
        widget=PhotosInput(attrs={"accept": ACCEPT, "multiple": True}),
    )


def degrees(label: Any, places: int, help_text: Any = "") -> forms.DecimalField:
    """Return a field for degrees. They are not kept in the browser's draft: they tell where a person is."""
    attrs = {"inputmode": "decimal", "autocomplete": "off", "data-undrafted": ""}
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=20,
        decimal_places=14,
        min_value=-places,
        max_value=places,
        help_text=help_text,
        widget=forms.TextInput(attrs=attrs),
    )


class InspectionFacts(ZForm):
    """What was seen on a site, when and where."""

    findings = text(_("现场情况"), 1000, required=True, lines=4, help_text=_("如 主体二层施工，工人约 40 名"))
    stalled = text(_("停滞事项"), 300, lines=2, help_text=_("停工、受阻的事和原因；没有可不填"))
    on = day(_("踏勘日期"))
    at = forms.TimeField(label=_("时间"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    members = text(_("踏勘人员"), 120, help_text=_("不填为登记人"))
    next_on = day(_("下次踏勘"), required=False, help_text=_("到期出现在今日"))
    longitude = degrees(_("经度"), 180)
    latitude = degrees(_("纬度"), 90)
    accuracy_m = forms.IntegerField(
        required=False, min_value=0, widget=forms.HiddenInput(attrs={"data-undrafted": ""})
    )

    groups: Any = (
        (_("现场"), ("photos", "findings", "stalled")),
        (_("位置"), ("longitude", "latitude", "marks_place")),
        (_("时间和人员"), ("on", "at", "members", "next_on", "reason")),
    )

    def clean_accuracy_m(self) -> int | None:
        said: int | None = self.cleaned_data["accuracy_m"]
        return None if said is None else min(said, 100_000)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        on, at = values.pop("on", None), values.pop("at", None)
        if on is not None and at is not None:
            values["inspected_at"] = timezone.make_aware(datetime.combine(on, at))
        return values

    @staticmethod
    def of(entry: Inspection) -> dict[str, Any]:
        """Return what an inspection says, for filling in."""
        names = ("findings", "stalled", "members", "next_on", "longitude", "latitude", "accuracy_m")
        moment = timezone.localtime(entry.inspected_at)
        return {name: getattr(entry, name) for name in names} | {"on": moment.date(), "at": moment.time()}


class InspectionForm(InspectionFacts):
    """An inspection with its photos."""

    photos = photos()
    marks_place = forms.BooleanField(
        label=_("这里就是项目位置"), required=False, help_text=_("以后的踏勘按这个位置量距离")
    )


class InspectionCorrectForm(InspectionFacts):
    """What an inspection should have said, and why it did not."""

    reason = text(_("更正原因"), 200, required=True)


class PhotosForm(ZForm):
    """More photos for an inspection."""

    photos = photos(required=True)


class IntervalForm(ZForm):
    """After how many days a project is inspected again."""

    days = forms.IntegerField(
        label=_("踏勘间隔（天）"),
        min_value=1,
        max_value=730,
        help_text=_("在建和待建项目超过这么多天没有踏勘，会出现在今日；下级辖区没有另定的也按此"),
    )
