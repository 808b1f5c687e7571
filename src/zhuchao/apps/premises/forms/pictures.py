"""What people fill in for pictures. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import ZForm

from ..models import Floor, Picture, Unit
from . import offer, text

ACCEPT = "image/png,image/jpeg,image/webp,image/svg+xml,.svg"


class PictureFields(ZForm):
    """What a picture says; the public sees it only when somebody who may says so."""

    kind = forms.ChoiceField(label=_("类型"), choices=Picture.Kind.choices)
    caption = text(
        _("图片说明"), 60, required=True, help_text=_("看不见图的人靠它了解内容，如 三层平面，北侧货梯")
    )
    is_public = forms.BooleanField(label=_("对外公开"), required=False, help_text=_("在对外门户的房源页显示"))

    def __init__(self, *args: Any, may_publish: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_publish:
            del self.fields["is_public"]


class FloorField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A floor, named with its building."""

    def label_from_instance(self, floor: Floor) -> str:
        return f"{floor.building} {floor}"


class PictureForm(PictureFields):
    """A new photo or plan, of the whole site, a floor or a unit."""

    floor = FloorField(label=_("楼层"), queryset=None, required=False)
    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        label=_("房源"), queryset=None, required=False, help_text=_("楼层和房源都不选，则为整个载体的图片")
    )
    file = forms.FileField(
        label=_("图片文件"),
        help_text=_("PNG、JPEG、WebP 图片，或只含图形的 SVG；不超过 10 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )
    field_order = ("file", "kind", "caption", "floor", "unit", "is_public")

    def __init__(self, *args: Any, floors: QuerySet[Floor], units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "floor", floors)
        offer(self, "unit", units)


class PictureEditForm(PictureFields):
    """What a picture says, and another file for it."""

    file = forms.FileField(
        label=_("换一张"),
        required=False,
        help_text=_("不选则保留现在的图片；换下的图片留在变更记录中"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    field_order = ("kind", "caption", "file", "is_public")
