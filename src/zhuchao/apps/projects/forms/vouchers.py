"""Documents behind money, and its approval. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.web.forms import EvidenceField, ZForm

from ..models import Investment
from . import text


class AttachForm(ZForm):
    """One document for several entries."""

    evidence = EvidenceField(required=True)
    document_kind = forms.ChoiceField(
        label=_("凭证种类"),
        choices=[("", "—"), *Investment.Document.choices],
        required=False,
        help_text=_("不选则各条目原来的种类不变"),
    )
    reason = text(_("更正原因"), 200, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].initial = _("补充凭证")


class ApproveForm(ZForm):
    """What a second person says on approving money."""

    note = text(_("核定说明"), 200, help_text=_("如 已与银行回单逐笔核对"))
