"""What people fill in about letters of reminder and re-checks. Shape only; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors.people import officers_of
from zhuchao.web.forms import EvidenceField, ZForm

from ..models import CovenantLetter, Recheck
from .agreements import day, line


class LetterForm(ZForm):
    """The text of a letter that is not sent yet."""

    recipient = line(_("收件单位"), 160, required=True)
    body = line(_("正文"), 4000, required=True, rows=10, help_text=_("最后两行是落款单位和日期"))

    @staticmethod
    def of(letter: CovenantLetter) -> dict[str, Any]:
        """Return what the letter says, for filling in."""
        return {"recipient": letter.recipient, "body": letter.body}


class SendForm(ZForm):
    """How and when a letter went out."""

    on = day(_("寄送日期"))
    means = line(_("寄送方式"), 60, help_text=_("如 专人送达、邮政快递单号"))
    number = line(_("文号"), 60)
    answer_due_on = day(_("答复期限"), required=False, help_text=_("不填为寄送后 15 天"))


class AnswerForm(ZForm):
    """What was answered to a letter."""

    on = day(_("答复日期"))
    answer = line(_("答复内容"), 500, required=True, rows=4)
    evidence = EvidenceField(label=_("答复材料"))


class DropForm(ZForm):
    """Why a letter is not sent, or a re-check withdrawn."""

    reason = line(_("原因"), 200, required=True)


class ConfirmForm(ZForm):
    """Nothing to fill in: a step to confirm."""


class RecheckForm(ZForm):
    """A re-check to open, and who signs it."""

    kind = forms.ChoiceField(label=_("类别"), choices=Recheck.Kind.choices)
    on = day(_("复核日期"), help_text=_("各条约定按这一天的情况填入"))
    reviewers: forms.ModelMultipleChoiceField[User] = forms.ModelMultipleChoiceField(
        queryset=None, label=_("复核人"), widget=forms.CheckboxSelectMultiple
    )
    note = line(_("综合意见"), 500, rows=3)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        self.fields["reviewers"].queryset = officers_of(zone)  # type: ignore[attr-defined]


class OpinionsForm(ZForm):
    """The opinion on each line of a re-check, and on the whole."""

    note = line(_("综合意见"), 500, rows=3)

    def __init__(self, *args: Any, recheck: Recheck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].initial = recheck.note
        for row in recheck.lines.select_related("covenant"):
            field = line(row.covenant, 200, help_text=row.measured)
            field.initial = row.opinion
            self.fields[f"line-{row.pk}"] = field

    def opinions(self) -> dict[int, str]:
        """Return what was written on each line, by its id."""
        return {
            int(name.removeprefix("line-")): text
            for name, text in self.cleaned_data.items()
            if name.startswith("line-")
        }


class SignatureForm(ZForm):
    """A reviewer's signature."""

    agrees = forms.ChoiceField(
        label=_("签字"), choices=(("1", _("同意")), ("0", _("不同意"))), widget=forms.RadioSelect
    )
    remark = line(_("意见"), 200, help_text=_("不同意时必填"))

    def clean_agrees(self) -> bool:
        return bool(self.cleaned_data["agrees"] == "1")
