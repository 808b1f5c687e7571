"""What people fill in on the pages of applications. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.models import DocumentKind
from zhuchao.web.forms import EvidenceField, MoneyField, ZForm

from ..models import Application, CompetitionReview, DeliveryTerms
from . import day, text


class TermsForm(ZForm):
    """How a version is delivered to firms."""

    mode = forms.ChoiceField(
        label=_("兑现方式"),
        choices=DeliveryTerms.Mode.choices,
        help_text=_("免申即享：不用企业申报，名单经另一人确认后兑付；快申快享：一页申报，信息全部带出"),
    )
    documents = forms.MultipleChoiceField(
        label=_("所需材料"),
        choices=DocumentKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("材料库里有效的自动带出，不再要企业交"),
    )
    amount_cny = MoneyField(label=_("每家金额"), required=False, help_text=_("政策写明固定金额的填写"))
    cap_cny = MoneyField(label=_("每家上限"), required=False)
    correction_days = forms.IntegerField(label=_("补正期限（工作日）"), min_value=1)
    objection_days = forms.IntegerField(label=_("异议提出期限（工作日）"), min_value=1)
    answer_days = forms.IntegerField(label=_("异议答复期限（工作日）"), min_value=1)

    groups: Any = (
        (_("兑现"), ("mode", "documents", "amount_cny", "cap_cny")),
        (_("期限"), ("correction_days", "objection_days", "answer_days")),
    )

    @staticmethod
    def of(terms: DeliveryTerms) -> dict[str, Any]:
        """Return what the terms say, for filling in."""
        names = ("mode", "documents", "amount_cny", "cap_cny")
        return {
            name: getattr(terms, name)
            for name in (*names, "correction_days", "objection_days", "answer_days")
        }


class ReviewForm(ZForm):
    """A review of fair competition."""

    conclusion = forms.ChoiceField(label=_("审查结论"), choices=CompetitionReview.Conclusion.choices)
    body = text(_("审查单位"), 80, required=True)
    on = day(_("审查日期"), required=True)
    document_no = text(_("文号"), 80)
    evidence = EvidenceField()
    evidence_note = text(_("依据"), 200)


class ApplicationForm(ZForm):
    """Who applies, and what is not known yet; what is left empty is filled in with what is known."""

    firm = text(_("企业"), 120, required=True, help_text=_("企业全称或统一社会信用代码"))
    project = text(_("项目"), 120, help_text=_("与项目挂钩兑现的，填项目编号或名称"))
    requested_cny = MoneyField(label=_("申请金额"), required=False)
    contact = text(_("联系人"), 40, help_text=_("不填则用企业的主要联系人"))
    account = text(_("收款账户"), 120, help_text=_("开户行和账号；不填则用上次申报的"))
    note = text(_("说明"), 500, lines=3)
    on = day(_("收到日期"), required=True)


class ApplicationEditForm(ZForm):
    """What an application says."""

    requested_cny = MoneyField(label=_("申请金额"), required=False)
    contact = text(_("联系人"), 40)
    account = text(_("收款账户"), 120)
    note = text(_("说明"), 500, lines=3)

    @staticmethod
    def of(application: Application) -> dict[str, Any]:
        """Return what the application says, for filling in."""
        return {name: getattr(application, name) for name in ApplicationEditForm.base_fields}


class StepForm(ZForm):
    """A step that needs no more than its day."""

    on = day(_("日期"), required=True)


class ReasonStepForm(StepForm):
    """A step with its reason."""

    reason = text(_("原因"), 200, required=True, lines=2)


class SubmitForm(StepForm):
    """Handing in; ``consent_by`` only where documents are used again without a consent."""

    consent_by = text(_("同意人"), 60, help_text=_("企业谁同意调用材料库中的材料"))
    consent_note = text(_("同意说明"), 200, help_text=_("何时、以何种方式同意，由谁听取"))


class DecisionForm(ReasonStepForm):
    """The decision of a second person."""

    decision = forms.ChoiceField(label=_("决定"), choices=(("approve", _("通过")), ("reject", _("不予通过"))))
    amount_cny = MoneyField(label=_("核定金额"), required=False, help_text=_("通过时填写"))

    field_order = ("decision", "amount_cny", "reason", "on")


class AnswerForm(ReasonStepForm):
    """The answer to an objection, of a person who had no part in the decision."""

    answer = forms.ChoiceField(
        label=_("答复"),
        choices=(("uphold", _("维持原决定")), ("approve", _("改为通过")), ("reject", _("改为不予通过"))),
    )
    amount_cny = MoneyField(label=_("核定金额"), required=False, help_text=_("改为通过时填写"))

    field_order = ("answer", "amount_cny", "reason", "on")


class TakeBackForm(ZForm):
    """Why a step is taken back."""

    reason = text(_("原因"), 200, required=True, lines=2, help_text=_("原因会永久保留在台账中"))


class QuickForm(ZForm):
    """A quick application: the firm, and who lets its documents be used; the rest is known."""

    firm = text(_("企业"), 120, required=True, help_text=_("企业全称或统一社会信用代码；其余信息自动带出"))
    consent_by = text(_("同意人"), 60, help_text=_("用到材料库中的材料时，企业谁同意"))
    on = day(_("收到日期"), required=True)


class ConfirmForm(ZForm):
    """The word of the second person over a list."""

    reason = text(_("理由"), 200, required=True, lines=2)
