"""What people fill in about zones, people and the roster. Shape only; the rules are in the services."""

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.wording import UNITS
from zhuchao.web.forms import ZForm

from .models import CatalogueItem, Channel, Department, DutyShift, Role, User, Zone
from .selectors.brands import BRAND_LINES

SEPARATORS = re.compile(r"[、,，;；\s]+")


class WordsField(forms.CharField):
    """Several words in one box, apart by 、 or a comma or a space; cleaned to a list."""

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value) or ""
        return [word for word in SEPARATORS.split(text) if word]


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day, with the browser's calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "data-day": ""})
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class ConfirmForm(ZForm):
    """Nothing to fill in: a verb that only asks whether it is meant."""


class SetupForm(ZForm):
    """The first zone and the first administrator."""

    zone_name = forms.CharField(label=_("单位全称"), max_length=60, help_text=_("如：平江街道办事处"))
    zone_short_name = forms.CharField(label=_("简称"), max_length=20, help_text=_("显示在每页顶部"))
    zone_code = forms.SlugField(
        label=_("代码"),
        max_length=30,
        help_text=_("小写字母和数字，用在网址和命令中，如 pingjiang；以后不改"),
    )
    zone_kind = forms.ChoiceField(label=_("类型"), choices=Zone.Kind.choices)
    display_name = forms.CharField(label=_("您的姓名"), max_length=40)
    username = forms.CharField(label=_("登录名"), max_length=60, validators=[User.username_validator])
    password = forms.CharField(
        label=_("密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=_("至少十位，不要只用数字"),
    )
    password_again = forms.CharField(
        label=_("再输一次密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    groups = (
        (_("本单位"), ("zone_name", "zone_short_name", "zone_code", "zone_kind")),
        (_("首位管理员"), ("display_name", "username", "password", "password_again")),
    )

    def clean_password_again(self) -> str:
        again: str = self.cleaned_data["password_again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("两次输入的密码不一致。"))
        return again


class ZoneForm(ZForm):
    """A zone. Its code is given once; the demo clock is no business of a page."""

    name = forms.CharField(label=_("名称"), max_length=60)
    short_name = forms.CharField(label=_("简称"), max_length=20)
    kind = forms.ChoiceField(label=_("类型"), choices=Zone.Kind.choices)
    parent = forms.ModelChoiceField(Zone.objects.none(), label=_("上级"), required=False)
    region_code = forms.CharField(
        label=_("行政区划代码"),
        max_length=12,
        required=False,
        validators=[RegexValidator(r"^[0-9]{6}([0-9]{3}|[0-9]{6})?\Z", _("应为 6、9 或 12 位数字。"))],
        help_text=_("6、9 或 12 位数字，如 320508"),
    )
    aliases = WordsField(label=_("别名"), required=False, help_text=_("台账中可能出现的其他叫法，用顿号隔开"))
    money_unit = forms.ChoiceField(
        label=_("金额习惯"), choices=[(unit, UNITS[unit]) for unit in ("万元", "亿元")]
    )

    def __init__(self, *args: Any, parents: QuerySet[Zone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]


class NewZoneForm(ZoneForm):
    """A new zone below another."""

    code = forms.SlugField(label=_("代码"), max_length=30, help_text=_("小写字母和数字，以后不改"))
    field_order = ("code",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].required = True


class BrandForm(ZForm):
    """The brand a zone serves under."""

    brand_name = forms.CharField(label=_("服务品牌"), max_length=30, required=False)
    brand_slogan = forms.CharField(label=_("品牌口号"), max_length=60, required=False)
    brand_colour = forms.CharField(
        label=_("品牌颜色"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("须深到白色文字能看清"),
    )
    logo = forms.FileField(label=_("标志"), required=False, help_text=_("PNG、JPEG 或 WebP 图片"))
    remove_logo = forms.BooleanField(label=_("去掉现有标志"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line, label in BRAND_LINES.items():
            self.fields[f"line_{line}"] = forms.CharField(label=label, max_length=30, required=False)
        self.groups = (
            (_("总品牌"), ("brand_name", "brand_slogan", "brand_colour", "logo", "remove_logo")),
            (_("分项品牌"), tuple(f"line_{line}" for line in BRAND_LINES)),
        )

    def lines(self) -> dict[str, str]:
        """Return the brands of the lines of service that were filled in."""
        return {line: self.cleaned_data[f"line_{line}"] for line in BRAND_LINES}


class DepartmentForm(ZForm):
    """A unit of the organisation."""

    name = forms.CharField(label=_("名称"), max_length=60)
    kind = forms.ChoiceField(label=_("类型"), choices=Department.Kind.choices)
    parent = forms.ModelChoiceField(Department.objects.none(), label=_("上级"), required=False)

    def __init__(self, *args: Any, parents: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]


class DepartmentEditForm(DepartmentForm):
    """A unit of the organisation that is there already."""

    is_active = forms.BooleanField(label=_("在用"), required=False)


class RoleForm(ZForm):
    """A role in a zone."""

    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("部门"),
        required=False,
        help_text=_("审批人员和开发运营方必须选择"),
    )
    since = day_field(_("起"), required=False, help_text=_("不填为今天"))

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]


class NewPersonForm(RoleForm):
    """A new account with its first role."""

    display_name = forms.CharField(label=_("姓名"), max_length=40)
    username = forms.CharField(label=_("登录名"), max_length=60, validators=[User.username_validator])
    title = forms.CharField(label=_("职务"), max_length=40, required=False)
    phone = forms.CharField(label=_("手机"), max_length=20, required=False)
    skills = WordsField(
        label=_("专长"), required=False, help_text=_("如：日语、集成电路、股权投资，用顿号隔开")
    )
    groups = (
        (_("人员"), ("display_name", "username", "title", "phone", "skills")),
        (_("角色"), ("role", "department", "since")),
    )


class ProfileForm(ZForm):
    """What is known of a person besides their roles."""

    display_name = forms.CharField(label=_("姓名"), max_length=40)
    title = forms.CharField(label=_("职务"), max_length=40, required=False)
    phone = forms.CharField(label=_("手机"), max_length=20, required=False, help_text=_("留空则不变"))
    forget_phone = forms.BooleanField(label=_("删除手机号"), required=False)
    skills = WordsField(label=_("专长"), required=False, help_text=_("用顿号隔开"))

    def __init__(self, *args: Any, own: bool, masked_phone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs["placeholder"] = masked_phone
        if own:
            del self.fields["display_name"]
        if not masked_phone:
            del self.fields["forget_phone"]

    def values(self) -> dict[str, Any]:
        """Return what to change: a phone left blank stays as it is."""
        values = dict(self.cleaned_data)
        if values.pop("forget_phone", False):
            values["phone"] = ""
        elif not values["phone"]:
            del values["phone"]
        return values


class EndRoleForm(ZForm):
    """The last day of a role."""

    on = day_field(_("最后一天"), required=False, help_text=_("不填则立即结束"))


class OfficerForm(ZForm):
    """Somebody to whom work goes, and why."""

    officer = forms.ModelChoiceField(User.objects.none(), label=_("接手人"))
    reason = forms.CharField(label=_("交接原因"), max_length=200)

    def __init__(self, *args: Any, officers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]


class FillDutyForm(ZForm):
    """Who stands the roster in turn, from when until when."""

    officers = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("值班人"), widget=forms.CheckboxSelectMultiple
    )
    since = day_field(_("起"))
    until = day_field(_("止"), help_text=_("含节假日；工作日和休息日分别轮流"))
    note = forms.CharField(label=_("备注"), max_length=60, required=False)

    def __init__(self, *args: Any, officers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officers"].queryset = officers  # type: ignore[attr-defined]


class ShiftForm(ZForm):
    """Who stands one day."""

    officer = forms.ModelChoiceField(User.objects.none(), label=_("值班人"))
    note = forms.CharField(label=_("备注"), max_length=60, required=False)

    def __init__(self, *args: Any, officers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]


class NewShiftForm(ShiftForm):
    """One more officer on a day."""

    day = day_field(_("日期"))
    field_order = ("day",)


class SwapForm(ZForm):
    """The shift to swap with."""

    other = forms.ModelChoiceField(DutyShift.objects.none(), label=_("对换的班次"))

    def __init__(self, *args: Any, shifts: QuerySet[DutyShift], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = shifts  # type: ignore[attr-defined]


class SectorForm(ZForm):
    """A new industry of the zone's taxonomy."""

    name = forms.CharField(label=_("产业"), max_length=40)
    tier = forms.CharField(
        label=_("层级"), max_length=20, required=False, help_text=_("如 2+3+X 中的“主导”“特色”“未来”")
    )
    industry_codes = WordsField(
        label=_("国民经济行业代码"), required=False, help_text=_("GB/T 4754，如 39、C3962，用顿号隔开")
    )
    since = day_field(_("起"))


class EndSectorForm(ZForm):
    """The last day of an industry."""

    on = day_field(_("最后一天"))


class CatalogueForm(ZForm):
    """Something a zone offers to firms."""

    kind = forms.ChoiceField(label=_("目录"), choices=CatalogueItem.Kind.choices)
    title = forms.CharField(label=_("名称"), max_length=60)
    summary = forms.CharField(
        label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    provider = forms.CharField(label=_("提供方"), max_length=60, required=False)
    contact = forms.CharField(
        label=_("联系方式"), max_length=60, required=False, help_text=_("办公电话，会公开")
    )
    is_open = forms.BooleanField(label=_("开放"), required=False)


class AllianceForm(ZForm):
    """A new alliance."""

    name = forms.CharField(label=_("名称"), max_length=60)
    code = forms.SlugField(label=_("代码"), max_length=30)
    members = WordsField(label=_("成员代码"), required=False, help_text=_("对方辖区的代码，用顿号隔开"))


class MemberForm(ZForm):
    """The code of a zone that joins an alliance."""

    code = forms.SlugField(label=_("辖区代码"), max_length=30)


class TokenForm(ZForm):
    """What a key is for."""

    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("如：数据大屏"))


class ChannelForm(ZForm):
    """When one wants to be reached in a way; the way itself is given once."""

    name = forms.CharField(label=_("名称"), max_length=40, required=False, help_text=_("如：我的企业微信"))
    rhythm = forms.ChoiceField(label=_("频次"), choices=Channel.Rhythm.choices)
    quiet_from = forms.TimeField(
        label=_("免打扰起"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("这段时间的通知等到结束后再发；紧急的照发"),
    )
    quiet_to = forms.TimeField(
        label=_("免打扰止"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )


class NewChannelForm(ChannelForm):
    """A new way to be reached. ``kinds`` are those that this person may choose."""

    kind = forms.ChoiceField(label=_("方式"))
    address = forms.CharField(
        label=_("地址或密钥"),
        max_length=300,
        help_text=_("邮件填邮箱；企业微信、钉钉、飞书填群机器人的密钥。保存后不再显示。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("kind", "address", "name", "rhythm", "quiet_from", "quiet_to")

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = kinds
