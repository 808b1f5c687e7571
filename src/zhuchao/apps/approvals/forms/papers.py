"""What people fill in for the documents of a case, late documents, pledges and credit. Shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import visible_enterprises
from zhuchao.apps.zones.models import User
from zhuchao.web.forms import EvidenceField, RecordChoice, ZForm

from ..models import CreditEvent, Pledge
from ..selectors.papers import Proposal

DAY = forms.DateInput(attrs={"type": "date", "data-day": ""}, format="%Y-%m-%d")


class HandInForm(ZForm):
    """A document as it comes: a file, or a paper that was seen."""

    evidence = EvidenceField(label=_("文件"), help_text=_("扫描件或电子证照，PDF、图片或 Office 文件"))
    seen_on_paper = forms.BooleanField(label=_("已查验纸质原件，不留文件"), required=False)
    number = forms.CharField(label=_("证号或文号"), max_length=60, required=False)
    valid_to = forms.DateField(label=_("有效期至"), required=False, widget=DAY, help_text=_("不填为长期有效"))


class ReuseForm(ZForm):
    """Which document of the vault to take, and the firm's word where it has not let it be used for this yet."""

    kept = forms.ChoiceField(label=_("材料库里的材料"))
    given_by = forms.CharField(
        label=_("同意人"), max_length=60, required=False, help_text=_("企业里谁同意在本事项使用它的材料")
    )
    given_note = forms.CharField(
        label=_("怎样同意"),
        max_length=200,
        required=False,
        help_text=_("何时、以何种方式、由谁听取，如：窗口当面同意"),
    )

    def __init__(self, *args: Any, proposals: Sequence[Proposal], has_consent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = [(str(one.document.pk), str(one.document)) for one in proposals]  # type: ignore[attr-defined]
        for name in ("given_by", "given_note"):
            if has_consent:
                del self.fields[name]
            else:
                self.fields[name].required = True


class ReasonForm(ZForm):
    """Why something is taken back."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class LateForm(ZForm):
    """The firm's promise to bring what is missing."""

    promised_by = forms.CharField(label=_("承诺人"), max_length=60, help_text=_("企业里谁书面承诺按期补齐"))
    contact = forms.CharField(
        label=_("补交方式"), max_length=120, required=False, help_text=_("不填为受理窗口或网上补交")
    )
    evidence = EvidenceField(label=_("书面承诺"), help_text=_("签字的承诺，扫描件或照片"))


class PledgeForm(ZForm):
    """The firm's signature below the text that it was told."""

    signed_by = forms.CharField(label=_("签署人"), max_length=60, help_text=_("法定代表人或受委托人"))
    evidence = EvidenceField(label=_("签署的承诺书"), help_text=_("签字盖章的承诺书，扫描件或照片"))
    witness = forms.CharField(
        label=_("见证人"),
        max_length=60,
        required=False,
        help_text=_("没有文件时，写明当面见证签署的工作人员"),
    )
    told = forms.BooleanField(label=_("已把条件、承诺事项和不实承诺的后果告知签署人"))


class PledgeCheckForm(ZForm):
    """What the check of a pledge found."""

    result = forms.ChoiceField(
        label=_("核查结果"),
        choices=Pledge.Result.choices,
        help_text=_("失信会记入企业审批信用，修复之前不再适用告知承诺和容缺受理"),
    )
    note = forms.CharField(label=_("核查情况"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    on = forms.DateField(label=_("核查日期"), widget=DAY)
    evidence = EvidenceField()


class CreditForm(ZForm):
    """Something that counts for a firm's credit."""

    enterprise = RecordChoice(Enterprise.objects.none(), label=_("企业"))
    kind = forms.ChoiceField(
        label=_("信用事件"),
        choices=[one for one in CreditEvent.Kind.choices if one[0] != CreditEvent.Kind.REPAIR],
    )
    note = forms.CharField(label=_("情况"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    on = forms.DateField(label=_("日期"), widget=DAY)
    evidence = EvidenceField()
    evidence_note = forms.CharField(label=_("佐证说明"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["enterprise"]
        field.queryset = visible_enterprises(actor).order_by("name")  # type: ignore[attr-defined]


class RepairForm(ZForm):
    """How a firm put right what barred it."""

    note = forms.CharField(label=_("修复情况"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    on = forms.DateField(label=_("修复日期"), widget=DAY)
    evidence = EvidenceField()
    evidence_note = forms.CharField(
        label=_("佐证说明"), max_length=200, required=False, help_text=_("没有文件时，写明凭什么认定")
    )
