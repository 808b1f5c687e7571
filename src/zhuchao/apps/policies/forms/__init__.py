"""What people fill in on the pages of policies. Shape only; the rules are in the services."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.web.forms import ZForm

from ..models import Level, Policy, PolicyTelling, PolicyVersion
from ..services.versions import write_clauses

DAY = forms.DateInput(attrs={"type": "date", "data-day": ""}, format="%Y-%m-%d")
_WORDS = re.compile(r"[、,，;；\s]+")


def day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DAY)


def text(
    label: Any, most: int, *, required: bool = False, help_text: Any = "", lines: int = 1
) -> forms.CharField:
    """Return a field for a text."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, widget=widget
    )


class PolicyForm(ZForm):
    """What a policy is filed under."""

    key = text(_("政策编号"), 40, required=True, help_text=_("同一辖区不能重复"))
    title = text(_("政策名称"), 120, required=True)
    level = forms.ChoiceField(label=_("层级"), choices=Level.choices)
    department = text(_("主管部门"), 60, required=True)
    industries = text(_("适用产业"), 200, help_text=_("用顿号隔开；不填为不限"))
    audiences = text(_("适用对象"), 200, help_text=_("如 小微企业、初创企业；不填为不限"))
    summary = text(_("摘要"), 500, lines=3)
    owner = forms.ModelChoiceField(User.objects.none(), label=_("责任人"), required=False)
    review_on = day(_("复核日期"), help_text=_("到期提醒责任人核对来源是否仍有效"))

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        self.fields["owner"].queryset = officers_of(zone)  # type: ignore[attr-defined]

    def clean_industries(self) -> list[str]:
        return [word for word in _WORDS.split(self.cleaned_data["industries"]) if word]

    def clean_audiences(self) -> list[str]:
        return [word for word in _WORDS.split(self.cleaned_data["audiences"]) if word]

    @staticmethod
    def of(policy: Policy) -> dict[str, Any]:
        """Return what the policy says, for filling in."""
        names = ("key", "title", "level", "department", "summary", "owner", "review_on")
        return {name: getattr(policy, name) for name in names} | {
            "industries": listed(policy.industries),
            "audiences": listed(policy.audiences),
        }


class VersionForm(ZForm):
    """What a version says: days, source, clauses."""

    effective_from = day(_("生效日期"), required=True)
    effective_to = day(_("失效日期"), help_text=_("不填为长期有效"))
    window_open = day(_("申报开始"), help_text=_("不填为常年受理"))
    window_close = day(_("申报截止"))
    decides_on = day(_("公示日期"))
    pays_on = day(_("拨付日期"))
    document_no = text(_("文号"), 80)
    address = text(_("原文网址"), 300)
    source_status = forms.ChoiceField(
        label=_("来源核实"),
        choices=PolicyVersion.SourceStatus.choices,
        initial=PolicyVersion.SourceStatus.UNCONFIRMED,
        help_text=_("未核实的，所有人都会看到“未核实”"),
    )
    verified_on = day(_("核实日期"))
    clauses = forms.CharField(
        label=_("条款"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("每条另起一行，以条款号开头，如：第一条 对……给予奖励"),
    )

    groups: Any = (
        (_("有效期与申报"), ("effective_from", "effective_to", "window_open", "window_close")),
        (_("公示与拨付"), ("decides_on", "pays_on")),
        (_("来源"), ("document_no", "address", "source_status", "verified_on")),
        (_("条款"), ("clauses",)),
    )

    @staticmethod
    def of(version: PolicyVersion) -> dict[str, Any]:
        """Return what the version says, for filling in."""
        names = (
            *("effective_from", "effective_to", "window_open", "window_close", "decides_on", "pays_on"),
            *("document_no", "address", "source_status", "verified_on"),
        )
        return {name: getattr(version, name) for name in names} | {"clauses": write_clauses(version)}


class PublishForm(ZForm):
    """The word of the second person. ``losing`` are the firms that have less afterwards, which must have been seen."""

    checked = forms.BooleanField(label=_("我已对照原文核对条款、日期和文号"))
    losses = forms.BooleanField()

    def __init__(self, *args: Any, losing: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if losing:
            label = ngettext("我已看过受损的 %(n)d 家企业名单", "我已看过受损的 %(n)d 家企业名单", losing)
            self.fields["losses"].label = label % {"n": losing}
            # what is sent is how many were shown, so that one more since then is not taken for seen
            self.fields["losses"].widget = forms.CheckboxInput(attrs={"value": str(losing)})
        else:
            del self.fields["losses"]


class ReviewForm(ZForm):
    """The word of who has read the source again."""

    checked = forms.BooleanField(label=_("我已打开原文核对，仍然有效，内容一致"))
    next_review_on = day(_("下次复核"), required=True)
    note = text(_("备注"), 200)


class WatchForm(ZForm):
    """Whether this server asks for the originals by itself."""

    is_on = forms.BooleanField(
        label=_("定期检查原文能否打开"),
        required=False,
        help_text=_("本服务器须能上互联网；不能上网的单位请不要打开"),
    )


class SubscriptionForm(ZForm):
    """Which policies one wants to hear of."""

    level = forms.ChoiceField(label=_("层级"), required=False)
    industry = forms.ChoiceField(label=_("适用产业"), required=False)
    department = forms.ChoiceField(label=_("主管部门"), required=False)

    def __init__(self, *args: Any, departments: list[str], industries: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("level", Level.choices),
            ("industry", [(word, word) for word in industries]),
            ("department", [(word, word) for word in departments]),
        ):
            self.fields[name].choices = [("", _("不限")), *choices]  # type: ignore[attr-defined]


class TellingForm(ZForm):
    """Which firms were told of a policy, when and how."""

    firms = forms.CharField(
        label=_("企业"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("每行一家，填企业全称或统一社会信用代码"),
    )
    on = day(_("日期"), required=True)
    way = forms.ChoiceField(label=_("方式"), choices=PolicyTelling.Way.choices)
    occasion = text(_("场次"), 60, help_text=_("如 六月政策宣讲会"))
    person = text(_("企业接待人"), 40)
    receipt = text(_("回执"), 100, help_text=_("谁签收或回复；还没有可以以后补"))
    evidence_note = text(_("依据"), 200)


class TellingCorrectForm(ZForm):
    """What an entry should have said, or the receipt that came later."""

    happened_on = day(_("日期"), required=True)
    way = forms.ChoiceField(label=_("方式"), choices=PolicyTelling.Way.choices)
    occasion = text(_("场次"), 60)
    person = text(_("企业接待人"), 40)
    receipt = text(_("回执"), 100)
    reason = text(_("更正原因"), 200, required=True, help_text=_("如 补登回执"))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that say something, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class FilesInput(forms.ClearableFileInput):
    """A control that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; the value is a list of those that were sent."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        one = super().clean
        return (
            [one(each, initial) for each in data] if isinstance(data, list) and data else [one(data, initial)]
        )


class PackForm(ZForm):
    """A pack of policy files."""

    name = text(_("政策包名称"), 60, required=True, help_text=_("同名再传即更新"))
    sent = FilesField(
        label=_("文件"),
        help_text=_(".yaml 或 .zip，可多选；共不超过 5 MB、500 个文件"),
        widget=FilesInput(attrs={"accept": ".yaml,.yml,.zip", "multiple": True}),
    )
