"""What people fill in for firms. Shape only; the rules are in services."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, Zone
from zhuchao.apps.zones.selectors.sectors import sectors_on
from zhuchao.web.forms import EvidenceField, MoneyField, ZForm

from .models import DocumentConsent, DocumentKind, Enterprise, Filing, Measure
from .selectors.filings import MONEY

WAN = Decimal(10_000)
YES_NO = (("", _("未知")), ("1", _("是")), ("0", _("否")))


def _date(**options: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date", "data-day": ""}, format="%Y-%m-%d"), **options
    )


def _amount(unit: Any, **options: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-unit": unit})
    return forms.DecimalField(widget=widget, required=False, max_digits=20, **options)


class EnterpriseForm(ZForm):
    """What a firm's record says. ``confirmed_distinct_reason`` is asked for when a possible double was found."""

    name = forms.CharField(label=_("企业名称"), max_length=120, help_text=_("营业执照上的全称"))
    name_since = _date(label=_("名称启用日期"), required=False, help_text=_("更名时填写；不填按今天"))
    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=40,
        required=False,
        help_text=_("18 位，例如 91990000000000010P"),
    )
    legacy_reg_no = forms.CharField(
        label=_("原注册号"), max_length=30, required=False, help_text=_("15 位，没有可不填")
    )
    state = forms.ChoiceField(
        label=_("状态"), choices=Enterprise.State.choices, initial=Enterprise.State.OPERATING
    )
    industry_code = forms.CharField(
        label=_("国民经济行业代码"),
        max_length=40,
        required=False,
        help_text=_("GB/T 4754-2017，例如 C3962 或 3962"),
    )
    sector = forms.ModelChoiceField(
        Sector.objects.none(), label=_("所属产业"), required=False, empty_label=_("未指定")
    )
    is_above_scale = forms.TypedChoiceField(
        label=_("规上"), choices=YES_NO, required=False, empty_value=None, coerce=lambda text: text == "1"
    )
    established_on = _date(label=_("成立日期"), required=False)
    registered_capital_cny = MoneyField(label=_("注册资本"), required=False)
    legal_person = forms.CharField(label=_("法定代表人"), max_length=60, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    business = forms.CharField(
        label=_("主营业务"), max_length=300, required=False, widget=forms.Textarea({"rows": 2})
    )
    confirmed_distinct_reason = forms.CharField(
        label=_("确认不是同一家"),
        max_length=200,
        required=False,
        help_text=_("写明依据，例如“母公司与子公司，代码不同”。理由会永久保留。"),
    )

    groups: Any = (
        (
            _("身份"),
            ("name", "name_since", "credit_code", "legacy_reg_no", "state", "confirmed_distinct_reason"),
        ),
        (
            _("行业与规模"),
            ("industry_code", "sector", "is_above_scale", "established_on", "registered_capital_cny"),
        ),
        (_("其他"), ("legal_person", "address", "business")),
    )

    def __init__(self, *args: Any, zone: Zone, kept_sector: Sector | None = None, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        open_now = sectors_on(zone, zones.today(zone))
        if kept_sector is not None:
            open_now = open_now | Sector.objects.filter(pk=kept_sector.pk)
        field = self.fields["sector"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = open_now

        if not self.data.get("confirmed_distinct_reason"):
            self.fields["confirmed_distinct_reason"].widget = forms.HiddenInput()

    def ask_why_distinct(self) -> None:
        """Show the field for the reason: now there is something to give a reason for."""
        self.fields["confirmed_distinct_reason"].widget = forms.TextInput(attrs={"maxlength": "200"})

    @staticmethod
    def initial_of(firm: Enterprise) -> dict[str, Any]:
        """Return what the form shows of a firm that is there."""
        names = ("name", "credit_code", "legacy_reg_no", "state", "industry_code", "sector", "established_on")
        more = ("registered_capital_cny", "legal_person", "address", "business")
        above = firm.is_above_scale
        shown = {name: getattr(firm, name) for name in (*names, *more)}
        return shown | {"is_above_scale": "" if above is None else str(int(above))}


class StateForm(ZForm):
    """Bring a firm into another state."""

    state = forms.ChoiceField(label=_("状态"), choices=Enterprise.State.choices)
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("例如“2023-05 已办理注销”"))


class MergeForm(ZForm):
    """Choose which of two records stays and what it takes over from the other."""

    survivor = forms.IntegerField()
    take = forms.MultipleChoiceField(required=False)
    reason = forms.CharField(label=_("合并理由"), max_length=200, required=False)
    left_version = forms.IntegerField()
    right_version = forms.IntegerField()

    def __init__(self, *args: Any, fields: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["take"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, name) for name in fields]


class ContactForm(ZForm):
    """A person to call. An empty number keeps the one there is: nobody has to see it to edit the rest."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    post = forms.CharField(label=_("职务"), max_length=40, required=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    is_main = forms.BooleanField(label=_("主要联系人"), required=False)
    clear_phone = forms.BooleanField(label=_("删除原电话"), required=False)
    clear_email = forms.BooleanField(label=_("删除原邮箱"), required=False)

    def __init__(self, *args: Any, masked: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("phone", "email"):
            kept = (masked or {}).get(name, "")
            if kept:
                self.fields[name].help_text = _("现为 %(masked)s；留空则不改") % {"masked": kept}
            else:
                del self.fields[f"clear_{name}"]

    @property
    def values(self) -> dict[str, Any]:
        """Return what was filled in; a number left empty is not among it unless it is to be deleted."""
        said = {name: self.cleaned_data[name] for name in ("name", "post", "is_main")}
        for name in ("phone", "email"):
            if self.cleaned_data[name] or self.cleaned_data.get(f"clear_{name}"):
                said[name] = "" if self.cleaned_data.get(f"clear_{name}") else self.cleaned_data[name]
        return said


class TagForm(ZForm):
    """What is said of a firm, by whom and since when."""

    tag = forms.CharField(label=_("标签"), max_length=30, help_text=_("例如 龙头、独角兽、总部"))
    source = forms.CharField(label=_("来源"), max_length=120, help_text=_("例如“市工信局 2023 年度认定名单”"))
    happened_on = _date(label=_("日期"))
    evidence = EvidenceField()
    evidence_note = forms.CharField(label=_("佐证说明"), max_length=200, required=False)


class TagCorrectionForm(TagForm):
    """What a tag should have said, and why it did not."""

    reason = forms.CharField(label=_("更正原因"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["evidence_note"]


class ReasonForm(ZForm):
    """Why an entry is voided or a merge undone."""

    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("原因会永久保留在台账中"))


class FilingForm(ZForm):
    """What a firm reports for one period: one box a measure, empty ones are not filed."""

    PERIODS: ClassVar = [
        *((f"month-{n}", format_lazy(_("{n} 月（1 月起累计）"), n=n)) for n in range(1, 13)),
        *((f"quarter-{n}", format_lazy(_("第 {n} 季度"), n=n)) for n in range(1, 5)),
        ("year-1", _("全年")),
    ]

    year = forms.IntegerField(label=_("年份"), min_value=1990, max_value=2100)
    period = forms.ChoiceField(label=_("期间"), choices=PERIODS)
    status = forms.ChoiceField(label=_("数据状态"), choices=Filing.Status.choices)
    evidence_note = forms.CharField(label=_("数据来源"), max_length=200, required=False)
    evidence = EvidenceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for measure in Measure:
            self.fields[measure.value] = _amount(
                unit_of(measure), label=plain_label(measure), decimal_places=6
            )

    @property
    def groups(self) -> Any:  # type: ignore[override]
        """Return the fields in groups: the period, then the values."""
        return (
            (_("期间与状态"), ("year", "period", "status", "evidence_note", "evidence")),
            (_("数值"), tuple(measure.value for measure in Measure)),
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not any(said.get(measure.value) is not None for measure in Measure):
            raise forms.ValidationError(_("请至少填写一个数值。"))
        return said

    @property
    def figures(self) -> dict[str, Decimal]:
        """Return the values that were filled in, in yuan, persons and tonnes."""
        said = {measure: self.cleaned_data.get(measure.value) for measure in Measure}
        return {m.value: in_base(m, value) for m, value in said.items() if value is not None}


class FilingCorrectionForm(ZForm):
    """What a filed value should have been, and why it was not."""

    status = forms.ChoiceField(label=_("数据状态"), choices=Filing.Status.choices)
    reason = forms.CharField(label=_("更正原因"), max_length=200)
    evidence = EvidenceField()

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure = measure
        value = _amount(unit_of(measure), label=plain_label(measure), decimal_places=6)
        value.required = True
        self.fields = {"value": value, **self.fields}

    @property
    def figure(self) -> Decimal:
        """Return the value in yuan, persons or tonnes."""
        return in_base(self.measure, self.cleaned_data["value"])


def unit_of(measure: str) -> str:
    """Return the unit in which people type and read a measure."""
    if measure in MONEY:
        return "万元"
    return "人" if measure == Measure.EMPLOYEES else "吨标准煤"


def plain_label(measure: Measure) -> Any:
    """Return the name of a measure; its unit stands in the field."""
    return _("综合能耗") if measure == Measure.ENERGY_TCE else measure.label


def in_base(measure: str, value: Decimal) -> Decimal:
    """Return a typed value in yuan, persons or tonnes."""
    return value * WAN if measure in MONEY else value


class DocumentForm(ZForm):
    """A document for the vault: what it is, how long it is valid, and its file or photo."""

    groups = (
        (_("材料"), ("kind", "title", "number", "issuer")),
        (_("有效期"), ("valid_from", "valid_to", "does_not_expire")),
        (_("文件与备注"), ("file", "received_on", "note")),
    )

    kind = forms.ChoiceField(label=_("材料种类"), choices=DocumentKind.choices)
    title = forms.CharField(
        label=_("材料名称"), max_length=80, required=False, help_text=_("例如 高新技术企业证书；其他材料必填")
    )
    number = forms.CharField(label=_("证号或文号"), max_length=60, required=False)
    issuer = forms.CharField(label=_("发证或出具单位"), max_length=80, required=False)
    valid_from = _date(label=_("有效期自"), required=False)
    valid_to = _date(label=_("有效期至"), required=False)
    does_not_expire = forms.BooleanField(label=_("长期有效"), required=False)
    file = forms.FileField(
        label=_("文件"),
        required=False,
        help_text=_("PDF、OFD、Word 或图片；手机上可直接拍照"),
        widget=forms.FileInput(attrs={"accept": "image/*,.pdf,.ofd,.doc,.docx,.wps"}),
    )
    received_on = _date(label=_("收到日期"))
    note = forms.CharField(label=_("备注"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        forever = said.pop("does_not_expire", False)
        if "valid_to" in said and bool(said["valid_to"]) == bool(forever):
            self.add_error("valid_to", _("请填写有效期至，或勾选“长期有效”，二者选一。"))
        return said


class DocumentReplaceForm(DocumentForm):
    """A newer document in the place of an older one of its kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]


class DocumentEditForm(DocumentForm):
    """What is said of a document put right; its file stays unless another is given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["received_on"]
        self.fields["file"].help_text = _("不选则保留原文件")


class DocumentWithdrawForm(ZForm):
    """Why and from when a document is no longer used."""

    on = _date(label=_("撤回日期"))
    reason = forms.CharField(
        label=_("撤回原因"), max_length=200, help_text=_("例如 企业要求撤回、证件被吊销")
    )


class ConsentForm(ZForm):
    """What a firm lets its documents be used for, and how it said so."""

    kind = forms.ChoiceField(
        label=_("材料种类"), choices=[("", _("全部材料")), *DocumentKind.choices], required=False
    )
    matter = forms.CharField(
        label=_("用于事项"), max_length=120, help_text=_("例如 建筑工程施工许可；使用时须与此一致")
    )
    given_by = forms.CharField(label=_("同意人"), max_length=60, help_text=_("姓名或职务"))
    means = forms.ChoiceField(label=_("同意方式"), choices=DocumentConsent.Means.choices)
    on = _date(label=_("同意日期"))
    until = _date(label=_("同意期限至"))
    evidence = EvidenceField(help_text=_("书面同意请附签字文件，可拍照"))
    evidence_note = forms.CharField(
        label=_("佐证说明"),
        max_length=200,
        required=False,
        help_text=_("口头同意请记下何时、以何种方式、由谁听取"),
    )


class UseForm(ZForm):
    """For which thing a document is used."""

    matter = forms.CharField(label=_("用于事项"), max_length=120, help_text=_("须与企业同意的事项一致"))
    subject = forms.CharField(label=_("用于哪件事"), max_length=120, help_text=_("例如 项目名称或办件编号"))
    on = _date(label=_("使用日期"))
    came_with = forms.BooleanField(
        label=_("企业随本次提交"),
        required=False,
        help_text=_("首次提交的不计入免交材料次数，也不需要另行同意"),
    )
