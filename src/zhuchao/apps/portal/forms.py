"""What people fill in at the door, outside and inside. Shape only; the rules are in the services."""

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.premises.models import Site
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.web.forms import AreaField, ZForm

from .models import Screen

PHONE = re.compile(
    r"(?:\+?86[- ]?)?(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|400-?\d{3}-?\d{4})|\+\d{1,3}[- ]?[\d -]{6,14}"
)
SORTS = (
    ("area", _("面积从小到大")),
    ("-area", _("面积从大到小")),
    ("rent", _("租金从低到高")),
    ("available", _("可用日期从早到晚")),
)


class FindForm(forms.Form):
    """How the public narrows the list; whatever cannot be read is left out and said."""

    q = forms.CharField(label=_("关键词"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("类型"), required=False)
    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        label=_("载体"), queryset=None, required=False
    )
    area_from = forms.DecimalField(
        label=_("面积从（㎡）"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    area_to = forms.DecimalField(
        label=_("到（㎡）"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    rent_to = forms.DecimalField(
        label=_("租金不高于（元/㎡·天）"), min_value=0, max_digits=8, decimal_places=3, required=False
    )
    on = forms.DateField(
        label=_("最晚可用日期"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    sort = forms.ChoiceField(label=_("排序"), choices=SORTS, required=False)

    def __init__(
        self, *args: Any, sites: QuerySet[Site], kinds: list[tuple[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        site, kind = self.fields["site"], self.fields["kind"]
        assert isinstance(site, forms.ModelChoiceField)
        assert isinstance(kind, forms.ChoiceField)
        site.queryset, site.empty_label = sites, _("全部")
        kind.choices = [("", _("全部")), *kinds]
        for name in ("area_from", "area_to", "rent_to"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})


class AskForm(forms.Form):
    """An enquiry. ``website`` is no field for people: who fills it in is a program."""

    company = forms.CharField(
        label=_("单位名称"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    person = forms.CharField(
        label=_("联系人"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("联系电话"),
        max_length=20,
        validators=[
            RegexValidator(
                re.compile(f"(?:{PHONE.pattern})\\Z"),
                _("请填写手机号，或带区号的座机，如 0512-67201234。"),
            )
        ],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    need = forms.CharField(
        label=_("需求"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("做什么用、什么时候要、对层高、荷载、用电有什么要求"),
    )
    area_m2 = AreaField(label=_("需求面积"), required=False, digits=12, help_text=_("㎡，也可写 5亩"))
    consent = forms.BooleanField(label=_("同意按上述说明使用我的联系方式"))
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    from_code = forms.BooleanField(required=False, widget=forms.HiddenInput)


class PolicyAskForm(AskForm):
    """An enquiry about a policy."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["area_m2"]
        self.fields["need"].label = _("问题")
        self.fields["need"].help_text = _("想了解哪一条、企业的大致情况；不用写证件号码")


class KeepForm(AskForm):
    """What a firm consents to leave with its answers, so that somebody calls it back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["area_m2"], self.fields["from_code"]
        self.fields["need"].required = False
        self.fields["need"].label = _("想问什么")
        self.fields["need"].help_text = ""
        self.fields["consent"].label = _("同意保存上面的答案和我的联系方式，用于政策咨询")


class FirmAskForm(AskForm):
    """A question of a firm that is known by its link."""

    policy = forms.ChoiceField(label=_("关于哪项政策"), required=False)
    field_order = ("policy", "need", "person", "phone", "consent")

    def __init__(self, *args: Any, policies: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("area_m2", "from_code", "company"):
            del self.fields[name]
        chosen = self.fields["policy"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", _("不限于某一项")), *policies]
        self.fields["need"].label, self.fields["need"].help_text = _("问题"), ""


class FactProposalForm(forms.Form):
    """What a firm says a fact of it is, and what shows it."""

    value = forms.CharField(label=_("应为"), max_length=400)
    note = forms.CharField(
        label=_("依据"), max_length=200, required=False, help_text=_("如 2022 年度审计报告；工作人员会核对")
    )


class ForgetForm(forms.Form):
    """The number of an enquiry and the telephone that was left with it."""

    number = forms.CharField(label=_("咨询编号"), max_length=20)
    phone = forms.CharField(
        label=_("联系电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class PolicyFindForm(forms.Form):
    """How the public narrows the policies; whatever cannot be read is left out and said."""

    q = forms.CharField(
        label=_("关键词"), max_length=40, required=False, help_text=_("政策名称、拼音首字母、文号、条款")
    )
    level = forms.ChoiceField(label=_("层级"), required=False)
    department = forms.ChoiceField(label=_("主管部门"), required=False)
    industry = forms.ChoiceField(label=_("适用产业"), required=False)
    audience = forms.ChoiceField(label=_("适用对象"), required=False)
    standing = forms.ChoiceField(label=_("申报状态"), required=False)

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("全部")), *offered]
            if len(offered) < 2:
                del self.fields[name]


class DoorForm(ZForm):
    """How the public pages of a zone look."""

    slug = forms.SlugField(
        label=_("网址中的名称"), max_length=30, help_text=_("小写字母和数字，改后旧的二维码会失效")
    )
    introduction = forms.CharField(
        label=_("简介"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    phone = forms.CharField(
        label=_("公开电话"), max_length=30, required=False, help_text=_("单位电话，会显示给所有人")
    )
    privacy = forms.CharField(
        label=_("个人信息说明"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("收集什么、用来做什么、保留多久；咨询人须同意"),
    )
    keep_days = forms.IntegerField(
        label=_("联系方式保留天数"), min_value=1, max_value=730, help_text=_("答复后保留的天数，到期自动删除")
    )
    officer: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("咨询责任人"), queryset=None, required=False, help_text=_("网上咨询自动建立的线索由其负责")
    )
    shows_screen = forms.BooleanField(
        label=_("公开大屏"), required=False, help_text=_("不登录即可打开大屏页面和数据")
    )
    groups = (
        (_("页面"), ("slug", "introduction", "phone")),
        (_("咨询"), ("privacy", "keep_days", "officer")),
        (_("大屏"), ("shows_screen",)),
    )

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officer = self.fields["officer"]
        assert isinstance(officer, forms.ModelChoiceField)
        officer.queryset = officers_of(zone)


class ConfirmForm(ZForm):
    """Nothing to fill in: a verb that only asks whether it is meant."""


class ListingForm(ZForm):
    """Whether a site is public, and what is said of it."""

    is_published = forms.BooleanField(label=_("对外发布"), required=False)
    headline = forms.CharField(label=_("一句话介绍"), max_length=80, required=False)


class UnitListingForm(ZForm):
    """Whether a unit is kept back, and what is said of it."""

    is_withheld = forms.BooleanField(label=_("暂不公开"), required=False)
    headline = forms.CharField(label=_("一句话介绍"), max_length=80, required=False)


class PolicyListingForm(ZForm):
    """Whether a policy is kept back."""

    is_withheld = forms.BooleanField(
        label=_("暂不公开"), required=False, help_text=_("不勾选的，发布后随政策页面公开")
    )


class DecideForm(ZForm):
    """What an officer answers to a proposal."""

    reason = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("企业会看到"))


class RefuseForm(DecideForm):
    """Why a proposal is refused."""

    reason = forms.CharField(label=_("说明"), max_length=200, help_text=_("企业会看到"))


class FirmLinkForm(ZForm):
    """For whom a link of a firm is, and how long it is good."""

    person = forms.CharField(
        label=_("交给谁"), max_length=40, help_text=_("如 财务王经理；只用来分清几个链接，对外不显示")
    )
    days = forms.IntegerField(
        label=_("有效天数"), min_value=1, max_value=30, initial=7, help_text=_("到期自动失效，可随时撤销")
    )


class AnswerForm(ZForm):
    """How an enquiry was answered."""

    answer = forms.CharField(
        label=_("答复情况"), max_length=200, help_text=_("如 已电话联系，约 6 月 20 日踏勘")
    )


class ScreenForm(ZForm):
    """A screen of the register."""

    name = forms.CharField(label=_("屏幕名称"), max_length=60)
    place = forms.CharField(label=_("安装位置"), max_length=120)
    width_m = forms.DecimalField(
        label=_("宽"),
        required=False,
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-unit": "m"}),
    )
    height_m = forms.DecimalField(
        label=_("高"),
        required=False,
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-unit": "m"}),
    )
    is_naked_eye_3d = forms.BooleanField(label=_("裸眼3D"), required=False)
    owner: "forms.ModelChoiceField[Department]" = forms.ModelChoiceField(
        label=_("产权单位"), queryset=None, required=False
    )
    owner_name = forms.CharField(
        label=_("产权单位名称"), max_length=80, required=False, help_text=_("不在部门名单中的单位填写名称")
    )
    shows = forms.ChoiceField(label=_("播放内容"), choices=Screen.Shows.choices)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)
    groups = (
        (_("屏幕"), ("name", "place", "width_m", "height_m", "is_naked_eye_3d")),
        (_("归属与内容"), ("owner", "owner_name", "shows", "note")),
    )

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = zone.departments.filter(is_active=True)
