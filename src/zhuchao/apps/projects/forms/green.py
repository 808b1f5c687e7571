"""The green channel. Shape only; the rules are in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import ZForm

from . import day, text


class GreenForm(ZForm):
    """What is to be expedited, why and until when."""

    expedited = text(_("加快办理事项"), 200, required=True, help_text=_("如 施工许可、用电接入"))
    why = text(_("申请理由"), 300, required=True, lines=3)
    until = day(_("有效期至"), help_text=_("到期自动失效，一年以内"))


class GreenDecisionForm(ZForm):
    """Whether it is granted, and what is said of it."""

    granted = forms.TypedChoiceField(
        label=_("审批"),
        choices=[("1", _("同意")), ("0", _("不同意"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    opinion = text(_("审批意见"), 300, lines=2, help_text=_("不同意时必填"))


class GreenEndForm(ZForm):
    """Why a request is withdrawn or a grant taken back."""

    reason = text(_("结束原因"), 200, required=True)
